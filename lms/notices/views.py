from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.notices.forms import MailboxFilterForm
from lms.notices.models import DemoMail
from lms.web.paging import page_number


@require_safe
def mailbox(request):
    """The mails the demonstration would have sent. Anywhere else this page does not exist."""
    if not settings.DEMO:
        raise Http404
    form = MailboxFilterForm(request.GET)
    mails = DemoMail.objects.all()
    if form.is_valid() and form.cleaned_data["to"]:
        mails = mails.filter(to=form.cleaned_data["to"].lower())
    page = Paginator(mails, 20).get_page(page_number(request))
    return render(request, "notices/mailbox.html", {"form": form, "page": page})
