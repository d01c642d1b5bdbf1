"""The main navigation. Each room registers its own entries; what a person may not use is not shown."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    order: int = 100


_providers: list[str] = []


def register_navigation(path: str) -> None:
    """`path` names a function (request) -> iterable of NavItem."""
    if path not in _providers:
        _providers.append(path)


def navigation_for(request) -> list[dict]:
    providers: list[Callable] = [import_string(path) for path in _providers]
    items = sorted(
        (item for provide in providers for item in provide(request)), key=lambda item: (item.order, item.label)
    )
    return [{"label": item.label, "url": item.url, "current": _is_current(request.path, item.url)} for item in items]


def _is_current(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
