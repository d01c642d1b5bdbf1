from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from lms.web.finding import with_marks
from lms.web.forms import SearchForm
from lms.web.publicsearch import search_public
from lms.web.worklist import STANDING, work_for


@login_required
@require_safe
def home(request):
    """What next, for whoever signs in. A standing is to be looked at; it is never the one thing to do."""
    work = work_for(request.user)
    first = next((item for item in work if item.tone != STANDING), None)
    return render(request, "home/home.html", {"first": first, "work": [item for item in work if item is not first]})


@require_safe
def public_search(request):
    """Where words stand on the public pages. A plain GET, so that a search has an address to come back to."""
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    found, pages = search_public(query)
    context = {
        "query": query,
        "is_too_long": not form.is_valid(),
        "count": found.count,
        "hits": [
            {"page": pages[hit.item], "title": with_marks(hit.title), "passage": with_marks(hit.passage)}
            for hit in found.hits
        ],
    }
    return render(request, "web/search.html", context, status=200 if form.is_valid() else 422)


def cms_login(request):
    """The CMS's own sign-in asks for no second factor, so it is never reached: everybody signs in by the one door."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('wagtailadmin_home')})}")
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    return redirect("wagtailadmin_home")


@require_safe
def favicon(request):
    return HttpResponsePermanentRedirect(static("favicon.svg"))


@require_safe
def robots(request):
    return render(request, "web/robots.txt", content_type="text/plain")
