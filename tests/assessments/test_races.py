"""Twenty at once: one attempt, one score. Each with its control, in which the guard is taken away and it goes wrong."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection, models
from django.utils import timezone

from assessments.actions import attempts as acts
from assessments.enums import AttemptState
from assessments.models import Answer, Attempt, AttemptMove, AttemptRequest
from assessments.queries import attempts_at, granted_of
from assessments.requests import actions as requests
from assessments.rules import AnswerRefused, StaleAnswer, StartRefused
from courses.enrolment.models import Enrolment
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from lms.audit.models import AuditEntry
from lms.audit.triggers import install_all
from lms.errors import IllegalMove
from tests.cast import make_cast, make_person
from tests.factories.assessments import answer, frozen_question, make_attempt, make_sitting
from tests.races import at_once, meeting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TIMES = 20


@pytest.fixture
def sitting():
    return make_sitting(make_cast().trainee, cooldown_hours=0)


def start(sitting):
    return acts.start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person)


def test_twenty_parallel_starts_lead_to_one_attempt(sitting):
    started = at_once(TIMES, lambda number: start(sitting).pk)
    assert set(started) == {Attempt.objects.get().pk}
    assert AuditEntry.objects.filter(action="assessments.attempt.started").count() == 1


def test_twenty_parallel_starts_never_pass_the_limit(sitting):
    for _ in range(2):
        make_attempt(sitting.enrolment, sitting.item, wrong=(1,))

    def sit(number):
        attempt = start(sitting)
        return acts.submit_attempt(attempt, by=sitting.enrolment.person).number

    outcomes = at_once(TIMES, sit)
    assert {outcome for outcome in outcomes if not isinstance(outcome, StartRefused)} == {3}
    assert Attempt.objects.count() == 3


def test_two_hundred_starts_in_twenty_threads_make_exactly_the_allowed_number(sitting):
    """Each starts and submits ten times, wrong every time: three attempts are allowed, three exist."""

    def sit(number):
        numbers = []
        for _ in range(10):
            try:
                numbers.append(acts.submit_attempt(start(sitting), by=sitting.enrolment.person).number)
            except StartRefused:
                numbers.append(0)
        return numbers

    outcomes = at_once(TIMES, sit)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert {number for numbers in outcomes for number in numbers} <= {0, 1, 2, 3}
    assert list(Attempt.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


@contextmanager
def without_unique_constraints(model):
    """Not put back: what the control leaves behind would not fit them, and the whole database is put back anyway."""
    whole = model._meta.constraints
    for constraint in [found for found in whole if isinstance(found, models.UniqueConstraint)]:
        model._meta.constraints = [found for found in model._meta.constraints if found is not constraint]
        with connection.schema_editor() as editor:
            editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model._meta.constraints = whole


@contextmanager
def without_triggers(table, *names):
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER {table}_{name}{on_table}")
    try:
        yield
    finally:
        install_all()


def unlocked_enrolment(pk, slug):
    enrolment = Enrolment.objects.get(pk=pk)
    enrolment.corrected_body = None
    return enrolment


@contextmanager
def unguarded(monkeypatch, meet_after):
    """The same code without transaction, lock and audit row; all threads meet after the read named by `meet_after`."""
    barrier = threading.Barrier(6)
    read = getattr(acts, meet_after)

    def read_and_wait(*args, **kwargs):
        found = read(*args, **kwargs)
        barrier.wait(timeout=20)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(acts, meet_after, read_and_wait)
        patch.setattr(acts, "record", lambda *args, **kwargs: None)
        patch.setattr(acts, "locked_enrolment", unlocked_enrolment)
        yield


def test_control_without_lock_and_constraints_parallel_starts_make_several_attempts(sitting, monkeypatch):
    with without_unique_constraints(Attempt), unguarded(monkeypatch, "attempts_at"):
        at_once(
            6,
            lambda number: acts.start_attempt.__wrapped__(sitting.enrolment, sitting.item, by=sitting.enrolment.person),
        )
        found = Attempt.objects.count()
    assert found == 6


def test_twenty_parallel_submits_and_answers_give_one_score(sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(2,), submitted=False)

    def submit_or_answer(turn):
        if turn % 2:
            return answer(attempt, 2, right=bool(turn % 4 == 1), seq=10 + turn).pk
        return acts.submit_attempt(attempt, by=sitting.enrolment.person).score

    at_once(TIMES, submit_or_answer)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SUBMITTED
    assert AuditEntry.objects.filter(action="assessments.attempt.submitted").count() == 1
    assert AttemptMove.objects.filter(new="submitted").count() == 1
    graded = (attempt.score, attempt.result)
    assert all(result["response"] is not None for result in attempt.result)
    at_once(6, lambda number: acts.submit_attempt(attempt, by=sitting.enrolment.person).score)
    attempt.refresh_from_db()
    assert (attempt.score, attempt.result) == graded


def test_control_without_lock_and_trigger_parallel_submits_grade_several_times(sitting, monkeypatch):
    attempt = make_attempt(sitting.enrolment, sitting.item, submitted=False)
    monkeypatch.setattr(acts, "locked_attempt", lambda pk: Attempt.objects.select_related("body", "item").get(pk=pk))
    with without_triggers("assessments_attempt", "frozen_when", "closed"), unguarded(monkeypatch, "close_if_overdue"):
        at_once(6, lambda number: acts.submit_attempt.__wrapped__(attempt, by=sitting.enrolment.person))
        graded = AttemptMove.objects.filter(new="submitted").count()
    assert graded == 6


@pytest.fixture
def story():
    sitting = make_sitting(make_cast().trainee, questions=[frozen_question("s", "scenario")])
    return start(sitting)


def first_steps(outcomes):
    """The first step of every answer that was acknowledged."""
    return {outcome.response["path"][0] for outcome in outcomes if isinstance(outcome, Answer)}


def step(number):
    """Both choices, in turns; every one of them would be newer than what is there."""
    return {"slot": 1, "sent": {"step-1": [str(number % 2 + 1)]}, "client_seq": number + 1}


def test_of_twenty_parallel_first_steps_one_is_taken_and_stays(story):
    by = story.enrolment.person
    outcomes = at_once(TIMES, lambda number: acts.save_answer(story, by=by, **step(number)))
    assert len(first_steps(outcomes)) == 1
    assert {Answer.objects.get().response["path"][0]} == first_steps(outcomes)
    assert all(isinstance(outcome, Answer | AnswerRefused | StaleAnswer) for outcome in outcomes)


def test_control_without_lock_a_step_that_was_taken_is_taken_back(story, monkeypatch):
    """What two do who both read before either wrote, which the lock keeps from happening; their order is set here."""
    unread = acts._saved_response(story, 1)
    monkeypatch.setattr(acts, "_saved_response", lambda attempt, slot: unread)

    def save(number):
        sent = step(number)
        return acts._write_answer(story, sent["slot"], sent["sent"], sent["client_seq"], timezone.now())

    assert len(first_steps([save(0), save(1)])) == 2


@pytest.fixture
def asked(sitting):
    for _ in range(3):
        make_attempt(sitting.enrolment, sitting.item, wrong=(1,))
    return requests.ask_for_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, reason="I was ill.")


@pytest.fixture
def directors():
    people = [make_person(f"director{number}") for number in range(6)]
    for person in people:
        grant_role(person, Role.DIRECTOR, by=None)
    return people


def test_of_six_grants_at_once_one_gives_one_attempt(sitting, asked, directors):
    outcomes = at_once(6, lambda number: requests.grant_attempt(asked, by=directors[number]))
    assert sum(isinstance(outcome, AttemptRequest) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 5
    assert AuditEntry.objects.filter(action="assessments.request.granted").count() == 1
    assert granted_of(attempts_at(sitting.enrolment, sitting.item.activity_id)).attempts == 1
    outcomes = at_once(6, lambda number: acts.submit_attempt(start(sitting), by=sitting.enrolment.person).number)
    assert {outcome for outcome in outcomes if not isinstance(outcome, Exception)} == {4}
    assert Attempt.objects.count() == 4


def test_control_without_lock_and_trigger_all_six_grant(asked, directors, monkeypatch):
    def unlocked(request, by):
        return AttemptRequest.objects.select_related("enrolment__person", "enrolment__program", "item").get(
            pk=request.pk
        )

    monkeypatch.setattr(requests, "_to_decide", unlocked)
    monkeypatch.setattr(requests, "_standing", meeting(requests._standing, 6))
    monkeypatch.setattr(requests, "record", lambda *args, **kwargs: None)
    with without_triggers("assessments_attemptrequest", "frozen_when"):
        outcomes = at_once(6, lambda number: requests.grant_attempt.__wrapped__(asked, by=directors[number]))
    assert sum(isinstance(outcome, AttemptRequest) for outcome in outcomes) == 6


def test_of_twenty_who_ask_at_once_one_request_stands(sitting):
    for _ in range(3):
        make_attempt(sitting.enrolment, sitting.item, wrong=(1,))
    outcomes = at_once(
        TIMES,
        lambda number: requests.ask_for_attempt(
            sitting.enrolment, sitting.item, by=sitting.enrolment.person, reason="I was ill."
        ),
    )
    assert sum(isinstance(outcome, AttemptRequest) for outcome in outcomes) == 1
    assert {type(outcome) for outcome in outcomes} == {AttemptRequest, IllegalMove}
    assert AttemptRequest.objects.count() == 1
