"""Noting what happens while an attempt is taken. Rows are only added, and no rule reads them.

Each is noted by the act itself, in its transaction (starts and saved answers by triggers); what was refused, or told by a
browser, on its own.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.crypto import salted_hmac

from assessments.enums import MOST_REFUSED, MOST_REPORTED, REPORTED, EventKind
from assessments.models import Attempt, AttemptEvent
from lms.errors import Refusal

DEVICE_SIGNS = 12


def device_of(attempt: Attempt, session: str | None) -> str:
    """A mark of a session that says whether two events of this attempt came from the same one, and nothing else."""
    if not session:
        return ""
    return salted_hmac("assessments.events", f"{attempt.pk} {session}", algorithm="sha256").hexdigest()[:DEVICE_SIGNS]


def note_event(
    attempt: Attempt, kind: EventKind, *, at: datetime, slot: int | None = None, device: str = "", detail: str = ""
) -> AttemptEvent:
    return AttemptEvent.objects.create(attempt=attempt, kind=kind, at=at, slot=slot, device=device, detail=detail)


def note_opened(attempt: Attempt, *, session: str | None) -> None:
    """A page of an open attempt is read. Only another session than the last one is worth a row; `attempt` comes from
    `own_attempt`, which brings along the mark of the last one."""
    device = device_of(attempt, session)
    if device and device != attempt.last_device:
        note_event(attempt, EventKind.OPENED, at=timezone.now(), device=device)


def note_refusal(attempt: int, refusal: Refusal, *, slot: int | None, at: datetime) -> None:
    """An answer was not taken. Its own transaction was undone with it, so this stands outside; only so many are kept."""
    if _noted(attempt, [EventKind.REFUSED]) < MOST_REFUSED:
        AttemptEvent.objects.create(
            attempt_id=attempt, kind=EventKind.REFUSED, at=at, slot=slot, detail=refusal.code[:40]
        )


def note_reports(
    attempt: Attempt, told: Sequence[tuple[EventKind, int]], *, slot: int | None, session: str | None
) -> int:
    """What her browser tells, as (what, how many seconds ago); how many were kept. The time is the server's."""
    room = max(0, MOST_REPORTED - _noted(attempt.pk, REPORTED))
    now, device = timezone.now(), device_of(attempt, session)
    rows = [
        AttemptEvent(attempt=attempt, kind=kind, at=now, slot=slot, device=device, detail=str(ago))
        for kind, ago in told[:room]
    ]
    AttemptEvent.objects.bulk_create(rows)
    return len(rows)


def _noted(attempt: int, kinds: Sequence[EventKind]) -> int:
    return AttemptEvent.objects.filter(attempt=attempt, kind__in=kinds).count()
