"""The yardstick: what a signed-in Django page costs at the least. Costs are given as multiples of it (xC).

Django's own session middleware, its sessions in the database, and its authentication of the signed-in person, nothing
else of the site's middleware; a view that asks for the person (two queries: session, user by primary key) and for one
row by primary key (the third); an answer of a few bytes. It uses the same process, threads, settings and database
connections as the site.
"""

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from courses.curriculum.models import Program
from lms.accounts.models import User

PATH = "/bench/control/"
MARKER = "control of "


def control(request):
    """One row by its primary key, for whoever is signed in."""
    if request.user is None:
        return HttpResponse("Nobody is signed in.", status=403)
    program = Program.objects.get(pk=request.GET["program"])
    return HttpResponse(f"{MARKER}{request.user.pk}: {program.title}", content_type="text/plain")


def stock_authentication(get_response):
    """What Django's AuthenticationMiddleware and ModelBackend do: the user by primary key, the session's hash compared.

    Written out, because the site's own backend (with the roles and facts it loads) is what is to be measured against it.
    """

    def middleware(request):
        request.user = SimpleLazyObject(lambda: _signed_in(request))
        return get_response(request)

    return middleware


def _signed_in(request) -> User | None:
    user = User._default_manager.get(pk=request.session[SESSION_KEY])
    is_hers = constant_time_compare(request.session[HASH_SESSION_KEY], user.get_session_auth_hash())
    return user if is_hers and user.is_active else None


urlpatterns = [path(PATH.strip("/") + "/", control)]


def control_application() -> WSGIHandler:
    """A second Django handler in the process of the site, with the two middlewares and the one address."""
    middleware = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "tests.benchmarks.control.stock_authentication",
        "tests.benchmarks.control.own_urls",
    ]
    with override_settings(MIDDLEWARE=middleware, SESSION_ENGINE="django.contrib.sessions.backends.db"):
        return WSGIHandler()


def own_urls(get_response):
    def middleware(request):
        request.urlconf = __name__
        return get_response(request)

    return middleware
