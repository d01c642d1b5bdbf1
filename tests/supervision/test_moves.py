"""Every move of an entry, allowed or not; and its audit row and history."""

import pytest

from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.errors import IllegalMove
from supervision.actions.lapse import decide_cases
from supervision.actions.practice import correct_log, discard_log, move_log, retract_log, submit_log
from supervision.actions.program import unapprove_log, verify_log
from supervision.actions.review import approve_log, return_log
from supervision.actions.supervisor import supervisor_of
from supervision.enums import COUNTING, MOVES, LapseDecision, LogState, Meaning
from supervision.models import LapseCase, LogMove, PracticeLog
from tests.factories.supervision import (
    approve,
    make_approved,
    make_draft,
    make_lapse,
    make_returned,
    make_submitted,
    seen,
)
from tests.supervision.rollback import act_and_roll_back


def superseded(placement):
    old = make_approved(placement)
    approve(submit_log(correct_log(old, by=old.enrolment.person), by=old.enrolment.person))
    return PracticeLog.objects.get(pk=old.pk)


def verified(placement):
    return verify_log(make_approved(placement), by=director())


def director():
    return User.objects.get(email="director@example.org")


def questioned(placement):
    """Under review because of a lapse that was recorded after the approval."""
    log = make_approved(placement)
    return put_under_review(log)


def put_under_review(log):
    make_lapse(log.placement.supervisor, by=director(), began_on=log.on, ended_on=log.on)
    return PracticeLog.objects.get(pk=log.pk)


def decide(log, **fields):
    """The only way out: a director's decision. The ordinary acts are tried first, and refuse."""
    case = LapseCase.objects.get(entries__log=log)
    decide_cases(case.lapse, [case.pk], by=director(), reason="She signed in good faith.", **fields)
    return PracticeLog.objects.get(pk=log.pk)


def voided(placement):
    return discard_log(make_draft(placement), by=placement.enrolment.person)


MAKERS = {
    LogState.DRAFT: make_draft,
    LogState.SUBMITTED: make_submitted,
    LogState.RETURNED: make_returned,
    LogState.APPROVED: make_approved,
    LogState.VERIFIED: verified,
    LogState.QUESTIONED: questioned,
    LogState.SUPERSEDED: superseded,
    LogState.VOIDED: voided,
}


def was_verified(placement):
    return put_under_review(verified(placement))


def other_signer():
    return supervisor_of(User.objects.get(email="other_supervisor@example.org"), by=None)


def put_back(log):
    """What waits is returned by the supervisor; what is approved only by a director."""
    if log.state in COUNTING:
        return unapprove_log(log, by=director(), reason="The plan of the day shows another visit.")
    return return_log(
        log, by=log.placement.supervisor.person, meaning=Meaning.REVIEWED, seen=seen(log), reason="Say which phase."
    )


ACTS = {
    LogState.DRAFT: lambda log: retract_log(log, by=log.enrolment.person),
    LogState.SUBMITTED: lambda log: submit_log(log, by=log.enrolment.person),
    LogState.VOIDED: lambda log: discard_log(log, by=log.enrolment.person),
    LogState.APPROVED: lambda log: approve_log(
        log, by=log.placement.supervisor.person, meaning=Meaning.OBSERVED, seen=seen(log)
    ),
    LogState.VERIFIED: lambda log: verify_log(log, by=director()),
    LogState.RETURNED: put_back,
    LogState.QUESTIONED: put_under_review,
}
OUT_OF_REVIEW = {
    LogState.APPROVED: lambda log: decide(log, decision=LapseDecision.KEPT),
    LogState.VERIFIED: lambda log: decide(log, decision=LapseDecision.KEPT),
    LogState.SUBMITTED: lambda log: decide(log, decision=LapseDecision.AGAIN, to=other_signer()),
}
# A correction replaces, and the end of a lapse recorded in error takes back, each with two moves at once: tested by itself.
ELSEWHERE = {(LogState.SUBMITTED, LogState.QUESTIONED)}
ALLOWED = [(old, new) for old in MOVES for new in MOVES[old] if new != LogState.SUPERSEDED]
ALLOWED = [pair for pair in ALLOWED if pair not in ELSEWHERE]
FORBIDDEN = [(old, new) for old in MOVES for new in ACTS if new not in MOVES[old] and new != LogState.QUESTIONED]


