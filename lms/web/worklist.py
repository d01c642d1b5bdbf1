"""The work list of the home page. Each room registers what it can ask of a person; the home page knows no room.

For most people most rooms have nothing to say. So a room registers facts with its provider, expressions over the
person's row, and one query asks for the facts of all rooms; a provider goes to the database only where there is something.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.module_loading import import_string

from lms.web.prepared import PreparedQuery


@dataclass(frozen=True)
class WorkLine:
    """One line of a standing: what is asked, how much of it is there, its state in a word, and what is missing."""

    title: str
    amount: str
    state: str
    kind: str
    missing: str = ""


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits for a person. `tone` is one of `TONES`; `order` sorts within a tone. A standing has `lines`."""

    title: str
    url: str
    detail: str = ""
    action: str = "Open"
    tone: str = "info"
    due: date | None = None
    order: int = 100
    lines: tuple[WorkLine, ...] = ()


STANDING = "standing"
TONES = ("next", "due", STANDING, "waiting", "info")
_providers: dict[str, int] = {}
_facts: dict[str, str] = {}


@dataclass(frozen=True)
class Asker:
    """Whose work list is made: the person, the registered facts about her, and what several providers fetch once."""

    user: Any
    facts: Mapping[str, Any]
    _fetched: dict[Callable, Any] = field(default_factory=dict)

    def once(self, fetch: Callable[[Any], Any]) -> Any:
        """`fetch(user)`, asked of the database once however many providers want it."""
        if fetch not in self._fetched:
            self._fetched[fetch] = fetch(self.user)
        return self._fetched[fetch]


def register_work(path: str, *, order: int = 100, facts: Mapping[str, str] | None = None) -> None:
    """`path` names a function (asker) -> iterable of WorkItem, with a fixed number of queries.

    `facts` names functions () -> expression over a person's row (`OuterRef("pk")`); the values are in `asker.facts`.
    """
    _providers[path] = order
    _facts.update(facts or {})
    _all_facts.cache_clear()


def asker_of(user) -> Asker:
    """The person with the facts of all rooms. One query; nothing is known of whoever has no account."""
    rows = _all_facts()(pk=user.pk) if _facts and user is not None and user.pk else []
    return Asker(user, rows[0] if rows else {})


@cache
def _all_facts() -> PreparedQuery:
    def rows(pk) -> models.QuerySet:
        expressions = {name: import_string(path)() for name, path in sorted(_facts.items())}
        return get_user_model().objects.filter(pk=pk).order_by().annotate(**expressions).values(*expressions)

    return PreparedQuery(rows, pk=models.BigIntegerField())


@cache
def _functions(providers: tuple[tuple[str, int], ...]) -> list[Callable[[Asker], Iterable[WorkItem]]]:
    return [import_string(path) for path, order in sorted(providers, key=lambda item: (item[1], item[0]))]


def work_for(user) -> list[WorkItem]:
    """Everything that waits for this person, in a total order."""
    asker = asker_of(user)
    items = [item for provide in _functions(tuple(_providers.items())) for item in provide(asker)]
    return sorted(items, key=lambda item: (TONES.index(item.tone), item.due or date.max, item.order, item.title))
