"""Making files of a practice log. The record of each stays; its content is kept sealed for a day."""

import base64
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.audit.actions import record as record_act
from lms.errors import Refusal
from lms.institute.queries import institute
from supervision.actions.practice import lock_person
from supervision.exports.choices import Choices
from supervision.exports.enums import AT_ONCE, FILE_TYPES, PER_HOUR, ExportKind, FileType, Paper
from supervision.exports.facts import Log, Marks
from supervision.exports.queries import (
    asked_since,
    chosen_logs,
    chosen_prior,
    chosen_sessions,
    redacted_since,
    signers_of,
    words_of,
)
from supervision.exports.reading import log_of
from supervision.exports.totals import approved_by_category, minutes_of
from supervision.exports.writing import write_file
from supervision.models import ExportFile, ExportRecord

KEEP = timedelta(days=1)


@transaction.atomic
def ask_for_export(
    enrolment: Enrolment,
    kind: ExportKind,
    file_type: FileType,
    choices: Choices,
    *,
    by: User,
    paper: Paper | str = "",
    shows_name: bool = False,
) -> ExportRecord:
    """Make a file of one's own log: at once when the log is small, else in the background. At any time, also after
    leaving. Raises `Refusal` when somebody makes very many."""
    from supervision.exports.tasks import make_export  # late: tasks import these actions

    enrolment = lock_person(enrolment)
    if enrolment.person_id != by.pk:
        raise PermissionDenied
    if file_type not in FILE_TYPES[kind]:
        raise Refusal("This is not made in that form. Choose another one.")
    if kind == ExportKind.LETTER and choices.signer not in dict(signers_of(enrolment)):
        raise Refusal("Choose a supervisor who has approved an entry of yours.")
    choices = replace(choices, beyond_visits=True)
    if not kind.is_whole:
        choices = replace(choices, approved_only=True)
    if asked_since(by, timezone.now() - timedelta(hours=1)) >= PER_HOUR:
        raise Refusal(f"You have made {PER_HOUR} files within an hour. Wait a little, then make the next one.")
    made = ExportRecord.objects.create(
        enrolment=enrolment,
        kind=kind,
        file_type=file_type,
        paper=paper if file_type == FileType.PDF else "",
        choices=choices.as_plain(),
        shows_name=shows_name,
        made_by=by,
    )
    chosen = (chosen_logs, chosen_sessions, chosen_prior)
    if sum(rows(enrolment, choices).count() for rows in chosen) <= AT_ONCE:
        return finish_export(made.pk)
    make_export.enqueue(made.pk)
    return made


def finish_export(pk: int) -> ExportRecord:
    """Write the file of a record, once. Safe to repeat and to kill: what is finished is left alone.

    The entries are read while the person's enrolments are held, so that nothing is approved meanwhile and what the
    record counts can be counted again; the file is drawn after that, with nothing held.
    """
    made = _record(pk)
    if made.made_at:
        return made
    log, choices, made_at = _read(made)
    marks = Marks(
        code=made.shown_code,
        address=settings.PUBLIC_URL + made.get_absolute_url(),
        institute=institute().name,
        made_at=made_at,
        choices=tuple(words_of(choices, made.enrolment)),
        contact=_contact(),
    )
    content = write_file(ExportKind(made.kind), FileType(made.file_type), log, marks, paper=made.paper)
    return _keep(made, log, content, made_at) or finish_export(pk)


@transaction.atomic
def _read(made: ExportRecord) -> tuple[Log, Choices, datetime]:
    enrolment, choices = lock_person(made.enrolment), Choices.from_plain(made.choices)
    made_at = timezone.now()
    return log_of(enrolment, choices, with_reflections=ExportKind(made.kind).is_whole), choices, made_at


@transaction.atomic
def _keep(made: ExportRecord, log: Log, content: bytes, made_at: datetime) -> ExportRecord | None:
    """None when words were removed from the log while the file was drawn: it would still hold them."""
    if ExportKind(made.kind).is_whole:
        lock_person(made.enrolment)
        if redacted_since(made.enrolment, made_at):
            return None
    held = ExportRecord.objects.select_for_update().get(pk=made.pk)
    if held.made_at:  # another worker was faster; its file is as good as ours
        return held
    approved = log.approved
    held.made_at, held.entries, held.totals = made_at, len(log.entries), approved_by_category(log)
    held.counted_entries, held.counted_minutes = len(approved), minutes_of(approved)
    held.size, held.sha256 = len(content), hashlib.sha256(content).hexdigest()
    held.save(update_fields=["made_at", "entries", "totals", "counted_entries", "counted_minutes", "size", "sha256"])
    sealed = base64.b64encode(content).decode()
    ExportFile.objects.create(record=held, content=sealed, kept_until=timezone.now() + KEEP)
    words = {"kind": held.kind, "file": held.file_type, "entries": held.entries, "sha256": held.sha256}
    record_act("supervision.export.made", by=made.made_by, about=held, **words)
    return held


def _record(pk: int) -> ExportRecord:
    return ExportRecord.objects.select_related("enrolment__person", "enrolment__program", "made_by").get(pk=pk)


def _contact() -> tuple[str, ...]:
    """The institute's address, mail and telephone, a line each, as they stand in the letterhead."""
    ours = institute()
    lines = [*ours.address.splitlines(), ours.contact_email, ours.contact_phone]
    return tuple(line.strip() for line in lines if line.strip())


def bytes_of(file: ExportFile) -> bytes:
    return base64.b64decode(file.content)


def forget_export_files() -> int:
    """Nightly: files whose day is over. Their records stay."""
    return ExportFile.objects.filter(kept_until__lte=timezone.now()).delete()[0]
