"""Sending what the editor of the CMS sends."""

from django.test import Client
from wagtail.blocks import BlockField
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from courses.curriculum.models import LessonPage


def lesson_form(**fields) -> dict:
    """The whole form of a lesson, with one block of text unless `body` says otherwise."""
    values = {"title": "In the room", "slug": "in-the-room", "minutes": "10", "topic": "ethics"}
    values |= {"body": text_body("<p>Stay near.</p>"), "comments": inline_formset([])}
    return nested_form_data(_untouched() | values | fields)


def _untouched() -> dict:
    """What the form of a new lesson sends when nothing is filled in."""
    form = LessonPage.get_edit_handler().get_form_class()(instance=LessonPage())
    streams = {name: streamfield([]) for name, field in form.fields.items() if isinstance(field, BlockField)}
    others = {name: form[name].value() for name in form.fields if name not in streams}
    return streams | {name: "" if value is None else value for name, value in others.items() if value is not False}


def text_body(html: str) -> dict:
    return streamfield([("text", rich_text(html))])


def comment_on(path: str, text: str) -> dict:
    """A new comment on a field, as the editor adds it."""
    comment = {"text": text, "contentpath": path, "position": "", "resolved": "", "DELETE": ""}
    return inline_formset([comment | {"replies": inline_formset([])}])


def press(client: Client, page: Page, button: str, **fields):
    """Press a button under the editor, such as `action-submit`."""
    return client.post(f"/cms/pages/{page.pk}/edit/", lesson_form(**{button: "1"}, **fields), follow=True)
