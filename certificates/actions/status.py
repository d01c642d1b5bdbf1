"""Status lists: handing out indexes, and signing the bits anew."""

import json
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from certificates.enums import LISTED_STATES, KeyAlgorithm
from certificates.models import Credential, Issuer, StatusList
from certificates.queries.keys import current_key, private_key
from certificates.queries.status import old_lists
from certificates.signing import documents
from certificates.signing.proofs import add_proof
from certificates.signing.status import encode_bits
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import people_with_role
from lms.audit.actions import record
from lms.notices.actions import notify

# A verifier that was given an old copy of the list must notice within a week.
VALID_FOR = timedelta(days=7)
# Random free places are found at once while a list is at most half full.
FULL_AT = StatusList.length // 2


def take_place(issuer: Issuer) -> tuple[StatusList, int]:
    """A random index that no credential ever had, in the newest list; call it inside the act's transaction.

    The list's row stays locked until the act ends, so two conferrals never take the same place.
    """
    newest = StatusList.objects.select_for_update().filter(issuer=issuer).order_by("-number").first()
    taken = set(newest.credentials.values_list("status_index", flat=True)) if newest else set()
    if newest is None or len(taken) >= FULL_AT:
        newest, taken = _new_list(issuer), set()
    while True:
        index = secrets.randbelow(StatusList.length)
        if index not in taken:
            return newest, index


@transaction.atomic
def sign_status_list(status_list: StatusList, *, by: User | None) -> StatusList:
    """Sign the list as the credentials stand now. Call it in the transaction that changed one of them."""
    status_list = StatusList.objects.select_for_update().select_related("issuer").get(pk=status_list.pk)
    _sign(status_list)
    status_list.save(update_fields=["signed_json", "signed_at", "valid_until"])
    record("certificates.status_list.signed", by=by, about=status_list, number=status_list.number)
    return status_list


def resign_status_lists() -> int:
    """Nightly: sign every list anew, so that none grows old. Returns how many."""
    lists = list(StatusList.objects.all())
    for status_list in lists:
        sign_status_list(status_list, by=None)
    return len(lists)


def warn_of_old_lists() -> int:
    """Tell the directors of the lists that nobody signs any more, once for each ageing. Returns how many lists are old.

    The worker asks too, because what ages a list is mostly a nightly round that does not run.
    """
    old = list(old_lists())
    for status_list in old:
        for director in people_with_role(Role.DIRECTOR):
            _warn(director, status_list)
    return len(old)


def _warn(director: User, status_list: StatusList) -> None:
    notify(
        director,
        key=f"status-list-{status_list.number}-of-{status_list.signed_at:%Y%m%dT%H%M%SZ}-old-{director.pk}",
        subject="Certificates need attention",
        text=(
            f"The list that says which certificates are revoked was last signed on {status_list.signed_at:%Y-%m-%d}. "
            f"From {status_list.valid_until:%Y-%m-%d} on, other verifiers will refuse every certificate. Please ask "
            "whoever runs the server to look at the nightly round and the signing keys."
        ),
    )


def _new_list(issuer: Issuer) -> StatusList:
    newest = StatusList.objects.order_by("-number").first()
    status_list = StatusList(issuer=issuer, number=newest.number + 1 if newest else 1)
    _sign(status_list)
    status_list.save(force_insert=True)
    return status_list


def _sign(status_list: StatusList) -> None:
    now = timezone.now().replace(microsecond=0)
    listed = Credential.objects.filter(status_list__number=status_list.number, state__in=LISTED_STATES)
    document = documents.status_list(
        url=status_list.address,
        did=status_list.issuer.did,
        encoded_list=encode_bits(listed.values_list("status_index", flat=True)),
        valid_from=now,
        valid_until=now + VALID_FOR,
    )
    key = current_key(status_list.issuer, KeyAlgorithm.ED25519)
    signed = add_proof(document, key=private_key(key), method=key.method_id, created=now)
    status_list.signed_json = json.dumps(signed, separators=(",", ":"))
    status_list.signed_at, status_list.valid_until = now, now + VALID_FOR
