"""Search over what everybody may read. Each room gives the texts of its public pages; this module knows no room.

Only what a room hands over here can be found, so nothing that is written for trainees can. The texts are read anew every
minute, like the public pages themselves (`lms/web/visitors.py`); a search asks the database nothing in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.utils.module_loading import import_string

from lms.web.finding import Found, Text, find, text_of, words_of
from lms.web.memory import remember

MOST_PAGES = 500
KEEP_SECONDS = 60


@dataclass(frozen=True)
class PublicText:
    """One public page, or a part of one that has an anchor: what it says, and where. `kind` is a word beside the title."""

    title: str
    url: str
    text: str
    kind: str = ""


_providers: dict[str, int] = {}


def register_public_texts(path: str, *, order: int = 100) -> None:
    """`path` names a function () -> iterable of `PublicText`, with a fixed number of queries. Nothing personal."""
    _providers[path] = order


def search_public(query: str) -> tuple[Found, list[PublicText]]:
    """Where every word of a query begins some word, the best first; the hits' `item` is a place in the list beside it."""
    words = words_of(query)
    if not words:
        return Found(0, ()), []
    pages, texts = _pages()
    return find(texts, words), pages


@remember(seconds=KEEP_SECONDS, most=1)
def _pages() -> tuple[list[PublicText], dict[int, Text]]:
    paths = [path for path, _ in sorted(_providers.items(), key=lambda item: (item[1], item[0]))]
    pages = list(islice(_all(paths), MOST_PAGES))
    return pages, {place: text_of(page.title, page.text) for place, page in enumerate(pages)}


def _all(paths: Iterable[str]) -> Iterable[PublicText]:
    for path in paths:
        yield from import_string(path)()
