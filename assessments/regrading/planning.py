"""What a regrade would change, attempt by attempt: the same computation for the dry run and for the act. It writes nothing."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.enums import PassesKept
from assessments.grading import VersionKey, grade, marked_in
from assessments.models import Attempt
from assessments.queries import quiz_of
from assessments.regrading.rulings import Made, Ruling, rulings_of
from assessments.scoring import Outcome, in_percent
from courses.enrolment.enums import EnrolmentState


@dataclass(frozen=True)
class Planned:
    """One result that a regrade touches. `is_kept`: it would take a pass away, and the pass stays instead."""

    attempt: Attempt
    old: Outcome
    new: Outcome
    rows: list[dict[str, Any]]
    is_kept: bool

    @property
    def gains_pass(self) -> bool:
        return self.new.passed and not self.old.passed

    @property
    def loses_pass(self) -> bool:
        return self.old.passed and not self.new.passed and not self.is_kept

    @property
    def old_percent(self) -> str:
        return in_percent(self.old.percent)

    @property
    def new_percent(self) -> str:
        return in_percent(self.new.percent)


def plan_for(
    attempts: Iterable[Attempt],
    regrades: Mapping[VersionKey, Sequence[Made]],
    kept: Mapping[int, Collection[int]],
    *,
    passes: PassesKept,
) -> list[Planned]:
    """Graded attempts whose result is another under these regrades. Those that stay as they are do not appear.

    `kept`: by attempt, the regrades that once left it as it was; they leave it alone for ever.
    """
    everybody = rulings_of(regrades)
    planned = (
        _planned(attempt, rulings_of(regrades, without=kept[attempt.pk]) if attempt.pk in kept else everybody, passes)
        for attempt in attempts
        if attempt.is_graded
    )
    return [each for each in planned if each is not None]


def _planned(attempt: Attempt, rulings: Mapping[VersionKey, Ruling], passes: PassesKept) -> Planned | None:
    quiz = quiz_of(attempt)
    responses = {row["slot"]: row["response"] for row in attempt.result}
    graded = grade(quiz, attempt.draw, responses, rulings=rulings, marked=marked_in(attempt.result, quiz))
    new = graded.outcome or attempt.outcome  # a graded attempt has nothing left to mark
    if new == attempt.outcome and graded.rows == attempt.result:
        return None
    loses = attempt.passed and not new.passed
    is_kept = loses and keeps_pass(passes, is_relied_on=is_relied_on(attempt))
    return Planned(attempt, attempt.outcome, new, graded.rows, is_kept)


def keeps_pass(passes: PassesKept, *, is_relied_on: bool) -> bool:
    """Whether a pass that the new key would take away stays: by default each does, for the mistake was not the trainee's."""
    return passes == PassesKept.ALL or (passes == PassesKept.RELIED_ON and is_relied_on)


def is_relied_on(attempt: Attempt) -> bool:
    """An enrolment is completed when its credential is conferred, or by a director's own decision; both rest on its passes."""
    return attempt.enrolment.state == EnrolmentState.COMPLETED


def fingerprint(plan: Iterable[Planned], *decided: Any) -> str:
    """Changes whenever the plan does, or what was decided: what was looked at is what is applied, or it is shown again."""
    lines = [
        [p.attempt.pk, str(p.old.percent), p.old.passed, str(p.new.percent), p.new.passed, p.is_kept, p.rows]
        for p in plan
    ]
    return hashlib.sha256(json.dumps([lines, *decided], sort_keys=True).encode()).hexdigest()
