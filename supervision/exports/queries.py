"""Which files, entries, sessions and records: who may read them, and what was chosen. Fetching is the permission check."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.web.templatetags.ui import day
from supervision.enums import COUNTING, Decision, LogState, PriorState
from supervision.exports.choices import IN_LIEU, SESSIONS, Choices
from supervision.models import (
    ExportFile,
    ExportRecord,
    PracticeLog,
    PriorHours,
    Redaction,
    SessionAttendance,
    SessionSignature,
    SignOff,
)
from supervision.queries.placement import categories_of, placements_of
from supervision.queries.practice import full_logs
from supervision.sessions.enums import AttendanceState, SessionState


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
        hers = counting_sign_offs().filter(_approved_by(choices.signer), log=OuterRef("pk"))
        logs = logs.filter(Exists(hers), state__in=COUNTING)
    return logs.filter(**_given(chosen)).order_by("on", "starts_at", "id")


def chosen_sessions(enrolment: Enrolment, choices: Choices) -> QuerySet[SessionAttendance]:
    """The sessions that a file is about, each as her attendance: no plans, and none that was taken back."""
    rows = SessionAttendance.objects.filter(enrolment=enrolment).select_related("session__supervisor__person")
    rows = rows.exclude(session__state__in=(SessionState.PLANNED, SessionState.WITHDRAWN))
    if not choices.beyond_visits or choices.category not in ("", SESSIONS):
        return rows.none()
    chosen = {
        "session__on__gte": choices.since,
        "session__on__lte": choices.until,
        "session__supervisor": choices.supervisor,
    }
    if choices.approved_only or choices.signer:
        rows = rows.filter(state=AttendanceState.CONFIRMED, session__state=SessionState.HELD)
    if choices.signer:
        rows = rows.filter(Exists(_counting_signatures().filter(_signed_by(choices.signer, of_link="supervisor"))))
    return rows.filter(**_given(chosen)).order_by("session__on", "session__starts_at", "id")


def chosen_prior(enrolment: Enrolment, choices: Choices) -> QuerySet[PriorHours]:
    """The hours from elsewhere that a file is about. Nobody here signed that practice, so none when a signer is chosen."""
    rows = PriorHours.objects.filter(enrolment=enrolment).exclude(state=PriorState.VOIDED)
    if not choices.beyond_visits or choices.signer or choices.supervisor:
        return rows.none()
    chosen = {
        "state": PriorState.APPROVED if choices.approved_only else None,
        "began_on__gte": choices.since,
        "ended_on__lte": choices.until,
        "category_key": choices.category,
    }
    return rows.filter(**_given(chosen)).order_by("began_on", "id")


def _given(chosen: dict) -> dict:
    return {name: value for name, value in chosen.items() if value}


def counting_sign_offs() -> QuerySet[SignOff]:
    """The last approval of each entry: the one that counts while the entry is approved."""
    later = SignOff.objects.filter(log=OuterRef("log"), decision=Decision.APPROVED, pk__gt=OuterRef("pk"))
    return SignOff.objects.filter(~Exists(later.order_by()), decision=Decision.APPROVED)


def _counting_signatures() -> QuerySet[SessionSignature]:
    """The signature of an attendance (`OuterRef`) as it is confirmed now."""
    return SessionSignature.objects.filter(attendance=OuterRef("pk"), version=OuterRef("version")).order_by()


def _approved_by(signer: int) -> Q:
    """The same of entries, of which some were attested in lieu of a supervisor: those are nobody's own."""
    if signer == IN_LIEU:
        return Q(attestation__isnull=False)
    return Q(_signed_by(signer, of_link="link__supervisor"), attestation=None)


def _signed_by(signer: int, *, of_link: str) -> Q:
    """By an account, also while she had none yet; or, by minus its id, by a supervisor without one."""
    if signer > 0:
        return Q(signer=signer) | Q(**{"signer": None, f"{of_link}__person": signer})
    return Q(**{"signer": None, of_link: -signer})


