"""Addresses that go wrong, for the tests of the error pages."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.urls import path

from lms.errors import Refusal
from lms.urls import handler400, handler403, handler404, handler500  # noqa: F401
from lms.urls import urlpatterns as real

SECRET = "hunter2 in the error's own words"


def bug(request):
    raise ZeroDivisionError(SECRET)


def suspicious(request):
    raise SuspiciousOperation(SECRET)


def forbidden(request):
    raise PermissionDenied(SECRET)


def missing(request):
    raise Http404(SECRET)


def refused(request):
    raise Refusal("The quiz is closed <now>.", next_step=("See your results", "/home/"))


def refused_plainly(request):
    raise Refusal("Not today.")


urlpatterns = [
    path("fault/500", bug),
    path("fault/400", suspicious),
    path("fault/403", forbidden),
    path("fault/404", missing),
    path("fault/409", refused),
    path("fault/409-plain", refused_plainly),
    path("cms/fault/500", bug),
    *real,
]
