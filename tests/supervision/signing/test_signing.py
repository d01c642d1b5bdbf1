"""Approving, returning, declining by a link: by the one rule of approvals; and “this was not me”."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.errors import Refusal
from lms.notices.models import Notice
from supervision.actions.handover import hand_over
from supervision.actions.practice import correct_log, submit_log
from supervision.actions.program import unapprove_log
from supervision.actions.review import approve_logs
from supervision.actions.supervisor import correct_address, supervisor_of, verify_supervisor
from supervision.enums import Decision, HandoverCause, LogState, Meaning
from supervision.exports.choices import Choices
from supervision.exports.queries import chosen_logs, signers_of
from supervision.exports.reading import log_of
from supervision.models import PracticeCredit, SigningLink, SigningReceipt, SignOff, Supervisor
from supervision.queries.practice import full_logs
from supervision.queries.review import signed_content
from supervision.signing.actions import (
    approve_by_link,
    decline_placement,
    give_licence,
    question_receipt,
    return_by_link,
)
from supervision.signing.queries import entries_of_link, trainees_of_link, waiting_without_link
from tests.factories.signing import mailed_path, mails_to, make_used_link, open_by_mail, place_with
from tests.factories.supervision import make_draft, make_signer, make_submitted, seen
from tests.jobs import drain
from tests.web import link as link_on
from tests.web import post, send_form, text_of

ROBIN = "robin@clinic.example"


@pytest.fixture
def robin(cast):
    return make_signer(by=cast.director)


@pytest.fixture
def placed(cast, robin):
    return place_with(robin, cast.trainee)


def ticks(*logs):
    return [(log.pk, seen(log)) for log in logs]


def fresh(log):
    return full_logs().get(pk=log.pk)


def approved_by_link(robin, *logs):
    used = make_used_link(robin)
    return approve_by_link(used, ticks(*logs), meaning=Meaning.REVIEWED)


def test_she_reads_approves_many_with_one_statement_and_gets_a_receipt(cast, robin, placed):
    logs = [make_submitted(placed, reflection="I waited for the silence."), make_submitted(placed)]
    logs.append(make_submitted(place_with(robin, cast.other_trainee)))
    client, page = open_by_mail(mailed_path())
    words = text_of(page)
    assert "I waited for the silence." in words
    assert ("Trainee, visit of" in words, "Other Trainee, visit of" in words) == (True, True)
    chosen = [f"{log.pk}:{seen(log)}" for log in (logs[0], logs[2])]
    page = post(client, "/sign/", entry=chosen, meaning="observed", follow=True)
    assert "Approved and signed: 2 entries." in text_of(page)
    assert [fresh(log).state for log in logs] == ["approved", "submitted", "approved"]
    signed = SignOff.objects.get(log=logs[0])
    assert (signed.signer, signed.link.supervisor, signed.printed_name, signed.meaning, signed.content) == (
        None,
        robin,
        "Robin Vance, PhD",
        "observed",
        signed_content(fresh(logs[0])),
    )
    assert signed.qualifications == "Professional licence, State Board, valid until 30 Jun 2027"
    assert list(PracticeCredit.objects.order_by("log").values_list("log", "minutes", "approved_by")) == [
        (logs[0].pk, 60, None),
        (logs[2].pk, 60, None),
    ]
    assert "You approved and signed 2 entries, 2 h together." in mails_to(ROBIN)[-1]
    detail = text_of(cast.client("trainee").get(f"/practice/{logs[0].pk}/"))
    assert "Approved by Robin Vance, PhD, site supervisor, by a mailed link without an account" in detail


def test_she_returns_one_and_the_trainee_reads_the_reason(cast, robin, placed):
    log, other = make_submitted(placed), make_submitted(placed)
    client, page = open_by_mail(mailed_path())
    page = client.get(f"/sign/entries/{log.pk}/return/")
    refused = send_form(client, page, "Return to the trainee", reason="", meaning="reviewed")
    assert refused.status_code == 422
    phone = send_form(client, page, "Return to the trainee", reason="Call 303-555-0142.", meaning="reviewed")
    assert (phone.status_code, fresh(log).state) == (422, "submitted")
    page = send_form(client, page, "Return to the trainee", reason="The dosing role is missing.", meaning="reviewed")
    assert "Returned to Trainee" in text_of(page)
    assert (fresh(log).state, fresh(other).state) == ("returned", "submitted")
    assert "The dosing role is missing." in text_of(cast.client("trainee").get(f"/practice/{log.pk}/"))
    again = submit_log(fresh(log), by=cast.trainee)
    assert again.state == LogState.SUBMITTED
    drain()
    assert SigningLink.objects.filter(used_at=None, ended_at=None).count() == 1


def test_what_was_handed_over_is_no_longer_hers_to_sign(cast, robin, placed):
    log = make_submitted(placed)
    used = make_used_link(robin)
    hand_over(
        robin,
        to=supervisor_of(cast.supervisor, by=None),
        cause=HandoverCause.ABSENT,
        reason="On leave until June.",
        since=timezone.localdate(),
        by=cast.director,
    )
    assert list(entries_of_link(used)) == list(trainees_of_link(used)) == list(waiting_without_link()) == []
    with pytest.raises(Refusal):
        approve_by_link(used, ticks(log), meaning=Meaning.REVIEWED)
    assert approve_logs(dict(ticks(log)), by=used, meaning=Meaning.REVIEWED).approved == []
    assert (fresh(log).state, SignOff.objects.exists()) == ("submitted", False)
    assert "Visit" in text_of(cast.client("supervisor").get("/review/"))


@pytest.mark.parametrize("column", ["link_id", "qualifications", "printed_name"])
def test_nothing_of_a_signature_by_link_changes_afterwards(cast, robin, placed, column):
    log = make_submitted(placed)
    approved_by_link(robin, log)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SignOff.objects.filter(log=log).update(**{column: None if column == "link_id" else "another"})


@pytest.mark.parametrize("act", ["approve", "return"])
def test_nothing_is_signed_before_staff_have_verified_her(cast, act):
    robin = make_signer(by=cast.director, is_verified=False)
    log = make_submitted(place_with(robin, cast.trainee))
    used = make_used_link(robin)
    acts = {
        "approve": lambda: approve_by_link(used, ticks(log), meaning=Meaning.OBSERVED),
        "return": lambda: return_by_link(used, log, meaning=Meaning.OBSERVED, seen=seen(log), reason="Name the role."),
    }
    with pytest.raises(Refusal, match="has not verified your address and licence yet"):
        acts[act]()
    assert (fresh(log).state, SignOff.objects.count(), PracticeCredit.objects.count()) == ("submitted", 0, 0)
    papers = list(robin.qualifications.values_list("pk", flat=True))
    verify_supervisor(robin, address=ROBIN, qualifications=papers, how="Looked it up.", by=cast.director)
    assert len([text for text in mails_to(ROBIN) if "/sign/link/" in text]) == 2
    approve_by_link(used, ticks(log), meaning=Meaning.OBSERVED)
    assert fresh(log).state == "approved"


def test_an_unverified_supervisor_reads_adds_her_licence_and_finds_no_button(cast):
    robin = make_signer(by=cast.director, is_verified=False)
    log = make_submitted(place_with(robin, cast.trainee))
    client, page = open_by_mail(mailed_path())
    assert ("Trainee, visit of" in text_of(page), "Approve and sign" in text_of(page)) == (True, False)
    page = client.get(link_on(page, "Add your licence"))
    page = send_form(client, page, "Add it", authority="Board of Medicine", number="MD-7", expires_on="2028-01-31")
    assert page.status_code == 200
    given = [one for one in robin.qualifications.all() if one.number == "MD-7"]
    assert [(one.given_by, one.verified_at, one.expires_on) for one in given] == [(None, None, date(2028, 1, 31))]
    assert fresh(log).state == "submitted"
    assert Supervisor.objects.get(pk=robin.pk).state == "unverified"


def test_all_or_none_of_the_ticked_entries_are_approved(cast, robin, placed):
    good, changed = make_submitted(placed), make_submitted(placed)
    used = make_used_link(robin)
    with pytest.raises(Refusal, match="changed since you opened it"):
        approve_by_link(used, [*ticks(good), (changed.pk, "0" * 64)], meaning=Meaning.OBSERVED)
    with pytest.raises(Refusal, match="not wait for you any more"):
        approve_by_link(used, [*ticks(good), (10**6, "0" * 64)], meaning=Meaning.OBSERVED)
    with pytest.raises(Refusal, match="Tick what you approve"):
        approve_by_link(used, [], meaning=Meaning.OBSERVED)
    assert (fresh(good).state, SigningReceipt.objects.count()) == ("submitted", 0)


@pytest.mark.parametrize(
    "entry", ["", "x", "1", "1:short", "9" * 30 + ":" + "0" * 64, "-1:" + "0" * 64, "1\x00:" + "0" * 64]
)
def test_bad_input_approves_nothing(robin, placed, entry):
    log = make_submitted(placed)
    client, _ = open_by_mail(mailed_path())
    page = post(client, "/sign/", entry=entry, meaning="observed")
    assert (page.status_code, fresh(log).state) == (422, "submitted")


def test_a_double_click_approves_once(robin, placed):
    log = make_submitted(placed)
    client, _ = open_by_mail(mailed_path())
    key = "6f1ec1a5-4f43-4e35-9d54-25a44d2d2d11"
    answers = [
        post(client, "/sign/", entry=f"{log.pk}:{seen(log)}", meaning="observed", form_key=key) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (SignOff.objects.count(), SigningReceipt.objects.count()) == (1, 1)


def test_a_correction_is_signed_again_by_a_new_link(cast, robin, placed):
    log = make_submitted(placed)
    approved_by_link(robin, log)
    correction = correct_log(fresh(log), by=cast.trainee)
    submit_log(correction, by=cast.trainee)
    drain()
    approved_by_link(robin, correction)
    assert (fresh(log).state, fresh(correction).state) == ("superseded", "approved")


def test_not_my_trainee_goes_to_the_director_and_comes_back_no_more(cast, robin, placed):
    log = make_submitted(placed)
    client, page = open_by_mail(mailed_path())
    page = client.get(link_on(page, "is not my trainee"))
    page = send_form(client, page, "This is not my trainee")
    assert "Nothing waits for you" in text_of(page)
    placed.refresh_from_db()
    assert placed.declined_at
    assert fresh(log).state == "submitted"
    told = Notice.objects.filter(key__startswith=f"placement-{placed.pk}-declined")
    assert {notice.person for notice in told} == {cast.director, cast.second_director}
    assert "not my trainee" in text_of(
        cast.client("director").get(f"/desk/enrolments/{placed.enrolment_id}/placements/")
    )
    with pytest.raises(Refusal):
        make_draft(placed)
    used = SigningLink.objects.get(used_at__isnull=False)
    with pytest.raises(Refusal, match="not wait for you"):
        approve_by_link(used, ticks(log), meaning=Meaning.OBSERVED)
    assert decline_placement(used, placed).declined_at == placed.declined_at


def test_this_was_not_me_sets_the_signatures_in_question(cast, robin, placed):
    log, other = make_submitted(placed), make_submitted(placed)
    approved_by_link(robin, log)
    path = mailed_path()
    assert path.startswith("/sign/receipt/")
    for _ in range(2):
        assert Client().get(path).status_code == 200
    assert Client().head(path).status_code == 200
    assert not SigningReceipt.objects.filter(questioned_at__isnull=False).exists()
    client = Client()
    page = send_form(client, client.get(path), "This was not me")
    assert "Thank you" in text_of(page)
    robin.refresh_from_db()
    used = SigningLink.objects.get(used_at__isnull=False)
    assert (robin.state, bool(used.questioned_at), bool(used.ended_at)) == ("unverified", True, True)
    assert fresh(log).state == "approved"
    with pytest.raises(Refusal, match="This link is over"):
        return_by_link(used, other, meaning=Meaning.OBSERVED, seen=seen(other), reason="Name the role.")
    told = Notice.objects.filter(key__contains="questioned")
    assert {notice.person for notice in told} == {cast.director, cast.second_director}
    desk = cast.client("director")
    page = desk.get(f"/desk/supervisors/{robin.pk}/")
    assert "Signatures in question" in text_of(page)
    assert "In question since 23 Nov 2026" in text_of(desk.get(f"/practice/{log.pk}/"))
    entry = AuditEntry.objects.get(action="supervision.link.questioned")
    assert entry.data["entries"] == [log.pk]
    question_receipt(SigningReceipt.objects.get())
    assert AuditEntry.objects.filter(action="supervision.link.questioned").count() == 1
    unapprove_log(fresh(log), by=cast.director, reason="The supervisor did not sign it.")
    assert fresh(log).state == "returned"


def test_a_forged_receipt_shows_nothing_and_changes_nothing(robin, placed, time_machine_ahead):
    approved_by_link(robin, make_submitted(placed))
    path = mailed_path()
    token = path.rstrip("/").rsplit("/", 1)[1]
    for wrong in (token[:-1], token + "A", "x"):
        assert Client().get(f"/sign/receipt/{wrong}/").status_code == 404
        assert post(Client(), "/sign/question/", token=wrong).status_code == 404
    time_machine_ahead(timedelta(days=90, seconds=1))
    assert Client().get(path).status_code == 404
    assert post(Client(), "/sign/question/", token=token).status_code == 404
    assert not SigningReceipt.objects.filter(questioned_at__isnull=False).exists()


def test_what_was_signed_stays_when_the_address_is_corrected(cast, robin, placed):
    log = make_submitted(placed)
    approved_by_link(robin, log)
    correct_address(robin, "vance@clinic.example", by=cast.director)
    assert (fresh(log).state, PracticeCredit.objects.count()) == ("approved", 1)
    make_submitted(placed)
    drain()
    fresh_link = SigningLink.objects.get(used_at=None, ended_at=None)
    assert fresh_link.address == "vance@clinic.example"


def test_a_licence_is_given_only_while_the_session_runs(robin, placed, time_machine_ahead):
    make_submitted(placed)
    used = make_used_link(robin)
    time_machine_ahead(timedelta(hours=1, seconds=1))
    with pytest.raises(Refusal, match="This link is over"):
        give_licence(used, authority="B", number="1", expires_on=date(2028, 1, 1))


def test_leaving_closes_the_browser_and_not_the_entries(robin, placed):
    make_submitted(placed)
    client, page = open_by_mail(mailed_path())
    send_form(client, page, "Close")
    assert client.get("/sign/").status_code == 404


def test_her_letter_holds_what_she_signed_by_links(robin, placed):
    log = make_submitted(placed)
    approved_by_link(robin, log)
    make_submitted(placed)
    enrolment = placed.enrolment
    assert signers_of(enrolment) == [(-robin.pk, "Robin Vance, PhD")]
    assert list(chosen_logs(enrolment, Choices(signer=-robin.pk))) == [log]
    plain = log_of(enrolment, Choices(), with_reflections=False)
    signature = next(entry.signature for entry in plain.entries if entry.number == log.pk)
    assert signature.qualifications.startswith("Professional licence")


def test_the_list_takes_the_same_queries_for_one_and_three(robin, placed, django_assert_num_queries, cast):
    make_submitted(placed)
    client, _ = open_by_mail(mailed_path())
    for more in (placed, place_with(robin, cast.other_trainee)):
        with django_assert_num_queries(10):
            client.get("/sign/")
        make_submitted(more)
    with django_assert_num_queries(10):
        client.get("/sign/")


def test_decisions_by_a_link_are_named_in_the_audit_without_an_actor(robin, placed):
    log = make_submitted(placed)
    approved_by_link(robin, log)
    approved = AuditEntry.objects.get(action="supervision.log.approved")
    assert (approved.actor, approved.object_id) == (None, str(log.pk))
    signed = AuditEntry.objects.get(action="supervision.link.signed")
    assert (signed.object_id, signed.data["entries"]) == (str(robin.pk), [log.pk])
    assert SignOff.objects.get().decision == Decision.APPROVED
