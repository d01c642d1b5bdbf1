"""Adverse events: who is told, who may acknowledge, and what a trainee is shown at once."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from courses.curriculum.models import Program
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import directed_programs
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, has_role, people_with_role, roles_of, scope_ids, without_barred
from lms.institute.queries import institute
from supervision.models import AdverseAlert, AdverseResponder, PracticeLog


@dataclass(frozen=True)
class WhatToDo:
    """The words that a trainee reads at once. Empty where the institute has written none."""

    instructions: str
    contacts: str


def what_to_do(log: PracticeLog) -> WhatToDo:
    """The instructions for the site of the visit; the institute's own where the site has none."""
    site, ours = log.placement.site, institute()
    instructions = site.incident_instructions or ours.adverse_instructions
    return WhatToDo(instructions, site.emergency_contacts or ours.emergency_contacts)


def alert_of(log: PracticeLog) -> AdverseAlert | None:
    if not log.adverse_event:
        return None
    return AdverseAlert.objects.filter(log=log).select_related("responder", "acknowledged_by").first()


def responder_for(enrolment: Enrolment) -> User | None:
    """Whoever the program has set, else its first director; never the trainee, and nobody behind a barrier."""
    chosen = AdverseResponder.objects.filter(program=enrolment.program_id).select_related("person").first()
    if chosen and can_be_told(chosen.person, enrolment):
        return chosen.person
    return next(iter(directors_to_tell(enrolment)), None)


def directors_to_tell(enrolment: Enrolment) -> list[User]:
    here = {"program": enrolment.program_id, "cohort": enrolment.cohort_id}
    directors = people_with_role(Role.DIRECTOR).order_by("pk")
    return [one for one in directors if has_role(one, Role.DIRECTOR, **here) and can_be_told(one, enrolment)]


def can_be_told(person: User, enrolment: Enrolment) -> bool:
    return person.is_active and person.pk != enrolment.person_id and not has_barrier(person, enrolment.person_id)


def alerts_for(user: User) -> QuerySet[AdverseAlert]:
    """The alerts that this person responds to, or reads as director; never her own, nobody behind a barrier."""
    reach = Q(responder=user)
    if Role.DIRECTOR in roles_of(user):
        reach |= _reach(user)
    rows = AdverseAlert.objects.filter(reach).exclude(log__enrolment__person=user)
    rows = rows.select_related(
        *("log__enrolment__person", "log__placement__supervisor__person", "log__placement__site"),
        *("responder", "acknowledged_by"),
    )
    return without_barred(rows, user, person="log__enrolment__person").defer("log__reflection")


def _reach(user: User) -> Q:
    programs, cohorts = scope_ids(user, Role.DIRECTOR, Scope.PROGRAM), scope_ids(user, Role.DIRECTOR, Scope.COHORT)
    if programs is None or cohorts is None:
        return ~Q(pk__in=[])
    return Q(log__enrolment__program__in=programs) | Q(log__enrolment__cohort__in=cohorts)


def waiting_for(user: User) -> QuerySet[AdverseAlert]:
    """What this person has to acknowledge: as responder, or as director once nobody did in time."""
    mine = Q(responder=user) | Q(escalated_at__isnull=False) | Q(responder=None)
    return alerts_for(user).filter(mine, acknowledged_at=None)


def programs_to_set(user: User) -> QuerySet[Program]:
    """The programs whose responder this director sets."""
    return directed_programs(user).order_by("title", "pk")


def possible_responders() -> QuerySet[User]:
    """Whoever holds a role now."""
    people = [person.pk for role in Role for person in people_with_role(role)]
    return User.objects.filter(pk__in=people, is_active=True).order_by("display_name", "pk")
