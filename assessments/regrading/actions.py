"""Regrading a version that was wrong: looked at first, then applied to every graded attempt that asked it."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.enums import AttemptState, PassesKept, RegradeChange
from assessments.kinds import Unusable, kind_of
from assessments.marking.actions import settle
from assessments.models import Attempt, AttemptMove, QuestionVersion, Regrade, RegradedAttempt
from assessments.queries import quiz_of_body
from assessments.regrading.planning import Planned, fingerprint, plan_for
from assessments.regrading.queries import (
    attempts_that_asked,
    bodies_that_ask,
    kept_from,
    regrades_for,
    version_to_regrade,
    was_asked,
)
from assessments.regrading.rulings import Key, check_key, ruling_of
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal
from lms.notices.actions import notify_many
from lms.notices.models import Notice

PROPOSED = 0  # stands for the id of a regrade that is not written yet


class RegradeRefused(Refusal):
    code = "regrade_refused"


class PlanHasChanged(RegradeRefused):
    """Between the dry run and the act somebody submitted, or another regrade was applied."""

    code = "plan_has_changed"


def look_at_regrade(version: QuestionVersion, *, change: RegradeChange, key: Key, passes: PassesKept) -> list[Planned]:
    """The dry run: every result that would change. Raises `RegradeRefused` where there is nothing to decide."""
    return _plan(version, change, key, passes, is_locked=False)


@transaction.atomic
def regrade_version(
    version: QuestionVersion,
    *,
    change: RegradeChange,
    key: Key,
    passes: PassesKept,
    reason: str,
    seen: str,
    by: User,
) -> Regrade:
    """Apply what was looked at. `seen` is the fingerprint of the plan that the director has read.

    Locks the version, then every attempt at a quiz that holds it, open ones too: whoever submits at the same moment is
    graded either before this, and changed by it, or after it, and by the new rules. Keeps the former result of each in a
    row of its own, tells those whose pass changed. Raises `RegradeRefused`, or `PlanHasChanged` when the plan is another.
    """
    version_to_regrade(by, version.question.key, version.number)
    QuestionVersion.objects.select_for_update().get(pk=version.pk)
    plan = _plan(version, change, key, passes, is_locked=True)
    if fingerprint(plan, change, key, passes) != seen:
        raise PlanHasChanged(
            "Results have changed since you looked. Look at what it changes once more, and apply it then."
        )
    regrade = Regrade.objects.create(
        version=version, change=change, key=key, passes=passes, reason=reason, by=by, at=timezone.now()
    )
    _carry_out(regrade, plan)
    settle_what_waits(version, by=by)
    kept = sum(planned.is_kept for planned in plan)
    said = {"change": change, "key": key, "passes": passes, "reason": reason}
    record("assessments.regrade.applied", by=by, about=regrade, changed=len(plan) - kept, kept=kept, **said)
    transaction.on_commit(lambda: catch_up(regrade))
    return regrade


@transaction.atomic
def catch_up(regrade: Regrade) -> int:
    """Carry it out for whoever began and submitted while it was being applied. Doing it again changes nothing.

    Returns how many results it changed.
    """
    bodies = bodies_that_ask(regrade.version)
    regrades = regrades_for(*(quiz_of_body(body) for body in bodies))
    reached = RegradedAttempt.objects.filter(regrade=regrade).values("attempt")
    missed = _who_were_asked(_asked(regrade.version, bodies, is_locked=True).exclude(pk__in=reached), regrade.version)
    plan = plan_for(missed, regrades, kept_from([each.pk for each in missed]), passes=PassesKept(regrade.passes))
    _carry_out(regrade, plan)
    return len(plan)


def settle_what_waits(version: QuestionVersion, *, by: User) -> None:
    """An attempt that waits for a mark of this version alone waits no longer when the version has full credit or is void."""
    waiting = _asked(version, bodies_that_ask(version), is_locked=True).filter(state=AttemptState.AWAITING)
    for attempt in _who_were_asked(waiting, version):
        settle(attempt, by=by)


def check_change(version: QuestionVersion, change: RegradeChange, key: Key) -> None:
    """Raises `RegradeRefused` where nothing would be another,
    or where an answer is to be accepted for a question that no longer asks for any."""
    before = [(row.change, row.key) for row in version.regrades.order_by("id")]
    ruling, after = ruling_of(before), ruling_of([*before, (change, key)])
    if change == RegradeChange.ACCEPT and (ruling.is_void or ruling.is_full):
        raise RegradeRefused("No answer is asked for any more. Give it a new key first.")
    question = {"kind": version.kind, "data": version.data}
    if change in (RegradeChange.ACCEPT, RegradeChange.KEY):
        try:
            check_key(question, key)
        except Unusable as unusable:
            raise RegradeRefused(str(unusable)) from None
    if change == RegradeChange.ACCEPT and not kind_of(version.kind).can_accept(version.data, key):
        raise RegradeRefused(
            "Both answers cannot be right. Say that the other one is right instead, or give full credit."
        )
    if (after.is_void, after.is_full, after.keys) == (ruling.is_void, ruling.is_full, ruling.keys):
        raise RegradeRefused("That is how it counts already.")


def _plan(
    version: QuestionVersion, change: RegradeChange, key: Key, passes: PassesKept, *, is_locked: bool
) -> list[Planned]:
    check_change(version, change, key)
    bodies = bodies_that_ask(version)
    regrades = regrades_for(*(quiz_of_body(body) for body in bodies))
    regrades.setdefault((version.question.key, version.number), []).append((PROPOSED, change, key))
    attempts = _who_were_asked(_asked(version, bodies, is_locked=is_locked), version)
    _check_what_was_drawn(version, key, attempts)
    return plan_for(attempts, regrades, kept_from([each.pk for each in attempts]), passes=passes)


def _check_what_was_drawn(version: QuestionVersion, key: Key, attempts: list[Attempt]) -> None:
    """A new formula must have an answer for every attempt, open ones too; it was tried with many values, not with all."""
    kind = kind_of(version.kind)
    data = kind.with_key(version.data, key)
    draws = (drawn for attempt in attempts for drawn in attempt.draw if drawn["question"] == version.question.key)
    if not all(kind.can_compute(data, drawn) for drawn in draws):
        raise RegradeRefused(
            "With what was drawn for one of the attempts this formula has no answer. Write another one."
        )


def _asked(version: QuestionVersion, bodies: list[int], *, is_locked: bool):
    attempts = attempts_that_asked(version, bodies)
    return attempts.select_for_update(of=("self",)) if is_locked else attempts


def _who_were_asked(attempts, version: QuestionVersion) -> list[Attempt]:
    return [attempt for attempt in attempts if was_asked(attempt, version)]


def _carry_out(regrade: Regrade, plan: list[Planned]) -> None:
    for planned in plan:
        _keep_and_change(regrade, planned)
    notify_many([_notice(regrade, planned) for planned in plan if planned.gains_pass or planned.loses_pass])


def _keep_and_change(regrade: Regrade, planned: Planned) -> None:
    attempt, now = planned.attempt, timezone.now()
    row = RegradedAttempt.objects.create(
        regrade=regrade,
        attempt=attempt,
        **_outcome("old", planned.old, attempt.result),
        **_outcome("new", planned.new, planned.rows),
        is_kept=planned.is_kept,
        at=now,
    )
    if planned.is_kept:
        return
    attempt.regraded, attempt.result = row, planned.rows
    attempt.set_outcome(planned.new)
    attempt.save(update_fields=["regraded", "score", "passed", "failed_critical", "result"])
    AttemptMove.objects.create(
        attempt=attempt, old=attempt.state, new=attempt.state, by=regrade.by, at=now, why="A question was regraded."
    )
    record(
        "assessments.attempt.regraded",
        by=regrade.by,
        about=attempt,
        regrade=regrade.pk,
        old_score=str(planned.old.percent),
        old_passed=planned.old.passed,
        new_score=str(planned.new.percent),
        new_passed=planned.new.passed,
    )


def _outcome(when: str, outcome, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        f"{when}_score": outcome.percent,
        f"{when}_passed": outcome.passed,
        f"{when}_failed_critical": outcome.failed_critical,
        f"{when}_result": rows,
    }


def _notice(regrade: Regrade, planned: Planned) -> Notice:
    attempt = planned.attempt
    begin = f"A question of {attempt.item.title} was not right, and your attempt {attempt.number} was graded again."
    if planned.gains_pass:
        end = f"It is passed now, with {planned.new_percent}. There is nothing you need to do."
    else:
        end = (
            f"It scores {planned.new_percent} now and is no longer passed. Your result says what to study and what comes next; "
            "if this seems wrong to you, write to your faculty."
        )
    return Notice(
        person=attempt.enrolment.person,
        key=f"regrade-{regrade.pk}-{attempt.pk}",
        subject="Your quiz result has changed",
        text=f"{begin} {end}",
        path=reverse("quiz_result", args=[attempt.pk]),
        button="See the result",
    )
