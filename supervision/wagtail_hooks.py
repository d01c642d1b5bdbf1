"""What of supervised practice directors edit in the CMS."""

from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from supervision.models import FeedbackTopic


class FeedbackTopicViewSet(SnippetViewSet):
    """Topics are taken out of the form, never deleted: sessions name them."""

    model = FeedbackTopic
    icon = "comment"
    menu_label = "Topics of sessions"
    menu_name = "feedback-topics"
    menu_order = 255
    add_to_admin_menu = True
    list_display = ["label", Column("key"), "position", BooleanColumn("is_active")]
    search_fields = ["label", "key"]
    copy_view_enabled = False


register_snippet(FeedbackTopicViewSet)
