"""What every kind of question can do.

An author's words are frozen once into plain JSON (`freeze`). At the start of an attempt the server decides by chance what
chance decides (`arrange`) and keeps it; every later method is given it as `drawn`. A trainee sees what `present` gives, which
holds no key; what she sends is read by `parse` and scored by `score`; after submission `explain` says what was right, and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from lms.html import clean_html, plain_text

Data = dict[str, Any]
Response = dict[str, Any]
Sent = Mapping[str, Sequence[str]]
Drawn = Mapping[str, Any]  # the slot of an attempt, with what `arrange` has put into it

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
    """What an author wrote: the question itself, and as plain JSON what belongs to its kind alone (see each kind)."""

    stem: str
    feedback: str = ""
    content: dict[str, Any] = field(default_factory=dict)


class QuestionKind:
    """Subclass, set the attributes, implement the methods. `template` shows the answer's inputs.

    All methods are pure: the same arguments give the same result, and none asks the database or the clock.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    template: ClassVar[str]
    is_marked_by_hand: ClassVar[bool] = False  # then `score` gives nothing, and a person does

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

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        """What chance decides for one attempt: nothing, unless a kind says otherwise."""
        return {}

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        """What the page may show before submission: no key and no feedback in it."""
        raise NotImplementedError

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        """The whole answer after what was sent now; `earlier` is the one saved before, for kinds that are answered in steps.

        Raises `Unreadable` with a sentence for anything that is no answer to this question.
        """
        raise NotImplementedError

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction | None:
        """From 0 to 1; no answer is 0. None only for an answer that a person marks."""
        raise NotImplementedError

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        """With `reveal` the key and the general feedback too; without, only what concerns the answer given."""
        raise NotImplementedError

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
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
