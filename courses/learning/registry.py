"""How items that are not lessons are shown. A higher room registers the address of its kind and who has done what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Expression, Subquery
from django.utils.module_loading import import_string

from courses.curriculum.enums import ActivityKind
from lms.web.aggregates import rows_in


@dataclass(frozen=True)
class ActivityView:
    """`url_name` takes (enrolment pk, slug). `progress` names a function () -> what was done in an enrolment
    (`OuterRef("pk")`) for items of this kind: a `JoinedRows` of `{"activity", "done", "score"}`, a row for each try, the score
    in percent or null. It comes along with the enrolment. Empty when the kind keeps completions in `Completion` like lessons."""

    kind: str
    url_name: str
    progress: str = ""


@dataclass
class Elsewhere:
    """What the other rooms say of an enrolment's activities, by activity: the state, and the best score if there is one."""

    states: dict[int, str] = field(default_factory=dict)
    scores: dict[int, Decimal] = field(default_factory=dict)

    @property
    def done(self) -> set[int]:
        return {activity for activity, state in self.states.items() if state == "done"}


_views: dict[str, ActivityView] = {
    ActivityKind.MODULE: ActivityView(ActivityKind.MODULE, "learn_item"),
    ActivityKind.LESSON: ActivityView(ActivityKind.LESSON, "learn_item"),
    ActivityKind.QUIZ: ActivityView(ActivityKind.QUIZ, "quiz_intro"),
}


def register_activity_view(kind: str, *, url_name: str, progress: str = "") -> None:
    _views[kind] = ActivityView(kind, url_name, progress)


def view_of(kind: str) -> ActivityView | None:
    """None for a kind that no installed room shows."""
    return _views.get(kind)


def facts_elsewhere() -> dict[str, Subquery]:
    """What `progress_elsewhere` reads, to be fetched along with an enrolment."""
    return {f"done_in_{view.kind}": import_string(view.progress)() for view in _views.values() if view.progress}


def progress_elsewhere(facts: Mapping[str, Any]) -> Elsewhere:
    """Of an enrolment's `facts_elsewhere`, as they were fetched. No query."""
    found = Elsewhere()
    for view in _views.values():
        for row in rows_in(facts[f"done_in_{view.kind}"]) if view.progress else ():
            activity = row["activity"]
            if found.states.get(activity) != "done":
                found.states[activity] = "done" if row["done"] else "in_progress"
            if row["score"] is not None:
                score = Decimal(str(row["score"]))
                found.scores[activity] = max(score, found.scores.get(activity, score))
    return found


_completions: dict[str, tuple[str, str]] = {}


def register_completions(kind: str, *, rows: str, mark: str) -> None:
    """For a kind whose completions another room keeps. `rows` names a function (ids of enrolments, as_of) -> (enrolment
    id, activity id, when) of what was complete by then, in one query; `mark` names one without arguments -> a mark of
    evidence (see `RequirementKind.evidence_marks`) that changes whenever these do."""
    _completions[kind] = (rows, mark)


def completed_elsewhere(enrolments: Sequence[int], as_of: datetime) -> list[tuple[int, int, datetime]]:
    """What the other rooms say was complete by then: one query for each kind."""
    found: list[tuple[int, int, datetime]] = []
    for rows, _ in _completions.values():
        provide: Callable[..., Iterable[tuple[int, int, datetime]]] = import_string(rows)
        found += provide(enrolments, as_of)
    return found


def completion_marks() -> list[Expression]:
    return [import_string(mark)() for _, mark in _completions.values()]
