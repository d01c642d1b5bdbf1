"""Conferring, exactly once."""

import json
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from certificates import snapshot as snapshots
from certificates.actions.keys import mark_used, prepare_issuer
from certificates.actions.status import take_place
from certificates.enums import CredentialState, KeyAlgorithm
from certificates.models import Achievement, Credential, CredentialMove, Issuer
from certificates.queries.conferral import (
    assessors_of,
    blockers,
    is_demonstration,
    live_credential_of,
    standing_under_lock,
)
from certificates.queries.keys import current_key, private_key
from certificates.rules import may_confer
from certificates.signing import documents
from certificates.signing.errors import MissingKey
from certificates.signing.proofs import add_proof
from certificates.signing.tokens import sign_token
from courses.enrolment.actions import move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.standards.contract import Result
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal
from lms.institute.queries import institute
from lms.notices.actions import notify

# A verifier whose clock is a little slow must not read "not yet valid".
SET_BACK = timedelta(seconds=10)


@transaction.atomic
def confer(enrolment: Enrolment, *, by: User) -> Credential:
    """Confer the credential of this enrolment and return it; a second call returns the first one.

    Under the enrolment's lock: 1. an earlier live credential is given back; 2. every gate is checked again (standing,
    holds, barriers, the holder's consent to her name); 3. snapshot, signatures and row are written; 4. the enrolment
    is completed. Raises `PermissionDenied` for who directs another program and `Refusal` with the first open gate.
    """
    enrolment = _locked(enrolment)
    if not may_confer(by, enrolment):
        raise PermissionDenied
    earlier = live_credential_of(enrolment)
    if earlier:
        return earlier
    standing = standing_under_lock(enrolment)
    for blocker in blockers(enrolment, standing, by=by):
        raise Refusal(blocker.sentence, next_step=blocker.next_step)
    credential = _issue(enrolment, standing.results, by=by)
    if enrolment.state == EnrolmentState.ACTIVE:
        move_enrolment(enrolment, EnrolmentState.COMPLETED, by=by, reason="Credential conferred")
    record(
        "certificates.credential.conferred", by=by, about=credential, enrolment=enrolment.pk, person=enrolment.person_id
    )
    _tell_holder(credential)
    return credential


def _locked(enrolment: Enrolment) -> Enrolment:
    return (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("person", "program", "edition", "standard_version__standard")
        .get(pk=enrolment.pk)
    )


def _issue(enrolment: Enrolment, results: Sequence[Result], *, by: User) -> Credential:
    issuer = prepare_issuer()
    now = timezone.now().replace(microsecond=0)
    achievement = _achievement(issuer, enrolment, results)
    credential = Credential(
        enrolment=enrolment, person=enrolment.person, achievement=achievement, conferred_by=by, conferred_at=now
    )
    credential.is_demonstration = achievement.is_demonstration
    credential.snapshot = snapshots.freeze(_award(credential, issuer, results))
    try:
        credential.status_list, credential.status_index = take_place(issuer)
        _sign(credential, issuer, now)
    except MissingKey as missing:
        raise Refusal(f"Nothing can be signed now: {missing} Ask whoever runs this site.") from missing
    mark_used(issuer)
    credential.save(force_insert=True)
    CredentialMove.objects.create(credential=credential, new=CredentialState.VALID, by=by, at=now)
    return credential


def _achievement(issuer: Issuer, enrolment: Enrolment, results: Sequence[Result]) -> Achievement:
    """The achievement of this standard version, made at its first award and never changed."""
    version, is_demo = enrolment.standard_version, is_demonstration(enrolment)
    title = version.data["title"]
    sentences = [f"{result.title}: {snapshots.amount(result)}." for result in results]
    achievement, _ = Achievement.objects.get_or_create(
        standard_version=version,
        is_demonstration=is_demo,
        defaults={
            "issuer": issuer,
            "program": enrolment.program,
            "name": (snapshots.DEMONSTRATION if is_demo else "") + title,
            "description": (snapshots.DEMONSTRATION_SENTENCE if is_demo else "")
            + (version.standard.description or f"Completion of {enrolment.program.title}."),
            "criteria": snapshots.criteria(title, version.number, sentences),
            "results": [[key, name] for key, name, _ in snapshots.hour_lines(results)],
        },
    )
    return achievement


def _award(credential: Credential, issuer: Issuer, results: Sequence[Result]) -> snapshots.Award:
    enrolment, person, version = credential.enrolment, credential.person, credential.enrolment.standard_version
    return snapshots.Award(
        holder_name=person.legal_name,
        name_confirmed_at=person.legal_name_confirmed_at,
        title=credential.achievement.name,
        program=enrolment.program.title,
        issuer_name=_issuer_name(),
        issuer_did=issuer.did,
        standard_title=version.data["title"],
        standard_number=version.number,
        standard_hash=version.hash,
        edition_number=enrolment.edition.number,
        track=enrolment.get_track_display(),
        discipline=enrolment.discipline,
        enrolled_on=enrolment.enrolled_on,
        conferred_on=timezone.localdate(credential.conferred_at, ZoneInfo(enrolment.program.time_zone)),
        conferred_by=str(credential.conferred_by),
        assessors=assessors_of(enrolment),
        results=results,
        is_demonstration=credential.is_demonstration,
    )


def _sign(credential: Credential, issuer: Issuer, now: datetime) -> None:
    """Both formats with the same claims and id. The exact bytes are kept; nothing signs them again."""
    document = documents.credential(
        documents.IssuerFacts(issuer.did, credential.snapshot["issuer"]["name"], issuer.base_url),
        credential.achievement.facts,
        _facts(credential, now),
    )
    proof_key, token_key = (current_key(issuer, algorithm) for algorithm in KeyAlgorithm)
    signed = add_proof(document, key=private_key(proof_key), method=proof_key.method_id, created=now)
    credential.signed_json = json.dumps(signed, ensure_ascii=False, separators=(",", ":"))
    credential.signed_jwt = sign_token(document, key=private_key(token_key), kid=token_key.kid)


def _facts(credential: Credential, now: datetime) -> documents.CredentialFacts:
    return documents.CredentialFacts(
        url=credential.address,
        subject_id=f"urn:uuid:{uuid.uuid4()}",
        holder_name=credential.snapshot["holder_name"],
        awarded_at=now,
        valid_from=now - SET_BACK,
        valid_until=credential.valid_until,
        email=credential.person.email,
        email_salt=secrets.token_urlsafe(12),
        status_list_url=credential.status_list.address,
        status_index=credential.status_index,
        role=credential.snapshot["discipline"],
        results=snapshots.signed_results(credential.snapshot, credential.achievement.results),
    )


def _issuer_name() -> str:
    who = institute()
    return who.legal_name or who.name


def _tell_holder(credential: Credential) -> None:
    notify(
        credential.person,
        key=f"credential-{credential.pk}-conferred",
        subject="Your certificate is ready",
        text=(
            f"Congratulations: “{credential.achievement.name}” has been conferred on you. You can download it in two "
            "signed formats, and anyone you give the verification code to can check it."
        ),
        path=reverse("certificate_list"),
        button="Open my certificates",
    )
