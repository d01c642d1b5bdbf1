"""Lapses found later: which entries and sessions one is about, who decides about whose, and what they say of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, has_role, people_with_role, roles_of, without_barred
from supervision.enums import COUNTING, MAY_SIGN, Decision, LapseDecision, LogState
from supervision.models import (
    LapseAttendance,
    LapseCase,
    LapseEntry,
    Placement,
    PracticeLog,
    QualificationLapse,
    SessionAttendance,
    SessionSignature,
    SignOff,
    Supervisor,
)
from supervision.queries.adverse import directors_to_tell
from supervision.queries.practice import within_reach
from supervision.queries.supervisor import supervisors_for_desk
from supervision.sessions.enums import AttendanceState

QUESTIONABLE = (*COUNTING, LogState.QUESTIONED)
SAYS_HOW_IT_STANDS = {
    (AttendanceState.QUESTIONED, ""),
    (AttendanceState.CONFIRMED, LapseDecision.KEPT),
    (AttendanceState.PROPOSED, LapseDecision.AGAIN),
}


def approved_by(supervisor: Supervisor, *, since: date, until: date | None) -> QuerySet[PracticeLog]:
    """The entries that stand on her signature, of visits between two days, both included."""
    signed = SignOff.objects.filter(_signed_by(supervisor), decision=Decision.APPROVED, attestation=None)
    logs = PracticeLog.objects.filter(state__in=QUESTIONABLE, on__gte=since)
    logs = logs.filter(on__lte=until) if until else logs
    return logs.filter(pk__in=signed.filter(version=F("log__version")).values("log"))


def confirmed_by(supervisor: Supervisor, *, since: date, until: date | None) -> QuerySet[SessionAttendance]:
    """The attendances that stand on her signature, of sessions between two days, both included."""
    signed = SessionSignature.objects.filter(_signed_by(supervisor), version=F("attendance__version"))
    rows = SessionAttendance.objects.filter(
        state__in=(AttendanceState.CONFIRMED, AttendanceState.QUESTIONED), session__on__gte=since
    )
    rows = rows.filter(session__on__lte=until) if until else rows
    return rows.filter(pk__in=signed.order_by().values("attendance"))


def _signed_by(supervisor: Supervisor) -> Q:
    by_link = Q(link__supervisor=supervisor)
    return by_link | Q(signer=supervisor.person_id) if supervisor.person_id else by_link


def trainees_of(supervisor: Supervisor) -> set[int]:
    """Everybody whose entries or sessions she has signed or could be signing at this moment."""
    placed = Placement.objects.filter(Q(supervisor=supervisor) | Q(covered_by=supervisor)).values_list("trainee")
    signed = SignOff.objects.filter(_signed_by(supervisor)).order_by().values_list("trainee")
    given = PracticeLog.objects.filter(reviewer=supervisor.person_id).order_by().values_list("enrolment__person")
    confirmed = SessionSignature.objects.filter(_signed_by(supervisor)).order_by().values_list("trainee")
    decides = Q(session__supervisor=supervisor) | Q(session__covered_by=supervisor)
    led = SessionAttendance.objects.filter(decides).order_by().values_list("trainee")
    rows = [placed.order_by(), signed, confirmed, led, *([given] if supervisor.person_id else [])]
    return {person for found in rows for (person,) in found}


def lapses_for_desk(user: User) -> QuerySet[QualificationLapse]:
    """Lapses of the supervisors that this director sees, never her own, and those that concern trainees within her reach."""
    if Role.DIRECTOR not in roles_of(user):
        return QualificationLapse.objects.none()
    reached = LapseCase.objects.filter(within_reach(user, Role.DIRECTOR)).values("lapse")
    seen = Q(supervisor__in=supervisors_for_desk(user).values("pk")) | Q(pk__in=reached)
    lapses = QualificationLapse.objects.filter(seen).exclude(supervisor__person=user)
    return lapses.select_related("supervisor__person", "recorded_by", "annulled_by")


def for_lapse_list(lapses: QuerySet[QualificationLapse], user: User) -> QuerySet[QualificationLapse]:
    """With how many trainees wait for this director's decision, those that wait first."""
    mine = undecided_cases(user).filter(lapse=OuterRef("pk")).order_by().values("lapse")
    counted = mine.annotate(number=Count("pk")).values("number")
    return lapses.annotate(waits=Subquery(counted)).order_by(F("waits").desc(nulls_last=True), "-id")


