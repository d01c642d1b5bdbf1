"""Where the bench keeps its data: a database of its own for every size, files under var/bench, nothing of anybody else's."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
USUAL_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
ORIGIN = "https://bench.test"


def find_server(variables=os.environ) -> str:
    """The address of a PostgreSQL that answers: that of DATABASE_URL, or the usual one of this machine; "" for none."""
    wanted = variables.get("DATABASE_URL", USUAL_SERVER)
    if urlsplit(wanted).scheme not in ("postgres", "postgresql"):
        return ""
    try:
        psycopg.connect(wanted, connect_timeout=3, dbname="postgres").close()
    except psycopg.OperationalError:
        return ""
    return wanted


def with_name(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


@dataclass(frozen=True)
class PostgresPlace:
    """A database of a PostgreSQL server. Its comment says what was seeded into it."""

    server: str
    name: str
    vendor = "PostgreSQL"

    @property
    def url(self) -> str:
        return with_name(self.server, self.name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))

    def seeded(self) -> str:
        with psycopg.connect(self.server, dbname="postgres") as connection:
            found = connection.execute(
                "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [self.name]
            ).fetchone()
        return (found and found[0]) or ""

    def mark(self, state: str) -> None:
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as connection:
            comment = sql.SQL("comment on database {} is {}").format(sql.Identifier(self.name), sql.Literal(state))
            connection.execute(comment)

    def create(self) -> None:
        self.drop()
        self._run("create database {}", self.name)

    def drop(self) -> None:
        self._run("drop database if exists {} with (force)", self.name)

    def copy_to(self, other: "PostgresPlace") -> None:
        other.drop()
        self._run("create database {} template {} strategy file_copy", other.name, self.name)

    def backends(self) -> list[int]:
        """The processes that serve this database's connections."""
        with psycopg.connect(self.server, dbname="postgres") as connection:
            rows = connection.execute("select pid from pg_stat_activity where datname = %s", [self.name]).fetchall()
        return [pid for (pid,) in rows]

    def version(self) -> str:
        with psycopg.connect(self.server, dbname="postgres") as connection:
            return f"PostgreSQL {connection.execute('show server_version').fetchone()[0].split()[0]}"


@dataclass(frozen=True)
class SqlitePlace:
    """A file, where no PostgreSQL answers."""

    folder: Path
    name: str
    vendor = "SQLite"

    @property
    def file(self) -> Path:
        return self.folder / f"{self.name}.sqlite3"

    @property
    def note(self) -> Path:
        return self.folder / f"{self.name}.seeded"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def seeded(self) -> str:
        return self.note.read_text() if self.note.exists() and self.file.exists() else ""

    def mark(self, state: str) -> None:
        self.note.write_text(state)

    def create(self) -> None:
        self.drop()

    def drop(self) -> None:
        for file in (self.note, *(Path(f"{self.file}{ending}") for ending in ("", "-wal", "-shm"))):
            file.unlink(missing_ok=True)

    def copy_to(self, other: "SqlitePlace") -> None:
        other.drop()
        shutil.copyfile(self.file, other.file)

    def backends(self) -> list[int]:
        return []

    def version(self) -> str:
        import sqlite3  # late: only to name its version

        return f"SQLite {sqlite3.sqlite_version}"


Place = PostgresPlace | SqlitePlace


def place_for(server: str, folder: Path, name: str) -> Place:
    return PostgresPlace(server, name) if server else SqlitePlace(folder, name)


def environment(place: Place, folder: Path, keys: str) -> dict[str, str]:
    """The variables of a production server behind a TLS proxy, with secrets that everybody may know."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "DEBUG": "0",
        "DEMO": "0",
        "DATABASE_URL": place.url,
        "DATA_DIR": str(folder),
        "STORAGE_URL": f"file://{folder / keys / 'media'}",
        "SIGNING_KEYS_DIR": str(folder / keys / "keys"),
        "PUBLIC_URL": ORIGIN,
        "ALLOWED_HOSTS": f"{urlsplit(ORIGIN).hostname},127.0.0.1",
        "BEHIND_TLS_PROXY": "1",
        "TRUSTED_PROXY_COUNT": "1",
        "SECRET_KEY": "measured by the bench, so nobody must ever use this one for anything",
        "FIELD_ENCRYPTION_KEYS": "YmVuY2ggYmVuY2ggYmVuY2ggYmVuY2ggYmVuY2ggYmU=",
        "SIGNING_KEYS_PASSPHRASE": "measured by the bench",
        "EMAIL_URL": "dummymail://",
        "CACHE_URL": "dbcache://cache_entries",
        "TIME_ZONE": "America/Denver",
        "LOG_LEVEL": "WARNING",
        "LOG_JSON": "1",
        "STRIPE_SECRET_KEY": "sk_test_measured",
        "STRIPE_WEBHOOK_SECRET": "whsec_measured",
    }
