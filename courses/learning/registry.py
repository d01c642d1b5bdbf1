"""How items that are not lessons are shown. A higher room registers the address of its kind and who has done what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.module_loading import import_string

from courses.curriculum.enums import ActivityKind


@dataclass(frozen=True)
class ActivityView:
    """`url_name` takes (enrolment pk, slug). `progress` names a function (enrolment) -> {activity id: "done" or
    "in_progress"} with one query; empty when the kind keeps completions in `Completion` like lessons do."""

    kind: str
    url_name: str
    progress: str = ""


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


def progress_elsewhere(enrolment) -> dict[int, str]:
    """What the other rooms say of this enrolment's activities: one query for each kind."""
    found: dict[int, str] = {}
    for view in _views.values():
        if view.progress:
            provide: Callable[..., Mapping[int, str]] = import_string(view.progress)
            found |= provide(enrolment)
    return found
