"""Revoking takes two people, and is final."""

from django.db import transaction
from django.utils import timezone

from certificates.actions.moving import locked, move, refuse_the_partial, refuse_unless_legal
from certificates.enums import REQUEST_MOVES, CredentialState, RequestState
from certificates.models import Credential, RevocationRequest
from lms.accounts.models import User
from lms.audit.actions import record
from lms.enums import ReasonClass
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify


@transaction.atomic
def request_revocation(credential: Credential, *, by: User, reason_class: ReasonClass, why: str) -> RevocationRequest:
    """Ask for a revocation; nothing changes for the public until another director confirms it.

    Raises `Refusal` when a request is open already, when it is no longer live, or when `by` may not decide here.
    """
    credential = locked(credential)
    refuse_the_partial(credential, by)
    _refuse_what_is_over(credential)
    if credential.revocation_requests.filter(state=RequestState.OPEN).exists():
        raise Refusal("Somebody has asked to revoke this credential already. Another director can confirm it.")
    request = RevocationRequest.objects.create(
        credential=credential, reason_class=ReasonClass(reason_class), why=why, requested_by=by
    )
    record("certificates.revocation.requested", by=by, about=request, credential=credential.pk, reason=reason_class)
    return request


@transaction.atomic
def confirm_revocation(request: RevocationRequest, *, by: User) -> Credential:
    """Revoke: the page and the signed status list flip in this transaction, and the holder is told.

    Raises `Refusal` unless `by` is another person than the one who asked.
    """
    request = RevocationRequest.objects.select_for_update().get(pk=request.pk)
    credential = locked(request.credential)
    refuse_the_partial(credential, by)
    if by.pk == request.requested_by_id:
        raise Refusal("You asked for this revocation. Another director has to confirm it.")
    _refuse_what_is_over(credential)
    _decide(request, RequestState.CONFIRMED, by=by)
    move(
        credential,
        CredentialState.REVOKED,
        by=by,
        action="certificates.credential.revoked",
        reason_class=request.reason_class,
        why=request.why,
        requested_by=request.requested_by_id,
    )
    _tell_holder(credential, request)
    return credential


@transaction.atomic
def withdraw_revocation(request: RevocationRequest, *, by: User) -> RevocationRequest:
    """Close the request without revoking. Any director who may decide here can do so."""
    request = RevocationRequest.objects.select_for_update().get(pk=request.pk)
    refuse_the_partial(request.credential, by)
    _decide(request, RequestState.WITHDRAWN, by=by)
    record("certificates.revocation.withdrawn", by=by, about=request, credential=request.credential_id)
    return request


def _refuse_what_is_over(credential: Credential) -> None:
    refuse_unless_legal(credential, CredentialState.REVOKED, passive="revoked")


def _decide(request: RevocationRequest, state: RequestState, *, by: User) -> None:
    if state not in REQUEST_MOVES[request.state]:
        raise IllegalMove("This request has already been decided.")
    request.state, request.decided_by, request.decided_at = state, by, timezone.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])


def _tell_holder(credential: Credential, request: RevocationRequest) -> None:
    sentence = ReasonClass(request.reason_class).public_sentence
    notify(
        credential.person,
        key=f"credential-{credential.pk}-revoked",
        subject="A change to your certificate",
        text=(
            f"Your certificate “{credential.achievement.name}” has been revoked. {sentence} Anyone who checks it now reads "
            "“Revoked”. If you think this is a mistake, answer this message or write to the institute."
        ),
        path=credential.get_absolute_url(),
        button="See what the public sees",
    )
