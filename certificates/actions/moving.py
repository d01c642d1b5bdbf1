"""Changing the state of a credential: what every such act shares."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from certificates.actions.status import sign_status_list
from certificates.enums import MOVES, CredentialState
from certificates.models import Credential, CredentialMove
from certificates.rules import may_decide_on
from lms.accounts.models import User
from lms.accounts.queries import has_barrier
from lms.audit.actions import record
from lms.enums import ReasonClass
from lms.errors import IllegalMove, Refusal


def locked(credential: Credential) -> Credential:
    """The row as it is now, locked until the act ends."""
    return (
        Credential.objects.select_for_update(of=("self",))
        .select_related("achievement__issuer", "status_list", "enrolment")
        .get(pk=credential.pk)
    )


def refuse_the_partial(credential: Credential, by: User) -> None:
    """Raises `PermissionDenied` for who directs another program, `Refusal` for the holder and behind a barrier."""
    if not may_decide_on(by, credential):
        raise PermissionDenied
    if by.pk == credential.person_id or has_barrier(by, credential.person_id):
        raise Refusal("You cannot decide on this credential. Please ask another director.")


def refuse_unless_legal(credential: Credential, new: CredentialState, *, passive: str) -> None:
    if new not in MOVES[credential.state]:
        state, when = credential.get_state_display().lower(), "now" if MOVES[credential.state] else "any more"
        raise IllegalMove(f"This credential is {state}; it cannot be {passive} {when}.")


@transaction.atomic
def move(
    credential: Credential,
    new: CredentialState,
    *,
    by: User,
    action: str,
    reason_class: ReasonClass,
    why: str = "",
    **data: int | None,
) -> None:
    """Change the state of a locked credential, write its history and its audit row, and sign its status list anew."""
    old, credential.state = credential.state, new
    credential.save(update_fields=["state"])
    CredentialMove.objects.create(
        credential=credential, old=old, new=new, reason_class=reason_class, why=why, by=by, at=timezone.now()
    )
    sign_status_list(credential.status_list, by=by)
    record(action, by=by, about=credential, old=old, new=new, reason=reason_class, **data)
