"""What the menu and the home page's work list show of certificates."""

from collections.abc import Iterable

from django.urls import reverse

from certificates.enums import RequestState
from certificates.queries.credentials import credentials_for_user, requests_for_director
from certificates.queries.naming import open_name_requests
from lms.accounts.queries import is_director
from lms.web.navigation import NavItem
from lms.web.worklist import Asker, WorkItem


def entries(request) -> Iterable[NavItem]:
    """Everybody may verify; a signed-in person has her certificates. Directors find theirs on the desk."""
    if not request.user.is_authenticated:
        yield NavItem("Verify a certificate", "verify", 50)
    elif not is_director(request.user):
        yield NavItem("Certificates", "certificate_list", 60)


def work(asker: Asker) -> Iterable[WorkItem]:
    yield from _requests_to_confirm(asker.user)
    yield from _names_asked_for(asker.user)
    if asker.facts["has_certificate"]:
        yield from _new_certificate(asker.user)


def _requests_to_confirm(user) -> Iterable[WorkItem]:
    if not is_director(user):
        return
    waiting = requests_for_director(user).filter(state=RequestState.OPEN).exclude(requested_by=user)
    for request in waiting.order_by("requested_at", "id"):
        yield WorkItem(
            title=f"A request to revoke {request.credential.snapshot['holder_name']}’s certificate needs a second person",
            url=reverse("desk_revocation", args=[request.pk]),
            detail=f"Asked for by {request.requested_by}.",
            action="Look at it",
            tone="due",
            due=request.requested_at.date(),
        )


def _names_asked_for(user) -> Iterable[WorkItem]:
    if not is_director(user):
        return
    for request in open_name_requests(user):
        yield WorkItem(
            title=f"{request.requested_by} asks for a certificate in another name",
            url=reverse("desk_replace", args=[request.credential_id]),
            detail=request.credential.achievement.name,
            action="Look at it",
            tone="due",
            due=request.requested_at.date(),
        )


def _new_certificate(user) -> Iterable[WorkItem]:
    newest = credentials_for_user(user).live().first()
    if newest:
        yield WorkItem(
            title=f"Your certificate: {newest.achievement.name}",
            url=reverse("certificate_list"),
            detail="Download it, or pass on its verification code.",
            action="Open",
            tone="info",
        )
