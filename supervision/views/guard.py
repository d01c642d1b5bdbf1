"""The rules of the guard, for the page that warns while somebody writes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from supervision.guard.page import rules_as_json, version


@login_required
@require_safe
@cache_control(private=True, max_age=300)
@condition(etag_func=lambda request: f'"{version()}"')
def guard_rules(request):
    return HttpResponse(rules_as_json(), content_type="application/json")
