"""How often one address, or one person, may ask: guessing must stay hopeless, and the register must not be harvested."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache

WINDOW_SECONDS = 60


def is_within_limit(request, name: str, *, per_minute: int, whose: str = "") -> bool:
    """Count this request of its client address, or of `whose` it is; False once the minute's share is used up.

    The address is read as sign-in limits read it: X-Forwarded-For only behind as many proxies as TRUSTED_PROXY_COUNT.
    """
    key = f"limit:{name}:{whose or get_adapter().get_client_ip(request)}:{_window()}"
    for number in range(cache.get(key, 0), per_minute):
        # Only one of those who ask at once gets a number: `add` is one statement, `incr` of a table in the database is not.
        if cache.add(f"{key}:{number}", 1, timeout=2 * WINDOW_SECONDS):
            cache.set(key, number + 1, timeout=2 * WINDOW_SECONDS)
            return True
    return False


def _window() -> int:
    return int(time.time() // WINDOW_SECONDS)
