"""What every kind of question can do.

An author's words are frozen once into plain JSON (`freeze`); a trainee sees what `present` gives, which holds no key;
what she sends is read by `parse` and scored by `score`; after submission `explain` says what was right, and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from lms.html import clean_html, plain_text

Data = dict[str, Any]
Response = dict[str, Any]
Sent = Mapping[str, Sequence[str]]

LONGEST_STEM = 6000
LONGEST_FEEDBACK = 2000


class Unusable(Exception):
    """What the author wrote cannot be asked. `problems` maps an authoring field to the sentence that stands beside it."""

    def __init__(self, problems: dict[str, str]):
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class Unreadable(Exception):
    """What the trainee sent is no answer to this question. Its message is the sentence she reads."""


@dataclass(frozen=True)
class Line:
    """One line of an explained answer. `is_right` is None where nothing may be said about it yet."""

    text: str
    was_chosen: bool
    is_right: bool | None
    feedback: str = ""


@dataclass(frozen=True)
class Explained:
    """A question after submission. `given` and `expected` are for kinds without options."""

    lines: tuple[Line, ...] = ()
    given: str = ""
    expected: str = ""
    feedback: str = ""


@dataclass
class Draft:
    """What an author wrote. `options` is a list of {"id", "text", "correct", "feedback"}."""

    stem: str
    feedback: str = ""
    options: list[dict[str, Any]] = field(default_factory=list)
    answer: Any = None
    tolerance: Any = 0
    unit: str = ""
    accepted_units: list[str] = field(default_factory=list)


class QuestionKind:
    """Subclass, set the attributes, implement the five methods. `template` shows the answer's inputs."""

    name: ClassVar[str]
    label: ClassVar[str]
    template: ClassVar[str]

    def freeze(self, draft: Draft) -> Data:
        """Plain JSON, complete in itself. Raises `Unusable` with every problem at once."""
        problems = common_problems(draft) | self.problems(draft)
        if problems:
            raise Unusable(problems)
        return {"stem": str(clean_html(draft.stem)), "feedback": draft.feedback.strip()} | self.frozen_part(draft)

    def problems(self, draft: Draft) -> dict[str, str]:
        raise NotImplementedError

    def frozen_part(self, draft: Draft) -> Data:
        raise NotImplementedError

    def option_ids(self, data: Data) -> list[str]:
        """The ids that a server may shuffle; empty for kinds without options."""
        return [option["id"] for option in data.get("options", [])]

    def present(self, data: Data, order: Sequence[str], response: Response | None) -> dict[str, Any]:
        """What the page may show before submission: no key and no feedback in it."""
        raise NotImplementedError

    def parse(self, data: Data, sent: Sent) -> Response:
        """Raises `Unreadable` with a sentence for anything that is no answer to this question."""
        raise NotImplementedError

    def score(self, data: Data, response: Response | None) -> Fraction:
        """From 0 to 1. No answer is 0."""
        raise NotImplementedError

    def explain(self, data: Data, order: Sequence[str], response: Response | None, *, reveal: bool) -> Explained:
        """With `reveal` the key and the general feedback too; without, only what concerns the answer given."""
        raise NotImplementedError

    def summary(self, data: Data, response: Response | None) -> str:
        """The answer in words, for the page on which she looks over everything before submitting."""
        raise NotImplementedError


def common_problems(draft: Draft) -> dict[str, str]:
    problems = {}
    if not plain_text(draft.stem):
        problems["stem"] = "Write the question."
    elif len(draft.stem) > LONGEST_STEM:
        problems["stem"] = f"Keep the question under {LONGEST_STEM} characters."
    if len(draft.feedback) > LONGEST_FEEDBACK:
        problems["feedback"] = f"Keep the feedback under {LONGEST_FEEDBACK} characters."
    return problems


def one_value(sent: Sent, name: str) -> str:
    """The single value sent under `name`, or "". Raises `Unreadable` when it came more than once."""
    values = sent.get(name, ())
    if len(values) > 1:
        raise Unreadable("This answer came twice. Reload the page and give it again.")
    return values[0] if values else ""
