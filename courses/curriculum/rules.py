"""Who may do what with the curriculum."""

from courses.curriculum.models import Program
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role


def can_publish(user: User, program: Program) -> bool:
    """Directors of the institute or of the program. Faculty write pages; they do not issue editions."""
    return has_role(user, Role.DIRECTOR, program=program.pk)
