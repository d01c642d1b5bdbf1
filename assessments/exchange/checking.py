"""Whether the bank can hold what a file says: each kind's own rules, the lengths of the bank, and each key once."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.text import get_text_list

from assessments.enums import Difficulty
from assessments.exchange.portable import Row, has_odd_characters
from assessments.kinds import KINDS, Unusable

LONGEST_REFERENCES = 2000
LONGEST = {"topic": 150, "competency": 80}


def checked(rows: Iterable[Row]) -> list[Row]:
    """The same rows in the same order, each checked as soon as it is read; what the bank cannot hold is named."""
    places: dict[str, str] = {}
    return [_checked(row, places) for row in rows]


def _checked(row: Row, places: dict[str, str]) -> Row:
    if row.portable is None:
        return row
    reason = problem_of(row)
    if not reason and row.portable.key in places:
        reason = f"It has the same key ({row.portable.key}) as the question at {places[row.portable.key]}."
    if reason:
        return replace(row, portable=None, reason=reason)
    places[row.portable.key] = row.place
    return row


def problem_of(row: Row) -> str:
    portable = row.portable
    if portable.kind not in KINDS:
        return "The bank has no question of this kind."
    for name, most in LONGEST.items():
        if len(getattr(portable, name)) > most:
            return f"Its {name} has more than {most} characters."
    if portable.difficulty not in ("", *Difficulty):
        return f"“{portable.difficulty[:30]}” is no difficulty. It is {get_text_list(Difficulty.values, 'or')}."
    if len("\n".join(portable.references)) > LONGEST_REFERENCES:
        return f"Its references have more than {LONGEST_REFERENCES} characters."
    if has_odd_characters(portable):
        return "It holds a control character, which cannot be shown."
    try:
        KINDS[portable.kind].freeze(portable.draft)
    except Unusable as unusable:
        return str(unusable)
    except (KeyError, TypeError, ValueError, AttributeError):  # JSON that somebody wrote by hand
        return f"Its content has not the shape of the kind {portable.kind}."
    return ""
