"""How items that are not lessons are shown. A higher room registers the address of its kind and who has done what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Expression
from django.utils.module_loading import import_string

from courses.curriculum.enums import ActivityKind


@dataclass(frozen=True)
class ActivityView:
    """`url_name` takes (enrolment pk, slug). `progress` names a function (enrolment) -> {activity id: "done" or
    "in_progress"} with one query; empty when the kind keeps completions in `Completion` like lessons do. `scores`
    names one that gives (that, best score in percent or None) for each: asked instead where an item opens after a score."""

    kind: str
    url_name: str
    progress: str = ""
    scores: str = ""


@dataclass
class Elsewhere:
    """What the other rooms say of an enrolment's activities, by activity: the state, and the best score if asked for."""

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


def register_activity_view(kind: str, *, url_name: str, progress: str = "", scores: str = "") -> None:
    _views[kind] = ActivityView(kind, url_name, progress, scores)


def view_of(kind: str) -> ActivityView | None:
    """None for a kind that no installed room shows."""
    return _views.get(kind)


def progress_elsewhere(enrolment, *, with_scores: bool = False) -> Elsewhere:
    """One query for each kind that keeps its own progress."""
    found = Elsewhere()
    for view in _views.values():
        if with_scores and view.scores:
            provide: Callable[..., Mapping] = import_string(view.scores)
            for activity, (state, best) in provide(enrolment).items():
                found.states[activity] = state
                if best is not None:
                    found.scores[activity] = best
        elif view.progress:
            found.states |= import_string(view.progress)(enrolment)
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
