"""Backing up a running site, and restoring it elsewhere by the command that an operator would type."""

import io
import json
import re
import tarfile
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from certificates.models import Credential
from lms.accounts.enums import Role
from lms.audit.actions import seal_entries
from lms.backup import archive as archives
from lms.backup.archive import make_backup
from lms.backup.databases import row_counts
from lms.backup.errors import BackupRefused
from tests.cast import make_person
from tests.elsewhere import another_installation, manage
from tests.factories.certificates import make_credential

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(tmp_path) -> Credential:
    """A site with a credential, a file and a sealed audit trail, all committed."""
    director = make_person("director", role=Role.DIRECTOR)
    credential = make_credential(make_person("trainee"), by=director)
    default_storage.save("assets/one.txt", ContentFile(b"what an edition shows"))
    seal_entries()
    return credential


@pytest.fixture
def archive(site, tmp_path) -> Path:
    target = tmp_path / "backup.tar.gz"
    make_backup(target)
    return target


@pytest.fixture
def elsewhere(tmp_path):
    with another_installation(tmp_path / "elsewhere") as env:
        yield env


def test_restored_elsewhere_the_credential_verifies_and_the_files_are_there(site, archive, elsewhere):
    done = manage(elsewhere, "restore", str(archive))
    assert done.returncode == 0, done.stderr
    assert "the newest 1 verify, and the signing keys open" in done.stdout
    assert "the chain is whole" in done.stdout
    for command in ("migrate", "createcachetable"):  # as the command says
        assert manage(elsewhere, command).returncode == 0
    ask = (
        "from django.test import Client; import re;"
        f"page = Client(HTTP_HOST='127.0.0.1').get('{site.get_absolute_url()}').content.decode();"
        "print('VERDICT', re.search(r'verdict__word.*?<span>([^<]+)</span>', page, re.S)[1])"
    )
    assert "VERDICT Valid" in manage(elsewhere, "shell", "--no-imports", "-c", ask).stdout
    data = Path(elsewhere["DATA_DIR"])
    assert (data / "media/assets/one.txt").read_bytes() == b"what an edition shows"
    keys = sorted((data / "keys").iterdir())
    assert [key.stat().st_mode & 0o777 for key in keys] == [0o600] * len(keys)
    assert len(keys) == 2


def test_nothing_is_written_over(archive, elsewhere):
    assert manage(elsewhere, "restore", str(archive)).returncode == 0
    again = manage(elsewhere, "restore", str(archive))
    assert again.returncode == 1
    assert "The database is not empty." in again.stderr
    with pytest.raises(BackupRefused, match="exists already"):
        make_backup(archive)


def test_the_archive_is_for_its_owner_alone_and_holds_no_secret_of_the_settings(archive):
    assert archive.stat().st_mode & 0o777 == 0o600
    with tarfile.open(archive) as content:
        names = content.getnames()
        keys = [content.extractfile(name).read() for name in names if name.startswith("keys/")]
    assert [b"ENCRYPTED PRIVATE KEY" in key for key in keys] == [True, True]
    assert not any(name.endswith(".env") for name in names)


def rewritten(archive: Path, change) -> Path:
    """The archive with its members passed through `change(name, bytes) -> bytes or None` (None: left out)."""
    target = archive.with_name("changed.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            content = change(member.name, old.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


def manifest_with(**changes):
    def change(name, content):
        return json.dumps(json.loads(content) | changes).encode() if name == "manifest.json" else content

    return change


def swap(name, content):
    return content + b"x" if name.startswith("keys/") else content


def lose(name, content):
    return None if name.startswith("files/") else content


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (swap, "damaged"),
        (lose, "does not hold what its manifest names"),
        (manifest_with(schema=99), "another version of the backup command"),
        (manifest_with(engine="oracle"), "holds a oracle database"),
        (manifest_with(migrations=["accounts.9999_future"]), "newer than this program"),
    ],
    ids=["damaged", "incomplete", "schema", "engine", "newer"],
)
def test_an_archive_that_does_not_fit_is_refused_before_anything_is_touched(archive, change, sentence):
    before = row_counts()
    with pytest.raises(CommandError, match=f"{sentence}.*Nothing was changed"):
        call_command("restore", str(rewritten(archive, change)))
    assert row_counts() == before


def test_a_name_that_leads_out_of_the_folder_is_refused(archive):
    evil = archive.with_name("evil.tar.gz")
    with tarfile.open(evil, "w:gz") as content:
        member = tarfile.TarInfo("../outside.txt")
        member.size = 1
        content.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(CommandError, match="cannot be read as an archive"):
        call_command("restore", str(evil))
    assert not (evil.parent.parent / "outside.txt").exists()


def test_what_was_altered_in_between_is_noticed(archive, elsewhere):
    """The sums are right, but the audit trail ends elsewhere than the manifest says: an older copy was slipped in."""
    refused = manage(elsewhere, "restore", str(rewritten(archive, manifest_with(audit_head=[99999, "0" * 64]))))
    assert (refused.returncode, "The audit trail does not end" in refused.stderr) == (1, True)


def test_the_command_names_what_it_wrote_and_shows_progress(site, tmp_path):
    said = io.StringIO()
    call_command("backup", str(tmp_path / "kept"), stdout=said)
    (written,) = (tmp_path / "kept").iterdir()
    assert re.fullmatch(r"plumbline-\d{4}-\d\d-\d\d-\d{6}\.tar\.gz", written.name)
    assert written.name in said.getvalue()
    assert "database ..." in said.getvalue()


def test_files_in_another_place_are_refused_with_what_to_do(site, tmp_path, settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    with pytest.raises(CommandError, match="do not lie on this machine"):
        call_command("backup", str(tmp_path / "kept"))


def test_passing_tables_are_named_as_they_are(site):
    tables = set(connection.introspection.table_names())
    assert set(archives.PASSING) - {"cache_entries", "sqlite_sequence"} <= tables
    sessions = import_module(django_settings.SESSION_ENGINE).SessionStore.get_model_class()
    assert sessions._meta.db_table in archives.PASSING
