"""Public pages kept whole for visitors. Most of them come without a session, and all of those see the same page.

A view opts in by `keep_for_visitors(response)`. Each process keeps its own copies for a minute, so an edit is seen by
everybody within a minute, and by whoever is signed in at once.
"""

from threading import Lock

from cachetools import TTLCache
from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

KEEP_SECONDS = 60
MOST_PAGES = 200
_pages: TTLCache = TTLCache(maxsize=MOST_PAGES, ttl=KEEP_SECONDS)
_lock = Lock()


def keep_for_visitors(response: HttpResponse) -> HttpResponse:
    """Mark an answer that holds nothing of the person who asked, nor a form's token."""
    response.is_for_every_visitor = True
    return response


def whole_pages(get_response):
    """Answers visitors without a session from memory; passes everybody else on."""

    def middleware(request):
        if not _may_share(request):
            return get_response(request)
        key = (request.get_host(), request.path, request.method)
        with _lock:
            kept = _pages.get(key)
        if kept is not None:
            return HttpResponse(kept[0], headers=kept[1])
        response = get_response(request)
        if response.status_code == 200 and getattr(response, "is_for_every_visitor", False) and not response.cookies:
            patch_vary_headers(response, ["Cookie"])
            response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={KEEP_SECONDS}"
            with _lock:
                _pages[key] = (response.content, dict(response.headers))
        return response

    return middleware


def forget_pages() -> None:
    with _lock:
        _pages.clear()


def _may_share(request) -> bool:
    """Nobody is signed in, no message waits, and no question is asked of the page."""
    is_plain = request.method in ("GET", "HEAD") and not request.META.get("QUERY_STRING")
    return is_plain and not {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
