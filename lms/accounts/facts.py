"""Facts about a person that the frame of every page asks for. Rooms register them; they come with her row, in one query."""

from collections.abc import Callable

from django.db.models import Expression
from django.utils.module_loading import import_string

_paths: dict[str, str] = {}


def register_person_fact(name: str, path: str) -> None:
    """`path` names a function () -> expression over a person's row (`OuterRef("pk")`); its value becomes `user.<name>`."""
    _paths[name] = path


def person_facts() -> dict[str, Expression]:
    functions: dict[str, Callable[[], Expression]] = {name: import_string(path) for name, path in _paths.items()}
    return {name: function() for name, function in functions.items()}
