"""Acts on the curriculum: making a program, publishing an edition."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Page, Revision

from courses.curriculum.compiling import LONGEST_SLUG, Compiled, CompiledItem, compile_program, hash_of_body
from courses.curriculum.copying import free_slug, relinked_content
from courses.curriculum.freezing import Freezer, Frozen, freezer_for_kind
from courses.curriculum.models import Activity, ActivityPage, Body, Edition, EditionItem, Program, ProgramPage
from courses.curriculum.rules import can_publish
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal

LOCALE = "en"


class NotPublishable(Refusal):
    """The pages do not make an edition yet; `sentences` say why, one by one."""

    code = "not_publishable"

    def __init__(self, message: str, sentences: list[str]):
        super().__init__(" ".join([message, *sentences]))
        self.sentences = sentences


@transaction.atomic
def create_program(*, title: str, by: User | None, is_demonstration: bool = False) -> Program:
    """A new program with a slug of its own."""
    base = slugify(title)[:40] or "program"
    slug, number = base, 1
    while Program.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    program = Program.objects.create(title=title, slug=slug, is_demonstration=is_demonstration)
    record("curriculum.program.created", by=by, about=program, title=title)
    return program


@transaction.atomic
def give_program(page: ProgramPage, *, by: User | None) -> Program:
    """The program of a page, made with it. Safe to repeat."""
    page = ProgramPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    if page.program is None:
        page.program = create_program(title=page.title, by=by)
        ProgramPage.objects.filter(pk=page.pk).update(program=page.program)
    return page.program


@transaction.atomic
def publish_edition(
    program_page: ProgramPage,
    *,
    by: User,
    change_note: str = "",
    effective_from: date | None = None,
    leave_out_drafts: bool = False,
) -> Edition:
    """Freeze the program as it is published now into the next numbered edition.

    Raises `PermissionDenied` for whoever does not direct the program, and `NotPublishable` with a sentence for each
    draft and each thing that is missing. With `leave_out_drafts`, unpublished pages and changes are left out instead.
    """
    page = ProgramPage.objects.get(pk=program_page.pk)
    if page.program_id is None:
        raise Refusal("This page has no program yet. Save it in the CMS first.")
    if not can_publish(by, page.program):
        raise PermissionDenied
    program = Program.objects.select_for_update().get(pk=page.program_id)
    compiled = compile_program(page)
    _refuse_unready(compiled, leave_out_drafts)
    last = Edition.objects.filter(program=program, locale=LOCALE).order_by("-number").first()
    if last and last.hash == compiled.hash:
        raise Refusal(f"Nothing has changed since edition {last.number}.")
    edition = Edition.objects.create(
        program=program,
        locale=LOCALE,
        number=last.number + 1 if last else 1,
        hash=compiled.hash,
        topics=compiled.topics,
        effective_from=effective_from or timezone.localdate(timezone=ZoneInfo(program.time_zone)),
        change_note=change_note,
        published_by=by,
    )
    _write_items(edition, compiled)
    record("curriculum.edition.published", by=by, about=edition, number=edition.number, hash=edition.hash)
    return edition


def _refuse_unready(compiled: Compiled, leave_out_drafts: bool) -> None:
    if compiled.problems:
        raise NotPublishable("This cannot become an edition yet.", compiled.problems)
    if compiled.drafts and not leave_out_drafts:
        raise NotPublishable("Some pages are not published.", compiled.drafts)


def _write_items(edition: Edition, compiled: Compiled) -> None:
    items: dict[str, EditionItem] = {}
    for position, compiled_item in enumerate(compiled.items, start=1):
        page = compiled_item.page
        items[compiled_item.key] = EditionItem.objects.create(
            edition=edition,
            activity=_activity(compiled_item, edition.program),
            parent=items.get(compiled_item.parent_key),
            position=position,
            slug=page.slug,
            title=page.title,
            minutes=page.minutes,
            topic=page.topic,
            credits=[list(credit) for credit in compiled_item.credits],
            is_core=getattr(page, "is_core", True),
            gates=compiled_item.gates,
            completed_by=compiled_item.completed_by,
            review=compiled_item.review,
            body=keep_body(compiled_item.freezer, compiled_item.frozen),
            revision_id=page.live_revision_id,
        )


def _activity(item: CompiledItem, program: Program) -> Activity:
    activity, _ = Activity.objects.get_or_create(
        key=item.page.activity_key, defaults={"kind": item.freezer.kind, "program": program, "title": item.page.title}
    )
    if activity.title != item.page.title:
        activity.title = item.page.title
        activity.save(update_fields=["title"])
    return activity


def keep_body(freezer: Freezer, frozen: Frozen) -> Body:
    """The body that says this; shared with everything in any edition that says the same."""
    body, is_new = Body.objects.get_or_create(
        sha256=hash_of_body(freezer.kind, frozen.source),
        defaults={
            "kind": freezer.kind,
            "source": frozen.source,
            "html": freezer.render(frozen.source),
            "renderer_version": freezer.renderer_version,
            "search_text": frozen.search_text.replace("\x00", ""),
        },
    )
    if is_new:
        body.assets.set(frozen.asset_ids)
    return body


def render_bodies() -> int:
    """Render anew every body whose renderer has a newer version; returns how many changed. The source never does."""
    changed = 0
    for kind in Body.objects.order_by("kind").values_list("kind", flat=True).distinct():
        freezer = freezer_for_kind(kind)
        stale = Body.objects.filter(kind=kind, renderer_version__lt=freezer.renderer_version)
        for pk in list(stale.values_list("pk", flat=True)):
            with transaction.atomic():
                body = Body.objects.select_for_update().get(pk=pk)
                body.html, body.renderer_version = freezer.render(body.source), freezer.renderer_version
                body.save(update_fields=["html", "renderer_version"])
            changed += 1
    return changed


@transaction.atomic
def relink_copy(original: Page, copy: Page) -> None:
    """What follows a copy in the CMS, as it is live and in every draft that was copied along.

    Links into what was copied lead to the copies, links out of it stay; no two pages of the program share a slug.
    """
    copies = list(copy.get_descendants(inclusive=True).order_by("path").specific())
    originals = original.get_descendants(inclusive=True).order_by("path").values_list("pk", flat=True)
    pages = dict(zip(originals, (page.pk for page in copies), strict=False))  # the page alone, or all that is below it
    taken = _slugs_beside(copies)
    for page in copies:
        _relink(page, pages)
        if isinstance(page, ActivityPage):
            _give_slug(page, free_slug(page.slug, taken, LONGEST_SLUG))
            taken.add(page.slug)


def _slugs_beside(copies: list[Page]) -> set[str]:
    """The slugs of the program that the copies stand in, without theirs."""
    program_page = copies[0].get_ancestors(inclusive=True).type(ProgramPage).last()
    if program_page is None:
        return set()
    others = program_page.get_descendants().exclude(pk__in=[page.pk for page in copies])
    return set(others.values_list("slug", flat=True))


def _relink(page: Page, pages: dict[int, int]) -> None:
    model = type(page)
    changed = relinked_content(model, page.serializable_data(), pages)
    if changed:
        for name, value in changed.items():
            setattr(page, name, model._meta.get_field(name).to_python(value))
        page.save(clean=False, update_fields=list(changed))
    for revision in page.revisions.all():
        _change_revision(revision, relinked_content(model, revision.content, pages))


def _give_slug(page: ActivityPage, slug: str) -> None:
    if slug == page.slug:
        return
    page.slug = slug
    page.save(clean=False)
    for revision in page.revisions.all():
        _change_revision(revision, {"slug": slug})


def _change_revision(revision: Revision, changed: dict[str, Any]) -> None:
    if changed:
        Revision.objects.filter(pk=revision.pk).update(content=revision.content | changed)
