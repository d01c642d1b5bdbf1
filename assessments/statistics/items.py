"""What first attempts at a quiz say about its questions: gathered from plain values, apart from the database."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from assessments.kinds import kind_of
from assessments.statistics.arithmetic import (
    MINIMUM,
    bands,
    difficulty,
    discrimination,
    extremes,
    reliability,
    typical,
)

EASY, HARD, FLAT = 0.95, 0.2, 0.1
TELLING = 2  # by so many people the upper group must prefer a wrong answer: one person is chance
MOST_ANSWERS = 12
LONGEST_ANSWER = 120
Key = tuple[str, int]  # the key of a question and the number of its version


@dataclass(frozen=True)
class Sat:
    """One person's first attempt: the rows of its result, the slots of its draw, and when each answer was saved."""

    started_at: datetime
    draw: Sequence[Mapping[str, Any]]
    result: Sequence[Mapping[str, Any]]
    saved: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """What one person did with one version: her points on it and, from 0 to 1, on all the rest."""

    points: float
    rest: float
    response: dict | None
    drawn: Mapping[str, Any]
    seconds: float | None


@dataclass(frozen=True)
class Item:
    """The figures of a version. Without enough attempts there is only their number."""

    key: Key
    count: int
    difficulty: float | None = None
    discrimination: float | None = None
    seconds: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def lacking(self) -> int:
        """How many more first attempts it takes before anything is said."""
        return max(0, MINIMUM - self.count)


@dataclass(frozen=True)
class Chosen:
    """One answer that people gave: how many of all, of the lower and of the upper 27 %."""

    text: str
    is_key: bool
    count: int
    lower: int
    upper: int


def given_by_version(sittings: Iterable[Sat], *, void: Collection[Key] = ()) -> dict[Key, list[Given]]:
    """Everybody's answer to every version. What a person still has to mark says nothing yet and is left out.

    `void` versions no longer count: they have figures of their own, and are no part of the rest of any other.
    """
    found: dict[Key, list[Given]] = {}
    for sat in sittings:
        drawn = {slot["slot"]: slot for slot in sat.draw}
        spent = seconds_spent(sat.started_at, sat.saved)
        scored = [(row, float(Fraction(row["points"]))) for row in sat.result if row["points"] is not None]
        counting = {row["slot"]: points for row, points in scored if (row["question"], row["version"]) not in void}
        for row, points in scored:
            others = [each for slot, each in counting.items() if slot != row["slot"]]
            rest = sum(others) / len(others) if others else 0.0
            slot = row["slot"]
            given = Given(points, rest, row["response"], drawn[slot], spent.get(slot))
            found.setdefault((row["question"], row["version"]), []).append(given)
    return found


def seconds_spent(started_at: datetime, saved: Mapping[int, datetime]) -> dict[int, float]:
    """By slot, from the save before (or the start) to its own last save: what the saved times can tell, and no more.

    An answer that was changed later counts up to the change.
    """
    spent, before = {}, started_at
    for slot, at in sorted(saved.items(), key=lambda pair: (pair[1], pair[0])):
        spent[slot] = max(0.0, (at - before).total_seconds())
        before = at
    return spent


def item_of(key: Key, given: Sequence[Given], *, chosen: Sequence[Chosen] = ()) -> Item:
    if len(given) < MINIMUM:
        return Item(key, len(given))
    points = [each.points for each in given]
    easy, tells = difficulty(points), discrimination(points, [each.rest for each in given])
    spent = typical([each.seconds for each in given if each.seconds is not None])
    return Item(key, len(given), easy, tells, spent, tuple(flags_of(easy, tells, chosen)))


def why_too_few(count: int) -> str:
    """The sentence that stands where figures would; "" from the minimum on."""
    if count >= MINIMUM:
        return ""
    lacking = MINIMUM - count
    return (
        f"{lacking} more {'person is' if lacking == 1 else 'people are'} needed. Figures are shown from {MINIMUM} first "
        f"attempts on, and there {'is' if count == 1 else 'are'} {count}: of fewer, chance says more than the question does."
    )


def flags_of(easy: float, tells: float | None, chosen: Sequence[Chosen]) -> list[str]:
    """What an author should look at, in words; the most telling first."""
    found = []
    if tells is not None and tells < 0:
        found.append("Those who know more miss it more often")
    found += [f"“{c.text}” draws those who know more" for c in chosen if not c.is_key and c.upper >= c.lower + TELLING]
    if easy >= EASY:
        found.append("Almost everybody is right")
    elif easy <= HARD:
        found.append("Hardly anybody is right")
    elif tells is not None and 0 <= tells < FLAT:
        found.append("It hardly tells who knows more")
    if idle := [c.text for c in chosen if not c.is_key and not c.count]:
        found.append(f"Nobody chose “{idle[0]}”" if len(idle) == 1 else f"Nobody chose {len(idle)} of its options")
    return found


def chosen_of(kind: str, data: Mapping[str, Any], given: Sequence[Given]) -> list[Chosen]:
    """The distractor table: each option of the version, or the answers that were given most often.

    A text that a person marks is nobody's distractor: then there are none.
    """
    if kind_of(kind).is_marked_by_hand or len(given) < 2:
        return []
    low, high = (set(places) for places in extremes([each.rest for each in given]))
    answers = [_answers(kind, data, each) for each in given]
    keys = {text: is_key for each in reversed(answers) for text, is_key in each}
    everybody = Counter(text for each in answers for text, _ in each)
    lower = Counter(text for place in low for text, _ in answers[place])
    upper = Counter(text for place in high for text, _ in answers[place])
    if options := _options(data):
        keys |= options
        texts = [*options, *(text for text in everybody if text not in options)]
    else:
        texts = [text for text, _ in everybody.most_common(MOST_ANSWERS)]
    return [Chosen(text, keys[text], everybody[text], lower[text], upper[text]) for text in texts]


UNANSWERED = "No answer"


def _answers(kind: str, data: Mapping[str, Any], given: Given) -> list[tuple[str, bool]]:
    """What one person chose, in words, and whether it is right."""
    if given.response is None:
        return [(UNANSWERED, False)]
    if "options" in data:
        chosen = set(given.response["chosen"])
        return [(o["text"], o["correct"]) for o in data["options"] if o["id"] in chosen]
    text = kind_of(kind).summary(data, given.drawn, given.response)
    return [(text if len(text) <= LONGEST_ANSWER else f"{text[:LONGEST_ANSWER].rstrip()}…", given.points == 1)]


def _options(data: Mapping[str, Any]) -> dict[str, bool]:
    return {option["text"]: option["correct"] for option in data.get("options", ())}


def quiz_reliability(sittings: Sequence[Sat]) -> tuple[float | None, int]:
    """Alpha over the people who were asked the same versions as the newest of them, and how many they are.

    A quiz that draws by chance asks everybody something else, and then there is none.
    """
    rows = [
        {
            (row["question"], row["version"]): float(Fraction(row["points"]))
            for row in sat.result
            if row["points"] is not None
        }
        for sat in sittings
    ]
    if not rows:
        return None, 0
    asked = sorted(rows[0])
    same = [[row[key] for key in asked] for row in rows if sorted(row) == asked]
    return (reliability(same), len(same)) if len(same) >= MINIMUM else (None, len(same))


def plotted(given: Sequence[Given]) -> list[tuple[int, float]]:
    return bands([each.points for each in given], [each.rest for each in given])