def signer_of(row: SignOff | SessionSignature) -> int:
    """One number for one person, also where she signed by a link before she had an account; one for all in lieu."""
    if is_in_lieu(row):
        return IN_LIEU
    if row.signer_id:
        return row.signer_id
    supervisor = row.link.supervisor if isinstance(row, SignOff) else row.supervisor
    return supervisor.person_id or -supervisor.pk


def is_in_lieu(row: SignOff | SessionSignature) -> bool:
    return isinstance(row, SignOff) and row.attestation_id is not None


def is_as_counted(record: ExportRecord) -> bool:
    """Whether everything that the file counted still is approved, by the same approval. What was approved later is not
    asked for: of what was approved by then, nothing can have come to it, so an equal number means the same entries."""
    choices, then = Choices.from_plain(record.choices), record.made_at
    logs = chosen_logs(record.enrolment, choices).select_related(None).order_by().prefetch_related(None)
    same = Q(withdrawn_at=None) | Q(credited_at__lte=then)
    sessions = chosen_sessions(record.enrolment, choices).filter(
        Exists(_counting_signatures().filter(signed_at__lte=then)),
        state=AttendanceState.CONFIRMED,
        session__state=SessionState.HELD,
    )
    prior = chosen_prior(record.enrolment, choices).filter(state=PriorState.APPROVED, decided_at__lte=then)
    still = logs.filter(same, state__in=COUNTING, credit__at__lte=then).count() + sessions.count() + prior.count()
    return still == record.counted_entries


def signers_of(enrolment: Enrolment) -> list[tuple[int, str]]:
    """Whoever signed an approved entry or a confirmed session of this enrolment, by the name of her latest signature."""
    of_logs = counting_sign_offs().filter(log__enrolment=enrolment, log__state__in=COUNTING)
    confirmed = SessionAttendance.objects.filter(
        enrolment=enrolment, state=AttendanceState.CONFIRMED, session__state=SessionState.HELD
    )
    of_sessions = SessionSignature.objects.filter(attendance__in=confirmed, version=F("attendance__version"))
    rows = [
        *of_logs.select_related("link__supervisor").defer("content"),
        *of_sessions.select_related("supervisor").defer("content"),
    ]
    rows = sorted(rows, key=lambda row: (row.signed_at, row.pk))
    found = {signer_of(row): f"{row.printed_name}{', in lieu' if is_in_lieu(row) else ''}" for row in rows}
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def categories_offered(enrolment: Enrolment) -> list[tuple[str, str]]:
    categories = [(one.key, one.label) for one in categories_of(enrolment).values()]
    return [*categories, (SESSIONS, "Sessions of supervision and consultation")]


def words_of(choices: Choices, enrolment: Enrolment) -> list[str]:
    """What was chosen, in words, for the file itself. Nothing when everything is in it."""
    words = ["Approved entries only"] if choices.approved_only else []
    if choices.since or choices.until:
        begin, end = (day(value) if value else "" for value in (choices.since, choices.until))
        words.append(f"From {begin} to {end}" if begin and end else f"From {begin}" if begin else f"To {end}")
    if choices.category:
        words.append(f"Category: {dict(categories_offered(enrolment)).get(choices.category, choices.category)}")
    if choices.supervisor:
        names = {one.supervisor_id: str(one.supervisor) for one in placements_of(enrolment)}
        words.append(f"Supervisor of the placement: {names.get(choices.supervisor, '')}")
    if choices.signer:
        words.append(f"Signed by: {dict(signers_of(enrolment)).get(choices.signer, '')}")
    return words


def redacted_since(enrolment: Enrolment, since: datetime) -> bool:
    """Whether words were removed from anything that a file of this log can hold."""
    of_log = Q(log__enrolment=enrolment) | Q(prior__enrolment=enrolment)
    of_log |= Q(session__attendances__enrolment=enrolment)
    return Redaction.objects.filter(of_log, at__gte=since).exists()


def asked_since(user: User, since: datetime) -> int:
    return ExportRecord.objects.filter(made_by=user, asked_at__gt=since).count()
