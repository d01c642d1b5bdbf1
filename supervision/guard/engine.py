"""Applies the rules to a text. `guard.js` does the same in the browser with the same rules; a test holds them equal."""

import re
from dataclasses import dataclass

from supervision.guard.folding import fold, lower
from supervision.guard.kinds import MAY_BE_DECLARED, Kind
from supervision.guard.lists import LISTS
from supervision.guard.rules import PASS, RULES, STARTS, Rule

SEEN = "\x00"  # stands where an earlier rule has found something


@dataclass(frozen=True)
class Finding:
    """Words of a text that could point to somebody; `start` and `end` are their place in it, in characters."""

    words: str
    kind: Kind
    start: int
    end: int

    @property
    def what(self) -> str:
        return self.kind.label

    @property
    def may_be_declared(self) -> bool:
        """Whether the writer may say that these words are not about a client."""
        return self.kind in MAY_BE_DECLARED


def identifiers_in(text: str) -> list[Finding]:
    """What in `text` looks like patient data, in reading order, each piece of text reported once."""
    folded, places = fold(text)
    small = lower(folded)
    starts = {at: [match.start() for match in pattern.finditer(folded)] for at, pattern in _STARTS.items()}
    found = []
    for rule, pattern in _COMPILED:
        if rule.needs and not any(sign in small for sign in rule.needs):
            continue
        spans = _spans(rule, pattern, small if rule.small else folded, starts[rule.at])
        for start, end in spans:
            if rule.kind != PASS:
                begin, last = places[start], places[end - 1] + 1
                found.append(Finding(text[begin:last], Kind(rule.kind), begin, last))
        if spans:
            folded, small = _blank(folded, spans), _blank(small, spans)
    return sorted(found, key=lambda finding: finding.start)


def hard_stops_in(text: str) -> list[Finding]:
    """Only what nobody may declare harmless: for fields that ask for the name of a colleague or a house."""
    return [finding for finding in identifiers_in(text) if not finding.may_be_declared]


def _spans(rule: Rule, pattern: re.Pattern, text: str, starts: list[int]) -> list[tuple[int, int]]:
    """Where the rule holds, tried at the places where it can begin; none overlaps the one before."""
    if not rule.where and rule.at == "word":  # the same, searched faster
        return [match.span(rule.group) for match in pattern.finditer(text)]
    spans, after = [], 0
    for place in starts:
        if place < after:
            continue
        match = pattern.match(text, place)
        if match and match.end() > place and _holds(rule, match):
            spans.append(match.span(rule.group))
            after = match.end()
    return spans


def _holds(rule: Rule, match: re.Match) -> bool:
    """Each condition: the words of a group are in a list, or not. A group that is absent is in none."""
    return all((lower(match.group(group) or "") in LISTS[name]) == wanted for group, name, wanted in rule.where)


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, after = [], 0
    for start, end in spans:
        pieces += [text[after:start], SEEN * (end - start)]
        after = end
    return "".join([*pieces, text[after:]])


_STARTS = {at: re.compile(pattern, re.ASCII) for at, pattern in STARTS.items()}
_COMPILED = tuple((rule, re.compile(rule.pattern, re.ASCII)) for rule in RULES)
