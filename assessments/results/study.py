"""What to study after an attempt: the topics that were missed, each with the lessons about it.

A topic that the edition knows is looked up by its key, which lessons carry. Words decide only where there is no such topic.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from assessments.quiz import Remediation
from courses.curriculum.credits import label_of
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Edition, EditionItem
from courses.enrolment.models import Enrolment
from lms.web.memory import remember

WORD = re.compile(r"\w{4,}")
MOST_LESSONS = 2
IN_TITLE, IN_TEXT = 3, 1


@dataclass(frozen=True)
class Lesson:
    """One of the lessons that may help, by its place in the trainee's edition. `text` is what search knows of it, and
    `topic` the key of the topic that it carries."""

    key: str
    title: str
    url: str
    text: str
    topic: str = ""


@dataclass(frozen=True)
class Topic:
    name: str
    is_critical: bool
    lessons: tuple[Lesson, ...]


@remember(seconds=3600, most=64)
def topics_of(edition: int) -> Mapping[str, str]:
    """The topics of an edition: the key of each by its label, as it was called when the edition was published, and by
    the key itself. They never change."""
    labels = Edition.objects.values_list("topics", flat=True).get(pk=edition)
    items = EditionItem.objects.filter(edition=edition).exclude(topic="").order_by()
    keys = {*labels, *items.values_list("topic", flat=True).distinct()}
    return {name.casefold(): key for key in sorted(keys) for name in (key, label_of(key, labels))}


def key_of(name: str, topics: Mapping[str, str]) -> str:
    """The key of the topic that is called so; "" for words of an author's own."""
    return topics.get(" ".join(name.casefold().split()), "")


def lessons_near(
    enrolment: Enrolment, activity_id: int, remediation: Remediation, names: Iterable[str] = ()
) -> list[Lesson]:
    """The lessons of the quiz's own module in the edition that the trainee reads now, those of the topics named, and those
    that the quiz's authors name. One query, beside the topics of the edition, which are remembered."""
    keys = {key_of(name, topics_of(enrolment.edition_id)) for name in names} - {""}
    named = [lesson.key for lesson in remediation.lessons]
    near = Q(parent__children__activity=activity_id) | Q(activity__key__in=named) | Q(topic__in=keys)
    items = EditionItem.objects.filter(near, edition=enrolment.edition_id, activity__kind=ActivityKind.LESSON)
    rows = items.order_by("position").distinct()
    return [
        Lesson(str(key), title, reverse("learn_item", args=[enrolment.pk, slug]), text, topic)
        for key, title, slug, text, topic in rows.values_list(
            "activity__key", "title", "slug", "body__search_text", "topic"
        )
    ]


def topics_with_lessons(
    names: Sequence[str], critical: Sequence[str], lessons: Sequence[Lesson], topics: Mapping[str, str]
) -> list[Topic]:
    return [Topic(name, name in critical, tuple(lessons_about(name, lessons, topics))) for name in names]


def lessons_about(topic: str, lessons: Sequence[Lesson], topics: Mapping[str, str]) -> list[Lesson]:
    """Pure: the lessons that carry the topic, those first that hold most of its words. Without such a topic or lesson, those
    that hold most words, the title counting more; none where less than half of them occur."""
    words, key = set(WORD.findall(topic.casefold())), key_of(topic, topics)
    if key and (carrying := [lesson for lesson in lessons if lesson.topic == key]):
        return sorted(carrying, key=lambda lesson: -_score(words, lesson))[:MOST_LESSONS]
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
