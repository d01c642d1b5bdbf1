from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from courses.enrolment.actions import adjust_enrolment, extend_enrolment, move_enrolment
from courses.enrolment.enums import MOVES, OPEN_STATES, TONES, EnrolmentState
from courses.enrolment.forms import CAUSES_OF_ONE, AdjustForm, ExtendForm, ReasonForm
from courses.enrolment.queries import adjustments_of, desk_enrolments_for, finish_by, pause_of, seats_taken
from courses.enrolment.registry import links_for
from courses.enrolment.rules import can_manage_enrolment, can_see_reasons, days_in_words
from courses.enrolment.views.pages import form_page, sent
from lms.clock.models import MOST_DAYS
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.templatetags.ui import day

PAUSE = (
    "The lessons close until you let it go on, and no new quiz can be begun. The practice log, its export, the standing, "
    "disputes and a quiz that was begun stay open. The days of the pause are added to the deadlines when it goes on. "
    "The seat stays taken."
)
RESUME = "The lessons open again, and the days of the pause are added to the deadlines."
EXTEND = "A later day to finish by, for this person alone. She is told of the day, never of the reason."
WITHDRAW = (
    "The lessons close and no practice can be added. This is final: whoever comes back is enrolled anew. "
    "The log with its export, the standing, records and disputes stay open to the person, without an end."
)
COMPLETE = (
    "Final. Conferring a certificate does this by itself; here it is done without one. The lessons and all records "
    "stay open to the person, and no practice can be added."
)
# Each act on the enrolment's page: its address, its label, what it means, and the states in which it is offered.
ACTS = (
    ("desk_enrolment_resume", "Let it go on", RESUME, EnrolmentState.ACTIVE),
    ("desk_enrolment_pause", "Pause", PAUSE, EnrolmentState.PAUSED),
    ("desk_enrolment_withdraw", "Withdraw", WITHDRAW, EnrolmentState.WITHDRAWN),
    ("desk_enrolment_complete", "Close as completed", COMPLETE, EnrolmentState.COMPLETED),
)


