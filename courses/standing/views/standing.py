from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from courses.enrolment.queries import enrolment_for, is_trainee, own_enrolments, own_enrolments_with_facts
from courses.standing.engine import standing_for
from courses.standing.forms import AsOfForm
from courses.standing.queries import hold_sentences
from courses.standing.shown import ledger_of, shown_ledger
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
    enrolment = _own_enrolment(request.user, pk) or enrolment_for(request.user, pk)
    is_own = enrolment.person_id == request.user.pk
    form = AsOfForm(request.GET if "as_of" in request.GET else None, zone=ZoneInfo(enrolment.cohort.time_zone))
    day = form.cleaned_data["as_of"] if form.is_valid() else None
    if is_own and day is None:
        found, as_of = shown_ledger(enrolment), timezone.now()
    else:
        judged = standing_for(enrolment, as_of=day, detail=True)
        found, as_of = ledger_of(judged, enrolment, is_own=is_own), judged.as_of
    context = {
        "enrolment": enrolment,
        "ledger": found,
        "as_of": as_of,
        "summary": f"{found.done} of {found.total} requirements met{f' on {words(day)}' if day else ''}.",
        "day": day,
        "form": form,
        "holds": hold_sentences(enrolment),
        "is_own": is_own,
    }
    return render(request, "standing/standing.html", context, status=422 if form.errors else 200)


def _own_enrolment(user, pk):
    own = own_enrolments_with_facts(user) if is_trainee(user) else []
    return next((enrolment for enrolment in own if enrolment.pk == pk), None)
