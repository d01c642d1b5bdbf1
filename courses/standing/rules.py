"""Who may waive requirements and hold an award."""

from courses.enrolment.models import Enrolment
from courses.enrolment.rules import can_manage_enrolment
from lms.accounts.models import User


def can_decide_award(user: User, enrolment: Enrolment) -> bool:
    """Directors within reach, never for themselves. A barrier is checked by the act."""
    return can_manage_enrolment(user, enrolment)
