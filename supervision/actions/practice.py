"""A trainee's acts on her own log. The person's enrolments are locked first, then the entry: in this order everywhere."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.audit.actions import record
from lms.disputes.queries import undecided_dispute_about
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.adverse import raise_alert
from supervision.enums import EDITABLE, MOVES, LogState
from supervision.models import LogClient, LogMove, LogSegment, Placement, PracticeLog
from supervision.queries.placement import may_review, may_supervise
from supervision.queries.practice import VISIT_COLUMNS, full_logs, logged_at, visit_of
from supervision.queries.surroundings import surroundings_of
from supervision.rules import RULES_OF_ADDING, Problem, Surroundings, Visit, flags_of, problems_of


class VisitRefused(Refusal):
    """The visit breaks rules; `problems` names the field beside which each sentence stands."""

    code = "visit_refused"

    def __init__(self, problems: list[Problem]):
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = problems


NO_SUPERVISOR = "The supervisor of this placement cannot review your entries now. Please ask your program director."

DISPUTED = (
    "You have disputed the return of this entry. It rests until there is an answer, or until you withdraw the dispute."
)


@transaction.atomic
def write_log(
    enrolment: Enrolment, visit: Visit, *, placement: Placement, by: User, shared: UUID | None = None
) -> PracticeLog:
    """Write a draft. Raises `VisitRefused` with every rule that the visit breaks.

    `shared` names the visit that another trainee has logged too.
    """
    enrolment = lock_person(enrolment)
    _require_writer(enrolment, by)
    _require_placement(placement, enrolment)
    flags = check_visit(visit, enrolment, placement, ignore=set())
    log = PracticeLog.objects.create(
        enrolment=enrolment, placement=placement, visit=shared, flags=flags, **_columns(visit)
    )
    _write_parts(log, visit)
    LogMove.objects.create(log=log, new=LogState.DRAFT, by=by)
    record("supervision.log.drafted", by=by, about=log, minutes=log.minutes, category=log.category_key)
    raise_alert(log, by=by)
    return log


@transaction.atomic
def edit_log(log: PracticeLog, visit: Visit, *, placement: Placement, by: User, version: int) -> PracticeLog:
    """Change a draft or a returned entry. `version` is what the form showed; a newer one is not overwritten."""
    enrolment, log = lock_log(log)
    _require_writer(enrolment, by)
    _require_placement(placement, enrolment)
    if log.state not in EDITABLE:
        raise IllegalMove(f"This entry is {log.get_state_display().lower()} and cannot be changed.")
    _require_undisputed(log)
    if log.version != version:
        raise Refusal("This entry was changed in another window. Reload the page and put your change in again.")
    log.flags = check_visit(visit, enrolment, placement, ignore=_own_time(log), logged_at=logged_at(log))
    for name, value in _columns(visit).items():
        setattr(log, name, value)
    log.placement, log.version = placement, log.version + 1
    log.save(update_fields=["placement", "version", "flags", *_columns(visit)])
    log.segments.all().delete()
    log.client_rows.all().delete()
    _write_parts(log, visit)
    record("supervision.log.edited", by=by, about=log, version=log.version, minutes=log.minutes)
    raise_alert(log, by=by)
    return log


@transaction.atomic
def submit_log(log: PracticeLog, *, by: User) -> PracticeLog:
    """Send an entry for review. Every rule is checked again, and the supervisor must be able to sign."""
    from supervision.signing.tasks import call  # late: the tasks of signing import these actions

    enrolment, log = lock_log(log)
    _require_writer(enrolment, by)
    _require_hers_to_send(log)
    _require_undisputed(log)
    if not may_review(log, enrolment):
        raise Refusal(NO_SUPERVISOR)
    log.flags = check_visit(
        visit_of(log),
        enrolment,
        log.placement,
        ignore=_own_time(log),
        logged_at=logged_at(log),
        approver=log.reviewing,
    )
    now = timezone.now()
    log.submitted_at, log.version = now, log.version + 1
    move_log(log, LogState.SUBMITTED, by=by, also=["submitted_at", "version", "flags"])
    record("supervision.log.submitted", by=by, about=log, version=log.version)
    if log.reviewing:
        tell_supervisor(log.reviewing, now)
    else:
        call.enqueue(log.placement.supervisor_id)  # by a task of its own: it holds her row, and here entries are held
    return log


@transaction.atomic
def retract_log(log: PracticeLog, *, by: User) -> PracticeLog:
    """Take an entry back while nobody has reviewed it; it becomes a draft."""
    enrolment, log = lock_log(log)
    _require_writer(enrolment, by)
    require_move(log, LogState.DRAFT)
    log.submitted_at = None
    move_log(log, LogState.DRAFT, by=by, also=["submitted_at"])
    record("supervision.log.retracted", by=by, about=log)
    return log


@transaction.atomic
def discard_log(log: PracticeLog, *, by: User) -> PracticeLog:
    """Set aside a draft or a returned entry. The row stays, and its time is free again."""
    enrolment, log = lock_log(log)
    _require_writer(enrolment, by)
    require_move(log, LogState.VOIDED)
    _require_undisputed(log)
    move_log(log, LogState.VOIDED, by=by)
    record("supervision.log.discarded", by=by, about=log)
    return log


@transaction.atomic
def correct_log(log: PracticeLog, *, by: User) -> PracticeLog:
    """Begin the correction of an approved entry: a new draft that names it. The old one counts until the new one is
    approved. Beginning twice gives the first correction back."""
    enrolment, log = lock_log(log)
    _require_writer(enrolment, by)
    _require_counting(log)
    begun = log.corrections.exclude(state=LogState.VOIDED).first()
    if begun:
        return begun
    visit = visit_of(log)
    correction = PracticeLog.objects.create(
        enrolment=enrolment,
        placement=log.placement,
        supersedes=log,
        visit=log.visit,
        flags=log.flags,
        **_columns(visit),
    )
    _write_parts(correction, visit)
    LogMove.objects.create(log=correction, new=LogState.DRAFT, by=by)
    record("supervision.log.corrected", by=by, about=correction, corrects=log.pk)
    return correction


# Shared with the supervisor's acts ------------------------------------------------------------------------------------


def lock_people(people: Collection[int]) -> dict[int, Enrolment]:
    """Hold all enrolments of these people, by the order of their ids: two who hold several never wait for each other."""
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(person__in=people).order_by("pk")
    return {row.pk: row for row in rows.select_related("person", "standard_version").defer("standard_version__data")}


def lock_person(enrolment: Enrolment) -> Enrolment:
    """Hold all enrolments of this person: visits of one person never overlap, whichever program they belong to."""
    return lock_people([enrolment.person_id])[enrolment.pk]


def lock_logs(pks: Collection[int]) -> list[PracticeLog]:
    """Hold the enrolments of everybody whose entries these are, then the entries, freshly read."""
    people = PracticeLog.objects.filter(pk__in=pks).order_by().values_list("enrolment__person", flat=True)
    enrolments = lock_people(set(people))
    list(PracticeLog.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
    logs = list(full_logs().filter(pk__in=pks).order_by("submitted_at", "pk"))
    for log in logs:
        log.enrolment = enrolments[log.enrolment_id]
    return logs


def lock_log(log: PracticeLog) -> tuple[Enrolment, PracticeLog]:
    """Hold the person's enrolments and the entry, freshly read."""
    enrolment = lock_person(log.enrolment)
    PracticeLog.objects.select_for_update().get(pk=log.pk)
    return enrolment, full_logs().get(pk=log.pk)


