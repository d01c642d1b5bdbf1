"""Every form that changes something carries a key; sending it twice acts once.

The key's row, with the address the act led to, is the last statement of the act's transaction. A double click finds the
key taken there, loses everything it did, and gets the first one's result; so does a repeat that is refused because the
first has acted. A form that came back with errors changed nothing and leaves no row.
"""

import functools
import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from lms.web.models import FormKey

FIELD = "form_key"
KEEP = timedelta(days=7)


class _Nothing(Exception):
    """Roll back a sending that did not act; carries the response to show."""

    def __init__(self, response):
        self.response = response


def once_per_form(view):
    """Act at most once per form key on POST. The view's redirect is remembered and given again on a repeat."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = _read_key(request)
        if key is None:
            return stale_form(request)
        try:
            with transaction.atomic():
                response = view(request, *args, **kwargs)
                if not isinstance(response, HttpResponseRedirect):
                    raise _Nothing(response)
                _claim(key, request, response.url)
                return response
        except _Nothing as nothing:
            return _first_result(request, key) or nothing.response
        except _Repeat:
            return _first_result(request, key) or stale_form(request)
        except Exception:  # a refusal, a page that is gone: perhaps because the first sending has acted
            first = _first_result(request, key)
            if first is None:
                raise
            return first

    wrapped.acts_once = True
    return wrapped


class _Repeat(Exception):
    pass


def _claim(key: uuid.UUID, request, location: str) -> None:
    """Raises `_Repeat` when the key is taken; a sending that is still under way is waited for."""
    try:
        FormKey.objects.create(key=key, person=_person(request), path=request.path[:500], location=location[:500])
    except IntegrityError:
        raise _Repeat from None


def _person(request):
    return request.user if request.user.is_authenticated else None


def _read_key(request) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _first_result(request, key: uuid.UUID) -> HttpResponseRedirect | None:
    """Where the first sending led, for the same person and page; None for another one's key and for a new one."""
    first = FormKey.objects.filter(key=key, person=_person(request), path=request.path[:500]).first()
    return HttpResponseRedirect(first.location) if first else None


def stale_form(request):
    return render(
        request,
        "errors/409.html",
        {"message": "This form is out of date. Reload the page and send it again."},
        status=409,
    )


def forget_old_keys() -> int:
    return FormKey.objects.filter(at__lt=timezone.now() - KEEP).delete()[0]
