"""The trainee's pages of a quiz, and the list of results for staff. The server's clock decides on every one."""

import functools
from datetime import datetime

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import answer_attempt, go_on, leave_slot, start_quiz, submit_attempt, take_break, touch
from assessments.events.actions import note_opened
from assessments.forms import AnswerForm, SlotForm, StartForm
from assessments.kinds import STEP_NAMES
from assessments.marking.queries import markings_of
from assessments.models import Attempt
from assessments.presentation import (
    asked,
    critical_sentence,
    first_open_slot,
    goes_on,
    is_answered,
    missed_critical_topics,
    reviewed,
    slots_of,
    summary_of,
    topics_to_study,
    verdict,
)
from assessments.queries import (
    READERS,
    allowance_of,
    answers_of,
    attempts_at,
    break_left_of,
    closed_attempts_of,
    closed_attempts_of_others,
    current_quiz,
    granted_of,
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
from assessments.requests.forms import AskForm
from assessments.requests.queries import requests_at
from assessments.results.policy import EVERYTHING, later_sentences, shown_of
from assessments.results.sections import section_scores
from assessments.results.study import lessons_near, named_lessons, topics_of, topics_with_lessons
from assessments.rules import (
    USUAL,
    AnswerRefused,
    ConditionMissing,
    Sent,
    StaleAnswer,
    Start,
    can_read_results_of_others,
    deadline_of,
    goes_forward,
    may_explain,
    minutes_of,
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
from lms.web.limits import is_within_limit
from lms.web.paging import page_number

PER_PAGE = 25
CALM_SECONDS = 120
SECRET = ("csrfmiddlewaretoken", "form_key")
FRAME = (*SECRET, "slot", "seq", "goto")  # what a form holds beside the answer
KEPT = "kept_answer"
KEPT_A_MINUTE = 60
LONGEST_KEPT = 40_000
GUESSES_A_MINUTE = 10
LONGEST_PASSWORD = 128


@login_required
@require_safe
def quiz_intro(request, enrolment_pk, slug):
    return intro_page(request, enrolment_pk, slug)


def intro_page(
    request, enrolment_pk, slug, *, missing: ConditionMissing | None = None, ask_form: AskForm | None = None
) -> HttpResponse:
    """What holds before the start, with what is `missing` for it beside its field, or refused of a request."""
    enrolment = own_enrolment(request.user, enrolment_pk)
    item = quiz_item(enrolment, slug)
    body_id = current_body_id(item)
    quiz, now, allowance = quiz_of_body(body_id), timezone.now(), allowance_of(enrolment)
    found = attempts_at(enrolment, item.activity)
    attempts, granted = [touch(attempt, at=now) for attempt in found], granted_of(found)
    state = start_state(
        quiz,
        past_of(attempts),
        is_active=enrolment.state == EnrolmentState.ACTIVE,
        now=now,
        more_attempts=allowance.extra_attempts,
        granted=granted,
    )
    has_none_left = state.kind == Start.NONE_LEFT
    requests = requests_at(enrolment, item.activity) if has_none_left or granted.attempts else []
    may_ask = has_none_left and enrolment.state == EnrolmentState.ACTIVE and not any(one.is_open for one in requests)
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
        "shows_score": shown_of(quiz.feedback, state, now).score,
        "open_attempt": next((attempt for attempt in attempts if attempt.is_open), None),
        "deadline_if_started_now": deadline_of(quiz, now, allowance),
        "minutes": minutes_of(quiz, allowance),
        "allowance": allowance,
        "has_agreed": allowance != USUAL,
        "form": StartForm(quiz, missing, request.POST if missing else None),
        "missing": missing,
        "requests": requests,
        "ask_form": (ask_form or AskForm()) if may_ask else None,
    }
    refused = 422 if missing or ask_form else 200
    return render(request, "assessments/intro.html", context, status=403 if locked or is_closed else refused)


def few_guesses(view):
    """Outside the act's transaction, which forgets whatever was refused: ten passwords a minute for one person."""

    @functools.wraps(view)
    def wrapped(request, enrolment_pk, slug):
        whose = str(request.user.pk)
        if request.POST.get("password") and not is_within_limit(
            request, "quiz", per_minute=GUESSES_A_MINUTE, whose=whose
        ):
            many = ConditionMissing("password", "That were many tries. Wait a minute, then type it once more.")
            return intro_page(request, enrolment_pk, slug, missing=many)
        return view(request, enrolment_pk, slug)

    return wrapped


@login_required
@require_POST
@few_guesses
@once_per_form
def quiz_start(request, enrolment_pk, slug):
    sent = Sent(
        has_agreed="agreed" in request.POST,
        password=request.POST.get("password", "")[:LONGEST_PASSWORD],
        address=get_adapter().get_client_ip(request),
    )
    try:
        attempt = start_quiz(enrolment_pk, slug, by=request.user, sent=sent)
    except ConditionMissing as missing:
        return intro_page(request, enrolment_pk, slug, missing=missing)
    return redirect("quiz_attempt", attempt.pk)


@login_required
@require_safe
def quiz_attempt(request, pk):
    attempt = touch(own_attempt(request.user, pk))
    if not attempt.is_open:
        return redirect("quiz_result", attempt.pk)
    note_opened(attempt, session=request.session.session_key)
    if attempt.is_on_break:
        return _break_page(request, attempt)
    answers, quiz = answers_of(attempt), quiz_of(attempt)
    if request.session.get(KEPT, {}).get("attempt") == pk:
        return _kept_page(request, attempt, answers)
    if quiz.is_one_page:
        return _one_page(request, attempt, answers)
    if goes_forward(quiz) and attempt.at_slot > len(attempt.draw):
        return redirect("quiz_review", pk)
    return _attempt_page(request, attempt, answers, _slot_asked_for(request, attempt, answers))


@login_required
@require_POST
@once_per_form
def quiz_break(request, pk):
    """Begins a break, or goes on from one."""
    act = go_on if request.POST.get("act") == "go_on" else take_break
    act(own_attempt(request.user, pk), by=request.user)
    return redirect("quiz_attempt", pk)


def _kept_page(request, attempt, answers) -> HttpResponse:
    """The answer that was sent while she was signed out, to be sent again by her: nothing is saved without her doing."""
    sent = request.session[KEPT]["sent"]
    slot = int(sent["slot"][0])
    slots = {drawn["slot"]: drawn for drawn in attempt.draw}
    if slot not in slots:
        del request.session[KEPT]
        return redirect("quiz_attempt", attempt.pk)
    seq = max(int(sent["seq"][0]), answers[slot].client_seq + 1 if slot in answers else 1)
    context = _frame(attempt) | {
        "slot": slot,
        "seq": seq,
        "fields": [(name, value) for name, values in sent.items() if name not in FRAME for value in values],
        "summary": summary_of(attempt, slots[slot], sent, answers.get(slot)),
        "said": "Not saved yet",
    }
    return render(request, "assessments/kept.html", context)


def _break_page(request, attempt) -> HttpResponse:
    """No question is shown while the clock stands still."""
    ends = attempt.break_ends_at
    context = {
        "attempt": attempt,
        "item": attempt.item,
        "ends": ends,
        "minutes_left": -(-max(0, int((ends - timezone.now()).total_seconds())) // 60),
    }
    return render(request, "assessments/break.html", context)


def keeps_answer(view):
    """Like `login_required`, for whom the sign-in ran out while she was answering: what she sent is not lost.

    Her browser keeps it where it can; for a plain form it waits in the session until she has signed in again.
    """

    @functools.wraps(view)
    def wrapped(request, pk):
        if request.user.is_authenticated:
            return view(request, pk)
        back = reverse("quiz_attempt", args=[pk])
        if _wants_json(request):
            sign_in = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
            return JsonResponse({"message": "You are signed out.", "sign_in": sign_in}, status=401)
        if is_within_limit(request, "kept-answer", per_minute=KEPT_A_MINUTE):
            _keep_answer(request, pk)
        return redirect_to_login(back)

    return wrapped


def _keep_answer(request, pk) -> None:
    sent = {name: values for name, values in request.POST.lists() if name not in SECRET}
    if AnswerForm(request.POST).is_valid() and len(str(sent)) <= LONGEST_KEPT:
        request.session[KEPT] = {"attempt": pk, "sent": sent}


def _wants_json(request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@keeps_answer
@require_POST
def quiz_answer(request, pk):
    """Saves one answer. Not once per form: it is an upsert on (attempt, slot), ordered by the sequence it carries."""
    wants_json = _wants_json(request)
    request.session.pop(KEPT, None)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        sentence = "This page is out of date. Reload it and give your answer again."
        return _not_saved(request, own_attempt(request.user, pk), 1, sentence, wants_json, 422)
    slot, goto = form.cleaned_data["slot"], form.cleaned_data["goto"]
    sent = dict(request.POST.lists())
    if goto is not None and (_is_empty(sent) or _is_open_step(sent)):
        stays = goto == slot
        attempt = own_attempt(request.user, pk) if stays else leave_slot(pk, slot=slot, by=request.user)
        if attempt.is_open:
            return _go(attempt, slot, goto)
    seq, leaves = form.cleaned_data["seq"], not wants_json
    try:
        answer = answer_attempt(pk, slot=slot, sent=sent, client_seq=seq, by=request.user, leaves=leaves)
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
        return _go(answer.attempt, slot, slot, "#now")
    return _go(answer.attempt, slot, slot + 1 if goto is None else goto)


@login_required
@require_safe
def quiz_review(request, pk):
    attempt = touch(own_attempt(request.user, pk))
    if not attempt.is_open:
        return redirect("quiz_result", attempt.pk)
    if attempt.is_on_break:
        return redirect("quiz_attempt", pk)
    slots = slots_of(attempt, answers_of(attempt))
    unanswered = [slot.number for slot in slots if not slot.answered]
    context = _frame(attempt) | {
        "slots": slots,
        "unanswered": unanswered,
        "unanswered_text": _unanswered(unanswered),
        "is_forward": goes_forward(quiz_of(attempt)),
        "at_slot": attempt.at_slot if attempt.at_slot <= len(slots) else 0,
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
    more = allowance_of(attempt.enrolment).extra_attempts
    granted = granted_of(attempts)
    state = start_state(
        quiz, past_of(attempts), is_active=is_active, now=timezone.now(), more_attempts=more, granted=granted
    )
    shown = shown_of(quiz.feedback, state, timezone.now()) if is_own else EVERYTHING
    rulings = rulings_of(regrades_for(quiz_of(attempt)), without=kept_from([attempt.pk]).get(attempt.pk, ()))
    lines = (
        [] if attempt.is_annulled else reviewed(attempt, shown=shown, rulings=rulings, markings=markings_of(attempt))
    )
    critical_topics = missed_critical_topics(lines)
    missed = topics_to_study(lines)
    lessons = lessons_near(attempt.enrolment, attempt.activity_id, quiz.remediation, missed) if is_own else []
    context = {
        "attempt": attempt,
        "is_own": is_own,
        "item": attempt.item,
        "state": state,
        "when": timezone.localtime(attempt.submitted_at).strftime("%-d %b %Y, %H:%M"),
        "is_put_away": not may_explain(state) and is_own and not attempt.is_annulled,
        "later": [] if attempt.is_annulled else later_sentences(quiz.feedback, shown),
        "lines": lines if shown.answers else [],
        "sections": section_scores(attempt.draw, attempt.result, rulings) if shown.score and lines else [],
        "critical": critical_sentence(lines) if shown.score and attempt.is_graded else "",
        "topics": topics_with_lessons(missed, critical_topics, lessons, topics_of(attempt.enrolment.edition_id))
        if shown.score
        else [],
        "remediation": quiz.remediation if is_own and state.kind == Start.NONE_LEFT else None,
        "remedial_lessons": named_lessons(quiz.remediation, lessons),
        "regraded": attempt.regraded if shown.score else None,
        **verdict(attempt, critical_topics, is_own=is_own, shows_score=shown.score),
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
        "may_break": attempt.deadline is not None and break_left_of(attempt) > 0,
    }


def _one_page(request, attempt, answers, *, refused=0, sent=None, error="", status=200) -> HttpResponse:
    """Every question in a form of its own; what was `refused` of one stands beside it."""
    slots = slots_of(attempt, answers)
    questions = [
        {
            "asked": asked(attempt, slot.number, answers.get(slot.number), sent if slot.number == refused else None),
            "saved": _saved(answers.get(slot.number)),
            "answered": slot.answered,
            "error": error if slot.number == refused else "",
        }
        for slot in slots
    ]
    context = _frame(attempt) | {
        "questions": questions,
        "slots": slots,
        "answered_count": sum(slot.answered for slot in slots),
        "said": f"{len(slots)} questions",
    }
    return render(request, "assessments/one_page.html", context, status=status)


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
        "is_forward": goes_forward(quiz_of(attempt)),
        "said": f"Question {slot} of {last}",
        "saved": _saved(answer),
        "error": error,
    }
    return render(request, "assessments/attempt.html", context, status=status)


def _saved(answer) -> str:
    return f"Saved {_clock(answer.saved_at)}" if answer else "Not answered yet"


def _slot_asked_for(request, attempt, answers) -> int:
    """The question in the address, or the first one that is still open, or the first; going forward only, where she is."""
    if goes_forward(quiz_of(attempt)):
        return attempt.at_slot
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
    if attempt.is_on_break:
        return redirect("quiz_attempt", attempt.pk)
    quiz, sent = quiz_of(attempt), dict(request.POST.lists())
    if goes_forward(quiz) and slot != attempt.at_slot:
        slot, sent = min(attempt.at_slot, len(attempt.draw)), None
    said = {"sent": sent, "error": sentence, "status": status}
    if quiz.is_one_page:
        return _one_page(request, attempt, answers_of(attempt), refused=slot, **said)
    return _attempt_page(request, attempt, answers_of(attempt), slot, **said)


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


def _go(attempt: Attempt, slot: int, goto: int, part: str = "") -> HttpResponse:
    """Where she wants to go from a question; in one direction to the next one alone, and on one page to where she was."""
    quiz, address = quiz_of(attempt), reverse("quiz_attempt", args=[attempt.pk])
    if quiz.is_one_page and goto:
        return redirect(f"{address}#q{slot}")
    if goes_forward(quiz):
        return redirect(f"{address}{part}")
    if not 1 <= goto <= len(attempt.draw):
        return redirect("quiz_review", attempt.pk)
    return redirect(f"{address}?slot={goto}{part}")
