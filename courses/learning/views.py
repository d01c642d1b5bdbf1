"""What a trainee reads. Every address hangs on her own enrolment; fetching that is the permission check."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from courses.curriculum.changes import wordings
from courses.curriculum.credits import credits_in_words
from courses.curriculum.embeds import allow_players
from courses.curriculum.enums import ActivityKind
from courses.curriculum.files import serve_asset
from courses.curriculum.models import Asset, EditionItem
from courses.curriculum.queries import OutlineItem, errata_in, frozen_item, item_of_activity, items_showing
from courses.enrolment.actions import look_at_changes
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import own_enrolments, situations_of
from courses.enrolment.rules import can_read_edition
from courses.learning.actions import (
    answer_check,
    complete_activity,
    look_at_corrections,
    remember_position,
    sign_attestation,
)
from courses.learning.changes import adoptions_of
from courses.learning.corrections import corrections_for, in_words
from courses.learning.frame import NOBODY, Correction, Frame, Line, Link, for_reader, review_of, written
from courses.learning.notes.forms import blank_note
from courses.learning.notes.queries import notes_of_lesson
from courses.learning.printing import handout
from courses.learning.queries import (
    Journey,
    Listed,
    glossary_of,
    item_for,
    journey_of,
    learners_enrolment,
    references_of,
    search_edition,
)
from courses.learning.registry import view_of
from courses.learning.rules import can_complete
from courses.learning.slots import Fault, Lesson, lesson_of
from lms.errors import Refusal
from lms.web.finding import Hit, with_marks
from lms.web.forms import SearchForm
from lms.web.idempotency import once_per_form
from lms.web.memory import remember
from lms.web.paging import page_number
from lms.web.templatetags.forms import hidden_inputs

ANY_SLUG = "any-slug"
CORRECTIONS_PER_PAGE = 10
MOST_OF_A_NAME = 200
STATE_KINDS = {"done": "met", "in_progress": "info", "open": "neutral", "locked": "waiting"}


@login_required
@require_safe
def learn(request):
    """Straight to the only enrolment; a list when there are several."""
    enrolments = list(own_enrolments(request.user))
    if len(enrolments) == 1:
        return redirect("learn_outline", enrolments[0].pk)
    return render(request, "learning/enrolments.html", {"enrolments": enrolments})


@login_required
@require_safe
def outline(request, pk):
    """The table of contents with how far she is. Open in every state: it is her own record."""
    enrolment = learners_enrolment(request.user, pk)
    return render(request, "learning/outline.html", outline_context(enrolment, journey_of(enrolment)))


def outline_context(enrolment: Enrolment, journey: Journey) -> dict:
    is_open = can_read_edition(enrolment)
    return {
        "enrolment": enrolment,
        "journey": journey,
        "modules": [_module_html(journey, module, is_open=is_open) for module in journey.outline.modules],
        "next": _line(journey, journey.next, is_open) if journey.next and is_open and can_complete(enrolment) else None,
        "is_open": is_open,
        "situation": situations_of([enrolment])[enrolment.pk],
    }


@login_required
@require_safe
def item(request, pk, slug):
    """A lesson or the front page of a module; other kinds are led to their own address."""
    return _item(request, pk, slug)


def _item(request, pk: int, slug: str, *, fault: Fault | None = None):
    """The page, also when something that was sent from it is refused."""
    enrolment = learners_enrolment(request.user, pk, slug=slug)
    if not can_read_edition(enrolment):
        return _closed(request, enrolment)
    found = item_for(enrolment, slug)
    if found.activity.kind not in (ActivityKind.MODULE, ActivityKind.LESSON):
        return redirect(_address(enrolment, found.activity.kind, slug) or _missing())
    journey = journey_of(enrolment)
    here = journey.outline.by_slug(slug)
    state = journey.states[here.id]
    if state.is_locked:
        context = {"enrolment": enrolment, "item": found, "reason": state.reason}
        return render(request, "learning/locked.html", context, status=403)
    if can_complete(enrolment) and found.activity.kind == ActivityKind.LESSON and not state.is_done:
        remember_position(enrolment, found.activity_id)
    lesson = lesson_of(request, enrolment, found, fault=fault)
    is_lesson = found.activity.kind == ActivityKind.LESSON
    context = item_context(request, journey, found, here, lesson, has_notes=is_lesson)
    response = render(request, "learning/item.html", context, status=422 if fault else 200)
    return allow_players(response, enrolment.html)


def item_context(
    request: HttpRequest,
    journey: Journey,
    found: EditionItem,
    here: OutlineItem,
    lesson: Lesson,
    *,
    has_notes: bool,
) -> dict:
    """What learning/item.html shows; `has_notes` on the pages of lessons that are a trainee's own."""
    enrolment = journey.enrolment
    page = _frame(journey, found, here, lesson, has_notes=has_notes)
    inputs = partial(hidden_inputs, request)
    return {
        "page": page,
        "breadcrumbs": for_reader(written("breadcrumbs", page), enrolment.pk),
        "side": for_reader(_side_html(journey, journey.outline.module_of(here), here), enrolment.pk),
        "body": for_reader(written("body", page), enrolment.pk, inputs=inputs, text=lesson.html),
        "aside": _notes_html(page, enrolment, inputs) if has_notes else "",
    }


