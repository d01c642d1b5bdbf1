"""Strict reading of environment variables: a wrong value stops the start with a sentence naming the variable."""

import base64
import hashlib
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


class Env:
    """Typed readers over `os.environ`. Each raises `ImproperlyConfigured` naming the variable and what it may hold."""

    def __init__(self, environment: environ.Env | None = None):
        self._env = environment or environ.Env()

    def text(self, name: str, *, default: str) -> str:
        return self._env.str(name, default=default)

    def boolean(self, name: str, *, default: bool) -> bool:
        word = self._env.str(name, default="true" if default else "false").strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise ImproperlyConfigured(f"{name} must be one of true, false, 1, 0, yes, no, on, off; it is {word!r}.")

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        text = self._env.str(name, default=str(default))
        try:
            value = int(text)
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be a whole number; it is {text!r}.") from None
        if not least <= value <= most:
            raise ImproperlyConfigured(f"{name} must lie between {least} and {most}; it is {value}.")
        return value

    def choice(self, name: str, *, default: str, choices: tuple[str, ...]) -> str:
        value = self._env.str(name, default=default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}; it is {value!r}.")
        return value

    def names(self, name: str, *, default: list[str | None]) -> list[str]:
        return [word for word in self._env.list(name, default=default) if word]

    def origin(self, name: str, *, default: str) -> str:
        """A scheme and host, without path: `https://academy.example`."""
        value = self._env.str(name, default=default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
            raise ImproperlyConfigured(f"{name} must look like https://academy.example; it is {value!r}.")
        return value

    def time_zone(self, name: str, *, default: str) -> str:
        value = self._env.str(name, default=default)
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ImproperlyConfigured(
                f"{name} must be an IANA time zone like America/Denver; it is {value!r}."
            ) from None
        return value

    def database(self, name: str, *, default: str) -> dict:
        config = self._parse(name, self._env.db_url, default)
        if config.get("ENGINE") == "django.db.backends.sqlite3":
            # Deferred transactions gave "database is locked" 49 times in 600; IMMEDIATE none.
            config["OPTIONS"] = {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            }
        elif config.get("ENGINE") == "django.db.backends.postgresql":
            config.setdefault("CONN_MAX_AGE", 600)
            config["CONN_HEALTH_CHECKS"] = True
        else:
            raise ImproperlyConfigured(f"{name} must begin with sqlite:/// or postgres://.")
        return config

    def shared_cache(self, name: str, *, default: str) -> dict:
        return self._parse(name, self._env.cache_url, default)

    def mail(self, name: str, *, default: str) -> dict:
        return self._parse(name, self._env.email_url, default)

    def storage(self, name: str, *, default: str) -> dict:
        """Where uploaded and copied files lie: file:///srv/plumbline/media."""
        value = self._env.str(name, default=default)
        parts = urlsplit(value)
        if parts.scheme != "file" or not parts.path:
            raise ImproperlyConfigured(f"{name} must look like file:///srv/plumbline/media; it is {value!r}.")
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": parts.path}}

    def encryption_keys(self, name: str, *, secret_key: str, optional: bool) -> list[str]:
        keys = self._env.list(name, default=[])
        if not keys:
            if not optional:
                raise ImproperlyConfigured(
                    f"{name} is required: one or more Fernet keys, newest first, separated by commas. "
                    "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
                )
            digest = hashlib.sha256(b"field encryption" + secret_key.encode()).digest()
            return [base64.urlsafe_b64encode(digest).decode()]
        for key in keys:
            if len(key) != 44:
                raise ImproperlyConfigured(f"{name} holds a key that is no Fernet key (44 characters of base64).")
        return keys

    def _parse(self, name: str, reader, default: str) -> dict:
        try:
            return reader(name, default=default)
        except (KeyError, ValueError, environ.ImproperlyConfigured) as error:
            raise ImproperlyConfigured(f"{name} cannot be read: {error}.") from None


def required_secret(env: Env, name: str, *, optional: bool, length: int) -> str:
    """The secret `name`, at least `length` characters; a fixed well-known one only where `optional` (DEBUG or DEMO)."""
    value = env.text(name, default="")
    if value and len(value) < length:
        raise ImproperlyConfigured(f"{name} must have at least {length} characters.")
    if not value and not optional:
        raise ImproperlyConfigured(f"{name} is required: a random text of at least {length} characters.")
    return value or f"{name.lower()}-known-to-everybody-only-for-development-and-demonstration"
