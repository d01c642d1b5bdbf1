"""Time of an open attempt: given back by staff, owed for an outage, taken as a break; and annulment without loss."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from assessments.actions import close_overdue_attempts, give_back_outages, go_on, start_attempt, take_break, touch
from assessments.enums import AttemptState
from assessments.invigilation.actions import annul_attempt, annul_for_cohort, give_time, give_time_to_cohort
from assessments.models import Accommodation, Answer, AttemptMove, TimeGiven
from assessments.rules import AnswerRefused, AttemptClosed
from lms.accounts.actions import raise_barrier
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from lms.uptime.actions import beat, note_outage
from lms.uptime.models import Heartbeat, Outage
from tests.cast import make_person
from tests.factories.assessments import answer, make_attempt, make_sitting
from tests.factories.enrolment import grant_faculty, make_enrolment
from tests.web import post, text_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)
WHY = "The fire alarm rang."


@pytest.fixture
def sitting(cast):
    sitting = make_sitting(cast.trainee, cooldown_hours=0)
    grant_faculty(cast.faculty, sitting.cohort)
    return sitting


@pytest.fixture
def attempt(sitting):
    """From noon to 12:40."""
    return start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=NOON)


# Given back by staff -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["faculty", "director"])
def test_time_given_back_moves_the_deadline_and_leaves_a_row_a_move_and_a_notice(cast, attempt, name):
    give_time(attempt, minutes=15, by=getattr(cast, name), reason=WHY, at=NOON + MINUTE)
    attempt.refresh_from_db()
    assert attempt.deadline == NOON + 55 * MINUTE
    given = TimeGiven.objects.get()
    assert (given.seconds, given.cause, given.by) == (900, "staff", getattr(cast, name))
    move = AttemptMove.objects.order_by("-id").first()
    assert (move.old, move.new, move.why) == ("in_progress", "in_progress", f"15 minutes more: {WHY}")
    notice = Notice.objects.get()
    assert WHY in notice.text
    assert "open until 2 Mar 2026, 05:55, your time" in notice.text
    answer(attempt, 1, at=NOON + 54 * MINUTE)


@pytest.mark.parametrize("name", ["trainee", "other_faculty", "registrar", "supervisor"])
def test_nobody_else_gives_time_or_annuls(cast, attempt, name):
    by = getattr(cast, name)
    with pytest.raises(Refusal, match="Only faculty"):
        give_time(attempt, minutes=5, by=by, reason=WHY)
    with pytest.raises(Refusal, match="Only faculty"):
        annul_attempt(attempt, by=by, reason=WHY)
    assert not TimeGiven.objects.exists()


def test_not_across_a_barrier(cast, attempt):
    raise_barrier(cast.trainee, cast.faculty, by=cast.director, reason="A conflict.")
    with pytest.raises(Refusal, match="Only faculty"):
        give_time(attempt, minutes=5, by=cast.faculty, reason=WHY)


@pytest.mark.parametrize(("minutes", "reason"), [(0, WHY), (601, WHY), (5, "  "), (5, "x" * 201)])
def test_nonsense_gives_nothing(cast, attempt, minutes, reason):
    with pytest.raises(Refusal):
        give_time(attempt, minutes=minutes, by=cast.director, reason=reason, at=NOON)
    attempt.refresh_from_db()
    assert (attempt.deadline, TimeGiven.objects.count()) == (NOON + 40 * MINUTE, 0)


def test_a_closed_attempt_is_given_no_time(cast, attempt):
    with pytest.raises(IllegalMove, match="closed already"):
        give_time(attempt, minutes=5, by=cast.director, reason=WHY, at=NOON + 2 * HOUR)


def test_an_attempt_without_a_limit_has_no_time_to_give_back(cast):
    sitting = make_sitting(cast.trainee, time_limit_minutes=0)
    attempt = start_attempt(sitting.enrolment, sitting.item, by=cast.trainee)
    with pytest.raises(Refusal, match="no time limit"):
        give_time(attempt, minutes=5, by=cast.director, reason=WHY)


def test_a_whole_cohort_is_given_time_at_one_quiz(cast, sitting, attempt):
    other = make_enrolment(cast.other_trainee, cohort=sitting.cohort)
    second = start_attempt(other, sitting.item, by=cast.other_trainee, at=NOON + MINUTE)
    elsewhere = make_sitting(make_person("elsewhere"))
    far = start_attempt(elsewhere.enrolment, elsewhere.item, by=elsewhere.enrolment.person, at=NOON)
    count = give_time_to_cohort(
        sitting.cohort, sitting.item.activity_id, minutes=9, by=cast.faculty, reason=WHY, at=NOON
    )
    for one, minutes in ((attempt, 49), (second, 50), (far, 40)):
        one.refresh_from_db()
        assert one.deadline == NOON + minutes * MINUTE
    assert count == 2
    with pytest.raises(Refusal, match="Nobody of this cohort"):
        give_time_to_cohort(
            elsewhere.cohort, sitting.item.activity_id, minutes=9, by=cast.director, reason=WHY, at=NOON
        )


# Annulled ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [False, True])
def test_an_annulled_attempt_keeps_its_answers_and_costs_nothing(cast, sitting, closed):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(1,), submitted=closed, at=NOON)
    annul_attempt(attempt, by=cast.faculty, reason=WHY, at=NOON + MINUTE)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.submitted_at) == (AttemptState.ANNULLED, NOON if closed else NOON + MINUTE)
    assert Answer.objects.count() == 5
    assert AttemptMove.objects.order_by("-id").first().why == WHY
    with pytest.raises(AttemptClosed):
        answer(attempt, 1, seq=9, at=NOON + 2 * MINUTE)
    for number in range(3):
        make_attempt(sitting.enrolment, sitting.item, wrong=(1,), at=NOON + number * HOUR + HOUR)


def test_what_is_passed_or_annulled_is_not_annulled(cast, sitting, attempt):
    annul_attempt(attempt, by=cast.director, reason=WHY)
    with pytest.raises(IllegalMove, match="annulled already"):
        annul_attempt(attempt, by=cast.director, reason=WHY)
    passed = make_attempt(sitting.enrolment, sitting.item)
    with pytest.raises(Refusal, match="a pass is never taken away"):
        annul_attempt(passed, by=cast.director, reason=WHY)


def test_the_open_attempts_of_a_cohort_are_annulled_at_once(cast, sitting, attempt):
    assert annul_for_cohort(sitting.cohort, sitting.item.activity_id, by=cast.faculty, reason=WHY) == 1
    attempt.refresh_from_db()
    assert attempt.is_annulled
    with pytest.raises(Refusal, match="Nobody of this cohort"):
        annul_for_cohort(sitting.cohort, sitting.item.activity_id, by=cast.faculty, reason=WHY)


# Outages -------------------------------------------------------------------------------------------------------------


def silence(since, until):
    """The site gave its last sign of life at `since` and its next one at `until`."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": since})
    return beat(at=until)