def _frame(journey: Journey, found: EditionItem, here: OutlineItem, lesson: Lesson, *, has_notes: bool) -> Frame:
    enrolment, outline, state = journey.enrolment, journey.outline, journey.states[here.id]
    is_lesson, module = here.kind == ActivityKind.LESSON, outline.module_of(here)
    is_to_complete = is_lesson and not state.is_done and can_complete(enrolment)
    children = outline.children(here)
    credits = [] if is_lesson else [credit for one in (here, *children) for credit in one.credits]
    before, after = outline.neighbours(here)
    return Frame(
        title=found.title,
        slug=found.slug,
        is_lesson=is_lesson,
        minutes=sum(one.minutes for one in (here, *children)),
        program=enrolment.program.title,
        is_demonstration=enrolment.program.is_demonstration,
        module=_link(module) if module is not here else None,
        percent=journey.states[module.id].percent,
        review=review_of(found),
        errata=tuple(Correction(one.day, one.reason, one.is_safety) for one in errata_in(enrolment.errata)),
        is_done=state.is_done,
        can_complete=is_to_complete and lesson.share.is_whole,
        what_completes=lesson.what_completes if is_to_complete else "",
        credits=credits_in_words(credits, enrolment.edition.topics) if credits else "",
        lines=tuple(_line_of_module(journey, child) for child in children),
        previous=_link(before),
        next=_link(after),
        has_notes=has_notes,
        is_bookmarked=enrolment.is_bookmarked,
    )


def _link(item: OutlineItem | None) -> Link | None:
    """With the address that it has for nobody; None where no installed room shows it."""
    address = _address_of(NOBODY, item.kind, item.slug) if item else ""
    return Link(item.title, address) if address else None


def _line_of_module(journey: Journey, item: OutlineItem) -> Line:
    state = journey.states[item.id]
    address = "" if state.is_locked else _address_of(NOBODY, item.kind, item.slug)
    return Line(item.title, address, state.reason, state.state.label, STATE_KINDS[state.state])


def _notes_html(page: Frame, enrolment: Enrolment, inputs: Callable[[], str]) -> SafeString:
    """What she has written here, and the form for more."""
    notes = notes_of_lesson(enrolment)
    shown = {
        "notes": notes,
        "enrolment_pk": enrolment.pk,
        "lesson_url": _address(enrolment, ActivityKind.LESSON, page.slug),
    }
    text = render_to_string("learning/notes/list_of_lesson.html", shown) if notes else ""
    return for_reader(written("notes", page, blank=blank_note(enrolment.html)), enrolment.pk, inputs=inputs, text=text)


@login_required
@require_safe
def handout_page(request, pk, slug):
    """A lesson, or a module with all its open lessons, to print. The gates are those of the lesson's own page."""
    enrolment = learners_enrolment(request.user, pk)
    if not can_read_edition(enrolment):
        return _closed(request, enrolment)
    found = item_for(enrolment, slug)
    if found.activity.kind not in (ActivityKind.MODULE, ActivityKind.LESSON):
        raise Http404
    journey = journey_of(enrolment)
    here = journey.outline.by_slug(slug)
    state = journey.states[here.id]
    if state.is_locked:
        context = {"enrolment": enrolment, "item": found, "reason": state.reason}
        return render(request, "learning/locked.html", context, status=403)
    shown = handout(journey, here)
    printed = [frozen_item(enrolment.edition, item) for item in (here, *(lesson for lesson, _ in shown.lessons))]
    context = {
        "enrolment": enrolment,
        "handout": shown,
        "is_reviewed": all(review_of(item).reviewed_on for item in printed),
        "today": timezone.now(),
    }
    return render(request, "learning/print.html", context)


@login_required
@require_POST
@once_per_form
def complete(request, pk, slug):
    """Mark a lesson as complete and go on to what comes after it."""
    enrolment = learners_enrolment(request.user, pk)
    found = item_for(enrolment, slug)
    if found.activity.kind != ActivityKind.LESSON:
        raise Http404
    complete_activity(enrolment, found, by=request.user)
    journey = journey_of(learners_enrolment(request.user, pk))
    messages.success(request, f"“{found.title}” is complete.")
    _, after = journey.outline.neighbours(journey.outline.by_slug(slug))
    if after is None or journey.states[after.id].is_locked:
        return redirect("learn_outline", enrolment.pk)
    return redirect(_address(enrolment, after.kind, after.slug) or reverse("learn_outline", args=[enrolment.pk]))


