"""Who may do what with cohorts and enrolments. Reading is decided by the queries: fetching is the check."""

from courses.enrolment.enums import MOVES, OPEN_STATES, READING_STATES, EnrolmentState
from courses.enrolment.models import Cohort, Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role


def can_read_edition(enrolment: Enrolment) -> bool:
    """Lessons are open while active and after completion; never a condition for reading one's own records."""
    return enrolment.state in READING_STATES


def can_add_evidence(enrolment: Enrolment) -> bool:
    """New practice may be logged while the enrolment is open: a pause never blocks a person's own log."""
    return enrolment.state in OPEN_STATES


def may_move(old: str, new: str) -> bool:
    return new in MOVES[EnrolmentState(old)]


def can_manage_cohort(user: User, cohort: Cohort) -> bool:
    """Directors of the institute, of its program or of the cohort itself."""
    return has_role(user, Role.DIRECTOR, program=cohort.program_id, cohort=cohort.pk)


def can_manage_enrolment(user: User, enrolment: Enrolment) -> bool:
    """As for its cohort; nobody manages her own enrolment."""
    is_director = has_role(user, Role.DIRECTOR, program=enrolment.program_id, cohort=enrolment.cohort_id)
    return is_director and user.pk != enrolment.person_id


def can_see_reasons(user: User, enrolment: Enrolment) -> bool:
    """Why a deadline or a state was changed is for directors only: it may be a leave."""
    return can_manage_enrolment(user, enrolment)


def can_manage_people(user: User) -> bool:
    """Roles and barriers are for directors of the whole institute."""
    return has_role(user, Role.DIRECTOR)
