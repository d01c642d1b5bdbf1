"""One accommodation per person and program: who grants it, who reads it, and what it changes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from assessments.actions import start_attempt
from assessments.actions.accommodations import end_accommodation, grant_accommodation
from assessments.models import Accommodation
from assessments.rules import Allowance, StartRefused
from courses.enrolment.queries import finish_by
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.audit.models import AuditEntry
from lms.clock.models import Adjustment
from lms.errors import Refusal
from tests.cast import make_person
from tests.factories.assessments import make_attempt, make_quiz, make_sitting
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.web import post, send_form, text_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WHY = "A diagnosis that concerns nobody else."
HALF_MORE = Allowance(extra_time=50, extra_attempts=1, break_minutes=10, large_print=True)


@pytest.fixture
def sitting(cast):
    sitting = make_sitting(cast.trainee, cooldown_hours=0)
    grant_faculty(cast.faculty, sitting.cohort)
    return sitting


def grant(cast, sitting, allowance=HALF_MORE, **fields):
    return grant_accommodation(sitting.enrolment, allowance, by=cast.director, reason=WHY, **fields)


def start(sitting, at=NOON, item=None):
    return start_attempt(sitting.enrolment, item or sitting.item, by=sitting.enrolment.person, at=at)


def test_it_is_applied_to_every_quiz_of_the_program(cast, sitting):
    grant(cast, sitting)
    for item in (sitting.item, make_quiz(sitting.enrolment.edition, time_limit_minutes=45)):
        attempt = start(sitting, item=item)
        minutes = attempt.body.source["settings"]["time_limit_minutes"]
        assert attempt.deadline == NOON + minutes * 1.5 * MINUTE
        assert attempt.break_minutes == 10


def test_it_changes_nothing_for_anybody_else_nor_in_another_program(cast, sitting):
    grant(cast, sitting)
    other = make_enrolment(cast.other_trainee, cohort=sitting.cohort)
    assert start_attempt(other, sitting.item, by=cast.other_trainee, at=NOON).deadline == NOON + 40 * MINUTE
    elsewhere = make_sitting(cast.trainee)
    assert start(elsewhere).deadline == NOON + 40 * MINUTE


def test_extra_attempts_are_added_to_those_of_the_quiz(cast, sitting):
    grant(cast, sitting)
    for number in range(4):
        make_attempt(sitting.enrolment, sitting.item, wrong=(1,), at=NOON + number * HOUR)
    with pytest.raises(StartRefused, match="used all your attempts"):
        start(sitting, at=NOON + 9 * HOUR)


def test_an_open_attempt_keeps_its_time_when_it_ends_and_the_next_has_the_usual(cast, sitting):
    later = make_quiz(sitting.enrolment.edition)
    grant(cast, sitting)
    attempt = start(sitting)
    end_accommodation(sitting.enrolment, by=cast.director, reason="Not needed any more.")
    attempt.refresh_from_db()
    assert attempt.deadline == NOON + HOUR
    assert start(sitting, item=later).deadline == NOON + 40 * MINUTE


def test_another_one_takes_the_place_of_the_one_in_force_and_both_stay(cast, sitting):
    first = grant(cast, sitting)
    second = grant(cast, sitting, Allowance(extra_time=25))
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by, second.ended_at) == (second.granted_at, cast.director, None)
    assert Accommodation.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Accommodation.objects.filter(pk=second.pk).update(extra_time=300)
    with pytest.raises(IntegrityError), transaction.atomic():
        Accommodation.objects.filter(pk=first.pk).update(ended_at=None, ended_by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Accommodation.objects.filter(pk=first.pk)._raw_delete("default")


def test_more_days_go_through_the_one_clock_and_once(cast, sitting):
    sitting.cohort.ends_on = datetime(2027, 6, 30).date()
    sitting.cohort.save()
    sitting.enrolment.refresh_from_db()
    grant(cast, sitting, Allowance(), extra_days=14)
    assert finish_by(sitting.enrolment) == datetime(2027, 7, 14).date()
    end_accommodation(sitting.enrolment, by=cast.director, reason="Over.")
    assert Adjustment.objects.count() == 1


@pytest.mark.parametrize(
    ("allowance", "days", "reason"),
    [
        (Allowance(), 0, WHY),
        (Allowance(extra_time=301), 0, WHY),
        (Allowance(extra_attempts=-1), 0, WHY),
        (Allowance(break_minutes=241), 0, WHY),
        (Allowance(extra_time=5), 731, WHY),
        (Allowance(extra_time=5), 0, "  "),
    ],
)
def test_nonsense_is_refused_and_nothing_written(cast, sitting, allowance, days, reason):
    with pytest.raises(Refusal):
        grant_accommodation(sitting.enrolment, allowance, extra_days=days, by=cast.director, reason=reason)
    assert not Accommodation.objects.exists()


def test_the_reason_is_encrypted_and_in_no_audit_row(cast, sitting):
    accommodation = grant(cast, sitting)
    with connection.cursor() as cursor:
        cursor.execute("select reason from assessments_accommodation")
        assert "diagnosis" not in cursor.fetchone()[0]
    entry = AuditEntry.objects.get(action="assessments.accommodation.granted")
    assert (entry.object_id, entry.data) == (str(accommodation.pk), {"enrolment": sitting.enrolment.pk})


def test_only_directors_of_the_program_grant_one(cast, sitting):
    here, elsewhere, of_cohort = (make_person(name) for name in ("here", "elsewhere", "of_cohort"))
    grant_role(here, Role.DIRECTOR, scope=Scope.PROGRAM, scope_id=sitting.enrolment.program_id, by=None)
    grant_role(elsewhere, Role.DIRECTOR, scope=Scope.PROGRAM, scope_id=make_cohort().program_id, by=None)
    grant_role(of_cohort, Role.DIRECTOR, scope=Scope.COHORT, scope_id=sitting.cohort.pk, by=None)
    for by in (cast.faculty, cast.registrar, cast.trainee, elsewhere, of_cohort):
        with pytest.raises(Refusal, match="Only directors of the program"):
            grant_accommodation(sitting.enrolment, HALF_MORE, by=by, reason=WHY)
    assert grant_accommodation(sitting.enrolment, HALF_MORE, by=here, reason=WHY).granted_by == here


def test_not_across_a_barrier(cast, sitting):
    grant(cast, sitting)
    raise_barrier(cast.trainee, cast.second_director, by=cast.director, reason="A conflict.")
    with pytest.raises(Refusal):
        end_accommodation(sitting.enrolment, by=cast.second_director, reason="Over.")
    client = cast.client("second_director")
    assert "Trainee" not in text_of(client.get("/desk/accommodations/"))
    assert client.get(f"/desk/enrolments/{sitting.enrolment.pk}/accommodation/").status_code == 404


@pytest.mark.parametrize("name", ["faculty", "registrar", "other_trainee", "supervisor"])
def test_nobody_but_her_and_the_directors_can_read_it(cast, sitting, name):
    grant(cast, sitting)
    client, enrolment = cast.client(name), sitting.enrolment.pk
    for url in ("/desk/accommodations/", f"/desk/enrolments/{enrolment}/accommodation/"):
        assert client.get(url).status_code in (403, 404)
    for url in (f"/desk/enrolments/{enrolment}/", f"/desk/cohorts/{sitting.cohort.pk}/", "/desk/"):
        page = client.get(url)
        assert page.status_code in (403, 404) or "ccommodation" not in page.content.decode()


def test_the_trainee_reads_what_she_is_given_on_the_first_page_and_never_why(cast, sitting):
    url = f"/learn/{sitting.enrolment.pk}/{sitting.item.slug}/quiz/"
    client = cast.client("trainee")
    assert "Agreed with you" not in text_of(client.get(url))
    grant(cast, sitting)
    page = text_of(client.get(url))
    assert "50 % more time" in page
    assert "10 minutes of break" in page
    assert "4 attempts left" in page
    assert "60 minutes" in page
    assert "diagnosis" not in page


def test_large_print_is_on_her_pages_of_the_quiz(cast, sitting):
    attempt = start(sitting, at=datetime.now(UTC))
    client = cast.client("trainee")
    pages = [f"/quiz/{attempt.pk}/", f"/quiz/{attempt.pk}/review/"]
    assert not any("large-print" in client.get(url).content.decode() for url in pages)
    grant(cast, sitting)
    assert all("large-print" in client.get(url).content.decode() for url in pages)


def test_a_director_grants_and_ends_one_on_the_page(cast, sitting):
    client, url = cast.client("director"), f"/desk/enrolments/{sitting.enrolment.pk}/accommodation/"
    refused = send_form(client, client.get(url), "Grant it", reason=WHY)
    assert (refused.status_code, "at least one of the five" in text_of(refused)) == (422, True)
    assert "It is granted" in text_of(send_form(client, refused, "Grant it", extra_time="50", reason=WHY))
    assert "50 % more time" in text_of(client.get("/desk/accommodations/"))
    ended = post(client, url, act="end", follow=True, **{"end-reason": "Over."})
    assert "Nothing is agreed" in text_of(ended)
    assert "Why it ended Over." in text_of(ended)
    assert "Nothing is agreed with anybody" in text_of(client.get("/desk/accommodations/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(cast, sitting, django_assert_num_queries, rows):
    for number in range(rows):
        enrolment = make_enrolment(make_person(f"agreed{number}"), cohort=sitting.cohort)
        grant_accommodation(enrolment, HALF_MORE, by=cast.director, reason=WHY)
    client = cast.client("director")
    assert client.get("/desk/accommodations/").status_code == 200
    with django_assert_num_queries(4):
        client.get("/desk/accommodations/")
