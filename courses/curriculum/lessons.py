"""How modules and lessons are frozen, and how HTML is made of what was frozen.

`freeze_*` reads pages; `render_*` reads plain JSON alone and keeps working when pages, images and blocks are long gone.
"""

import json
import re
import uuid
from typing import Any

from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText

from courses.curriculum.asking import (
    KINDS,
    check_rule,
    freeze_attestation,
    freeze_check,
    slot_of,
    words_of_asking,
)
from courses.curriculum.assets import MissingFile, UnfitFile, keep_document, keep_image
from courses.curriculum.blocks import a_doi, bare_doi, faults_of_table, is_doi
from courses.curriculum.embeds import HOSTS, page_of_video, player_of_video
from courses.curriculum.enums import ActivityKind
from courses.curriculum.freezing import Freezer, Frozen
from courses.curriculum.frozen_media import freeze_audio, freeze_embed, freeze_video
from courses.curriculum.glossary import Marker
from courses.curriculum.models import GlossaryTerm, LessonPage, ModulePage, ProgramPage
from courses.curriculum.models.pages import lines_of
from courses.curriculum.plain import text_of_source
from courses.curriculum.references import asset_address, citations, freeze_rich_text, with_addresses
from lms.html import plain_text

RENDERER_VERSION = 4
SCHEMA = 1
RICH_TEXTS = ("html", "alternative", "transcript")  # what a frozen block calls its texts with links
MARKED = ("text", "safety", "vignette", "choice")  # the blocks in which words of the glossary are marked
_BLANK_LINES = re.compile(r"\n\s*\n")


def freeze_module(page: ModulePage) -> Frozen:
    frozen = _begin(page)
    with frozen.placed("the summary"):
        frozen.source["summary"] = freeze_rich_text(page.summary, frozen)
    return _finish(frozen)


def freeze_lesson(page: LessonPage) -> Frozen:
    frozen = _begin(page)
    unknown = _stored_types(page) - set(page.body.stream_block.child_blocks)
    frozen.problems += [f"It has a block of the kind “{name}”, which no longer exists." for name in sorted(unknown)]
    frozen.source["blocks"] = blocks = []
    for place, block in enumerate(page.body):
        with frozen.placed(_place_of(page, place)):
            value = freeze_block(block.block_type, block.value, frozen)
        blocks.append({"id": _block_id(page, block, place)} | value)
    _check_citations(page, frozen)
    _check_glossary(page, frozen)
    check_rule(page.completed_by, frozen)
    return _finish(frozen)


def freeze_block(kind: str, value: Any, frozen: Frozen) -> dict[str, Any]:
    return {"type": kind} | _FREEZE[kind](value, frozen)


def _begin(page) -> Frozen:
    source = {
        "schema": SCHEMA,
        "title": page.title,
        "objectives": lines_of(page.objectives),
        "content_notice": page.content_notice.strip(),
    }
    return Frozen(source=source, search_text="")


def _finish(frozen: Frozen) -> Frozen:
    frozen.search_text = search_text_of(frozen.source)
    return frozen


def search_text_of(source: dict[str, Any]) -> str:
    return " ".join([source["title"], *source["objectives"], *_words(source)])


def _words(source: dict[str, Any]) -> list[str]:
    """The words of a module's summary or of a lesson's blocks, for the readers' search."""
    texts = [source["summary"]] if "summary" in source else []
    for block in source.get("blocks", []):
        texts += [block.get(name, "") for name in ("title", "notice", "about", "caption", "alt", *RICH_TEXTS)]
        texts += block.get("questions", [])
        texts += words_of_asking(block)
        texts += [reference["text"] for reference in block.get("items", [])]
        texts += block.get("head", [])
        texts += [term[name] for term in block.get("terms", []) for name in ("term", "definition")]
        texts += [words for row in block.get("rows", []) for cell in row for words in cell.values()]
    return [words for words in map(plain_text, texts) if words]


def _stored_types(page: LessonPage) -> set[str]:
    """The kinds of block as they stand in the database; reading the field drops the unknown ones without a word."""
    if page.pk is None:
        return set()
    stored = LessonPage.objects.filter(pk=page.pk).values_list(Cast("body", TextField()), flat=True).first()
    return {block["type"] for block in json.loads(stored or "[]")}


def _block_id(page: LessonPage, block, place: int) -> str:
    """The block's own id, which stays when the block is moved; notes and forms hang on it. Made up from the place for a
    block that was never saved."""
    try:
        return str(uuid.UUID(block.id))
    except (TypeError, ValueError):
        return str(uuid.uuid5(page.activity_key, f"block {place}"))


