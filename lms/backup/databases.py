"""Copying the database whole, by each engine's own means, while the site runs."""

import os
import shutil
import subprocess
from pathlib import Path
from sqlite3 import connect

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from lms.backup.errors import BackupRefused

FILE_NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


def dump_database(folder: Path) -> Path:
    """Write a consistent copy into `folder` and return its path. Raises `BackupRefused`."""
    target = folder / FILE_NAMES[connection.vendor]
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(connection.settings_dict["NAME"]), target)
    else:
        _run_postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def load_database(source: Path) -> None:
    """Put a copy into the configured, empty database. Raises `BackupRefused`."""
    connection.close()
    if connection.vendor == "sqlite":
        _copy_sqlite(source, Path(connection.settings_dict["NAME"]))
    else:
        _run_postgres(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source)
        )


def is_empty() -> bool:
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def row_counts() -> dict[str, int]:
    """How many rows each table has, by name."""
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table's own name
            counts[table] = cursor.fetchone()[0]
    return counts


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own backup: also of a file that is being written to. A plain copy could tear."""
    reading, writing = connect(source), connect(target)
    try:
        reading.backup(writing)
    finally:
        reading.close()
        writing.close()


def _run_postgres(program: str, *arguments: str) -> None:
    tool = shutil.which(program)
    if tool is None:
        raise BackupRefused(f"{program} is not installed. It comes with PostgreSQL's client programs.")
    # The password travels in the environment, as Django's own `dbshell` does it, never in the list of processes.
    settings = connection.settings_dict
    _, secrets = DatabaseClient.settings_to_cmd_args_env(settings, [])
    places = {"--host": settings["HOST"], "--port": settings["PORT"], "--username": settings["USER"]}
    where = [f"{name}={value}" for name, value in places.items() if value]
    done = subprocess.run(  # noqa: S603 - fixed words and our own settings
        [tool, *where, f"--dbname={settings['NAME']}", *arguments],
        env={"PATH": os.defpath} | (secrets or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupRefused(f"{program} failed: {done.stderr.strip()[-2000:]}")
