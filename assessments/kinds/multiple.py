"""Multiple response. Each right choice adds a share, each wrong one takes the same share away, never below nothing.

With R right options the share is 1/R. Ticking everything therefore earns little or nothing, and only the exact set
earns the whole point, which is what passing a critical item needs.
"""

from fractions import Fraction

from assessments.kinds.base import Data, Drawn, Response, Sent, Unreadable
from assessments.kinds.choices import ChoiceKind, chosen_ids


class Multiple(ChoiceKind):
    name = "multiple"
    label = "Multiple response"
    template = "assessments/kinds/multiple.html"
    credit = (
        "Where several answers can be right, each right choice adds a share and each wrong one takes the same share away, "
        "never below nothing."
    )

    def key_problem(self, right: list[dict], options: list[dict]) -> str:
        if not right:
            return "Mark at least one option as correct."
        if len(right) == len(options):
            return "Leave at least one option that is not correct."
        return ""

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        ids = self.read_ids(data, drawn, sent)
        if not ids:
            raise Unreadable("Tick at least one option first, or skip the question for now.")
        return {"chosen": ids}

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        right = {option["id"] for option in data["options"] if option["correct"]}
        chosen = chosen_ids(response)
        return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))