def test_a_minute_of_silence_is_no_outage_and_ten_are(db):
    assert beat(at=NOON) is None
    assert beat(at=NOON + MINUTE) is None
    assert beat(at=NOON + 4 * MINUTE) is None
    outage = beat(at=NOON + 14 * MINUTE)
    assert (outage.began_at, outage.ended_at) == (NOON + 4 * MINUTE, NOON + 14 * MINUTE)
    assert beat(at=NOON + 14 * MINUTE + SECOND) is None
    assert Heartbeat.objects.get().at == NOON + 14 * MINUTE
    assert Outage.objects.count() == 1


def _again(row):
    row.pk = None
    row.new_deadline += MINUTE
    return row


def test_an_outage_gives_its_time_back_once_with_a_move(attempt):
    silence(NOON + 10 * MINUTE, NOON + 22 * MINUTE)
    assert [give_back_outages(at=NOON + 23 * MINUTE), give_back_outages(at=NOON + 24 * MINUTE)] == [1, 0]
    attempt.refresh_from_db()
    assert attempt.deadline == NOON + 52 * MINUTE
    assert [move.why for move in attempt.moves.all()] == ["", "12 minutes more: the site did not answer"]
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeGiven.objects.bulk_create([_again(TimeGiven.objects.get())])


def test_what_was_left_when_the_site_fell_silent_is_left_when_it_answers_again(attempt):
    """The deadline passed while nobody could answer; the first who touches the attempt finds it open."""
    Heartbeat.objects.create(pk=1, at=NOON + 35 * MINUTE)
    found = touch(attempt, at=NOON + 65 * MINUTE)
    assert (found.is_open, found.deadline) == (True, NOON + 70 * MINUTE)
    answer(attempt, 1, at=NOON + 69 * MINUTE)
    for minutes in (67, 69, 71):
        beat(at=NOON + minutes * MINUTE)
    assert not touch(found, at=NOON + 72 * MINUTE).is_open