def check_visit(
    visit: Visit,
    enrolment: Enrolment,
    placement: Placement,
    *,
    ignore: set[int],
    rules: tuple = RULES_OF_ADDING,
    logged_at: datetime | None = None,
    approver: User | None = None,
) -> list[dict[str, str]]:
    """The flags of the visit, as they are stored with its entry. Raises `VisitRefused` with every rule that refuses it."""
    now = timezone.now()
    around = surroundings_of(
        visit, enrolment, placement, now=now, ignore=ignore, logged_at=logged_at, approver=approver
    )
    return judge_visit(visit, around, rules)


def judge_visit(visit: Visit, around: Surroundings, rules: tuple) -> list[dict[str, str]]:
    if problems := problems_of(visit, around, rules):
        raise VisitRefused(problems)
    return [asdict(flag) for flag in flags_of(visit, around)]


def move_log(
    log: PracticeLog, new: LogState, *, by: User | None, reason: str = "", also: list[str] | None = None
) -> None:
    """Change the state by the table of moves and write its history."""
    require_move(log, new)
    LogMove.objects.create(log=log, old=log.state, new=new, by=by, reason=reason)
    log.state = new
    log.save(update_fields=["state", *(also or [])])


def move_logs(logs: Sequence[PracticeLog], new: LogState, *, by: User | None, reason: str = "", **values) -> None:
    """Change the state of many by the same table, with the same values beside it."""
    for log in logs:
        require_move(log, new)
    LogMove.objects.bulk_create(LogMove(log=log, old=log.state, new=new, by=by, reason=reason) for log in logs)
    PracticeLog.objects.filter(pk__in=[log.pk for log in logs]).update(state=new, **values)
    for log in logs:
        for name, value in {"state": new, **values}.items():
            setattr(log, name, value)


