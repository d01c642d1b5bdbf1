"""How well the guard finds what is marked, and how often it is wrong about what holds nothing."""

from collections import defaultdict
from collections.abc import Iterable

from supervision.guard import identifiers_in
from tests.supervision.guard.notes import Note


def recall_by_class(notes: Iterable[Note]) -> dict[str, float]:
    """The share of each class that was found."""
    found = defaultdict(list)
    for note in notes:
        found[note.kind].append(is_found(note))
    return {kind: sum(each) / len(each) for kind, each in found.items()}


def recall(notes: Iterable[Note]) -> float:
    found = [is_found(note) for note in notes]
    return sum(found) / len(found)


def is_found(note: Note) -> bool:
    """A finding touches the marked words; of a hard class, only one that nobody may declare harmless."""
    return any(
        finding.start < note.end and finding.end > note.start and not (note.is_hard and finding.may_be_declared)
        for finding in identifiers_in(note.text)
    )


def false_alarms(notes: Iterable[Note]) -> float:
    """The share of harmless notes in which something is found."""
    alarms = [bool(identifiers_in(note.text)) for note in notes]
    return sum(alarms) / len(alarms)
