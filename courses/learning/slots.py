"""A lesson's checks and attestations as one reader sees them, in the places that the kept HTML leaves for them.

Only what she has answered is explained: before, no page says which option is right.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from courses.curriculum.asking import CHECK, fill_slots, has_slots
from courses.curriculum.enums import CompletedBy
from courses.curriculum.models import EditionItem
from courses.curriculum.queries import asked_in_body
from courses.enrolment.models import Enrolment
from courses.learning.asking import (
    Answer,
    Block,
    Given,
    Share,
    has_several,
    may_sign,
    renews_from,
    right_options,
    share_of,
    valid_until,
    what_completes,
)
from courses.learning.queries import given_by, months_valid
from courses.learning.rules import names_of

HER_NAME = "the trainee’s own name"  # as staff see it who look at the page as trainees do


@dataclass(frozen=True)
class Fault:
    """Why something that was sent from this page was refused, and what it held."""

    block: str
    message: str
    chosen: Collection[str] = ()
    name: str = ""


@dataclass(frozen=True)
class Lesson:
    """What is read, and how much of what completes it is done."""

    html: SafeString
    share: Share
    what_completes: str


def lesson_of(request, enrolment: Enrolment, item: EditionItem, *, fault: Fault | None = None) -> Lesson:
    """Of an enrolment as `learners_enrolment` gives it for the item's slug. A lesson that asks nothing costs nothing."""
    if item.completed_by == CompletedBy.READ and not has_slots(enrolment.html):
        return Lesson(mark_safe(enrolment.html), Share(0, 0), "")  # noqa: S308 - rendered by us from cleaned text
    asked, given = asked_in_body(enrolment.body), given_by(enrolment)
    share = share_of(item.completed_by, asked, given)

    def show(kind: str, block_id: str) -> str:
        if block_id not in asked:
            return ""
        own_fault = fault if fault and fault.block == block_id else None
        context = _check if kind == CHECK else _attestation
        shown = context(enrolment, asked[block_id], given, own_fault)
        url = reverse(f"learn_{kind}", args=[enrolment.pk, item.slug, block_id])
        return render_to_string(
            f"learning/asking/{kind}.html", {"request": request, "id": block_id, "url": url, **shown}
        )

    html = mark_safe(fill_slots(enrolment.html, show))  # noqa: S308 - rendered by us from cleaned text
    return Lesson(html, share, what_completes(item.completed_by, share))


def _check(enrolment: Enrolment, block: Block, given: Given, fault: Fault | None) -> Mapping:
    answer = given.answers.get(block["id"])
    is_current = answer is not None and answer.chosen <= {option["id"] for option in block["options"]}
    explained = answer.chosen if is_current and not fault else frozenset()
    return {
        "block": block,
        "several": has_several(block),
        "options": [_option(option, explained, fault.chosen if fault else explained) for option in block["options"]],
        "verdict": verdict(block, answer.chosen) if explained else None,
        "is_answered": answer is not None,
        "is_changed": answer is not None and not is_current,
        "first": _first(block, answer) if answer else "",
        "answer": answer,
        "error": fault.message if fault else "",
    }


def _option(option: Block, explained: Collection[str], chosen: Collection[str]) -> Mapping:
    shown = {"id": option["id"], "text": option["text"], "chosen": option["id"] in chosen}
    if option["id"] not in explained:
        return shown
    words = ("met", "Right") if option["is_right"] else ("waiting", "Not right")
    return shown | {"state": words[0], "word": words[1], "feedback": option["feedback"]}


def verdict(block: Block, chosen: frozenset[str]) -> Mapping:
    """What an answer comes to, in words that leave the reader room to think again."""
    right = right_options(block)
    missing = len(right - chosen)
    if chosen == right:
        return {"kind": "met", "word": "Right", "words": ""}
    if chosen < right:
        left = "One more answer is right." if missing == 1 else f"{missing} more answers are right."
        return {"kind": "waiting", "word": "Right so far", "words": left}
    return {"kind": "waiting", "word": "Not quite", "words": "See what it overlooks, then answer again if you like."}


def _first(block: Block, answer: Answer) -> str:
    """Her first answer in words, once there is a later one that differs from it."""
    if answer.first_chosen == answer.chosen:
        return ""
    return "; ".join(option["text"] for option in block["options"] if option["id"] in answer.first_chosen)


def _attestation(enrolment: Enrolment, block: Block, given: Given, fault: Fault | None) -> Mapping:
    signed = given.signed.get(block["key"])
    months = months_valid(enrolment, block["key"]) if signed else 0
    today = timezone.localdate(timezone=ZoneInfo(enrolment.cohort.time_zone))
    last = valid_until(signed.on, months) if signed else None
    return {
        "block": block,
        "signed": signed,
        "may_sign": may_sign(signed, block["sha256_of_text"], months=months, today=today),
        "is_changed": signed is not None and signed.sha256 != block["sha256_of_text"],
        "valid_until": last,
        "renews_from": renews_from(signed.on, months) if signed else None,
        "has_lapsed": last is not None and today > last,
        "name": names_of(enrolment.person)[0] if enrolment.person_id else HER_NAME,
        "typed": fault.name if fault else "",
        "error": fault.message if fault else "",
    }
