"""Recording acts, and sealing what was recorded."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from lms.audit.chain import Link, first_break, link_hash
from lms.audit.models import AuditEntry, AuditSeal
from lms.audit.names import label_of
from lms.audit.queries import sealed_head
from lms.backup.errors import ProofFailed
from lms.request_id import current_request_id

BATCH = 1000


class NotInTransaction(Exception):
    """An audit row must stand or fall with its act."""


def record(action: str, *, by: models.Model | None, about: models.Model, **data: Any) -> AuditEntry:
    """Write the audit row of an act, inside the act's transaction. `by` is None for the system itself.

    Raises `UnknownAuditAction` for an unregistered name and `NotInTransaction` outside a transaction.
    """
    entry = _entry(action, by, about, data)
    entry.save(force_insert=True)
    return entry


def record_each(
    action: str, about: Iterable[tuple[models.Model, dict[str, Any]]], *, by: models.Model | None
) -> list[AuditEntry]:
    """The same for an act that is done to many things at once: a row for each, in one statement."""
    return AuditEntry.objects.bulk_create(_entry(action, by, one, data) for one, data in about)


def _entry(action: str, by: models.Model | None, about: models.Model, data: dict[str, Any]) -> AuditEntry:
    label_of(action)
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{action} was recorded outside a transaction.")
    return AuditEntry(
        action=action,
        actor=by,
        object_type=about._meta.label_lower,
        object_id=str(about.pk),
        data=data,
        request_id=current_request_id.get(),
    )


def link_of(entry: AuditEntry) -> Link:
    return Link(
        id=entry.id,
        at=entry.at.isoformat(),
        actor=entry.actor_id,
        action=entry.action,
        object_type=entry.object_type,
        object_id=entry.object_id,
        data=json.dumps(entry.data, sort_keys=True, cls=DjangoJSONEncoder),
    )


def seal_entries() -> int:
    """Chain every row that has no seal yet and return how many there were.

    The rows are sealed afterwards by one worker: a lock in an insert trigger would serialise every write of the site.
    """
    sealed = 0
    while batch := _seal_batch():
        sealed += batch
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    # The first entry is the lock: a second worker waits here and only then reads where the chain ends.
    AuditEntry.objects.select_for_update().order_by("id").first()
    head = sealed_head()
    number, previous = (head.number, head.hash) if head else (0, "")
    seals = []
    for entry in AuditEntry.objects.filter(seal=None).order_by("id")[:BATCH]:
        number += 1
        seal = AuditSeal(number=number, entry=entry, previous=previous, hash=link_hash(link_of(entry), previous))
        previous = seal.hash
        seals.append(seal)
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def first_broken_entry() -> int | None:
    """The id of the first audit row that was altered after sealing, or None when the chain is whole.

    A cut tail is noticed only by comparing the head with one published earlier.
    """
    seals = AuditSeal.objects.select_related("entry").order_by("number").iterator(chunk_size=BATCH)
    return first_break((link_of(seal.entry), seal.previous, seal.hash) for seal in seals)


def prove_trail() -> str:
    """After a restore: the chain is whole. Raises `ProofFailed` naming the first row that was altered."""
    broken = first_broken_entry()
    if broken is not None:
        raise ProofFailed(f"Audit row {broken} was altered after it was sealed.")
    return f"{AuditSeal.objects.count()} sealed rows, the chain is whole"
