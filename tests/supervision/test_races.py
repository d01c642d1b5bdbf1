"""Hours are counted once, decisions are one, visits do not overlap: with many at once, and with the guard removed."""

import threading
from datetime import time
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from lms.accounts.models import User
from lms.errors import Refusal
from supervision.actions import credit, practice, program, review
from supervision.actions.draft import DraftIsNewer, save_unfinished
from supervision.actions.practice import write_log
from supervision.actions.review import approve_log, return_log
from supervision.enums import COUNTING, MOVES, LogState, Meaning
from supervision.models import CreditChange, LogMove, PracticeCredit, PracticeLog, SignOff, UnfinishedDraft
from supervision.queries.practice import full_logs
from supervision.queries.surroundings import surroundings_of
from supervision.rules import problems_of
from tests.cast import make_cast
from tests.factories.enrolment import make_enrolment
from tests.factories.supervision import (
    FIRST_DAY,
    make_approved,
    make_placement,
    make_practice_standard,
    make_submitted,
    make_visit,
    seen,
)
from tests.guards import without_constraint, without_trigger
from tests.races import all_look_first, at_once, needs_two_writers

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS = 4


@pytest.fixture
def placement(transactional_db):
    cast = make_cast()
    return make_placement(cast.trainee, cast.supervisor)


def fresh(log):
    return full_logs().get(pk=log.pk)


