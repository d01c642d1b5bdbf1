"""Copying pages in the CMS: Wagtail's own page, all of it or nothing."""

from django.db import transaction
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.pages.copy import CopyView

from courses.curriculum.forms import CopyPagesForm


@method_decorator([never_cache, require_admin_access], name="dispatch")
class CopyPages(CopyView):
    """Stands at the address of Wagtail's own view, before it (urls.py). Hooks finish the copy in the same transaction."""

    def get_form_class(self):
        return CopyPagesForm

    @transaction.atomic
    def post(self, request, page_id, *args, **kwargs):
        """Without Wagtail's own look-up of the chosen parent: it fails for a number that is none, the form says so."""
        chosen = request.POST.get("new_parent_page", "")
        if chosen and not (chosen.isdecimal() and len(chosen) < 18):
            raise Http404
        return FormView.post(self, request, page_id, *args, **kwargs)
