"""Revoking: two people, at once everywhere, final, and worded so that no reason reads like another."""

import json
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from certificates.actions.revocation import confirm_revocation, request_revocation, withdraw_revocation
from certificates.actions.status import sign_status_list
from certificates.enums import MOVES, REQUEST_MOVES, CredentialState, RequestState
from certificates.models import Credential, CredentialMove, RevocationRequest
from certificates.signing.status import decode_bits, is_set
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.audit.models import AuditEntry
from lms.enums import ReasonClass
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from tests.cast import make_cast
from tests.factories.certificates import make_credential
from tests.guards import without_constraint, without_trigger
from tests.races import at_once

pytestmark = pytest.mark.django_db
WHY = "The hours were those of a namesake."


def ask(credential, by, reason=ReasonClass.ISSUER_ERROR):
    return request_revocation(credential, by=by, reason_class=reason, why=WHY)


def audited():
    names = AuditEntry.objects.filter(action__startswith="certificates.").exclude(action__contains=".key.")
    return list(names.values_list("action", "actor__email"))


def list_bit(credential):
    credential.status_list.refresh_from_db()
    encoded = json.loads(credential.status_list.signed_json)["credentialSubject"]["encodedList"]
    return is_set(encoded, credential.status_index)


def test_asking_changes_nothing_for_the_public(cast, credential):
    request = ask(credential, cast.director)
    credential.refresh_from_db()
    assert (credential.state, list_bit(credential), request.state) == ("valid", False, "open")
    assert audited() == [("certificates.revocation.requested", cast.director.email)]
    assert not Notice.objects.filter(key__contains="revoked").exists()


def test_confirming_flips_state_and_list_in_one_transaction(cast, credential):
    confirm_revocation(ask(credential, cast.director), by=cast.second_director)
    credential.refresh_from_db()
    assert (credential.state, list_bit(credential)) == ("revoked", True)
    move = CredentialMove.objects.exclude(old="").get()
    assert (move.old, move.new, move.reason_class, move.why) == ("valid", "revoked", "issuer_error", WHY)
    assert audited() == [
        ("certificates.revocation.requested", cast.director.email),
        ("certificates.status_list.signed", cast.second_director.email),
        ("certificates.credential.revoked", cast.second_director.email),
    ]


def test_exactly_one_bit_is_set(cast, credential):
    other = make_credential(cast.other_trainee, by=cast.director)
    confirm_revocation(ask(credential, cast.director), by=cast.second_director)
    credential.status_list.refresh_from_db()
    encoded = json.loads(credential.status_list.signed_json)["credentialSubject"]["encodedList"]
    assert sum(byte.bit_count() for byte in decode_bits(encoded)) == 1
    assert not is_set(encoded, other.status_index)


def test_nothing_remains_of_a_confirmation_that_is_rolled_back(cast, credential):
    request = ask(credential, cast.director)
    before = credential.status_list.signed_json
    with transaction.atomic():
        confirm_revocation(request, by=cast.second_director)
        transaction.set_rollback(True)
    credential.refresh_from_db()
    credential.status_list.refresh_from_db()
    assert (credential.state, credential.status_list.signed_json) == ("valid", before)
    assert audited() == [("certificates.revocation.requested", cast.director.email)]


def test_the_holder_is_told_in_neutral_words(cast, credential):
    confirm_revocation(ask(credential, cast.director, ReasonClass.ADMINISTRATIVE), by=cast.second_director)
    notice = Notice.objects.get(key=f"credential-{credential.pk}-revoked")
    assert notice.person == cast.trainee
    assert notice.subject == "A change to your certificate"
    assert "It says nothing about conduct." in notice.text
    assert WHY not in notice.text


def test_the_same_person_never_does_both(cast, credential):
    request = ask(credential, cast.director)
    with pytest.raises(Refusal, match="Another director has to confirm it"):
        confirm_revocation(request, by=cast.director)
    credential.refresh_from_db()
    assert credential.state == "valid"