def cases_for_desk(user: User) -> QuerySet[LapseCase]:
    """Cases of trainees within this director's reach: never her own, nobody behind a barrier, and not of her own papers."""
    if Role.DIRECTOR not in roles_of(user):
        return LapseCase.objects.none()
    cases = LapseCase.objects.filter(within_reach(user, Role.DIRECTOR)).exclude(trainee=user)
    cases = without_barred(cases.exclude(lapse__supervisor__person=user), user, person="trainee")
    return cases.select_related("lapse__supervisor__person", "enrolment__person", "decided_by", "to__person")


def undecided_cases(user: User) -> QuerySet[LapseCase]:
    return cases_for_desk(user).filter(decision="")


def may_decide(user: User, case: LapseCase) -> bool:
    """A director of this trainee who is neither she nor the supervisor; no barrier stands between."""
    enrolment = case.enrolment
    if user.pk in (case.trainee_id, case.lapse.supervisor.person_id) or has_barrier(user, case.trainee_id):
        return False
    return has_role(user, Role.DIRECTOR, program=enrolment.program_id, cohort=enrolment.cohort_id)


def entries_of(cases: Collection[LapseCase]) -> dict[int, list[PracticeLog]]:
    """By case, its entries in the order of their days. One query, and nothing is decrypted for it."""
    rows = LapseEntry.objects.filter(case__in=[case.pk for case in cases]).select_related("log")
    found = defaultdict(list)
    for row in rows.defer("log__reflection").order_by("log__on", "log_id"):
        found[row.case_id].append(row.log)
    return found


def sessions_of(cases: Collection[LapseCase]) -> dict[int, list[SessionAttendance]]:
    """By case, its sessions in the order of their days. One query, and nothing is decrypted for it."""
    rows = LapseAttendance.objects.filter(case__in=[case.pk for case in cases]).select_related("attendance__session")
    found = defaultdict(list)
    for row in rows.defer("attendance__session__feedback").order_by("attendance__session__began_at", "attendance_id"):
        found[row.case_id].append(row.attendance)
    return found


def people_of(cases: QuerySet[LapseCase]) -> set[int]:
    """The trainees of these cases and whoever was with them in a session that one of them is about."""
    sessions = LapseAttendance.objects.filter(case__in=cases).order_by().values("attendance__session")
    beside = SessionAttendance.objects.filter(session__in=sessions).order_by().values_list("trainee", flat=True)
    return {*cases.order_by().values_list("trainee", flat=True), *beside}


def readable_sessions(attendances: QuerySet[SessionAttendance], user: User) -> QuerySet[SessionAttendance]:
    """Those of trainees within this director's reach, nobody behind a barrier."""
    return without_barred(attendances.filter(within_reach(user, Role.DIRECTOR)), user, person="trainee")


def lapse_of(log: PracticeLog) -> LapseCase | None:
    """What put an entry under review; or, once it counts again, the decision that let it. No query for other entries."""
    if log.withdrawn_at is None or log.state not in QUESTIONABLE:
        return None
    decision = "" if log.state == LogState.QUESTIONED else LapseDecision.KEPT
    cases = LapseCase.objects.filter(entries__log=log, decision=decision).select_related("lapse", "decided_by")
    return cases.order_by("-id").first()


def lapses_of_sessions(attendances: Iterable[SessionAttendance]) -> dict[int, LapseCase]:
    """By attendance, what put it under review; or, once that is decided, the newest decision while it says how the session
    stands now. At most one query."""
    told = (AttendanceState.QUESTIONED, AttendanceState.CONFIRMED, AttendanceState.PROPOSED)
    states = {one.pk: one.state for one in attendances if one.state in told}
    if not states:
        return {}
    rows = LapseAttendance.objects.filter(attendance__in=states).exclude(case__decision=LapseDecision.ERROR)
    newest = {}
    for row in rows.select_related("case__lapse", "case__to__person").order_by("case_id"):
        if states[row.attendance_id] != AttendanceState.QUESTIONED or not row.case.decision:
            newest[row.attendance_id] = row.case
    return {pk: case for pk, case in newest.items() if (states[pk], case.decision) in SAYS_HOW_IT_STANDS}


def other_signers(supervisor: Supervisor) -> QuerySet[User]:
    """Who may be asked to sign again: whoever holds the role, with an account, but not the one whose paper had lapsed."""
    people = people_with_role(Role.SUPERVISOR).exclude(pk=supervisor.person_id or 0)
    return people.exclude(supervising__in=Supervisor.objects.exclude(state__in=MAY_SIGN))


def directors_of(enrolments: Iterable[Enrolment], *, but: Supervisor) -> dict[int, User]:
    """Whoever may have to decide, by id: the directors of these trainees without the supervisor herself."""
    found = {director.pk: director for one in enrolments for director in directors_to_tell(one)}
    return {pk: director for pk, director in found.items() if pk != but.person_id}
