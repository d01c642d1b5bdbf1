"""What a lesson asks of its reader: how it is frozen, and how its place in the kept HTML is filled for each reader.

The HTML of a body is the same for everybody, so it holds only a slot where a form of one reader's own belongs. A slot is a
comment, which nobody can write: the cleaner of people's text takes comments out.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.validators import slug_re
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from courses.curriculum.asking_blocks import FEWEST_OPTIONS, MOST_OPTIONS
from courses.curriculum.enums import CompletedBy
from courses.curriculum.freezing import Frozen
from courses.curriculum.references import freeze_rich_text
from lms.html import plain_text

CHECK, ATTESTATION = "check", "attestation"
KINDS = (CHECK, ATTESTATION)
_BEGIN = "<!--slot:"
_SLOT = re.compile(r"<!--slot:(check|attestation):([0-9a-f-]{1,36})-->")


def freeze_check(value, frozen: Frozen) -> dict[str, Any]:
    question = (value["question"] or "").strip()
    options = [
        _option(child.value, child.id or str(place)) for place, child in enumerate(value["options"].bound_blocks)
    ]
    frozen.problems += [f"The knowledge check “{question[:80]}” {fault}" for fault in _faults(question, options)]
    return {"question": question, "options": options}


def _option(value, option_id: str) -> dict[str, Any]:
    words = {name: " ".join((value[name] or "").split()) for name in ("text", "feedback")}
    return {"id": option_id} | words | {"is_right": bool(value["is_right"])}


def _faults(question: str, options: list[dict[str, Any]]) -> Iterable[str]:
    texts = [option["text"].casefold() for option in options]
    if not question:
        yield "has no question."
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        yield f"needs {FEWEST_OPTIONS} to {MOST_OPTIONS} options."
    if not any(option["is_right"] for option in options):
        yield "has no right option."
    if len(set(texts)) < len(texts):
        yield "has two options that say the same."
    if not all(option["text"] and option["feedback"] for option in options):
        yield "has an option without text or without feedback."


def freeze_attestation(value, frozen: Frozen) -> dict[str, Any]:
    """The fingerprint is that of the statement as it is frozen, links and all: a linked document is pinned by its content."""
    title, label, key = ((value[name] or "").strip() for name in ("title", "label", "key"))
    html = freeze_rich_text(value["text"].source, frozen)
    if not plain_text(html):
        frozen.problems.append(f"The attestation “{title}” has no text to sign.")
    if not title or not label:
        frozen.problems.append("An attestation needs a title and the words for what is signed.")
    if not slug_re.match(key):
        frozen.problems.append(f"The attestation “{title}” needs a key of letters a to z, digits and hyphens.")
    return {"title": title, "label": label, "key": key, "html": html, "sha256_of_text": fingerprint(html)}


def fingerprint(statement: str) -> str:
    return hashlib.sha256(statement.encode()).hexdigest()


def check_rule(completed_by: str, frozen: Frozen) -> None:
    """A lesson that is complete by something must hold it, or nobody could ever complete it."""
    wanted = {CompletedBy.CHECKS: CHECK, CompletedBy.ATTESTATION: ATTESTATION}.get(completed_by)
    if wanted and not any(block["type"] == wanted for block in frozen.source["blocks"]):
        rule = CompletedBy(completed_by).label
        noun = "no knowledge check" if wanted == CHECK else "no attestation"
        sentence = f"“Complete when” says “{rule}”, but its body has {noun}. Add one, or choose another rule."
        frozen.problems += [sentence] * (sentence not in frozen.problems)


def words_of_asking(block: Mapping[str, Any]) -> list[str]:
    """For the readers' search. Feedback stays out of it: a passage would tell which option is right."""
    return [block.get("question", ""), *(option["text"] for option in block.get("options", []))]


def asked_in(source: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The blocks of a frozen lesson that ask something, by their id and in order."""
    return {block["id"]: block for block in source.get("blocks", []) if block["type"] in KINDS and "id" in block}


def keys_of_attestations(source: Mapping[str, Any]) -> list[str]:
    return [block["key"] for block in source.get("blocks", []) if block["type"] == ATTESTATION]


# Slots ---------------------------------------------------------------------------------------------------------------


def slot_begin(kind: str) -> str:
    return f"{_BEGIN}{kind}:"


def slot_of(block: Mapping[str, Any]) -> SafeString:
    """What the renderer leaves in the place of a form. A sample in the editor has no id yet."""
    found = block.get("id") or str(uuid.UUID(int=0))
    return mark_safe(f"{slot_begin(block['type'])}{found}-->")  # noqa: S308 - a kind and an id, made by us


def has_slots(html: str) -> bool:
    return _BEGIN in html


def fill_slots(html: str, show: Callable[[str, str], str]) -> str:
    """The HTML with every slot replaced by `show(kind, block id)`."""
    return _SLOT.sub(lambda match: show(match[1], match[2]), html)


def for_staff(html: str, source: Mapping[str, Any]) -> str:
    """The HTML as editors and faculty read it: what is asked, which options are right, and nothing to send."""
    if not has_slots(html):
        return html
    asked = asked_in(source)
    return fill_slots(html, lambda kind, block_id: inert(asked[block_id]) if block_id in asked else "")


def inert(block: Mapping[str, Any]) -> str:
    return render_to_string(f"curriculum/asking/{block['type']}.html", {"block": block})