@login_required
@require_safe
def enrolment_detail(request, pk):
    enrolment = get_object_or_404(desk_enrolments_for(request.user), pk=pk)
    sees_reasons = can_see_reasons(request.user, enrolment)
    may_manage = can_manage_enrolment(request.user, enrolment)
    due = finish_by(enrolment)
    context = {
        "enrolment": enrolment,
        "tone": TONES[enrolment.state],
        "facts": _facts(enrolment, due),
        "history": _history(enrolment, sees_reasons),
        "adjustments": adjustments_of(enrolment) if sees_reasons else [],
        "links": links_for(request.user, enrolment),
        "may_manage": may_manage,
        "acts": _acts(enrolment, due) if may_manage else [],
    }
    return render(request, "enrolment/enrolment_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_pause(request, pk):
    enrolment = _managed(request, pk)
    return _move_page(
        request,
        enrolment,
        EnrolmentState.PAUSED,
        done="The enrolment is paused, and a notice is on its way.",
        title=f"Pause the enrolment of {enrolment.person}",
        lead=PAUSE,
        submit="Pause the enrolment",
        facts=_time_facts(enrolment),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_resume(request, pk):
    enrolment = _managed(request, pk)
    pause = pause_of(enrolment)
    return _move_page(
        request,
        enrolment,
        EnrolmentState.ACTIVE,
        done="The enrolment goes on, and a notice is on its way.",
        title=f"Let the enrolment of {enrolment.person} go on",
        lead=RESUME,
        submit="Let it go on",
        facts=_pause_facts(enrolment, pause) if pause else None,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_withdraw(request, pk):
    enrolment = _managed(request, pk)
    return _move_page(
        request,
        enrolment,
        EnrolmentState.WITHDRAWN,
        done="The enrolment has ended and its seat is free. A notice is on its way.",
        title=f"Withdraw {enrolment.person} from {enrolment.program}?",
        lead=WITHDRAW,
        submit="Withdraw and free the seat",
        facts=_seat_facts(enrolment),
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_complete(request, pk):
    enrolment = _managed(request, pk)
    return _move_page(
        request,
        enrolment,
        EnrolmentState.COMPLETED,
        done="The enrolment is completed, and a notice is on its way.",
        title=f"Close the enrolment of {enrolment.person} as completed?",
        lead=COMPLETE,
        submit="Close it as completed",
        danger=True,
    )


def _move_page(request, enrolment, new, **words):
    """The page of one move, or the sentence why it is not possible in this state."""
    if new not in MOVES[EnrolmentState(enrolment.state)]:
        return _not_now(request, enrolment)
    return form_page(
        request,
        ReasonForm(sent(request)),
        act=lambda reason: move_enrolment(enrolment, new, by=request.user, reason=reason),
        to=_url(enrolment),
        **words,
    )


def _not_now(request, enrolment):
    message = f"This enrolment is {enrolment.get_state_display().lower()}. From there this is not possible."
    return render(request, "errors/409.html", {"message": message}, status=409)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_extend(request, pk):
    """Two steps: the first shows the old and the new day, the second acts on exactly what was shown."""
    enrolment = _managed(request, pk)
    old = finish_by(enrolment)
    if enrolment.state not in OPEN_STATES or old is None:
        return _not_now(request, enrolment)
    form = ExtendForm(sent(request), initial={"finish_on": old})
    form.fields["finish_on"].help_text = f"It is {day(old)} now."
    new = form.cleaned_data["finish_on"] if form.is_valid() else None
    is_shown = new is not None and form.cleaned_data["shown"] == f"{old:%Y-%m-%d}/{new:%Y-%m-%d}"
    if is_shown:
        try:
            extend_enrolment(enrolment, new, by=request.user, reason=form.cleaned_data["reason"], seen=old)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{enrolment.person} has until {day(new)} now. A notice is on its way.")
            return redirect("desk_enrolment", enrolment.pk)
    elif new is not None and not 1 <= (new - old).days <= MOST_DAYS:
        form.add_error("finish_on", f"Choose a day after {day(old)}, at most {MOST_DAYS} days later.")
    return _extend_page(request, enrolment, form, old=old, new=new)


def _extend_page(request, enrolment, form, *, old, new):
    is_preview = bool(new) and not form.errors
    if is_preview:
        form.data = form.data.copy()
        form.data["shown"] = f"{old:%Y-%m-%d}/{new:%Y-%m-%d}"
    context = {
        "form": form,
        "title": f"Extend the time of {enrolment.person}",
        "lead": EXTEND,
        "facts": _extension_facts(old, new) if is_preview else _time_facts(enrolment),
        "submit": f"Extend to {day(new)}" if is_preview else "Show the change",
        "back": _url(enrolment),
    }
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_deadlines(request, pk):
    enrolment = _managed(request, pk)
    return form_page(
        request,
        AdjustForm(sent(request), causes=CAUSES_OF_ONE),
        act=lambda **fields: adjust_enrolment(enrolment, by=request.user, **fields),
        done="The deadlines have moved, and a notice is on its way.",
        to=_url(enrolment),
        title=f"Move the deadlines of {enrolment.person}",
        lead="The person is told of the days, not of the cause.",
        submit="Move the deadlines",
    )


def _managed(request, pk):
    enrolment = get_object_or_404(desk_enrolments_for(request.user), pk=pk)
    if not can_manage_enrolment(request.user, enrolment):
        raise PermissionDenied
    return enrolment


def _url(enrolment) -> str:
    return reverse("desk_enrolment", args=[enrolment.pk])


def _acts(enrolment, due) -> list[dict]:
    """What can be done now, each with what it means."""
    legal = MOVES[EnrolmentState(enrolment.state)]
    found = [(name, label, words) for name, label, words, new in ACTS if new in legal]
    if due and enrolment.state in OPEN_STATES:
        found.insert(1, ("desk_enrolment_extend", "Extend", EXTEND))
    return [{"url": reverse(name, args=[enrolment.pk]), "label": label, "words": words} for name, label, words in found]


def _time_facts(enrolment) -> list[dict]:
    return [{"label": "Finish by", "value": day(finish_by(enrolment)) or "no date set"}]


def _pause_facts(enrolment, pause) -> list[dict]:
    old, new = finish_by(enrolment), finish_by(enrolment, pause.shift)
    facts = [
        {"label": "Paused since", "value": day(pause.since)},
        {"label": "Given back", "value": days_in_words(pause.days)},
    ]
    return [*facts, *_change_facts(old, new)] if old else facts


def _extension_facts(old, new) -> list[dict]:
    return [*_change_facts(old, new), {"label": "More time", "value": days_in_words((new - old).days)}]


def _change_facts(old, new) -> list[dict]:
    return [
        {"label": "Finish by, until now", "value": day(old)},
        {"label": "Finish by, from now on", "value": day(new)},
    ]


def _seat_facts(enrolment) -> list[dict]:
    taken, seats = seats_taken(enrolment.cohort), enrolment.cohort.seats
    return [
        {"label": "Cohort", "value": enrolment.cohort.name},
        {"label": "Seats taken now", "value": f"{taken} of {seats}"},
        {"label": "Seats taken afterwards", "value": f"{taken - 1} of {seats}"},
    ]


def _facts(enrolment, due) -> list[dict]:
    return [
        {"label": "Program", "value": enrolment.program.title},
        {"label": "Cohort", "value": enrolment.cohort.name, "url": reverse("desk_cohort", args=[enrolment.cohort_id])},
        {"label": "Edition", "value": enrolment.edition.number},
        {"label": "Standard", "value": str(enrolment.standard_version)},
        {"label": "Track", "value": enrolment.get_track_display()},
        {"label": "Discipline", "value": enrolment.discipline or "not given"},
        {"label": "Enrolled", "value": day(enrolment.enrolled_on)},
        {"label": "Finish by", "value": day(due) or "no date set"},
    ]


def _history(enrolment, sees_reasons: bool) -> list[dict]:
    moves = enrolment.moves.select_related("by").order_by("-id")
    return [
        {
            "title": move.get_new_display() if move.old else "Enrolled",
            "when": move.at,
            "by": str(move.by) if move.by else "",
            "body": move.reason if sees_reasons else "",
            "kind": TONES[move.new],
        }
        for move in moves
    ]
