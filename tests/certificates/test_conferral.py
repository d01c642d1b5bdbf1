"""Conferring: every gate, exactly once, one transaction."""

import json
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from certificates.actions.conferral import confer
from certificates.actions.issuing import issue_credential
from certificates.actions.keys import create_signing_keys
from certificates.actions.revocation import confirm_revocation, request_revocation
from certificates.enums import CredentialState
from certificates.models import Achievement, Credential, CredentialMove, SigningKey
from certificates.queries.conferral import live_credential_of
from certificates.queries.credentials import examine
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.standing.models import Hold, Waiver
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.audit.models import AuditEntry
from lms.enums import ReasonClass
from lms.errors import Refusal
from lms.notices.models import Notice
from tests.cast import make_cast
from tests.factories.certificates import HOLDER, make_ready_enrolment, met_standing
from tests.guards import without_constraint
from tests.races import at_once

pytestmark = pytest.mark.django_db


def audited(action="certificates.credential.conferred"):
    return list(AuditEntry.objects.filter(action=action).values_list("actor__email", "object_id"))


def test_conferring_freezes_signs_records_and_tells(cast, enrolment):
    credential = confer(enrolment, by=cast.director)
    enrolment.refresh_from_db()
    assert enrolment.state == EnrolmentState.COMPLETED
    assert credential.state == CredentialState.VALID
    assert credential.snapshot["holder_name"] == HOLDER
    assert credential.snapshot["hours"] == [{"key": "promised", "name": "Promised practice", "minutes": 90}]
    assert credential.snapshot["standing"]["is_complete"] is True
    found = examine(credential)
    assert (found.document.is_valid, found.token.is_valid) == (True, True)
    assert audited() == [(cast.director.email, str(credential.pk))]
    moves = CredentialMove.objects.values_list("old", "new", "by__email")
    assert list(moves) == [("", "valid", cast.director.email)]
    assert Notice.objects.filter(person=cast.trainee, key=f"credential-{credential.pk}-conferred").count() == 1


def test_the_signed_bytes_say_what_the_snapshot_says(cast, enrolment):
    credential = confer(enrolment, by=cast.director)
    subject = json.loads(credential.signed_json)["credentialSubject"]
    assert (subject["name"], subject["role"]) == (HOLDER, "Psychologist")
    assert [line["value"] for line in subject["result"]] == ["1 h 30 min"]
    assert subject["achievement"]["criteria"]["narrative"] == (
        "Every requirement of KAP Practitioner Certificate, version 1, was met or formally waived. "
        "(1) Promised practice: at least 60 min."
    )
    assert cast.trainee.email not in credential.signed_json


def test_conferring_twice_gives_the_first_one_back(cast, enrolment):
    first = confer(enrolment, by=cast.director)
    assert confer(enrolment, by=cast.second_director).pk == first.pk
    assert (Credential.objects.count(), len(audited())) == (1, 1)


def test_nothing_remains_when_the_transaction_is_rolled_back(cast, enrolment):
    with transaction.atomic():
        confer(enrolment, by=cast.director)
        transaction.set_rollback(True)
    enrolment.refresh_from_db()
    assert enrolment.state == EnrolmentState.ACTIVE
    assert (Credential.objects.count(), CredentialMove.objects.count(), audited()) == (0, 0, [])
    assert not Notice.objects.filter(key__startswith="credential-").exists()


def test_all_credentials_of_one_standard_version_share_its_achievement(cast, enrolment):
    other = make_ready_enrolment(cast.other_trainee, program=enrolment.program, cohort=enrolment.cohort)
    one, two = confer(enrolment, by=cast.director), confer(other, by=cast.director)
    assert one.achievement_id == two.achievement_id
    assert Achievement.objects.count() == 1
    assert (one.status_list_id, one.status_index) != (two.status_list_id, two.status_index)


def refused(enrolment, by, sentence):
    with pytest.raises(Refusal, match=sentence):
        confer(enrolment, by=by)
    assert (Credential.objects.count(), audited()) == (0, [])


def test_an_unmet_requirement_refuses(cast, enrolment):
    Enrolment.objects.update(discipline="unready")
    refused(enrolment, cast.director, "Not every requirement is met: Promised practice")


def test_a_waived_requirement_counts_as_met(cast, enrolment):
    Enrolment.objects.update(discipline="unready")
    Waiver.objects.create(
        enrolment=enrolment,
        requirement_key="promised",
        reason="Done elsewhere",
        document="Letter",
        approved_by=cast.director,
    )
    assert confer(enrolment, by=cast.director).snapshot["standing"]["results"][0]["state"] == "waived"


def test_a_standard_without_requirements_is_never_conferred(cast):
    create_signing_keys(by=None)
    refused(make_ready_enrolment(cast.trainee), cast.director, "the standard has none")


def test_a_name_the_holder_has_not_confirmed_is_never_signed(cast, enrolment):
    type(cast.trainee).objects.filter(pk=cast.trainee.pk).update(legal_name_confirmed_at=None)
    refused(enrolment, cast.director, "has not confirmed the name")


