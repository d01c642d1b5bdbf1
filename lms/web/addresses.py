"""Addresses that a page needs often, each looked up once in a process."""

from functools import cache

from django.urls import reverse

ANY = 987_654_321

address = cache(reverse)  # of a page that takes no arguments


def address_of(name: str, number: int) -> str:
    """What `reverse(name, args=[number])` gives."""
    before, after = _around(name)
    return f"{before}{number}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[ANY]).partition(str(ANY))
    return before, after
