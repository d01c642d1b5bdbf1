"""From the database to plain values, and who may read which export. Fetching is the permission check."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.standards.contract import Category
from courses.standards.enums import Bucket
from lms.accounts.models import User
from lms.web.templatetags.ui import day
from supervision.enums import COUNTING, Decision, LogState, Meaning, Phase, PracticeRole
from supervision.exports.choices import Choices
from supervision.exports.facts import Entry, Log, Signature
from supervision.models import ExportFile, ExportRecord, PracticeLog, SignOff
from supervision.queries.placement import categories_of, placements_of
from supervision.queries.practice import full_logs, label_of

CHUNK = 500


def own_exports(user: User) -> QuerySet[ExportRecord]:
    """What this person has made of her own log; nobody else reads the list."""
    return ExportRecord.objects.filter(enrolment__person=user, made_by=user).select_related("enrolment__program")


def export_by_code(code: str) -> ExportRecord | None:
    """A finished export, for whoever holds its id."""
    made = ExportRecord.objects.filter(made_at__isnull=False).select_related("enrolment__program", "enrolment__person")
    return made.filter(code=code).first() if code else None


def file_of(record: ExportRecord) -> ExportFile | None:
    """The file, while it can be fetched."""
    return ExportFile.objects.filter(record=record, kept_until__gt=timezone.now()).first()


def has_file(record: ExportRecord) -> bool:
    return ExportFile.objects.filter(record=record, kept_until__gt=timezone.now()).exists()


def chosen_logs(enrolment: Enrolment, choices: Choices) -> QuerySet[PracticeLog]:
    """The entries that a file is about, discarded ones never."""
    chosen = {
        "state__in": COUNTING if choices.approved_only else None,
        "on__gte": choices.since,
        "on__lte": choices.until,
        "category_key": choices.category,
        "placement__supervisor": choices.supervisor,
    }
    logs = full_logs().filter(enrolment=enrolment).exclude(state=LogState.VOIDED)
    if choices.signer:
        logs = logs.filter(_signed_by(choices.signer))
    return logs.filter(**{name: value for name, value in chosen.items() if value}).order_by("on", "starts_at", "id")


def _signed_by(signer: int) -> Q:
    """Entries approved by an account, or, by minus its id, by a supervisor without one."""
    if signer > 0:
        return Q(credit__approved_by=signer)
    signed = SignOff.objects.filter(log=OuterRef("pk"), decision=Decision.APPROVED, link__supervisor=-signer)
    return Q(Exists(signed))


def _signer_of(sign_off: SignOff) -> int:
    return sign_off.signer_id or -sign_off.link.supervisor_id


def is_as_counted(record: ExportRecord) -> bool:
    """Whether every entry that the file counted still is approved. What was approved later is not asked for: of those
    credited by then, none can have come to it, so an equal number means the same entries."""
    logs = chosen_logs(record.enrolment, Choices.from_plain(record.choices)).select_related(None).order_by()
    still = logs.prefetch_related(None).filter(state__in=COUNTING, credit__at__lte=record.made_at)
    return still.count() == record.counted_entries


def supervisors_of(enrolment: Enrolment) -> list[tuple[int, str]]:
    """Id and name of whoever supervised a placement of this enrolment."""
    found = {placement.supervisor_id: str(placement.supervisor) for placement in placements_of(enrolment)}
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def signers_of(enrolment: Enrolment) -> list[tuple[int, str]]:
    """Whoever signed an entry of this enrolment that is approved, by the name of her latest signature."""
    rows = SignOff.objects.filter(
        log__enrolment=enrolment, log__state__in=COUNTING, decision=Decision.APPROVED
    ).order_by("id")
    found = {_signer_of(row): row.printed_name for row in rows.select_related("link").defer("content")}
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def words_of(choices: Choices, enrolment: Enrolment) -> list[str]:
    """What was chosen, in words, for the file itself. Nothing when everything is in it."""
    words = ["Approved entries only"] if choices.approved_only else []
    if choices.since or choices.until:
        begin, end = (day(value) if value else "" for value in (choices.since, choices.until))
        words.append(
            f"Visits from {begin} to {end}" if begin and end else f"Visits {f'from {begin}' if begin else f'to {end}'}"
        )
    if choices.category:
        words.append(f"Category: {label_of(choices.category, categories_of(enrolment))}")
    if choices.supervisor:
        words.append(f"Supervisor: {dict(supervisors_of(enrolment)).get(choices.supervisor, '')}")
    return words


def log_of(enrolment: Enrolment, choices: Choices, *, with_reflections: bool) -> Log:
    """The chosen entries as plain values, read in pieces of `CHUNK`. What was signed is not decrypted for it."""
    logs = chosen_logs(enrolment, choices)
    if not with_reflections:
        logs = logs.defer("reflection")
    signatures, categories = _signatures_of(enrolment), categories_of(enrolment)
    person = enrolment.person
    return Log(
        trainee=person.legal_name or str(person),
        program=enrolment.program.title,
        standard=str(enrolment.standard_version),
        zone=person.time_zone,
        entries=tuple(
            _entry(log, categories, signatures.get(log.pk), log.reflection if with_reflections else "")
            for log in logs.iterator(chunk_size=CHUNK)
        ),
        categories=tuple(category.label for category in categories.values()),
        phases=tuple(Phase.choices),
        is_demonstration=enrolment.program.is_demonstration,
    )


def _signatures_of(enrolment: Enrolment) -> dict[int, Signature]:
    """The latest approval of each entry."""
    rows = SignOff.objects.filter(log__enrolment=enrolment, decision=Decision.APPROVED)
    rows = rows.select_related("link").defer("content")
    return {row.log_id: _signature(row) for row in rows.order_by("id")}


def _signature(row: SignOff) -> Signature:
    return Signature(
        signer=str(_signer_of(row)),
        printed_name=row.printed_name,
        role_held=row.role_held,
        meaning=Meaning(row.meaning).label,
        signed_at=row.signed_at,
        sha256=row.sha256,
        qualifications=row.qualifications,
    )


def _entry(log: PracticeLog, categories: dict[str, Category], signature: Signature | None, reflection: str) -> Entry:
    category = categories.get(log.category_key)
    is_approved = log.state in COUNTING
    return Entry(
        number=log.pk,
        state=log.get_state_display(),
        is_approved=is_approved,
        is_waiting=log.state == LogState.SUBMITTED and log.supersedes_id is None,
        on=log.on,
        starts_at=log.starts_at,
        time_zone=log.time_zone,
        began_at=log.began_at,
        category_key=log.category_key,
        category=label_of(log.category_key, categories),
        bucket=category.bucket if category else "",
        is_direct=bool(category and category.is_direct and category.bucket == Bucket.DIRECT),
        role=PracticeRole(log.role).label,
        minutes=log.minutes,
        phases={segment.phase: segment.minutes for segment in log.segments.all()},
        codes=tuple(row.client.code for row in log.client_rows.all()),
        has_consent=log.client_consented,
        site=str(log.placement.site),
        supervisor=str(log.placement.supervisor),
        sent_at=log.submitted_at,
        decided_at=log.decided_at,
        corrects=log.supersedes_id,
        reflection=reflection,
        signature=signature if is_approved else None,
    )


def asked_since(user: User, since: datetime) -> int:
    return ExportRecord.objects.filter(made_by=user, asked_at__gt=since).count()