def kinds(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


def approve_now(log, read):
    return approve_log(log, by=log.placement.supervisor.person, meaning=Meaning.OBSERVED, seen=read)


def return_now(log, read):
    return return_log(
        log, by=log.placement.supervisor.person, meaning=Meaning.REVIEWED, seen=read, reason="Name the phase."
    )


def test_many_approvals_at_once_credit_the_minutes_once(placement):
    log = make_submitted(placement)
    read = seen(log)
    outcomes = at_once(THREADS, lambda number: approve_now(fresh(log), read))
    assert kinds(outcomes) == ["IllegalMove"] * (THREADS - 1) + ["PracticeLog"]
    assert list(PracticeCredit.objects.values_list("log", "minutes")) == [(log.pk, 60)]
    assert SignOff.objects.count() == 1


@pytest.mark.parametrize("round_number", range(3))
def test_approving_and_returning_at_once_leave_one_legal_history(placement, round_number):
    log = make_submitted(placement)
    read = seen(log)
    outcomes = at_once(THREADS, lambda number: (approve_now, return_now)[number % 2](fresh(log), read))
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == THREADS - 1
    decisions = LogMove.objects.filter(log=log, old=LogState.SUBMITTED).values_list("new", flat=True)
    assert list(decisions) == [PracticeLog.objects.get(pk=log.pk).state]
    assert PracticeCredit.objects.count() == (decisions[0] == LogState.APPROVED)


def without_the_lock(monkeypatch, act, log, read):
    """The control: everybody looks first and acts afterwards on what they saw, without holding the entry in between."""
    looked, mine = threading.Barrier(THREADS), threading.local()
    monkeypatch.setattr(review, "lock_log", lambda log: (mine.earlier.enrolment, mine.earlier))
    monkeypatch.setattr(review, "lock_logs", lambda pks: [mine.earlier])

    def run(number):
        mine.earlier = fresh(log)
        looked.wait(timeout=30)
        return act(mine.earlier, read)

    return at_once(THREADS, run)


def test_without_the_lock_approvals_run_into_the_keys_of_the_database(placement, monkeypatch):
    log = make_submitted(placement)
    with without_constraint(SignOff, "one_signature_per_version"):
        outcomes = without_the_lock(monkeypatch, approve_now, log, seen(log))
    assert kinds(outcomes) == ["IntegrityError"] * (THREADS - 1) + ["PracticeLog"]
    assert all("practicecredit" in str(outcome) for outcome in outcomes if isinstance(outcome, IntegrityError))


def test_without_lock_and_key_one_entry_would_be_decided_several_times(placement, monkeypatch):
    log = make_submitted(placement)
    with without_constraint(SignOff, "one_signature_per_version"):
        without_the_lock(monkeypatch, return_now, log, seen(log))
        decided = LogMove.objects.filter(log=log, new=LogState.RETURNED).count()
        signed = SignOff.objects.filter(log=log).count()
        extra = SignOff.objects.filter(log=log).values_list("pk", flat=True)[1:]
        remove_for_the_constraint(list(extra))
    assert (decided, signed) == (THREADS, THREADS)


def remove_for_the_constraint(pks):
    """Signatures are append-only: the rows that the control has doubled go while the trigger is away."""
    with without_trigger("supervision_signoff", "no_delete"):
        SignOff.objects.filter(pk__in=pks)._raw_delete("default")


def test_of_many_overlapping_visits_at_once_one_is_written(placement):
    enrolment = placement.enrolment
    visits = [make_visit(on=FIRST_DAY, starts_at=time(9, minute)) for minute in (0, 10, 20, 30)]
    outcomes = at_once(
        THREADS, lambda number: write_log(enrolment, visits[number], placement=placement, by=enrolment.person)
    )
    assert kinds(outcomes) == ["PracticeLog"] + ["VisitRefused"] * (THREADS - 1)
    assert PracticeLog.objects.count() == 1


def test_visits_of_two_enrolments_of_one_person_do_not_overlap_either(placement):
    second = make_enrolment(placement.trainee, standard_version=make_practice_standard())
    other = make_placement(placement.trainee, placement.supervisor, enrolment=second)
    visit = make_visit(on=FIRST_DAY)
    places = [placement, other]
    outcomes = at_once(
        2, lambda number: write_log(places[number].enrolment, visit, placement=places[number], by=placement.trainee)
    )
    assert kinds(outcomes) == ["PracticeLog", "VisitRefused"]


def test_without_the_lock_overlapping_visits_would_be_written(placement, monkeypatch):
    enrolment, looked = placement.enrolment, threading.Barrier(THREADS)
    monkeypatch.setattr(practice, "check_visit", lambda *args, **kwargs: [])
    visit = make_visit(on=FIRST_DAY)

    def look_then_write(number):
        around = surroundings_of(visit, enrolment, placement, now=timezone.now(), ignore=set())
        assert problems_of(visit, around) == []
        looked.wait(timeout=30)
        return write_log(enrolment, visit, placement=placement, by=enrolment.person)

    at_once(THREADS, look_then_write)
    assert PracticeLog.objects.count() == THREADS


# Approving, correcting, verifying and withdrawing at once --------------------------------------------------------------


def withdraw_now(log, director):
    return program.unapprove_log(log, by=director, reason="The plan shows another visit.")


def test_many_withdrawals_at_once_take_the_minutes_back_once(placement):
    log = make_approved(placement)
    director = User.objects.get(email="director@example.org")
    outcomes = at_once(THREADS, lambda number: withdraw_now(fresh(log), director))
    assert kinds(outcomes) == ["IllegalMove"] * (THREADS - 1) + ["PracticeLog"]
    assert list(CreditChange.objects.values_list("number", "minutes")) == [(1, -60)]


@needs_two_writers
def test_without_the_lock_withdrawals_run_into_the_key_of_the_turn(placement, monkeypatch):
    log = make_approved(placement)
    director = User.objects.get(email="director@example.org")
    monkeypatch.setattr(program, "lock_log", lambda log: (log.enrolment, log))
    monkeypatch.setattr(
        credit.CreditChange.objects,
        "bulk_create",
        all_look_first(CreditChange.objects.bulk_create, THREADS),
        raising=False,
    )
    outcomes = at_once(THREADS, lambda number: withdraw_now(fresh(log), director))
    assert kinds(outcomes) == ["IntegrityError"] * (THREADS - 1) + ["PracticeLog"]
    assert list(CreditChange.objects.values_list("number", "minutes")) == [(1, -60)]


LEGAL = {(old, new) for old in MOVES for new in MOVES[old]} | {("", LogState.DRAFT)}


@pytest.mark.parametrize("round_number", range(3))
def test_every_act_at_once_leaves_one_legal_history(placement, round_number):
    log = make_approved(placement) if round_number else make_submitted(placement)
    read, director, trainee = seen(log), User.objects.get(email="director@example.org"), placement.trainee
    acts = [
        lambda: approve_now(fresh(log), read),
        lambda: return_now(fresh(log), read),
        lambda: withdraw_now(fresh(log), director),
        lambda: practice.correct_log(fresh(log), by=trainee),
        lambda: program.verify_log(fresh(log), by=director),
        lambda: practice.retract_log(fresh(log), by=trainee),
    ]
    outcomes = at_once(len(acts), lambda number: acts[number]())
    assert all(isinstance(outcome, (Refusal, PracticeLog)) for outcome in outcomes), outcomes
    for row in PracticeLog.objects.all():
        moves = list(row.moves.order_by("id").values_list("old", "new"))
        assert set(moves) <= LEGAL
        assert [new for _, new in moves[:-1]] == [old for old, _ in moves[1:]]
        assert moves[-1][1] == row.state
    worth = sum(PracticeCredit.objects.values_list("minutes", flat=True))
    worth += sum(CreditChange.objects.values_list("minutes", flat=True))
    assert worth == 60 * PracticeLog.objects.filter(state__in=COUNTING).count()


def test_of_many_savings_of_a_draft_at_once_the_newest_stays(placement):
    enrolment, key = placement.enrolment, uuid4()

    def save(number):
        typed = {"role": [str(number)]}
        return save_unfinished(enrolment, key=key, sequence=number + 1, typed=typed, by=placement.trainee)

    outcomes = at_once(THREADS, save)
    assert {type(outcome) for outcome in outcomes} <= {UnfinishedDraft, DraftIsNewer}
    assert list(UnfinishedDraft.objects.values_list("sequence", flat=True)) == [THREADS]
