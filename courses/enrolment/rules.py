"""Who may do what with cohorts and enrolments, and how it is said. Reading is decided by the queries."""

from datetime import date

from courses.enrolment.enums import MOVES, OPEN_STATES, READING_STATES, EnrolmentState
from courses.enrolment.models import Cohort, Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role
from lms.web.templatetags.ui import day


def can_read_edition(enrolment: Enrolment) -> bool:
    """Lessons are open while active and after completion; never a condition for reading one's own records."""
    return enrolment.state in READING_STATES


def can_add_evidence(enrolment: Enrolment) -> bool:
    """New practice may be logged while the enrolment is open: a pause never blocks a person's own log."""
    return enrolment.state in OPEN_STATES


def may_move(old: str, new: str) -> bool:
    return new in MOVES[EnrolmentState(old)]


def days_in_words(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


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


STAYS_OPEN = (
    "Your practice log with its export, your standing, your records and disputes stay open to you, without an end."
)
LOGGING_GOES_ON = "You can go on logging practice. "


def title_of_state(state: str) -> str:
    """What a trainee reads first when her lessons are closed."""
    return "Your enrolment is paused" if state == EnrolmentState.PAUSED else "Your enrolment has ended"


def words_of_closed(state: str, since: date | None, finish_by: date | None) -> str:
    """What is closed, what stays open, and until when, for an enrolment in which lessons are not read now."""
    begun = f" since {day(since)}" if since else ""
    if state != EnrolmentState.PAUSED:
        return f"The lessons are closed{begun}. {STAYS_OPEN}"
    until = (
        f" Your time ends on {day(finish_by)}, and the paused days are added to it when you go on." if finish_by else ""
    )
    return f"The lessons are closed{begun}, until it goes on. {LOGGING_GOES_ON}{STAYS_OPEN}{until}"
