"""The kinds of question: one class each, pure, without the database."""

from assessments.kinds.base import QuestionKind, Unreadable, Unusable
from assessments.kinds.cloze import Cloze
from assessments.kinds.essay import Essay
from assessments.kinds.matching import Matching
from assessments.kinds.multiple import Multiple
from assessments.kinds.numeric import Numeric
from assessments.kinds.ordering import Ordering
from assessments.kinds.scenario import Scenario
from assessments.kinds.shorttext import ShortText
from assessments.kinds.single import Single
from assessments.kinds.truefalse import TrueFalse
from assessments.kinds.vignette import Vignette

_SIMPLE = (Single(), Multiple(), TrueFalse(), Numeric(), ShortText(), Matching(), Ordering(), Cloze())
INSIDE_A_CASE: dict[str, QuestionKind] = {kind.name: kind for kind in _SIMPLE}
KINDS: dict[str, QuestionKind] = INSIDE_A_CASE | {
    kind.name: kind for kind in (Vignette(INSIDE_A_CASE), Scenario(), Essay())
}


STEP_NAMES = ("part-", "step-")  # so begin the names under which a page sends a step of a case or a story


def kind_of(name: str) -> QuestionKind:
    """Raises KeyError for a kind that does not exist."""
    return KINDS[name]


__all__ = ["INSIDE_A_CASE", "KINDS", "STEP_NAMES", "QuestionKind", "Unreadable", "Unusable", "kind_of"]
