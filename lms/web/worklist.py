"""The work list of the home page. Each room registers what it can ask of a person; the home page knows no room."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits for a person. `tone` is one of next, due, waiting, info; `order` sorts within a tone."""

    title: str
    url: str
    detail: str = ""
    action: str = "Open"
    tone: str = "info"
    due: date | None = None
    order: int = 100


TONES = ("next", "due", "waiting", "info")
_providers: dict[str, int] = {}


def register_work(path: str, *, order: int = 100) -> None:
    """`path` names a function (user) -> iterable of WorkItem, with a fixed number of queries."""
    _providers[path] = order


def work_for(user) -> list[WorkItem]:
    """Everything that waits for this person, in a total order."""
    providers: list[Callable[..., Iterable[WorkItem]]] = [
        import_string(path) for path, order in sorted(_providers.items(), key=lambda item: (item[1], item[0]))
    ]
    items = [item for provide in providers for item in provide(user)]
    return sorted(items, key=lambda item: (TONES.index(item.tone), item.due or date.max, item.order, item.title))
