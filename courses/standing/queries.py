"""Reads of waivers and holds."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q

from courses.enrolment.models import Enrolment
from courses.enrolment.queries import own_and_pinned
from courses.standards.definition import Requirement
from courses.standards.queries import definition_of
from courses.standing.models import Hold, Waiver
from lms.accounts.models import User
from lms.web.prepared import PreparedQuery


def open_waivers(enrolments: Sequence[Enrolment], as_of: datetime) -> dict[tuple[int, str], Waiver]:
    """The waivers in force at a moment, by enrolment and requirement key. One query."""
    if len(enrolments) == 1:
        rows = _open_of_one(enrolment=enrolments[0].pk, as_of=as_of)
    else:
        rows = _in_force(as_of).filter(enrolment__in=[enrolment.pk for enrolment in enrolments])
    return {(row.enrolment_id, row.requirement_key): row for row in rows}


def _in_force(as_of) -> models.QuerySet[Waiver]:
    in_force = Waiver.objects.filter(Q(ended_at=None) | Q(ended_at__gt=as_of), approved_at__lte=as_of)
    return in_force.select_related("approved_by", "enrolment__cohort").order_by("id")


_open_of_one = PreparedQuery(
    lambda enrolment, as_of: _in_force(as_of).filter(enrolment=enrolment),
    enrolment=models.BigIntegerField(),
    as_of=models.DateTimeField(),
)


def own_enrolments_to_judge(user: User) -> list[Enrolment]:
    """A trainee's own, each with what `exceptions_of` tells and no other facts. One query, whose SQL is written once."""
    enrolments = _own_to_judge(person=user.pk)
    for enrolment in enrolments:
        enrolment.person = user
    return enrolments


def exceptions_of() -> dict[str, Exists]:
    """Whether an enrolment has waivers and open holds, to come with its row: few have any, and only those need a further
    query. For pages alone: what confers asks for the rows."""
    waivers = Waiver.objects.filter(enrolment=OuterRef("pk"))
    holds = Hold.objects.filter(enrolment=OuterRef("pk"), lifted_at=None)
    return {"has_waivers": Exists(waivers.order_by()), "has_holds": Exists(holds.order_by())}


_own_to_judge = PreparedQuery(
    lambda person: own_and_pinned(person).annotate(**exceptions_of()), person=models.BigIntegerField()
)


def hold_sentences(enrolment: Enrolment) -> list[str]:
    """Why no certificate is conferred for now, as the person is told."""
    if not getattr(enrolment, "has_holds", True):
        return []
    return [hold.reason_sentence for hold in _open_holds(enrolment=enrolment.pk)]


_open_holds = PreparedQuery(
    lambda enrolment: Hold.objects.filter(enrolment=enrolment, lifted_at=None), enrolment=models.BigIntegerField()
)


def open_holds(enrolment: Enrolment) -> models.QuerySet[Hold]:
    return Hold.objects.filter(enrolment=enrolment, lifted_at=None)


def waivers_of(enrolment: Enrolment) -> models.QuerySet[Waiver]:
    return Waiver.objects.filter(enrolment=enrolment).select_related("approved_by", "ended_by")


def holds_of(enrolment: Enrolment) -> models.QuerySet[Hold]:
    return Hold.objects.filter(enrolment=enrolment).select_related("placed_by", "lifted_by")


def waivable_requirements(enrolment: Enrolment) -> list[Requirement]:
    """The requirements of the pinned standard that may be waived and are not."""
    waived = set(waivers_of(enrolment).filter(ended_at=None).values_list("requirement_key", flat=True))
    lines = definition_of(enrolment.standard_version).requirements
    return [line for line in lines if line.config.waivable and line.key not in waived]
