"""Reads of requests for another attempt. Fetching is the permission check."""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, Q
from django.shortcuts import get_object_or_404

from assessments.enums import RequestState
from assessments.models import AttemptRequest
from assessments.queries import taught_by
from assessments.rules import can_act_on_attempts
from courses.curriculum.models import Activity
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import enrolments_for
from lms.accounts.enums import Role, Scope
from lms.accounts.models import RoleGrant, User
from lms.accounts.queries import without_barred

WITH = ("enrolment__person", "enrolment__program", "enrolment__cohort", "item", "decided_by")


def requests_at(enrolment: Enrolment, activity: Activity | int) -> list[AttemptRequest]:
    """What she asked for at one quiz, the newest first."""
    rows = AttemptRequest.objects.filter(enrolment=enrolment, activity=activity)
    return list(rows.select_related("decided_by").order_by("-id"))


def requests_for(user) -> models.QuerySet[AttemptRequest]:
    """Those of the people whom a director or faculty teaches, without her own and those of people behind a barrier."""
    seen = enrolments_for(user).exclude(person=user.pk).order_by().values("pk")
    return AttemptRequest.objects.filter(taught_by(user), enrolment__in=seen).select_related(*WITH)


def waiting_for(user) -> models.QuerySet[AttemptRequest]:
    """What she can decide now, the oldest first."""
    return requests_for(user).filter(state=RequestState.OPEN).order_by("asked_at", "id")


def decided_for(user) -> models.QuerySet[AttemptRequest]:
    return requests_for(user).exclude(state=RequestState.OPEN).order_by("-decided_at", "-id")


def request_to_read(user, pk: int) -> AttemptRequest:
    """`Http404` for strangers, `PermissionDenied` for members who may not decide it, and for her own."""
    seen = enrolments_for(user).order_by().values("pk")
    request = get_object_or_404(AttemptRequest.objects.filter(enrolment__in=seen).select_related(*WITH), pk=pk)
    if not can_act_on_attempts(user, request.enrolment):
        raise PermissionDenied
    return request


def deciders_of(enrolment: Enrolment) -> list[User]:
    """Who is told that she asks: the faculty who teach her, or the directors where nobody does. Nobody behind a barrier."""
    here = Q(scope=Scope.PROGRAM, scope_id=enrolment.program_id) | Q(scope=Scope.COHORT, scope_id=enrolment.cohort_id)
    grants = RoleGrant.objects.active().filter(here | Q(scope=Scope.INSTITUTE)).order_by()
    others = User.objects.filter(is_active=True).exclude(pk=enrolment.person_id).order_by("pk")
    others = without_barred(others, enrolment.person, person="pk")
    teaching = list(others.filter(pk__in=grants.filter(role=Role.FACULTY).values("person")))
    return teaching or list(others.filter(pk__in=grants.filter(role=Role.DIRECTOR).values("person")))


def has_waiting_requests() -> Exists:
    """Whether anything at all waits to be decided: without it nobody is asked for more."""
    return Exists(AttemptRequest.objects.filter(state=RequestState.OPEN).order_by())