def require_move(log: PracticeLog, new: LogState) -> None:
    if new not in MOVES[LogState(log.state)]:
        raise IllegalMove(f"This is not possible: the entry is now {LogState(log.state).label.lower()}.")


def _require_hers_to_send(log: PracticeLog) -> None:
    """What is under review after a lapse moves by a director's decision alone."""
    if log.state not in EDITABLE:
        raise IllegalMove(f"This is not possible: the entry is now {log.get_state_display().lower()}.")


def _require_counting(log: PracticeLog) -> None:
    if log.state == LogState.QUESTIONED:
        raise IllegalMove("This entry is under review after a lapse. A program director decides about it first.")
    require_move(log, LogState.SUPERSEDED)


def _require_undisputed(log: PracticeLog) -> None:
    """An entry rests while its return is disputed: nothing is answered that has changed meanwhile."""
    dispute = undecided_dispute_about(log) if log.state == LogState.RETURNED else None
    if dispute:
        raise Refusal(DISPUTED, next_step=("Open the dispute", reverse("dispute_detail", args=[dispute.pk])))


def _require_writer(enrolment: Enrolment, by: User) -> None:
    if by.pk != enrolment.person_id:
        raise Refusal("Only the trainee writes in this log.")


def _require_placement(placement: Placement, enrolment: Enrolment) -> None:
    if placement.enrolment_id != enrolment.pk:
        raise VisitRefused([Problem("placement", "Choose one of your own placements.")])
    if placement.declined_at or not may_supervise(placement.decider, enrolment):
        raise VisitRefused([Problem("placement", NO_SUPERVISOR)])


def _own_time(log: PracticeLog) -> set[int]:
    """The entry does not overlap itself, nor the one that it corrects, nor its own correction."""
    corrections = log.corrections.values_list("pk", flat=True)
    return {log.pk, *corrections} | ({log.supersedes_id} if log.supersedes_id else set())


def _columns(visit: Visit) -> dict:
    columns = {name: getattr(visit, name) for name in (*VISIT_COLUMNS, "began_at", "ended_at", "minutes")}
    return columns | {"touch_agreed_before": visit.touch_used and visit.touch_agreed_before}


def _write_parts(log: PracticeLog, visit: Visit) -> None:
    LogSegment.objects.bulk_create(
        LogSegment(log=log, phase=phase, minutes=minutes, position=position)
        for position, (phase, minutes) in enumerate(visit.segments)
    )
    LogClient.objects.bulk_create(LogClient(log=log, client_id=client) for client in sorted(visit.clients))


def tell_supervisor(supervisor: User, now: datetime) -> None:
    """At most one mail a day says that entries wait; the queue says which."""
    notify(
        supervisor,
        key=f"review-{supervisor.pk}-{now:%Y-%m-%d}",
        subject="Practice entries wait for your review",
        text="A trainee has sent you practice log entries. They count once you have approved them.",
        path="/review/",
        button="Open the review queue",
    )
