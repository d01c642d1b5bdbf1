"""Correction and change of name: one award, a new credential, and nothing personal where the earlier one stood."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from certificates import snapshot as snapshots
from certificates.actions.issuing import reissue_credential
from certificates.actions.keys import create_signing_keys
from certificates.actions.replacing import close_name_request, request_name, supersede
from certificates.actions.revocation import confirm_revocation, request_revocation
from certificates.actions.suspension import suspend
from certificates.enums import MOVES, CredentialState, NameRequestState
from certificates.models import Credential, CredentialMove, NameRequest
from certificates.queries.credentials import examine
from certificates.queries.naming import open_name_requests
from certificates.signing.check import Outcome
from lms.accounts.actions import confirm_legal_name, grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.audit.models import AuditEntry
from lms.enums import ReasonClass
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from tests.cast import make_cast
from tests.factories.certificates import HOLDER, make_credential
from tests.guards import without_constraint
from tests.races import at_once
from tests.web import post

pytestmark = pytest.mark.django_db
WHY = "The register of births spells it so."
NEW_NAME = "Zoë Silva"
FORMER = "Ångström"


@pytest.fixture
def renamed(cast, credential):
    """The holder has confirmed another name since the award."""
    confirm_legal_name(cast.trainee, legal_name=NEW_NAME)
    cast.trainee.refresh_from_db()
    return credential


def correct(credential, by, **words):
    return supersede(credential, by=by, **{"reason_class": ReasonClass.ISSUER_ERROR, "why": WHY} | words)


def claims(credential):
    return json.loads(credential.signed_json)


def page_of(credential):
    return " ".join(Client().get(credential.get_absolute_url()).content.decode().split())


def test_the_new_one_is_the_same_award_with_the_confirmed_name_and_nothing_else_changed(cast, renamed):
    with time_machine.travel(renamed.conferred_at + timedelta(days=40), tick=False):
        new = correct(renamed, cast.director)
    before, after = claims(renamed), claims(new)
    assert after["credentialSubject"]["name"] == NEW_NAME
    assert (after["awardedDate"], after["validFrom"]) == (before["awardedDate"], before["validFrom"])
    for part in ("achievement", "result", "role"):
        assert after["credentialSubject"][part] == before["credentialSubject"][part]
    changed = {name for name in new.snapshot if new.snapshot[name] != renamed.snapshot[name]}
    assert changed == {"holder_name", "name_confirmed_at"}
    assert (new.conferred_at, new.conferred_by, new.supersedes) == (renamed.conferred_at, renamed.conferred_by, renamed)
    assert {new.uuid, new.code, new.status_index}.isdisjoint({renamed.uuid, renamed.code, renamed.status_index})
    assert FORMER not in new.signed_json + new.signed_jwt + json.dumps(new.snapshot, ensure_ascii=False)


def test_both_pages_change_in_one_act_and_the_earlier_one_names_nobody(cast, renamed):
    new = correct(renamed, cast.director)
    old_page, new_page = page_of(renamed), page_of(new)
    assert "<span>Superseded</span>" in old_page
    assert "since " in old_page
    for personal in (FORMER, "Silva", new.shown_code, str(new.uuid), "61 h 30 min"):
        assert personal not in old_page
    assert "<span>Valid</span>" in new_page
    assert "An earlier certificate, since" in new_page
    for former in (FORMER, renamed.shown_code, str(renamed.uuid)):
        assert former not in new_page
    assert Client().get(f"/credentials/{renamed.uuid}.json").status_code == 410


def test_the_bit_of_the_earlier_one_is_set_and_that_of_the_new_one_is_not(cast, renamed):
    new = correct(renamed, cast.director)
    outcomes = [examine(Credential.objects.with_names().get(pk=row.pk)).document.outcome for row in (renamed, new)]
    assert outcomes == [Outcome.REVOKED, Outcome.VALID]


def test_the_history_the_audit_row_and_the_notice_say_it_without_a_name(cast, renamed):
    new = correct(renamed, cast.director)
    assert list(CredentialMove.objects.values_list("credential", "old", "new", "by", "reason_class")) == [
        (renamed.pk, "", "valid", cast.director.pk, ""),
        (renamed.pk, "valid", "superseded", cast.director.pk, "issuer_error"),
        (new.pk, "", "valid", cast.director.pk, ""),
    ]
    entry = AuditEntry.objects.get(action="certificates.credential.superseded")
    notice = Notice.objects.get(key=f"credential-{new.pk}-replaces")
    assert notice.person == cast.trainee
    for text in (json.dumps(entry.data), notice.subject + notice.text):
        assert FORMER not in text
        assert "Silva" not in text


def test_a_discipline_recorded_wrongly_is_corrected_alone_or_with_the_name(cast, renamed):
    new = correct(renamed, cast.director, corrects_name=False, discipline="Social worker")
    assert (new.snapshot["discipline"], claims(new)["credentialSubject"]["role"]) == ("Social worker",) * 2
    assert new.snapshot["holder_name"] == HOLDER
    both = correct(new, cast.director, discipline="Nurse")
    assert (both.snapshot["discipline"], both.snapshot["holder_name"]) == ("Nurse", NEW_NAME)
    assert Credential.objects.live().get() == both


def test_nothing_but_name_and_discipline_can_be_corrected():
    with pytest.raises(ValueError, match="can be corrected"):
        snapshots.corrected({"hours": []}, {"hours": "more"})


def test_nothing_remains_when_the_transaction_is_rolled_back(cast, renamed):
    before = renamed.status_list.signed_json
    with transaction.atomic():
        correct(renamed, cast.director)
        transaction.set_rollback(True)
    renamed.refresh_from_db()
    renamed.status_list.refresh_from_db()
    assert (renamed.state, renamed.status_list.signed_json, Credential.objects.count()) == ("valid", before, 1)


# Refusals -------------------------------------------------------------------------------------------------------------


def refused(credential, by, sentence, **words):
    with pytest.raises(Refusal, match=sentence):
        correct(credential, by, **words)
    assert Credential.objects.count() == 1


def test_nothing_changed_is_refused(cast, credential):
    refused(credential, cast.director, "Nothing would change")
    refused(credential, cast.director, "Nothing would change", discipline=credential.snapshot["discipline"])


def test_a_name_that_is_not_confirmed_is_never_signed(cast, renamed):
    type(cast.trainee).objects.filter(pk=cast.trainee.pk).update(legal_name_confirmed_at=None)
    refused(renamed, cast.director, "has not confirmed her name")


def test_a_barrier_and_ones_own_certificate_refuse(cast, renamed):
    raise_barrier(cast.second_director, cast.trainee, by=cast.director, reason="Declared conflict")
    refused(renamed, cast.second_director, "Please ask another director")
    grant_role(cast.trainee, Role.DIRECTOR, by=cast.director)
    refused(renamed, cast.trainee, "Please ask another director")


def test_an_open_request_to_revoke_comes_first(cast, renamed):
    request_revocation(renamed, by=cast.director, reason_class=ReasonClass.INTERIM, why=WHY)
    refused(renamed, cast.director, "has to be decided first")


@pytest.mark.parametrize("reason", [ReasonClass.ADMINISTRATIVE, ReasonClass.INTERIM, ReasonClass.FINAL_FINDING])
def test_only_an_error_or_the_holders_request_is_a_reason(cast, renamed, reason):
    refused(renamed, cast.director, "is replaced to correct an error", reason_class=reason)


def test_the_holders_request_needs_a_request_and_changes_the_name_alone(cast, renamed):
    words = {"reason_class": ReasonClass.HOLDER_REQUEST}
    refused(renamed, cast.director, "The holder has not asked", **words)
    request_name(renamed, by=cast.trainee)
    refused(renamed, cast.director, "only when the institute made an error", discipline="Nurse", **words)
    refused(renamed, cast.director, "Correct both at once", corrects_name=False, discipline="Nurse")
    assert correct(renamed, cast.director, **words).snapshot["holder_name"] == NEW_NAME


@pytest.mark.parametrize("state", CredentialState)
def test_the_table_of_moves_decides_what_can_be_replaced(cast, renamed, state):
    Credential.objects.update(state=state)
    if CredentialState.SUPERSEDED in MOVES[state]:
        assert correct(renamed, cast.director).state == "valid"
    else:
        with pytest.raises(IllegalMove, match="cannot be replaced"):
            correct(renamed, cast.director)


@pytest.mark.parametrize("role", ["trainee", "supervisor", "faculty", "registrar"])
def test_only_directors_replace(cast, renamed, role):
    with pytest.raises(PermissionDenied):
        correct(renamed, getattr(cast, role))


def test_a_director_of_another_program_replaces_nothing(cast, renamed):
    other = renamed.achievement.program_id + 1
    grant_role(cast.faculty, Role.DIRECTOR, by=cast.director, scope=Scope.PROGRAM, scope_id=other)
    with pytest.raises(PermissionDenied):
        correct(renamed, cast.faculty)


def test_without_its_key_nothing_is_replaced(cast, renamed, settings, tmp_path):
    settings.SIGNING_KEYS_DIR = tmp_path / "empty"
    with pytest.raises(Exception, match="signing key"), transaction.atomic():
        correct(renamed, cast.director)
    renamed.refresh_from_db()
    assert (renamed.state, Credential.objects.count()) == ("valid", 1)


def test_what_was_replaced_stays_replaced_even_for_the_database(cast, renamed):
    new = correct(renamed, cast.director)
    for change in ({"state": "valid"}, {"supersedes": new}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Credential.objects.filter(pk=renamed.pk).update(**change)


# The holder asks ------------------------------------------------------------------------------------------------------


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_holder_asks_a_director_issues_and_both_see_the_chain(cast, renamed):
    holder, director = cast.client("trainee"), cast.client("director")
    page = text_of(holder.get("/certificates/"))
    assert "Ask for a certificate in this name" in page
    assert NEW_NAME in page
    assert post(holder, f"/certificates/{renamed.pk}/name/").status_code == 302
    assert "You asked for another name" in text_of(holder.get("/certificates/"))
    assert "asks for a certificate in another name" in text_of(director.get("/home/"))
    path = f"/desk/certificates/conferred/{renamed.pk}/replace/"
    assert NEW_NAME in text_of(director.get(path))
    words = {"reason_class": "holder_request", "corrects_name": "on", "discipline": "Psychologist", "why": WHY}
    response = post(director, path, **words)
    new = Credential.objects.live().get()
    assert response.url == f"/desk/certificates/conferred/{new.pk}/"
    assert "replaces <a" in text_of(director.get(response.url))
    assert "Open the newer one" in text_of(director.get(f"/desk/certificates/conferred/{renamed.pk}/"))
    assert NameRequest.objects.get().state == NameRequestState.ISSUED
    mine = text_of(holder.get("/certificates/"))
    assert "Replaced by a newer certificate" in mine
    assert (renamed.shown_code in mine, new.shown_code in mine, FORMER in mine) == (True, True, False)
    assert "asks for a certificate" not in text_of(director.get("/home/"))


def test_a_request_can_be_closed_with_an_answer_the_holder_reads(cast, renamed):
    request = request_name(renamed, by=cast.trainee)
    path, answer = f"/desk/certificates/names/{request.pk}/close/", "Please show us the deed of the change."
    assert post(cast.client("director"), path, answer="short").status_code == 422
    assert post(cast.client("director"), path, answer=answer).status_code == 302
    page = text_of(cast.client("trainee").get("/certificates/"))
    assert answer in page
    assert "Ask for a certificate in this name" in page
    assert Notice.objects.filter(key=f"name-request-{request.pk}-closed", person=cast.trainee).count() == 1
    with pytest.raises(IllegalMove):
        close_name_request(request, by=cast.director, answer=answer)


def test_asking_twice_gives_the_first_request_back(cast, renamed):
    assert request_name(renamed, by=cast.trainee) == request_name(renamed, by=cast.trainee)
    assert AuditEntry.objects.filter(action="certificates.name.requested").count() == 1


def test_asking_is_refused_without_another_name_and_for_what_stands_no_more(cast, credential):
    with pytest.raises(Refusal, match="already"):
        request_name(credential, by=cast.trainee)
    for person in (cast.other_trainee, cast.director):
        with pytest.raises(PermissionDenied):
            request_name(credential, by=person)
    cast.trainee.legal_name_confirmed_at = None
    with pytest.raises(Refusal, match="Confirm the name"):
        request_name(credential, by=cast.trainee)
    Credential.objects.update(state="revoked")
    with pytest.raises(IllegalMove, match="stands no more"):
        request_name(credential, by=cast.trainee)


def test_a_strangers_certificate_is_not_found(cast, renamed):
    assert post(cast.client("other_trainee"), f"/certificates/{renamed.pk}/name/").status_code == 404


def test_who_may_not_decide_does_not_see_the_request(cast, renamed):
    request_name(renamed, by=cast.trainee)
    raise_barrier(cast.second_director, cast.trainee, by=cast.director, reason="Declared conflict")
    grant_role(cast.trainee, Role.DIRECTOR, by=cast.director)
    seen = {
        person.email for person in (cast.director, cast.second_director, cast.trainee) if open_name_requests(person)
    }
    assert seen == {cast.director.email}
    request = NameRequest.objects.get()
    assert cast.client("second_director").get(f"/desk/certificates/names/{request.pk}/close/").status_code == 404


def test_a_request_about_a_revoked_certificate_waits_for_nobody(cast, renamed):
    request_name(renamed, by=cast.trainee)
    asked = request_revocation(renamed, by=cast.director, reason_class=ReasonClass.FINAL_FINDING, why=WHY)
    confirm_revocation(asked, by=cast.second_director)
    assert not open_name_requests(cast.director)
    assert "You asked for another name" not in text_of(cast.client("trainee").get("/certificates/"))


def test_a_suspended_one_is_replaced_only_after_the_suspension(cast, renamed):
    suspend(renamed, by=cast.director, reason_class=ReasonClass.INTERIM, why=WHY)
    with pytest.raises(IllegalMove, match="cannot be replaced now"):
        correct(renamed, cast.director)


# Many at once ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(transactional_db):
    cast = make_cast()
    create_signing_keys(by=None)
    credential = make_credential(cast.trainee, by=cast.director)
    confirm_legal_name(cast.trainee, legal_name=NEW_NAME)
    return cast, credential


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_corrections_at_once_make_one_new_certificate(ready):
    cast, credential = ready
    people = [cast.director, cast.second_director]
    outcomes = at_once(6, lambda number: correct(credential, people[number % 2]))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Credential"] + ["IllegalMove"] * 5
    assert Credential.objects.live().count() == 1
    assert Credential.objects.count() == 2


def correct_after_a_look(credential, by, everybody_looked):
    """The control: look first, act afterwards, without holding the row in between."""
    found = Credential.objects.select_related("achievement__issuer", "enrolment").get(pk=credential.pk)
    everybody_looked.wait()
    if found.state != CredentialState.VALID:
        return
    with transaction.atomic():
        Credential.objects.filter(pk=found.pk).update(state=CredentialState.SUPERSEDED)
        reissue_credential(found, {"holder_name": NEW_NAME}, by=by)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_others_run_into_the_index(ready):
    cast, credential = ready
    looked = threading.Barrier(4)
    outcomes = at_once(4, lambda number: correct_after_a_look(credential, cast.director, looked))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError"] * 3 + ["NoneType"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_lock_and_indexes_there_would_be_several_new_ones(ready):
    cast, credential = ready
    looked = threading.Barrier(4)
    with (
        without_constraint(Credential, "one_live_credential_per_person_and_achievement"),
        without_constraint(Credential, "a_credential_is_replaced_once"),
    ):
        at_once(4, lambda number: correct_after_a_look(credential, cast.director, looked))
        made = Credential.objects.filter(supersedes=credential)
        live = made.count()
        forget(made.exclude(pk=made.first().pk))
    assert live > 1


def forget(rows):
    """So that the indexes can be put back: they do not fit what their absence let in."""
    from tests.guards import without_trigger

    moves_table, table = CredentialMove._meta.db_table, Credential._meta.db_table
    with without_trigger(moves_table, "no_delete"), without_trigger(table, "no_delete"):
        CredentialMove.objects.filter(credential__in=list(rows.values_list("pk", flat=True)))._raw_delete("default")
        Credential.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))._raw_delete("default")
