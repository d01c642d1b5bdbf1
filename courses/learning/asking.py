"""What a lesson asks, and what one reader has answered and signed: plain values in, plain values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from courses.curriculum.asking import ATTESTATION, CHECK
from courses.curriculum.enums import CompletedBy
from lms.web.aggregates import moment_in

RENEW_DAYS = 30
Block = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """The latest answer to one knowledge check, and the first."""

    chosen: frozenset[str]
    is_right: bool
    times: int
    first_chosen: frozenset[str]
    first_on: date


@dataclass(frozen=True)
class Signed:
    """The newest signature under one attestation."""

    sha256: str
    name: str
    on: date


@dataclass(frozen=True)
class Given:
    """What one reader has given in one lesson: answers by block id, signatures by the attestation's key."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    signed: Mapping[str, Signed] = field(default_factory=dict)


def given_in(answers: Iterable[Block], signatures: Iterable[Block], zone: ZoneInfo) -> Given:
    """Of rows as the database gives them, in JSON or not; days in the cohort's zone."""
    return Given(
        {str(UUID(str(row["block"]))): _answer(row, zone) for row in answers},
        {
            row["key"]: Signed(row["sha256"], row["name"], _day(row["signed_at"], zone))
            for row in sorted(signatures, key=lambda row: row["id"])
        },
    )


def _answer(row: Block, zone: ZoneInfo) -> Answer:
    first = options_of(row["first_chosen"])
    return Answer(options_of(row["chosen"]), bool(row["is_right"]), row["times"], first, _day(row["first_at"], zone))


def _day(moment: datetime | str, zone: ZoneInfo) -> date:
    return (moment if isinstance(moment, datetime) else moment_in(moment)).astimezone(zone).date()


def options_of(joined: str) -> frozenset[str]:
    return frozenset(joined.split(",")) if joined else frozenset()


def right_options(block: Block) -> frozenset[str]:
    return frozenset(option["id"] for option in block["options"] if option["is_right"])


def has_several(block: Block) -> bool:
    return len(right_options(block)) > 1


# What completes a lesson ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """How much of what completes a lesson is done."""

    done: int
    needed: int

    @property
    def is_whole(self) -> bool:
        """Also when nothing is asked any more: a correction must never make a lesson that nobody can complete."""
        return self.done >= self.needed


def share_of(rule: str, asked: Mapping[str, Block], given: Given) -> Share:
    """Of the blocks that the lesson has now. What was answered or signed in blocks that are gone neither helps nor hinders."""
    if rule == CompletedBy.CHECKS:
        wanted = [block_id for block_id, block in asked.items() if block["type"] == CHECK]
        return Share(sum(block_id in given.answers for block_id in wanted), len(wanted))
    if rule == CompletedBy.ATTESTATION:
        wanted = [block["key"] for block in asked.values() if block["type"] == ATTESTATION]
        return Share(sum(key in given.signed for key in wanted), len(wanted))
    return Share(0, 0)


def what_completes(rule: str, share: Share) -> str:
    """The sentence at the foot of a lesson that is complete by something; "" when the reader says so herself."""
    if rule == CompletedBy.READ or not share.needed:
        return ""
    verb, one, many = (
        ("answered", "the knowledge check", "knowledge checks")
        if rule == CompletedBy.CHECKS
        else ("signed", "the attestation", "attestations")
    )
    if share.needed == 1:
        return f"Complete when you have {verb} {one}."
    all_of_them = f"both {many}" if share.needed == 2 else f"all {share.needed} {many}"
    return f"Complete when you have {verb} {all_of_them}: {share.done} of {share.needed}."


# Renewing a signature -------------------------------------------------------------------------------------------------


def valid_until(on: date, months: int) -> date | None:
    """The last day on which a signature counts: the same day of a later month, or that month's last. None: for good."""
    if not months:
        return None
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    for day in range(on.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, on.day)


def renews_from(on: date, months: int) -> date | None:
    """From this day on it may be signed again before it lapses."""
    last = valid_until(on, months)
    return last - timedelta(days=RENEW_DAYS) if last else None


def may_sign(signed: Signed | None, sha256: str, *, months: int, today: date) -> bool:
    """Once; again when the text has changed, or when it lapses soon or has lapsed."""
    if signed is None or signed.sha256 != sha256:
        return True
    begins = renews_from(signed.on, months)
    return begins is not None and today >= begins
