"""What a link opens. Fetching is the check: whatever opens nothing is None, and why is not said."""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from supervision.enums import MAY_SIGN, Decision
from supervision.models import (
    Placement,
    PracticeLog,
    SessionAttendance,
    SigningLink,
    SigningReceipt,
    SignOff,
    Supervisor,
)
from supervision.queries.practice import full_logs
from supervision.queries.supervisor import entries_waiting_for, waiting_by_link
from supervision.sessions.enums import AttendanceState, SessionState
from supervision.sessions.queries import waiting_by_link as sessions_by_link
from supervision.signing.secrets import token_hash

TOKEN_MOST = 100


def live_links() -> QuerySet[SigningLink]:
    """Not ended, mailed to her present address, of somebody who may sign and has no account meanwhile."""
    rows = SigningLink.objects.filter(ended_at=None, supervisor__person=None, supervisor__state__in=MAY_SIGN)
    return rows.filter(address=F("supervisor__email")).select_related("supervisor")


def open_links() -> QuerySet[SigningLink]:
    """Live ones that were not used yet and have not run out."""
    return live_links().filter(used_at=None, expires_at__gt=timezone.now())


def link_of_token(token: str) -> SigningLink | None:
    """The link that this token opens. Long or strange text is as unknown as a wrong one."""
    if not token or len(token) > TOKEN_MOST or not token.isascii():
        return None
    return open_links().filter(token_hash=token_hash(token)).first()


def open_link(pk: object) -> SigningLink | None:
    return open_links().filter(pk=pk).first() if isinstance(pk, int) else None


def link_in_session(pk: object) -> SigningLink | None:
    """The used link whose hour has not passed."""
    running = live_links().filter(used_at__isnull=False, session_until__gt=timezone.now())
    return running.filter(pk=pk).first() if isinstance(pk, int) else None


def receipt_of_token(token: str) -> SigningReceipt | None:
    if not token or len(token) > TOKEN_MOST or not token.isascii():
        return None
    rows = SigningReceipt.objects.filter(token_hash=token_hash(token), expires_at__gt=timezone.now())
    return rows.select_related("link__supervisor").first()


def entries_of_link(link: SigningLink) -> QuerySet[PracticeLog]:
    """What waits for her signature, with all that a page shows, trainee by trainee."""
    waiting = entries_waiting_for(link.supervisor).order_by().values("pk")
    return full_logs().filter(pk__in=waiting).order_by("enrolment__person_id", "submitted_at", "id")


def sessions_of_link(link: SigningLink) -> QuerySet[SessionAttendance]:
    """The sessions that wait for her confirmation, trainee by trainee."""
    rows = sessions_waiting_for(link.supervisor).select_related(
        "trainee", "enrolment__person", "session__supervisor__person", "session__covered_by"
    )
    return rows.order_by("trainee_id", "session__began_at", "id")


def sessions_waiting_for(supervisor: Supervisor) -> QuerySet[SessionAttendance]:
    return sessions_by_link().filter(session__supervisor=supervisor)


def trainees_of_link(link: SigningLink) -> QuerySet[Placement]:
    """The placements of which something waits."""
    entries = waiting_by_link().filter(placement=OuterRef("pk"))
    sessions = sessions_waiting_for(link.supervisor).filter(enrolment=OuterRef("enrolment"))
    rows = Placement.objects.filter(Exists(entries) | Exists(sessions), supervisor=link.supervisor_id, declined_at=None)
    return rows.select_related("enrolment__person", "trainee", "site").order_by("trainee_id", "id")


def links_of(supervisor: Supervisor) -> QuerySet[SigningLink]:
    return supervisor.links.select_related("asked_by")


def questioned_entries(supervisor: Supervisor) -> QuerySet[PracticeLog]:
    """What was approved by a link of which somebody at the address said that she did not sign."""
    signed = SignOff.objects.filter(
        log=OuterRef("pk"), link__supervisor=supervisor, link__questioned_at__isnull=False, decision=Decision.APPROVED
    )
    return PracticeLog.objects.filter(Exists(signed)).select_related("enrolment__person").order_by("-on", "id")


def confirmed_by_link(link: SigningLink) -> QuerySet[SessionAttendance]:
    """The sessions that count because somebody signed by this link, or would but for a lapse."""
    rows = SessionAttendance.objects.filter(
        signatures__link=link,
        signatures__version=F("version"),
        state__in=(AttendanceState.CONFIRMED, AttendanceState.QUESTIONED),
        session__state=SessionState.HELD,
    )
    return rows.select_related("session", "enrolment__person").order_by("id")


def waiting_without_link() -> QuerySet[Supervisor]:
    """Of whom entries or sessions wait while no link is on its way or open: none was needed so far, it was used, or it ran out."""
    entries = waiting_by_link().filter(placement__supervisor=OuterRef("pk"))
    sessions = sessions_by_link().filter(session__supervisor=OuterRef("pk"))
    now = timezone.now()
    has_link = SigningLink.objects.filter(supervisor=OuterRef("pk"), ended_at=None, used_at=None, expires_at__gt=now)
    rows = Supervisor.objects.filter(Exists(entries) | Exists(sessions), person=None, state__in=MAY_SIGN)
    return rows.filter(~Exists(has_link))
