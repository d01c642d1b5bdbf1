"""A lesson, or a whole module, on paper: what is open to the reader, one text after another."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from courses.curriculum.asking import CHECK, fill_slots
from courses.curriculum.enums import ActivityKind
from courses.curriculum.queries import OutlineItem, html_of_items
from courses.curriculum.references import moved
from courses.learning.queries import Journey
from courses.learning.rules import ItemProgress

_ANCHOR = re.compile(r'\b(id="|href="#)(?=ref-)')


@dataclass(frozen=True)
class Handout:
    """The item that was asked for, its lessons with their text, and the lessons that are not open yet."""

    item: OutlineItem
    html: SafeString
    lessons: list[tuple[OutlineItem, SafeString]]
    locked: list[ItemProgress]


def handout(journey: Journey, here: OutlineItem) -> Handout:
    """Of an item that is open to her. One query, however many lessons a module has."""
    lessons = [item for item in journey.outline.children(here) if item.kind == ActivityKind.LESSON]
    states = [journey.states[lesson.id] for lesson in lessons]
    is_open = [state.item for state in states if not state.is_locked]
    said = html_of_items([here.id, *(lesson.id for lesson in is_open)])
    texts = [(lesson, _on_paper(said[lesson.id], lesson)) for lesson in is_open]
    return Handout(here, _on_paper(said[here.id], here), texts, [state for state in states if state.is_locked])


def _on_paper(html: str, item: OutlineItem) -> SafeString:
    """Its addresses lead from one level deeper, and its references have names of their own among those of other lessons."""
    html = moved(fill_slots(html, _asks_on_screen), lambda address: f"../../{address}")
    return mark_safe(_ANCHOR.sub(rf"\g<1>{item.slug}-", html))  # noqa: S308 - rendered by us from cleaned text


def _asks_on_screen(kind: str, block: str) -> str:
    asked = "a knowledge check" if kind == CHECK else "a statement to sign"
    return f'<p class="soft">Here the lesson has {asked}, on its own page.</p>'
