"""Suspending and lifting it: at once everywhere, by one director, and nothing of it is left for the public to read."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client

from certificates.actions.suspension import lift_suspension, suspend
from certificates.enums import MOVES, SUSPENDING_REASONS, CredentialState
from certificates.models import Credential, CredentialMove
from certificates.signing.status import is_set
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role
from lms.audit.models import AuditEntry
from lms.enums import ReasonClass
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from tests.web import post

pytestmark = pytest.mark.django_db
WHY = "A question about her licence is open."


def stop(credential, by, reason=ReasonClass.INTERIM):
    return suspend(credential, by=by, reason_class=reason, why=WHY)


def page_of(credential):
    return " ".join(Client().get(credential.get_absolute_url()).content.decode().split())


def bit(credential):
    credential.status_list.refresh_from_db()
    encoded = json.loads(credential.status_list.signed_json)["credentialSubject"]["encodedList"]
    return is_set(encoded, credential.status_index)


def test_suspending_flips_page_and_list_at_once_and_lifting_flips_them_back(cast, credential):
    stop(credential, cast.director)
    page = page_of(credential)
    assert "<span>Suspended</span>" in page
    assert "Nothing has been found." in page
    assert WHY not in page
    assert bit(credential)
    lift_suspension(credential, by=cast.second_director, why="The question is answered.")
    page = page_of(credential)
    assert "<span>Valid</span>" in page
    for trace in ("uspen", "interim", "since "):
        assert trace not in page.split("How this was checked")[0]
    assert not bit(credential)


def test_each_step_has_its_history_audit_row_and_notice(cast, credential):
    for _ in range(2):
        stop(credential, cast.director)
        lift_suspension(credential, by=cast.director, why="Answered for now.")
    moves = CredentialMove.objects.exclude(old="").values_list("old", "new", "reason_class")
    step = [("valid", "suspended", "interim"), ("suspended", "valid", "interim")]
    assert list(moves) == step * 2
    names = AuditEntry.objects.filter(action__startswith="certificates.credential").values_list("action", flat=True)
    assert list(names) == ["certificates.credential.suspended", "certificates.credential.reinstated"] * 2
    notices = Notice.objects.filter(key__startswith="credential-move", person=cast.trainee)
    assert notices.count() == 4
    assert {notice.subject for notice in notices} == {"A change to your certificate"}
    assert not any(WHY in notice.text for notice in notices)


def test_nothing_remains_of_a_suspension_that_is_rolled_back(cast, credential):
    with transaction.atomic():
        stop(credential, cast.director)
        transaction.set_rollback(True)
    credential.refresh_from_db()
    assert (credential.state, bit(credential)) == ("valid", False)


@pytest.mark.parametrize("reason", ReasonClass)
def test_only_what_is_not_final_is_a_reason_to_suspend(cast, credential, reason):
    if reason in SUSPENDING_REASONS:
        assert stop(credential, cast.director, reason).state == "suspended"
    else:
        with pytest.raises(Refusal, match="Anything final is a revocation"):
            stop(credential, cast.director, reason)


@pytest.mark.parametrize("state", CredentialState)
def test_the_table_of_moves_decides_what_can_be_suspended_or_lifted(cast, credential, state):
    Credential.objects.update(state=state)
    if CredentialState.SUSPENDED in MOVES[state]:
        assert stop(credential, cast.director).state == "suspended"
    else:
        with pytest.raises(IllegalMove):
            stop(credential, cast.director)
    if state != CredentialState.VALID:
        return
    lift_suspension(credential, by=cast.director, why=WHY)
    with pytest.raises(IllegalMove, match="is not suspended"):
        lift_suspension(credential, by=cast.director, why=WHY)


@pytest.mark.parametrize("role", ["trainee", "supervisor", "faculty", "registrar"])
def test_only_directors_suspend_and_lift(cast, credential, role):
    with pytest.raises(PermissionDenied):
        stop(credential, getattr(cast, role))
    stop(credential, cast.director)
    with pytest.raises(PermissionDenied):
        lift_suspension(credential, by=getattr(cast, role), why=WHY)


def test_a_barrier_and_ones_own_certificate_refuse(cast, credential):
    raise_barrier(cast.second_director, cast.trainee, by=cast.director, reason="Declared conflict")
    grant_role(cast.trainee, Role.DIRECTOR, by=cast.director)
    for person in (cast.second_director, cast.trainee):
        with pytest.raises(Refusal, match="Please ask another director"):
            stop(credential, person)


def test_suspending_and_lifting_by_form(cast, credential):
    client, path = cast.client("director"), f"/desk/certificates/conferred/{credential.pk}/"
    assert "Suspend it" in client.get(path).content.decode()
    assert post(client, f"{path}suspend/", reason_class="final_finding", why=WHY).status_code == 422
    assert post(client, f"{path}suspend/", reason_class="interim", why=WHY).status_code == 302
    assert "Lift the suspension" in client.get(path).content.decode()
    response = post(client, f"{path}suspend/", reason_class="interim", why=WHY)
    assert response.status_code == 422
    assert "cannot be suspended now" in response.content.decode()
    assert post(client, f"{path}lift/", why="Answered for good.").status_code == 302
    credential.refresh_from_db()
    assert credential.state == "valid"
    history = [(event["title"], event["kind"]) for event in client.get(path).context["events"]]
    assert history == [("Conferred", "met"), ("Suspended", "waiting"), ("Valid", "met")]
