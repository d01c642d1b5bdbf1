"""What the CMS does for the curriculum: a new program page gets its program; the way from a page to its edition."""

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets import HeaderButton
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.curriculum.actions import give_program, relink_copy
from courses.curriculum.models import ActivityPage, GlossaryTerm, ProgramPage, Topic
from courses.curriculum.rules import can_publish
from courses.curriculum.views.listings import CurriculumLists


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = "Topics"
    menu_name = "topics"
    menu_order = 240
    add_to_admin_menu = True
    list_display = ["label", Column("key"), "position"]
    search_fields = ["label", "key"]
    copy_view_enabled = False


register_snippet(TopicViewSet)


@hooks.register("register_admin_viewset")
def lists_of_pages():
    return CurriculumLists()


@hooks.register("insert_global_admin_css")
def our_css():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


class GlossaryViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "list-ul"
    menu_label = "Glossary"
    menu_name = "glossary"
    menu_order = 245
    add_to_admin_menu = True
    list_display = ["term", Column("definition"), "program"]
    list_filter = ["program"]
    copy_view_enabled = False


register_snippet(GlossaryViewSet)


@hooks.register("after_create_page")
def make_program(request, page):
    if isinstance(page, ProgramPage):
        give_program(page, by=request.user)


@hooks.register("after_copy_page")
def finish_copy(request, page, new_page):
    """In the transaction of the copy (views/copying.py)."""
    relink_copy(page, new_page)
    if isinstance(new_page.specific, ProgramPage):
        give_program(new_page.specific, by=request.user)


class PagesOfTheEditor(PagesAdminAPIViewSet):
    """The addresses that the editor asks for lists of pages. A page is copied at one door, which relinks the copies; an
    alias would be the same activity twice."""

    actions = {
        name: action
        for name, action in PagesAdminAPIViewSet.actions.items()
        if name not in ("copy", "create_alias", "convert_alias", "copy_for_translation")
    }


@hooks.register("construct_admin_api")
def copy_at_one_door(router):
    router.register_endpoint("pages", PagesOfTheEditor)


@hooks.register("register_page_header_buttons")
def publish_button(page, user, view_name, next_url=None):
    """From the program page, and from every page below it, to publishing an edition."""
    program_page = _program_page_of(page)
    if program_page and program_page.program and can_publish(user, program_page.program):
        yield HeaderButton(
            "Publish an edition",
            reverse("desk_publish_edition", args=[program_page.pk]),
            icon_name="doc-full-inverse",
            priority=90,
        )


def _program_page_of(page: Page) -> ProgramPage | None:
    if isinstance(page.specific_class, type) and issubclass(page.specific_class, (ProgramPage, ActivityPage)):
        above = page.get_ancestors(inclusive=True).type(ProgramPage).last()
        return above.specific if above else None
    return None
