"""What is done, open or locked: plain values in, plain values out."""

import unicodedata
from collections.abc import Iterable, Mapping, Set
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.text import get_text_list

from courses.curriculum.enums import ActivityKind
from courses.curriculum.queries import Outline, OutlineItem
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Cohort, Enrolment
from courses.learning.enums import ItemState
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role
from lms.clock.rules import Shift, due_date
from lms.errors import Refusal
from lms.web.templatetags.ui import day

Scores = Mapping[int, Decimal]  # the best score of each activity that has one, in percent
NO_SCORES: Scores = {}


class Calendar(NamedTuple):
    """What gates with a date are measured by: which day it is where the cohort is, its first day, and by how much the
    whole cohort was moved."""

    today: date
    begins_on: date
    moved: tuple[Shift, ...] = ()

    def day_after_start(self, days: int) -> date:
        return due_date(self.begins_on, days, self.moved)


class ItemProgress(NamedTuple):
    """The state of one item. `reason` says why it is locked; a module counts its lessons."""

    item: OutlineItem
    state: ItemState
    reason: str = ""
    lessons: int = 0
    lessons_done: int = 0

    @property
    def is_locked(self) -> bool:
        return self.state == ItemState.LOCKED

    @property
    def is_done(self) -> bool:
        return self.state == ItemState.DONE

    @property
    def percent(self) -> int:
        """Of a module's lessons that are done, rounded down."""
        return 100 * self.lessons_done // self.lessons if self.lessons else 0


def can_complete(enrolment: Enrolment) -> bool:
    """New completions need an active enrolment; who has finished the program reads on, but adds nothing."""
    return enrolment.state == EnrolmentState.ACTIVE


def can_look_as_trainee(user: User, cohort: Cohort) -> bool:
    """Who directs or teaches it may look at its edition as its trainees see it."""
    roles = (Role.DIRECTOR, Role.FACULTY)
    return any(has_role(user, role, program=cohort.program_id, cohort=cohort.pk) for role in roles)


def names_of(person: User) -> list[str]:
    """The names under which a person signs: the one on her credentials once she has confirmed it, and the one shown here."""
    legal = [person.legal_name] if person.has_confirmed_legal_name else []
    return [*legal, str(person)]


def name_to_sign(person: User, typed: str) -> str:
    """Her name as we know it, if she has typed it; capitals and spaces make no difference. Raises `Refusal`."""
    for name in names_of(person):
        if _folded(name) == _folded(typed):
            return name
    raise Refusal(f"To sign, type your name as it stands here: {names_of(person)[0]}.")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


def is_complete(outline: Outline, item: OutlineItem, done: Set[int]) -> bool:
    """Whether an activity is done; a module is when all its lessons are, and never when it has none."""
    if item.kind != ActivityKind.MODULE:
        return item.activity_id in done
    lessons = outline.lessons_of(item)
    return bool(lessons) and all(lesson.activity_id in done for lesson in lessons)


def lock_reason(
    outline: Outline, item: OutlineItem, done: Set[int], *, calendar: Calendar, scores: Scores = NO_SCORES
) -> str:
    """The sentence that says what opens this item and from when, or "" when it is open. What is done stays open."""
    gated = outline.gated(item)
    if not gated or is_complete(outline, item, done):
        return ""
    before = [outline.by_activity(activity) for one in gated for activity in one.gates.after]
    titles = dict.fromkeys(f"“{one.title}”" for one in before if one and not is_complete(outline, one, done))
    asked = [score for one in gated for score in one.gates.scores]
    wanted = [(activity, percent) for activity, percent in asked if scores.get(activity, -1) < percent]
    parts = [f"completed {get_text_list(list(titles), 'and')}"] if titles else []
    parts += [f"scored {percent}\u00a0% in “{outline.by_activity(activity).title}”" for activity, percent in wanted]
    return _sentence(parts, _opens_on(gated, calendar))


def _opens_on(gated: Iterable[OutlineItem], calendar: Calendar) -> date | None:
    """The first day on which every gate with a date is open; None when they all are."""
    days = [one.gates.on for one in gated if one.gates.on]
    days += [calendar.day_after_start(one.gates.days) for one in gated if one.gates.days is not None]
    latest = max(days, default=calendar.today)
    return latest if latest > calendar.today else None


def _sentence(parts: list[str], opens_on: date | None) -> str:
    if not parts:
        return f"Opens on {day(opens_on)}." if opens_on else ""
    not_before = f", not before {day(opens_on)}" if opens_on else ""
    return f"Opens when you have {get_text_list(parts, 'and')}{not_before}."


def progress(
    outline: Outline,
    *,
    completed: Set[int],
    elsewhere: Mapping[int, str],
    calendar: Calendar,
    scores: Scores = NO_SCORES,
    reading: int | None = None,
) -> dict[int, ItemProgress]:
    """The state of every item, by its id. `completed` and `reading` are ids of activities, as are `elsewhere`'s keys."""
    done = set(completed) | {activity for activity, state in elsewhere.items() if state == ItemState.DONE}
    found = {}
    for item in outline.items:
        lessons = outline.lessons_of(item)
        lessons_done = sum(lesson.activity_id in done for lesson in lessons) if lessons else 0
        reason = ""
        if is_complete(outline, item, done):
            state = ItemState.DONE
        elif reason := lock_reason(outline, item, done, calendar=calendar, scores=scores):
            state = ItemState.LOCKED
        else:
            is_begun = item.activity_id == reading or item.activity_id in elsewhere or lessons_done > 0
            state = ItemState.IN_PROGRESS if is_begun else ItemState.OPEN
        found[item.id] = ItemProgress(item, state, reason, len(lessons), lessons_done)
    return found


def next_item(
    outline: Outline, states: Mapping[int, ItemProgress], *, reading: int | None = None
) -> OutlineItem | None:
    """Where to go on: what is being read, else the first open item that is not done; None when nothing is left."""
    todo = [
        item
        for item in outline.items
        if item.kind != ActivityKind.MODULE and not states[item.id].is_done and not states[item.id].is_locked
    ]
    return next((item for item in todo if item.activity_id == reading), todo[0] if todo else None)
