"""The staff's desk. Each room registers the pages it offers there; a person sees those she may use."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lms.accounts.enums import Role
from lms.accounts.queries import roles_of


@dataclass(frozen=True)
class DeskEntry:
    title: str
    url_name: str
    body: str
    roles: frozenset[Role]
    order: int

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_entries: dict[str, DeskEntry] = {}


def register_desk(title: str, url_name: str, body: str, *, roles: Iterable[Role], order: int = 100) -> None:
    _entries[url_name] = DeskEntry(title, url_name, body, frozenset(roles), order)


def desk_entries_for(user) -> list[DeskEntry]:
    held = roles_of(user)
    return sorted(
        (entry for entry in _entries.values() if entry.roles & held), key=lambda entry: (entry.order, entry.title)
    )


@login_required
@require_safe
def desk(request):
    entries = desk_entries_for(request.user)
    if not entries:
        raise PermissionDenied
    return render(request, "desk/index.html", {"entries": entries})
