"""Reads of what was handed in. Fetching is the permission check; a draft is read by its trainee alone."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.enums import SubmissionState
from assessments.models import Submission, SubmissionMove
from assessments.queries import taught_by
from assessments.rules import can_read_results_of_others
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import enrolments_for
from courses.learning.queries import item_for
from courses.standards.marks import newest_of
from lms.web.aggregates import JoinedRows

WITH = ("enrolment__person", "enrolment__program", "enrolment__cohort", "item")


def assignment_item(enrolment: Enrolment, slug: str) -> EditionItem:
    """The assignment at this place of the trainee's edition. Raises `Http404`."""
    item = item_for(enrolment, slug)
    if item.activity.kind != ActivityKind.ASSIGNMENT:
        raise Http404
    return item


def submission_at(enrolment: Enrolment, activity_id: int) -> Submission | None:
    return Submission.objects.filter(enrolment=enrolment, activity=activity_id).select_related("body").first()


def tries_at_assignments() -> models.Subquery:
    """For outlines: what an enrolment has handed in or begun to write, see `ActivityView.progress`. It has no score."""
    is_accepted = Case(When(state=SubmissionState.ACCEPTED, then=True), default=False)
    tries = JSONObject(activity="activity_id", done=is_accepted, score=Value(None))
    submissions = Submission.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    return models.Subquery(submissions.annotate(tries=JoinedRows(tries)).values("tries"))


def history_of(submission: Submission) -> list[SubmissionMove]:
    return list(submission.moves.select_related("by").order_by("-id"))


def submissions_for(user) -> models.QuerySet[Submission]:
    """What was handed in by the people whom a director or faculty teaches; drafts, her own, and people behind a barrier
    are left out."""
    seen = enrolments_for(user).exclude(person=user.pk).order_by().values("pk")
    handed_in = Submission.objects.filter(taught_by(user), enrolment__in=seen).exclude(state=SubmissionState.DRAFT)
    return handed_in.select_related(*WITH).defer("text")


def waiting_for(user) -> models.QuerySet[Submission]:
    """What she can accept or return now, the oldest first."""
    return submissions_for(user).filter(state=SubmissionState.SUBMITTED).order_by("submitted_at", "id")


def decided_for(user) -> models.QuerySet[Submission]:
    """What she may read and is accepted or back with its trainee, newest decision first."""
    told = SubmissionMove.objects.filter(submission=OuterRef("pk")).order_by("-id")
    decided = submissions_for(user).filter(state__in=(SubmissionState.ACCEPTED, SubmissionState.RETURNED))
    decided = decided.annotate(told_at=models.Subquery(told.values("at")[:1]))
    return decided.order_by("-told_at", "-id")


def readable_submission(user, pk: int) -> Submission:
    """`Http404` for strangers and for a draft, `PermissionDenied` for members who may not read it."""
    seen = enrolments_for(user).order_by().values("pk")
    found = Submission.objects.filter(enrolment__in=seen).exclude(state=SubmissionState.DRAFT)
    submission = get_object_or_404(found.select_related(*WITH, "body").defer("text"), pk=pk)
    if not can_read_results_of_others(user, submission.enrolment):
        raise PermissionDenied
    return submission


def assignments_wait_since() -> Subquery:
    """Since when the oldest in the whole institute waits to be read; without one nobody is asked for more."""
    waiting = Submission.objects.filter(state=SubmissionState.SUBMITTED)
    return Subquery(waiting.order_by("submitted_at").values("submitted_at")[:1])


def assignments_accepted(enrolments: Sequence[int], as_of: datetime) -> list[tuple[int, int, datetime]]:
    """Enrolment, activity and when, of every assignment accepted by then."""
    accepted = Submission.objects.filter(
        enrolment__in=enrolments, state=SubmissionState.ACCEPTED, decided_at__lte=as_of
    )
    return list(accepted.order_by().values_list("enrolment_id", "activity_id", "decided_at"))


def newest_submission_move() -> models.Subquery:
    """A mark of evidence: nothing is accepted without a move."""
    return newest_of(SubmissionMove, enrolment="submission__enrolment")
