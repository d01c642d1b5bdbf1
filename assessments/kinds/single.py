"""Single choice: exactly one option is right."""

from fractions import Fraction

from assessments.kinds.base import Data, Drawn, Response, Sent, Unreadable
from assessments.kinds.choices import ChoiceKind, chosen_ids


class Single(ChoiceKind):
    name = "single"
    label = "Single choice"
    template = "assessments/kinds/single.html"

    def key_problem(self, right: list[dict], options: list[dict]) -> str:
        return "" if len(right) == 1 else "Mark exactly one option as correct."

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        ids = self.read_ids(data, drawn, sent)
        if not ids:
            raise Unreadable("Choose an answer first, or skip the question for now.")
        if len(ids) > 1:
            raise Unreadable("Choose one answer only.")
        return {"chosen": ids}

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        right = {option["id"] for option in data["options"] if option["correct"]}
        return Fraction(chosen_ids(response) == right)
