"""Every address of the site, as the resolver knows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """One URL pattern: its whole route and its name, namespaces included."""

    route: str
    name: str
    arguments: tuple[str, ...]

    @property
    def is_cms(self) -> bool:
        """The inside of Wagtail's editor; its sign-in and sign-out are ours to list."""
        return self.route.startswith("cms/") and self.name not in ("cms_login", "cms_password_reset")


def all_addresses() -> list[Address]:
    return sorted(set(_walk(get_resolver(), "", "")), key=lambda address: (address.route, address.name))


def _walk(resolver: URLResolver, route: str, namespace: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, here, inner)
        elif isinstance(pattern, URLPattern):
            arguments = tuple(pattern.pattern.regex.groupindex) or ("",) * pattern.pattern.regex.groups
            yield Address(here, namespace + (pattern.name or ""), arguments)
