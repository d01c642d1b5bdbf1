"""The whole journey in a real browser, as newcomer, director, supervisor and visitor, ending with the framed certificate.

On every page it comes to: no violation found by axe in both widths and both themes, nothing wider than the window, no
console error, no request to another host.
"""

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from certificates.models import Credential
from certificates.queries.keys import published_keys
from certificates.signing.check import Verdict, check_credential
from tests.browser.conftest import Watch
from tests.cast import PASSWORD, Cast, make_cast
from tests.certificates.paper.reading import attachments_of, codes_on, faults_of, text_of
from tests.jobs import drain
from tests.journeys.small_program import make_small_program, zone_where_it_is_daytime

EMAIL = "wanda.newcomer@example.org"
ZONE = zone_where_it_is_daytime()


class Person:
    """Somebody with a browser of her own; each page she comes to is checked."""

    def __init__(self, browser: Browser, live_server, check_page):
        self.base = live_server.url
        self.page: Page = browser.new_context().new_page()
        self.page.set_default_timeout(10_000)
        self.watch = Watch(self.page, self.base.removeprefix("http://"))
        self.check_page = check_page

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)
        self.check_page(self.page)

    def press(self, label: str) -> None:
        """Press a button or follow a link, and check the page it leads to."""
        button = self.page.get_by_role("button", name=label, exact=True)
        target = button if button.count() else self.page.get_by_role("link", name=label)
        with self.page.expect_navigation():
            target.first.click()
        self.check_page(self.page)

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").first.fill(value)

    def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main select[name={name}]").select_option(value)

    def tick(self, name: str, value: str = "") -> None:
        selector = f"main [name={name}]" + (f"[value='{value}']" if value else "")
        self.page.locator(selector).first.check()

    def reads(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def sign_in(self, email: str) -> None:
        self.go(reverse("account_login"))
        self.fill(login=email, password=PASSWORD)
        self.press("Sign in")


@pytest.fixture
def person(browser, live_server, check_page):
    everybody = []

    def make() -> Person:
        everybody.append(Person(browser, live_server, check_page))
        return everybody[-1]

    yield make
    complaints = [complaint for somebody in everybody for complaint in somebody.watch.complaints]
    assert complaints == []


@pytest.fixture
def cast(transactional_db) -> Cast:
    return make_cast()


def sign_up(newcomer: Person, *, at: str = "") -> None:
    """Make the account; `at` says that she stands on the form already."""
    if not at:
        newcomer.go(reverse("account_signup"))
    newcomer.fill(display_name="Wanda Newcomer", email=EMAIL, password1=PASSWORD)
    newcomer.choose(time_zone=ZONE)
    newcomer.tick("terms")
    newcomer.press("Make my account")
    code = re.search(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b", mail.outbox[-1].body).group(1)
    newcomer.fill(code=code)
    newcomer.press("Confirm")


def enrol_and_place(director: Person, cohort, supervisor) -> int:
    director.go(reverse("desk_cohort", args=[cohort.pk]))
    director.press("Enrol a person")
    director.fill(person=EMAIL, discipline="Psychologist")
    director.press("Enrol this person")
    enrolment = cohort.enrolments.get()
    director.go(reverse("desk_placements", args=[enrolment.pk]))
    director.choose(supervisor=str(supervisor.pk))
    director.fill(site="Juniper Clinic", starts_on=enrolment.enrolled_on.isoformat())
    director.press("Set the placement")
    director.reads("Juniper Clinic")
    return enrolment.pk


def read_lessons(newcomer: Person, enrolment: int) -> None:
    newcomer.go(reverse("learn_outline", args=[enrolment]))
    newcomer.press("Touch is optional")
    newcomer.press("Mark as complete and go on")
    newcomer.reads("Consent is given before")
    newcomer.press("Mark as complete and go on")


def pass_quiz(newcomer: Person, enrolment: int) -> None:
    newcomer.go(reverse("learn_outline", args=[enrolment]))
    newcomer.press("Check your judgement")
    newcomer.press("Start the quiz")
    newcomer.page.locator("main input[name=choice]").nth(1).check()
    newcomer.press("Save and next")
    for place in (0, 1):
        newcomer.page.locator("main input[name=choice]").nth(place).check()
    newcomer.press("Save and next")
    newcomer.fill(value="0.01")
    newcomer.page.locator("main [name=unit]").first.fill("g")
    newcomer.press("Save and look over")
    newcomer.press("Submit the quiz")
    newcomer.reads("100 %")


def log_visits(newcomer: Person) -> None:
    today = datetime.now(ZoneInfo(ZONE)).date().isoformat()
    for starts_at, phase in (("00:30", "preparation"), ("02:00", "dosing")):
        newcomer.go(reverse("practice_new"))
        newcomer.fill(on=today, starts_at=starts_at, minutes_1="60")
        newcomer.choose(category_key="preparation", phase_1=phase)
        newcomer.tick("role", "lead")
        newcomer.tick("new_client")
        newcomer.tick("client_consented")
        newcomer.press("Save and send for review")


def sign_entries(supervisor: Person) -> None:
    supervisor.go(reverse("review_queue"))
    entries = supervisor.page.locator("main a[href^='/review/']").evaluate_all("links => links.map(a => a.pathname)")
    assert len(set(entries)) == 2
    for entry in sorted(set(entries)):
        supervisor.go(entry)
        supervisor.tick("meaning", "reviewed")
        supervisor.press("Approve and sign")
        if supervisor.page.locator("main input[name=password]").count():
            supervisor.fill(password=PASSWORD)
            supervisor.press("Confirm")


def confer(director: Person, enrolment: int) -> Credential:
    director.go(reverse("desk_certificates"))
    director.go(reverse("desk_confer", args=[enrolment]))
    director.tick("sure")
    director.press("Confer the credential")
    return Credential.objects.get(enrolment=enrolment)


def download_framed(newcomer: Person, credential: Credential) -> Path:
    """The certificate is made by the worker; the newcomer sees it and takes the PDF home."""
    newcomer.go(reverse("certificate_list"))
    newcomer.reads("Certificate and badge are being made")
    drain()
    newcomer.go(reverse("certificate_list"))
    shown = newcomer.page.locator("main img.paper-preview")
    assert shown.evaluate("image => image.naturalWidth") > 1000
    assert "Wanda Maria Newcomer" in shown.get_attribute("alt")
    with newcomer.page.expect_download() as download:
        newcomer.page.get_by_role("link", name="A4 (PDF").click()
    return Path(download.value.path())


def check_framed(visitor: Person, pdf: Path, credential: Credential) -> None:
    """Judged by its attachments, by its text, by the telephone's camera, and by our own page."""
    content = pdf.read_bytes()
    assert faults_of(content) == []
    assert "Wanda Maria Newcomer" in text_of(content)
    attached = attachments_of(content)
    assert attached["credential.json"][0] == credential.signed_json.encode()
    assert examine_bytes(credential, attached["credential.json"][0]).is_valid
    assert examine_bytes(credential, attached["credential.jwt"][0]).is_valid
    assert codes_on(content) == [credential.achievement.issuer.address(credential.get_absolute_url())]
    visitor.go(reverse("verify"))
    visitor.page.locator("main input[type=file]").set_input_files(
        {"name": "from-an-applicant.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    visitor.press("Check the file")
    visitor.reads("Valid")
    visitor.reads("2 signed credentials, which agree")


def examine_bytes(credential: Credential, content: bytes) -> Verdict:
    keys = published_keys(credential.achievement.issuer)
    lists = {credential.status_list.address: json.loads(credential.status_list.signed_json)}
    return check_credential(content, keys=keys, status_lists=lists, now=timezone.now())


def test_the_whole_journey(cast, person):
    cohort = make_small_program(cast.director, ZONE)
    newcomer, director, supervisor, visitor = person(), person(), person(), person()

    visitor.go("/")
    sign_up(newcomer)
    director.sign_in(cast.director.email)
    enrolment = enrol_and_place(director, cohort, cast.supervisor)

    newcomer.go(reverse("home"))
    read_lessons(newcomer, enrolment)
    pass_quiz(newcomer, enrolment)
    log_visits(newcomer)
    supervisor.sign_in(cast.supervisor.email)
    sign_entries(supervisor)

    newcomer.go(reverse("standing", args=[enrolment]))
    newcomer.reads("3 of 3 requirements met")
    newcomer.go(reverse("profile"))
    newcomer.fill(legal_name="Wanda Maria Newcomer")
    newcomer.tick("confirm")
    newcomer.press("Confirm this name")
    credential = confer(director, enrolment)
    framed = download_framed(newcomer, credential)

    visitor.go(reverse("verify"))
    visitor.fill(code=credential.code)
    visitor.press("Verify")
    visitor.reads("Valid")
    visitor.reads("Wanda Maria Newcomer")
    visitor.reads("not a licence")
    check_framed(visitor, framed, credential)
