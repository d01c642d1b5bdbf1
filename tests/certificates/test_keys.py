"""The issuer and its keys: made once, private halves in files, public halves frozen in the database."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from certificates import checks
from certificates.actions.keys import create_signing_keys
from certificates.enums import KeyAlgorithm
from certificates.models import Issuer, SigningKey
from certificates.queries.credentials import examine
from certificates.queries.keys import current_key, private_key, the_issuer
from certificates.signing.check import Outcome
from certificates.signing.errors import MissingKey
from lms.audit.models import AuditEntry
from tests.factories.certificates import make_credential

pytestmark = pytest.mark.django_db


def names():
    return list(SigningKey.objects.values_list("algorithm", "retired_at"))


def test_keys_are_made_once():
    assert len(create_signing_keys(by=None)) == 2
    assert create_signing_keys(by=None) == []
    assert names() == [("ed25519", None), ("rs256", None)]


def test_making_a_key_is_audited_and_leaves_no_private_half_in_the_database(settings):
    first, second = create_signing_keys(by=None)
    assert [entry.action for entry in AuditEntry.objects.filter(object_type="certificates.signingkey")] == [
        "certificates.key.created",
        "certificates.key.created",
    ]
    assert set(second.jwk) == {"kty", "n", "e", "alg", "use"}
    files = sorted(path.name for path in Path(settings.SIGNING_KEYS_DIR).iterdir())
    assert files == sorted([f"{first.name}.pem", f"{second.name}.pem"])


def test_no_key_and_no_audit_row_remain_after_a_rollback():
    with transaction.atomic():
        create_signing_keys(by=None)
        transaction.set_rollback(True)
    assert (SigningKey.objects.count(), Issuer.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)
    assert len(create_signing_keys(by=None)) == 2  # under other names: files are never overwritten


def test_rotation_retires_the_old_keys_and_old_credentials_still_verify(cast):
    before = make_credential(cast.trainee, by=cast.director)
    create_signing_keys(by=cast.director, rotate=True)
    after = make_credential(cast.other_trainee, by=cast.director)
    assert [algorithm for algorithm, retired in names() if retired is None] == ["ed25519", "rs256"]
    for credential in (before, after):
        found = examine(credential)
        assert (found.document.outcome, found.token.outcome) == (Outcome.VALID, Outcome.VALID)
    assert before.signed_jwt.split(".")[0] != after.signed_jwt.split(".")[0]
    assert AuditEntry.objects.filter(action="certificates.key.retired", actor=cast.director).count() == 2


def test_an_unused_issuer_follows_the_public_address(settings):
    create_signing_keys(by=None)
    settings.PUBLIC_URL = "http://127.0.0.1:9000"
    create_signing_keys(by=None)
    assert the_issuer().did == "did:web:127.0.0.1%3A9000"


def test_a_used_issuer_keeps_its_address_for_ever(cast, settings):
    """Another PORT or PUBLIC_URL must not break what was issued."""
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    credential = make_credential(cast.trainee, by=cast.director)
    settings.PUBLIC_URL = "http://127.0.0.1:9000"
    later = make_credential(cast.other_trainee, by=cast.director)
    assert Issuer.objects.count() == 1
    assert later.address.startswith("http://127.0.0.1:8000/credentials/")
    page = Client().get(credential.get_absolute_url()).content.decode()
    assert "Verified" in page
    assert [warning.id for warning in checks.issuer_answers_at_its_address(None, databases=["default"])] == [
        "plumbline.W101"
    ]


@pytest.mark.parametrize("field", ["base_url", "did"])
def test_the_database_refuses_to_move_a_used_issuer(cast, field):
    make_credential(cast.trainee, by=cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issuer.objects.update(**{field: "https://elsewhere.example"})


def test_the_database_refuses_to_change_or_delete_a_key():
    create_signing_keys(by=None)
    for change in (lambda keys: keys.update(multibase="z6Mkother"), lambda keys: keys.update(name="x"), delete_raw):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(SigningKey.objects.all())


def delete_raw(rows):
    rows._raw_delete(rows.db)


def test_a_lost_key_file_is_named_and_readiness_says_so(settings):
    create_signing_keys(by=None)
    key = current_key(the_issuer(), KeyAlgorithm.ED25519)
    (Path(settings.SIGNING_KEYS_DIR) / f"{key.name}.pem").unlink()
    with pytest.raises(MissingKey):
        private_key(key)
    assert key.name in checks.signing_keys_open()


def test_readiness_is_content_before_any_key_and_with_all_keys():
    assert checks.signing_keys_open() == ""
    create_signing_keys(by=None)
    assert checks.signing_keys_open() == ""


def test_keys_in_a_served_folder_stop_the_start(settings):
    settings.SIGNING_KEYS_DIR = Path(settings.MEDIA_ROOT) / "keys"
    assert [error.id for error in checks.keys_folder_is_private(None)] == ["plumbline.E101"]


def test_the_command_says_what_it_did():
    out = StringIO()
    call_command("create_signing_keys", stdout=out)
    call_command("create_signing_keys", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[2] == "The signing keys are there already."
