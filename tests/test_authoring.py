"""What every form of the CMS owes its author: a word of help beside each field, and a place for each kind of page."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from wagtail.admin.panels import FieldPanel, InlinePanel, get_edit_handler
from wagtail.blocks import BaseStreamBlock, BaseStructBlock, Block, BlockField, FieldBlock, ListBlock
from wagtail.contrib.settings.registry import registry
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models

from courses.curriculum.models import ModulePage

OURS = ("lms", "courses", "assessments", "supervision", "certificates")
# Wagtail's own fields, which it explains itself or by their place in its editor.
WAGTAILS = {"title", "slug", "seo_title", "search_description", "show_in_menus", "go_live_at", "expire_at"}
WAGTAILS |= {"comment_notifications", "locale"}


def is_ours(model: type) -> bool:
    return model.__module__.split(".")[0] in OURS


PAGES = [model for model in apps.get_models() if issubclass(model, Page) and is_ours(model)]
SNIPPETS = [model for model in get_snippet_models() if is_ours(model)]
SETTINGS = [model for model in registry if is_ours(model)]


def edit_handler(model: type):
    if viewset := getattr(model, "snippet_viewset", None):
        return viewset.get_edit_handler()
    return model.get_edit_handler() if issubclass(model, Page) else get_edit_handler(model)


def helped_by_panels(panel) -> set[str]:
    """The fields whose panel in the editor says what they are for, inline forms included."""
    own = {panel.field_name} if isinstance(panel, FieldPanel) and panel.help_text else set()
    inside = [*getattr(panel, "children", [])]
    inside += [panel.child_edit_handler] if isinstance(panel, InlinePanel) else []
    return own.union(*map(helped_by_panels, inside))


def without_help(form, path: str, helped: set[str]) -> Iterator[str]:
    """The fields of a form, of its inline forms and of its blocks, however deep, that say nothing of themselves."""
    for name, field in form.base_fields.items():
        here = f"{path}.{name}"
        if not field.help_text and name not in WAGTAILS and name not in helped:
            yield here
        if isinstance(field, BlockField):
            yield from blocks_without_help(field.block, here)
    for name, formset in getattr(form, "formsets", {}).items():
        if name != "comments":
            yield from without_help(formset.form, f"{path}.{name}", helped)


def blocks_without_help(block: Block, path: str) -> Iterator[str]:
    if isinstance(block, ImageBlock):
        return
    if isinstance(block, (BaseStreamBlock, BaseStructBlock)):
        for name, child in block.child_blocks.items():
            is_kind = isinstance(block, BaseStreamBlock) and isinstance(
                child, BaseStructBlock
            )  # its fields are explained
            if not is_kind and not help_of(child):
                yield f"{path}.{name}"
            yield from blocks_without_help(child, f"{path}.{name}")
    elif isinstance(block, ListBlock):
        yield from blocks_without_help(block.child_block, f"{path}[]")


def help_of(block: Block) -> str:
    said = getattr(block.meta, "help_text", "") or ""
    return said or (block.field.help_text if isinstance(block, FieldBlock) else "")


def test_there_is_something_to_walk():
    assert {model.__name__ for model in PAGES} >= {"HomePage", "ProgramPage", "ModulePage", "LessonPage", "QuizPage"}
    assert SNIPPETS
    assert SETTINGS


@pytest.mark.parametrize("model", [*PAGES, *SNIPPETS, *SETTINGS], ids=lambda model: model.__name__)
def test_every_field_and_block_that_an_author_fills_in_says_what_it_is_for(model, db):
    handler = edit_handler(model)
    assert list(without_help(handler.get_form_class(), model.__name__, helped_by_panels(handler))) == []


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_every_kind_of_page_names_its_parents_and_its_children(model):
    said = {name for parent in model.__mro__ if is_ours(parent) for name in vars(parent)}
    missing = {"parent_page_types", "subpage_types"} - said
    assert missing == ({"subpage_types"} if model is ModulePage else set())


def test_a_module_takes_what_names_it_as_its_parent(db):
    """It does not know the kinds that higher rooms put under modules; no other kind comes there."""
    children = {kind for kind in PAGES if kind.parent_page_types == ["curriculum.ModulePage"]}
    assert {kind for kind in ModulePage.allowed_subpage_models() if kind.is_creatable} == children
