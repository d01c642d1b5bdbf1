"""What the database itself refuses: another signature, a changed history, a place used twice."""

import pytest
from django.db import IntegrityError, connection, transaction

from certificates.actions.status import take_place
from certificates.apps import ACHIEVEMENT_COLUMNS, CREDENTIAL_COLUMNS, REQUEST_COLUMNS
from certificates.enums import CredentialState
from certificates.models import Achievement, Credential, CredentialMove, RevocationRequest, StatusList
from certificates.signing.status import LIST_BITS
from tests.factories.certificates import make_credential

pytestmark = pytest.mark.django_db


def refused(sql, *parameters):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


CHANGED = {
    "uuid": "'00000000000000000000000000000000'",
    "snapshot": "'{}'",
    "conferred_at": "'2001-01-01 00:00:00+00:00'",
    "valid_until": "'2031-01-01 00:00:00+00:00'",
    "is_demonstration": "not is_demonstration",
    "status_index": "status_index + 1",
    "supersedes_id": "999999",  # it replaces nothing, and NULL + 1 would change nothing
    "results": "'[]'",
    "requested_at": "'2001-01-01 00:00:00+00:00'",
}


def value_for(column):
    return CHANGED.get(column) or (f"{column} + 1" if column.endswith("_id") else "'x'")


@pytest.mark.parametrize("column", CREDENTIAL_COLUMNS)
def test_nothing_about_a_credential_changes_but_its_state(credential, column):
    refused(f"update certificates_credential set {column} = {value_for(column)}")  # noqa: S608 - our own column names


@pytest.mark.parametrize("column", ACHIEVEMENT_COLUMNS)
def test_an_achievement_keeps_its_meaning(credential, column):
    refused(f"update certificates_achievement set {column} = {value_for(column)}")  # noqa: S608


@pytest.mark.parametrize("table", ["credential", "achievement", "credentialmove", "signingkey", "statuslist"])
def test_nothing_of_a_conferral_is_deleted(credential, table):
    refused(f"delete from certificates_{table}")  # noqa: S608


def test_the_guarded_columns_are_all_columns_of_the_tables(credential):
    """A column added later must be guarded, or excepted here on purpose."""
    free = {Credential: {"id", "state"}, Achievement: {"id", "created_at"}}
    free[RevocationRequest] = {"id", "state", "decided_by_id", "decided_at"}
    guarded = {Credential: CREDENTIAL_COLUMNS, Achievement: ACHIEVEMENT_COLUMNS, RevocationRequest: REQUEST_COLUMNS}
    for model, columns in guarded.items():
        assert {field.column for field in model._meta.concrete_fields} == free[model] | set(columns)


def test_history_is_append_only(credential):
    refused("update certificates_credentialmove set new = 'revoked'")


def test_a_place_in_a_status_list_is_never_given_twice(cast, credential):
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.create(
            enrolment=credential.enrolment,
            person=cast.other_trainee,
            achievement=credential.achievement,
            snapshot={},
            status_list=credential.status_list,
            status_index=credential.status_index,
            conferred_by=cast.director,
            conferred_at=credential.conferred_at,
        )


def test_a_second_live_credential_of_the_same_kind_is_refused(cast, credential):
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.create(
            enrolment=credential.enrolment,
            person=credential.person,
            achievement=credential.achievement,
            snapshot={},
            status_list=credential.status_list,
            status_index=(credential.status_index + 1) % LIST_BITS,
            conferred_by=cast.director,
            conferred_at=credential.conferred_at,
        )


def test_the_free_place_is_one_that_no_credential_ever_had(credential, monkeypatch):
    """Also not that of a credential that was revoked long ago."""
    Credential.objects.update(state=CredentialState.REVOKED)
    offered = iter([credential.status_index, credential.status_index, 5 if credential.status_index != 5 else 6])
    monkeypatch.setattr("certificates.actions.status.secrets.randbelow", lambda length: next(offered))
    with transaction.atomic():
        status_list, index = take_place(credential.achievement.issuer)
    assert (status_list.pk, index) == (credential.status_list_id, 5 if credential.status_index != 5 else 6)


def test_a_full_list_is_followed_by_another(cast, credential, monkeypatch):
    monkeypatch.setattr("certificates.actions.status.FULL_AT", 1)
    later = make_credential(cast.other_trainee, by=cast.director)
    assert list(StatusList.objects.values_list("number", flat=True)) == [1, 2]
    assert later.status_list.number == 2


def test_a_move_into_the_same_state_or_without_public_reason_is_refused(cast, credential):
    values = {"credential": credential, "by": cast.director, "at": credential.conferred_at}
    for wrong in (
        {"old": "valid", "new": "valid", "reason_class": "interim"},
        {"old": "valid", "new": "revoked", "reason_class": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CredentialMove.objects.create(**values | wrong)
