"""A lapse found later: its visits and sessions are under review until a director decides. Signatures and history stay as
they are."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses.enrolment.registry import awards_of
from courses.standards.enums import Qualification
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import roles_of
from lms.audit.actions import record, record_each
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify, notify_many
from lms.notices.models import Notice
from lms.web.templatetags.ui import day
from supervision.actions.credit import credit_minutes, withdraw_minutes
from supervision.actions.practice import judge_visit, lock_logs, lock_people, move_logs, tell_supervisor
from supervision.enums import COUNTING, MAY_SIGN, REASON_MOST, Decision, LapseDecision, LogState
from supervision.guard import hard_stops_in, sentence_about
from supervision.models import (
    LapseCase,
    LapseEntry,
    LogMove,
    Placement,
    PracticeLog,
    QualificationLapse,
    SessionAttendance,
    SignOff,
    Supervisor,
)
from supervision.queries.lapse import (
    approved_by,
    confirmed_by,
    directors_of,
    entries_of,
    may_decide,
    people_of,
    sessions_of,
    trainees_of,
)
from supervision.queries.placement import supervised_by
from supervision.queries.practice import first_written, visit_of
from supervision.queries.surroundings import Around, Question
from supervision.rules import RULES
from supervision.sessions.actions.questioning import (
    lock_attendances,
    question_attendances,
    restore_attendances,
    send_to_confirm_again,
    take_back_attendances,
)
from supervision.sessions.enums import AttendanceState

NOT_YOURS = "Not all of these trainees are yours to decide about. Another program director does it."
DECIDED_MEANWHILE = "Another director has decided meanwhile. Reload the page and read what was decided."


@transaction.atomic
def record_lapse(
    supervisor: Supervisor, *, kind: Qualification, began_on: date, ended_on: date | None, source: str, by: User
) -> QualificationLapse:
    """Record that a paper was not valid from a day to a day, both included; without a last day, from then on.

    Everything that she approved of these days, visits and sessions, is under review from now on: it counts for nothing, it
    keeps its signature, and trainees, supervisor and directors are told.
    """
    source = _text(source, "Say where this was learnt. Directors read it.")
    people = lock_people(trainees_of(supervisor))
    supervisor = Supervisor.objects.select_for_update(of=("self",)).select_related("person").get(pk=supervisor.pk)
    _require_recorder(supervisor, by)
    _require_span(supervisor, kind, began_on, ended_on)
    lapse = QualificationLapse.objects.create(
        supervisor=supervisor,
        kind=Qualification(kind),
        began_on=began_on,
        ended_on=ended_on,
        source=source,
        recorded_by=by,
    )
    found = approved_by(supervisor, since=began_on, until=ended_on).order_by("pk").values_list("pk", flat=True)
    logs = [log for log in lock_logs(list(found)) if log.enrolment_id in people]
    sat = confirmed_by(supervisor, since=began_on, until=ended_on).order_by("pk").values_list("pk", flat=True)
    attendances = [one for one in lock_attendances(list(sat)) if one.enrolment_id in people]
    cases = _make_cases(lapse, [*logs, *attendances])
    _question_logs(lapse, logs, cases, by)
    question_attendances(attendances, cases, by=by)
    words = {"kind": lapse.kind, "supervisor": supervisor.pk, "began_on": began_on, "ended_on": ended_on}
    record("supervision.lapse.recorded", by=by, about=lapse, **words, **_ids(logs, attendances))
    _tell_of_lapse(lapse, cases)
    return lapse


def _ids(logs: Sequence[PracticeLog], attendances: Sequence[SessionAttendance]) -> dict[str, list[int]]:
    """What the audit row names."""
    return {"entries": sorted(log.pk for log in logs), "sessions": sorted(one.pk for one in attendances)}


def _text(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal(missing)
    if len(text) > REASON_MOST:
        raise Refusal(f"Say it in at most {REASON_MOST} characters.")
    if sentence := sentence_about(hard_stops_in(text)):
        raise Refusal(sentence)
    return text


def _require_recorder(supervisor: Supervisor, by: User) -> None:
    if Role.DIRECTOR not in roles_of(by):
        raise Refusal("This is for a program director.")
    if by.pk == supervisor.person_id:
        raise Refusal("These are your own papers. Another program director records it.")
    if Placement.objects.filter(Q(supervisor=supervisor) | Q(covered_by=supervisor), trainee=by).exists():
        raise Refusal("This person supervises you. Another program director records it.")


def _require_span(supervisor: Supervisor, kind: Qualification, began_on: date, ended_on: date | None) -> None:
    if began_on > timezone.localdate():
        raise Refusal("This day has not come yet. Record the lapse once it is there.")
    if ended_on and ended_on < began_on:
        raise Refusal("The last day comes before the first.")
    known = supervisor.lapses.filter(kind=kind, annulled_at=None)
    known = known.filter(Q(ended_on=None) | Q(ended_on__gte=began_on))
    known = known.filter(began_on__lte=ended_on) if ended_on else known
    if known.exists():
        raise Refusal("A lapse of this paper on some of these days is on record already.")


def _make_cases(lapse: QualificationLapse, concerned: Sequence[PracticeLog | SessionAttendance]) -> list[LapseCase]:
    """One for each enrolment, whether it is about visits, sessions or both."""
    enrolments = {one.enrolment_id: one.enrolment for one in concerned}
    return LapseCase.objects.bulk_create(
        LapseCase(lapse=lapse, enrolment=enrolment, trainee_id=enrolment.person_id) for enrolment in enrolments.values()
    )


def _question_logs(
    lapse: QualificationLapse, logs: Sequence[PracticeLog], cases: Sequence[LapseCase], by: User
) -> None:
    """An entry that another lapse put under review before stays there for both."""
    of_enrolment = {case.enrolment_id: case for case in cases}
    earlier = LapseEntry.objects.filter(log__in=[log.pk for log in logs if log.state == LogState.QUESTIONED])
    was = dict(earlier.order_by("id").values_list("log", "was"))
    LapseEntry.objects.bulk_create(
        LapseEntry(case=of_enrolment[log.enrolment_id], log=log, was=was.get(log.pk, log.state)) for log in logs
    )
    counting = [log for log in logs if log.state in COUNTING]
    if counting:
        withdraw_minutes(counting, by=by)
        move_logs(counting, LogState.QUESTIONED, by=by, withdrawn_at=timezone.now(), credited_at=None)
        record_each("supervision.log.questioned", [(log, {"lapse": lapse.pk}) for log in counting], by=by)


def _tell_of_lapse(lapse: QualificationLapse, cases: Sequence[LapseCase]) -> None:
    from supervision.signing.tasks import tell_lapse  # late: the tasks of signing import these actions

    notify_many(
        [
            Notice(
                key=f"lapse-{lapse.pk}-trainee-{case.pk}",
                person_id=case.trainee_id,
                subject="Some of your hours are under review",
                text="A paper of your supervisor may not have been valid on the days of some visits or supervision sessions "
                "that she signed for. Until a program director has decided, these hours do not count. You need not do anything, "
                "and nothing is lost: you are told what was decided.",
                path="/practice/",
                button="Open your log",
            )
            for case in cases
        ]
    )
    _tell_directors(lapse, cases)
    supervisor = lapse.supervisor
    if supervisor.person_id:
        notify(
            supervisor.person,
            key=f"lapse-{lapse.pk}-supervisor",
            subject="A paper of yours is recorded as not valid",
            text=lapse.words_for_supervisor,
            path="/",
            button="Open your page",
        )
    else:
        tell_lapse.enqueue(lapse.pk)


def _tell_directors(lapse: QualificationLapse, cases: Sequence[LapseCase]) -> None:
    if not cases:
        return
    awarded = " At least one of them holds a certificate; it stays as it is unless you decide otherwise."
    holds = awards_of([case.enrolment for case in cases])
    for director in directors_of([case.enrolment for case in cases], but=lapse.supervisor).values():
        notify(
            director,
            key=f"lapse-{lapse.pk}-director-{director.pk}",
            subject="Hours are under review after a lapse",
            text="A paper of a supervisor was recorded as not valid. Hours of your trainees count for nothing until you or "
            f"another director decides about them.{awarded if holds else ''}",
            path=f"/desk/lapses/{lapse.pk}/",
            button="Read and decide",
        )


@transaction.atomic
def decide_cases(
    lapse: QualificationLapse,
    cases: Collection[int],
    *,
    decision: LapseDecision,
    reason: str,
    by: User,
    to: Supervisor | None = None,
) -> list[LapseCase]:
    """Decide about the hours of some trainees at once: they count again in good faith, or `to` signs them again.

    All or none: raises `IllegalMove` when another director was faster with one of them, and `Refusal` when `to` may not
    sign an entry or a session, naming its day.
    """
    reason = _text(reason, "Give the reason. The trainees read it.")
    if decision not in (LapseDecision.KEPT, LapseDecision.AGAIN):
        raise Refusal("Choose: kept in good faith, or to be signed again.")
    held, logs, attendances = _held_cases(lapse, cases, by)
    if decision == LapseDecision.AGAIN:
        _require_signer(lapse, to, [*logs, *attendances])
        _sign_again(logs, to, by=by, reason=reason)
        send_to_confirm_again(attendances, to, by=by, reason=reason)
    else:
        to = None
        _count_again(logs, held, by=by, reason=reason)
        restore_attendances(attendances, held, by=by, reason=reason)
    _close(held, decision, reason=reason, by=by, to=to)
    words = {
        LapseDecision.KEPT: "A program director has decided that they count: they were approved in good faith.",
        LapseDecision.AGAIN: f"Another supervisor, {to}, reads and signs them again. You need not do anything.",
    }[LapseDecision(decision)]
    _tell_of_decision(held, words)
    return held


@transaction.atomic
def annul_lapse(lapse: QualificationLapse, *, reason: str, by: User) -> QualificationLapse:
    """Take back a lapse that was recorded in error. What is still under review because of it counts again, and so does what
    was sent to be signed again and still waits there; what else was decided before stays decided."""
    reason = _text(reason, "Say what the error was. The trainees read it.")
    undecided = lapse.cases.filter(decision="").values_list("pk", flat=True)
    lock_people(people_of(lapse.cases.all()))
    held, logs, attendances = _held_cases(lapse, list(undecided), by)
    lapse = QualificationLapse.objects.select_for_update(of=("self",)).select_related("supervisor").get(pk=lapse.pk)
    if lapse.annulled_at:
        raise IllegalMove(DECIDED_MEANWHILE)
    _require_recorder(lapse.supervisor, by)
    lapse.annulled_by, lapse.annulled_at, lapse.annulled_reason = by, timezone.now(), reason
    lapse.save(update_fields=["annulled_by", "annulled_at", "annulled_reason"])
    sent = list(lapse.cases.filter(decision=LapseDecision.AGAIN).select_related("lapse__supervisor", "enrolment"))
    back, sat_back = _take_back_logs(sent, by=by), take_back_attendances(sent, by=by)
    sent = _cases_of([*back, *sat_back], sent, by)
    record("supervision.lapse.annulled", by=by, about=lapse, cases=[case.pk for case in held], **_ids(back, sat_back))
    _count_again([*logs, *back], [*held, *sent], by=by, reason=reason)
    restore_attendances([*attendances, *sat_back], [*held, *sent], by=by, reason=reason)
    _close(held, LapseDecision.ERROR, reason=reason, by=by, to=None)
    words = "The lapse was recorded in error, and they count again."
    _tell_of_decision(held, words)
    _tell_of_decision(sent, words, key="back")
    return lapse


def _take_back_logs(cases: Sequence[LapseCase], *, by: User) -> list[PracticeLog]:
    """What these cases sent to be signed again and what still waits there is under review again, as the version that was
    signed. What another lapse sent too, and what the trainee has touched since, stays where it is."""
    rows = LapseEntry.objects.filter(case__in=cases).values_list("log", flat=True)
    too = LapseEntry.objects.filter(log__in=rows, case__decision=LapseDecision.AGAIN, case__lapse__annulled_at=None)
    kept = set(too.exclude(case__in=cases).values_list("log", flat=True))
    waiting = [log for log in lock_logs(list(rows)) if log.state == LogState.SUBMITTED and log.pk not in kept]
    moves = defaultdict(list)
    for move in LogMove.objects.filter(log__in=waiting).defer("reason").order_by("id"):
        moves[move.log_id].append(move)
    waiting = [log for log in waiting if moves[log.pk][-1].old == LogState.QUESTIONED]
    signed = SignOff.objects.filter(log__in=waiting, decision=Decision.APPROVED).order_by("id")
    newest = {sign_off.log_id: sign_off for sign_off in signed}
    for log in waiting:
        _as_signed(log, newest[log.pk], moves[log.pk])
    move_logs(waiting, LogState.QUESTIONED, by=by)
    return waiting


def _as_signed(log: PracticeLog, signed: SignOff, moves: Sequence[LogMove]) -> None:
    """The entry as it was when it was signed. Nothing but these columns has changed: it was locked, and then it waited."""
    placement = log.placement
    own = {None, placement.supervisor.person_id, placement.covered_by and placement.covered_by.person_id}
    log.version, log.flags = signed.version, json.loads(signed.content).get("flags", log.flags)
    log.reviewer_id = None if signed.signer_id in own else signed.signer_id
    log.submitted_at = [move.at for move in moves if move.new == LogState.SUBMITTED and move.at <= signed.signed_at][-1]
    log.save(update_fields=["version", "flags", "reviewer", "submitted_at"])


def _cases_of(
    concerned: Sequence[PracticeLog | SessionAttendance], cases: Sequence[LapseCase], by: User
) -> list[LapseCase]:
    """Those of the cases of which something was taken back, by somebody who decides about them."""
    enrolments = {one.enrolment_id for one in concerned}
    found = [case for case in cases if case.enrolment_id in enrolments]
    if not all(may_decide(by, case) for case in found):
        raise Refusal(NOT_YOURS)
    return found


def _held_cases(
    lapse: QualificationLapse, pks: Collection[int], by: User
) -> tuple[list[LapseCase], list[PracticeLog], list[SessionAttendance]]:
    """The cases and those of their entries and sessions that are under review, held, after a look at who decides."""
    asked = lapse.cases.filter(pk__in=pks)
    lock_people(people_of(asked))
    list(asked.select_for_update().order_by("pk").values_list("pk"))
    cases = list(asked.select_related("lapse__supervisor", "enrolment__person").order_by("pk"))
    if len(cases) != len(set(pks)):
        raise Refusal("Reload the page and choose again.")
    if any(case.decision for case in cases):
        raise IllegalMove(DECIDED_MEANWHILE)
    if not all(may_decide(by, case) for case in cases):
        raise Refusal(NOT_YOURS)
    entries = [log.pk for logs in entries_of(cases).values() for log in logs]
    logs = [log for log in lock_logs(entries) if log.state == LogState.QUESTIONED]
    sat = [one.pk for attendances in sessions_of(cases).values() for one in attendances]
    return cases, logs, [one for one in lock_attendances(sat) if one.state == AttendanceState.QUESTIONED]


def _count_again(logs: Sequence[PracticeLog], cases: Sequence[LapseCase], *, by: User, reason: str) -> None:
    """Back to what they were, unless another lapse keeps them under review."""
    others = LapseEntry.objects.filter(log__in=[log.pk for log in logs], case__decision="").exclude(case__in=cases)
    kept = set(others.values_list("log", flat=True))
    free = [log for log in logs if log.pk not in kept]
    if not free:
        return
    credit_minutes(free, by=by)
    was = dict(LapseEntry.objects.filter(case__in=cases).values_list("log", "was"))
    by_state = defaultdict(list)
    for log in free:
        by_state[was[log.pk]].append(log)
    for state, group in by_state.items():
        move_logs(group, LogState(state), by=by, reason=reason, credited_at=timezone.now())


def _require_signer(
    lapse: QualificationLapse, to: Supervisor | None, concerned: Sequence[PracticeLog | SessionAttendance]
) -> None:
    if to is None or not to.person_id or to.pk == lapse.supervisor_id or to.state not in MAY_SIGN:
        raise Refusal("Choose the supervisor who signs again. It is somebody else, with an account.")
    enrolments = {one.enrolment_id: one.enrolment for one in concerned}
    free = supervised_by(to.person, enrolments.values())
    if kept := sorted(str(one.person) for pk, one in enrolments.items() if pk not in free):
        raise Refusal(f"{to} cannot supervise {', '.join(kept)}. Choose another supervisor; nothing is decided yet.")


def _sign_again(logs: Sequence[PracticeLog], to: Supervisor, *, by: User, reason: str) -> None:
    """Into another supervisor's queue, as a new version: the old signature stays with the old one."""
    if not logs:
        return
    _require_no_correction(logs)
    flags, now = _flags_of(logs, to), timezone.now()
    move_logs(logs, LogState.SUBMITTED, by=by, reason=reason)
    for log in logs:
        log.reviewer, log.submitted_at, log.version, log.flags = to.person, now, log.version + 1, flags[log.pk]
        log.save(update_fields=["reviewer", "submitted_at", "version", "flags"])
    tell_supervisor(to.person, now)