def test_an_open_hold_refuses_and_a_lifted_one_does_not(cast, enrolment):
    hold = Hold.objects.create(enrolment=enrolment, note="Fee open", placed_by=cast.director)
    refused(enrolment, cast.director, "A hold is open")
    hold.lifted_at, hold.lifted_by = hold.placed_at, cast.director
    hold.save()
    assert confer(enrolment, by=cast.director).pk


def test_a_barrier_refuses_without_naming_its_reason(cast, enrolment):
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="A report of 2025")
    with pytest.raises(Refusal) as refusal:
        confer(enrolment, by=cast.director)
    assert refusal.value.message == "You cannot confer this credential. Please ask another director."
    assert confer(enrolment, by=cast.second_director).pk


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN])
def test_only_an_active_or_completed_enrolment_leads_to_a_credential(cast, enrolment, state):
    Enrolment.objects.update(state=state)
    refused(enrolment, cast.director, f"The enrolment is {state.label.lower()}")


def test_nobody_confers_on_herself(cast, enrolment):
    grant_role(cast.trainee, Role.DIRECTOR, by=cast.director)
    refused(enrolment, cast.trainee, "Please ask another director")


@pytest.mark.parametrize("role", ["trainee", "supervisor", "faculty", "registrar"])
def test_only_a_director_confers(cast, enrolment, role):
    with pytest.raises(PermissionDenied):
        confer(enrolment, by=getattr(cast, role))
    assert Credential.objects.count() == 0


def test_a_director_of_another_program_does_not_confer(cast, enrolment):
    grant_role(cast.faculty, Role.DIRECTOR, by=cast.director, scope=Scope.PROGRAM, scope_id=enrolment.program_id + 1)
    with pytest.raises(PermissionDenied):
        confer(enrolment, by=cast.faculty)
    grant_role(cast.other_faculty, Role.DIRECTOR, by=cast.director, scope=Scope.PROGRAM, scope_id=enrolment.program_id)
    assert confer(enrolment, by=cast.other_faculty).pk


def test_without_signing_keys_nothing_is_conferred(cast, promised):
    refused(make_ready_enrolment(cast.trainee, requirements=[promised]), cast.director, "no signing keys")


def test_a_lost_key_file_refuses_with_a_sentence_and_writes_nothing(cast, enrolment, settings, tmp_path):
    settings.SIGNING_KEYS_DIR = tmp_path / "empty"
    refused(enrolment, cast.director, "Nothing can be signed now")
    assert SigningKey.objects.count() == 2


def revoke(credential, cast, reason):
    request = request_revocation(credential, by=cast.director, reason_class=reason, why="As the minutes of 3 May say.")
    confirm_revocation(request, by=cast.second_director)


def test_after_an_error_of_the_institute_it_is_conferred_anew_with_a_new_code(cast, enrolment):
    first = confer(enrolment, by=cast.director)
    revoke(first, cast, ReasonClass.ISSUER_ERROR)
    second = confer(enrolment, by=cast.director)
    assert second.pk != first.pk
    assert len({first.code, second.code}) == len({first.uuid, second.uuid}) == 2
    assert (first.status_list_id, first.status_index) != (second.status_list_id, second.status_index)


@pytest.mark.parametrize("reason", [ReasonClass.FINAL_FINDING, ReasonClass.ADMINISTRATIVE])
def test_after_any_other_revocation_one_director_cannot_bring_it_back(cast, enrolment, reason):
    revoke(confer(enrolment, by=cast.director), cast, reason)
    with pytest.raises(Refusal, match="was revoked"):
        confer(enrolment, by=cast.director)
    assert Credential.objects.live().count() == 0


# Many at once ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(transactional_db, promised):
    cast = make_cast()
    create_signing_keys(by=None)
    return cast, make_ready_enrolment(cast.trainee, requirements=[promised])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_conferrals_at_once_make_one_credential(ready):
    cast, enrolment = ready
    outcomes = at_once(6, lambda number: confer(enrolment, by=cast.director).pk)
    assert Credential.objects.count() == 1
    assert set(outcomes) == {Credential.objects.get().pk}
    assert len(audited()) == 1


def confer_after_a_look(enrolment, by, everybody_looked):
    """The control: look first, act afterwards, without holding the enrolment's row in between."""
    earlier = live_credential_of(enrolment)
    everybody_looked.wait()
    if earlier:
        return earlier.pk
    with transaction.atomic():
        return issue_credential(enrolment, met_standing(enrolment), by=by).pk


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_others_run_into_the_index(ready):
    cast, enrolment = ready
    looked = threading.Barrier(4)
    outcomes = at_once(4, lambda number: confer_after_a_look(enrolment, cast.director, looked))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError"] * 3 + ["int"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_lock_and_index_there_would_be_several_live_credentials(ready):
    cast, enrolment = ready
    looked = threading.Barrier(4)
    with without_constraint(Credential, "one_live_credential_per_person_and_achievement"):
        at_once(4, lambda number: confer_after_a_look(enrolment, cast.director, looked))
        live = Credential.objects.live().count()
        Credential.objects.update(state=CredentialState.SUPERSEDED)
    assert live > 1
