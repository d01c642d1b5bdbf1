"""Whose credentials a person may see, and what a stranger finds by code or address. Fetching is the permission check."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from certificates.enums import CredentialState, KeyAlgorithm, RequestState
from certificates.models import Credential, RevocationRequest
from certificates.queries.keys import current_key, private_key, published_keys, the_issuer
from certificates.signing.check import Outcome, Verdict, check_credential
from certificates.signing.errors import MissingKey
from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import scope_ids, without_barred
from lms.backup.errors import ProofFailed
from lms.web.templatetags.ui import day


@dataclass(frozen=True)
class Examination:
    """What our own careful look at the stored bytes found, now."""

    document: Verdict
    token: Verdict
    at: datetime

    @property
    def worst(self) -> Verdict:
        """The verdict that is not "valid", if either is not."""
        return self.document if not self.document.is_valid else self.token

    @property
    def holds(self) -> bool:
        """Whether signatures and status list could be verified, whatever they say."""
        return {self.document.outcome, self.token.outcome} <= {Outcome.VALID, Outcome.REVOKED, Outcome.EXPIRED}


def examine(credential: Credential, *, at: datetime | None = None) -> Examination:
    """Verify the stored bytes of both formats with the published keys and the signed status list, as a stranger would."""
    at = at or timezone.now()
    keys = published_keys(credential.achievement.issuer)
    status_list = credential.status_list
    lists = {status_list.address: json.loads(status_list.signed_json)}
    document, token = (
        check_credential(content, keys=keys, status_lists=lists, now=at)
        for content in (credential.signed_json, credential.signed_jwt)
    )
    return Examination(document, token, at)


def awards_of(enrolments: Sequence[Enrolment]) -> dict[int, str]:
    """By enrolment, the credential that stands on its evidence, in a few words. One query."""
    live = Credential.objects.live().filter(enrolment__in=[one.pk for one in enrolments])
    rows = live.order_by("conferred_at", "id").values_list("enrolment", "conferred_at", "state")
    words = "Certificate of {}, {}"
    return {pk: words.format(day(at), CredentialState(state).label.lower()) for pk, at, state in rows}


def credential_by_code(code: str) -> Credential | None:
    """For anybody who holds the code (already normalised)."""
    return Credential.objects.with_names().filter(code=code).first() if code else None


def credential_by_uuid(uuid: UUID) -> Credential | None:
    return Credential.objects.with_names().filter(uuid=uuid).first()


def credentials_for_user(user: User) -> models.QuerySet[Credential]:
    """The credentials a person holds, newest first."""
    return Credential.objects.with_names().filter(person=user)


def has_certificate() -> Exists:
    """Whether a person (`OuterRef("pk")`) holds a certificate that stands."""
    return Exists(Credential.objects.live().filter(person=OuterRef("pk")).order_by())


def credentials_for_director(user: User) -> models.QuerySet[Credential]:
    """Credentials this person directs, without people behind a barrier; says which have an open request to revoke."""
    open_request = RevocationRequest.objects.filter(credential=OuterRef("pk"), state=RequestState.OPEN)
    directed = Credential.objects.with_names().filter(within_direction(user, "enrolment__"))
    return without_barred(directed, user, person="person_id").annotate(has_open_request=Exists(open_request))


def credential_for_reader(user: User, uuid: UUID) -> Credential | None:
    """For its holder, and for those who direct its program."""
    own = credentials_for_user(user).filter(uuid=uuid).first()
    return own or credentials_for_director(user).filter(uuid=uuid).first()


def requests_for_director(user: User) -> models.QuerySet[RevocationRequest]:
    directed = RevocationRequest.objects.filter(within_direction(user, "credential__enrolment__"))
    return without_barred(directed, user, person="credential__person_id").select_related(
        "requested_by",
        "decided_by",
        "credential__person",
        "credential__achievement__program",
        "credential__achievement__issuer",
        "credential__status_list",
    )


def enrolments_for_director(user: User) -> models.QuerySet[Enrolment]:
    """Enrolments in the programs and cohorts this person directs."""
    directed = Enrolment.objects.filter(within_direction(user, ""))
    return without_barred(directed, user, person="person_id").select_related(
        "person", "program", "cohort", "standard_version__standard", "edition"
    )


def within_direction(user: User, to_enrolment: str) -> Q:
    """Rows whose enrolment lies within a director's scope. `to_enrolment` is the row's path to it."""
    programs, cohorts = (scope_ids(user, Role.DIRECTOR, scope) for scope in (Scope.PROGRAM, Scope.COHORT))
    if programs is None:
        return Q()
    return Q(**{f"{to_enrolment}program__in": programs}) | Q(**{f"{to_enrolment}cohort__in": cohorts})


def headline(credential: Credential, examination: Examination) -> str:
    """The word of the verification page: a stored state other than valid, else what the examination found."""
    if not examination.holds:
        return "unconfirmed"
    if credential.state != CredentialState.VALID:
        return credential.state
    return "expired" if credential.is_expired(examination.at) else examination.worst.outcome.value


def prove_newest(most: int = 20) -> str:
    """After a restore: the newest credentials still verify, with keys that open. Raises `ProofFailed`."""
    newest = list(Credential.objects.with_names().order_by("-id")[:most])
    for credential in newest:
        if not examine(credential).holds:
            raise ProofFailed(f"The credential {credential.uuid} does not verify any more.")
    issuer = the_issuer()
    try:
        for algorithm in KeyAlgorithm if issuer else ():
            private_key(current_key(issuer, algorithm))
    except MissingKey as missing:
        raise ProofFailed(str(missing)) from None
    return f"the newest {len(newest)} verify, and the signing keys open"
