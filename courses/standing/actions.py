"""Waivers and holds."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.enrolment.queries import may_act_on
from courses.standards.queries import definition_of
from courses.standing.models import Hold, Waiver
from lms.accounts.models import User
from lms.audit.actions import record
from lms.enums import ReasonClass
from lms.errors import Refusal
from lms.notices.actions import notify


class NotWaivable(Refusal):
    """This requirement may not be skipped by anybody."""

    code = "not_waivable"


@transaction.atomic
def grant_waiver(enrolment: Enrolment, requirement_key: str, *, by: User, reason: str, document: str) -> Waiver:
    """Set one requirement aside for one enrolment. Reason, document and an approver other than the trainee are needed."""
    enrolment = _locked(enrolment, by)
    requirement = definition_of(enrolment.standard_version).requirement(requirement_key)
    if requirement is None:
        raise Refusal("This standard has no such requirement.")
    if not requirement.config.waivable:
        raise NotWaivable(f"“{requirement.config.title}” cannot be waived.")
    if not reason.strip() or not document.strip():
        raise Refusal("A waiver needs a reason and the document it rests on.")
    if Waiver.objects.filter(enrolment=enrolment, requirement_key=requirement_key, ended_at=None).exists():
        raise Refusal(f"“{requirement.config.title}” is already waived.")
    waiver = Waiver.objects.create(
        enrolment=enrolment,
        requirement_key=requirement_key,
        reason=reason.strip(),
        document=document.strip(),
        approved_by=by,
    )
    record("standing.waiver.granted", by=by, about=waiver, enrolment=enrolment.pk, requirement=requirement_key)
    _tell(enrolment, f"waiver-{waiver.pk}-granted", f"“{requirement.config.title}” has been waived for you.")
    return waiver


@transaction.atomic
def end_waiver(waiver: Waiver, *, by: User) -> Waiver:
    """From now on the requirement counts again. The row stays, so that the past can still be asked."""
    enrolment = _locked(waiver.enrolment, by)
    waiver = Waiver.objects.select_for_update().get(pk=waiver.pk)
    if waiver.ended_at:
        raise Refusal("This waiver has already ended.")
    waiver.ended_at, waiver.ended_by = timezone.now(), by
    waiver.save(update_fields=["ended_at", "ended_by"])
    record("standing.waiver.ended", by=by, about=waiver, enrolment=enrolment.pk, requirement=waiver.requirement_key)
    _tell(enrolment, f"waiver-{waiver.pk}-ended", "A waiver has ended. The requirement counts again.")
    return waiver


@transaction.atomic
def place_hold(enrolment: Enrolment, *, by: User, reason_class: ReasonClass, note: str) -> Hold:
    """Nothing is conferred while a hold is open. It blocks nothing else: learning, log, standing and records go on."""
    enrolment = _locked(enrolment, by)
    if not note.strip():
        raise Refusal("Note why. Only program directors read it.")
    hold = Hold.objects.create(enrolment=enrolment, reason_class=reason_class, note=note.strip(), placed_by=by)
    record("standing.hold.placed", by=by, about=hold, enrolment=enrolment.pk, reason_class=reason_class)
    sentence = ReasonClass(reason_class).public_sentence
    _tell(
        enrolment, f"hold-{hold.pk}-placed", f"No certificate is issued for now. {sentence} Everything else stays open."
    )
    return hold


@transaction.atomic
def lift_hold(hold: Hold, *, by: User) -> Hold:
    enrolment = _locked(hold.enrolment, by)
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.lifted_at:
        raise Refusal("This hold has already been lifted.")
    hold.lifted_at, hold.lifted_by = timezone.now(), by
    hold.save(update_fields=["lifted_at", "lifted_by"])
    record("standing.hold.lifted", by=by, about=hold, enrolment=enrolment.pk)
    _tell(enrolment, f"hold-{hold.pk}-lifted", "The hold on your certificate has been lifted.")
    return hold


def _locked(enrolment: Enrolment, by: User) -> Enrolment:
    """The enrolment's row, held to the end of the act, for somebody who may decide about it."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "program", "standard_version")
    enrolment = rows.get(pk=enrolment.pk)
    if not may_act_on(by, enrolment.person):
        raise Refusal("You cannot decide this for this person. Please ask another program director.")
    return enrolment


def _tell(enrolment: Enrolment, key: str, sentence: str) -> None:
    notify(
        enrolment.person,
        key=key,
        subject="Your standing has changed",
        text=f"{enrolment.program}: {sentence}",
        path=reverse("standing", args=[enrolment.pk]),
        button="Open your standing",
    )
