"""Standards and activity categories in the CMS. Editing them changes no published version and nobody's standing."""

from django.urls import reverse
from wagtail import hooks
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.standards.models import ActivityCategory, Standard
from courses.standards.rules import can_publish


class StandardViewSet(SnippetViewSet):
    model = Standard
    icon = "list-ul"
    menu_label = "Certification standards"
    list_display = ["title", "program"]
    search_fields = ["title"]


class ActivityCategoryViewSet(SnippetViewSet):
    model = ActivityCategory
    icon = "tag"
    menu_label = "Activity categories"
    list_display = ["label", Column("key"), "bucket", BooleanColumn("is_direct"), BooleanColumn("is_active")]
    list_filter = ["bucket", "is_active"]
    search_fields = ["label", "key"]


class StandardsGroup(SnippetViewSetGroup):
    items = (StandardViewSet, ActivityCategoryViewSet)
    menu_icon = "list-ul"
    menu_label = "Standards"
    menu_name = "standards"
    menu_order = 250


register_snippet(StandardsGroup)


@hooks.register("register_snippet_listing_buttons")
def publish_button(snippet, user, next_url=None):
    """From the list of drafts to the desk page that compares and publishes."""
    if isinstance(snippet, Standard) and can_publish(user, snippet):
        yield Button("Compare and publish", reverse("desk_standard", args=[snippet.pk]), icon_name="view", priority=5)
