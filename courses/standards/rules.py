"""Who may publish a standard."""

from courses.standards.models import Standard
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role


def can_publish(user: User, standard: Standard) -> bool:
    """Directors of the institute or of the standard's program."""
    return has_role(user, Role.DIRECTOR, program=standard.program_id)


def can_edit(user: User) -> bool:
    """Whether the draft can be opened in the CMS."""
    return user.has_perm("standards.change_standard")
