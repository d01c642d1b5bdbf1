"""Questions of the bank as files need them, and who may exchange them. Fetching an import is the permission check."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from assessments.exchange.markup import Unplain
from assessments.exchange.planning import Planned, planned, rows_of
from assessments.exchange.portable import Portable, canonical
from assessments.models import Question, QuestionImport

MOST_LISTED = 10
MAY_EXCHANGE = ("assessments.add_question", "assessments.change_question")


def check_may_exchange(user) -> None:
    """Whoever may write questions. Raises `PermissionDenied`."""
    if not user.has_perms(MAY_EXCHANGE):
        raise PermissionDenied


def import_of(user, pk: int) -> QuestionImport:
    """Her own import. Raises `PermissionDenied` for those who may write no questions, and `Http404`."""
    check_may_exchange(user)
    return get_object_or_404(QuestionImport.objects.defer("content", "rows"), pk=pk, created_by=user)


def imports_of(user) -> QuerySet[QuestionImport]:
    """Those that she brought last, without what stands in them."""
    found = QuestionImport.objects.filter(created_by=user).defer("content", "rows")
    return found.order_by("-created_at", "-id")[:MOST_LISTED]


def published_questions(topic: str = "") -> QuerySet[Question]:
    """What an export holds: questions as they are asked now, by topic and title."""
    questions = Question.objects.filter(live=True).order_by("topic", "title", "id")
    return questions.filter(topic=topic) if topic else questions


def newest_drafts(keys: Iterable[str]) -> dict[str, Question]:
    """The questions of these keys as their authors left them last, published or not."""
    found = Question.objects.filter(key__in=list(keys)).order_by("pk").select_related("latest_revision")
    return {question.key: newest_draft(question) for question in found}


def newest_draft(question: Question) -> Question:
    """As Wagtail's own `as_object` does it, without asking the database for the question again."""
    revision = question.latest_revision
    return question.with_content_json(revision.content) if revision else question


def portable_of(question: Question) -> Portable:
    """A question apart from the bank. Raises `ValueError` for a draft that says too little to be compared."""
    return canonical(
        Portable(
            key=question.key,
            kind=question.kind_of_content,
            draft=question.draft(),
            title=question.title,
            topic=question.topic,
            competency=question.competency,
            difficulty=question.difficulty,
            critical=question.critical,
            references=tuple(question.references.splitlines()),
        )
    )


def comparable(question: Question) -> Portable:
    """The same for any draft: one that is not finished is unlike every question of a file."""
    try:
        return portable_of(question)
    except (ValueError, Unplain):
        return Portable(question.key, "", question.draft(), title=question.title, topic=question.topic)


def drafts_of(import_: QuestionImport) -> dict[str, Question]:
    """What the bank has of the questions in a file."""
    return newest_drafts(row["portable"]["key"] for row in import_.rows if row["portable"])


def revisions_of(drafts: Mapping[str, Question]) -> dict[str, int | None]:
    return {key: question.latest_revision_id for key, question in drafts.items()}


def plan_against(import_: QuestionImport, drafts: Mapping[str, Question]) -> tuple[list[Planned], dict[str, Portable]]:
    bank = {key: comparable(question) for key, question in drafts.items()}
    return planned(rows_of(import_.rows), bank, topic=import_.topic), bank


def plan_of(import_: QuestionImport) -> tuple[list[Planned], dict[str, Portable]]:
    """What importing would do now, and what the bank says now of the same questions."""
    return plan_against(import_, drafts_of(import_))
