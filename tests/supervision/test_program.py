"""Verified and un-approved: who may, what it does to the minutes, and that they are counted once whatever the order."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.standards.contract import Subject
from lms.accounts.actions import raise_barrier
from lms.errors import IllegalMove, Refusal
from supervision.actions.practice import correct_log, discard_log, retract_log, submit_log
from supervision.actions.program import unapprove_log, verify_log
from supervision.actions.review import return_log
from supervision.enums import LogState, Meaning
from supervision.models import CreditChange, LogSegment, PracticeCredit, PracticeLog
from supervision.queries.practice import approved_hours_of
from supervision.requirements import PracticumConfig, PracticumMinutes
from tests.factories.enrolment import grant_faculty
from tests.factories.supervision import (
    CATEGORIES,
    approve,
    make_approved,
    make_draft,
    make_returned,
    make_submitted,
    seen,
)
from tests.web import post, text_of

WHY = "The plan of the day shows another visit."
CONFIG = PracticumConfig(key="p", title="P", minutes=600)
BY_KEY = {category.key: category for category in CATEGORIES}


def fresh(log):
    return PracticeLog.objects.get(pk=log.pk)


def judged(placement, config=CONFIG, *, detail=False, as_of=None):
    """Minutes that count, and those that wait."""
    subject = Subject(person=placement.trainee_id, enrolment=placement.enrolment_id, edition=None)
    facts = PracticumMinutes().gather([config], [subject], as_of or timezone.now(), detail=detail)[subject]
    result = PracticumMinutes().judge(config, facts, {}, BY_KEY)
    return result.done, result.pending


def counted(placement, **asked):
    return judged(placement, **asked)[0]


def again(log):
    """Send a returned entry as it is, and approve it."""
    return approve(submit_log(fresh(log), by=log.enrolment.person))


def test_verifying_changes_nothing_that_counts(cast, placement):
    log = make_approved(placement)
    verify_log(log, by=cast.registrar)
    assert (fresh(log).state, counted(placement), counted(placement, detail=True)) == ("verified", 60, 60)
    assert approved_hours_of([placement.enrolment]) == {placement.enrolment_id: "1 h practice"}
    assert [move.by for move in log.moves.filter(new=LogState.VERIFIED)] == [cast.registrar]


@pytest.mark.parametrize(
    "who", ["trainee", "other_trainee", "supervisor", "other_supervisor", "faculty", "other_faculty"]
)
def test_who_neither_verifies_nor_takes_back(cast, placement, who):
    grant_faculty(cast.faculty, placement.enrolment.cohort)
    log = make_approved(placement)
    with pytest.raises(Refusal):
        verify_log(log, by=getattr(cast, who))
    with pytest.raises(Refusal):
        unapprove_log(log, by=getattr(cast, who), reason=WHY)
    assert fresh(log).state == LogState.APPROVED


def test_a_registrar_takes_nothing_back_and_a_barrier_keeps_a_director_away(cast, placement):
    log = make_approved(placement)
    with pytest.raises(Refusal):
        unapprove_log(log, by=cast.registrar, reason=WHY)
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="They are related.")
    with pytest.raises(Refusal):
        unapprove_log(log, by=cast.director, reason=WHY)
    with pytest.raises(Refusal):
        verify_log(log, by=cast.director)


def test_a_supervisor_does_not_return_what_is_approved(cast, placement):
    log = make_approved(placement)
    with pytest.raises(IllegalMove):
        return_log(log, by=cast.supervisor, meaning=Meaning.REVIEWED, seen=seen(log), reason=WHY)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "Call 303-555-0199."])
def test_an_approval_is_withdrawn_with_a_reason_in_words(cast, placement, reason):
    log = make_approved(placement)
    with pytest.raises(Refusal):
        unapprove_log(log, by=cast.director, reason=reason)
    assert counted(placement) == 60


def test_what_was_withdrawn_counts_no_more_until_it_is_approved_again(cast, placement):
    log = make_approved(placement)
    approved = timezone.now()
    unapprove_log(log, by=cast.director, reason=WHY)
    withdrawn = timezone.now()
    assert (counted(placement), counted(placement, detail=True), fresh(log).state) == (0, 0, "returned")
    assert counted(placement, as_of=approved) == counted(placement, as_of=approved, detail=True) == 60
    again(log)
    assert (counted(placement), counted(placement, detail=True)) == (60, 60)
    assert counted(placement, as_of=withdrawn) == counted(placement, as_of=withdrawn, detail=True) == 0
    assert PracticeCredit.objects.count() == 1
    assert list(CreditChange.objects.values_list("number", "minutes")) == [(1, -60), (2, 60)]


def test_a_withdrawn_entry_is_written_again_and_a_counted_one_is_not(cast, placement):
    log = make_approved(placement)
    with pytest.raises(DatabaseError), transaction.atomic():
        LogSegment.objects.filter(log=log).update(minutes=30)
    unapprove_log(verify_log(log, by=cast.director), by=cast.director, reason=WHY)
    assert LogSegment.objects.filter(log=log).update(minutes=60) == 1
    again(log)
    with pytest.raises(DatabaseError), transaction.atomic():
        LogSegment.objects.filter(log=log)._raw_delete("default")


def test_while_a_correction_is_under_way_nothing_is_withdrawn(cast, placement):
    log = make_approved(placement)
    correction = correct_log(log, by=cast.trainee)
    with pytest.raises(Refusal, match="correction of this entry is under way"):
        unapprove_log(log, by=cast.director, reason=WHY)
    discard_log(correction, by=cast.trainee)
    unapprove_log(log, by=cast.director, reason=WHY)


def test_the_ledger_is_never_changed(cast, placement):
    log = make_approved(placement)
    unapprove_log(log, by=cast.director, reason=WHY)
    for act in (lambda rows: rows.update(minutes=-1), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(CreditChange.objects.filter(log=log))


MOVES = ["send", "take back", "approve", "return", "verify", "withdraw", "correct", "discard", "new"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 3)), min_size=4, max_size=16))
def test_standing_equals_a_slow_recount_over_random_histories(cast, placement, steps):
    before = counted(placement)
    logs = [make_submitted(placement), make_submitted(placement, segments=(("dosing", 20), ("other", 5)))]
    for name, number in steps:
        try:
            walk(cast, placement, logs, name, fresh(logs[number % len(logs)]))
        except Refusal:
            continue
    expected = before + slow_recount(logs)
    assert counted(placement) == counted(placement, detail=True) == expected


def walk(cast, placement, logs, name, log):
    trainee = placement.trainee
    match name:
        case "new":
            logs.append(make_draft(placement, segments=(("integration", 35),)))
        case "send":
            submit_log(log, by=trainee)
        case "take back":
            retract_log(log, by=trainee)
        case "approve":
            approve(log)
        case "return":
            return_log(log, by=placement.supervisor.person, meaning=Meaning.REVIEWED, seen=seen(log), reason=WHY)
        case "verify":
            verify_log(log, by=cast.director)
        case "withdraw":
            unapprove_log(log, by=cast.director, reason=WHY)
        case "correct":
            logs.append(correct_log(log, by=trainee))
        case "discard":
            discard_log(log, by=trainee)


def slow_recount(logs):
    """From the history alone: an entry counts from an approval to the withdrawal or replacement after it."""
    total = 0
    for log in {log.pk: log for log in logs}.values():
        counts = False
        for move in log.moves.order_by("id"):
            if move.new == LogState.APPROVED:
                counts = True
            elif move.new in (LogState.RETURNED, LogState.SUPERSEDED, LogState.VOIDED):
                counts = False
        total += sum(log.segments.values_list("minutes", flat=True)) if counts else 0
    return total


# Through the pages -----------------------------------------------------------------------------------------------------


def test_a_director_reads_the_whole_history_with_who_when_and_why(cast, placement):
    log = make_approved(placement)
    director = cast.client("director")
    page = director.get(reverse("practice_detail", args=[log.pk])).content.decode()
    assert "Mark as verified" in page
    assert post(director, reverse("practice_verify", args=[log.pk])).status_code == 302
    answer = post(director, reverse("practice_unapprove", args=[log.pk]), reason=WHY)
    assert answer.status_code == 302
    page = cast.client("trainee").get(reverse("practice_detail", args=[log.pk])).content.decode()
    for words in ("Approval withdrawn by a program director", WHY, "Verified by the program", "Approved by", "Written"):
        assert words in page
    assert log.withdrawn_at is None
    assert fresh(log).withdrawn_at > timezone.now() - timedelta(minutes=1)


def test_a_registrar_verifies_from_the_desk_without_reading_a_word(cast, placement):
    log = make_approved(placement, reflection="I waited.")
    registrar = cast.client("registrar")
    desk = reverse("desk_practice", args=[placement.enrolment_id])
    page = registrar.get(desk).content.decode()
    assert f"entry {log.pk}" in page
    assert "I waited." not in page
    assert registrar.get(reverse("practice_detail", args=[log.pk])).status_code == 404
    assert post(registrar, reverse("practice_verify", args=[log.pk])).status_code == 302
    assert fresh(log).state == LogState.VERIFIED


def test_what_a_director_took_back_is_not_said_to_come_from_the_supervisor(cast, placement):
    log = make_approved(placement)
    unapprove_log(log, by=cast.director, reason=WHY)
    trainee = cast.client("trainee")
    for name in ("practice_edit", "practice_dispute"):
        words = text_of(trainee.get(reverse(name, args=[log.pk])))
        assert "Approval withdrawn by a program director" in words
        assert "Returned by the supervisor" not in words
    returned = make_returned(placement)
    assert "Returned by the supervisor" in text_of(trainee.get(reverse("practice_edit", args=[returned.pk])))
