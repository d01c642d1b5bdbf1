"""The question bank in the CMS. Attempts and their answers are never shown there: Wagtail knows no rights per object."""

from wagtail.admin.panels import ObjectList
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from assessments.bank import QuestionFilters, QuestionList, QuestionUsage
from assessments.forms import QuestionForm
from assessments.models import Question


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = "Questions"
    menu_name = "questions"
    add_to_admin_menu = True
    index_view_class = QuestionList
    filterset_class = QuestionFilters
    usage_view_class = QuestionUsage
    copy_view_enabled = False
    edit_handler = ObjectList(Question.panels, base_form_class=QuestionForm)

    def get_usage_view_kwargs(self, **kwargs):
        return super().get_usage_view_kwargs(**kwargs) | {"template_name": QuestionUsage.template_name}


register_snippet(QuestionViewSet)
