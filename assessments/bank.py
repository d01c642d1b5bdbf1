"""The question bank in the CMS: its list, its filters, and where a question is used."""

import django_filters
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.widgets.boolean_radio_select import BooleanRadioSelect
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import ReferenceIndex
from wagtail.snippets.views.snippets import IndexView, UsageView

from assessments.enums import Difficulty, Kind
from assessments.exchange.queries import MAY_EXCHANGE
from assessments.models import Question
from assessments.quiz_blocks import words_used
from assessments.usage import places_in_editions, quizzes_that_chose, times_asked

FILES = "Import and export"
NEVER_PUBLISHED, CHANGED, PUBLISHED, TAKEN_BACK = "draft", "changed", "published", "back"
STATES = {
    NEVER_PUBLISHED: ("Draft", Q(live=False, first_published_at=None)),
    CHANGED: ("Published, with a newer draft", Q(live=True, has_unpublished_changes=True)),
    PUBLISHED: ("Published", Q(live=True, has_unpublished_changes=False)),
    TAKEN_BACK: ("Not published any more", Q(live=False, first_published_at__isnull=False)),
}


def state_of(question: Question) -> str:
    if question.live:
        return STATES[CHANGED if question.has_unpublished_changes else PUBLISHED][0]
    return STATES[TAKEN_BACK if question.first_published_at else NEVER_PUBLISHED][0]


class QuestionFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label="State", choices=[(name, label) for name, (label, _) in STATES.items()], method="in_state"
    )
    kind = django_filters.ChoiceFilter(label="Kind", choices=Kind.choices)
    topic = django_filters.ChoiceFilter(label="Topic", choices=lambda: words_used("topic"))
    competency = django_filters.ChoiceFilter(label="Competency", choices=lambda: words_used("competency"))
    difficulty = django_filters.ChoiceFilter(label="Difficulty", choices=Difficulty.choices)
    critical = django_filters.BooleanFilter(label="Critical item", widget=BooleanRadioSelect)

    class Meta:
        model = Question
        fields = ["state", "kind", "topic", "competency", "difficulty", "critical"]

    def in_state(self, questions, name, value):
        return questions.filter(STATES[value][1])


class QuestionList(IndexView):
    @cached_property
    def header_buttons(self):
        """Files of questions are read and written at the desk, by whoever may write questions."""
        buttons = super().header_buttons
        if self.request.user.has_perms(MAY_EXCHANGE):
            buttons = [*buttons, HeaderButton(FILES, url=reverse("question_files"), icon_name="upload")]
        return buttons

    @cached_property
    def list_display(self):
        """Wagtail's own column of states asks the database again for each row."""
        return [
            "title",
            Column("kind", label="Kind", accessor="get_kind_display", sort_key="kind"),
            Column("topic", label="Topic", sort_key="topic"),
            Column("competency", label="Competency", sort_key="competency"),
            Column("difficulty", label="Difficulty", accessor="get_difficulty_display", sort_key="difficulty"),
            Column(
                "critical",
                label="Critical",
                accessor=lambda row: "Critical" if row.critical else "",
                sort_key="critical",
            ),
            StatusTagColumn("state", label="State", accessor=state_of, primary=lambda question: question.live),
        ]


class QuestionUsage(UsageView):
    """In the place of Wagtail's table, which asks the database again for each row: quizzes, editions and attempts."""

    template_name = "assessments/question_usage.html"

    def get_queryset(self):
        return ReferenceIndex.objects.none().group_by_source_object()

    def get_context_data(self, **kwargs):
        shown = {
            "quizzes": quizzes_that_chose(self.object),
            "places": places_in_editions(self.object),
            "asked": times_asked(self.object),
        }
        return super().get_context_data(**kwargs) | shown