def test_the_database_refuses_the_same_person_too(cast, credential):
    request = ask(credential, cast.director)
    decided = {"state": RequestState.CONFIRMED, "decided_at": request.requested_at}
    for nobody_else in (cast.director, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            RevocationRequest.objects.update(decided_by=nobody_else, **decided)


def test_a_second_request_waits_for_the_first(cast, credential):
    ask(credential, cast.director)
    with pytest.raises(Refusal, match="already"):
        ask(credential, cast.second_director)


def test_the_database_holds_one_open_request(cast, credential):
    ask(credential, cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        RevocationRequest.objects.create(
            credential=credential, reason_class=ReasonClass.INTERIM, why=WHY, requested_by=cast.second_director
        )


def test_a_withdrawn_request_leaves_the_credential_and_lets_another_be_made(cast, credential):
    request = withdraw_revocation(ask(credential, cast.director), by=cast.director)
    assert request.state == RequestState.WITHDRAWN
    with pytest.raises(IllegalMove):
        confirm_revocation(request, by=cast.second_director)
    with pytest.raises(IllegalMove):
        withdraw_revocation(request, by=cast.second_director)
    assert ask(credential, cast.second_director).state == RequestState.OPEN
    assert audited()[1] == ("certificates.revocation.withdrawn", cast.director.email)


def test_nothing_remains_of_a_withdrawal_or_request_that_is_rolled_back(cast, credential):
    with transaction.atomic():
        withdraw_revocation(ask(credential, cast.director), by=cast.director)
        transaction.set_rollback(True)
    assert (RevocationRequest.objects.count(), audited()) == (0, [])


def test_what_is_revoked_stays_revoked(cast, credential):
    request = ask(credential, cast.director)
    revoked = confirm_revocation(request, by=cast.second_director)
    for act in (
        lambda: confirm_revocation(request, by=cast.second_director),
        lambda: ask(revoked, cast.director),
        lambda: withdraw_revocation(request, by=cast.director),
    ):
        with pytest.raises(IllegalMove):
            act()
    for state in set(CredentialState) - {CredentialState.REVOKED}:
        with pytest.raises(IntegrityError), transaction.atomic():
            Credential.objects.update(state=state)


@pytest.mark.parametrize("role", ["trainee", "supervisor", "faculty", "registrar"])
def test_only_directors_ask_confirm_or_withdraw(cast, credential, role):
    person = getattr(cast, role)
    with pytest.raises(PermissionDenied):
        ask(credential, person)
    request = ask(credential, cast.director)
    for act in (confirm_revocation, withdraw_revocation):
        with pytest.raises(PermissionDenied):
            act(request, by=person)
    assert RevocationRequest.objects.get().state == RequestState.OPEN


def test_a_director_of_another_program_decides_nothing(cast, credential):
    other = credential.achievement.program_id + 1
    grant_role(cast.faculty, Role.DIRECTOR, by=cast.director, scope=Scope.PROGRAM, scope_id=other)
    with pytest.raises(PermissionDenied):
        ask(credential, cast.faculty)


def test_a_barrier_keeps_a_director_out_on_either_side(cast, credential):
    raise_barrier(cast.second_director, cast.trainee, by=cast.director, reason="Declared conflict")
    with pytest.raises(Refusal, match="Please ask another director"):
        ask(credential, cast.second_director)
    request = ask(credential, cast.director)
    with pytest.raises(Refusal, match="Please ask another director"):
        confirm_revocation(request, by=cast.second_director)


def test_a_director_does_not_decide_on_her_own_credential(cast, credential):
    grant_role(cast.trainee, Role.DIRECTOR, by=cast.director)
    with pytest.raises(Refusal, match="Please ask another director"):
        ask(credential, cast.trainee)


@pytest.mark.parametrize("old", CredentialState)
def test_the_table_of_moves_decides_what_can_be_revoked(cast, credential, old):
    Credential.objects.update(state=old)
    may = CredentialState.REVOKED in MOVES[old]
    assert may == (old in {CredentialState.VALID, CredentialState.SUSPENDED})
    if may:
        assert ask(credential, cast.director).state == RequestState.OPEN
    else:
        with pytest.raises(IllegalMove):
            ask(credential, cast.director)


def test_the_tables_of_moves_are_whole():
    assert set(MOVES) == set(CredentialState)
    assert set(REQUEST_MOVES) == set(RequestState)
    assert MOVES[CredentialState.REVOKED] == REQUEST_MOVES[RequestState.CONFIRMED] == set()


@pytest.mark.parametrize("reason", ReasonClass)
def test_every_class_of_reason_has_its_own_public_sentence(reason):
    sentences = [other.public_sentence for other in ReasonClass]
    assert sentences.count(reason.public_sentence) == 1


def test_signing_a_list_is_audited_and_rolled_back_with_its_act(cast, credential):
    with transaction.atomic():
        sign_status_list(credential.status_list, by=cast.director)
        transaction.set_rollback(True)
    assert audited() == []
    sign_status_list(credential.status_list, by=cast.director)
    assert audited() == [("certificates.status_list.signed", cast.director.email)]


# Many at once ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(transactional_db):
    cast = make_cast()
    credential = make_credential(cast.trainee, by=cast.director)
    return cast, ask(credential, cast.director)


def revoked_moves():
    return CredentialMove.objects.filter(new=CredentialState.REVOKED).count()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_confirmations_at_once_revoke_once_and_never_by_the_one_who_asked(asked):
    cast, request = asked
    people = [cast.director, cast.second_director]
    outcomes = at_once(8, lambda number: confirm_revocation(request, by=people[number % 2]))
    kinds = sorted(type(outcome).__name__ for outcome in outcomes)
    assert kinds == ["Credential"] + ["IllegalMove"] * 3 + ["Refusal"] * 4
    assert revoked_moves() == 1
    assert RevocationRequest.objects.get().decided_by == cast.second_director


def confirm_after_a_look(request, by, everybody_looked):
    """The control: look first, act afterwards, without holding the rows in between."""
    found = RevocationRequest.objects.get(pk=request.pk)
    everybody_looked.wait()
    if found.state != RequestState.OPEN:
        return
    with transaction.atomic():
        found.state, found.decided_by, found.decided_at = RequestState.CONFIRMED, by, found.requested_at
        found.save(update_fields=["state", "decided_by", "decided_at"])
        CredentialMove.objects.create(
            credential_id=found.credential_id,
            old="valid",
            new="revoked",
            reason_class="interim",
            by=by,
            at=found.requested_at,
        )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_lock_and_trigger_it_would_be_revoked_several_times(asked):
    cast, request = asked
    looked = threading.Barrier(4)
    with without_trigger("certificates_revocationrequest", "decided_is_final"):
        at_once(4, lambda number: confirm_after_a_look(request, cast.second_director, looked))
    assert revoked_moves() > 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_check_one_person_could_do_both(asked):
    cast, request = asked
    looked = threading.Barrier(2)
    with pytest.raises(IntegrityError):
        raise at_once(2, lambda number: confirm_after_a_look(request, cast.director, looked))[0]
    with without_constraint(RevocationRequest, "revocation_needs_two_different_people"):
        at_once(1, lambda number: confirm_after_a_look(request, cast.director, threading.Barrier(1)))
        assert RevocationRequest.objects.get().decided_by == cast.director
        delete_the_request()


def delete_the_request():
    """So that the constraint can be put back: it does not fit the row that the missing constraint let in."""
    table = RevocationRequest._meta.db_table
    with without_trigger(table, "no_delete"), without_trigger(table, "decided_is_final_keep"):
        RevocationRequest.objects.all()._raw_delete("default")
