"""Acts on the curriculum: making a program, publishing an edition."""

from collections.abc import Sequence
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
    page = lock_program(program_page, by=by)
    compiled = compile_program(page)
    return issue_edition(
        page.program,
        compiled,
        by=by,
        change_note=change_note,
        effective_from=effective_from,
        leave_out_drafts=leave_out_drafts,
    )


def lock_program(program_page: ProgramPage, *, by: User) -> ProgramPage:
    """The page with its program, which is held to the end of the transaction, for somebody who may publish it."""
    page = ProgramPage.objects.get(pk=program_page.pk)
    if page.program_id is None:
        raise Refusal("This page has no program yet. Save it in the CMS first.")
    if not can_publish(by, page.program):
        raise PermissionDenied
    page.program = Program.objects.select_for_update().get(pk=page.program_id)
    return page


@transaction.atomic
def issue_edition(
    program: Program,
    compiled: Compiled,
    *,
    by: User,
    change_note: str,
    effective_from: date | None,
    leave_out_drafts: bool,
) -> Edition:
    """Write what was compiled as the next edition of a locked program, whole or not at all."""
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
    """Parents before what stands below them; a fixed number of statements for each level, however many pages."""
    activities, bodies = _activities(compiled.items, edition.program), _bodies(compiled.items)
    written: dict[str, EditionItem] = {}
    waiting = list(enumerate(compiled.items, start=1))
    while waiting:
        level = [(position, item) for position, item in waiting if not item.parent_key or item.parent_key in written]
        rows = [
            EditionItem(
                edition=edition,
                activity=activities[item.key],
                parent=written.get(item.parent_key),
                position=position,
                slug=item.page.slug,
                title=item.page.title,
                minutes=item.page.minutes,
                topic=item.page.topic,
                credits=[list(credit) for credit in item.credits],
                is_core=getattr(item.page, "is_core", True),
                gates=item.gates,
                completed_by=item.completed_by,
                review=item.review,
                body=bodies[item.sha256],
                revision_id=item.page.live_revision_id,
            )
            for position, item in level
        ]
        EditionItem.objects.bulk_create(rows)
        written |= {item.key: row for (_, item), row in zip(level, rows, strict=True)}
        waiting = [(position, item) for position, item in waiting if item.key not in written]


def _activities(items: Sequence[CompiledItem], program: Program) -> dict[str, Activity]:
    """By key; new ones are made, and all carry the title of today."""
    found = {str(row.key): row for row in Activity.objects.filter(key__in=[item.key for item in items])}
    new = [
        Activity(key=item.page.activity_key, kind=item.freezer.kind, program=program, title=item.page.title)
        for item in items
        if item.key not in found
    ]
    renamed = [found[item.key] for item in items if item.key in found and found[item.key].title != item.page.title]
    titles = {item.key: item.page.title for item in items}
    for activity in renamed:
        activity.title = titles[str(activity.key)]
    Activity.objects.bulk_update(renamed, ["title"])
    return found | {str(activity.key): activity for activity in Activity.objects.bulk_create(new)}


def _bodies(items: Sequence[CompiledItem]) -> dict[str, Body]:
    """By hash; those that no edition has said before are rendered and kept, with their files."""
    hashes = {item.sha256: item for item in items}
    found = {body.sha256: body for body in Body.objects.filter(sha256__in=hashes).only("sha256")}
    new = {sha256: item for sha256, item in hashes.items() if sha256 not in found}
    rows = [Body(sha256=sha256, **_said(item.freezer, item.frozen)) for sha256, item in new.items()]
    Body.objects.bulk_create(rows, ignore_conflicts=True)  # another program may keep the same text at this moment
    made = {body.sha256: body for body in Body.objects.filter(sha256__in=new).only("sha256")}
    shows = Body.assets.through
    assets = [(made[sha256].pk, asset) for sha256, item in new.items() for asset in sorted(item.frozen.asset_ids)]
    shows.objects.bulk_create([shows(body_id=body, asset_id=asset) for body, asset in assets], ignore_conflicts=True)
    return found | made


def _said(freezer: Freezer, frozen: Frozen) -> dict[str, Any]:
    return {
        "kind": freezer.kind,
        "source": frozen.source,
        "html": freezer.render(frozen.source),
        "renderer_version": freezer.renderer_version,
        "search_text": frozen.search_text.replace("\x00", ""),
    }


def keep_body(freezer: Freezer, frozen: Frozen) -> Body:
    """The body that says this; shared with everything in any edition that says the same."""
    sha256 = hash_of_body(freezer.kind, frozen.source)
    found = Body.objects.filter(sha256=sha256).first()
    if found:
        return found
    body, is_new = Body.objects.get_or_create(sha256=sha256, defaults=_said(freezer, frozen))
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