def test_an_attempt_begun_after_or_over_before_is_given_nothing(attempt):
    silence(NOON - 30 * MINUTE, NOON - 20 * MINUTE)
    silence(NOON + 41 * MINUTE, NOON + 60 * MINUTE)
    assert give_back_outages(at=NOON + 61 * MINUTE) == 0
    assert not touch(attempt, at=NOON + 61 * MINUTE).is_open
    assert not TimeGiven.objects.exists()


def test_the_sweeper_closes_nothing_while_the_site_does_not_answer(attempt):
    Heartbeat.objects.create(pk=1, at=NOON + 39 * MINUTE)
    assert close_overdue_attempts(at=NOON + 50 * MINUTE) == 0
    beat(at=NOON + 60 * MINUTE)
    give_back_outages(at=NOON + 60 * MINUTE)
    assert close_overdue_attempts(at=NOON + 60 * MINUTE) == 0
    beat(at=NOON + 61 * MINUTE)
    beat(at=NOON + 62 * MINUTE)
    assert close_overdue_attempts(at=NOON + 62 * MINUTE) == 1


def test_where_no_site_ever_ran_nothing_is_known_of_outages(db):
    assert note_outage(at=NOON) is None
    assert not Heartbeat.objects.exists()


# Breaks --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def resting(cast, sitting):
    """An attempt from noon to 12:40 with ten minutes of break."""
    Accommodation.objects.create(
        person=cast.trainee,
        program=sitting.enrolment.program,
        break_minutes=10,
        reason="Agreed.",
        granted_by=cast.director,
        granted_at=NOON,
    )
    return start_attempt(sitting.enrolment, sitting.item, by=cast.trainee, at=NOON)


def test_a_break_stops_the_clock_for_as_long_as_it_lasts(cast, resting):
    take_break(resting, by=cast.trainee, at=NOON + 5 * MINUTE)
    with pytest.raises(AnswerRefused, match="on a break"):
        answer(resting, 1, at=NOON + 6 * MINUTE)
    go_on(resting, by=cast.trainee, at=NOON + 9 * MINUTE)
    resting.refresh_from_db()
    assert (resting.is_on_break, resting.deadline) == (False, NOON + 44 * MINUTE)
    answer(resting, 1, at=NOON + 10 * MINUTE)
    assert not Notice.objects.exists()


def test_a_break_is_no_longer_than_what_is_left_of_it_and_ends_by_itself(cast, resting):
    take_break(resting, by=cast.trainee, at=NOON + 5 * MINUTE)
    go_on(resting, by=cast.trainee, at=NOON + 12 * MINUTE)
    take_break(resting, by=cast.trainee, at=NOON + 20 * MINUTE)
    found = touch(resting.__class__.objects.get(), at=NOON + 40 * MINUTE)  # 3 minutes were left
    go_on(found, by=cast.trainee, at=NOON + 40 * MINUTE)
    found.refresh_from_db()
    assert found.deadline == NOON + 50 * MINUTE
    assert not take_break(found, by=cast.trainee, at=NOON + 41 * MINUTE).is_on_break


