"""The hidden inputs of every form that changes something."""

import uuid

from django import template
from django.middleware.csrf import get_token
from django.utils.html import format_html

from lms.web.idempotency import FIELD

register = template.Library()


@register.simple_tag(takes_context=True)
def form_key(context):
    """The CSRF token and a fresh idempotency key. Use inside every `<form method="post">` of ours."""
    token = get_token(context["request"]) if "request" in context else ""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="{}" value="{}">',
        token,
        FIELD,
        uuid.uuid4(),
    )
