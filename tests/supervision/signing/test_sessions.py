"""Sessions confirmed by a mailed link: the same link, the same proof, the same rules as for entries."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.errors import Refusal
from supervision.actions.declaration import declare_words
from supervision.actions.handover import hand_over
from supervision.actions.practice import submit_log
from supervision.actions.shared import propose_share
from supervision.actions.supervisor import supervisor_of, verify_supervisor
from supervision.enums import HandoverCause, Meaning, SupervisorState
from supervision.guard.declaring import Declaration, sha256_of_words
from supervision.models import PaceFlag, SessionAttendance, SessionSignature, SigningLink, SigningReceipt, Supervisor
from supervision.queries.pace import paces_for
from supervision.rules import pace
from supervision.sessions.actions.attending import amend_session, log_session, object_to_session
from supervision.sessions.actions.leading import confirm_attendance
from supervision.sessions.enums import AttendanceState, SessionMeaning
from supervision.sessions.queries import meeting_of
from supervision.signing.actions import (
    approve_by_link,
    call_waiting_supervisors,
    decline_placement,
    question_receipt,
    return_session_by_link,
)
from supervision.signing.queries import sessions_of_link, trainees_of_link, waiting_without_link
from tests.factories.sessions import attendance_of, make_logged, make_meeting, seen_session
from tests.factories.signing import mailed_path, mails_to, make_used_link, open_by_mail, place_with
from tests.factories.supervision import make_draft, make_placement, make_signer, make_submitted, seen
from tests.jobs import drain
from tests.web import post, send_form, text_of

ROBIN = "robin@clinic.example"
LED = SessionMeaning.LED


@pytest.fixture
def robin(cast):
    return make_signer(by=cast.director)


@pytest.fixture
def placed(cast, robin):
    return place_with(robin, cast.trainee)


def logged(placed, **fields):
    return attendance_of(make_logged(placed, **fields), placed)


def ticks(*attendances):
    return [(one.pk, seen_session(one)) for one in attendances]


def state(attendance):
    return SessionAttendance.objects.get(pk=attendance.pk).state


def confirmed(robin, *attendances):
    return approve_by_link(make_used_link(robin), sessions=ticks(*attendances), session_meaning=LED)


def test_a_session_is_logged_with_her_and_a_link_is_mailed(cast, robin, placed):
    page = cast.client("trainee").get("/practice/sessions/new/")
    assert "Robin Vance, PhD" in text_of(page)
    logged(placed)
    assert "1 session waits for you. You can read and sign" in mails_to(ROBIN)[-1]


def test_one_link_lists_entries_and_sessions_and_approves_both_at_once(cast, robin, placed):
    log, attendance = make_submitted(placed), logged(placed, minutes=50, feedback="We spoke about pacing.")
    other = logged(place_with(robin, cast.other_trainee))
    client, page = open_by_mail(mailed_path())
    words = text_of(page)
    assert ("I approve this entry" in words, words.count("I confirm this session")) == (True, 2)
    assert "We spoke about pacing." in words
    sent = {"entry": [f"{log.pk}:{seen(log)}"], "session": [f"{attendance.pk}:{seen_session(attendance)}"]}
    unsaid = post(client, "/sign/", **sent, meaning="observed")
    assert (unsaid.status_code, state(attendance)) == (422, "proposed")
    assert "Say what your signature means." in text_of(unsaid)
    page = post(client, "/sign/", **sent, meaning="observed", session_meaning="led", follow=True)
    assert "Approved and signed: 1 entry and 1 session." in text_of(page)
    assert (state(attendance), state(other)) == ("confirmed", "proposed")
    signature = SessionSignature.objects.get()
    assert (signature.signer, signature.link.supervisor, signature.printed_name, signature.supervisor) == (
        None,
        robin,
        "Robin Vance, PhD",
        robin,
    )
    assert signature.qualifications == "Professional licence, State Board, valid until 30 Jun 2027"
    assert "You approved and signed 1 entry and 1 session, 1 h 50 min together." in mails_to(ROBIN)[-1]
    detail = text_of(cast.client("trainee").get(f"/practice/sessions/{attendance.session_id}/"))
    assert "Confirmed by Robin Vance, PhD, site supervisor, by a mailed link without an account" in detail
    entry = AuditEntry.objects.get(action="supervision.link.signed")
    assert (entry.actor, entry.data["sessions"]) == (None, [attendance.pk])


def test_all_that_is_ticked_is_signed_or_nothing(robin, placed):
    log, attendance = make_submitted(placed), logged(placed)
    used = make_used_link(robin)
    with pytest.raises(Refusal, match="changed since you opened it"):
        approve_by_link(
            used,
            [(log.pk, seen(log))],
            meaning=Meaning.OBSERVED,
            sessions=[(attendance.pk, "0" * 64)],
            session_meaning=LED,
        )
    log.refresh_from_db()
    assert (log.state, state(attendance), SigningReceipt.objects.count()) == ("submitted", "proposed", 0)


def test_she_returns_one_and_the_trainee_puts_it_right(cast, robin, placed):
    attendance, other = logged(placed), logged(placed)
    client, _ = open_by_mail(mailed_path())
    page = client.get(f"/sign/sessions/{attendance.pk}/return/")
    phone = send_form(client, page, "Return to the trainee", reason="Call 303-555-0142.")
    assert (phone.status_code, state(attendance)) == (422, "proposed")
    send_form(client, page, "Return to the trainee", reason="It was the day before.")
    assert (state(attendance), state(other)) == ("disputed", "proposed")
    detail = cast.client("trainee").get(f"/practice/sessions/{attendance.session_id}/")
    assert "It was the day before." in text_of(detail)
    assert client.get(f"/sign/sessions/{attendance.pk}/return/").status_code == 404
    drain()
    session = attendance.session
    amend_session(attendance, meeting_of(session), supervisor=robin, by=cast.trainee, version=session.version)
    drain()
    assert SigningLink.objects.filter(used_at=None, ended_at=None).count() == 1


def test_nothing_counts_before_she_is_verified(cast):
    robin = make_signer(by=cast.director, is_verified=False)
    attendance = logged(place_with(robin, cast.trainee))
    used = make_used_link(robin)
    with pytest.raises(Refusal, match="not verified your address"):
        approve_by_link(used, sessions=ticks(attendance), session_meaning=LED)
    with pytest.raises(Refusal, match="not verified your address"):
        return_session_by_link(used, attendance, seen=seen_session(attendance), reason="No.")
    _, page = open_by_mail_again(robin)
    assert "I confirm this session" not in text_of(page)
    assert "supervision session of" in text_of(page)
    assert state(attendance) == "proposed"


def open_by_mail_again(robin):
    from supervision.signing.actions import _ask_link

    _ask_link(robin, by=None)
    return open_by_mail(mailed_path())


def test_what_is_not_hers_is_neither_shown_nor_signed(cast, robin, placed):
    make_submitted(placed)
    foreign = attendance_of(make_logged(other := make_placement(cast.other_trainee, cast.supervisor)), other)
    client, page = open_by_mail(mailed_path())
    assert "Other Trainee" not in text_of(page)
    assert client.get(f"/sign/sessions/{foreign.pk}/return/").status_code == 404
    refused = post(client, "/sign/", session=[f"{foreign.pk}:{seen_session(foreign)}"], session_meaning="led")
    assert refused.status_code == 422
    assert "does not wait for you any more" in text_of(refused)
    used = SigningLink.objects.get(used_at__isnull=False)
    with pytest.raises(Refusal, match="Only the supervisor of this session"):
        confirm_attendance(foreign, meaning=LED, by=used, seen=seen_session(foreign))
    assert state(foreign) == "proposed"
    assert Client().get(f"/sign/sessions/{foreign.pk}/return/").status_code == 404


@pytest.mark.parametrize("how", ["forged", "no hash", "not a number"])
def test_forged_ticks_are_refused(robin, placed, how):
    attendance = logged(placed)
    client, _ = open_by_mail(mailed_path())
    value = {"forged": f"{attendance.pk}:{'0' * 64}", "no hash": f"{attendance.pk}:", "not a number": f"x:{'0' * 64}"}
    refused = post(client, "/sign/", session=[value[how]], session_meaning="led")
    assert (refused.status_code, state(attendance)) == (422, "proposed")


def test_a_session_over_an_hour_ago_signs_nothing(robin, placed, time_machine_ahead):
    attendance = logged(placed)
    used = make_used_link(robin)
    time_machine_ahead(timedelta(hours=1, seconds=1))
    with pytest.raises(Refusal, match="This link is over"):
        approve_by_link(used, sessions=ticks(attendance), session_meaning=LED)


def test_not_my_trainee_takes_her_sessions_too(cast, robin, placed):
    attendance = logged(placed)
    used = make_used_link(robin)
    assert list(trainees_of_link(used)) == [placed]
    decline_placement(used, placed)
    assert list(sessions_of_link(used)) == []
    with pytest.raises(Refusal, match="does not wait for you any more"):
        approve_by_link(used, sessions=ticks(attendance), session_meaning=LED)
    with pytest.raises(Refusal):
        log_session(placed.enrolment, make_meeting(), supervisor=robin, by=cast.trainee)
    assert (
        robin not in cast.client("trainee").get("/practice/sessions/new/").context["form"].fields["supervisor"].queryset
    )


def test_what_was_handed_over_is_no_longer_hers(cast, robin, placed):
    attendance = logged(placed)
    used = make_used_link(robin)
    hand_over(
        robin,
        to=supervisor_of(cast.supervisor, by=None),
        cause=HandoverCause.ABSENT,
        reason="On leave until June.",
        since=timezone.localdate(),
        by=cast.director,
    )
    assert list(sessions_of_link(used)) == []
    with pytest.raises(Refusal, match="does not wait for you any more"):
        approve_by_link(used, sessions=ticks(attendance), session_meaning=LED)
    later = attendance_of(make_logged(placed), placed)
    assert list(sessions_of_link(used)) == []
    assert later.session.covered_by.person == cast.supervisor


def test_this_was_not_me_opens_her_sessions_again(cast, robin, placed):
    attendance = logged(placed)
    receipt = confirmed(robin, attendance)
    assert state(attendance) == "confirmed"
    question_receipt(receipt)
    robin.refresh_from_db()
    assert (state(attendance), robin.state) == ("disputed", SupervisorState.UNVERIFIED)
    assert AuditEntry.objects.get(action="supervision.link.questioned").data["sessions"] == [attendance.pk]
    verify_supervisor(robin, address=ROBIN, qualifications=[], how="Called her.", by=cast.director)
    drain()
    confirmed(robin, attendance)
    assert state(attendance) == "confirmed"
    assert [one.version for one in SessionSignature.objects.order_by("id")] == [1, 2]


def test_she_answers_an_objection_by_confirming_or_taking_it_out(cast, robin, placed):
    first, second = logged(placed), logged(placed)
    confirmed(robin, first, second)
    for one in (first, second):
        object_to_session(attendance_of(one.session, placed), by=cast.trainee, reason="It was shorter.")
    client, page = open_by_mail(mailed_path())
    assert "The trainee objects" in text_of(page)
    post(client, "/sign/", session=[f"{first.pk}:{seen_session(first)}"], session_meaning="led")
    page = client.get(f"/sign/sessions/{second.pk}/return/")
    send_form(client, page, "It does not count", reason="She is right.")
    assert (state(first), state(second)) == ("confirmed", "absent")


def test_the_nightly_round_mails_a_link_when_only_a_session_waits(robin, placed):
    logged(placed)
    make_used_link(robin)
    assert list(waiting_without_link()) == [robin]
    assert call_waiting_supervisors() == 1
    assert list(waiting_without_link()) == []


def test_a_signature_has_either_an_account_or_a_link(cast, robin, placed):
    attendance = logged(placed)
    facts = {
        "attendance": attendance,
        "version": 1,
        "meaning": "led",
        "supervisor": robin,
        "trainee": cast.trainee,
        "printed_name": "R",
        "role_held": "R",
        "content": "{}",
        "sha256": "0" * 64,
    }
    used = make_used_link(robin)
    for who in ({}, {"signer": cast.supervisor, "link": used}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SessionSignature.objects.create(**facts, **who)


def test_an_unusual_pace_by_link_is_flagged_for_directors(cast, robin, placed, monkeypatch):
    monkeypatch.setattr(pace, "APPROVALS_USUAL", 2)
    logs, attendance = [make_submitted(placed) for _ in range(2)], logged(placed)
    used = make_used_link(robin)
    approve_by_link(
        used,
        [(log.pk, seen(log)) for log in logs],
        meaning=Meaning.REVIEWED,
        sessions=ticks(attendance),
        session_meaning=LED,
    )
    flag = PaceFlag.objects.get()
    assert (flag.supervisor, flag.signer, flag.approvals) == (robin, None, 3)
    assert list(paces_for(cast.director)) == [flag]
    assert list(paces_for(cast.supervisor)) == []
    client = cast.client("director")
    assert "Robin Vance, PhD, by a mailed link" in text_of(client.get("/desk/pace/"))
    page = post(client, f"/desk/pace/{flag.pk}/seen/", follow=True)
    assert "Noted that you looked at the approvals of Robin Vance, PhD." in text_of(page)


def test_few_approvals_by_link_are_no_unusual_pace(robin, placed, monkeypatch):
    monkeypatch.setattr(pace, "APPROVALS_USUAL", 2)
    confirmed(robin, logged(placed), logged(placed))
    assert not PaceFlag.objects.exists()


def test_the_list_shows_the_co_therapist_and_what_was_declared(cast, robin, placed):
    other = place_with(robin, cast.other_trainee)
    log = make_draft(placed, reflection="Dr. Okonkwo’s lecture helped me to wait.")
    declare_words(
        log,
        [Declaration("reflection", "name", sha256_of_words("Dr. Okonkwo"), "lecturer of the course")],
        by=cast.trainee,
    )
    type(other.enrolment).objects.filter(pk=other.enrolment_id).update(
        program=placed.enrolment.program_id, cohort=placed.enrolment.cohort_id
    )
    other.enrolment.refresh_from_db()
    propose_share(log, to=other.enrolment, by=cast.trainee)
    log.refresh_from_db()
    submit_log(log, by=cast.trainee)
    _, page = open_by_mail(mailed_path())
    words = text_of(page)
    assert "Co-therapistOther Trainee, proposed" in words
    assert "“Dr. Okonkwo” (looks like a name): lecturer of the course" in words


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_both_takes_the_same_queries(cast, robin, placed, count, django_assert_num_queries):
    for _ in range(count):
        make_submitted(placed)
        logged(placed)
    client, _ = open_by_mail(mailed_path())
    with django_assert_num_queries(13):
        page = client.get("/sign/")
    assert text_of(page).count("I confirm this session") == count


def test_a_long_list_has_pages(robin, placed, monkeypatch):
    monkeypatch.setattr("supervision.signing.views.PER_PAGE", 2)
    for _ in range(2):
        make_submitted(placed)
    logged(placed)
    client, page = open_by_mail(mailed_path())
    assert (text_of(page).count("I approve"), text_of(page).count("I confirm")) == (2, 0)
    page = client.get("/sign/?page=2")
    assert (text_of(page).count("I approve"), text_of(page).count("I confirm")) == (0, 1)


def test_whoever_was_stopped_confirms_nothing(robin, placed):
    attendance = logged(placed)
    used = make_used_link(robin)
    Supervisor.objects.filter(pk=robin.pk).update(state=SupervisorState.SUSPENDED)
    with pytest.raises(Refusal):
        approve_by_link(used, sessions=ticks(attendance), session_meaning=LED)
    assert state(attendance) == AttendanceState.PROPOSED
