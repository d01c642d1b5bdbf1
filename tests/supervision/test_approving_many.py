"""Several entries approved in one act: as if one after another, with what may not be approved left as it is."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.standards.practice import Limit, PracticeRules
from lms.accounts.actions import raise_barrier
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from supervision.actions import practice
from supervision.actions.practice import correct_log, edit_log, lock_people, retract_log, submit_log
from supervision.actions.program import unapprove_log
from supervision.actions.review import MOST_AT_ONCE, approve_logs
from supervision.enums import LogState, Meaning
from supervision.models import CreditChange, LogMove, PracticeCredit, PracticeLog, SignOff
from supervision.queries import surroundings
from tests.cast import make_cast
from tests.factories.supervision import (
    FIRST_DAY,
    approve,
    make_approved,
    make_code,
    make_placement,
    make_submitted,
    make_visit,
    seen,
)
from tests.races import at_once, needs_two_writers


def approve_all(logs, by, read=None):
    read = read or {log.pk: seen(log) for log in logs}
    return approve_logs(read, by=by, meaning=Meaning.REVIEWED)


def reasons(done):
    return [(log.pk, refusal.message) for log, refusal in done.refused]


def states():
    return dict(PracticeLog.objects.values_list("pk", "state"))


def test_each_entry_has_its_own_signature_credit_move_and_audit_row(cast, placement):
    code = make_code(placement)
    other = make_placement(cast.other_trainee, cast.supervisor)
    logs = [
        make_submitted(placement),
        make_submitted(placement, clients=frozenset({code.pk}), client_consented=True, reflection="I waited longer."),
        make_submitted(other, segments=(("dosing", 90),)),
    ]
    read = {log.pk: seen(log) for log in logs}
    done = approve_all(logs, cast.supervisor, read)
    assert ([log.pk for log in done.approved], done.refused) == ([log.pk for log in logs], [])
    assert dict(SignOff.objects.values_list("log", "sha256")) == read
    assert set(SignOff.objects.values_list("log", "signer", "trainee", "meaning", "version")) == {
        (log.pk, cast.supervisor.pk, log.enrolment.person_id, "reviewed", log.version) for log in logs
    }
    assert dict(PracticeCredit.objects.values_list("log", "minutes")) == {log.pk: log.minutes for log in logs}
    assert set(states().values()) == {LogState.APPROVED}
    moves = LogMove.objects.filter(new=LogState.APPROVED).values_list("log", "old", "by")
    assert list(moves) == [(log.pk, "submitted", cast.supervisor.pk) for log in logs]
    audit = AuditEntry.objects.filter(action="supervision.log.approved").order_by("id")
    assert [(row.object_id, row.data["minutes"], row.actor) for row in audit] == [
        (str(log.pk), log.minutes, cast.supervisor) for log in logs
    ]
    assert not PracticeLog.objects.filter(decided_at=None).exists()


def test_what_changed_or_left_the_queue_is_named_with_its_reason_and_the_rest_is_approved(cast, placement):
    good, edited, taken_back, decided = (make_submitted(placement) for _ in range(4))
    theirs = make_submitted(make_placement(cast.other_trainee, cast.other_supervisor))
    logs = [good, edited, taken_back, decided, theirs]
    read = {log.pk: seen(log) for log in logs}
    for log in (edited, taken_back):
        retract_log(log, by=cast.trainee)
    edited = edit_log(
        edited, make_visit(on=edited.on, segments=(("dosing", 90),)), placement=placement, by=cast.trainee, version=2
    )
    submit_log(edited, by=cast.trainee)
    approve(decided)
    done = approve_all(logs, cast.supervisor, read)
    assert [log.pk for log in done.approved] == [good.pk]
    assert dict(reasons(done)) == {
        edited.pk: "This entry has changed since you opened it. Read it again before you sign.",
        taken_back.pk: "This entry has been decided or taken back: it is now draft.",
        decided.pk: "This entry has been decided or taken back: it is now approved.",
        theirs.pk: "Only the supervisor of the placement decides on this entry.",
    }
    assert set(SignOff.objects.values_list("log", flat=True)) == {good.pk, decided.pk}
    assert [states()[log.pk] for log in (edited, taken_back, theirs)] == ["submitted", "draft", "submitted"]


def test_a_barrier_stops_the_entries_of_one_trainee_only(cast, placement):
    other = make_submitted(make_placement(cast.other_trainee, cast.supervisor))
    behind = make_submitted(placement)
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason="x")
    done = approve_all([other, behind], cast.supervisor)
    assert [log.pk for log in done.approved] == [other.pk]
    assert [pk for pk, _ in reasons(done)] == [behind.pk]


def test_a_correction_replaces_its_entry_and_withdrawn_minutes_are_credited_again(cast, placement):
    old, withdrawn = make_approved(placement), make_approved(placement)
    unapprove_log(withdrawn, by=cast.director, reason="The plan shows another visit.")
    submit_log(withdrawn, by=cast.trainee)
    correction = submit_log(correct_log(old, by=cast.trainee), by=cast.trainee)
    done = approve_all([correction, withdrawn], cast.supervisor)
    assert done.refused == []
    assert states() == {old.pk: "superseded", withdrawn.pk: "approved", correction.pk: "approved"}
    assert list(CreditChange.objects.values_list("log", "number", "minutes")) == [
        (withdrawn.pk, 1, -60),
        (withdrawn.pk, 2, 60),
    ]
    assert LogMove.objects.get(log=old, new=LogState.SUPERSEDED).old == LogState.APPROVED
    assert set(PracticeCredit.objects.values_list("log", flat=True)) == {old.pk, withdrawn.pk, correction.pk}


@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_an_approval_counts_for_the_entries_after_it(cast, placement, monkeypatch, together):
    """A correction adds its minutes to the week once it is approved: two that are longer are above the cap together."""
    monkeypatch.setattr(surroundings, "practice_of", lambda enrolment: PracticeRules(weekly=Limit(150)))
    old = [make_approved(placement, on=FIRST_DAY + timedelta(days=number)) for number in range(2)]
    first, second = (longer(log, cast.trainee) for log in old)
    assert (first.flags, second.flags) == ([], [])
    if together:
        ((_, refusal),) = approve_all([first, second], cast.supervisor).refused
    else:
        approve(first)
        with pytest.raises(Refusal) as caught:
            approve(second)
        refusal = caught.value
    assert "This makes 3 h in the week from 2 Mar 2026." in refusal.message
    assert [states()[log.pk] for log in (*old, first, second)] == ["superseded", "approved", "approved", "submitted"]


def longer(log, trainee):
    """A correction of an hour to an hour and a half, sent."""
    draft = correct_log(log, by=trainee)
    visit = make_visit(on=log.on, segments=(("dosing", 90),))
    return submit_log(edit_log(draft, visit, placement=log.placement, by=trainee, version=draft.version), by=trainee)


def test_neither_none_nor_more_than_the_most_are_taken_at_once(cast):
    for read in ({}, dict.fromkeys(range(MOST_AT_ONCE + 1), "0" * 64)):
        with pytest.raises(Refusal, match="between 1 and 200 entries"):
            approve_logs(read, by=cast.supervisor, meaning=Meaning.REVIEWED)


def test_the_number_of_queries_does_not_grow_with_the_entries(cast, placement):
    def counted(logs):
        read = {log.pk: seen(log) for log in logs}
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(approve_all(logs, cast.supervisor, read).approved) == len(logs)
        return len(queries)

    other = make_placement(cast.other_trainee, cast.supervisor)
    counted([make_submitted(placement)])
    one = counted([make_submitted(placement)])
    assert counted([make_submitted(place) for place in (placement, other) for _ in range(3)]) == one


# Two reviewers of the same trainees at once ---------------------------------------------------------------------------


def crosswise():
    """Two supervisors who each have an entry of the same two trainees."""
    cast = make_cast()
    signers = [cast.supervisor, cast.other_supervisor]
    enrolments, logs = {}, {signer: [] for signer in signers}
    for trainee in (cast.trainee, cast.other_trainee):
        for signer in signers:
            place = make_placement(trainee, signer, enrolment=enrolments.get(trainee))
            enrolments[trainee] = place.enrolment
            logs[signer].append(make_submitted(place))
    return list(logs.items())


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_reviewers_of_the_same_trainees_never_wait_for_each_other():
    pairs = crosswise()
    outcomes = at_once(2, lambda number: approve_all(pairs[number][1][:: (1, -1)[number]], pairs[number][0]))
    assert sorted(len(done.approved) for done in outcomes) == [2, 2]
    assert PracticeCredit.objects.count() == 4


@needs_two_writers
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_order_of_the_locks_one_of_two_reviewers_would_fail(monkeypatch):
    pairs, in_order = crosswise(), lock_people
    mine, both_hold_one = threading.local(), threading.Barrier(2)

    def one_person_after_another(people):
        first, second = sorted(people, reverse=bool(mine.number))
        held = in_order([first])
        both_hold_one.wait(timeout=30)
        return held | in_order([second])

    def run(number):
        mine.number = number
        return approve_all(pairs[number][1], pairs[number][0])

    monkeypatch.setattr(practice, "lock_people", one_person_after_another)
    assert sorted(type(outcome).__name__ for outcome in at_once(2, run)) == ["Approvals", "OperationalError"]
