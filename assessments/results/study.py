"""What to study after an attempt: the topics that were missed, each with the lessons that speak of it most."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from assessments.quiz import Remediation
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.enrolment.models import Enrolment

WORD = re.compile(r"\w{4,}")
MOST_LESSONS = 2
IN_TITLE, IN_TEXT = 3, 1


@dataclass(frozen=True)
class Lesson:
    """One of the lessons that may help, by its place in the trainee's edition. `text` is what search knows of it."""

    key: str
    title: str
    url: str
    text: str


@dataclass(frozen=True)
class Topic:
    name: str
    is_critical: bool
    lessons: tuple[Lesson, ...]


def lessons_near(enrolment: Enrolment, activity_id: int, remediation: Remediation) -> list[Lesson]:
    """The lessons of the quiz's own module in the edition that the trainee reads now, and those its authors name. One query."""
    named = [lesson.key for lesson in remediation.lessons]
    near = Q(parent__children__activity=activity_id) | Q(activity__key__in=named)
    items = EditionItem.objects.filter(near, edition=enrolment.edition_id, activity__kind=ActivityKind.LESSON)
    rows = items.order_by("position").distinct().values_list("activity__key", "title", "slug", "body__search_text")
    return [
        Lesson(str(key), title, reverse("learn_item", args=[enrolment.pk, slug]), text)
        for key, title, slug, text in rows
    ]


def topics_with_lessons(names: Sequence[str], critical: Sequence[str], lessons: Sequence[Lesson]) -> list[Topic]:
    return [Topic(name, name in critical, tuple(lessons_about(name, lessons))) for name in names]


def lessons_about(topic: str, lessons: Sequence[Lesson]) -> list[Lesson]:
    """Pure: those that hold most words of the topic, the title counting more; none where less than half of them occur."""
    words = set(WORD.findall(topic.casefold()))
    scored = [(_score(words, lesson), -place, lesson) for place, lesson in enumerate(lessons)]
    best = sorted((one for one in scored if one[0]), key=lambda one: one[:2], reverse=True)
    return [lesson for score, _, lesson in best if score == best[0][0]][:MOST_LESSONS]


def _score(words: set[str], lesson: Lesson) -> int:
    title, text = lesson.title.casefold(), lesson.text.casefold()
    found = [IN_TITLE if word in title else IN_TEXT for word in words if word in title or word in text]
    return sum(found) if words and len(found) * 2 >= len(words) else 0


def named_lessons(remediation: Remediation, lessons: Sequence[Lesson]) -> list[Lesson]:
    """What the authors of the quiz name for whoever has no attempt left, as far as her edition has it."""
    wanted = {lesson.key for lesson in remediation.lessons}
    return [lesson for lesson in lessons if lesson.key in wanted]
