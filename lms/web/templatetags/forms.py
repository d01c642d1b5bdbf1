"""The hidden inputs of every form that changes something."""

import uuid

from django import template
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lms.web.idempotency import FIELD

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
