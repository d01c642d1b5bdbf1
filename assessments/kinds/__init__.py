"""The kinds of question: one class each, pure, without the database."""

from assessments.kinds.base import QuestionKind, Unreadable, Unusable
from assessments.kinds.multiple import Multiple
from assessments.kinds.numeric import Numeric
from assessments.kinds.single import Single

KINDS: dict[str, QuestionKind] = {kind.name: kind for kind in (Single(), Multiple(), Numeric())}


def kind_of(name: str) -> QuestionKind:
    """Raises KeyError for a kind that does not exist."""
    return KINDS[name]


__all__ = ["KINDS", "QuestionKind", "Unreadable", "Unusable", "kind_of"]
