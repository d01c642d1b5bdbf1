"""What a later edition changed for one trainee: in words, and word by word where she may read."""

from collections.abc import Sequence
from dataclasses import dataclass

from courses.curriculum.changes import Section, compare_editions, in_words
from courses.curriculum.comparing import Comparison, Pair
from courses.curriculum.enums import CORRECTABLE
from courses.curriculum.queries import OutlineItem
from courses.enrolment.models import EditionMove
from courses.enrolment.queries import edition_moves
from courses.enrolment.rules import can_read_edition
from courses.learning.queries import Journey
from lms.web.aggregates import ids_in

MOST_SHOWN = 5


@dataclass(frozen=True)
class Adopted:
    """One adoption that moved her. `readable` are edited items that are open to her now; `completed` of hers have changed."""

    move: EditionMove
    sections: Sequence[Section]
    readable: Sequence[Pair]
    completed: Sequence[OutlineItem]


def adoptions_of(journey: Journey) -> list[Adopted]:
    """Newest first. Texts and completed lessons are told of the edition that she reads now."""
    moves = edition_moves(journey.enrolment)[:MOST_SHOWN]
    return [_adopted(journey, move, compare_editions(move.old, move.adoption.new)) for move in moves]


def _adopted(journey: Journey, move: EditionMove, changes: Comparison) -> Adopted:
    lines = [(pair, journey.outline.by_slug(pair.new.slug)) for pair in changes.edited]
    if move.adoption.new_id != journey.enrolment.edition_id:
        lines = []
    completed = ids_in(journey.enrolment.completed)
    return Adopted(
        move,
        in_words(changes),
        [pair for pair, line in lines if line and _may_read(journey, line)],
        [line for _, line in lines if line and line.activity_id in completed],
    )


def _may_read(journey: Journey, line: OutlineItem) -> bool:
    """A quiz is never shown in words: its questions belong to its attempts."""
    is_open = can_read_edition(journey.enrolment) and not journey.states[line.id].is_locked
    return is_open and line.kind in CORRECTABLE
