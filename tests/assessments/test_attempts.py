"""Starting, answering, submitting: what the server owns, what it refuses, and what it writes down."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.actions import close_overdue_attempts, save_answer, start_attempt, submit_attempt
from assessments.models import Answer, Attempt, AttemptMove
from assessments.rules import AnswerRefused, AttemptClosed, StaleAnswer, StartRefused
from courses.enrolment.enums import EnrolmentState
from lms.audit.models import AuditEntry
from lms.notices.models import Notice
from tests.factories.assessments import RIGHT, answer, make_attempt, make_quiz, make_sitting

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def sitting(cast):
    return make_sitting(cast.trainee)


def start(sitting, at=NOON):
    return start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=at)


def acts(attempt):
    return list(
        AuditEntry.objects.filter(object_type="assessments.attempt", object_id=str(attempt.pk)).values_list(
            "action", flat=True
        )
    )


def test_the_server_draws_and_sets_the_deadline_at_the_start(sitting):
    attempt = start(sitting)
    assert (attempt.number, attempt.state, attempt.deadline) == (1, "in_progress", NOON + 40 * MINUTE)
    assert [drawn["question"] for drawn in attempt.draw] == ["q1", "q2", "q3", "q4", "q5"]
    assert attempt.body == sitting.item.body


def test_starting_again_gives_the_open_attempt_back(sitting):
    assert start(sitting) == start(sitting, at=NOON + MINUTE)
    assert Attempt.objects.count() == 1


def test_a_quiz_is_started_by_its_trainee_alone(sitting, cast):
    with pytest.raises(StartRefused):
        start_attempt(sitting.enrolment, sitting.item, by=cast.director, at=NOON)
    with pytest.raises(StartRefused):
        start_attempt(sitting.enrolment, make_quiz(), by=cast.trainee, at=NOON)


def test_every_question_right_passes(sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, at=NOON)
    assert (attempt.state, attempt.score, attempt.passed, attempt.failed_critical) == (
        "submitted",
        Decimal("100"),
        True,
        False,
    )
    assert attempt.result[3] == {
        "slot": 4,
        "question": "q4",
        "version": 1,
        "critical": False,
        "response": {"value": "10", "unit": "mg"},
        "points": "1",
    }


def test_a_missed_critical_item_fails_whatever_the_score(sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(1,), at=NOON)
    assert (attempt.score, attempt.passed, attempt.failed_critical) == (Decimal("80"), False, True)


def test_a_missed_other_item_at_the_pass_mark_passes(sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(2,), at=NOON)
    assert (attempt.score, attempt.passed, attempt.failed_critical) == (Decimal("80"), True, False)


def test_who_has_passed_does_not_sit_again(sitting):
    make_attempt(sitting.enrolment, sitting.item, at=NOON)
    with pytest.raises(StartRefused, match="passed this quiz already"):
        start(sitting, at=NOON + 48 * HOUR)


def test_the_cool_down_ends_to_the_second(sitting):
    make_attempt(sitting.enrolment, sitting.item, wrong=(1,), at=NOON)
    with pytest.raises(StartRefused, match="pause between two attempts"):
        start(sitting, at=NOON + 24 * HOUR - timedelta(seconds=1))
    assert start(sitting, at=NOON + 24 * HOUR).number == 2


def test_no_more_attempts_than_allowed(sitting):
    for day in range(3):
        make_attempt(sitting.enrolment, sitting.item, wrong=(1,), at=NOON + day * 25 * HOUR)
    with pytest.raises(StartRefused, match="used all your attempts"):
        start(sitting, at=NOON + 99 * HOUR)
    assert Attempt.objects.count() == 3


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN, EnrolmentState.COMPLETED])
def test_who_is_not_active_starts_nothing(sitting, state):
    sitting.enrolment.state = state
    sitting.enrolment.save()
    with pytest.raises(StartRefused, match="not active"):
        start(sitting)


def test_a_pause_never_blocks_what_was_started(sitting):
    attempt = start(sitting)
    sitting.enrolment.state = EnrolmentState.PAUSED
    sitting.enrolment.save()
    answer(attempt, 1, at=NOON + MINUTE)
    assert start(sitting, at=NOON + MINUTE) == attempt
    assert submit_attempt(attempt, by=sitting.enrolment.person, at=NOON + 2 * MINUTE).state == "submitted"


def test_only_a_newer_answer_replaces_one(sitting):
    attempt = start(sitting)
    answer(attempt, 1, seq=5, at=NOON)
    answer(attempt, 1, right=False, seq=6, at=NOON + MINUTE)
    with pytest.raises(StaleAnswer):
        answer(attempt, 1, seq=6, at=NOON + 2 * MINUTE)
    with pytest.raises(StaleAnswer):
        answer(attempt, 1, seq=4, at=NOON + 2 * MINUTE)
    saved = Answer.objects.get()
    assert (saved.response, saved.client_seq, saved.saved_at) == ({"chosen": ["a"]}, 6, NOON + MINUTE)


def test_the_same_answer_sent_twice_is_saved_once(sitting):
    attempt = start(sitting)
    first = answer(attempt, 1, seq=5, at=NOON)
    assert answer(attempt, 1, seq=5, at=NOON + MINUTE) == first
    assert Answer.objects.get().saved_at == NOON


@pytest.mark.parametrize(
    ("slot", "sent", "seq"),
    [
        (6, RIGHT["single"], 1),
        (0, RIGHT["single"], 1),
        (1, {"choice": ["z"]}, 1),
        (1, {}, 1),
        (1, RIGHT["single"], -1),
        (1, RIGHT["single"], 2**53),
        (4, {"value": ["NaN"], "unit": ["mg"]}, 1),
    ],
)
def test_what_is_no_answer_changes_nothing(sitting, slot, sent, seq):
    attempt = start(sitting)
    with pytest.raises(AnswerRefused):
        save_answer(attempt, slot=slot, sent=sent, client_seq=seq, by=sitting.enrolment.person, at=NOON)
    assert not Answer.objects.exists()


def test_answers_are_taken_to_the_end_of_the_grace_period_and_not_a_second_longer(sitting):
    attempt = start(sitting)
    answer(attempt, 1, at=attempt.deadline + timedelta(seconds=30))
    with pytest.raises(AttemptClosed, match="Time ran out"):
        answer(attempt, 2, at=attempt.deadline + timedelta(seconds=31))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.submitted_at, attempt.score) == ("expired", attempt.deadline, Decimal("20"))
    assert Answer.objects.count() == 1


def test_an_answer_after_submission_is_refused_and_changes_nothing(sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(2,), at=NOON)
    with pytest.raises(AttemptClosed, match="was submitted"):
        answer(attempt, 2, seq=9, at=NOON + MINUTE)
    attempt.refresh_from_db()
    assert attempt.score == Decimal("80")


def test_submitting_twice_gives_the_same_result(sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(2,), at=NOON)
    again = submit_attempt(attempt, by=sitting.enrolment.person, at=NOON + HOUR)
    assert (again.score, again.submitted_at, again.graded_at) == (attempt.score, NOON, NOON)
    assert acts(attempt) == ["assessments.attempt.started", "assessments.attempt.submitted"]


def test_submitting_after_the_grace_period_counts_as_time_run_out(sitting):
    attempt = start(sitting)
    closed = submit_attempt(attempt, by=sitting.enrolment.person, at=attempt.deadline + MINUTE)
    assert (closed.state, closed.submitted_at, closed.graded_at) == (
        "expired",
        attempt.deadline,
        attempt.deadline + MINUTE,
    )


def test_the_sweeper_submits_overdue_attempts_as_they_stood_and_tells_the_trainee(sitting):
    attempt = start(sitting)
    answer(attempt, 1, at=NOON)
    assert close_overdue_attempts(at=attempt.deadline + timedelta(seconds=30)) == 0
    assert close_overdue_attempts(at=attempt.deadline + timedelta(seconds=31)) == 1
    assert close_overdue_attempts(at=attempt.deadline + HOUR) == 0
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.failed_critical) == ("expired", Decimal("20"), False)
    assert list(AttemptMove.objects.values_list("old", "new", "by")) == [
        ("", "in_progress", sitting.enrolment.person_id),
        ("in_progress", "expired", None),
    ]
    assert Notice.objects.get().path == f"/quiz/{attempt.pk}/result/"


def test_a_quiz_without_a_time_limit_stays_open(cast):
    sitting = make_sitting(cast.trainee, time_limit_minutes=0)
    attempt = start(sitting)
    assert attempt.deadline is None
    assert close_overdue_attempts(at=NOON + 9999 * HOUR) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"score": 100},
        {"passed": True},
        {"state": "in_progress"},
        {"result": []},
        {"submitted_at": NOON + HOUR},
        {"number": 2},
    ],
)
def test_the_database_refuses_to_change_a_graded_attempt(sitting, change):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(1,), at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk)._raw_delete("default")


@pytest.mark.parametrize("change", [{"deadline": NOON + 9 * HOUR}, {"draw": []}, {"started_at": NOON - HOUR}])
def test_the_database_refuses_to_change_what_the_server_drew(sitting, change):
    attempt = start(sitting)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(**change)


def test_an_attempt_is_never_closed_without_a_grade(sitting):
    attempt = start(sitting)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(state="submitted")


@pytest.mark.parametrize("act", ["started", "submitted", "expired"])
def test_each_act_writes_its_audit_row_and_none_when_it_is_rolled_back(sitting, act):
    attempt = None if act == "started" else start(sitting)
    later = {"submitted": NOON + MINUTE, "expired": NOON + HOUR}

    def do():
        return (
            start(sitting) if act == "started" else submit_attempt(attempt, by=sitting.enrolment.person, at=later[act])
        )

    with transaction.atomic():
        do()
        transaction.set_rollback(True)
    name = f"assessments.attempt.{act}"
    assert not AuditEntry.objects.filter(action=name).exists()
    assert not AttemptMove.objects.filter(new="in_progress" if act == "started" else act).exists()
    done = do()
    entry = AuditEntry.objects.get(action=name)
    assert (entry.object_id, entry.actor_id) == (
        str(done.pk),
        None if act == "expired" else sitting.enrolment.person_id,
    )


def test_whether_an_answer_is_right_is_not_computed_when_it_is_saved(sitting, monkeypatch):
    attempt = start(sitting, at=timezone.now())

    def never(*args, **kwargs):
        raise AssertionError("scored while saving")

    for kind in ("single.Single", "multiple.Multiple", "numeric.Numeric"):
        monkeypatch.setattr(f"assessments.kinds.{kind}.score", never)
    for slot in range(1, 6):
        answer(attempt, slot)
    assert Answer.objects.count() == 5