@login_required
@require_POST
@once_per_form
def check(request, pk, slug, block):
    """Answer a knowledge check; the feedback stands where the question was."""
    enrolment, chosen = learners_enrolment(request.user, pk), request.POST.getlist("choice")
    try:
        answer_check(enrolment, item_for(enrolment, slug), block=block, chosen=chosen, by=request.user)
    except Refusal as refusal:
        return _refused(request, pk, slug, refusal, Fault(str(block), refusal.message, chosen=chosen))
    return _back_to(enrolment, slug, block)


@login_required
@require_POST
@once_per_form
def attestation(request, pk, slug, block):
    """Sign a statement with one's name, or renew the signature."""
    enrolment, name = learners_enrolment(request.user, pk), request.POST.get("name", "")[:MOST_OF_A_NAME]
    try:
        sign_attestation(enrolment, item_for(enrolment, slug), block=block, name=name, by=request.user)
    except Refusal as refusal:
        return _refused(request, pk, slug, refusal, Fault(str(block), refusal.message, name=name))
    return _back_to(enrolment, slug, block)


def _back_to(enrolment: Enrolment, slug: str, block: UUID):
    return redirect(f"{reverse('learn_item', args=[enrolment.pk, slug])}#block-{block}")


def _refused(request, pk: int, slug: str, refusal: Refusal, fault: Fault):
    """The lesson with the refusal beside what was sent; a page of its own when the lesson does not show that any more."""
    page = _item(request, pk, slug, fault=fault)
    if page.status_code != 422 or f"fault-{fault.block}" not in page.content.decode():
        raise refusal
    return page


@login_required
@require_safe
def link(request, pk, key):
    """A link from one lesson to another, followed inside the reader's own edition."""
    enrolment = learners_enrolment(request.user, pk)
    return redirect("learn_item", enrolment.pk, item_of_activity(enrolment.edition_id, key).slug)


@login_required
@require_safe
def asset(request, pk, sha256, name):
    """A file of her edition, as long as she may read an item that shows it."""
    enrolment = learners_enrolment(request.user, pk)
    if not can_read_edition(enrolment):
        raise Http404
    states = journey_of(enrolment).states
    if all(states[item].is_locked for item in items_showing(enrolment.edition_id, sha256)):
        raise Http404
    return serve_asset(request, get_object_or_404(Asset, sha256=sha256))


@login_required
@require_safe
def search(request, pk):
    """Where words stand in her edition. A plain GET, so that a search has an address to come back to."""
    enrolment = learners_enrolment(request.user, pk)
    if not can_read_edition(enrolment):
        return _closed(request, enrolment)
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    journey = journey_of(enrolment)
    found = search_edition(journey, query)
    context = {
        "enrolment": enrolment,
        "query": query,
        "is_too_long": not form.is_valid(),
        "count": found.count,
        "hits": [_shown(journey, hit) for hit in found.hits],
        "has_locked": any(state.is_locked for state in journey.states.values()),
    }
    return render(request, "learning/search.html", context, status=200 if form.is_valid() else 422)


@login_required
@require_safe
def changes(request, pk):
    """What changed when her cohort came to a later edition. Having opened it, she is not told again."""
    enrolment = learners_enrolment(request.user, pk)
    adopted = adoptions_of(journey_of(enrolment))
    page = Paginator(adopted[0].readable if adopted else [], CORRECTIONS_PER_PAGE).get_page(page_number(request))
    page.object_list = wordings(page.object_list, for_readers=True)
    if enrolment.unseen_move:
        look_at_changes(enrolment)
    return render(request, "learning/changes.html", {"enrolment": enrolment, "adopted": adopted, "page": page})


@login_required
@require_safe
def corrections(request, pk):
    """What was wrong in texts that she has read, and what is right. Open in every state: it may concern her patients.
    Having opened it, she is not told of these again."""
    enrolment = learners_enrolment(request.user, pk)
    look_at_corrections(enrolment)  # first: one that comes while the list is made has not been seen
    page = Paginator(corrections_for(journey_of(enrolment)), CORRECTIONS_PER_PAGE).get_page(page_number(request))
    page.object_list = in_words(page.object_list)
    return render(request, "learning/corrections.html", {"enrolment": enrolment, "page": page})


@login_required
@require_safe
def glossary(request, pk):
    """The words that her open lessons explain."""
    return _list(request, pk, glossary_of, "learning/glossary.html")


