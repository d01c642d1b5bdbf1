"""The desk's queue of what waits to be marked, and the page on which it is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments.kinds import kind_of
from assessments.marking.actions import AlreadyMarked, mark_answer
from assessments.marking.forms import MarkForm
from assessments.marking.points import STEPS
from assessments.marking.queries import ToMark, answers_to_mark, attempt_to_mark, attempts_to_mark
from assessments.presentation import stem_of
from assessments.queries import READERS, quiz_of
from lms.accounts.queries import roles_of
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 25


@login_required
@require_safe
def desk_marking(request):
    """What directors and faculty can mark now, the oldest first."""
    if not roles_of(request.user) & set(READERS):
        raise PermissionDenied
    page = Paginator(attempts_to_mark(request.user), PER_PAGE).get_page(page_number(request))
    rows = [{"attempt": attempt, "left": _left(attempt)} for attempt in page]
    return render(request, "assessments/marking/queue.html", {"page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_marking_attempt(request, pk):
    """Every answer of one attempt that a person marks, each with a form of its own; a mark is for good."""
    attempt = attempt_to_mark(request.user, pk)
    answers = answers_to_mark(attempt)
    sent = next((answer for answer in answers if request.POST.get("slot") == str(answer.slot)), None)
    form = MarkForm(request.POST, answer=sent) if sent else None
    refusal = ""
    if form and form.is_valid():
        try:
            attempt = mark_answer(attempt, slot=sent.slot, by=request.user, **form.mark)
        except AlreadyMarked as already:
            refusal = already.message
            answers = answers_to_mark(attempt)
        else:
            return _on(request, attempt)
    lines = [_line(answer, attempt, form if sent and answer.slot == sent.slot else None) for answer in answers]
    context = {"attempt": attempt, "lines": lines, "refusal": refusal, "is_waiting": attempt.is_awaiting}
    status = 409 if refusal else 422 if request.method == "POST" else 200
    return render(request, "assessments/marking/attempt.html", context, status=status)


def _on(request, attempt):
    """To what is left of the same attempt, or to the queue when it is graded."""
    if attempt.is_awaiting:
        messages.success(request, "The mark is saved. Something of this attempt is left to mark.")
        return redirect("desk_marking_attempt", attempt.pk)
    messages.success(request, f"The attempt of {attempt.enrolment.person} is graded, and she is told.")
    return redirect("desk_marking")


def _line(answer: ToMark, attempt, form) -> dict:
    steps = dict(STEPS)
    marking = answer.marking
    return {
        "answer": answer,
        "stem": stem_of(answer.question),
        "form": form or (None if marking or not attempt.is_awaiting else MarkForm(answer=answer)),
        "steps": [
            {"criterion": criterion, "word": steps[step]}
            for criterion, step in zip(answer.criteria, marking.steps, strict=True)
        ]
        if marking and marking.steps
        else [],
    }


def _left(attempt) -> int:
    questions = quiz_of(attempt).questions
    return sum(
        row["points"] is None and kind_of(questions[row["question"]]["kind"]).is_marked_by_hand
        for row in attempt.result
    )
