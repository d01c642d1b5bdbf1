"""The test database: built once per state of the migrations, then copied; put back whole after a race test.

Wagtail's migrations take ten seconds of CPU from zero. Tests that need real transactions would otherwise leave an
empty database behind (no root page, no groups), and the append-only triggers would refuse to empty it.
On SQLite the template is a file, on PostgreSQL a database that new ones are made from.
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
from django.test.utils import setup_databases, teardown_databases

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

    digest.update(repr(triggers.registered_guards()).encode() + Path(triggers.__file__).read_bytes())
    return digest.hexdigest()[:16]


class TestDatabase:
    """The database of this test process. `open` makes it and points the connection at it; `put_back` renews it."""

    __test__ = False

    def __init__(self):
        self.connection = connections["default"]
        self.real_name = self.connection.settings_dict["NAME"]
        self.name = self.connection.creation._get_test_db_name()
        self.state = state_of_migrations()

    def open(self) -> None:
        if not self.has_template():
            self.make_template()
        self.connection.close()
        self.connection.settings_dict["NAME"] = self.name
        self.copy_template()

    def make_template(self) -> None:
        configs = setup_databases(0, False, serialized_aliases=[])
        self.keep_as_template()
        teardown_databases(configs, 0)

    def put_back(self) -> None:
        connections.close_all()
        self.copy_template()

    def close(self) -> None:
        connections.close_all()
        self.remove()
        self.connection.settings_dict["NAME"] = self.real_name


class SqliteTestDatabase(TestDatabase):
    @property
    def template(self) -> Path:
        return Path(tempfile.gettempdir()) / f"plumbline-test-template-{os.getuid()}" / f"{self.state}.sqlite3"

    def has_template(self) -> bool:
        return self.template.exists()

    def keep_as_template(self) -> None:
        """Copied aside under another name first, so that a process beside this one never sees half a file."""
        with self.connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.template.parent.mkdir(exist_ok=True, mode=0o700)
        partial = self.template.with_suffix(f".{os.getpid()}")
        shutil.copyfile(self.name, partial)
        partial.replace(self.template)

    def copy_template(self) -> None:
        self.remove()
        shutil.copyfile(self.template, self.name)

    def remove(self) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(self.name + ending).unlink(missing_ok=True)


class PostgresTestDatabase(TestDatabase):
    @property
    def template(self) -> str:
        return f"plumbline_template_{self.state}"

    def has_template(self) -> bool:
        with self.connection._nodb_cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [self.template])
            return cursor.fetchone() is not None

    def keep_as_template(self) -> None:
        """Under a lock: of two processes that made it at the same time, the second keeps the first one's."""
        connections.close_all()
        with self.connection._nodb_cursor() as cursor:
            cursor.execute("select pg_advisory_lock(720011)")
            if not self.has_template():
                cursor.execute(f'create database "{self.template}" template "{self.name}"')

    def copy_template(self) -> None:
        self.remove()
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(f'create database "{self.name}" template "{self.template}"')

    def remove(self) -> None:
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(f'drop database if exists "{self.name}" with (force)')


def test_database() -> TestDatabase:
    return {"sqlite": SqliteTestDatabase, "postgresql": PostgresTestDatabase}[connections["default"].vendor]()


test_database.__test__ = False
