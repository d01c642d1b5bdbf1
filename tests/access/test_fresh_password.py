"""What a browser left open does not do: sign, confer, revoke, move money, give power."""

import pytest
from django.urls import reverse

from certificates.actions.suspension import suspend
from courses.standards import registry
from courses.standing.actions import end_waiver
from courses.standing.models import Waiver
from lms.accounts.actions import end_barrier, raise_barrier
from lms.audit.models import AuditEntry
from lms.enums import ReasonClass
from supervision.actions.practice import retract_log, submit_log
from supervision.models import SignOff
from tests.access.world import make_world
from tests.cast import PASSWORD, make_person
from tests.certificates.promised import PROMISED, Promised
from tests.factories.certificates import make_credential, make_ready_enrolment
from tests.factories.supervision import make_placement, make_submitted
from tests.web import send_form, text_of

WHY = "She asked for it in writing."
# Address, whose page, the button, what is filled in.
ACTS = (
    ("review_entry", "supervisor", "Approve and sign", {"meaning": "reviewed"}),
    ("review_entry", "supervisor", "Return to the trainee", {"meaning": "reviewed", "reason": "Name the phase."}),
    ("desk_prior_entry", "director", "Approve as transferred", {}),
    ("desk_prior_entry", "director", "Return to the trainee", {"reason": "The letter names no hours."}),
    ("desk_confer", "director", "Confer the credential", {"sure": "on"}),
    ("desk_revoke", "director", "Ask for the revocation", {"reason_class": "issuer_error", "why": WHY}),
    ("desk_revocation", "director", "Revoke the certificate", {"sure": "on"}),
    ("desk_suspend", "director", "Suspend the certificate", {"reason_class": "interim", "why": WHY}),
    ("desk_lift", "director", "Lift the suspension", {"why": WHY}),
    ("desk_replace", "director", "Issue the corrected certificate", {"why": WHY}),
    ("desk_close_name_request", "director", "Close the request", {"answer": WHY}),
    ("desk_payment_refund", "director", "Pay USD 2,400.00 back", {"reason": WHY}),
    ("desk_cohort_price", "director", "Set the price", {"amount": "2500.00"}),
    (
        "desk_cohort_payment",
        "registrar",
        "Record it and enrol",
        {"person": "other_trainee@example.org", "reference": "BANK-1", "amount": "2400", "received_on": "2026-11-01"},
    ),
    (
        "desk_role_new",
        "director",
        "Give the role",
        {"person": "other_trainee@example.org", "role": "director", "reason": WHY},
    ),
    ("desk_role_end", "director", "End the role", {"reason": WHY}),
    ("desk_cohort_faculty", "director", "Add to the faculty", {"person": "other_faculty@example.org"}),
    ("desk_cohort_faculty_end", "director", "End it", {}),
    (
        "desk_waiver_new",
        "director",
        "Waive this requirement",
        {"requirement_key": "quiz", "reason": WHY, "document": "Transcript of 2 March 2026"},
    ),
)


@pytest.fixture
def world(cast, monkeypatch):
    """With something to do at every address of the table."""
    world = make_world(cast)
    end_waiver(Waiver.objects.get(), by=cast.director)
    suspended = make_credential(make_person("suspended"), by=cast.director)
    suspend(suspended, by=cast.director, reason_class=ReasonClass.INTERIM, why=WHY)
    monkeypatch.setitem(registry._kinds, Promised.name, Promised())
    ready = make_ready_enrolment(make_person("ready"), requirements=[PROMISED])
    return world | {"desk_lift": {"pk": suspended.pk}, "desk_confer": {"enrolment_id": ready.pk}}


@pytest.mark.parametrize(
    ("name", "who", "button", "fields"), ACTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_browser_left_open_is_asked_for_the_password_and_the_form_is_kept(cast, world, name, who, button, fields):
    client = cast.left_open(who)
    page = client.get(reverse(name, kwargs=world.get(name)))
    before = AuditEntry.objects.count()
    asked = send_form(client, page, button, **fields)
    assert asked.request["PATH_INFO"] == reverse("account_reauthenticate"), text_of(asked)
    wrong = send_form(client, asked, "Confirm", password="not this one")
    assert (wrong.status_code, AuditEntry.objects.count()) == (200, before)
    send_form(client, wrong, "Confirm", password=PASSWORD)
    assert AuditEntry.objects.count() > before


def test_what_was_ticked_in_the_queue_is_signed_once_the_password_is_given(cast):
    """The form stands at an address with a query, and is sent again from there."""
    log = make_submitted(make_placement(cast.trainee, cast.supervisor))
    client = cast.left_open("supervisor")
    page = client.get(reverse("review_approve"), {"log": log.pk})
    asked = send_form(client, page, "Approve and sign 1 entry", meaning="reviewed")
    assert asked.request["PATH_INFO"] == reverse("account_reauthenticate")
    done = send_form(client, asked, "Confirm", password=PASSWORD)
    assert "Approved and signed: 1 entry" in text_of(done)
    assert SignOff.objects.get().log == log


def test_what_is_refused_after_the_password_stands_on_a_form_that_can_be_sent_again(cast):
    log = make_submitted(make_placement(cast.trainee, cast.supervisor))
    client = cast.left_open("supervisor")
    page = client.get(reverse("review_entry", args=[log.pk]))
    asked = send_form(client, page, "Approve and sign", meaning="reviewed")
    retract_log(log, by=cast.trainee)
    submit_log(log, by=cast.trainee)
    refused = send_form(client, asked, "Confirm", password=PASSWORD)
    assert "This entry has changed since you opened it" in text_of(refused)
    done = send_form(client, refused, "Approve and sign", meaning="reviewed")
    assert "Approved and signed" in text_of(done)


def test_so_does_a_form_drawn_by_the_component(cast):
    placement = make_placement(cast.trainee, cast.supervisor)
    client = cast.left_open("director")
    page = client.get(reverse("desk_handover", args=[placement.supervisor_id]))
    taker = {"to": str(cast.other_supervisor.pk), "cause": "absent", "reason": "On leave until June."}
    asked = send_form(client, page, "Hand everything over", **taker)
    barrier = raise_barrier(cast.other_supervisor, cast.trainee, by=cast.director, reason="Kept apart.")
    refused = send_form(client, asked, "Confirm", password=PASSWORD)
    assert "cannot supervise" in text_of(refused)
    end_barrier(barrier, by=cast.director)
    done = send_form(client, refused, "Hand everything over", **taker)
    assert "decides from now on" in text_of(done)
