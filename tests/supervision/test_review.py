"""The queue, the signature, and what stays as it was signed."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.actions import end_role, raise_barrier
from lms.accounts.models import RoleGrant
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from lms.notices.models import Notice
from supervision.actions.practice import VisitRefused, correct_log, retract_log, submit_log
from supervision.actions.review import EntryChanged, approve_log
from supervision.enums import LogState, Meaning
from supervision.models import LogClient, LogMove, LogSegment, Placement, PracticeCredit, PracticeLog, SignOff
from supervision.queries.review import signed_content
from tests.cast import PASSWORD
from tests.factories.enrolment import grant_faculty
from tests.factories.supervision import (
    approve,
    make_approved,
    make_code,
    make_draft,
    make_placement,
    make_returned,
    make_submitted,
    seen,
)
from tests.web import post, send_form, text_of


def decision(log, **fields):
    return {"decision": "approved", "meaning": "observed", "reason": "", "seen": seen(log)} | fields


def test_approving_credits_locks_and_signs(cast, placement, signer):
    code = make_code(placement)
    log = make_submitted(placement, clients=frozenset({code.pk}), client_consented=True)
    content = signed_content(log)
    page = send_form(signer, signer.get(f"/review/{log.pk}/"), "Approve and sign", meaning="observed")
    assert "Approved and signed" in text_of(page)
    log.refresh_from_db()
    assert (log.state, log.credit.minutes, log.credit.approved_by) == (LogState.APPROVED, 60, cast.supervisor)
    sign_off = log.sign_offs.get()
    assert {
        "who": (sign_off.signer, sign_off.printed_name, sign_off.role_held),
        "what": (sign_off.decision, sign_off.meaning, sign_off.version),
        "content": (sign_off.content, sign_off.sha256),
    } == {
        "who": (cast.supervisor, "Supervisor", "Site supervisor"),
        "what": ("approved", "observed", log.version),
        "content": (content, hashlib.sha256(content.encode()).hexdigest()),
    }
    assert abs(sign_off.signed_at - timezone.now()) < timedelta(minutes=1)
    assert json.loads(content)["clients"] == [code.code]
    detail = text_of(signer.get(f"/practice/{log.pk}/"))
    assert "Approved by Supervisor, site supervisor" in detail
    assert "UTC" in detail
    assert sign_off.sha256[:16] in detail


def test_returning_needs_a_reason_and_tells_the_trainee_in_neutral_words(cast, placement, signer):
    log = make_submitted(placement)
    refused = post(signer, f"/review/{log.pk}/", **decision(log, decision="returned"))
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"reason": ["Say what is to be put right. The trainee reads it."]}
    post(signer, f"/review/{log.pk}/", **decision(log, decision="returned", reason="Name the phase."))
    log.refresh_from_db()
    assert log.state == LogState.RETURNED
    assert log.moves.last().reason == "Name the phase."
    notice = Notice.objects.get(person=cast.trainee, key__startswith="log-")
    assert notice.subject == "A practice entry came back to you"
    assert "Name the phase" not in notice.subject + notice.text
    assert not PracticeCredit.objects.exists()


def test_a_reason_with_an_identifier_is_refused_beside_the_form(placement, signer):
    log = make_submitted(placement)
    page = post(signer, f"/review/{log.pk}/", **decision(log, decision="returned", reason="Call 303-555-0142"))
    assert page.status_code == 422
    assert "looks like a phone number" in text_of(page)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"meaning": ""}, "meaning"),
        ({"meaning": "guessed"}, "meaning"),
        ({"decision": "voided"}, "decision"),
        ({"seen": "0" * 63}, "seen"),
        ({"seen": "\x00" * 64}, "seen"),
        ({"decision": "returned", "reason": "a" * 1001}, "reason"),
    ],
)
def test_bad_input_signs_nothing(placement, signer, fields, where):
    log = make_submitted(placement)
    page = post(signer, f"/review/{log.pk}/", **decision(log, **fields))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [where])
    assert not SignOff.objects.exists()


def test_signing_asks_for_the_password_and_keeps_the_decision(cast, placement):
    log = make_submitted(placement)
    client = cast.left_open("supervisor")
    asked = post(client, f"/review/{log.pk}/", **decision(log))
    assert (asked.status_code, asked.url.split("?")[0]) == (302, "/accounts/reauthenticate/")
    assert not SignOff.objects.exists()
    wrong = client.post(asked.url, {"password": "wrong"})
    assert wrong.status_code == 200
    assert not SignOff.objects.exists()
    done = client.post(asked.url, {"password": PASSWORD})
    assert (done.status_code, done.url) == (302, "/review/")
    log.refresh_from_db()
    assert log.state == LogState.APPROVED


def test_a_password_given_more_than_five_minutes_ago_does_not_sign(placement, signer, time_machine_ahead):
    log = make_submitted(placement)
    time_machine_ahead(301)
    asked = post(signer, f"/review/{log.pk}/", **decision(log))
    assert asked.url.startswith("/accounts/reauthenticate/")
    assert not SignOff.objects.exists()


def test_an_entry_that_changed_after_it_was_read_is_not_signed(cast, placement, signer):
    log = make_submitted(placement)
    read = seen(log)
    retract_log(log, by=cast.trainee)
    submit_log(log, by=cast.trainee)
    page = post(signer, f"/review/{log.pk}/", **decision(log, seen=read))
    assert page.status_code == 422
    assert "has changed since you opened it" in text_of(page)
    assert page.context["seen"] == seen(log) != read
    with pytest.raises(EntryChanged):
        approve_log(log, by=cast.supervisor, meaning=Meaning.OBSERVED, seen=read)


def test_a_decision_on_a_decided_entry_is_refused_with_a_sentence(placement, signer):
    log = make_submitted(placement)
    before = decision(log)
    post(signer, f"/review/{log.pk}/", **before)
    page = post(signer, f"/review/{log.pk}/", **before)
    assert page.status_code == 422
    assert "it is now approved" in text_of(page)
    assert (SignOff.objects.count(), PracticeCredit.objects.count()) == (1, 1)


def test_a_double_click_signs_once(placement, signer):
    log = make_submitted(placement)
    key = "0b5f6d0a-6f6c-4a0c-8a3e-4f8b7f9f0a01"
    data = decision(log)
    answers = [post(signer, f"/review/{log.pk}/", form_key=key, **data) for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/review/")] * 2
    assert SignOff.objects.count() == 1


NOT_THE_SIGNER = ["trainee", "other_supervisor", "faculty", "director", "registrar"]


@pytest.mark.parametrize("who", NOT_THE_SIGNER)
def test_nobody_but_the_placements_supervisor_signs(cast, placement, who):
    grant_faculty(cast.faculty, placement.enrolment.cohort)
    log = make_submitted(placement)
    with pytest.raises(Refusal, match="Only the supervisor of the placement"):
        approve(log, by=getattr(cast, who))


def test_a_supervisor_who_lost_the_role_while_the_page_was_open_is_refused(cast, placement, signer):
    log = make_submitted(placement)
    data = decision(log)
    end_role(RoleGrant.objects.get(person=cast.supervisor), by=cast.director)
    assert post(signer, f"/review/{log.pk}/", **data).status_code == 403
    with pytest.raises(Refusal):
        approve(log, by=type(cast.supervisor).objects.get(pk=cast.supervisor.pk))


def test_a_barrier_hides_the_entry_and_stops_the_signature(cast, placement, signer):
    log = make_submitted(placement)
    data = decision(log)
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason="x")
    assert signer.get("/review/").context["rows"] == []
    assert post(signer, f"/review/{log.pk}/", **data).status_code == 404
    with pytest.raises(Refusal):
        approve(log)


def test_every_rule_is_checked_again_at_approval(cast, placement):
    log = make_submitted(placement)
    Placement.objects.filter(pk=placement.pk).update(ends_on=placement.starts_on)
    PracticeLog.objects.filter(pk=log.pk).update(on=placement.starts_on + timedelta(days=1))
    with pytest.raises(VisitRefused, match="The placement ended"):
        approve(log)


@pytest.mark.parametrize("state", ["paused", "withdrawn", "completed"])
def test_what_was_sent_in_time_is_approved_whatever_became_of_the_enrolment(placement, state):
    log = make_submitted(placement)
    Enrolment.objects.filter(pk=placement.enrolment_id).update(state=state)
    assert approve(log).state == LogState.APPROVED


def test_approving_a_correction_replaces_the_approved_entry(cast, placement):
    old = make_approved(placement)
    correction = correct_log(old, by=cast.trainee)
    assert correct_log(old, by=cast.trainee) == correction
    approve(submit_log(correction, by=cast.trainee))
    assert dict(PracticeLog.objects.values_list("pk", "state")) == {old.pk: "superseded", correction.pk: "approved"}
    assert PracticeCredit.objects.count() == 2


# What was signed stays ------------------------------------------------------------------------------------------------


CHANGES = {
    "a minute": lambda log: PracticeLog.objects.filter(pk=log.pk).update(minutes=61),
    "a day": lambda log: PracticeLog.objects.filter(pk=log.pk).update(on=log.on + timedelta(days=1)),
    "a comma": lambda log: PracticeLog.objects.filter(pk=log.pk).update(reflection="x,"),
    "the approval's time": lambda log: PracticeLog.objects.filter(pk=log.pk).update(decided_at=None),
    "the entry": lambda log: PracticeLog.objects.filter(pk=log.pk)._raw_delete("default"),
    "a segment": lambda log: LogSegment.objects.filter(log=log).update(minutes=59),
    "touch": lambda log: PracticeLog.objects.filter(pk=log.pk).update(touch_used=True),
    "a flag": lambda log: PracticeLog.objects.filter(pk=log.pk).update(flags=[{"rule": "touch", "sentence": "x"}]),
    "a segment's row": lambda log: LogSegment.objects.filter(log=log)._raw_delete("default"),
    "one more segment": lambda log: LogSegment.objects.create(log=log, phase="integration", minutes=30),
    "one more client": lambda log: LogClient.objects.create(log=log, client=make_code(log.placement)),
    "a client": lambda log: LogClient.objects.filter(log=log)._raw_delete("default"),
    "a credit": lambda log: PracticeCredit.objects.filter(log=log).update(minutes=61),
    "a credit's row": lambda log: PracticeCredit.objects.filter(log=log)._raw_delete("default"),
    "a signature": lambda log: SignOff.objects.filter(log=log).update(sha256="0" * 64),
    "a move": lambda log: LogMove.objects.filter(log=log)._raw_delete("default"),
    "a placement": lambda log: Placement.objects.filter(pk=log.placement_id).update(starts_on=log.on),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_was_signed(placement, change):
    code = make_code(placement)
    log = make_approved(placement, clients=frozenset({code.pk}), client_consented=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        CHANGES[change](log)


def test_a_signature_cannot_be_moved_or_made_by_the_trainee(cast, placement):
    log = make_approved(placement)
    other = make_submitted(placement)
    with pytest.raises(DatabaseError), transaction.atomic():
        SignOff.objects.filter(log=log).update(log=other)
    sign_off = SignOff.objects.get(log=log)
    sign_off.pk, sign_off.log, sign_off.signer = None, other, cast.trainee
    with pytest.raises(DatabaseError), transaction.atomic():
        sign_off.save(force_insert=True)


# Who reads what -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sent", "draft"),
    [
        ("visitor", 302, 302),
        ("trainee", 200, 200),
        ("other_trainee", 404, 404),
        ("supervisor", 200, 404),
        ("other_supervisor", 404, 404),
        ("faculty", 200, 404),
        ("other_faculty", 404, 404),
        ("director", 200, 404),
        ("registrar", 404, 404),
    ],
)
def test_who_reads_an_entry(cast, placement, who, sent, draft):
    grant_faculty(cast.faculty, placement.enrolment.cohort)
    other = make_placement(cast.other_trainee, cast.other_supervisor)
    grant_faculty(cast.other_faculty, other.enrolment.cohort)
    client = cast.client(who)
    addresses = [f"/practice/{make_submitted(placement).pk}/", f"/practice/{make_draft(placement).pk}/"]
    assert [client.get(address).status_code for address in addresses] == [sent, draft]


@pytest.mark.parametrize("maker", [make_returned, make_approved])
def test_a_barrier_hides_an_entry_from_staff_too(cast, placement, maker):
    log = maker(placement)
    assert cast.client("director").get(f"/practice/{log.pk}/").status_code == 200
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="x")
    assert cast.client("director").get(f"/practice/{log.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["trainee", "faculty", "director", "registrar"])
def test_the_queue_is_for_supervisors(cast, placement, who):
    assert cast.client(who).get("/review/").status_code == 403


def test_the_queue_shows_the_oldest_first_and_only_her_own(cast, placement, signer):
    first, second = make_submitted(placement), make_submitted(placement)
    make_submitted(make_placement(cast.other_trainee, cast.other_supervisor))
    assert [row["pk"] for row in signer.get("/review/").context["rows"]] == [str(first.pk), str(second.pk)]
    assert signer.get("/review/?page=x").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_and_three(placement, signer, django_assert_num_queries, count):
    for _ in range(count):
        make_submitted(placement)
    signer.get("/review/")
    with django_assert_num_queries(4):
        signer.get("/review/")


def test_an_audit_row_names_the_meaning_and_never_the_words(cast, placement):
    log = make_returned(placement, reason="ZQREASON7")
    entry = AuditEntry.objects.get(action="supervision.log.returned")
    assert (entry.actor, entry.object_id, entry.data) == (
        cast.supervisor,
        str(log.pk),
        {"meaning": "reviewed", "version": 2},
    )