def _require_no_correction(logs: Sequence[PracticeLog]) -> None:
    """The entry and its correction are of the same hours: neither could be approved beside the other."""
    begun = PracticeLog.objects.filter(supersedes__in=[log.pk for log in logs]).exclude(state=LogState.VOIDED)
    if correction := begun.select_related("enrolment__person").defer("reflection").order_by("pk").first():
        about = f"Visit of {day(correction.on)}, {correction.enrolment.person}"
        raise Refusal(
            f"{about}: a correction is under way. Let the trainee discard it, or keep the hours in good faith."
        )


def _flags_of(logs: Sequence[PracticeLog], to: Supervisor) -> dict[int, list[dict[str, str]]]:
    """What each is flagged for with the new supervisor. Raises `Refusal` when a rule would refuse her approval."""
    written, flags = first_written(logs), {}
    questions = {
        log.pk: Question(
            visit_of(log), log.enrolment, log.placement, frozenset({log.pk}), written[log.pk], approver=to.person
        )
        for log in logs
    }
    around = Around(list(questions.values()), now=timezone.now())
    for log in logs:
        question = questions[log.pk]
        try:
            flags[log.pk] = judge_visit(question.visit, around.of(question), RULES)
        except Refusal as refusal:
            about = f"Visit of {day(log.on)}, {log.enrolment.person}"
            raise Refusal(f"{about}: {refusal.message} Nothing is decided yet.") from refusal
    return flags


def _close(
    cases: Sequence[LapseCase], decision: LapseDecision, *, reason: str, by: User, to: Supervisor | None
) -> None:
    for case in cases:
        case.decision, case.reason, case.to = LapseDecision(decision), reason, to
        case.decided_by, case.decided_at = by, timezone.now()
        case.save(update_fields=["decision", "reason", "to", "decided_by", "decided_at"])
    told = [(case, {"decision": case.decision, "lapse": case.lapse_id, "to": to and to.pk}) for case in cases]
    record_each("supervision.lapse.decided", told, by=by)


def _tell_of_decision(cases: Sequence[LapseCase], words: str, *, key: str = "decided") -> None:
    notify_many(
        [
            Notice(
                key=f"lapse-{case.lapse_id}-{key}-{case.pk}",
                person_id=case.trainee_id,
                subject="Your hours under review were decided about",
                text=f"Some of your hours were under review because of a paper of your supervisor. {words}",
                path="/practice/",
                button="Open your log",
            )
            for case in cases
        ]
    )
