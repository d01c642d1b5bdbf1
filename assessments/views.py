"""The trainee's pages of a quiz, and the list of results for staff. The server's clock decides on every one."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import answer_attempt, start_quiz, submit_attempt, touch
from assessments.forms import AnswerForm, SlotForm
from assessments.kinds import STEP_NAMES
from assessments.models import Attempt
from assessments.presentation import (
    asked,
    first_open_slot,
    goes_on,
    is_answered,
    missed_critical_topics,
    reviewed,
    slots_of,
    topics_to_study,
    verdict,
)
from assessments.queries import (
    READERS,
    answers_of,
    attempts_at,
    closed_attempts_of,
    closed_attempts_of_others,
    current_quiz,
    own_attempt,
    own_enrolment,
    past_of,
    quiz_item,
    quiz_of,
    quiz_of_body,
    readable_attempt,
)
from assessments.regrading.queries import kept_from, regrades_for
from assessments.regrading.rulings import rulings_of
from assessments.rules import (
    AnswerRefused,
    StaleAnswer,
    Start,
    can_read_results_of_others,
    deadline_of,
    may_explain,
    may_reveal,
    start_state,
)
from courses.curriculum.queries import current_body_id, html_of_body
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.queries import enrolment_for
from courses.enrolment.rules import can_read_edition
from courses.learning.queries import why_locked
from lms.accounts.queries import roles_of
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 25
CALM_SECONDS = 120
FRAME = ("csrfmiddlewaretoken", "form_key", "slot", "seq", "goto")  # what a form holds beside the answer


@login_required
@require_safe
def quiz_intro(request, enrolment_pk, slug):
    enrolment = own_enrolment(request.user, enrolment_pk)
    item = quiz_item(enrolment, slug)
    body_id = current_body_id(item)
    quiz, now = quiz_of_body(body_id), timezone.now()
    attempts = [touch(attempt, at=now) for attempt in attempts_at(enrolment, item.activity)]
    state = start_state(quiz, past_of(attempts), is_active=enrolment.state == EnrolmentState.ACTIVE, now=now)
    locked = "" if state.kind in (Start.OPEN, Start.PASSED) else why_locked(enrolment, item)
    is_closed = not can_read_edition(enrolment) and state.kind != Start.OPEN
    context = {
        "enrolment": enrolment,
        "item": item,
        "public_part": "" if locked or is_closed else html_of_body(body_id),
        "quiz": quiz,
        "state": state,
        "attempts": attempts,
        "locked": locked,
        "is_closed": is_closed,
        "open_attempt": next((attempt for attempt in attempts if attempt.is_open), None),
        "deadline_if_started_now": deadline_of(quiz, now),
    }
    return render(request, "assessments/intro.html", context, status=403 if locked or is_closed else 200)


@login_required
@require_POST
@once_per_form
def quiz_start(request, enrolment_pk, slug):
    attempt = start_quiz(enrolment_pk, slug, by=request.user)
    return redirect("quiz_attempt", attempt.pk)


@login_required
@require_safe
def quiz_attempt(request, pk):
    attempt = touch(own_attempt(request.user, pk))
    if not attempt.is_open:
        return redirect("quiz_result", attempt.pk)
    answers = answers_of(attempt)
    return _attempt_page(request, attempt, answers, _slot_asked_for(request, attempt, answers))


@login_required
@require_POST
def quiz_answer(request, pk):
    """Saves one answer. Not once per form: it is an upsert on (attempt, slot), ordered by the sequence it carries."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        sentence = "This page is out of date. Reload it and give your answer again."
        return _not_saved(request, own_attempt(request.user, pk), 1, sentence, wants_json, 422)
    slot, goto = form.cleaned_data["slot"], form.cleaned_data["goto"]
    sent = dict(request.POST.lists())
    if goto is not None and (_is_empty(sent) or _is_open_step(sent)):
        attempt = own_attempt(request.user, pk)
        if attempt.is_open:
            return _go(attempt, goto)
    try:
        answer = answer_attempt(pk, slot=slot, sent=sent, client_seq=form.cleaned_data["seq"], by=request.user)
    except (AnswerRefused, StaleAnswer) as refusal:
        status = 409 if isinstance(refusal, StaleAnswer) else 422
        return _not_saved(request, own_attempt(request.user, pk), slot, refusal.message, wants_json, status)
    except Refusal as refusal:
        if wants_json:
            return JsonResponse({"message": refusal.message, "result": reverse("quiz_result", args=[pk])}, status=409)
        raise
    if wants_json:
        whole = is_answered(answer.attempt, slot, answer)
        return JsonResponse({"saved": _clock(answer.saved_at), "seq": answer.client_seq, "answered": whole})
    if goto is None and goes_on(answer.attempt, answer):
        return _go(answer.attempt, slot, "#now")
    return _go(answer.attempt, slot + 1 if goto is None else goto)


@login_required
@require_safe
def quiz_review(request, pk):
    attempt = touch(own_attempt(request.user, pk))
    if not attempt.is_open:
        return redirect("quiz_result", attempt.pk)
    slots = slots_of(attempt, answers_of(attempt))
    unanswered = [slot.number for slot in slots if not slot.answered]
    context = _frame(attempt) | {
        "slots": slots,
        "unanswered": unanswered,
        "unanswered_text": _unanswered(unanswered),
        "said": f"{len(slots) - len(unanswered)} of {len(slots)} answered",
    }
    return render(request, "assessments/review.html", context)


