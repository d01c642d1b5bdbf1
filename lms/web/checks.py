"""System checks: what can be wrong in an installation, each with an id and a hint."""

from django.conf import settings
from django.core.checks import Error, Warning

IN_ONE_PROCESS = ("django.core.cache.backends.locmem.LocMemCache", "django.core.cache.backends.dummy.DummyCache")


def shared_cache(app_configs, **kwargs):
    if settings.CACHES["default"]["BACKEND"] in IN_ONE_PROCESS:
        return [
            Warning(
                "The cache is not shared between processes.",
                hint="Limits on sign-in are counted in the cache; with several processes set CACHE_URL to a shared one.",
                id="plumbline.W001",
            )
        ]
    return []


def known_secrets(app_configs, **kwargs):
    known = [
        name for name in ("SECRET_KEY", "SIGNING_KEYS_PASSPHRASE") if "known-to-everybody" in getattr(settings, name)
    ]
    return [
        Error(
            f"{name} is the well-known development value.",
            hint=f"Set {name} to a long random text.",
            id="plumbline.E001",
        )
        for name in known
    ]


def public_address(app_configs, **kwargs):
    found = []
    if not settings.IS_HTTPS:
        found.append(
            Error(
                "PUBLIC_URL is not https.",
                hint="Set PUBLIC_URL=https://your.host; cookies, HSTS and did:web depend on it.",
                id="plumbline.E002",
            )
        )
    if settings.DEMO:
        found.append(
            Error(
                "The demonstration is switched on.", hint="Unset DEMO: its passwords are public.", id="plumbline.E003"
            )
        )
    return found
