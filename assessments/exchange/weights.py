"""Percentages that other programs give to answers, as the rules by which our kinds score.

Ours: single choice has one option that is worth everything. In multiple response each right option adds 1/R, and each wrong
one takes 1/R away. A short text is right or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assessments.exchange.portable import Reading, Unsayable

CLOSE = Decimal("0.01")  # other programs keep five decimals of a third
FULL = Decimal(100)


@dataclass(frozen=True)
class Weighed:
    """An answer and its worth in percent."""

    text: str
    weight: Decimal
    feedback: str = ""


def percent(text: str) -> Decimal:
    """Raises `Unsayable` for what is no percentage."""
    try:
        weight = Decimal(text.strip() or "0")
    except InvalidOperation:
        raise Unsayable(f"“{text.strip()[:20]}” is no percentage.") from None
    if not weight.is_finite() or abs(weight) > FULL + CLOSE:
        raise Unsayable(f"“{text.strip()[:20]}” is no percentage between -100 and 100.")
    return weight


def is_close(weight: Decimal, to: Decimal) -> bool:
    return abs(weight - to) < CLOSE


def single_options(answers: Sequence[Weighed], reading: Reading) -> list[dict]:
    """The options of a single choice. Raises `Unsayable` unless exactly one is worth everything."""
    full = [answer for answer in answers if is_close(answer.weight, FULL)]
    if len(full) != 1:
        how_many = "No option is" if not full else f"{len(full)} options are each"
        raise Unsayable(f"{how_many} worth 100 %. Here exactly one option of a single choice is right.")
    for answer in answers:
        if answer is not full[0] and answer.weight:
            reading.remark(f"“{_short(answer.text)}” was worth {_said(answer.weight)} %. Here it is worth nothing.")
    return _options(answers, {id(full[0])})


def multiple_options(answers: Sequence[Weighed], reading: Reading) -> list[dict]:
    """The options of a multiple response; weights that are not our shares are named."""
    right = [answer for answer in answers if answer.weight > 0]
    share = FULL / len(right) if right else FULL
    if any(not is_close(answer.weight, share) for answer in right):
        said = ", ".join(f"{_said(answer.weight)} %" for answer in right[:12])
        reading.remark(f"The right options were worth {said}. Here each of them counts the same.")
    wrong = {answer.weight for answer in answers if answer.weight <= 0}
    if any(not is_close(weight, -share) for weight in wrong):
        said = ", ".join(f"{_said(weight)} %" for weight in sorted(wrong)[:12])
        reading.remark(f"The wrong options were worth {said}. Here each takes away as much as a right one adds.")
    return _options(answers, {id(answer) for answer in right})


def accepted_texts(answers: Sequence[Weighed], reading: Reading) -> list[str]:
    """The texts that are right. What was partly right, and what was said about an answer, is named.

    Raises `Unsayable` for a wildcard that is right, and when nothing is.
    """
    full = [answer for answer in answers if is_close(answer.weight, FULL)]
    for answer in answers:
        if answer not in full and answer.weight:
            reading.remark(f"“{_short(answer.text)}” was worth {_said(answer.weight)} %. Here it is not accepted.")
        elif answer not in full:
            reading.remark(f"“{_short(answer.text)}” was listed as a wrong answer and is left out.")
        if answer.feedback:
            reading.remark(f"The feedback on “{_short(answer.text)}” was left out.")
    if not full:
        raise Unsayable("No answer is worth 100 %.")
    return [unstarred(answer.text) for answer in full]


def unstarred(text: str) -> str:
    """Moodle's short answers have a wildcard: "*", and "\\*" for the sign itself."""
    if "*" in text.replace("\\*", ""):
        raise Unsayable(f"“{_short(text)}” has a wildcard (*). Here every accepted text is written out.")
    return text.replace("\\*", "*")


def starred(text: str) -> str:
    """Raises `Unsayable` for a text whose backslash would become something else."""
    if "\\*" in text:
        raise Unsayable("An accepted text holds a backslash before a star, which Moodle reads as another thing.")
    return text.replace("*", "\\*")


def shares(options: Sequence[dict]) -> list[Decimal]:
    """What each option of a multiple response adds or takes away, in percent."""
    share = FULL / (sum(option["correct"] for option in options) or 1)
    return [share if option["correct"] else -share for option in options]


def said_share(share: Decimal) -> str:
    """With five decimals at most, as Moodle writes it."""
    return format(round(share, 5).normalize(), "f")


def _options(answers: Sequence[Weighed], right: set[int]) -> list[dict]:
    return [
        {"id": str(place), "text": answer.text, "correct": id(answer) in right, "feedback": answer.feedback}
        for place, answer in enumerate(answers, start=1)
    ]


def _said(weight: Decimal) -> str:
    return format(weight.normalize(), "f")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