def _freeze_text(value, frozen: Frozen) -> dict[str, Any]:
    return {"html": freeze_rich_text(value.source, frozen)}


def _freeze_safety(value, frozen: Frozen) -> dict[str, Any]:
    return {"title": value["title"] or "", "html": freeze_rich_text(value["text"].source, frozen)}


def _freeze_vignette(value, frozen: Frozen) -> dict[str, Any]:
    return {
        "title": value["title"] or "",
        "html": freeze_rich_text(value["text"].source, frozen),
        "questions": [question or "" for question in value["questions"]],
    }


def _freeze_image(value, frozen: Frozen) -> dict[str, Any]:
    image = value["image"]
    try:
        if image is None:
            raise MissingFile
        picture = keep_image(image)
    except MissingFile:
        frozen.problems.append("An image no longer exists.")
        return {}
    if not image.contextual_alt_text and not image.decorative:
        frozen.problems.append(f"The image “{image.title}” has no description for people who do not see it.")
    frozen.asset_ids.add(picture.asset.pk)
    return {
        "sha256": picture.asset.sha256,
        "name": picture.asset.name,
        "width": picture.width,
        "height": picture.height,
        "alt": image.contextual_alt_text or "",
        "caption": value["caption"] or "",
    }


def _freeze_document(value, frozen: Frozen) -> dict[str, Any]:
    try:
        if value["document"] is None:
            raise MissingFile
        asset = keep_document(value["document"])
    except MissingFile:
        frozen.problems.append(f"The document “{value['title']}” no longer exists.")
        return {}
    except UnfitFile as unfit:
        frozen.problems.append(f"The document “{value['title']}”: {unfit}")
        return {}
    frozen.asset_ids.add(asset.pk)
    return {"title": value["title"], "sha256": asset.sha256, "name": asset.name, "size": asset.size}


def _freeze_references(value, frozen: Frozen) -> dict[str, Any]:
    for item in value:
        doi = bare_doi(item["doi"])
        if doi and not is_doi(doi):
            frozen.problems.append(f"The DOI of the reference “{item['key']}” is none: {a_doi.message}")
        if item["url"] and not item["url"].startswith(("http://", "https://")):
            frozen.problems.append(f"The address of the reference “{item['key']}” does not begin with https://.")
    items = [
        {name: item[name] or "" for name in ("key", "text", "url")} | {"doi": bare_doi(item["doi"])} for item in value
    ]
    return {"items": items}


def _freeze_choice(value, frozen: Frozen) -> dict[str, Any]:
    choice = {
        "title": value["title"] or "",
        "notice": (value["notice"] or "").strip(),
        "html": freeze_rich_text(value["text"].source, frozen),
        "alternative": freeze_rich_text(value["alternative"].source, frozen),
    }
    lacking = {"notice": choice["notice"], "text": plain_text(choice["html"])}
    lacking["alternative"] = plain_text(choice["alternative"])
    frozen.problems += [
        f"The content notice “{choice['title']}” has no {name}." for name, words in lacking.items() if not words
    ]
    return choice


def _freeze_table(value, frozen: Frozen) -> dict[str, Any]:
    table, caption = value["table"], (value["table"].caption or "").strip()
    frozen.problems += [f"The table “{caption}”: {fault}" for fault in faults_of_table(table)]
    return {
        "caption": caption,
        "head": [column["heading"] or "" for column in table.columns],
        "rows": [[_freeze_cell(cell.value, frozen) for cell in row] for row in table.rows],
        "names_rows": bool(value["first_column_names_rows"]),
    }


def _freeze_cell(value, frozen: Frozen) -> dict[str, str]:
    return {"html": freeze_rich_text(value.source, frozen)} if isinstance(value, RichText) else {"text": value or ""}


def _freeze_glossary(value, frozen: Frozen) -> dict[str, Any]:
    terms = {term.slug: term for term in value if term is not None}
    if None in list(value):
        frozen.problems.append("A word no longer exists.")
    return {"terms": [_freeze_term(term) for term in terms.values()]}


def _freeze_term(term: GlossaryTerm) -> dict[str, Any]:
    return {"slug": term.slug, "term": term.term, "definition": term.definition, "spellings": term.spellings[1:]}


