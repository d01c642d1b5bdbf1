"""The question bank in the CMS. Attempts and their answers are never shown there: Wagtail knows no rights per object."""

from wagtail.admin.panels import ObjectList
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from assessments.bank import QuestionFilters, QuestionList
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
    copy_view_enabled = False
    edit_handler = ObjectList(Question.panels, base_form_class=QuestionForm)


register_snippet(QuestionViewSet)
