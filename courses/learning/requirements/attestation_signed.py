"""The requirement that a signature answers: one attestation, named by its key, once or anew every year.

A signature counts through the last day of its time. Afterwards the requirement is open again until it is signed anew.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from courses.curriculum.asking import ATTESTATION
from courses.curriculum.models import Edition
from courses.curriculum.queries import attestations_of_edition
from courses.learning.asking import renews_from, valid_until
from courses.learning.enums import ATTESTATION_SIGNED
from courses.learning.models import SignedAttestation
from courses.standards.blocks import common_settings
from courses.standards.contract import (
    Category,
    Config,
    Counted,
    Evidence,
    Excluded,
    Facts,
    RequirementKind,
    Result,
    Step,
    Subject,
)
from courses.standards.enums import ResultState, Unit
from courses.standards.marks import newest_of
from lms.web.memory import remember
from lms.web.templatetags.ui import day

VALID_MONTHS = (0, 12)
RENEWED = "It was signed again later."


@dataclass(frozen=True)
class AttestationSignedConfig(Config):
    """`attestation` is the key of an attestation in the program; `valid_months` 0: one signature counts for good."""

    attestation: str = ""
    valid_months: int = 0


@dataclass(frozen=True)
class Place:
    """Where an attestation stands in the subject's edition."""

    label: str
    slug: str
    block: str


@dataclass(frozen=True)
class Signature:
    """One signature; `on` is a day in its cohort's zone, as is `asked_on`, the day as of which it is judged."""

    id: int
    key: str
    label: str
    on: date
    asked_on: date


@dataclass
class AttestationFacts(Facts):
    enrolment: int | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    signatures: list[Signature] = field(default_factory=list)


class AttestationSigned(RequirementKind):
    name = ATTESTATION_SIGNED
    label = "Attestation signed"
    config_class = AttestationSignedConfig
    block = "courses.learning.blocks.AttestationSignedBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, AttestationFacts]:
        """One query. A signature is one row for each year, so they are always read by rows."""
        facts = {
            subject: AttestationFacts(
                enrolment=subject.enrolment, places=_places(subject.edition) if subject.edition else {}
            )
            for subject in subjects
        }
        _gather_signatures(facts, {config.attestation for config in configs}, as_of)
        return facts

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_attestation(config, facts)

    def evidence_marks(self) -> Sequence[Subquery]:
        """Signatures are only ever added. That one lapses is seen when the line is judged anew, some minutes later."""
        return [newest_of(SignedAttestation, enrolment="enrolment")]

    def config_from_block(self, value: Mapping[str, Any], key: str) -> AttestationSignedConfig:
        return AttestationSignedConfig(
            **common_settings(value, key),
            attestation=(value.get("attestation") or "").strip(),
            valid_months=int(value.get("valid_months") or 0),
        )

    def problems(
        self, config: AttestationSignedConfig, *, program: int, categories: Mapping[str, Category]
    ) -> list[str]:
        found = [] if config.valid_months in VALID_MONTHS else ["It counts for good or for 12 months."]
        newest = Edition.objects.filter(program=program).order_by("-number").values_list("pk", flat=True).first()
        if newest is None or config.attestation not in _places(newest):
            found.append(
                f"No attestation in the newest edition has the key “{config.attestation}”. Publish an edition with it first."
            )
        return found

    def describe(self, config: AttestationSignedConfig) -> str:
        if config.valid_months:
            return "Read and sign the attestation, and sign it again every year."
        return "Read and sign the attestation."


# Judging: pure ------------------------------------------------------------------------------------------------------