_FREEZE = {
    "text": _freeze_text,
    "choice": _freeze_choice,
    "table": _freeze_table,
    "video": freeze_video,
    "audio": freeze_audio,
    "embed": freeze_embed,
    "glossary": _freeze_glossary,
    "image": _freeze_image,
    "safety": _freeze_safety,
    "vignette": _freeze_vignette,
    "document": _freeze_document,
    "check": freeze_check,
    "attestation": freeze_attestation,
    "references": _freeze_references,
}


def _check_citations(page: LessonPage, frozen: Frozen) -> None:
    blocks = frozen.source["blocks"]
    listed = {item["key"] for block in blocks for item in block.get("items", []) if "key" in item}
    for place, block in enumerate(blocks):
        with frozen.placed(_place_of(page, place)):
            for key in dict.fromkeys(key for text in _rich_texts(block) for key in citations(text)):
                if key not in listed:
                    frozen.problems.append(
                        f"A citation names “{key}”, which is not among the references of the lesson."
                    )


def _place_of(page: LessonPage, place: int) -> str:
    """How a sentence names a block to the person who is looking for it in the editor."""
    return f"block {place + 1} ({page.body[place].block.label})"


def _check_glossary(page: LessonPage, frozen: Frozen) -> None:
    """One glossary in a lesson, of words that belong to its program or to all."""
    glossaries = [block.value for block in page.body if block.block_type == "glossary"]
    if len(glossaries) > 1:
        frozen.problems.append("It has more than one glossary. Put its words into one.")
    foreign = [term for terms in glossaries for term in terms if term is not None and term.program_id]
    above = ProgramPage.objects.ancestor_of(page).first() if foreign and page.path else None
    frozen.problems += [
        f"Its glossary has “{term.term}”, a word of another program."
        for term in foreign
        if above and term.program_id != above.program_id
    ]


def _rich_texts(block: dict[str, Any]) -> list[str]:
    cells = [cell.get("html", "") for row in block.get("rows", []) for cell in row]
    return [block.get(name, "") for name in RICH_TEXTS] + cells


def render_module(source: dict[str, Any]) -> str:
    summary = _safe(source["summary"], source.get("files", {}))
    return _lasting(render_to_string("curriculum/blocks/module.html", {"source": source, "summary": summary}))


def render_lesson(source: dict[str, Any]) -> str:
    files = source.get("files", {})
    marker = Marker([term for block in source["blocks"] for term in block.get("terms", [])])
    blocks = [{"id": block.get("id"), "html": render_block(block, files, marker)} for block in source["blocks"]]
    return _lasting(render_to_string("curriculum/blocks/lesson.html", {"source": source, "blocks": blocks}))


def render_block(block: dict[str, Any], files: dict[str, str], marker: Marker | None = None) -> str:
    context = {"block": block} | {name: _safe(block[name], files) for name in RICH_TEXTS if name in block}
    if marker and block["type"] in MARKED:
        context |= {name: mark_safe(marker.mark(context[name])) for name in RICH_TEXTS if name in context}  # noqa: S308 - cleaned, and marked by us
    if block["type"] in KINDS:
        context["slot"] = slot_of(block)
    if "rows" in block:
        context["rows"] = [[_cell(cell, files) for cell in row] for row in block["rows"]]
    for name, file in (("address", block), ("captions_address", block.get("captions", {}))):
        if "sha256" in file:
            context[name] = mark_safe(asset_address(file["sha256"], file["name"]))  # noqa: S308 - escaped there
    if "video" in block:
        context["page"] = page_of_video(block["host"], block["video"])
        context["player"] = player_of_video(block["host"], block["video"])
        context["host"] = HOSTS[block["host"]].name
    return render_to_string(f"curriculum/blocks/{block['type']}.html", context)


def _safe(html: str, files: dict[str, str]) -> SafeString:
    return mark_safe(with_addresses(html, files))  # noqa: S308 - cleaned by with_addresses


def _cell(cell: dict[str, str], files: dict[str, str]) -> str:
    return _safe(cell["html"], files) if "html" in cell else cell["text"]


def _lasting(html: str) -> str:
    """The HTML is kept for years: it names static files by their plain address, not by that of today's release."""
    html = html.replace(static("icons.svg"), f"{settings.STATIC_URL}icons.svg")
    return _BLANK_LINES.sub("\n", html).strip()


_OF_SOURCE = (RENDERER_VERSION, text_of_source, search_text_of)
MODULE_FREEZER = Freezer(ActivityKind.MODULE, "curriculum.ModulePage", freeze_module, render_module, *_OF_SOURCE)
LESSON_FREEZER = Freezer(ActivityKind.LESSON, "curriculum.LessonPage", freeze_lesson, render_lesson, *_OF_SOURCE)
