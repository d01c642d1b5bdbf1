"""A site restored from its backup elsewhere: a visitor verifies the certificate there, and its holder comes in to see it."""

import socket

import pytest
from django.core.management import call_command

from certificates.models import Credential
from lms.accounts.enums import Role
from lms.audit.actions import seal_entries
from tests.browser import steps
from tests.cast import make_person
from tests.certificates.paper.reading import faults_of, text_of
from tests.elsewhere import another_installation, manage, served
from tests.factories.certificates import HOLDER, make_credential
from tests.jobs import drain


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def conferred(transactional_db, settings, port) -> Credential:
    """A certificate with its papers made. The passwords are hashed as they are in earnest, for the restored site."""
    settings.PUBLIC_URL = f"http://127.0.0.1:{port}"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    credential = make_credential(make_person("trainee"), by=make_person("director", role=Role.DIRECTOR))
    drain()
    seal_entries()
    return credential


@pytest.fixture
def restored(conferred, port, tmp_path):
    """The address of the restored site. What the first one kept is not in reach of it."""
    call_command("backup", str(tmp_path / "kept"))
    (archive,) = (tmp_path / "kept").iterdir()
    with another_installation(tmp_path / "elsewhere") as env:
        env["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        done = manage(env, "restore", str(archive))
        assert done.returncode == 0, done.stderr
        for command in ("migrate", "createcachetable"):  # as the command says
            assert manage(env, command).returncode == 0
        with served(env, port) as address:
            yield address


def test_the_certificate_is_genuine_and_its_holder_sees_it(restored, conferred, person):
    visitor, holder = person(base=restored), person(base=restored)
    visitor.go(conferred.get_absolute_url())
    visitor.reads("Valid")
    visitor.reads(HOLDER)
    steps.verify_code(visitor, conferred.code, name=HOLDER)

    holder.sign_in(conferred.enrolment.person.email)
    framed = steps.download_framed(holder, name=HOLDER).read_bytes()
    assert faults_of(framed) == []
    assert HOLDER in text_of(framed)
    steps.verify_file(visitor, framed)
