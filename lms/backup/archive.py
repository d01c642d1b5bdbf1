"""One archive with everything an installation cannot make anew: database, files, signing keys, and a manifest of them.

The secrets of `.env` are not in it: whoever finds an archive can neither sign nor read encrypted text with it. Keep them
elsewhere, or it cannot be used.
"""

import hashlib
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from lms.audit.queries import sealed_head
from lms.backup.databases import FILE_NAMES, dump_database, is_empty, load_database, row_counts
from lms.backup.errors import BackupRefused, ProofFailed
from lms.backup.registry import proofs

SCHEMA = 1
MANIFEST = "manifest.json"
FILES, KEYS = "files", "keys"
# Rows that are made while the site runs and mean nothing afterwards; a copy may differ from the count beside it.
PASSING = ("cache_entries", "django_session", "django_tasks_database_dbtaskresult", "web_formkey", "sqlite_sequence")

Say = Callable[[str], None]


def make_backup(target: Path, *, say: Say = lambda line: None) -> dict[str, Any]:
    """Write an archive, readable by its owner alone, and return its manifest.

    The database comes first: files are only ever added, so each one that it names is there when the files are copied.
    Raises `BackupRefused` when `target` exists or the files do not lie on this machine.
    """
    if target.exists():
        raise BackupRefused(f"{target} exists already. Choose another name; an archive is never written over.")
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        say("database ...")
        database = dump_database(folder)
        members = {database.name: database}
        members |= {f"{FILES}/{path}": file for path, file in _files_below(_media())}
        members |= {f"{KEYS}/{path}": file for path, file in _files_below(Path(settings.SIGNING_KEYS_DIR))}
        manifest = _manifest() | {"members": {path: _sha256(file) for path, file in members.items()}}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
        partial = folder / "archive"
        with tarfile.open(partial, "w:gz", compresslevel=6) as archive:
            archive.add(folder / MANIFEST, MANIFEST)
            for number, (path, file) in enumerate(members.items(), start=1):
                archive.add(file, path, recursive=False)
                if number % 200 == 0 or number == len(members):
                    say(f"{number} of {len(members)} files ...")
        partial.chmod(0o600)
        partial.replace(target)
    return manifest


def restore_backup(source: Path, *, say: Say = lambda line: None) -> dict[str, str]:
    """Put an archive into an empty installation and prove it; the proofs' sentences come back, by name.

    Nothing is touched before the whole archive was checked. Raises `BackupRefused` for an archive of another engine, a
    newer version or with a wrong sum, and for an installation that is not empty; `ProofFailed` when what was restored
    does not hold together.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say("reading the archive ...")
        manifest = _unpack(source, folder)
        _refuse_what_does_not_fit(manifest)
        say("database ...")
        load_database(folder / FILE_NAMES[connection.vendor])
        say("files and keys ...")
        _copy_tree(folder / FILES, _media(), mode=None)
        _copy_tree(folder / KEYS, Path(settings.SIGNING_KEYS_DIR), mode=0o600)
    say("proving ...")
    return _prove(manifest)


def _manifest() -> dict[str, Any]:
    head = sealed_head()
    return {
        "schema": SCHEMA,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "engine": connection.vendor,
        "migrations": sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
        "rows": row_counts(),
        "audit_head": [head.number, head.hash] if head else None,
    }


def _media() -> Path:
    """Where the files lie. Raises `BackupRefused` when that is not this machine."""
    if not isinstance(storages["default"], FileSystemStorage):
        raise BackupRefused(
            "The files do not lie on this machine: keep copies where they lie, and back up the rest there."
        )
    return Path(storages["default"].location)


def _files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if file.is_file() and not file.is_symlink():
            yield file.relative_to(folder).as_posix(), file


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Everything of the archive, with every sum checked. Names that lead out of the folder are refused by `data`."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text())
        members = manifest["members"]
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise BackupRefused(f"{source.name} cannot be read as an archive: {type(error).__name__}.") from None
    found = {path for path, _ in _files_below(folder)} - {MANIFEST}
    if found != set(members):
        raise BackupRefused("The archive does not hold what its manifest names. Use another one.")
    wrong = [path for path, sha256 in members.items() if _sha256(folder / path) != sha256]
    if wrong:
        raise BackupRefused(f"{len(wrong)} files of the archive are damaged, the first is {wrong[0]}. Use another one.")
    return manifest


def _refuse_what_does_not_fit(manifest: dict[str, Any]) -> None:
    if manifest.get("schema") != SCHEMA:
        raise BackupRefused("This archive was written by another version of the backup command.")
    if manifest["engine"] != connection.vendor:
        raise BackupRefused(f"This archive holds a {manifest['engine']} database; DATABASE_URL names another engine.")
    unknown = sorted(set(manifest["migrations"]) - _known_migrations())
    if unknown:
        raise BackupRefused(
            f"The archive is newer than this program (it knows {unknown[0]}). Install that version first."
        )
    if not is_empty():
        raise BackupRefused("The database is not empty. Restore into an empty one; nothing is ever written over.")
    for place, folder in (("files", _media()), ("keys", Path(settings.SIGNING_KEYS_DIR))):
        if any(_files_below(folder)):
            raise BackupRefused(f"The folder for {place} is not empty. Restore into an empty DATA_DIR.")


def _known_migrations() -> set[str]:
    """Every migration of this program, and those that a later one has taken the place of."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    replaced = {name for migration in migrations.values() for name in migration.replaces}
    return {f"{app}.{name}" for app, name in {*migrations, *replaced}}


def _copy_tree(source: Path, target: Path, *, mode: int | None) -> None:
    for path, file in _files_below(source):
        copy = target / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        if mode is not None:
            copy.chmod(mode)


def _prove(manifest: dict[str, Any]) -> dict[str, str]:
    counts = row_counts()
    differing = [
        table for table, count in manifest["rows"].items() if table not in PASSING and counts.get(table) != count
    ]
    if differing:
        raise ProofFailed(f"{differing[0]} has {counts.get(differing[0])} rows, not {manifest['rows'][differing[0]]}.")
    head = sealed_head()
    if manifest["audit_head"] != ([head.number, head.hash] if head else None):
        raise ProofFailed("The audit trail does not end where it ended when the backup was made.")
    said = {"rows": f"{sum(counts.values())} rows in {len(counts)} tables, as when it was made"}
    return said | {name: prove() for name, prove in proofs().items()}


def default_name(at: datetime) -> str:
    return f"plumbline-{at:%Y-%m-%d-%H%M%S}.tar.gz"
