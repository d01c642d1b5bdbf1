"""The directors' desk: programs, publishing editions, reading and correcting them."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from courses.curriculum.actions import (
    NotPublishable,
    ask_for_edition,
    correct_item,
    publish_edition,
    record_regulator_step,
    replace_in_editions,
    set_needs_acceptance,
)
from courses.curriculum.asking import for_staff
from courses.curriculum.changes import compare_editions, compare_with_pages, in_words, wordings
from courses.curriculum.compiling import compile_program
from courses.curriculum.embeds import allow_players
from courses.curriculum.enums import CORRECTABLE, STEP_TONES
from courses.curriculum.files import serve_asset
from courses.curriculum.forms import (
    AcceptanceForm,
    CheckForm,
    CorrectionForm,
    PublishForm,
    RegulatorForm,
    ReplaceForm,
    WordsForm,
)
from courses.curriculum.links import draft_links, edition_links
from courses.curriculum.models import Asset, Edition, EditionBuild, ProgramPage, RegulatorStep
from courses.curriculum.queries import (
    PlaceOfWords,
    WordsFound,
    asset_of_edition,
    current_body,
    edition_outline,
    editions_before,
    editions_for_staff,
    item_of_activity,
    last_edition,
    open_build,
    page_of,
    pages_of,
    places_of_words,
    programs_for_director,
    says_the_same,
)
from courses.curriculum.rules import can_publish
from lms.accounts.enums import Role
from lms.accounts.queries import has_role, require_role
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 25
TEXTS_PER_PAGE = 10
PAGES_AT_ONCE = 60  # about a second of work; more are read in the background
PAGES_CHECKED = 600  # some seconds of work, when a director asks for it
DRAFTS_SHOWN = 50
REFRESH_SECONDS = 2


@login_required
@require_safe
def programs(request):
    """Programs to publish, and every edition there is."""
    require_role(request.user, Role.DIRECTOR)
    page = Paginator(editions_for_staff(request.user), PER_PAGE).get_page(page_number(request))
    context = {"programs": programs_for_director(request.user), "page": page}
    return render(request, "curriculum/desk/programs.html", context)


def _program_page(request, pk: int) -> ProgramPage:
    require_role(request.user, Role.DIRECTOR)
    return get_object_or_404(
        programs_for_director(request.user), id=pk
    )  # pk is a relation, which lets huge numbers pass


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def publish(request, pk):
    """What would be in the next edition, what stands in its way, and the form that issues it.

    A large program is read when the director asks for it, and published in the background.
    """
    page = _program_page(request, pk)
    today = timezone.localdate(timezone=ZoneInfo(page.program.time_zone))
    form = PublishForm(request.POST or None, initial={"effective_from": today})
    pages = page.get_descendants()
    count = pages.count()
    is_large = count > PAGES_AT_ONCE
    if request.method == "POST" and form.is_valid():
        answer = _publish_later(page, form, by=request.user) if is_large else _publish_now(request, page, form)
        if answer:
            return answer
    asks = CheckForm(request.GET)
    is_read = not is_large or (count <= PAGES_CHECKED and asks.is_valid() and asks.cleaned_data["check"])
    compiled, last = compile_program(page) if is_read else None, last_edition(page.program)
    drafts = pages.filter(Q(live=False) | Q(has_unpublished_changes=True)).order_by("path")
    context = {
        "program_page": page,
        "form": form,
        "count": count,
        "is_large": is_large,
        "may_check": count <= PAGES_CHECKED,
        "compiled": compiled,
        "drafts": compiled.drafts if compiled else [draft.title for draft in drafts[:DRAFTS_SHOWN]],
        "last": last,
        "changes": in_words(compare_with_pages(last, compiled)) if last and compiled else [],
        "build": open_build(page.program),
        "links": draft_links(page) if compiled else [],
    }
    return render(request, "curriculum/desk/publish.html", context, status=422 if form.errors else 200)


def _publish_now(request, page: ProgramPage, form: PublishForm):
    """To the edition; None when it was refused, with the reasons in the form."""
    try:
        edition = publish_edition(page, by=request.user, **form.cleaned_data)
    except NotPublishable as refusal:
        form.add_error(None, [str(refusal).split(refusal.sentences[0])[0], *refusal.sentences])
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    else:
        messages.success(request, f"Edition {edition.number} is published. Nothing in it will ever change.")
        return redirect("desk_edition", edition.pk)
    return None


def _publish_later(page: ProgramPage, form: PublishForm, *, by):
    """To a page with progress; None when it was refused."""
    try:
        build = ask_for_edition(page, by=by, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None
    return redirect("desk_edition_build", build.pk)


@login_required
@require_safe
def build(request, pk):
    """How far the publishing of an edition is. The page asks again by itself, without scripts, until it has ended."""
    require_role(request.user, Role.DIRECTOR)
    found = get_object_or_404(EditionBuild.objects.select_related("program__page", "edition", "by"), pk=pk)
    if not can_publish(request.user, found.program):
        raise Http404
    return render(request, "curriculum/desk/build.html", {"build": found, "refresh": REFRESH_SECONDS})


def _edition(request, pk: int) -> Edition:
    require_role(request.user, Role.DIRECTOR, Role.FACULTY, Role.REGISTRAR)
    return get_object_or_404(editions_for_staff(request.user), pk=pk)


@login_required
@require_safe
def edition(request, pk):
    """One edition, read-only: its contents as trainees have them."""
    found = _edition(request, pk)
    outline = edition_outline(found)
    modules = [{"module": module, "items": outline.children(module)} for module in outline.modules]
    steps = found.regulator_steps.select_related("by").order_by("on", "pk")
    context = {
        "edition": found,
        "modules": modules,
        "earlier": editions_before(found),
        "links": edition_links(found),
        "steps": [_step(step) for step in steps],
        "may_record": can_publish(request.user, found.program),
    }
    return render(request, "curriculum/desk/edition.html", context)


def _step(step: RegulatorStep) -> dict:
    reference = f"{step.reference}. " if step.reference else ""
    return {
        "title": f"{step.get_kind_display()}: {step.regulator}",
        "when": step.on,
        "by": step.by,
        "body": reference + step.note,
        "kind": STEP_TONES[step.kind],
    }


@login_required
@require_safe
def changes(request, pk, since):
    """What one edition changed since another of its program, and the changed texts word by word."""
    found, before = _edition(request, pk), _edition(request, since)
    if before.program_id != found.program_id:
        raise Http404
    comparison = compare_editions(before, found)
    page = Paginator(comparison.edited, TEXTS_PER_PAGE).get_page(page_number(request))
    page.object_list = wordings(page.object_list)
    context = {"edition": found, "since": before, "sections": in_words(comparison), "page": page}
    return render(request, "curriculum/desk/changes.html", context)


@login_required
@require_safe
def edition_item(request, pk, slug):
    found = _edition(request, pk)
    item = get_object_or_404(found.items.select_related("activity"), slug=slug)
    before, after = edition_outline(found).neighbours(edition_outline(found).by_slug(slug))
    body = current_body(item)
    html = for_staff(body.html, body.source)
    context = {
        "edition": found,
        "item": item,
        "html": mark_safe(html),  # noqa: S308 - rendered by us from cleaned text
        "errata": item.errata.select_related("by").order_by("-id"),
        "previous": before,
        "next": after,
        "can_look": has_role(request.user, Role.DIRECTOR, program=found.program_id)
        or has_role(request.user, Role.FACULTY, program=found.program_id),
        "can_correct": item.activity.kind in CORRECTABLE and can_publish(request.user, found.program),
    }
    return allow_players(render(request, "curriculum/desk/item.html", context), html)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def correct(request, pk, slug):
    """Replace what an item says by what its page says now, with a reason."""
    found = _edition(request, pk)
    item = get_object_or_404(found.items.select_related("activity", "edition__program", "body"), slug=slug)
    if not can_publish(request.user, found.program):
        raise PermissionDenied
    if item.activity.kind not in CORRECTABLE:
        raise Http404
    page = page_of(item.activity)
    form = CorrectionForm(request.POST or None, same=says_the_same(item))
    if request.method == "POST" and form.is_valid():
        try:
            if page is None:
                raise Refusal("The page in which this was written is gone. It can only change with the next edition.")
            correct_item(item, page=page, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"“{item.title}” is corrected. What was read before is kept.")
            return redirect("desk_edition_item", found.pk, item.slug)
    context = {"edition": found, "item": item, "page": page, "form": form}
    return render(request, "curriculum/desk/correct.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def replace(request, pk):
    """The same words put right in every edition that says them: first where they stand, then the act."""
    page = _program_page(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    words = WordsForm(asked if "old" in asked else None)
    found = places_of_words(page.program, words.cleaned_data["old"]) if words.is_valid() else None
    form = None
    if found and found.places:
        seen = words.cleaned_data | {"seen": found.fingerprint}
        form = ReplaceForm(request.POST if request.method == "POST" else None, initial=seen)
    if request.method == "POST" and form and form.is_valid():
        try:
            errata = replace_in_editions(page.program, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"Corrected in {len(errata)} places. Correct the pages in the CMS too.")
            return redirect("desk_programs")
    context = {"program_page": page, "words": words, "found": found, "form": form, "texts": _texts_with(found)}
    is_wrong = words.errors or (form and form.errors) or (request.method == "POST" and not form)
    return render(request, "curriculum/desk/replace.html", context, status=422 if is_wrong else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def acceptance(request, pk):
    """Whether cohorts of a program need a regulator's acceptance of their edition."""
    page = _program_page(request, pk)
    form = AcceptanceForm(_sent(request), initial={"needed": page.program.needs_acceptance})
    if form.is_valid():
        set_needs_acceptance(page.program, form.cleaned_data["needed"], by=request.user)
        messages.success(request, "Kept. It holds for every cohort from now on.")
        return redirect("desk_programs")
    context = {
        "title": "A regulator's acceptance",
        "form": form,
        "submit": "Keep this",
        "back": reverse("desk_programs"),
    }
    return render(request, "desk/form.html", context | {"lead": str(page.program)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def regulator(request, pk):
    """Record that a regulator was told of an edition, accepted or refused it."""
    found = _edition(request, pk)
    if not can_publish(request.user, found.program):
        raise PermissionDenied
    form = RegulatorForm(_sent(request))
    if form.is_valid():
        step = record_regulator_step(found, by=request.user, **form.cleaned_data)
        messages.success(request, f"Kept: {step.regulator}, {step.get_kind_display().lower()}.")
        return redirect("desk_edition", found.pk)
    context = {"title": "Record a regulator's step", "form": form, "submit": "Record it", "lead": str(found)}
    context["back"] = reverse("desk_edition", args=[found.pk])
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


def _sent(request):
    return request.POST if request.method == "POST" else None


def _texts_with(found: WordsFound | None) -> list[dict]:
    """The places by text: its editions, and the page in which it is written, to be corrected as well."""
    by_activity: dict[int, list[PlaceOfWords]] = {}
    for place in found.places if found else ():
        by_activity.setdefault(place.item.activity_id, []).append(place)
    pages = pages_of([places[0].item.activity for places in by_activity.values()])
    return [
        {"title": places[0].item.title, "places": places, "page": pages.get(activity)}
        for activity, places in by_activity.items()
    ]


@login_required
@require_safe
def edition_asset(request, pk, sha256, name):
    return serve_asset(request, asset_of_edition(_edition(request, pk), sha256))


@login_required
@require_safe
def edition_link(request, pk, key):
    """A link between lessons, followed inside this edition."""
    return redirect("desk_edition_item", pk, item_of_activity(_edition(request, pk), key).slug)


@login_required
@require_safe
def editors_asset(request, sha256, name):
    """A file in the preview of a page, for people who edit pages."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    return serve_asset(request, get_object_or_404(Asset, sha256=sha256))
