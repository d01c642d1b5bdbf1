"""Handing over everything that is open with a supervisor: in one act, with a reason. What is signed stays as it is."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal
from lms.notices.actions import notify
from supervision.actions.practice import lock_people, tell_supervisor
from supervision.enums import MAY_SIGN, REASON_MOST, HandoverCause
from supervision.guard import hard_stops_in, sentence_about
from supervision.models import Handover, Placement, PracticeLog, SupervisionSession, Supervisor
from supervision.queries.handover import Caseload, caseload_of
from supervision.queries.placement import supervised_by
from supervision.sessions.enums import SessionState


@transaction.atomic
def hand_over(
    giver: Supervisor,
    *,
    to: Supervisor,
    cause: HandoverCause,
    reason: str,
    since: date,
    by: User,
    of: Supervisor | None = None,
) -> Handover:
    """Let another supervisor decide about everything that is open with this one: placements, entries, sessions.

    The placements stay what they are, with their supervisor of old; `to` covers them. Given back to that one, they are
    covered by nobody. Only what lies within the director's reach moves. `of`: only what the giver covers for this other
    supervisor. Raises `Refusal` when `to` may not supervise one
    of the trainees, without saying why.
    """
    reason = _reason(reason)
    if to.pk == giver.pk:
        raise Refusal("Choose another supervisor.")
    if since > timezone.localdate():
        raise Refusal("Choose today or an earlier day: the work moves at once.")
    lock_people({one.person_id for one in caseload_of(giver, by, of=of).enrolments})
    load = caseload_of(giver, by, of=of)  # as it is now that nobody else can decide or send
    if not load.enrolments:
        raise Refusal(f"Nothing of {giver} is open.")
    _require_taker(to, load.enrolments)
    _move_placements(load.placements, to, since)
    PracticeLog.objects.filter(pk__in=[log.pk for log in load.entries if log.reviewer_id]).update(reviewer=to.person)
    _move_sessions(load.sessions, to)
    handover = Handover.objects.create(
        giver=giver,
        taker=to,
        cause=HandoverCause(cause),
        reason=reason,
        since=since,
        placements=len(load.placements),
        entries=len(load.entries),
        sessions=len(load.sessions),
        by=by,
    )
    _record(handover, load)
    _tell(handover, load, to)
    return handover


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refusal("Say why the work is handed over. Other directors read it.")
    if len(reason) > REASON_MOST:
        raise Refusal(f"Give the reason in at most {REASON_MOST} characters.")
    if sentence := sentence_about(hard_stops_in(reason)):
        raise Refusal(sentence)
    return reason


def _require_taker(to: Supervisor, enrolments: list[Enrolment]) -> None:
    free = supervised_by(to.person, enrolments) if to.person and to.state in MAY_SIGN else set()
    kept = sorted({str(one.person) for one in enrolments if one.pk not in free})
    if kept:
        raise Refusal(f"{to} cannot supervise {', '.join(kept)}. Choose another supervisor; nothing has moved.")


def _move_placements(placements: list[Placement], to: Supervisor, since: date) -> None:
    back = [one.pk for one in placements if one.supervisor_id == to.pk]
    Placement.objects.filter(pk__in=back).update(covered_by=None, covered_from=None)
    others = [one.pk for one in placements if one.supervisor_id != to.pk]
    Placement.objects.filter(pk__in=others).update(covered_by=to, covered_from=since)


def _move_sessions(sessions: list[SupervisionSession], to: Supervisor) -> None:
    """What is planned is led by the new one. What took place was led by the old one, and is confirmed by the new one."""
    ahead = [one.pk for one in sessions if one.state == SessionState.PLANNED and one.ended_at > timezone.now()]
    SupervisionSession.objects.filter(pk__in=ahead).update(supervisor=to, covered_by=None)
    past = [one for one in sessions if one.pk not in ahead]
    back = [one.pk for one in past if one.supervisor_id == to.pk]
    SupervisionSession.objects.filter(pk__in=back).update(covered_by=None)
    others = [one.pk for one in past if one.supervisor_id != to.pk]
    SupervisionSession.objects.filter(pk__in=others).update(covered_by=to)


def _record(handover: Handover, load: Caseload) -> None:
    record(
        "supervision.work.handed_over",
        by=handover.by,
        about=handover,
        giver=handover.giver_id,
        taker=handover.taker_id,
        cause=handover.cause,
        since=handover.since,
        placements=[one.pk for one in load.placements],
        entries=[one.pk for one in load.entries],
        sessions=[one.pk for one in load.sessions],
    )


def _tell(handover: Handover, load: Caseload, to: Supervisor) -> None:
    if load.entries:
        tell_supervisor(to.person, handover.at)
    for person in {one.person_id: one.person for one in load.enrolments}.values():
        notify(
            person,
            key=f"handover-{handover.pk}-{person.pk}",
            subject="Another supervisor reviews your practice",
            text=f"From now on {to} reviews your entries and sessions. You need not do anything, and what was approved stays.",
            path="/practice/",
            button="Open your log",
        )
