"""The desk's pages of item analysis."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessments.enums import RegradeChange
from assessments.kinds import kind_of
from assessments.presentation import stem_of
from assessments.queries import quiz_of
from assessments.regrading.queries import rulings_for
from assessments.regrading.rulings import AS_FROZEN, Ruling, data_of_all
from assessments.statistics.arithmetic import MINIMUM
from assessments.statistics.items import (
    Item,
    chosen_of,
    given_by_version,
    item_of,
    plotted,
    quiz_reliability,
    why_too_few,
)
from assessments.statistics.queries import (
    MOST_PEOPLE,
    first_attempts,
    quiz_with_statistics,
    quizzes_with_statistics,
    sittings_of,
)
from lms.accounts.queries import is_director
from lms.web.paging import page_number
from lms.web.plots import columns_of

PER_PAGE = 25


@login_required
@require_safe
def desk_statistics(request):
    page = Paginator(quizzes_with_statistics(request.user), PER_PAGE).get_page(page_number(request))
    return render(request, "assessments/statistics/list.html", {"page": page, "minimum": MINIMUM})


@login_required
@require_safe
def desk_quiz_statistics(request, pk):
    """A quiz with the figures of each version that was asked of somebody in a first attempt."""
    quiz = quiz_with_statistics(request.user, pk)
    attempts = first_attempts(quiz)
    sittings, rulings = sittings_of(attempts), _rulings(attempts)
    by_version = given_by_version(sittings, void=_void(rulings))
    questions = _questions(attempts, rulings)
    rows = [_row(quiz, questions[key], key, given) for key, given in sorted(by_version.items())]
    alpha, alike = quiz_reliability(sittings)
    context = {
        "quiz": quiz,
        "people": len(sittings),
        "rows": rows,
        "reliability": alpha,
        "alike": alike,
        "minimum": MINIMUM,
        "lacking": why_too_few(len(sittings)),
        "is_capped": len(attempts) >= MOST_PEOPLE,
        "most": MOST_PEOPLE,
    }
    return render(request, "assessments/statistics/quiz.html", context)


@login_required
@require_safe
def desk_version_statistics(request, pk, key, number):
    """One version in one quiz: its figures, who chose what, and how it tells people apart. 404 until somebody was asked."""
    quiz = quiz_with_statistics(request.user, pk)
    attempts = first_attempts(quiz)
    rulings = _rulings(attempts)
    given = given_by_version(sittings_of(attempts), void=_void(rulings)).get((key, number))
    if not given:
        raise Http404
    question, ruling = _questions(attempts, rulings)[(key, number)], rulings.get((key, number), AS_FROZEN)
    chosen = chosen_of(question["kind"], question["data"], given)
    item = item_of((key, number), given, chosen=chosen)
    is_enough = not item.lacking
    critical = ", critical item" if question["critical"] else ""
    context = {
        "quiz": quiz,
        "item": item,
        "topic": question["topic"],
        "eyebrow": f"{key}, version {number}",
        "meta": f"{kind_of(question['kind']).label}{critical}, in {quiz.title}",
        "ruled": RegradeChange(ruling.change).label if ruling.change else "",
        "can_regrade": is_director(request.user),
        "lacking": why_too_few(len(given)),
        "facts": _facts(item) if is_enough else [],
        "stem": stem_of(question),
        "chosen": chosen if is_enough else [],
        "columns": columns_of(plotted(given)) if is_enough else [],
        "minimum": MINIMUM,
    }
    return render(request, "assessments/statistics/version.html", context)


def _facts(item: Item) -> list[dict]:
    told = "Nothing: everybody earned the same" if item.discrimination is None else f"{item.discrimination:.2f}"
    facts = [
        {"label": "People", "value": item.count},
        {"label": "Difficulty (mean points, 0 to 1)", "value": f"{item.difficulty:.2f}"},
        {"label": "Discrimination (-1 to 1)", "value": told},
    ]
    return facts + ([{"label": "Median time", "value": f"{item.seconds:.0f} s"}] if item.seconds is not None else [])


def _questions(attempts, rulings) -> dict[tuple[str, int], dict]:
    """Every version that these attempts could be asked, as it is frozen, by the key that counts now. A body is read once per process."""
    bodies = {attempt.body_id: attempt for attempt in attempts}
    found = [question for attempt in bodies.values() for question in quiz_of(attempt).questions.values()]
    return {
        (question["key"], question["version"]): question
        | {"data": data_of_all(question["data"], rulings.get((question["key"], question["version"]), AS_FROZEN))}
        for question in found
    }


def _rulings(attempts) -> dict[tuple[str, int], Ruling]:
    return rulings_for(*{attempt.body_id: quiz_of(attempt) for attempt in attempts}.values())


def _void(rulings) -> set[tuple[str, int]]:
    return {version for version, ruling in rulings.items() if ruling.is_void}


def _row(quiz, question, key, given) -> dict:
    chosen = chosen_of(question["kind"], question["data"], given)
    return {
        "item": item_of(key, given, chosen=chosen),
        "topic": question["topic"],
        "critical": question["critical"],
        "url": reverse("desk_version_statistics", args=[quiz.pk, *key]),
    }