def test_every_state_has_its_moves_and_its_maker():
    assert set(MOVES) == set(LogState) == set(MAKERS)


@pytest.mark.parametrize(("old", "new"), sorted(ALLOWED))
def test_an_allowed_move_changes_the_state_and_writes_one_history_row(placement, old, new):
    log = MAKERS[old](placement) if (old, new) != (LogState.QUESTIONED, LogState.VERIFIED) else was_verified(placement)
    if old == LogState.QUESTIONED:
        with pytest.raises(IllegalMove):
            ACTS[new](log)
    before = list(log.moves.values_list("pk", flat=True))
    (OUT_OF_REVIEW if old == LogState.QUESTIONED else ACTS)[new](log)
    assert PracticeLog.objects.get(pk=log.pk).state == new
    written = LogMove.objects.filter(log=log).exclude(pk__in=before).values_list("old", "new")
    assert list(written) == [(old, new)]


@pytest.mark.parametrize(("old", "new"), sorted(FORBIDDEN))
def test_a_forbidden_move_is_refused_and_changes_nothing(placement, old, new):
    log = MAKERS[old](placement)
    trail = AuditEntry.objects.count(), LogMove.objects.count()
    with pytest.raises(IllegalMove):
        ACTS[new](log)
    assert PracticeLog.objects.get(pk=log.pk).state == old
    assert (AuditEntry.objects.count(), LogMove.objects.count()) == trail


@pytest.mark.parametrize("old", [state for state in LogState if state not in (*COUNTING, LogState.QUESTIONED)])
def test_a_lapse_passes_over_what_does_not_count(placement, old):
    log = MAKERS[old](placement)
    moves = log.moves.count()
    make_lapse(placement.supervisor, by=director())
    assert (PracticeLog.objects.get(pk=log.pk).state, log.moves.count()) == (old, moves)
    if (old, LogState.QUESTIONED) not in ELSEWHERE:
        with pytest.raises(IllegalMove):
            move_log(log, LogState.QUESTIONED, by=director())


@pytest.mark.parametrize("old", [state for state in LogState if state not in COUNTING])
def test_only_an_approved_entry_is_corrected(placement, old):
    log = MAKERS[old](placement)
    with pytest.raises(IllegalMove):
        correct_log(log, by=log.enrolment.person)


NAMES = {
    "supervision.log.submitted": (make_draft, LogState.SUBMITTED),
    "supervision.log.retracted": (make_submitted, LogState.DRAFT),
    "supervision.log.discarded": (make_draft, LogState.VOIDED),
    "supervision.log.approved": (make_submitted, LogState.APPROVED),
    "supervision.log.returned": (make_submitted, LogState.RETURNED),
    "supervision.log.verified": (make_approved, LogState.VERIFIED),
    "supervision.log.unapproved": (verified, LogState.RETURNED),
}


@pytest.mark.parametrize("name", NAMES)
def test_each_act_has_one_audit_row_and_none_when_it_is_rolled_back(placement, name):
    maker, new = NAMES[name]
    log = maker(placement)
    rows = AuditEntry.objects.filter(action=name, object_id=str(log.pk))
    act_and_roll_back(lambda: ACTS[new](log), rows)
    assert rows.count() == 0
    ACTS[new](PracticeLog.objects.get(pk=log.pk))
    assert rows.count() == 1


def test_the_table_of_moves_is_asked_by_the_one_function_that_changes_a_state(placement):
    with pytest.raises(IllegalMove):
        move_log(make_draft(placement), LogState.APPROVED, by=placement.supervisor.person)
