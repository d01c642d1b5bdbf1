"""Links inside rich text. Wagtail points at ids of pages and documents; an edition at activities and file contents.

Frozen text keeps `#activity-<key>` and `#asset-<sha256>`, which pass the cleaner. Rendering turns them into addresses
relative to the page of the lesson, so that the same HTML serves every reader: `../to/<key>/`, `../assets/<sha256>/<name>`.
"""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from wagtail.documents.models import Document
from wagtail.models import Page
from wagtail.rich_text.rewriters import extract_attrs

from courses.curriculum.assets import MissingFile, UnfitFile, keep_document
from courses.curriculum.freezing import Frozen, Link
from courses.curriculum.models import ActivityPage
from lms.html import clean_html

_LINK = re.compile(r"<a(\b[^>]*)>")
_ACTIVITY = re.compile(r'href="#activity-([0-9a-f-]{36})"')
_ASSET = re.compile(r'href="#asset-([0-9a-f]{64})"')
_CITATION = re.compile(r'href="#ref-([^"]+)"')


def freeze_rich_text(source: str, frozen: Frozen) -> str:
    """Rich text as stored by Wagtail, cleaned, its links resolved. What dangles is added to the problems."""

    def resolved(match: re.Match) -> str:
        attributes = extract_attrs(match[1])
        kind = attributes.get("linktype")
        if kind == "page":
            return _page_link(attributes.get("id"), frozen)
        if kind == "document":
            return _document_link(attributes.get("id"), frozen)
        return match[0]

    return str(clean_html(_LINK.sub(resolved, source)))


def _page_link(pk: str | None, frozen: Frozen) -> str:
    page = Page.objects.filter(pk=pk).specific().first() if _is_number(pk) else None
    if not isinstance(page, ActivityPage):
        where = f"to “{page.title}”, which is no module, lesson or quiz" if page else "to a page that has been deleted"
        frozen.problems.append(f"A link leads {where}.")
        return "<a>"
    key = str(page.activity_key)
    frozen.source.setdefault("links", []).append(key)
    frozen.links.setdefault(key, Link(frozen.place, page))
    return f'<a href="#activity-{page.activity_key}">'


def _document_link(pk: str | None, frozen: Frozen) -> str:
    document = Document.objects.filter(pk=pk).first() if _is_number(pk) else None
    try:
        if document is None:
            raise MissingFile
        asset = keep_document(document)
    except MissingFile:
        frozen.problems.append("A link leads to a document that no longer exists.")
        return "<a>"
    except UnfitFile as unfit:
        frozen.problems.append(f"A link leads to the document “{document.title}”: {unfit}")
        return "<a>"
    frozen.asset_ids.add(asset.pk)
    frozen.source.setdefault("files", {})[asset.sha256] = asset.name
    return f'<a href="#asset-{asset.sha256}">'


def _is_number(pk: str | None) -> bool:
    return bool(pk) and pk.isdecimal() and len(pk) < 18


def citations(html: str) -> list[str]:
    """The keys of the references that a text cites."""
    return _CITATION.findall(html)


def with_addresses(html: str, files: dict[str, str]) -> str:
    """Frozen text cleaned once more, with addresses in the place of keys. `files` names each asset."""
    html = _ACTIVITY.sub(lambda match: f'href="../to/{match[1]}/"', str(clean_html(html)))
    return _ASSET.sub(lambda match: f'href="{asset_address(match[1], files.get(match[1], "file"))}"', html)


def asset_address(sha256: str, name: str) -> str:
    return escape(f"../assets/{sha256}/{quote(name)}")


def moved(html: str, change: Callable[[str], str]) -> str:
    """HTML of a lesson with every address of the edition changed, for readers who stand elsewhere: the preview."""
    return re.sub(r'(href|src)="\.\./((?:to|assets)/[^"]*)"', lambda match: f'{match[1]}="{change(match[2])}"', html)
