"""Sending forms in tests the way a browser without JavaScript does."""

import uuid
from urllib.parse import urljoin

import lxml.html
from django.http import HttpResponse
from django.test import Client


def post(client: Client, url: str, *, form_key: str | None = None, follow: bool = False, **data):
    """POST a form with its idempotency key; give `form_key` to send the same form twice."""
    return client.post(url, data | {"form_key": form_key or str(uuid.uuid4())}, follow=follow)


class NoSuchForm(AssertionError):
    """The page has no such form, field or button: a person could not have sent it either."""


def send_form(client: Client, response: HttpResponse, button: str, **fields) -> HttpResponse:
    """Press the button with this label on a page, after filling in the given fields; hidden inputs go along as they are.

    Follows redirects. Raises `NoSuchForm` when the page offers no such button or field.
    """
    page = lxml.html.fromstring(response.content.decode())
    form, pressed = _form_with_button(page, button)
    unknown = set(fields) - set(form.fields.keys())
    if unknown:
        raise NoSuchForm(
            f"The form with “{button}” has no field {sorted(unknown)}; it has {sorted(form.fields.keys())}."
        )
    data = _values(form) | fields
    if pressed.get("name"):
        data[pressed.get("name")] = pressed.get("value", "")
    target = urljoin(
        response.request["PATH_INFO"], pressed.get("formaction") or form.action or response.request["PATH_INFO"]
    )
    send = client.post if form.method.upper() == "POST" else client.get
    return send(target, data, follow=True)


def _form_with_button(page, label: str):
    submits = "[not(@form) and (not(@type) or @type='submit')]"
    for form in page.forms:
        inside = form.xpath(f".//button{submits} | .//input[@type='submit']")
        outside = page.xpath("//button[@form=$id]", id=form.get("id")) if form.get("id") else []
        for button in [*inside, *outside]:
            if " ".join(button.text_content().split()) == label or button.get("value") == label:
                return form, button
    offered = [" ".join(button.text_content().split()) for button in page.xpath("//button")]
    raise NoSuchForm(f"No button “{label}”; the page offers {offered}.")


def _values(form) -> dict[str, str | list[str]]:
    """What the browser would send if nothing were touched."""
    values: dict[str, str | list[str]] = {}
    for name, value in form.form_values():
        if name in values:
            earlier = values[name]
            values[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            values[name] = value
    return values


def link(response: HttpResponse, label: str) -> str:
    """The address of the link with this text. Raises `NoSuchForm` when the page has none."""
    page = lxml.html.fromstring(response.content.decode())
    for anchor in page.xpath("//a[@href]"):
        if label in " ".join(anchor.text_content().split()):
            return urljoin(response.request["PATH_INFO"], anchor.get("href"))
    raise NoSuchForm(f"No link “{label}”.")


def text_of(response: HttpResponse) -> str:
    """The words of a page, as a person reads them."""
    return " ".join(lxml.html.fromstring(response.content.decode()).text_content().split())
