"""The holder's own certificates."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.queries.credentials import credentials_for_user
from certificates.queries.papers import downloads_of
from lms.web.paging import page_number

PER_PAGE = 10


@login_required
@require_safe
def certificate_list(request):
    page = Paginator(credentials_for_user(request.user), PER_PAGE).get_page(page_number(request))
    downloads = downloads_of(page.object_list)
    for credential in page:
        credential.verify_address = settings.PUBLIC_URL + credential.get_absolute_url()
        credential.downloads = downloads[credential.pk]
    return render(request, "certificates/list.html", {"page": page})
