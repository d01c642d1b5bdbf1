"""Who asks for a certificate in another name."""

from django.db import models

from certificates.enums import LIVE_STATES, NameRequestState
from certificates.models import Credential, NameRequest
from certificates.queries.credentials import within_direction
from lms.accounts.models import User
from lms.accounts.queries import without_barred


def has_another_name(credential: Credential, holder: User) -> bool:
    """Whether the name she has confirmed is another than the one on the certificate."""
    return holder.has_confirmed_legal_name and holder.legal_name != credential.snapshot["holder_name"]


def name_requests_for_director(user: User) -> models.QuerySet[NameRequest]:
    """Requests within what this person directs, her own and those behind a barrier left out."""
    rows = NameRequest.objects.filter(within_direction(user, "credential__enrolment__")).exclude(requested_by=user)
    return without_barred(rows, user, person="credential__person_id").select_related(
        "requested_by", "credential__person", "credential__achievement"
    )


def latest_name_requests(credentials: list[Credential]) -> dict[int, NameRequest]:
    """The newest request of each credential, in one query."""
    rows = NameRequest.objects.filter(credential__in=[credential.pk for credential in credentials]).order_by("id")
    return {request.credential_id: request for request in rows}


def open_name_requests(user: User) -> models.QuerySet[NameRequest]:
    """What waits for this director, oldest first; a request about what stands no more waits for nobody."""
    waiting = name_requests_for_director(user).filter(state=NameRequestState.OPEN, credential__state__in=LIVE_STATES)
    return waiting.order_by("requested_at", "id")