def test_nothing_is_closed_during_a_break_and_everything_after_it(cast, resting):
    take_break(resting, by=cast.trainee, at=NOON + 39 * MINUTE)
    assert close_overdue_attempts(at=NOON + 45 * MINUTE) == 0
    assert close_overdue_attempts(at=NOON + 50 * MINUTE) == 0  # the break is over at 12:49, a minute is left
    assert close_overdue_attempts(at=NOON + 51 * MINUTE) == 1
    resting.refresh_from_db()
    assert (resting.state, resting.submitted_at) == ("expired", NOON + 50 * MINUTE)


def test_without_an_agreement_there_is_no_break(cast, attempt):
    assert not take_break(attempt, by=cast.trainee, at=NOON + MINUTE).is_on_break


def test_the_pages_of_a_break_show_no_question(cast, sitting, resting):
    attempt = resting.__class__.objects.get()
    assert attempt.state == "in_progress"
    client = cast.client("trainee")
    with time_machine.travel(NOON + MINUTE, tick=False):
        assert "Take a break" in text_of(client.get(f"/quiz/{attempt.pk}/"))
        post(client, f"/quiz/{attempt.pk}/break/", act="begin")
        page = client.get(f"/quiz/{attempt.pk}/")
        assert "You have 10 minutes of break left: at 05:11" in text_of(page)
        assert "Stem of" not in page.content.decode()
        assert client.get(f"/quiz/{attempt.pk}/review/")["Location"] == f"/quiz/{attempt.pk}/"
        post(client, f"/quiz/{attempt.pk}/break/", act="go_on")
        assert "Question 1 of 5" in text_of(client.get(f"/quiz/{attempt.pk}/"))


# The desk ------------------------------------------------------------------------------------------------------------


def test_staff_give_time_and_annul_on_the_page_of_an_attempt(cast, sitting):
    attempt = start_attempt(sitting.enrolment, sitting.item, by=cast.trainee)
    client, before = cast.client("faculty"), attempt.deadline
    assert post(client, f"/desk/attempts/{attempt.pk}/", act="time", minutes="15").status_code == 422
    post(client, f"/desk/attempts/{attempt.pk}/", act="time", minutes="15", reason=WHY)
    attempt.refresh_from_db()
    assert attempt.deadline == before + 15 * MINUTE
    assert f"15 minutes more: {WHY}" in text_of(client.get(f"/desk/attempts/{attempt.pk}/"))
    post(client, f"/desk/attempts/{attempt.pk}/", act="annul", **{"annul-reason": WHY})
    attempt.refresh_from_db()
    assert attempt.is_annulled


def test_staff_give_time_to_a_cohort_on_its_page(cast, sitting):
    attempt = start_attempt(sitting.enrolment, sitting.item, by=cast.trainee)
    client, url, before = cast.client("faculty"), f"/desk/cohorts/{sitting.cohort.pk}/quizzes/", attempt.deadline
    about = {"activity": sitting.item.activity_id}
    refused = post(client, url, act="time", minutes="0", reason=WHY, **about)
    assert (refused.status_code, "greater than or equal to 1" in text_of(refused)) == (422, True)
    post(client, url, act="time", minutes="5", reason=WHY, **about)
    attempt.refresh_from_db()
    assert attempt.deadline == before + 5 * MINUTE
    post(client, url, act="annul", **about, **{"annul-reason": WHY})
    attempt.refresh_from_db()
    assert attempt.is_annulled
    assert "Nobody sits a quiz now" in text_of(client.get(url))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_open_attempts_takes_the_same_queries_for_one_and_three(
    cast, sitting, django_assert_num_queries, rows
):
    for number in range(rows):
        enrolment = make_enrolment(make_person(f"sitter{number}"), cohort=sitting.cohort)
        start_attempt(enrolment, sitting.item, by=enrolment.person)
    client, url = cast.client("director"), f"/desk/cohorts/{sitting.cohort.pk}/quizzes/"
    assert client.get(url).status_code == 200
    with django_assert_num_queries(4):
        client.get(url)
