"""Unfinished drafts: each is read by its writer alone."""

import json
from dataclasses import dataclass

from django.db.models import BigIntegerField, QuerySet
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.web.prepared import PreparedQuery
from supervision.models import UnfinishedDraft

OFFERED = 3


@dataclass(frozen=True)
class Offered:
    """An unfinished draft as it is offered: what of it names the visit."""

    draft: UnfinishedDraft
    on: str
    saved: str


def own_drafts(user: User) -> QuerySet[UnfinishedDraft]:
    return UnfinishedDraft.objects.filter(enrolment__person=user, closed_at=None, sequence__gt=0)


def drafts_offered(enrolment: Enrolment) -> list[Offered]:
    """The latest ones, when a form is opened. One query."""
    rows = _latest(enrolment=enrolment.pk)
    return [Offered(row, " ".join(typed_of(row).get("on", [])), said_when(row)) for row in rows]


def open_drafts(enrolment: Enrolment | int) -> QuerySet[UnfinishedDraft]:
    return UnfinishedDraft.objects.filter(enrolment=enrolment, closed_at=None, sequence__gt=0)


def _latest_open(enrolment) -> QuerySet[UnfinishedDraft]:
    return UnfinishedDraft.objects.filter(pk__in=open_drafts(enrolment).values("pk")[:OFFERED])


_latest = PreparedQuery(_latest_open, enrolment=BigIntegerField())


def typed_of(draft: UnfinishedDraft) -> dict[str, list[str]]:
    """Field by field; nothing where what is stored is no draft of ours."""
    try:
        typed = json.loads(draft.typed or "{}")
    except ValueError:
        return {}
    return typed if isinstance(typed, dict) else {}


def said_when(draft: UnfinishedDraft) -> str:
    """Such as 12:04, and on another day 3 Mar, 12:04; by the reader's clock."""
    at, now = timezone.localtime(draft.saved_at), timezone.localtime()
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at.day} {at:%b}, {at:%H:%M}"
