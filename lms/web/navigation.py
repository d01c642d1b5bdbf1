"""The main navigation. Each room registers its own entries; what a person may not use is not shown."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.utils.module_loading import import_string

from lms.web.addresses import address


@dataclass(frozen=True)
class NavItem:
    label: str
    url_name: str
    order: int = 100

    @property
    def url(self) -> str:
        return address(self.url_name)


_providers: list[str] = []


def register_navigation(path: str) -> None:
    """`path` names a function (request) -> iterable of NavItem."""
    if path not in _providers:
        _providers.append(path)


@cache
def _functions(paths: tuple[str, ...]) -> list[Callable]:
    return [import_string(path) for path in paths]


def navigation_for(request) -> list[dict]:
    items = sorted(
        (item for provide in _functions(tuple(_providers)) for item in provide(request)),
        key=lambda item: (item.order, item.label),
    )
    return [{"label": item.label, "url": item.url, "current": _is_current(request.path, item.url)} for item in items]


def _is_current(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
