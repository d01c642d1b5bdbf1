"""Sending what the editor of the CMS sends."""

from django.test import Client
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield


def lesson_form(**fields) -> dict:
    """The whole form of a lesson, with one block of text unless `body` says otherwise."""
    values = {
        "title": "In the room",
        "slug": "in-the-room",
        "minutes": "10",
        "topic": "ethics",
        "objectives": "",
        "content_notice": "",
        "reviewer": "",
        "reviewed_on": "",
        "next_review_on": "",
        "body": text_body("<p>Stay near.</p>"),
        "comments": inline_formset([]),
    }
    return nested_form_data(values | fields)


def text_body(html: str) -> dict:
    return streamfield([("text", rich_text(html))])


def comment_on(path: str, text: str) -> dict:
    """A new comment on a field, as the editor adds it."""
    comment = {"text": text, "contentpath": path, "position": "", "resolved": "", "DELETE": ""}
    return inline_formset([comment | {"replies": inline_formset([])}])


def press(client: Client, page: Page, button: str, **fields):
    """Press a button under the editor, such as `action-submit`."""
    return client.post(f"/cms/pages/{page.pk}/edit/", lesson_form(**{button: "1"}, **fields), follow=True)
