"""The entries of supervised practice in the main navigation."""

from courses.enrolment.queries import is_trainee
from lms.accounts.enums import Role
from lms.accounts.queries import roles_of
from lms.web.navigation import NavItem


def practice_items(request) -> list[NavItem]:
    if not request.user.is_authenticated:
        return []
    items = []
    if is_trainee(request.user):
        items.append(NavItem("Practice", "practice_list", 40))
    if Role.SUPERVISOR in roles_of(request.user):
        items.append(NavItem("Review", "review_queue", 50))
    return items
