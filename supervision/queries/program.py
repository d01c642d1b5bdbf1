"""What directors and registrars may verify. Fetching is the permission check."""

from django.db.models import Q, QuerySet

from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import roles_of, scope_ids, without_barred
from supervision.enums import COUNTING
from supervision.models import PracticeLog
from supervision.queries.practice import full_logs

VERIFIERS = (Role.DIRECTOR, Role.REGISTRAR)


def logs_to_verify(user: User, *roles: Role) -> QuerySet[PracticeLog]:
    """Approved and verified entries within the reach of these roles (director and registrar unless named); never her
    own, nobody behind a barrier."""
    reach = Q(pk__in=[])
    for role in roles or VERIFIERS:
        if role in roles_of(user):
            reach |= _reach(user, role)
    rows = full_logs().filter(reach, state__in=COUNTING).exclude(enrolment__person=user)
    return without_barred(rows, user, person="enrolment__person")


def _reach(user: User, role: Role) -> Q:
    programs, cohorts = scope_ids(user, role, Scope.PROGRAM), scope_ids(user, role, Scope.COHORT)
    if programs is None or cohorts is None:
        return ~Q(pk__in=[])
    return Q(enrolment__program__in=programs) | Q(enrolment__cohort__in=cohorts)
