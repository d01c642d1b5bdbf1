"""What sessions ask of a person, for the work list of the home page."""

from datetime import date

from django.db.models import BigIntegerField, Exists, OuterRef
from django.urls import reverse

from courses.enrolment.models import Enrolment
from courses.enrolment.queries import is_trainee, own_and_pinned, own_enrolments_with_facts
from courses.enrolment.rules import can_add_evidence
from courses.standards.queries import definition_of
from courses.standing.shown import PREFIX as EVERY_MARK
from courses.standing.shown import evidence_key
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import roles_of
from lms.web.memory import remember
from lms.web.prepared import PreparedQuery
from lms.web.templatetags.ui import day
from lms.web.worklist import Asker, WorkItem
from supervision.models import SessionAttendance
from supervision.sessions.enums import AttendanceState, SessionState
from supervision.sessions.gather import marks
from supervision.sessions.queries import own_attendances, ratio_of, reasons_of, waiting_for, weeks_for
from supervision.sessions.shown import due_sentence

RETURNED_SHOWN = 3
PREFIX = "due_mark_"


def has_returned_sessions() -> Exists:
    """Whether a person (`OuterRef("pk")`) has a session that came back to her."""
    returned = SessionAttendance.objects.filter(trainee=OuterRef("pk"), state=AttendanceState.DISPUTED)
    return Exists(returned.filter(session__state=SessionState.LOGGED).order_by())


def work_for_trainee(asker: Asker) -> list[WorkItem]:
    """What is due of the weekly ratio, before it fails; and sessions that came back. Nothing is asked of the database for
    whoever has neither."""
    items = _returned(asker.user) if asker.facts["has_returned_sessions"] else []
    for enrolment in asker.once(own_enrolments_with_facts) if is_trainee(asker.user) else ():
        if can_add_evidence(enrolment) and ratio_of(definition_of(enrolment.standard_version), enrolment):
            items += _due(enrolment)
    return items


def own_enrolments_with_due(user: User) -> list[Enrolment]:
    """A trainee's own, each with what `due_of` depends on and no other facts: four marks instead of all."""
    enrolments = _own_with_due(person=user.pk)
    for enrolment in enrolments:
        enrolment.person = user
    return enrolments


_own_with_due = PreparedQuery(
    lambda person: own_and_pinned(person).annotate(**{f"{PREFIX}{place}": mark for place, mark in enumerate(marks())}),
    person=BigIntegerField(),
)


def due_of(enrolment: Enrolment, prefix: str = EVERY_MARK) -> tuple[str, date | None, bool]:
    """What of supervision is due to an enrolment that was given with its facts, until when, and whether that is soon.
    `prefix` names the marks that came along."""
    if ratio_of(definition_of(enrolment.standard_version), enrolment) is None:
        return "", None, False
    key = evidence_key(enrolment, prefix)
    return _due_now(enrolment) if key is None else _sentence(enrolment, key)


def _due(enrolment: Enrolment) -> list[WorkItem]:
    sentence, last_day, is_soon = due_of(enrolment)
    if not sentence:
        return []
    url = f"{reverse('session_list')}?enrolment={enrolment.pk}"
    return [
        WorkItem(
            sentence,
            url,
            detail="For the direct contact that you have logged",
            action="See your weeks",
            tone="due" if is_soon else "info",
            due=last_day,
        )
    ]


@remember(seconds=600, most=1000)
def _sentence(enrolment: Enrolment, key: tuple) -> tuple[str, date | None, bool]:
    """Judged anew only when some evidence has changed, as the line of the standing is."""
    return _due_now(enrolment)


def _due_now(enrolment: Enrolment) -> tuple[str, date | None, bool]:
    own = weeks_for(enrolment)
    sentence, last_day = due_sentence(own)
    return sentence, last_day, last_day is not None and (last_day - own.today).days < 7


def _returned(user) -> list[WorkItem]:
    back = own_attendances(user).filter(state=AttendanceState.DISPUTED, session__state=SessionState.LOGGED)
    rows = list(back[:RETURNED_SHOWN])
    reasons = reasons_of(rows)
    return [
        WorkItem(
            f"Session returned by your supervisor: {reasons.get(row.pk, '')}",
            reverse("session_detail", args=[row.session_id]),
            detail=f"Session of {day(row.session.on)}",
            action="Put it right",
            tone="due",
        )
        for row in rows
    ]


def work_for_supervisor(asker: Asker) -> list[WorkItem]:
    user = asker.user
    if Role.SUPERVISOR not in roles_of(user):
        return []
    waiting = waiting_for(user).count()
    if not waiting:
        return []
    words = "1 session waits" if waiting == 1 else f"{waiting} sessions wait"
    return [WorkItem(f"{words} for you", reverse("review_sessions"), action="Open your sessions", tone="next")]
