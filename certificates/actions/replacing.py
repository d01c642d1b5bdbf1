"""Correction or change of name: the award is signed anew, and the earlier credential leads to nothing personal."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from certificates.actions.issuing import reissue_credential
from certificates.actions.moving import locked, move, refuse_the_partial, refuse_unless_legal
from certificates.enums import (
    LIVE_STATES,
    NAME_REQUEST_MOVES,
    REPLACING_REASONS,
    CredentialState,
    NameRequestState,
    RequestState,
)
from certificates.models import Credential, NameRequest
from certificates.queries.naming import has_another_name
from lms.accounts.models import User
from lms.audit.actions import record
from lms.enums import ReasonClass
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify

NOT_CONFIRMED = "The holder has not confirmed her name. Only a name its holder confirmed is ever signed."


@transaction.atomic
def supersede(
    credential: Credential,
    *,
    by: User,
    reason_class: ReasonClass,
    why: str,
    corrects_name: bool = True,
    discipline: str | None = None,
) -> Credential:
    """Replace a valid credential by a new one of the same award, and return the new one.

    `reason_class` is the issuer's error (name, discipline or both are corrected) or the holder's request (the name
    alone, and only while she asks for it). The name is the one the holder has confirmed herself. In this transaction
    the old one becomes superseded, on its page and in the signed status list, and the new one is signed.
    Raises `Refusal` when nothing would change, for any other state, and for who may not decide here.
    """
    credential = locked(credential)
    refuse_the_partial(credential, by)
    refuse_unless_legal(credential, CredentialState.SUPERSEDED, passive="replaced")
    request = credential.name_requests.filter(state=NameRequestState.OPEN).first()
    _refuse_the_wrong_reason(credential, ReasonClass(reason_class), request, discipline)
    if request and not corrects_name:
        raise Refusal("The holder asks for another name. Correct both at once, or close her request first.")
    corrections = _corrections(credential, corrects_name=corrects_name, discipline=discipline)
    move(
        credential,
        CredentialState.SUPERSEDED,
        by=by,
        action="certificates.credential.superseded",
        reason_class=reason_class,
        why=why,
    )
    new = reissue_credential(credential, corrections, by=by)
    if request:
        _decide(request, NameRequestState.ISSUED, by=by)
    _tell_holder(new)
    return new


@transaction.atomic
def request_name(credential: Credential, *, by: User) -> NameRequest:
    """The holder asks for her certificate in the name she has confirmed since. An open request is given back.

    Raises `PermissionDenied` for anybody else, `Refusal` when there is nothing to change or it stands no more.
    """
    credential = locked(credential)
    if by.pk != credential.person_id:
        raise PermissionDenied
    if credential.state not in LIVE_STATES:
        raise IllegalMove("This certificate stands no more, so it cannot be issued in another name.")
    if not by.has_confirmed_legal_name:
        raise Refusal("Confirm the name on your profile first.", next_step=("Open your profile", reverse("profile")))
    if not has_another_name(credential, by):
        raise Refusal("This certificate carries the name you have confirmed already.")
    request = credential.name_requests.filter(state=NameRequestState.OPEN).first()
    if request is None:
        request = NameRequest.objects.create(credential=credential, requested_by=by)
        record("certificates.name.requested", by=by, about=request, credential=credential.pk)
    return request


@transaction.atomic
def close_name_request(request: NameRequest, *, by: User, answer: str) -> NameRequest:
    """Close a request without issuing; the holder reads the answer beside her certificate."""
    request = NameRequest.objects.select_for_update().get(pk=request.pk)
    refuse_the_partial(request.credential, by)
    _decide(request, NameRequestState.CLOSED, by=by, answer=answer)
    record("certificates.name.closed", by=by, about=request, credential=request.credential_id)
    notify(
        request.requested_by,
        key=f"name-request-{request.pk}-closed",
        subject="An answer to your request",
        text="A program director has answered your request for a certificate in another name. You find the answer "
        "beside your certificate.",
        path=reverse("certificate_list"),
        button="Open my certificates",
    )
    return request


def _refuse_the_wrong_reason(
    credential: Credential, reason: ReasonClass, request: NameRequest | None, discipline: str | None
) -> None:
    if reason not in REPLACING_REASONS:
        raise Refusal("A certificate is replaced to correct an error of the institute, or when its holder asks.")
    if reason == ReasonClass.HOLDER_REQUEST and (request is None or discipline is not None):
        raise Refusal(
            "The holder has not asked for this. She asks for her new name on her certificates page; anything else on a "
            "certificate changes only when the institute made an error."
        )
    if credential.revocation_requests.filter(state=RequestState.OPEN).exists():
        raise Refusal("A request to revoke this certificate is open. It has to be decided first.")


def _corrections(credential: Credential, *, corrects_name: bool, discipline: str | None) -> Mapping[str, str]:
    """The facts that become others. Raises `Refusal` when there are none, or when the name is not confirmed."""
    corrections = {}
    if corrects_name:
        holder = User.objects.select_for_update(no_key=True).get(pk=credential.person_id)
        if not holder.has_confirmed_legal_name:
            raise Refusal(NOT_CONFIRMED)
        if has_another_name(credential, holder):
            corrections["holder_name"] = holder.legal_name
            corrections["name_confirmed_at"] = holder.legal_name_confirmed_at.isoformat()
    if discipline is not None and discipline != credential.snapshot["discipline"]:
        corrections["discipline"] = discipline
    if not corrections:
        raise Refusal("Nothing would change: the certificate says this already.")
    return corrections


def _decide(request: NameRequest, state: NameRequestState, *, by: User, answer: str = "") -> None:
    if state not in NAME_REQUEST_MOVES[request.state]:
        raise IllegalMove("This request has already been answered.")
    request.state, request.decided_by, request.decided_at, request.answer = state, by, timezone.now(), answer
    request.save(update_fields=["state", "decided_by", "decided_at", "answer"])


def _tell_holder(credential: Credential) -> None:
    notify(
        credential.person,
        key=f"credential-{credential.pk}-replaces",
        subject="Your certificate was issued anew",
        text=(
            f"“{credential.achievement.name}” has been issued anew with corrected details. Its verification code is a new "
            "one: please pass on that one from now on. Whoever checks the earlier certificate reads that it was replaced, "
            "and no name."
        ),
        path=reverse("certificate_list"),
        button="Open my certificates",
    )
