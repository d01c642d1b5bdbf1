"""What other rooms want to know of a trainee's own enrolments. They register it; it comes with the rows, in one query."""

from django.db.models import Expression
from django.utils.module_loading import import_string

_paths: list[str] = []


def register_enrolment_facts(path: str) -> None:
    """`path` names a function () -> {name: expression over an enrolment's row (`OuterRef("pk")`)}.

    Each value becomes `enrolment.<name>` of those that `own_enrolments_with_facts` gives.
    """
    if path not in _paths:
        _paths.append(path)


def enrolment_facts() -> dict[str, Expression]:
    return {name: expression for path in _paths for name, expression in import_string(path)().items()}
