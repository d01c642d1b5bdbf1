"""The states of an attempt: which moves the database takes, what it keeps, and what each state counts for."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from assessments.actions import start_attempt, submit_attempt
from assessments.enums import CLOSED, MOVES, AttemptState
from assessments.models import Attempt, AttemptMove, TimeGiven
from assessments.queries import quizzes_passed, state_once_marked
from assessments.requirements.sittings import handed_in_then
from assessments.rules import StartRefused
from tests.factories.assessments import answer, make_attempt, make_sitting
from tests.web import text_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GRADE = {"graded_at": NOON, "score": 50, "passed": False, "failed_critical": False}
NO_GRADE = dict.fromkeys(GRADE)
FIELDS = {
    AttemptState.IN_PROGRESS: NO_GRADE | {"submitted_at": None},
    AttemptState.AWAITING: NO_GRADE | {"submitted_at": NOON},
    AttemptState.SUBMITTED: GRADE | {"submitted_at": NOON},
    AttemptState.EXPIRED: GRADE | {"submitted_at": NOON},
    AttemptState.ANNULLED: {"submitted_at": NOON},
}


@pytest.fixture
def sitting(cast):
    return make_sitting(cast.trainee, cooldown_hours=0)


@pytest.fixture
def by_hand(monkeypatch):
    """Every numeric question is marked by a person, as an essay is."""
    monkeypatch.setattr("assessments.kinds.numeric.Numeric.score", lambda *args: None)


def put(attempt, **values) -> bool:
    """Whether the database takes it, past every action."""
    try:
        with transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(**values)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("old", AttemptState)
@pytest.mark.parametrize("new", AttemptState)
def test_the_database_takes_the_moves_of_the_table_and_no_other(sitting, old, new):
    attempt = start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=NOON)
    if old != AttemptState.IN_PROGRESS:
        assert put(attempt, state=old, **FIELDS[old])
    values = {} if new == AttemptState.ANNULLED and old in CLOSED else FIELDS[new]
    assert put(attempt, state=new, **values) == (new == old or new in MOVES[old])


def test_what_is_closed_is_only_ever_annulled():
    assert [MOVES[state] for state in CLOSED] == [{AttemptState.ANNULLED}] * 2
    assert MOVES[AttemptState.ANNULLED] == set()


def test_a_passed_attempt_is_never_annulled(sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, at=NOON)
    assert not put(attempt, state=AttemptState.ANNULLED)


@pytest.mark.parametrize("state", [*CLOSED, AttemptState.ANNULLED])
@pytest.mark.parametrize("change", [{"score": 100}, {"result": []}, {"submitted_at": NOON + HOUR}, {"at_slot": 3}])
def test_a_graded_or_annulled_attempt_keeps_what_it_had(sitting, state, change):
    attempt = start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=NOON)
    assert put(attempt, state=state, **(GRADE | {"submitted_at": NOON, "result": [{"slot": 1}]}))
    assert not put(attempt, **change)


def test_a_deadline_grows_by_a_row_that_names_it_and_in_no_other_way(sitting):
    attempt = start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=NOON)
    later, earlier = attempt.deadline + 9 * MINUTE, attempt.deadline - 9 * MINUTE
    given = {"attempt": attempt, "cause": "staff", "seconds": 540, "at": NOON, "old_deadline": attempt.deadline}
    assert not put(attempt, deadline=later)
    assert not put(attempt, deadline=None)
    TimeGiven.objects.create(new_deadline=later, **given)
    assert not put(attempt, deadline=later + MINUTE)
    assert not put(attempt, deadline=earlier)
    assert put(attempt, deadline=later)
    assert not put(attempt, deadline=attempt.deadline)  # back again
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeGiven.objects.create(new_deadline=earlier, **given)


def test_nobody_goes_back_where_a_quiz_goes_forward_only(sitting):
    attempt = start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=NOON)
    assert put(attempt, at_slot=3)
    assert not put(attempt, at_slot=2)


# Awaiting marking ----------------------------------------------------------------------------------------------------


def test_an_attempt_whose_writing_waits_has_no_score_and_nothing_counts_as_wrong(sitting, by_hand):
    attempt = make_attempt(sitting.enrolment, sitting.item, at=NOON)
    assert (attempt.state, attempt.submitted_at) == (AttemptState.AWAITING, NOON)
    assert [attempt.score, attempt.passed, attempt.failed_critical, attempt.graded_at] == [None] * 4
    assert [slot["points"] for slot in attempt.result] == ["1", "1", "1", None, "1"]
    assert quizzes_passed([sitting.enrolment.pk], NOON + HOUR) == []


def test_the_result_of_an_attempt_that_waits_says_so(cast, sitting, by_hand):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(2,), at=NOON)
    page = text_of(cast.client("trainee").get(f"/quiz/{attempt.pk}/result/"))
    assert "until then there is no score" in page
    assert "You are told as soon as it is marked" in page
    assert "topic of q4" not in page  # not to be studied: nobody has said that it was wrong
    assert "topic of q2" in page
    desk = text_of(cast.client("director").get("/desk/quizzes/"))
    assert "Awaiting marking" in desk
    intro = f"/learn/{sitting.enrolment.pk}/{sitting.item.slug}/quiz/"
    assert "waits to be marked" in text_of(cast.client("trainee").get(intro))


def test_no_other_attempt_is_spent_while_one_waits_to_be_marked(sitting, by_hand):
    make_attempt(sitting.enrolment, sitting.item, at=NOON)
    with pytest.raises(StartRefused, match="waits to be marked"):
        start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=NOON + HOUR)


@pytest.mark.parametrize(
    ("minutes", "state"), [(1, AttemptState.SUBMITTED), (60, AttemptState.EXPIRED)], ids=["by her", "by the clock"]
)
def test_once_marked_it_is_known_how_it_was_closed(sitting, by_hand, minutes, state):
    attempt = start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=NOON)
    answer(attempt, 4, at=NOON)
    waiting = submit_attempt(attempt, by=sitting.enrolment.person, at=NOON + minutes * MINUTE)
    assert waiting.state == AttemptState.AWAITING
    assert state_once_marked(waiting) == state
    assert put(waiting, state=state, **GRADE)


# Annulled ------------------------------------------------------------------------------------------------------------


def test_an_annulled_attempt_counts_for_nothing_and_its_page_says_so(cast, sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(1,), at=NOON)
    assert put(attempt, state=AttemptState.ANNULLED)
    assert not handed_in_then(NOON + HOUR).exists()
    intro = f"/learn/{sitting.enrolment.pk}/{sitting.item.slug}/quiz/"
    assert "3 attempts left" in text_of(cast.client("trainee").get(intro))
    page = text_of(cast.client("trainee").get(f"/quiz/{attempt.pk}/result/"))
    assert "does not count against your attempts" in page
    assert "Stem of q1" not in page
    assert "Annulled" in text_of(cast.client("director").get("/desk/quizzes/"))
    again = start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, at=NOON + HOUR)
    assert (again.number, AttemptMove.objects.filter(attempt=again).count()) == (2, 1)
