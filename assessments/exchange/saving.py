"""Saving many drafts at once: what `assessments.actions.save_draft` does to one question, in a fixed number of queries."""

from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import OuterRef, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.models import Revision
from wagtail.search.backends import get_search_backends_with_name

from assessments.models import Question
from lms.accounts.models import User


@transaction.atomic
def save_drafts(questions: Sequence[Question], *, by: User | None) -> None:
    """Save each as a new draft, all or none. Of a published question, what trainees are asked stays as it is.

    The questions are from `Portable`s: their keys are set and their words tidy, so `Question.clean` has nothing to do.
    Raises `IntegrityError` when a new key was taken meanwhile.
    """
    new = sorted((question for question in questions if not question.pk), key=lambda question: question.key)
    for question in new:  # in one order for everybody, so that two imports never wait for each other
        question.live, question.kind = False, question.kind_of_content
    Question.objects.bulk_create(new)
    _revise(questions, by)
    for _, backend in get_search_backends_with_name(with_auto_update=True):
        backend.add_bulk(
            Question, new
        )  # the rows of the others have not changed; the references of a question are none


def _revise(questions: Sequence[Question], by: User | None) -> None:
    type_, now = ContentType.objects.get_for_model(Question), timezone.now()
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=type_,
            base_content_type=type_,
            object_id=str(question.pk),
            object_str=str(question),
            content=question.serializable_data(),
            user=by,
            created_at=now,
        )
        for question in questions
    )
    written = Revision.objects.filter(pk__in=[revision.pk for revision in revisions])
    own = written.filter(object_id=Cast(OuterRef("pk"), TextField())).values("pk")
    Question.objects.filter(pk__in=[question.pk for question in questions]).update(
        latest_revision=Subquery(own), has_unpublished_changes=True
    )
