"""Where a question of the bank stands in quizzes and editions, and how often it was asked and answered."""

from django.db.models import TextField, Value
from django.db.models.functions import Cast, StrIndex
from wagtail.models import ReferenceIndex

from assessments.models import Question, QuizPage, TimesAsked
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem


def quizzes_that_chose(question: Question) -> list[QuizPage]:
    """The quiz pages with a section that names it, drafts of pages apart. Two queries."""
    references = ReferenceIndex.get_references_to(question)
    pages = {int(pk) for pk in references.values_list("object_id", flat=True)}
    return list(QuizPage.objects.filter(pk__in=pages).order_by("path"))


def places_in_editions(question: Question) -> list[EditionItem]:
    """The quizzes of editions that can ask it, pools included, newest edition first. One query."""
    source = Cast("body__source", TextField())
    named = EditionItem.objects.filter(activity__kind=ActivityKind.QUIZ).annotate(
        at=StrIndex(source, Value(f'"key": "{question.key}"'))
    )
    return list(named.filter(at__gt=0).select_related("edition__program").order_by("-edition__number", "position"))


def times_asked(question: Question) -> list[TimesAsked]:
    """By version, as they were counted last night. One query, and no attempt is read."""
    return list(question.times_asked.order_by("version"))
