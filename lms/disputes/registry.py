"""What a room says of its own records when one is disputed: how it is shown, and what follows when a dispute is upheld."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.module_loading import import_string

from lms.accounts.models import User
from lms.disputes.models import Dispute


@dataclass(frozen=True)
class Subject:
    """A disputed record as its reader may see it. `url` is empty for whoever may not open it."""

    title: str
    url: str = ""
    facts: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class Room:
    """Dotted paths: `show` (user, dispute) -> Subject; `choices` (dispute) -> what may follow an upheld dispute, as
    (key, label); `decided` (dispute, by, then) -> the sentence that says what follows, acting in the same transaction.
    `form` is the room's own form for the answer, and `answered` (dispute, declared, by) keeps what was declared in it about
    its words; both optional."""

    show: str
    choices: str
    decided: str
    form: str = ""
    answered: str = ""


_rooms: dict[str, Room] = {}


def register_evidence(
    evidence_type: str, *, show: str, choices: str, decided: str, form: str = "", answered: str = ""
) -> None:
    _rooms[evidence_type] = Room(show, choices, decided, form, answered)


def form_for(dispute: Dispute) -> type | None:
    """The room's own form for the answer, if it has one."""
    room = _rooms.get(dispute.evidence_type)
    return import_string(room.form) if room and room.form else None


def keep_declared(dispute: Dispute, declared: tuple, *, by: User) -> None:
    """Let the room keep what was declared about the words of the answer."""
    room = _rooms.get(dispute.evidence_type)
    if room and room.answered:
        _call(room.answered)(dispute, declared, by=by)


def subject_of(user: User, dispute: Dispute) -> Subject:
    room = _rooms.get(dispute.evidence_type)
    return _call(room.show)(user, dispute) if room else Subject(dispute.subject_words)


def choices_for(dispute: Dispute) -> list[tuple[str, str]]:
    """What may follow when the dispute is upheld; empty where the room has nothing to choose."""
    room = _rooms.get(dispute.evidence_type)
    return _call(room.choices)(dispute) if room else []


def apply_decision(dispute: Dispute, *, by: User, then: str) -> str:
    """Let the room act on a decision. The sentence that both sides read; raises `Refusal`."""
    room = _rooms.get(dispute.evidence_type)
    return _call(room.decided)(dispute, by=by, then=then) if room else ""


def _call(path: str) -> Callable:
    return import_string(path)
