"""A visit from the phone to the standing: logged, signed by a mailed link without an account, corrected, signed again.

The trainee and the site supervisor hold a phone; the faculty member who covers for the supervisor sits at a desk.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from supervision.enums import LogState, Phase
from supervision.models import PracticeCredit, PracticeLog, SignOff, UnfinishedDraft
from supervision.queries.draft import typed_of
from supervision.requirements import PracticumConfig
from tests.browser.keyboard import KeyboardPerson
from tests.browser.person import DeskPerson, Person, PhonePerson, ScriptlessPerson
from tests.browser.steps import ZONE
from tests.factories.enrolment import grant_faculty, make_enrolment
from tests.factories.signing import mailed_code, mailed_path, mails_to, place_with
from tests.factories.supervision import make_placement, make_practice_standard, make_signer, make_submitted

ROBIN = "robin@clinic.example"
EVIDENCE = "What counted, and what did not and why"
NUMBER = "303-555-0199"
WORDS = "I waited before I spoke."
REASON = "You led the dosing: please log it as lead."


@pytest.fixture
def enrolment(cast):
    """The trainee’s, under a standard that asks for ten hours; with a placement of somebody without an account."""
    type(cast.trainee).objects.filter(pk=cast.trainee.pk).update(time_zone=ZONE)
    standard = make_practice_standard(requirements=[PracticumConfig(key="practicum", title="Practice", minutes=600)])
    enrolment = make_enrolment(cast.trainee, standard_version=standard)
    grant_faculty(cast.faculty, enrolment.cohort)
    grant_role(cast.faculty, Role.SUPERVISOR, by=None)
    return enrolment


@pytest.fixture
def earlier(cast, enrolment) -> PracticeLog:
    """A visit of an hour, the day before, that was sent already."""
    placement = place_with(make_signer(by=cast.director), cast.trainee, enrolment=enrolment)
    return make_submitted(placement, on=today() - timedelta(days=1), time_zone=ZONE)


def today():
    return datetime.now(ZoneInfo(ZONE)).date()


def begin_visit(trainee: Person) -> None:
    """From her log to the form, which knows what repeats; she changes what does not."""
    trainee.go(reverse("practice_list"))
    trainee.press("Log a visit")
    known = {name: trainee.field(name).input_value() for name in ("on", "starts_at", "category_key", "minutes_1")}
    assert known == {
        "on": today().isoformat(),
        "starts_at": "09:00",
        "category_key": "observation-live",
        "minutes_1": "60",
    }
    trainee.fill(starts_at="00:30")
    trainee.choose(category_key="preparation")
    trainee.tick("role", "lead")
    trainee.choose(phase_1="preparation")
    trainee.fill(minutes_1="40")
    trainee.page.get_by_text("More phases in the same visit").click()
    trainee.choose(phase_2="integration")
    trainee.fill(minutes_2="20")
    trainee.tick("new_client")
    trainee.tick("client_consented")
    trainee.page.get_by_text("Reflection and time zone").click()


def open_link(robin: Person) -> None:
    """From the mail over the code to what waits for her."""
    robin.go(mailed_path())
    robin.press("Mail me a code")
    robin.fill(code=mailed_code())
    robin.press("Go on")
    robin.reads("What waits for you")


def approve_all(robin: Person, *, count: int) -> None:
    assert robin.page.locator("main [name=entry]").count() == count
    for nth in range(count):
        robin.tick("entry", nth=nth)
    robin.tick("meaning", "reviewed")
    robin.press("Approve and sign")
    robin.reads(f"Approved and signed: {count} entr{'y' if count == 1 else 'ies'}.")
    robin.reads("Nothing waits for you")


def correct(trainee: Person, log: PracticeLog, *, minutes: str, sent_to: str) -> None:
    trainee.go(reverse("practice_detail", args=[log.pk]))
    trainee.press("Correct this entry")
    trainee.fill(minutes_1=minutes)
    trainee.press("Save and send for review")
    trainee.reads(f"Sent to {sent_to} for review.")
    trainee.reads("This entry corrects an approved one, which counts until this one is approved.")


def credited() -> dict[int, int]:
    """Minutes by entry of what counts now."""
    counting = PracticeCredit.objects.filter(log__state__in=(LogState.APPROVED, LogState.VERIFIED))
    return dict(counting.order_by("log").values_list("log", "minutes"))


def stands_at(trainee: Person, enrolment, *, log: tuple[str, str], standing: str) -> None:
    """Her log says what is approved and what waits, her standing what of it counts."""
    trainee.go(reverse("practice_list"))
    together = trainee.page.locator("tfoot td")
    expect(together).to_have_text(log)
    trainee.go(reverse("standing", args=[enrolment.pk]))
    trainee.reads(standing)


def opens_the_line(trainee: Person) -> None:
    """The only requirement of her standing."""
    trainee.page.locator("summary.ledger-row__line").click()


def test_a_visit_is_logged_signed_by_link_corrected_and_signed_again(cast, person, enrolment, earlier):
    trainee, robin, director, faculty = person(PhonePerson), person(PhonePerson), person(DeskPerson), person(DeskPerson)
    trainee.sign_in(cast.trainee.email)
    begin_visit(trainee)
    reflection = trainee.page.get_by_label("Reflection")
    with trainee.page.expect_response(lambda answer: WORDS in (answer.request.post_data or "")):
        reflection.fill(WORDS)
    expect(trainee.page.locator("[data-draft-said]")).to_contain_text("Saved")
    assert typed_of(UnfinishedDraft.objects.get())["reflection"] == [WORDS]
    reflection.fill(f"{WORDS} She called from {NUMBER}.")
    says = trainee.page.locator("[data-guard-says]")
    expect(says).to_contain_text(f"“{NUMBER}” looks like a phone number")
    trainee.press("Save and send for review")
    trainee.reads("Leave out")
    assert PracticeLog.objects.count() == 1
    trainee.page.get_by_label("Reflection").fill(WORDS)
    expect(says).to_be_empty()
    trainee.press("Save and send for review")
    trainee.reads("Sent to Robin Vance, PhD for review.")
    log = PracticeLog.objects.latest("pk")
    assert [(part.phase, part.minutes) for part in log.segments.all()] == [
        (Phase.PREPARATION, 40),
        (Phase.INTEGRATION, 20),
    ]
    code = log.client_rows.get().client.code
    trainee.reads(code)
    assert typed_of(UnfinishedDraft.objects.get()) == {}

    open_link(robin)
    for words in (WORDS, code, "Preparation 40, Integration 20", "Preparation session"):
        robin.reads(words)
    approve_all(robin, count=2)
    assert "You approved and signed 2 entries, 2 h together." in mails_to(ROBIN)[-1]
    robin.go(mailed_path())
    robin.reads("If it was you, there is nothing to do")
    stands_at(trainee, enrolment, log=("2 h", "0 min"), standing="2 h of 10 h")

    director.sign_in(cast.director.email)
    director.go(reverse("desk_handover", args=[earlier.placement.supervisor_id]))
    director.choose(to=str(cast.faculty.pk), cause="absent")
    director.fill(since=timezone.localdate().isoformat(), reason="On leave until June.")
    director.sign("Hand everything over")
    correct(trainee, log, minutes="70", sent_to="Faculty")
    stands_at(trainee, enrolment, log=("2 h", "0 min"), standing="2 h of 10 h")

    faculty.sign_in(cast.faculty.email)
    faculty.go(reverse("review_queue"))
    faculty.reads("1 entry waits for your decision")
    faculty.tick("log")
    faculty.press("Approve the ticked entries")
    faculty.reads("corrects an approved entry")
    faculty.reads(WORDS)
    faculty.tick("meaning", "reviewed")
    faculty.sign("Approve and sign 1 entry")
    faculty.reads("Nothing waits for you")
    correction = PracticeLog.objects.get(supersedes=log)
    assert credited() == {earlier.pk: 60, correction.pk: 90}
    signers = SignOff.objects.order_by("pk").values_list("log", "printed_name")
    assert list(signers)[-1] == (correction.pk, "Faculty")
    assert set(list(signers)[:-1]) == {(earlier.pk, "Robin Vance, PhD"), (log.pk, "Robin Vance, PhD")}
    stands_at(trainee, enrolment, log=("2 h 30 min", "0 min"), standing="2 h 30 min of 10 h")
    opens_the_line(trainee)
    trainee.reads("Replaced by a corrected entry.")
    trainee.look()
    trainee.go(reverse("practice_detail", args=[log.pk]))
    trainee.reads("Replaced")


def test_the_same_without_scripts(cast, person, enrolment, earlier):
    trainee, robin = person(ScriptlessPerson), person(ScriptlessPerson)
    trainee.sign_in(cast.trainee.email)
    begin_visit(trainee)
    trainee.fill(reflection=f"{WORDS} She called from {NUMBER}.")
    trainee.press("Save and send for review")
    trainee.reads("phone number")
    trainee.fill(reflection=WORDS)
    trainee.press("Save and send for review")
    trainee.reads("Sent to Robin Vance, PhD for review.")
    log = PracticeLog.objects.latest("pk")
    open_link(robin)
    robin.reads(WORDS)
    approve_all(robin, count=2)
    correct(trainee, log, minutes="70", sent_to="Robin Vance, PhD")
    assert credited() == {earlier.pk: 60, log.pk: 60}
    open_link(robin)
    robin.reads("This corrects an entry that was approved.")
    approve_all(robin, count=1)
    assert credited() == {earlier.pk: 60, PracticeLog.objects.get(supersedes=log).pk: 90}
    stands_at(trainee, enrolment, log=("2 h 30 min", "0 min"), standing="2 h 30 min of 10 h")
    opens_the_line(trainee)
    trainee.follow(EVIDENCE)
    trainee.reads("Replaced by a corrected entry.")
    trainee.follow("Back to your standing")
    trainee.reads("2 h 30 min of 10 h")


def test_one_is_returned_by_link_mended_and_sent_again(cast, person, earlier):
    trainee, robin = person(PhonePerson), person(PhonePerson)
    open_link(robin)
    robin.press("Return this entry instead")
    robin.tick("meaning", "reviewed")
    robin.press("Return to the trainee")
    robin.reads("Say what is to be put right. The trainee reads it.")
    robin.fill(reason=REASON)
    robin.press("Return to the trainee")
    robin.reads("Returned to Trainee, who reads your reason first.")
    robin.reads("Nothing waits for you")
    assert credited() == {}

    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("practice_detail", args=[earlier.pk]))
    trainee.reads(REASON)
    trainee.press("Put it right")
    trainee.reads(REASON)
    trainee.tick("role", "lead")
    trainee.press("Save and send for review")
    trainee.reads("Sent to Robin Vance, PhD for review.")
    open_link(robin)
    robin.reads("Lead")
    approve_all(robin, count=1)
    assert credited() == {earlier.pk: 60}


def test_the_queue_and_the_decision_work_by_keys_alone(cast, person, enrolment):
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    first, second = make_submitted(placement), make_submitted(placement)
    supervisor = person(KeyboardPerson)
    supervisor.sign_in(cast.supervisor.email)
    supervisor.go(reverse("review_queue"))
    supervisor.reads("j and k go down and up")
    keys, links = supervisor.page.keyboard, supervisor.page.locator("tbody th a")
    supervisor.reach(supervisor.page.get_by_role("region", name="Entries waiting for review"))
    for pressed, place in (("j", 0), ("j", 1), ("j", 1), ("k", 0)):
        keys.press(pressed)
        expect(links.nth(place)).to_be_focused()
    keys.press("x")
    expect(supervisor.field("log")).to_be_checked()
    expect(supervisor.field("log", nth=1)).not_to_be_checked()
    with supervisor.page.expect_navigation():
        keys.press("Enter")
    supervisor.tick("meaning", "reviewed")
    supervisor.sign("Approve and sign")
    supervisor.reads("Approved and signed")
    assert supervisor.page.url.endswith(reverse("review_entry", args=[second.pk]))
    supervisor.tick("meaning", "reviewed")
    supervisor.fill(reason=REASON)
    supervisor.press("Return to the trainee")
    supervisor.reads("Nothing waits for you")
    assert credited() == {first.pk: 60}
    assert PracticeLog.objects.get(pk=second.pk).state == LogState.RETURNED
