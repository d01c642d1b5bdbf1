"""How often one address may look up codes: guessing must stay hopeless, and the register must not be harvested."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache

WINDOW_SECONDS = 60


def is_within_limit(request, name: str, *, per_minute: int) -> bool:
    """Count this request of its client address; False once the minute's share is used up.

    The address is read as sign-in limits read it: X-Forwarded-For only behind as many proxies as TRUSTED_PROXY_COUNT.
    """
    address = get_adapter().get_client_ip(request)
    key = f"limit:{name}:{address}:{_window()}"
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    try:
        return cache.incr(key) <= per_minute
    except ValueError:  # the entry was evicted between the two lines: begin again
        cache.set(key, 1, timeout=2 * WINDOW_SECONDS)
        return True


def _window() -> int:
    return int(time.time() // WINDOW_SECONDS)
