"""The entries of the navigation that belong to no room."""

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet

from lms.accounts.queries import is_staff_member
from lms.web.desk import desk_entries_for
from lms.web.navigation import NavItem


def common_items(request) -> list[NavItem]:
    if not request.user.is_authenticated:
        return [NavItem("Sign in", "account_login", 95)]
    items = [NavItem("Home", "home", 10)]
    if desk_entries_for(request.user):
        items.append(NavItem("Desk", "desk", 80))
    if is_staff_member(request.user) and _opens_cms(request.user):
        items.append(NavItem("Edit pages", "wagtailadmin_home", 90))
    return items


def _opens_cms(user) -> bool:
    """As `has_perm` would say, without fetching every right. Known of whoever is signed in. The CMS itself asks again."""
    if not hasattr(user, "opens_cms"):
        user.opens_cms = _opening_groups(user).exists()
    return user.is_superuser or user.opens_cms


def opens_cms() -> Exists:
    """The fact behind it, asked along with a person's row."""
    return Exists(_opening_groups(OuterRef("pk")).order_by())


def _opening_groups(user) -> QuerySet[Group]:
    return Group.objects.filter(
        permissions__codename="access_admin", permissions__content_type__app_label="wagtailadmin", user=user
    )
