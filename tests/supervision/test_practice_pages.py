"""The trainee's pages, as a browser without JavaScript sends them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.disputes.models import Dispute
from lms.web.spreadsheets import safe_cell
from supervision.actions.draft import save_unfinished
from supervision.enums import LogState
from supervision.models import ClientCode, PracticeLog
from supervision.queries.summary import CategoryTotal
from tests.factories.enrolment import grant_faculty, make_enrolment
from tests.factories.supervision import (
    FIRST_DAY,
    make_approved,
    make_code,
    make_draft,
    make_practice_standard,
    make_returned,
    make_submitted,
)
from tests.web import post, send_form, text_of


@pytest.fixture
def mine(cast, placement):
    return cast.client("trainee")


def visit(own, **fields):
    values = {
        "placement": own.pk,
        "category_key": "observation-live",
        "role": "observer",
        "on": "2026-03-10",
        "starts_at": "09:00",
        "phase_1": "dosing",
        "minutes_1": "90",
        "phase_2": "",
        "minutes_2": "",
        "phase_3": "",
        "minutes_3": "",
        "reflection": "",
        "time_zone": "America/Denver",
        "route": "none",
        "modality": "in_person",
        "format": "individual",
    }
    return values | fields


def test_a_visit_is_logged_with_a_new_client_code_and_sent_in_one_go(mine, placement):
    page = mine.get("/practice/new/")
    response = send_form(
        mine,
        page,
        "Save and send for review",
        on="2026-03-10",
        starts_at="09:00",
        category_key="preparation",
        role="lead",
        phase_1="preparation",
        minutes_1="50",
        phase_2="other",
        minutes_2="10",
        new_client="on",
        client_consented="on",
        reflection="I waited longer before speaking.",
    )
    log = PracticeLog.objects.get()
    code = ClientCode.objects.get()
    assert (log.state, log.minutes, log.on, str(log.starts_at), log.time_zone) == (
        LogState.SUBMITTED,
        60,
        date(2026, 3, 10),
        "09:00:00",
        "America/Denver",
    )
    assert [(segment.phase, segment.minutes) for segment in log.segments.all()] == [("preparation", 50), ("other", 10)]
    assert [row.client for row in log.client_rows.all()] == [code]
    assert f"code is {code.code}" in text_of(response)
    assert "Sent to Supervisor for review." in text_of(response)
    names = ["supervision.client.coded", "supervision.log.drafted", "supervision.log.submitted"]
    written = AuditEntry.objects.filter(action__startswith="supervision.", actor=log.enrolment.person)
    assert sorted(written.values_list("action", flat=True)) == names


def test_the_form_begins_with_what_usually_repeats(mine, placement):
    make_draft(placement, category_key="role-play", role="lead", segments=(("other", 45),))
    form = mine.get("/practice/new/").context["form"]
    assert {name: form[name].value() for name in ("category_key", "role", "phase_1", "minutes_1", "time_zone")} == {
        "category_key": "role-play",
        "role": "lead",
        "phase_1": "other",
        "minutes_1": 45,
        "time_zone": "America/Denver",
    }
    assert form["reflection"].value() is None


WRONG = {
    "no date": ({"on": ""}, "on"),
    "a date of another age": ({"on": "0001-01-01"}, "on"),
    "a far date": ({"on": "9999-12-31"}, "on"),
    "nonsense": ({"on": "yesterday", "starts_at": "NaN"}, "on"),
    "not a number": ({"minutes_1": "NaN"}, "minutes_1"),
    "negative": ({"minutes_1": "-5"}, "minutes_1"),
    "huge": ({"minutes_1": "9" * 40}, "minutes_1"),
    "minutes without phase": ({"minutes_2": "20"}, "phase_2"),
    "phase without minutes": ({"phase_2": "other"}, "minutes_2"),
    "null byte": ({"reflection": "a\x00b"}, "reflection"),
    "too long": ({"reflection": "a" * 601}, "reflection"),
    "identifier": ({"reflection": "call 303-555-0142"}, "reflection"),
    "unknown category": ({"category_key": "massage"}, "category_key"),
    "another zone": ({"time_zone": "Mars/Olympus"}, "time_zone"),
    "another's placement": ({"placement": "999999"}, "placement"),
    "huge placement": ({"placement": "9" * 30}, "placement"),
    "huge client": ({"clients": "9" * 30}, "clients"),
    "nonsense client": ({"clients": "x\x00"}, "clients"),
    "tomorrow": ({"on": "2026-11-24"}, "on"),
    "before the placement": ({"on": str(FIRST_DAY - timedelta(days=1))}, "on"),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_gives_a_sentence_beside_the_field_and_writes_nothing(mine, placement, case):
    fields, where = WRONG[case]
    response = post(mine, "/practice/new/", **visit(placement, new_client="on", **fields))
    assert response.status_code == 422
    assert response.context["form"].errors[where]
    assert (PracticeLog.objects.count(), ClientCode.objects.count()) == (0, 0)
    assert "not used yet" not in text_of(response)


def test_a_double_click_logs_one_visit(mine, placement):
    key = "7e8f2f6e-4a0c-4c6f-9a55-0e6f0f3f6a11"
    first = post(mine, "/practice/new/", form_key=key, **visit(placement))
    second = post(mine, "/practice/new/", form_key=key, **visit(placement))
    assert (first.status_code, first.url) == (second.status_code, second.url) == (302, first.url)
    assert PracticeLog.objects.count() == 1


def test_an_overlapping_visit_is_refused_beside_its_start(mine, placement):
    post(mine, "/practice/new/", **visit(placement))
    response = post(mine, "/practice/new/", **visit(placement, starts_at="10:29"))
    assert response.context["form"].errors == {"starts_at": ["You were at another visit then: 10 Mar 2026, 09:00."]}
    assert post(mine, "/practice/new/", **visit(placement, starts_at="10:30")).status_code == 302


def test_a_draft_is_changed_and_a_stale_form_changes_nothing(mine, placement):
    log = make_draft(placement)
    url = f"/practice/{log.pk}/edit/"
    assert post(mine, url, **visit(placement, version="1")).status_code == 302
    log.refresh_from_db()
    assert (log.version, log.minutes) == (2, 90)
    stale = post(mine, url, **visit(placement, version="1", minutes_1="10"))
    assert stale.status_code == 422
    assert "changed in another window" in text_of(stale)
    log.refresh_from_db()
    assert log.minutes == 90


@pytest.mark.parametrize("maker", [make_submitted, make_approved])
def test_what_was_sent_cannot_be_changed(mine, placement, maker):
    log = maker(placement)
    assert mine.get(f"/practice/{log.pk}/edit/").status_code == 409
    assert post(mine, f"/practice/{log.pk}/edit/", **visit(placement, version=log.version)).status_code == 409


def test_several_entries_are_sent_at_once_and_one_bad_one_holds_none_back(mine, placement):
    good, also, bad = make_draft(placement), make_draft(placement), make_draft(placement)
    PracticeLog.objects.filter(pk=bad.pk).update(category_key="gone")
    assert "Send 3 entries for review" in text_of(mine.get("/practice/"))
    response = send_form(mine, mine.get("/practice/send/"), "Send the ticked entries for review")
    assert "2 entries are on the way to review." in text_of(response)
    assert "Choose a category of your standard." in text_of(response)
    states = dict(PracticeLog.objects.values_list("pk", "state"))
    assert states == {good.pk: "submitted", also.pk: "submitted", bad.pk: "draft"}


@pytest.mark.parametrize("entries", ["", "9" * 30, "x", "0"])
def test_sending_nothing_or_nonsense_is_answered_beside_the_list(mine, placement, entries):
    make_draft(placement)
    response = post(mine, "/practice/send/", **({"entries": entries} if entries else {}))
    assert response.status_code == 422
    assert response.context["form"].errors["entries"]


def test_a_returned_entry_shows_the_reason_first_and_goes_back_after_being_put_right(mine, placement):
    log = make_returned(placement, reason="The dosing role is missing.")
    page = mine.get(f"/practice/{log.pk}/")
    text = text_of(page)
    assert text.index("The dosing role is missing.") < text.index("Minutes by phase")
    send_form(mine, mine.get(f"/practice/{log.pk}/edit/"), "Save and send for review", role="lead")
    log.refresh_from_db()
    assert (log.state, log.role) == ("submitted", "lead")


def test_an_entry_is_taken_back_discarded_and_corrected_by_buttons(mine, placement):
    log = make_submitted(placement)
    send_form(mine, mine.get(f"/practice/{log.pk}/"), "Take it back")
    log.refresh_from_db()
    assert (log.state, log.submitted_at) == ("draft", None)
    send_form(mine, mine.get(f"/practice/{log.pk}/discard/"), "Discard it")
    log.refresh_from_db()
    assert log.state == "voided"
    approved = make_approved(placement)
    page = send_form(mine, mine.get(f"/practice/{approved.pk}/"), "Correct this entry")
    assert page.request["PATH_INFO"] == f"/practice/{approved.corrections.get().pk}/edit/"


def test_a_returned_entry_is_disputed_and_never_answered_by_its_supervisor(cast, mine, placement):
    grant_faculty(cast.faculty, placement.enrolment.cohort)
    log = make_returned(placement)
    page = send_form(mine, mine.get(f"/practice/{log.pk}/dispute/"), "Open the dispute", text="The role was recorded.")
    dispute = Dispute.objects.get()
    assert (dispute.evidence_type, dispute.evidence_id) == ("supervision.practicelog", str(log.pk))
    assert (dispute.raised_by, dispute.against, dispute.owner) == (cast.trainee, cast.supervisor, cast.faculty)
    assert "You have disputed this return" in text_of(page)
    assert mine.get(f"/practice/{make_draft(placement).pk}/dispute/").status_code == 409


def test_a_dispute_goes_to_a_director_when_no_faculty_may_answer(cast, placement):
    from lms.accounts.actions import raise_barrier
    from supervision.queries.practice import dispute_owner

    grant_faculty(cast.faculty, placement.enrolment.cohort)
    raise_barrier(cast.faculty, cast.trainee, by=cast.director, reason="x")
    assert dispute_owner(make_returned(placement)) == cast.director


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN, EnrolmentState.COMPLETED])
def test_no_state_of_an_enrolment_closes_the_own_log(mine, placement, state):
    log = make_approved(placement)
    Enrolment.objects.filter(pk=placement.enrolment_id).update(state=state)
    addresses = ["/practice/", f"/practice/{log.pk}/", "/practice/exports/"]
    assert [mine.get(address).status_code for address in addresses] == [200, 200, 200]
    is_open = state == EnrolmentState.PAUSED
    assert mine.get("/practice/new/").status_code == (200 if is_open else 409)
    assert post(mine, "/practice/new/", **visit(placement)).status_code == (302 if is_open else 409)


def test_a_trainee_without_a_placement_is_told_what_is_missing(cast):
    make_enrolment(cast.other_trainee, standard_version=make_practice_standard())
    page = cast.client("other_trainee").get("/practice/new/")
    assert "Ask your program director to set yours." in text_of(page)
    assert post(cast.client("other_trainee"), "/practice/new/").status_code == 422


def test_the_list_shows_totals_by_category_and_one_state_when_asked(mine, placement):
    make_approved(placement, segments=(("dosing", 90),))
    make_submitted(placement, category_key="role-play", segments=(("other", 30),))
    totals = mine.get("/practice/").context["totals"]
    assert totals == [CategoryTotal("Live observation", 90, 0), CategoryTotal("Role-play", 0, 30)]
    rows = mine.get("/practice/?state=approved").context["rows"]
    assert [row["state"] for row in rows] == ["Approved"]
    nonsense = "/practice/?state=x&enrolment=&page=%00"
    assert mine.get(nonsense).status_code == 200
    assert mine.get("/practice/?enrolment=999999").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(mine, placement, django_assert_num_queries, count):
    for _ in range(count):
        make_returned(placement)
        make_draft(placement)
        make_code(placement)
    mine.get("/practice/")
    with django_assert_num_queries(QUERIES_OF_LIST):
        mine.get("/practice/")
    with django_assert_num_queries(QUERIES_OF_SEND):
        mine.get("/practice/send/")


QUERIES_OF_LIST, QUERIES_OF_SEND, QUERIES_OF_FORM = 5, 6, 5


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_takes_the_same_queries_for_one_and_three(cast, mine, placement, django_assert_num_queries, count):
    """Session and person, enrolments, the last entry, what is offered; and the drafts when one waits."""
    for number in range(count):
        make_approved(placement, clients=frozenset({make_code(placement).pk}), client_consented=True)
        other = User.objects.create(email=f"other{number}@example.org")
        make_enrolment(other, cohort=placement.enrolment.cohort)
    mine.get("/practice/new/")
    with django_assert_num_queries(QUERIES_OF_FORM):
        assert mine.get("/practice/new/").context["offered"] == []
    for _ in range(count):
        save_unfinished(placement.enrolment, key=uuid4(), sequence=1, typed={"on": ["2026-03-04"]}, by=cast.trainee)
    with django_assert_num_queries(QUERIES_OF_FORM + 1):
        page = mine.get("/practice/new/")
    assert [len(page.context["form"].offers.codes), len(page.context["offered"])] == [count, count]
    assert len(page.context["form"].offers.co_therapists) == count


def test_a_new_code_is_made_for_this_trainee_alone(mine, placement):
    response = send_form(mine, mine.get("/practice/"), "New client code", age_band="35-44")
    code = ClientCode.objects.get()
    assert (code.enrolment, code.age_band) == (placement.enrolment, "35-44")
    assert code.code in text_of(response)
    assert post(mine, "/practice/codes/", age_band="200").status_code == 302
    assert ClientCode.objects.count() == 1


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\n=1"])
def test_a_cell_never_begins_like_a_formula(text):
    assert safe_cell(text) == f"'{text}"


def test_the_reflection_is_not_stored_in_clear(placement):
    from django.db import connection

    log = make_draft(placement, reflection="ZQPHI7 waited")
    with connection.cursor() as cursor:
        cursor.execute("select reflection from supervision_practicelog where id = %s", [log.pk])
        assert cursor.fetchone()[0].startswith("enc1:")
    assert PracticeLog.objects.get(pk=log.pk).reflection == "ZQPHI7 waited"
