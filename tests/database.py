"""The test database: built once per state of the migrations, then copied; put back whole after a race test.

Wagtail's migrations take ten seconds of CPU from zero. Tests that need real transactions would otherwise leave an
empty database behind (no root page, no groups), and the append-only triggers would refuse to empty it on SQLite.
"""

import hashlib
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import django
from django.apps import apps
from django.db import connections

PARTS = ("wagtail", "django-allauth", "django-tasks-db")


def state_of_migrations() -> str:
    """A name for the database that the present migrations and triggers make."""
    digest = hashlib.sha256(django.__version__.encode())
    for part in PARTS:
        digest.update(f"{part} {version(part)}".encode())
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        for file in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    from lms.audit import triggers

    digest.update(repr(triggers.registered_guards()).encode())
    return digest.hexdigest()[:16]


def template_file() -> Path:
    return Path(tempfile.gettempdir()) / f"plumbline-test-template-{os.getuid()}" / f"{state_of_migrations()}.sqlite3"


def test_file() -> Path:
    return Path(connections["default"].settings_dict["NAME"])


def is_sqlite() -> bool:
    return connections["default"].vendor == "sqlite"


def keep_as_template() -> None:
    """Copy the freshly migrated SQLite file aside, whole even if another process does the same."""
    target = template_file()
    target.parent.mkdir(exist_ok=True, mode=0o700)
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    partial = target.with_suffix(f".{os.getpid()}")
    shutil.copyfile(test_file(), partial)
    partial.replace(target)


def restore(copy_of: Path, to: Path) -> None:
    for leftover in (to, Path(f"{to}-wal"), Path(f"{to}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.copyfile(copy_of, to)


def use_copy_of_template() -> str:
    """Point the connection at a fresh copy of the template and return the name it had before."""
    connection = connections["default"]
    real_name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
    restore(template_file(), test_file())
    return real_name


def put_back_pristine_database(test_case) -> None:
    """What follows a test with real transactions, instead of Django's flush."""
    if is_sqlite():
        connections.close_all()
        restore(template_file(), test_file())
        return
    from django.core.management import call_command

    connection = connections["default"]
    call_command("flush", verbosity=0, interactive=False, allow_cascade=True, inhibit_post_migrate=True)
    connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