@login_required
@require_POST
@once_per_form
def quiz_submit(request, pk):
    attempt = submit_attempt(own_attempt(request.user, pk), by=request.user)
    messages.success(request, "Your answers are submitted.")
    return redirect("quiz_result", attempt.pk)


@login_required
@require_safe
def quiz_result(request, pk):
    attempt = touch(readable_attempt(request.user, pk))
    is_own = attempt.enrolment.person_id == request.user.pk
    if attempt.is_open:
        return (
            redirect("quiz_attempt", pk)
            if is_own
            else render(request, "assessments/still_open.html", {"attempt": attempt})
        )
    quiz = current_quiz(attempt)
    attempts = attempts_at(attempt.enrolment_id, attempt.activity_id)
    is_active = attempt.enrolment.state == EnrolmentState.ACTIVE
    state = start_state(quiz, past_of(attempts), is_active=is_active, now=timezone.now())
    explains, reveals = (may_explain(state), may_reveal(state)) if is_own else (True, True)
    rulings = rulings_of(regrades_for(quiz_of(attempt)), without=kept_from([attempt.pk]).get(attempt.pk, ()))
    lines = [] if attempt.is_annulled else reviewed(attempt, reveal=reveals, rulings=rulings)
    context = {
        "attempt": attempt,
        "is_own": is_own,
        "item": attempt.item,
        "state": state,
        "when": timezone.localtime(attempt.submitted_at).strftime("%-d %b %Y, %H:%M"),
        "explains": explains,
        "reveals": reveals,
        "lines": lines if explains else [],
        "topics": topics_to_study(lines),
        "critical_topics": missed_critical_topics(lines),
        "regraded": attempt.regraded,
        **verdict(attempt, missed_critical_topics(lines), is_own=is_own),
    }
    return render(request, "assessments/result.html", context)


@login_required
@require_safe
def desk_quizzes(request):
    """Results of the people within reach, for directors and faculty."""
    if not roles_of(request.user) & set(READERS):
        raise PermissionDenied
    page = Paginator(closed_attempts_of_others(request.user), PER_PAGE).get_page(page_number(request))
    return render(request, "assessments/desk_list.html", {"page": page})


@login_required
@require_safe
def enrolment_quizzes(request, pk):
    """The results of one trainee."""
    enrolment = enrolment_for(request.user, pk)
    if not can_read_results_of_others(request.user, enrolment):
        raise PermissionDenied
    page = Paginator(closed_attempts_of(enrolment), PER_PAGE).get_page(page_number(request))
    return render(request, "assessments/desk_list.html", {"page": page, "enrolment": enrolment})


def _frame(attempt: Attempt) -> dict:
    """What every page of an open attempt shows around the question: the clock, decided here."""
    seconds = max(0, int((attempt.deadline - timezone.now()).total_seconds())) if attempt.deadline else None
    return {
        "attempt": attempt,
        "item": attempt.item,
        "seconds_left": seconds,
        "minutes_left": None if seconds is None else -(-seconds // 60),
        "is_calm": seconds is None or seconds > CALM_SECONDS,
    }


def _attempt_page(request, attempt, answers, slot, *, sent=None, error="", status=200) -> HttpResponse:
    answer, last = answers.get(slot), len(attempt.draw)
    question, slots = asked(attempt, slot, answer, sent), slots_of(attempt, answers)
    context = _frame(attempt) | {
        "asked": question,
        "slots": slots,
        "answered_count": sum(one.answered for one in slots),
        "next_slot": slot + 1 if slot < last else 0,
        "previous_slot": slot - 1,
        "save_label": question.button or ("Save and next" if slot < last else "Save and look over"),
        "go_label": "Next question" if slot < last else "Look over your answers",
        "said": f"Question {slot} of {last}",
        "saved": f"Saved {_clock(answer.saved_at)}" if answer else "Not answered yet",
        "error": error,
    }
    return render(request, "assessments/attempt.html", context, status=status)


def _slot_asked_for(request, attempt, answers) -> int:
    """The question in the address, or the first one that is still open, or the first."""
    form = SlotForm(request.GET)
    wanted = form.cleaned_data["slot"] if form.is_valid() else None
    if wanted and wanted <= len(attempt.draw):
        return wanted
    return first_open_slot(attempt, answers)


def _not_saved(request, attempt, slot, sentence, wants_json, status) -> HttpResponse:
    if wants_json:
        return JsonResponse({"message": sentence}, status=status)
    if not attempt.is_open:
        return redirect("quiz_result", attempt.pk)
    slot = slot if slot <= len(attempt.draw) else 1
    sent = dict(request.POST.lists())
    return _attempt_page(request, attempt, answers_of(attempt), slot, sent=sent, error=sentence, status=status)


def _unanswered(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"Question {numbers[0]} is not answered"
    return f"{len(numbers)} questions are not answered: {', '.join(map(str, numbers))}"


def _clock(moment: datetime) -> str:
    """14:02 in the reader's zone."""
    return timezone.localtime(moment).strftime("%H:%M")


def _is_empty(sent: dict[str, list[str]]) -> bool:
    return not any(value.strip() for name, values in sent.items() if name not in FRAME for value in values)


def _is_open_step(sent: dict[str, list[str]]) -> bool:
    """A step is final, so what is chosen in one is saved by its own button alone, never by going elsewhere."""
    return any(name.startswith(STEP_NAMES) for name in sent)


def _go(attempt: Attempt, slot: int, part: str = "") -> HttpResponse:
    if not 1 <= slot <= len(attempt.draw):
        return redirect("quiz_review", attempt.pk)
    return redirect(f"{reverse('quiz_attempt', args=[attempt.pk])}?slot={slot}{part}")
