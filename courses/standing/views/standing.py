from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from courses.enrolment.queries import enrolment_for, own_enrolments
from courses.standards.queries import definition_of
from courses.standing.engine import standing_for
from courses.standing.forms import AsOfForm
from courses.standing.ledger import ledger
from courses.standing.queries import open_holds
from lms.accounts.queries import roles_of
from lms.web.templatetags.ui import day as words


@login_required
@require_safe
def standing_index(request):
    """A trainee's own standing; the choice when she has more than one enrolment."""
    own = list(own_enrolments(request.user))
    if len(own) == 1:
        return redirect("standing", own[0].pk)
    if not own and roles_of(request.user):
        raise PermissionDenied
    return render(request, "standing/index.html", {"enrolments": own})


@login_required
@require_safe
def standing(request, pk):
    """The ledger: the same page for the trainee, her faculty, directors and registrars."""
    enrolment = enrolment_for(request.user, pk)
    form = AsOfForm(request.GET if "as_of" in request.GET else None, zone=ZoneInfo(enrolment.cohort.time_zone))
    day = form.cleaned_data["as_of"] if form.is_valid() else None
    found = standing_for(enrolment, as_of=day, detail=True)
    context = {
        "enrolment": enrolment,
        "standing": found,
        "summary": f"{found.done} of {found.total} requirements met{f' on {words(day)}' if day else ''}.",
        "rows": ledger(found, definition_of(enrolment.standard_version)),
        "day": day,
        "form": form,
        "holds": [hold.reason_sentence for hold in open_holds(enrolment)],
        "is_own": enrolment.person_id == request.user.pk,
    }
    return render(request, "standing/standing.html", context, status=422 if form.errors else 200)