@login_required
@require_safe
def references(request, pk):
    """What her open lessons rest on."""
    return _list(request, pk, references_of, "learning/references.html")


def _list(request, pk: int, query: Callable[[Journey], list[Listed]], template: str):
    enrolment = learners_enrolment(request.user, pk)
    if not can_read_edition(enrolment):
        return _closed(request, enrolment)
    journey = journey_of(enrolment)
    entries = [
        {"entry": listed.entry, "lessons": [_line(journey, item, True) for item in listed.items]}
        for listed in query(journey)
    ]
    has_locked = any(state.is_locked for state in journey.states.values())
    return render(request, template, {"enrolment": enrolment, "entries": entries, "has_locked": has_locked})


def _shown(journey: Journey, hit: Hit) -> dict:
    item = journey.outline.by_id(hit.item)
    module = journey.outline.module_of(item)
    url = _address(journey.enrolment, item.kind, item.slug)
    words = {"title": with_marks(hit.title), "passage": with_marks(hit.passage)}
    return words | {"url": url, "kind": item.kind, "module": "" if module.id == item.id else module.title}


def _closed(request, enrolment: Enrolment):
    context = {"enrolment": enrolment, "situation": situations_of([enrolment])[enrolment.pk]}
    return render(request, "learning/closed.html", context, status=403)


def _missing():
    raise Http404


def _address(enrolment: Enrolment, kind: str, slug: str) -> str:
    """Where an item is shown; "" for a kind that no installed room shows."""
    return _address_of(enrolment.pk, kind, slug)


def _address_of(enrolment: int, kind: str, slug: str) -> str:
    address = _address_of_kind(enrolment, kind)
    return address.replace(ANY_SLUG, slug) if address else ""


@remember(seconds=3600, most=5000)
def _address_of_kind(enrolment: int, kind: str) -> str:
    """The address of items of a kind, with `ANY_SLUG` in the place of the slug: an outline has a hundred of them."""
    view = view_of(kind)
    try:
        return reverse(view.url_name, args=[enrolment, ANY_SLUG]) if view else ""
    except NoReverseMatch:
        return ""


def _line(journey: Journey, item: OutlineItem, is_open: bool) -> dict:
    """One line of an outline. Without an address it cannot be opened now; nothing reads "open" while lessons are closed."""
    state = journey.states[item.id]
    label = state.state.label if is_open or state.is_done else "Closed"
    address = _address(journey.enrolment, item.kind, item.slug) if is_open and not state.is_locked else ""
    return {"item": item, "state": state, "kind": STATE_KINDS[state.state], "url": address, "label": label}


def _what_a_module_shows(journey: Journey, module: OutlineItem, *, is_open: bool) -> tuple:
    """Nothing of who reads: many trainees are equally far in a module, and most have all of it done or all before them."""
    shown = [journey.states[item.id] for item in (module, *journey.outline.children(module))]
    edition = journey.enrolment.edition
    return edition.pk, edition.hash, module.id, is_open, *((state.state, state.reason) for state in shown)


@remember(seconds=3600, most=2000, key=_what_a_module_shows)
def _module_html(journey: Journey, module: OutlineItem, *, is_open: bool) -> str:
    """A module with its items. Its links are relative to the outline, so that it reads the same in every enrolment."""
    outline = reverse("learn_outline", args=[journey.enrolment.pk])
    items = (module, *journey.outline.children(module))
    line, *lines = (_line(journey, item, is_open) for item in items)
    for shown in (line, *lines):
        shown["url"] = shown["url"].removeprefix(outline)
    context = {"module": line, "lines": lines, "minutes": sum(item.minutes for item in items)}
    return render_to_string("learning/outline_module.html", context)


def _what_a_side_shows(journey: Journey, module: OutlineItem, here: OutlineItem) -> tuple:
    states = [journey.states[item.id] for item in journey.outline.children(module)]
    edition = journey.enrolment.edition
    return edition.pk, edition.hash, module.id, here.id, *((state.is_done, state.is_locked) for state in states)


@remember(seconds=3600, most=2000, key=_what_a_side_shows)
def _side_html(journey: Journey, module: OutlineItem, here: OutlineItem) -> str:
    """The same for all who are equally far in a module, with nobody's addresses."""
    lines = [
        {
            "label": child.title,
            "url": _address_of(NOBODY, child.kind, child.slug),
            "current": child.id == here.id,
            "done": journey.states[child.id].is_done,
            "locked": journey.states[child.id].is_locked,
        }
        for child in journey.outline.children(module)
    ]
    groups = [{"label": module.title, "items": lines}]
    return render_to_string("components/outline.html", {"label": "In this module", "groups": groups})
