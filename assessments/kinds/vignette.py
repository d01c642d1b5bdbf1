"""Case vignette: one stem and `questions`, each {"id", "kind", "stem", "data"}, shown one after the other.

The next one is shown once the one before is answered, and what is answered stays as it is: later questions may tell
what was right. In an author's draft `data` is the content of the inner question; frozen, it is that question's own data.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from assessments.kinds.base import (
    Data,
    Draft,
    Drawn,
    Explained,
    Part,
    QuestionKind,
    Response,
    Sent,
    Unreadable,
    Unusable,
    ids_problem,
)
from assessments.kinds.keys import Key, KeyField, Shape
from lms.html import clean_html, plain_text

FEWEST, MOST = 2, 10


class Vignette(QuestionKind):
    """`inside` are the kinds that its questions may have, by name."""

    name = "vignette"
    label = "Case vignette"
    template = "assessments/kinds/vignette.html"
    credit = "A case with several questions earns the mean of what its questions earn."
    is_answered_in_steps = True
    step_button = "Save, and see what follows"
    inside: ClassVar[dict[str, QuestionKind]] = {}

    def __init__(self, inside: dict[str, QuestionKind]):
        self.inside = inside

    def problems(self, draft: Draft) -> dict[str, str]:
        questions = draft.content.get("questions", [])
        if not FEWEST <= len(questions) <= MOST:
            return {"questions": f"Give between {FEWEST} and {MOST} questions."}
        if sentence := ids_problem(questions, "Question"):
            return {"questions": sentence}
        found = [f"Question {number}: {sentence}" for number, sentence in self._inner_problems(questions) if sentence]
        return {"questions": " ".join(found)} if found else {}

    def _inner_problems(self, questions: list[dict]):
        for number, question in enumerate(questions, start=1):
            if question["kind"] not in self.inside:
                yield number, "This kind of question cannot stand inside a case."
                continue
            try:
                self._freeze_inner(question)
            except Unusable as unusable:
                yield number, str(unusable)

    def _freeze_inner(self, question: dict) -> Data:
        content = question.get("data", {})
        feedback = question.get("feedback", content.get("feedback", ""))
        return self.inside[question["kind"]].freeze(Draft(question["stem"], feedback, content))

    def frozen_part(self, draft: Draft) -> Data:
        frozen = [(question, self._freeze_inner(question)) for question in draft.content["questions"]]
        return {
            "questions": [
                {"id": str(question["id"]), "kind": question["kind"], "stem": data["stem"], "data": data}
                for question, data in frozen
            ]
        }

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        return {
            "parts": {
                question["id"]: self.inside[question["kind"]].arrange(question["data"], random, shuffle=shuffle)
                for question in data["questions"]
            }
        }

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        """What is answered in words, and the first question that is not with its inputs; nothing of those after it."""
        done = _done(response)
        shown = [self._answered(question, drawn, done[question["id"]]) for question in data["questions"][: len(done)]]
        return {"answered": shown, "now": self._open(data, drawn, len(done)), "count": len(data["questions"])}

    def _answered(self, question: dict, drawn: Drawn, response: Response) -> dict[str, Any]:
        kind, own = self.inside[question["kind"]], drawn["parts"][question["id"]]
        summary = kind.summary(question["data"], own, response)
        return {"stem": self._stem(question, drawn), "summary": summary}

    def _open(self, data: Data, drawn: Drawn, place: int) -> dict[str, Any] | None:
        if place == len(data["questions"]):
            return None
        question = data["questions"][place]
        kind, own = self.inside[question["kind"]], drawn["parts"][question["id"]]
        parts = kind.present(question["data"], own, None) | {"prefix": _prefix(place + 1)}
        return {"number": place + 1, "stem": self._stem(question, drawn), "template": kind.template, "parts": parts}

    def _stem(self, question: dict, drawn: Drawn) -> str:
        kind, own = self.inside[question["kind"]], drawn["parts"][question["id"]]
        return clean_html(kind.worded(question["stem"], question["data"], own))

    def typed(self, data: Data, drawn: Drawn, response: Response | None, sent: Sent) -> dict[str, Any]:
        place = len(_done(response))
        now = self._open(data, drawn, place)
        if now is None:
            return {}
        question = data["questions"][place]
        kind, own = self.inside[question["kind"]], drawn["parts"][question["id"]]
        again = kind.typed(question["data"], own, None, _of_part(sent, place + 1))
        return {"now": now | {"parts": now["parts"] | again}}

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        """The answers given before, and that to the question now open. What was sent for an earlier one must say the same."""
        done, questions = _done(earlier), data["questions"]
        given = {
            number for number in range(1, len(questions) + 1) if any(map(_filled, _of_part(sent, number).values()))
        }
        if any(name.startswith("part-") and not _is_known(name, len(questions)) for name in sent):
            raise Unreadable("That does not belong to this case. Reload the page and answer again.")
        if given and max(given) > len(done) + 1:
            raise Unreadable(
                "The questions of this case are answered in their order. Reload the page to see which is next."
            )
        for number in given - {len(done) + 1}:
            if self._read(questions[number - 1], drawn, sent, number) != done[questions[number - 1]["id"]]:
                raise Unreadable("What is answered in a case stays as it is. Reload the page to go on.")
        if given and max(given) <= len(done):
            return {"parts": done}
        if len(done) == len(questions):
            raise Unreadable("Every question of this case is answered, and stays as it is.")
        question = questions[len(done)]
        return {"parts": done | {question["id"]: self._read(question, drawn, sent, len(done) + 1)}}

    def _read(self, question: dict, drawn: Drawn, sent: Sent, number: int) -> Response:
        own = drawn["parts"][question["id"]]
        return self.inside[question["kind"]].parse(question["data"], own, _of_part(sent, number))

    def is_complete(self, data: Data, drawn: Drawn, response: Response | None) -> bool:
        return len(_done(response)) == len(data["questions"])

    def goes_on(self, data: Data, drawn: Drawn, response: Response) -> bool:
        return not self.is_complete(data, drawn, response)

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        points = [self._points(question, drawn, response) for question in data["questions"]]
        return sum(points, Fraction(0)) / len(points)

    def _points(self, question: dict, drawn: Drawn, response: Response | None) -> Fraction:
        own, given = drawn["parts"][question["id"]], _done(response).get(question["id"])
        return self.inside[question["kind"]].score(question["data"], own, given)

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        parts = tuple(self._explain_inner(question, drawn, response, reveal) for question in data["questions"])
        return Explained(parts=parts, feedback=data["feedback"] if reveal else "")

    def _explain_inner(self, question: dict, drawn: Drawn, response: Response | None, reveal: bool) -> Part:
        own, given = drawn["parts"][question["id"]], _done(response).get(question["id"])
        return Part(
            stem=self._stem(question, drawn),
            points=self._points(question, drawn, response),
            was_answered=given is not None,
            explained=self.inside[question["kind"]].explain(question["data"], own, given, reveal=reveal),
        )

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        done = _done(response)
        return "; ".join(
            f"{number}: {self._answered(question, drawn, done[question['id']])['summary']}"
            for number, question in enumerate(data["questions"][: len(done)], start=1)
        )

    def key_in_words(self, data: Data) -> str:
        return "; ".join(
            f"{number}: {self.inside[question['kind']].key_in_words(question['data'])}"
            for number, question in enumerate(data["questions"], start=1)
        )

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        """Which of its questions was wrong, and the fields of each: only those of the chosen one are read."""
        which = KeyField(
            "question",
            "Which of its questions",
            Shape.ONE,
            choices=tuple(
                (question["id"], f"{number}. {plain_text(question['stem'])}")
                for number, question in enumerate(data["questions"], start=1)
            ),
            help_text="Only the fields of this one are read. The others stay as they are.",
        )
        inner = (
            field.inside(_prefix(number), f"Question {number}")
            for number, question in enumerate(data["questions"], start=1)
            for field in self.inside[question["kind"]].key_fields(question["data"])
        )
        return which, *inner

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        for number, question in enumerate(data["questions"], start=1):
            if question["id"] == said.get("question"):
                prefix = _prefix(number)
                own = {name.removeprefix(prefix): value for name, value in said.items() if name.startswith(prefix)}
                return {"questions": {question["id"]: self.inside[question["kind"]].read_key(question["data"], own)}}
        raise Unusable({"question": "Choose which of its questions was wrong."})

    def with_key(self, data: Data, key: Key) -> Data:
        given = key.get("questions", {})
        return {
            **data,
            "questions": [self._with(question, given.get(question["id"], {})) for question in data["questions"]],
        }

    def _with(self, question: dict, key: Key) -> dict:
        return {**question, "data": self.inside[question["kind"]].with_key(question["data"], key)} if key else question

    def check_key(self, data: Data, key: Key) -> None:
        given, by_id = key.get("questions", {}), {question["id"]: question for question in data["questions"]}
        if not given or not set(given) <= set(by_id):
            raise Unusable({"question": "Choose which of its questions was wrong."})
        for id_, own in given.items():
            self.inside[by_id[id_]["kind"]].check_key(by_id[id_]["data"], own)

    def can_accept(self, data: Data, key: Key) -> bool:
        asked = [question for question in data["questions"] if question["id"] in key.get("questions", {})]
        return all(
            self.inside[question["kind"]].can_accept(question["data"], key["questions"][question["id"]])
            for question in asked
        )

    def can_compute(self, data: Data, drawn: Drawn) -> bool:
        return all(
            self.inside[question["kind"]].can_compute(question["data"], drawn["parts"][question["id"]])
            for question in data["questions"]
        )

    def best_of(self, versions: Sequence[Data], drawn: Drawn, response: Response | None) -> Data:
        """Question by question: a key of one says nothing of the others."""
        questions = [
            {**same[0], "data": self._best_inner(same, drawn, response)}
            for same in zip(*(data["questions"] for data in versions), strict=True)
        ]
        return {**versions[0], "questions": questions}

    def _best_inner(self, same: Sequence[dict], drawn: Drawn, response: Response | None) -> Data:
        id_, kind = same[0]["id"], self.inside[same[0]["kind"]]
        return kind.best_of([question["data"] for question in same], drawn["parts"][id_], _done(response).get(id_))


def _done(response: Response | None) -> dict[str, Response]:
    return response["parts"] if response else {}


def _prefix(number: int) -> str:
    return f"part-{number}-"


def _of_part(sent: Sent, number: int) -> dict[str, Any]:
    """What was sent for one question, under the names of its kind."""
    prefix = _prefix(number)
    return {name.removeprefix(prefix): values for name, values in sent.items() if name.startswith(prefix)}


def _filled(values) -> bool:
    return any(value.strip() for value in values)


def _is_known(name: str, count: int) -> bool:
    return any(name.startswith(_prefix(number)) for number in range(1, count + 1))
