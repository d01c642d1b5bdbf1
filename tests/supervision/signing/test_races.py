"""One link used twice at once leaves one session and one legal history; with the guard removed it would not."""

import pytest
from django.db import IntegrityError

from lms.audit.models import AuditEntry
from supervision.actions.supervisor import correct_address
from supervision.models import (
    PracticeCredit,
    SessionAttendance,
    SessionSignature,
    SigningLink,
    SigningReceipt,
    SignOff,
    SupervisionSession,
)
from supervision.queries.practice import full_logs
from supervision.sessions.actions import leading
from supervision.sessions.actions.attending import withdraw_session
from supervision.sessions.enums import AttendanceState, SessionMeaning, SessionState
from supervision.signing import actions
from supervision.signing.actions import (
    approve_by_link,
    ask_code,
    call_supervisor,
    prove_address,
    return_by_link,
    return_session_by_link,
)
from tests.cast import make_cast
from tests.factories.sessions import attendance_of, make_logged, seen_session
from tests.factories.signing import mailed_code, make_used_link, place_with
from tests.factories.supervision import make_signer, make_submitted, seen
from tests.guards import without_constraint
from tests.jobs import drain
from tests.races import all_look_first, at_once, needs_two_writers

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS = 4


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture
def robin(cast):
    return make_signer(by=cast.director)


@pytest.fixture
def log(cast, robin):
    return make_submitted(place_with(robin, cast.trainee))


