from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from courses.enrolment.models import Enrolment
from courses.enrolment.queries import enrolment_for, is_trainee, own_enrolments, own_enrolments_with_facts
from courses.standards.queries import definition_of
from courses.standing.forms import AsOfForm
from courses.standing.ledger import ledger
from courses.standing.queries import hold_sentences, own_enrolments_to_judge
from courses.standing.shown import ledger_of, page_standing, shown_ledger
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
    """The ledger: the same page for the trainee, her faculty, directors and registrars. The evidence of a line is a page
    of its own, for there may be hundreds of entries; on paper they can all stand together."""
    asked = _ask(request, pk, may_remember=not request.GET.keys() & {"as_of", "entries"})
    is_whole = request.GET.get("entries") == "all"
    if asked.day or is_whole:
        judged = page_standing(asked.enrolment, as_of=asked.day, detail=is_whole)
        found = ledger_of(judged, asked.enrolment, is_own=asked.is_own, as_of=asked.query, is_whole=is_whole)
    else:
        found = shown_ledger(asked.enrolment, is_own=asked.is_own)
    context = _context(asked) | {
        "ledger": found,
        "is_whole": is_whole,
        "now": timezone.now(),
        "summary": f"{found.done} of {found.total} requirements met{f' on {words(asked.day)}' if asked.day else ''}.",
        "holds": hold_sentences(asked.enrolment),
    }
    return render(request, "standing/standing.html", context, status=422 if asked.form.errors else 200)


@login_required
@require_safe
def evidence(request, pk, key):
    """What counted for one requirement, what did not and why, entry by entry. The ledger shows it in its place too."""
    asked = _ask(request, pk)
    found = page_standing(asked.enrolment, as_of=asked.day, detail=key)
    row = next((row for row in ledger(found, definition_of(asked.enrolment.standard_version)) if row.key == key), None)
    if row is None or asked.form.errors:
        raise Http404
    return render(request, "standing/evidence.html", _context(asked) | {"row": row, "title": found.standard_title})


@dataclass(frozen=True)
class Asked:
    """Whose standing is asked for, and as of which day if not now."""

    enrolment: Enrolment
    form: AsOfForm
    day: date | None
    is_own: bool

    @property
    def query(self) -> str:
        return f"?as_of={self.day.isoformat()}" if self.day else ""


def _ask(request, pk, *, may_remember: bool = False) -> Asked:
    """Raises `Http404` for whoever may not read the standing."""
    enrolment = _own_enrolment(request.user, pk, with_facts=may_remember) or enrolment_for(request.user, pk)
    form = AsOfForm(request.GET if "as_of" in request.GET else None, zone=ZoneInfo(enrolment.cohort.time_zone))
    day = form.cleaned_data["as_of"] if form.is_valid() else None
    return Asked(enrolment, form, day, is_own=enrolment.person_id == request.user.pk)


def _own_enrolment(user, pk, *, with_facts: bool) -> Enrolment | None:
    """With the marks of its evidence only where they save judging: asking for them costs as much as two queries."""
    if not is_trainee(user):
        return None
    own = own_enrolments_with_facts(user) if with_facts else own_enrolments_to_judge(user)
    return next((enrolment for enrolment in own if enrolment.pk == pk), None)


def _context(asked: Asked) -> dict[str, Any]:
    return {
        "enrolment": asked.enrolment,
        "form": asked.form,
        "day": asked.day,
        "as_of": asked.query,
        "is_own": asked.is_own,
    }