def judge_attestation(config: AttestationSignedConfig, facts: AttestationFacts) -> Result:
    """The newest signature decides."""
    own = _own(config, facts)
    newest, last = (own[-1] if own else None), last_day(config, facts)
    has_lapsed = bool(newest and last and newest.asked_on > last)
    is_met = newest is not None and not has_lapsed
    return Result(
        key=config.key,
        title=config.title,
        state=ResultState.MET if is_met else ResultState.UNMET,
        done=int(is_met),
        needed=1,
        unit=Unit.ITEMS,
        counted=(Counted(_evidence(newest), 1),) if is_met else (),
        excluded=tuple(
            Excluded(_evidence(signature), 1, RENEWED if signature is not newest else f"It counted until {day(last)}.")
            for signature in (own[:-1] if is_met else own)
        ),
        missing=() if is_met else (_missing(config, facts, last),),
        next_steps=_next_steps(config, facts, newest),
        valid_until=last if is_met else None,
        note=f"It counts until {day(last)}." if is_met and last else "",
    )


def _own(config: AttestationSignedConfig, facts: AttestationFacts) -> list[Signature]:
    """The signatures under this attestation, the newest last."""
    return sorted((s for s in facts.signatures if s.key == config.attestation), key=lambda s: (s.on, s.id))


def last_day(config: AttestationSignedConfig, facts: AttestationFacts) -> date | None:
    """Until when the newest signature counts or counted; None for good, or when nothing is signed."""
    own = _own(config, facts)
    return valid_until(own[-1].on, config.valid_months) if own else None


def _missing(config: AttestationSignedConfig, facts: AttestationFacts, lapsed_on: date | None) -> str:
    place = facts.places.get(config.attestation)
    if place is None:
        return "What is to be signed is not part of your edition. Ask your program director."
    if lapsed_on:
        return f"Your signature under {place.label} counted until {day(lapsed_on)}. Sign it again."
    return f"Read and sign {place.label}."


def _next_steps(config: AttestationSignedConfig, facts: AttestationFacts, newest: Signature | None) -> tuple[Step, ...]:
    """To sign; from 30 days before a signature lapses, to renew it."""
    place = facts.places.get(config.attestation)
    if place is None or facts.enrolment is None:
        return ()
    begins = renews_from(newest.on, config.valid_months) if newest else None
    if newest and (begins is None or newest.asked_on < begins):
        return ()
    words = f"Renew your signature under {place.label}" if newest else f"Sign {place.label}"
    return (Step(words, f"{reverse('learn_item', args=[facts.enrolment, place.slug])}#block-{place.block}"),)


def _evidence(signature: Signature) -> Evidence:
    return Evidence(kind=ATTESTATION, id=signature.id, label=f"Signed {signature.label}", on=signature.on)


# Gathering ----------------------------------------------------------------------------------------------------------


@remember(seconds=3600, most=64)
def _places(edition: int) -> Mapping[str, Place]:
    """The attestations of an edition by their key."""
    found = attestations_of_edition(edition)
    return MappingProxyType({block["key"]: Place(block["label"], slug, block["id"]) for slug, block in found})


def _gather_signatures(facts: Mapping[Subject, AttestationFacts], keys: set[str], as_of: datetime) -> None:
    by_enrolment: dict[int, list[Subject]] = defaultdict(list)
    by_person: dict[int, list[Subject]] = defaultdict(list)
    for subject in facts:
        if subject.enrolment:
            by_enrolment[subject.enrolment].append(subject)
        else:
            by_person[subject.person].append(subject)
    asked = Q(enrolment__in=list(by_enrolment)) | Q(enrolment__person__in=list(by_person))
    for pk, enrolment, person, key, label, at, zone in _signed_then(keys, as_of).filter(asked):
        signature = Signature(pk, key, label, *(timezone.localdate(moment, ZoneInfo(zone)) for moment in (at, as_of)))
        for subject in by_enrolment.get(enrolment, []) + by_person.get(person, []):
            if subject.spans(at):
                facts[subject].signatures.append(signature)


def _signed_then(keys: set[str], as_of: datetime) -> QuerySet:
    rows = SignedAttestation.objects.filter(key__in=keys, signed_at__lte=as_of).order_by("id")
    names = ("id", "enrolment_id", "enrolment__person_id", "key", "label", "signed_at", "enrolment__cohort__time_zone")
    return rows.values_list(*names)
