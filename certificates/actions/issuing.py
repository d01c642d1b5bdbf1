"""Issuing: from a standing to frozen, signed bytes. Called by `confer`, which has checked every gate."""

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from certificates import snapshot as snapshots
from certificates.actions.keys import mark_used, prepare_issuer
from certificates.actions.papers import order_files
from certificates.actions.status import take_place
from certificates.enums import CredentialState, KeyAlgorithm
from certificates.models import Achievement, Credential, CredentialMove, Issuer
from certificates.queries.keys import current_key, private_key
from certificates.signing import documents
from certificates.signing.errors import MissingKey
from certificates.signing.proofs import add_proof
from certificates.signing.tokens import sign_token
from courses.enrolment.models import Enrolment
from courses.standards.contract import Result
from courses.standards.queries import definition_of
from courses.standing.engine import Standing
from lms.accounts.models import User
from lms.errors import Refusal
from lms.institute.queries import institute
from supervision.enums import Decision
from supervision.models import PracticeCredit, SignOff

# A verifier whose clock is a little slow must not read "not yet valid".
SET_BACK = timedelta(seconds=10)


def issue_credential(enrolment: Enrolment, standing: Standing, *, by: User) -> Credential:
    """Freeze, sign and save, inside the act's transaction, and order the papers. Raises `Refusal` when no key can sign."""
    issuer = prepare_issuer()
    now = timezone.now().replace(microsecond=0)
    achievement = _achievement(issuer, enrolment, standing.results)
    credential = Credential(
        enrolment=enrolment, person=enrolment.person, achievement=achievement, conferred_by=by, conferred_at=now
    )
    credential.is_demonstration = achievement.is_demonstration
    credential.snapshot = snapshots.freeze(_award(credential, issuer, standing))
    _sign_and_save(credential, issuer, by=by, now=now)
    return credential


def reissue_credential(old: Credential, corrections: Mapping[str, str], *, by: User) -> Credential:
    """Sign the award of `old` anew with corrected facts, inside the act's transaction. Everything else stays as it was
    frozen; number, code and place in the status list are new. Raises `Refusal` when no key can sign."""
    now = timezone.now().replace(microsecond=0)
    issuer = prepare_issuer()
    credential = Credential(
        enrolment=old.enrolment,
        person_id=old.person_id,
        achievement=old.achievement,
        conferred_by_id=old.conferred_by_id,
        conferred_at=old.conferred_at,
        valid_until=old.valid_until,
        is_demonstration=old.is_demonstration,
        snapshot=snapshots.corrected(old.snapshot, corrections),
        supersedes=old,
    )
    _sign_and_save(credential, issuer, by=by, now=now)
    return credential


def _sign_and_save(credential: Credential, issuer: Issuer, *, by: User, now: datetime) -> None:
    try:
        credential.status_list, credential.status_index = take_place(issuer)
        _sign(credential, issuer, now)
    except MissingKey as missing:
        raise Refusal(f"Nothing can be signed now: {missing} Ask whoever runs this site.") from missing
    mark_used(issuer)
    credential.save(force_insert=True)
    CredentialMove.objects.create(credential=credential, new=CredentialState.VALID, by=by, at=now)
    order_files(credential)


def _achievement(issuer: Issuer, enrolment: Enrolment, results: Sequence[Result]) -> Achievement:
    """The achievement of this standard version, made at its first award and never changed."""
    version, is_demo = enrolment.standard_version, _is_demonstration(enrolment)
    definition = definition_of(version)
    sentences = [line.sentence for line in definition.requirements]
    achievement, _ = Achievement.objects.get_or_create(
        standard_version=version,
        is_demonstration=is_demo,
        defaults={
            "issuer": issuer,
            "program": enrolment.program,
            "name": (snapshots.DEMONSTRATION if is_demo else "") + definition.title,
            "description": (snapshots.DEMONSTRATION_SENTENCE if is_demo else "")
            + (definition.description or f"Completion of {enrolment.program.title}."),
            "criteria": snapshots.criteria(definition.title, version.number, sentences),
            "results": [[key, name] for key, name, _ in snapshots.hour_lines(results)],
        },
    )
    return achievement


def _award(credential: Credential, issuer: Issuer, standing: Standing) -> snapshots.Award:
    enrolment, person, version = credential.enrolment, credential.person, credential.enrolment.standard_version
    return snapshots.Award(
        holder_name=person.legal_name,
        name_confirmed_at=person.legal_name_confirmed_at,
        title=credential.achievement.name,
        program=enrolment.program.title,
        issuer_name=_issuer_name(),
        issuer_did=issuer.did,
        standard_title=standing.standard_title,
        standard_number=version.number,
        standard_hash=version.hash,
        edition_number=enrolment.edition.number,
        track=enrolment.get_track_display(),
        discipline=enrolment.discipline,
        enrolled_on=enrolment.enrolled_on,
        conferred_on=timezone.localdate(credential.conferred_at, ZoneInfo(enrolment.program.time_zone)),
        conferred_by=str(credential.conferred_by),
        assessors=_assessors(enrolment),
        results=standing.results,
        standing=standing.as_plain(),
        is_demonstration=credential.is_demonstration,
    )


def _sign(credential: Credential, issuer: Issuer, now: datetime) -> None:
    """Both formats with the same claims and id. The exact bytes are kept; nothing signs them again."""
    document = documents.credential(
        documents.IssuerFacts(issuer.did, credential.snapshot["issuer"]["name"], issuer.base_url),
        credential.achievement.facts,
        _facts(credential),
    )
    proof_key, token_key = (current_key(issuer, algorithm) for algorithm in KeyAlgorithm)
    signed = add_proof(document, key=private_key(proof_key), method=proof_key.method_id, created=now)
    credential.signed_json = json.dumps(signed, ensure_ascii=False, separators=(",", ":"))
    credential.signed_jwt = sign_token(document, key=private_key(token_key), kid=token_key.kid)


def _facts(credential: Credential) -> documents.CredentialFacts:
    return documents.CredentialFacts(
        url=credential.address,
        subject_id=f"urn:uuid:{uuid.uuid4()}",
        holder_name=credential.snapshot["holder_name"],
        awarded_at=credential.conferred_at,
        valid_from=credential.conferred_at - SET_BACK,
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


def _is_demonstration(enrolment: Enrolment) -> bool:
    return settings.DEMO or enrolment.person.is_demonstration or enrolment.program.is_demonstration


def _assessors(enrolment: Enrolment) -> list[str]:
    """The names of those who approved her practice."""
    credits = PracticeCredit.objects.filter(log__enrolment=enrolment).select_related("approved_by")
    credits = credits.exclude(log__withdrawn_at__isnull=False, log__credited_at=None)  # an approval that was taken back
    names = {str(credit.approved_by) for credit in credits if credit.approved_by_id}
    by_link = SignOff.objects.filter(log__credit__in=credits.filter(approved_by=None), decision=Decision.APPROVED)
    return sorted(names | set(by_link.exclude(link=None).values_list("printed_name", flat=True)))
