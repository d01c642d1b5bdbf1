"""The pages for what went wrong. Plain functions: Django's own handlers read the body again and fail on a bad charset."""

import logging

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html

logger = logging.getLogger(__name__)


def _page(status: int, **context) -> HttpResponse:
    return HttpResponse(render_to_string(f"errors/{status}.html", context), status=status)


def bad_request(request, exception=None):
    return _page(400)


def permission_denied(request, exception=None):
    return _page(403)


def not_found(request, exception=None):
    return _page(404)


def too_many_requests(request, exception=None):
    return _page(429)


def server_error(request):
    return _page(500)


def refusal_page(request, refusal):
    next_step = ""
    if refusal.next_step:
        label, url = refusal.next_step
        next_step = format_html('<a href="{}">{}</a>', url, label)
    return _page(409, message=refusal.message, next_step=next_step)


def csrf_failure(request, reason=""):
    """A form without its token: mostly a page that was open since before a sign-in."""
    logger.warning("csrf failure", extra={"reason": reason})
    return HttpResponse(
        render_to_string(
            "errors/403.html",
            {
                "message": "This form is too old, or your browser refuses cookies. Go back, reload the page and try again."
            },
        ),
        status=403,
    )
