"""The staff's desk. Each room registers the pages it offers there; a person sees those she may use."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lms.accounts.enums import Role
from lms.accounts.queries import roles_of


class DeskGroup(StrEnum):
    """What people come to the desk for, in the order in which it stands there."""

    PEOPLE = "People and cohorts"
    PRACTICE = "Supervised practice"
    COURSES = "Courses and assessments"
    CERTIFICATES = "Standards and certificates"
    MONEY = "Money"
    INSTITUTE = "The institute"


@dataclass(frozen=True)
class DeskEntry:
    title: str
    url_name: str
    body: str
    roles: frozenset[Role]
    group: DeskGroup
    order: int

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_entries: dict[str, DeskEntry] = {}


def register_desk(
    title: str, url_name: str, body: str, *, group: DeskGroup, roles: Iterable[Role], order: int = 100
) -> None:
    _entries[url_name] = DeskEntry(title, url_name, body, frozenset(roles), group, order)


def desk_entries_for(user) -> list[DeskEntry]:
    """What she may use, group after group."""
    held, groups = roles_of(user), list(DeskGroup)
    return sorted(
        (entry for entry in _entries.values() if entry.roles & held),
        key=lambda entry: (groups.index(entry.group), entry.order, entry.title),
    )


@login_required
@require_safe
def desk(request):
    entries = desk_entries_for(request.user)
    if not entries:
        raise PermissionDenied
    groups = [(group.value, list(found)) for group, found in groupby(entries, key=lambda entry: entry.group)]
    return render(request, "desk/index.html", {"groups": groups})
