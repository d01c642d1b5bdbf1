"""What every form is made of: its fields, and the hidden inputs of those that change something."""

import uuid

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lms.web.idempotency import FIELD
from lms.web.memory import remember
from lms.web.widgets import escaped

register = template.Library()


def _token_of(request) -> str:
    """One token for all forms of an answer, as one `{% csrf_token %}` context gives: masking it costs more than the form."""
    if not hasattr(request, "_form_token"):
        request._form_token = get_token(request)
    return request._form_token


@register.simple_tag(takes_context=True)
def form_key(context) -> SafeString:
    """The CSRF token and a fresh idempotency key. Use inside every `<form method="post">` of ours."""
    return hidden_inputs(context.get("request"))


def hidden_inputs(request: HttpRequest | None) -> SafeString:
    """The same, for a form that is not written by a template with its request at hand."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="{}" value="{}">',
        _token_of(request) if request else "",
        FIELD,
        uuid.uuid4(),
    )


OPTIONAL = mark_safe(' <span class="field__optional">(optional)</span>')
SHORT = 40  # what somebody typed at length is not kept for others


@register.simple_tag
def field(bound: BoundField, label="", help="", suffix="", optional=False) -> SafeString:
    """One field: label, help, what is wrong with it, and the widget. `components/field.html` calls this.

    A form names in `alike` the fields of its class that no instance changes: such a field looks the same wherever it has
    the same value and nothing is wrong with it, and is written once. In `alike_by` it names those that look the same for
    all forms with the same key.
    """
    form = bound.form
    is_alike = bound.name in getattr(form, "alike", ()) or bound.name in getattr(form, "alike_by", ())
    if is_alike and not bound.errors:
        value = bound.value()
        if getattr(bound.field, "is_guarded", False) and (
            value or form.is_bound
        ):  # what is said of it stands beside it
            return _field(bound, label, help, suffix, optional)
        value = repr(value)
        if len(value) <= SHORT:
            return _alike(bound, value, label, help, suffix, optional)
    return _field(bound, label, help, suffix, optional)


def _look(bound: BoundField, *said) -> tuple:
    """All that the HTML of such a field depends on."""
    form = bound.form
    key = getattr(form, "alike_by", {}).get(bound.name)
    return (type(form), key, form.use_required_attribute, bound.name, bound.html_name, bound.auto_id, *said)


@remember(seconds=3600, most=2000, key=_look)
def _alike(bound: BoundField, value: str, label, help, suffix, optional) -> SafeString:
    return _field(bound, label, help, suffix, optional)


def _field(bound: BoundField, label, help, suffix, optional) -> SafeString:
    """A group of choices stands in a fieldset, a lone box has its words beside it, everything else its label above. Written
    in Python, for a long form has thirty of them, and as a template each costs as much as a question to the database.
    """
    title = escaped(label or bound.label) + (OPTIONAL if optional else "")
    said = escaped(help) if help else str(bound.help_text)  # a form's own help is ours, and may be HTML
    about = f'<div class="field__help" id="{bound.auto_id}_helptext">{said}</div>' if said else ""
    if bound.errors:
        about += render_to_string("components/field_errors.html", {"field": bound})
    if bound.use_fieldset:
        html = _group(bound, title, about)
    elif bound.widget_type == "checkbox":
        html = f'<div class="field"><label class="choice">{bound}<span>{title}</span></label>{about}</div>'
    else:
        html = _control(bound, title, about, escaped(suffix))
    return mark_safe(html)  # noqa: S308 - each part is escaped, or written by a widget or a template


def _group(bound: BoundField, title: str, about: str) -> str:
    described = f' aria-describedby="{bound.aria_describedby}"' if bound.aria_describedby else ""
    legend = f'<legend class="field__label">{title}</legend>'
    return f'<fieldset class="field"{described}>{legend}{about}<div class="choices">{bound}</div></fieldset>'


def _control(bound: BoundField, title: str, about: str, suffix: str) -> str:
    unit = f'<span class="field__suffix">{suffix}</span>' if suffix else ""
    marked, guard = "", ""
    if getattr(bound.field, "is_guarded", False):
        marked, guard = " data-guarded", render_to_string("components/guard.html", {"field": bound})
    label = f'<label class="field__label" for="{bound.id_for_label}">{title}</label>'
    return f'<div class="field"{marked}>{label}{about}<div class="field__control">{bound}{unit}</div>{guard}</div>'
