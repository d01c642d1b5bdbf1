"""Quizzes and practice: what counts is decided once, by the server, and told to nobody too early."""

import re

from django.db import connection

from assessments.models import Answer, Attempt, AttemptMove
from courses.curriculum.models import Body
from courses.enrolment.models import Enrolment
from lms.html import plain_text
from supervision.models import PracticeCredit, PracticeLog, SignOff
from tests.outside.browser import at_once, statuses
from tests.outside.register import check

SECRET = "Zqphi7 told me about her wedding"


def _attempt(site, slug: str):
    """An open attempt of the newcomer's, begun by fifty windows at once."""

    newcomer = site.person("newcomer")
    enrolment = Enrolment.objects.get(person__email="newcomer@example.org")
    answers = at_once(50, lambda number: newcomer.twin().post(f"/learn/{enrolment.pk}/{slug}/quiz/start/"))
    assert {answer.status for answer in answers} == {302}, statuses(answers)
    assert len({answer.location for answer in answers}) == 1
    return newcomer, Attempt.objects.get(enrolment=enrolment, state="in_progress")


def _feedback_in(source) -> list[str]:
    """Every sentence of the quiz that is told after it only."""
    if isinstance(source, list):
        return [text for part in source for text in _feedback_in(part)]
    if not isinstance(source, dict):
        return []
    own = [" ".join(plain_text(text).split()) for name, text in source.items() if "feedback" in name and text]
    return own + [text for part in source.values() for text in _feedback_in(part)]


def _choices(newcomer, attempt, slot: int) -> dict:
    page = newcomer.get(f"/quiz/{attempt.pk}/?slot={slot}").page
    choice = page.xpath("//input[@name='choice']/@value")[:1]
    return {"slot": slot, "choice": choice} if choice else {"slot": slot, "value": "1", "unit": "mg"}


@check(
    "fifty starts are one attempt; nothing of its key is told; strange and strangers' answers are refused; it is scored once"
)
def _(site):
    newcomer, attempt = _attempt(site, "ethics-of-touch-check")
    place, json = f"/quiz/{attempt.pk}/", {"Accept": "application/json"}
    kept = _feedback_in(Body.objects.get(pk=attempt.body_id).source)
    assert len(kept) > 20
    for slot in range(1, len(attempt.draw) + 1):
        text = " ".join(newcomer.get(f"{place}?slot={slot}").page.text_content().split())
        assert not [told for told in kept if told in text], slot
    for strange in (
        {"slot": 99, "choice": "a"},
        {"slot": "9" * 30, "choice": "a"},
        {"slot": -1, "choice": "a"},
        {"slot": 1, "choice": "no such", "value": "NaN", "unit": "mg"},
        {"slot": 1, "value": "1e400", "choice": "\x00"},
        {"slot": 1, "seq": "NaN", "choice": "a"},
    ):
        answer = newcomer.post(f"{place}answer/", {"seq": 1} | strange, **json)
        assert answer.status == 422, (strange, answer.status)
    for name in ("trainee", "graduate", "supervisor"):
        stranger = site.person(name)
        refused = [
            stranger.post(f"{place}answer/", {"slot": 1, "seq": 9, "choice": "a"}),
            stranger.post(f"{place}submit/"),
        ]
        refused += [stranger.get(place), stranger.get(f"{place}result/")]
        assert {answer.status for answer in refused} <= {403, 404}, (name, statuses(refused))

    def act(number):
        window = newcomer.twin()
        if number % 2:
            return window.post(f"{place}submit/")
        return window.post(f"{place}answer/", {"seq": 100 + number} | _choices(window, attempt, 1 + number % 5), **json)

    assert max(statuses(at_once(30, act))) < 500
    attempt.refresh_from_db()
    assert attempt.submitted_at is not None
    assert AttemptMove.objects.filter(attempt=attempt, new="submitted").count() <= 1
    score = attempt.score
    late = newcomer.post(f"{place}answer/", {"slot": 1, "seq": 9999, "choice": "a", "value": "1"}, **json)
    assert late.status in (409, 422), late.status
    attempt.refresh_from_db()
    assert attempt.score == score
    assert not Answer.objects.filter(attempt=attempt, saved_at__gt=attempt.submitted_at).exists()


@check("thirty approvals at once credit an entry once, only by its own supervisor, only after her password")
def _(site):
    supervisor = site.person("supervisor")
    log = PracticeLog.objects.filter(
        state="submitted", placement__supervisor__person__email="supervisor@example.org"
    ).first()
    path = f"/review/{log.pk}/"
    form = supervisor.fields(path, "/review/") | {"decision": "approved", "meaning": "reviewed", "reason": ""}
    for name in ("trainee", "faculty", "director", "supervisor-two"):
        assert site.person(name).post(path, form).status in (403, 404), name
    assert supervisor.post(path, form).location.startswith("/accounts/reauthenticate/"), "signed without a password"
    assert not SignOff.objects.filter(log=log, decision="approved").exists()
    supervisor.post("/accounts/reauthenticate/", {"password": site.password})
    unseen = supervisor.post(path, form | {"seen": "0" * 64})
    assert unseen.status == 422, (unseen.status, unseen.location)
    answers = at_once(30, lambda number: supervisor.twin().post(path, form))
    assert max(statuses(answers)) < 500, statuses(answers)
    assert PracticeCredit.objects.filter(log=log).count() == 1, statuses(answers)
    assert SignOff.objects.filter(log=log, decision="approved").count() == 1


@check("a reflection is in no log, and in the database only encrypted")
def _(site):
    trainee = site.person("trainee")
    log = PracticeLog.objects.filter(enrolment__person__email="trainee@example.org", state="returned").first()
    path = f"/practice/{log.pk}/edit/"
    form = trainee.fields(path, path) | {"reflection": SECRET, "unexpected": SECRET}
    answer = trainee.post(path, form)
    assert SECRET.split()[0] in answer.text or trainee.get(f"/practice/{log.pk}/").text.count("Zqphi7"), answer.status
    trainee.post(path, form | {"on": SECRET})
    trainee.get(f"/practice/?state={SECRET.replace(' ', '%20')}")
    assert SECRET not in site.log()
    with connection.cursor() as cursor:
        cursor.execute("select reflection from supervision_practicelog")
        stored = [row[0] for row in cursor.fetchall()]
    assert not any("Zqphi7" in text for text in stored)


@check("an export runs nothing in a spreadsheet")
def _(site):
    trainee = site.person("trainee")
    made = trainee.post("/practice/exports/new/log/", {"file_type": "csv"})
    text = trainee.get(f"{made.location}file/").text
    assert text.count("\n") > 3
    assert not re.findall(r'(?:^|,)"?[=@\t]', text, flags=re.MULTILINE)


@check("the server's log holds no password, code, cookie or token")
def _(site):
    visitor = site.visitor()
    visitor.post("/accounts/login/", {"login": "nobody-at-all@example.org", "password": "zq-secret-password"})
    visitor.post("/accounts/login/", {"login": "graduate@example.org", "password": site.password})
    log = site.log()
    for secret in ("zq-secret-password", site.password, *(visitor.cookies.values())):
        assert secret not in log, "a secret stands in the log"