def kinds(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_one_code_typed_in_many_browsers_at_once_opens_one_session(log):
    drain()
    link = ask_code(SigningLink.objects.get())
    code = mailed_code()
    outcomes = at_once(THREADS, lambda number: prove_address(SigningLink.objects.get(pk=link.pk), code))
    assert kinds(outcomes) == ["Refusal"] * (THREADS - 1) + ["bool"]
    assert AuditEntry.objects.filter(action="supervision.link.used").count() == 1


@needs_two_writers
def test_without_the_lock_one_code_would_open_many_sessions(log, monkeypatch):
    drain()
    link = ask_code(SigningLink.objects.get())
    code = mailed_code()
    monkeypatch.setattr(actions, "_open", lambda link: SigningLink.objects.select_related("supervisor").get(pk=link.pk))
    monkeypatch.setattr(actions, "is_code_of", all_look_first(actions.is_code_of, THREADS))
    # The trigger lets a moment of use stand once set; without the lock the later ones would run into it.
    outcomes = at_once(THREADS, lambda number: prove_address(link, code))
    assert sum(outcome is True for outcome in outcomes) == 1
    assert sum(type(outcome).__name__ not in ("bool", "Refusal") for outcome in outcomes) == THREADS - 1


@pytest.mark.parametrize("round_number", range(3))
def test_two_uses_of_one_link_at_once_leave_one_legal_history(robin, log, round_number):
    used, read = make_used_link(robin), seen(log)

    def act(number):
        held = SigningLink.objects.select_related("supervisor").get(pk=used.pk)
        if number % 2:
            return approve_by_link(held, [(log.pk, read)], meaning="observed")
        mine = full_logs().get(pk=log.pk)
        return return_by_link(held, mine, meaning="observed", seen=read, reason="Name the role.")

    outcomes = at_once(THREADS, act)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == THREADS - 1
    assert {type(one).__name__ for one in refused} <= {"Refusal", "IllegalMove"}
    state = full_logs().get(pk=log.pk).state
    decisions = list(log.moves.filter(old="submitted").values_list("new", flat=True))
    assert decisions == [state]
    is_approved = int(state == "approved")
    assert (SignOff.objects.count(), PracticeCredit.objects.count(), SigningReceipt.objects.count()) == (
        1,
        is_approved,
        is_approved,
    )


def test_a_correction_of_the_address_and_a_signature_at_once_leave_one_order(cast, robin, log):
    used, read = make_used_link(robin), seen(log)

    def act(number):
        if number:
            return correct_address(robin, "vance@clinic.example", by=cast.director)
        held = SigningLink.objects.select_related("supervisor").get(pk=used.pk)
        return approve_by_link(held, [(log.pk, read)], meaning="observed")

    outcomes = at_once(2, act)
    was_signed = SignOff.objects.exists()
    assert kinds(outcomes) == (["SigningReceipt", "Supervisor"] if was_signed else ["Refusal", "Supervisor"])
    assert SigningLink.objects.get(pk=used.pk).ended_at


def test_many_entries_sent_at_once_call_her_by_one_link(robin, log):
    outcomes = at_once(THREADS, lambda number: call_supervisor(robin))
    assert sorted(outcomes) == [False] * (THREADS - 1) + [True]
    assert SigningLink.objects.count() == 1


@needs_two_writers
def test_without_the_lock_of_her_row_the_key_of_the_open_link_holds(robin, log, monkeypatch):
    monkeypatch.setattr(actions.Supervisor.objects, "select_for_update", actions.Supervisor.objects.all)
    monkeypatch.setattr(actions, "_ask_link", all_look_first(actions._ask_link, THREADS))
    outcomes = at_once(THREADS, lambda number: call_supervisor(robin))
    assert kinds(outcomes) == ["IntegrityError"] * (THREADS - 1) + ["bool"]


@needs_two_writers
def test_without_lock_and_key_several_links_would_go_out(robin, log, monkeypatch):
    monkeypatch.setattr(actions.Supervisor.objects, "select_for_update", actions.Supervisor.objects.all)
    monkeypatch.setattr(actions, "_ask_link", all_look_first(actions._ask_link, THREADS))
    with without_constraint(SigningLink, "one_open_link_per_supervisor"):
        at_once(THREADS, lambda number: call_supervisor(robin))
        links = SigningLink.objects.count()
        for link in SigningLink.objects.all()[1:]:
            link.ended_at = link.asked_at
            link.save(update_fields=["ended_at"])
    assert links == THREADS


@pytest.mark.parametrize("round_number", range(3))
def test_confirming_returning_and_taking_back_a_session_at_once_leave_one_of_them(cast, robin, round_number):
    placement = place_with(robin, cast.trainee)
    attendance = attendance_of(make_logged(placement), placement)
    used, read = make_used_link(robin), seen_session(attendance)

    def held():
        return SigningLink.objects.select_related("supervisor").get(pk=used.pk)

    acts = [
        lambda: approve_by_link(held(), sessions=[(attendance.pk, read)], session_meaning=SessionMeaning.LED),
        lambda: return_session_by_link(held(), attendance, seen=read, reason="It was a day later."),
        lambda: withdraw_session(attendance, by=cast.trainee),
        lambda: approve_by_link(held(), sessions=[(attendance.pk, read)], session_meaning=SessionMeaning.LED),
    ]
    outcomes = at_once(THREADS, lambda number: acts[(number + round_number) % THREADS]())
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert {type(one).__name__ for one in refused} <= {"Refusal", "IllegalMove"}
    state = SessionAttendance.objects.get(pk=attendance.pk).state
    is_withdrawn = SupervisionSession.objects.get(pk=attendance.session_id).state == SessionState.WITHDRAWN
    is_confirmed = state == AttendanceState.CONFIRMED
    # What was returned may still be taken back by the trainee; nothing follows a confirmation here.
    was_returned = state == AttendanceState.DISPUTED
    assert [is_confirmed, is_withdrawn or was_returned].count(True) == 1
    assert THREADS - len(refused) == is_confirmed + is_withdrawn + was_returned
    assert (SessionSignature.objects.count(), SigningReceipt.objects.count()) == (is_confirmed, is_confirmed)


@needs_two_writers
def test_without_the_locks_the_key_of_the_database_holds_a_second_confirmation(cast, robin, monkeypatch):
    placement = place_with(robin, cast.trainee)
    attendance = attendance_of(make_logged(placement), placement)
    used, read = make_used_link(robin), seen_session(attendance)

    def without_the_lock(attendance):
        fresh = attendance_of(attendance.session, placement)
        return fresh.enrolment, fresh.session, fresh

    monkeypatch.setattr(actions, "_hold_all", lambda link, people: None)
    monkeypatch.setattr(leading, "lock_attendance", without_the_lock)
    monkeypatch.setattr(leading, "lock_supervisor", lambda supervisor: supervisor)
    monkeypatch.setattr(leading, "require_verified_link", lambda link: link)
    monkeypatch.setattr(leading, "check_meeting", all_look_first(lambda *args, **kwargs: None, 2))
    outcomes = at_once(
        2,
        lambda number: approve_by_link(
            SigningLink.objects.select_related("supervisor").get(pk=used.pk),
            sessions=[(attendance.pk, read)],
            session_meaning=SessionMeaning.LED,
        ),
    )
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
    assert SessionSignature.objects.count() == 1
