"""The whole journey in a real browser, from buying the place to the framed certificate that a stranger checks.

It is walked three times: with a mouse, every page judged by axe in both widths and both themes; by keyboard alone; and
in a browser that runs no scripts. Nobody's pages run over the edge, complain in the console or ask another host.
"""

import json

from django.urls import reverse
from django.utils import timezone

from certificates.models import Credential
from certificates.queries.keys import published_keys
from certificates.signing.check import Verdict, check_credential
from tests.browser import steps
from tests.certificates.paper.reading import attachments_of, codes_on, faults_of, text_of
from tests.jobs import drain
from tests.journeys.small_program import make_small_program

NAME = "Wanda Maria Newcomer"


def check_paper(content: bytes, credential: Credential) -> None:
    """Judged by its attachments, by its text and by the telephone's camera."""
    assert faults_of(content) == []
    assert NAME in text_of(content)
    attached = attachments_of(content)
    assert attached["credential.json"][0] == credential.signed_json.encode()
    assert examine_bytes(credential, attached["credential.json"][0]).is_valid
    assert examine_bytes(credential, attached["credential.jwt"][0]).is_valid
    assert codes_on(content) == [credential.achievement.issuer.address(credential.get_absolute_url())]


def examine_bytes(credential: Credential, content: bytes) -> Verdict:
    keys = published_keys(credential.achievement.issuer)
    lists = {credential.status_list.address: json.loads(credential.status_list.signed_json)}
    return check_credential(content, keys=keys, status_lists=lists, now=timezone.now())


def test_the_whole_journey(cast, person, simulator, kind):
    cohort = make_small_program(cast.director, steps.ZONE)
    newcomer, director, supervisor, visitor = (person(kind) for _ in range(4))

    director.sign_in(cast.director.email)
    steps.set_price(director, cohort, "2400.00")
    visitor.go("/")
    steps.find_a_place(newcomer, cohort.program.page)
    newcomer.press("Make an account")
    steps.sign_up(newcomer)
    steps.buy(newcomer, simulator)
    enrolment = cohort.enrolments.get(person__email=steps.EMAIL)
    steps.place(director, enrolment, cast.supervisor)

    newcomer.go(reverse("home"))
    steps.read_lessons(newcomer, enrolment)
    steps.pass_quiz(newcomer, enrolment)
    steps.log_visits(newcomer)
    supervisor.sign_in(cast.supervisor.email)
    steps.sign_entries(supervisor)

    newcomer.go(reverse("standing", args=[enrolment.pk]))
    newcomer.reads("3 of 3 requirements met")
    steps.confirm_name(newcomer, NAME)
    credential = steps.confer(director, enrolment)
    newcomer.go(reverse("certificate_list"))
    newcomer.reads("Certificate and badge are being made")
    drain()  # the worker makes the papers
    framed = steps.download_framed(newcomer, name=NAME).read_bytes()
    check_paper(framed, credential)

    steps.verify_code(visitor, credential.code, name=NAME)
    steps.verify_file(visitor, framed)
