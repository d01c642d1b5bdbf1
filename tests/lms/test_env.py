"""A wrong environment variable stops the start with a sentence that names it."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from lms.env import Env, required_secret

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.urlsafe_b64encode(b"1" * 32).decode()  # the same in every test process
OTHER_KEY = base64.urlsafe_b64encode(b"2" * 32).decode()


def env(**variables: str) -> Env:
    return Env(variables)


READERS = {
    "boolean": lambda env: env.boolean("NAME", default=False),
    "number": lambda env: env.number("NAME", default=5, least=1, most=10),
    "choice": lambda env: env.choice("NAME", default="INFO", choices=("DEBUG", "INFO")),
    "names": lambda env: env.names("NAME", default=["here", None]),
    "folder": lambda env: env.folder("NAME", default=Path("/srv/x")),
    "origin": lambda env: env.origin("NAME", default="http://127.0.0.1:8000"),
    "time_zone": lambda env: env.time_zone("NAME", default="America/Denver"),
    "database": lambda env: env.database("NAME", default="sqlite:////srv/x.sqlite3")["NAME"],
    "shared_cache": lambda env: env.shared_cache("NAME", default="dbcache://cache_entries")["LOCATION"],
    "mail": lambda env: env.mail("NAME", default="consolemail://")["EMAIL_BACKEND"].split(".")[-2],
    "storage": lambda env: env.storage("NAME", default=Path("/srv/media"))["OPTIONS"]["location"],
    "encryption_keys": lambda env: len(env.encryption_keys("NAME", secret_key="x", optional=True)),
}


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("boolean", False),
        ("number", 5),
        ("choice", "INFO"),
        ("names", ["here"]),
        ("folder", Path("/srv/x")),
        ("origin", "http://127.0.0.1:8000"),
        ("time_zone", "America/Denver"),
        ("database", "/srv/x.sqlite3"),
        ("shared_cache", "cache_entries"),
        ("mail", "console"),
        ("storage", "/srv/media"),
        ("encryption_keys", 1),
    ],
)
def test_a_missing_variable_gives_the_default(reader, value):
    assert READERS[reader](env()) == value


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        *(("boolean", word, True) for word in ("1", "true", "YES", " on ")),
        *(("boolean", word, False) for word in ("0", "False", "no", "off", "")),
        ("number", "1", 1),
        ("number", " 10 ", 10),
        ("choice", "DEBUG", "DEBUG"),
        ("names", "a.example, b.example ,,", ["a.example", "b.example"]),
        ("names", "", []),
        ("folder", "/srv/../srv/data", Path("/srv/data")),
        ("folder", "data", Path.cwd() / "data"),
        ("origin", "https://academy.example/", "https://academy.example"),
        ("origin", "HTTPS://Academy.Example", "https://academy.example"),
        ("origin", "http://localhost:8123", "http://localhost:8123"),
        ("time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("database", "postgres://u:p@h:5432/name", "name"),
        ("database", "sqlite:////srv/a%20b/x.sqlite3", "/srv/a b/x.sqlite3"),
        ("shared_cache", "redis://h:6379/0", "redis://h:6379/0"),
        ("mail", "smtp+tls://u:p@h:587", "smtp"),
        ("storage", "file:///srv/my%20files", "/srv/my files"),
        ("encryption_keys", f"{KEY}, {OTHER_KEY}", 2),
    ],
)
def test_a_good_value_is_read(reader, text, value):
    assert READERS[reader](env(NAME=text)) == value


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        *(("boolean", word) for word in ("maybe", "2", "tru")),
        *(("number", word) for word in ("", "ten", "0", "11", "-1", "1.5", "NaN", "1e3")),
        *(("choice", word) for word in ("", "info", "TRACE")),
        ("folder", " "),
        *(
            ("origin", word)
            for word in ("", "academy.example", "https://", "https://a/b", "https://u:p@a", "ftp://a", "http://[::1")
        ),
        *(("origin", word) for word in ("http://a:99999", "http://a:b", "https://a?x=1", "https://a#b", "https://a b")),
        *(("time_zone", word) for word in ("", "Denver", "America", "../etc/passwd", "Mars/Base")),
        *(
            ("database", word)
            for word in ("", "plumbline", "mysql://u:p@h/n", "postgres://", "sqlite://", "postgres://u:p@h:x/n")
        ),
        *(("shared_cache", word) for word in ("", "redis", "locmem://", "dbcache://")),
        *(("mail", word) for word in ("", "mail.example", "smtp://u:p@h:port")),
        *(("storage", word) for word in ("", "/srv/media", "s3://bucket", "file://relative/path", "file://")),
        *(("encryption_keys", word) for word in ("short", "x" * 44, f"{KEY},{KEY[:-2]}")),
    ],
)
def test_a_bad_value_is_refused_with_the_name_of_the_variable(reader, text):
    with pytest.raises(ImproperlyConfigured, match=r"^NAME "):
        READERS[reader](env(NAME=text))


@pytest.mark.parametrize("reader", ["database", "shared_cache", "mail"])
def test_the_refusal_of_an_address_never_repeats_its_password(reader):
    with pytest.raises(ImproperlyConfigured) as refusal:
        READERS[reader](env(NAME="odd://user:hunter2@host:port/name"))
    assert "hunter2" not in str(refusal.value)


def test_a_secret_that_begins_with_a_dollar_sign_is_taken_as_it_stands():
    assert required_secret(env(NAME="$" * 60), "NAME", optional=True, length=50) == "$" * 60


def test_a_secret_is_required_unless_it_is_optional():
    with pytest.raises(ImproperlyConfigured, match=r"^NAME is required"):
        required_secret(env(), "NAME", optional=False, length=50)
    assert "known-to-everybody" in required_secret(env(), "NAME", optional=True, length=50)


def test_a_short_secret_is_refused_even_where_it_is_optional():
    with pytest.raises(ImproperlyConfigured, match=r"^NAME must have at least 50"):
        required_secret(env(NAME="x" * 49), "NAME", optional=True, length=50)


def test_encryption_keys_are_required_in_production():
    with pytest.raises(ImproperlyConfigured, match=r"^NAME is required"):
        env().encryption_keys("NAME", secret_key="x", optional=False)


# The whole start, in a process of its own ---------------------------------------------------------------------------


def start(tmp_path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Run manage.py with nothing in the environment but these variables."""
    given = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"} | variables
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


PRODUCTION = {
    "SECRET_KEY": "abcdefghij" * 6,
    "FIELD_ENCRYPTION_KEYS": KEY,
    "SIGNING_KEYS_PASSPHRASE": "a passphrase of some length",
    "PUBLIC_URL": "https://academy.example",
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG must be one of"),
        ({"PUBLIC_URL": "academy.example"}, "PUBLIC_URL must look like https://academy.example"),
        ({"DATABASE_URL": "oracle://h/n"}, "DATABASE_URL must look like sqlite:"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is required"),
        ({"FIELD_ENCRYPTION_KEYS": ""}, "FIELD_ENCRYPTION_KEYS is required"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_variable_stops_the_start(tmp_path, change, sentence):
    done = start(tmp_path, "check", **(PRODUCTION | change))
    assert (done.returncode != 0, sentence in done.stderr) == (True, True), done.stderr[-500:]


def test_a_production_environment_passes_the_deployment_checks(tmp_path):
    done = start(tmp_path, "check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert (done.returncode, done.stdout + done.stderr) == (0, "System check identified no issues (0 silenced).\n")
