"""Strict reading of environment variables: a wrong value stops the start with a sentence naming the variable."""

import base64
import hashlib
import os
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}
GENERIC_PLANS = "-c plan_cache_mode=force_generic_plan"


class Env:
    """Typed readers over `os.environ`. Each raises `ImproperlyConfigured` naming the variable and what it may hold.

    Values are taken as they stand: django-environ's own reader would resolve a secret that begins with "$" as the
    name of another variable. An address that cannot be read is never repeated in the sentence: it may hold a password.
    """

    def __init__(self, variables: Mapping[str, str] | None = None):
        self._variables = os.environ if variables is None else variables

    def text(self, name: str, *, default: str) -> str:
        return self._variables.get(name, default)

    def boolean(self, name: str, *, default: bool) -> bool:
        word = self.text(name, default="true" if default else "false").strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise ImproperlyConfigured(f"{name} must be one of true, false, 1, 0, yes, no, on, off; it is {word!r}.")

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        text = self.text(name, default=str(default))
        try:
            value = int(text)
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be a whole number; it is {text!r}.") from None
        if not least <= value <= most:
            raise ImproperlyConfigured(f"{name} must lie between {least} and {most}; it is {value}.")
        return value

    def choice(self, name: str, *, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default=default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}; it is {value!r}.")
        return value

    def names(self, name: str, *, default: list[str | None]) -> list[str]:
        """A list separated by commas, spaces around the words ignored."""
        if name not in self._variables:
            return [word for word in default if word]
        return [word.strip() for word in self._variables[name].split(",") if word.strip()]

    def folder(self, name: str, *, default: Path) -> Path:
        """An absolute path; a relative one counts from where the process starts."""
        value = self.text(name, default=str(default))
        if not value.strip():
            raise ImproperlyConfigured(f"{name} must name a folder; it is empty.")
        return Path(value).expanduser().resolve()

    def origin(self, name: str, *, default: str) -> str:
        """A scheme and host, without path, in lower case: `https://academy.example`."""
        value = self.text(name, default=default).strip().rstrip("/").lower()
        if not _is_origin(value):
            raise ImproperlyConfigured(f"{name} must look like https://academy.example; it is {value!r}.")
        return value

    def token(self, name: str, *, prefixes: tuple[str, ...]) -> str:
        """A key somebody else has given, known by how it begins; "" when there is none. Never repeated in a sentence."""
        value = self.text(name, default="").strip()
        if value and not (value.startswith(prefixes) and re.fullmatch(r"[A-Za-z0-9_]{12,255}", value)):
            raise ImproperlyConfigured(
                f"{name} must begin with {' or '.join(prefixes)}, followed by letters and digits."
            )
        return value

    def time_zone(self, name: str, *, default: str) -> str:
        value = self.text(name, default=default)
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ImproperlyConfigured(
                f"{name} must be an IANA time zone like America/Denver; it is {value!r}."
            ) from None
        return value

    def database(self, name: str, *, default: str) -> dict:
        config = self._parse(name, environ.Env.db_url_config, default)
        if config.get("ENGINE") == "django.db.backends.sqlite3" and config["NAME"] != ":memory:":
            # Deferred transactions gave "database is locked" 49 times in 600; IMMEDIATE none.
            config["OPTIONS"] = {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            }
        elif config.get("ENGINE") == "django.db.backends.postgresql" and config["NAME"]:
            config.setdefault("CONN_MAX_AGE", 600)
            config["CONN_HEALTH_CHECKS"] = True
            # Only statements that `lms.web.prepared` prepares have a plan to keep. Left to choose, PostgreSQL planned one
            # of them anew at every use, because the plan that it could keep looked two percent dearer.
            config.setdefault("OPTIONS", {}).setdefault("options", GENERIC_PLANS)
        else:
            raise ImproperlyConfigured(
                f"{name} must look like sqlite:////srv/plumbline/plumbline.sqlite3 or postgres://user:password@host/name."
            )
        return config

    def shared_cache(self, name: str, *, default: str) -> dict:
        config = self._parse(name, environ.Env.cache_url_config, default)
        backend = config.get("BACKEND", "")
        if not backend or not (config.get("LOCATION") or "locmem" in backend or "dummy" in backend):
            raise ImproperlyConfigured(f"{name} must say where the cache is, like dbcache://cache_entries.")
        # Django forgets entries beyond 300 by default, and with them the counters that limit sign-in.
        config.setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 100_000)
        return config

    def mail(self, name: str, *, default: str) -> dict:
        return self._parse(name, environ.Env.email_url_config, default)

    def storage(self, name: str, *, default: Path) -> dict:
        """Where uploaded and copied files lie: file:///srv/plumbline/media."""
        location = default
        if name in self._variables:
            value = self._variables[name]
            parts = urlsplit(value)
            if parts.scheme != "file" or parts.netloc or not parts.path:
                raise ImproperlyConfigured(f"{name} must look like file:///srv/plumbline/media; it is {value!r}.")
            location = Path(unquote(parts.path))
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(location)}}

    def encryption_keys(self, name: str, *, secret_key: str, optional: bool) -> list[str]:
        keys = self.names(name, default=[])
        if not keys:
            if not optional:
                raise ImproperlyConfigured(
                    f"{name} is required: one or more Fernet keys, newest first, separated by commas. "
                    "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
                )
            digest = hashlib.sha256(b"field encryption" + secret_key.encode()).digest()
            return [base64.urlsafe_b64encode(digest).decode()]
        for key in keys:
            try:
                Fernet(key)
            except ValueError:
                raise ImproperlyConfigured(
                    f"{name} holds a key that is no Fernet key (44 characters of base64)."
                ) from None
        return keys

    def _parse(self, name: str, reader: Callable[[str], dict], default: str) -> dict:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # it would print the address with its password
                return reader(self.text(name, default=default))
        except (KeyError, ValueError, AttributeError, environ.ImproperlyConfigured):
            raise ImproperlyConfigured(
                f"{name} cannot be read: it must be an address like {default.split('//')[0]}//..."
            ) from None


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    host = f"{parts.hostname}:{port}" if port else parts.hostname
    is_host = bool(re.fullmatch(r"[a-z0-9.-]+", parts.hostname or ""))
    return parts.scheme in ("http", "https") and is_host and value == f"{parts.scheme}://{host}"


def required_secret(env: Env, name: str, *, optional: bool, length: int) -> str:
    """The secret `name`, at least `length` characters; a fixed well-known one only where `optional` (DEBUG or DEMO)."""
    value = env.text(name, default="")
    if value and len(value) < length:
        raise ImproperlyConfigured(f"{name} must have at least {length} characters.")
    if not value and not optional:
        raise ImproperlyConfigured(f"{name} is required: a random text of at least {length} characters.")
    return value or f"{name.lower()}-known-to-everybody-only-for-development-and-demonstration"
