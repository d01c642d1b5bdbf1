"""Sessions: recorded by the supervisor, logged by a trainee, planned and cancelled; who may what; what counts when."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.standards.contract import Subject
from lms.accounts.actions import raise_barrier
from lms.errors import IllegalMove, Refusal
from supervision.actions.practice import VisitRefused
from supervision.actions.review import EntryChanged
from supervision.models import SessionAttendance, SessionSignature, SupervisionSession
from supervision.sessions.actions.attending import (
    amend_session,
    excuse_from_session,
    log_session,
    object_to_session,
    withdraw_session,
)
from supervision.sessions.actions.leading import (
    cancel_session,
    confirm_attendance,
    record_absence,
    record_planned,
    return_session,
)
from supervision.sessions.enums import (
    ATTENDANCE_MOVES,
    SESSION_MOVES,
    AttendanceState,
    SessionMeaning,
    SessionState,
)
from supervision.sessions.judge import SupervisionConfig
from supervision.sessions.queries import meeting_of
from supervision.sessions.ratio import Ratio
from supervision.sessions.requirements import SupervisionMinutes
from tests.factories.sessions import (
    attendance_of,
    confirm,
    make_logged,
    make_meeting,
    make_planned,
    make_recorded,
    seen_session,
)
from tests.factories.supervision import CATEGORIES, make_approved, make_code, make_placement, make_visit
from tests.web import text_of

KIND = SupervisionMinutes()
BY_KEY = {category.key: category for category in CATEGORIES}
CONFIG = SupervisionConfig(key="s", title="S", minutes=600, individual=60, ratio=Ratio(60, 300))


@pytest.fixture
def other(cast):
    return make_placement(cast.other_trainee, cast.supervisor)


def judged(placement, *, config=CONFIG, detail=True, as_of=None):
    subject = Subject(person=placement.trainee_id, enrolment=placement.enrolment_id, edition=None)
    found = KIND.gather([config], [subject], as_of or timezone.now(), detail=detail)
    return KIND.judge(config, found[subject], {}, BY_KEY)


def fresh(session):
    return SupervisionSession.objects.get(pk=session.pk)


def refused(act, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    return caught.value


def trainee_of(placement):
    return placement.enrolment.person


def ahead(**fields):
    return {"on": timezone.localdate() + timedelta(days=3)} | fields


def test_what_a_supervisor_records_counts_at_once_with_a_signature_for_each(placement, other):
    session = make_recorded(placement, other, minutes=50)
    assert (session.state, session.size) == (SessionState.HELD, 2)
    assert [one.state for one in session.attendances.all()] == [AttendanceState.CONFIRMED] * 2
    assert SessionSignature.objects.filter(attendance__session=session, signer=placement.supervisor.person).count() == 2
    assert [judged(each).done for each in (placement, other)] == [50, 50]
    assert judged(placement).parts[0].done == 50


def test_what_a_trainee_logs_waits_until_the_supervisor_confirms_it(placement):
    session = make_logged(placement)
    attendance = attendance_of(session, placement)
    assert (judged(placement).done, judged(placement).pending) == (0, 60)
    waiting = timezone.now()
    confirm(attendance)
    assert (judged(placement).done, judged(placement, as_of=waiting).pending, fresh(session).state) == (60, 60, "held")
    signature = SessionSignature.objects.get()
    assert (signature.version, signature.sha256, signature.trainee) == (
        1,
        seen_session_of(signature),
        trainee_of(placement),
    )


def seen_session_of(signature):
    from supervision.queries.review import content_hash

    return content_hash(signature.content)


def test_a_returned_session_is_put_right_and_sent_again_or_taken_back(placement):
    session = make_logged(placement)
    attendance = attendance_of(session, placement)
    return_session(
        attendance, by=placement.supervisor.person, seen=seen_session(attendance), reason="It was 50 minutes."
    )
    assert judged(placement).done == judged(placement).pending == 0
    meeting = make_meeting(on=session.on, minutes=50)
    words = {"supervisor": placement.supervisor, "by": trainee_of(placement)}
    assert "another window" in refused(amend_session, attendance, meeting, version=9, **words).message
    amend_session(attendance, meeting, version=1, **words)
    confirm(attendance_of(session, placement))
    assert judged(placement).done == 50
    again = make_logged(placement)
    withdraw_session(attendance_of(again, placement), by=trainee_of(placement))
    assert (fresh(again).state, judged(placement).pending) == (SessionState.WITHDRAWN, 0)
    assert isinstance(refused(confirm, attendance_of(again, placement)), IllegalMove)


def test_what_a_trainee_objects_to_does_not_count_until_it_is_answered(placement, other):
    session = make_recorded(placement, other)
    mine, supervisor = attendance_of(session, placement), placement.supervisor.person
    object_to_session(mine, by=trainee_of(placement), reason="I was ill that day.")
    assert (judged(placement).done, judged(other).done) == (0, 60)
    assert [row.reason for row in judged(placement).excluded] == ["It is disputed. It counts once that is settled."]
    confirm(attendance_of(session, placement))
    assert judged(placement).done == 60
    object_to_session(attendance_of(session, placement), by=trainee_of(placement), reason="I was ill that day.")
    record_absence(attendance_of(session, placement), by=supervisor, reason="I mixed up two days.")
    assert (judged(placement).done, fresh(session).size) == (0, 1)
    assert [row.reason for row in judged(placement).excluded] == ["You are recorded as absent."]


def test_why_a_session_is_disputed_or_was_missed_stands_on_the_page_of_its_trainee(cast, placement):
    session = make_logged(placement)
    confirm(attendance_of(session, placement))
    object_to_session(attendance_of(session, placement), by=trainee_of(placement), reason="It was an hour longer.")
    assert "It was an hour longer." in text_of(cast.client("trainee").get("/practice/sessions/"))
    supervisor = placement.supervisor.person
    record_absence(attendance_of(session, placement), by=supervisor, reason="I mixed up two days.")
    assert "I mixed up two days." in text_of(cast.client("trainee").get("/practice/sessions/"))


def test_a_plan_counts_nothing_and_is_recorded_as_it_took_place(placement, other, time_machine_ahead):
    session = make_planned(placement, other, **ahead())
    assert judged(placement).pending == 0
    words = {"meaning": SessionMeaning.LED, "by": placement.supervisor.person, "version": 1}
    there = [attendance_of(session, placement).pk]
    meeting = make_meeting(on=session.on, minutes=45)
    assert "not over yet" in refused(record_planned, session, meeting, present=there, **words).message
    time_machine_ahead(timedelta(days=4))
    triadic = make_meeting(on=session.on, format="triadic")
    assert "Triadic means two" in refused(record_planned, session, triadic, present=there, **words).message
    record_planned(session, meeting, present=there, **words)
    assert [judged(each).done for each in (placement, other)] == [45, 0]
    assert attendance_of(session, other).state == AttendanceState.ABSENT
    assert (fresh(session).size, fresh(session).format) == (1, "individual")


def test_a_session_that_the_supervisor_cancels_costs_the_trainee_nothing(placement, a_day_in_november):
    """In a week with five hours of direct contact, without any time to make up."""
    practise(placement, date(2026, 11, 23))
    session = make_planned(placement, on=date(2026, 11, 26))
    cancel_session(session, by=placement.supervisor.person)
    assert (fresh(session).cancelled_by, fresh(session).state) == (placement.supervisor.person, SessionState.CANCELLED)
    with time_machine.travel("2026-12-01 18:00:00+00:00"):
        result = judged(placement)
        assert result.parts[-1].note == (
            "Week of 23 Nov 2026: 0 min of 1 h, the rest by 6 Dec 2026. A session was cancelled by the supervisor."
        )
        assert [row.reason for row in result.excluded] == ["Cancelled by the supervisor."]
        make_recorded(placement, on=date(2026, 11, 30))
        assert judged(placement).parts[-1].done == 1


def test_a_trainee_who_excuses_herself_has_the_week_as_it_is(placement):
    practise(placement, date(2026, 11, 23))
    session = make_planned(placement, on=date(2026, 11, 26))
    excuse_from_session(attendance_of(session, placement), by=trainee_of(placement))
    cancel_session(fresh(session), by=placement.supervisor.person)
    with time_machine.travel("2026-12-01 18:00:00+00:00"):
        assert judged(placement).parts[-1].note == "Week of 23 Nov 2026: 0 min of 1 h, failed."


def practise(placement, on, minutes=300):
    client = frozenset({make_code(placement).pk})
    fields = {"category_key": "preparation", "clients": client, "client_consented": True, "starts_at": time(6, 0)}
    return make_approved(placement, on=on, segments=(("preparation", minutes),), **fields)


def test_the_week_is_that_of_the_trainees_own_day(placement):
    """Monday half past midnight in New York is still Sunday evening in Denver."""
    session = make_recorded(placement, on=date(2026, 9, 14), starts_at=time(0, 30), time_zone="America/New_York")
    assert attendance_of(session, placement).on == date(2026, 9, 13)


# Rules ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"on": date(2026, 11, 24)}, "on", "not over yet"),
        ({"on": date(2026, 11, 23), "starts_at": time(10, 30)}, "on", "not over yet"),
        ({"minutes": 481}, "minutes", "between 1 and 480"),
        ({"minutes": 0}, "minutes", "between 1 and 480"),
        ({"format": "triadic"}, "format", "Triadic means two"),
        ({"format": "group"}, "format", "at least two"),
        ({"others": 1}, "format", "Individual means one"),
        ({"format": "group", "others": 30}, "format", "At most 30"),
        ({"on": date(2026, 3, 1)}, "on", "no placement"),
        ({"topics": ("gossip",)}, "topics", "from the list"),
        ({"feedback": "We spoke of 303-555-0188."}, "feedback", "looks like a phone number"),
    ],
)
def test_a_session_that_breaks_a_rule_is_refused_beside_its_field(placement, fields, field, words):
    error = refused(make_logged, placement, **fields)
    assert isinstance(error, VisitRefused)
    assert [field for problem in error.problems if problem.field == field and words in problem.sentence]


def test_a_session_of_exactly_now_is_over(placement):
    make_logged(placement, on=date(2026, 11, 23), starts_at=time(10, 0))


def test_nobody_is_at_two_places(cast, placement, other):
    on = date(2026, 9, 14)
    make_approved(placement, on=on, starts_at=time(9, 0))
    assert "You were elsewhere then: a visit" in refused(make_logged, placement, on=on, starts_at=time(9, 30)).message
    make_recorded(placement, on=on, starts_at=time(12, 0))
    assert "a session on 14 Sep 2026, 12:00" in refused(make_logged, placement, on=on, starts_at=time(12, 59)).message
    make_logged(placement, on=on, starts_at=time(13, 0))
    assert "another session" in refused(make_recorded, other, on=on, starts_at=time(12, 30)).message
    error = refused(make_approved, placement, on=on, starts_at=time(12, 30))
    assert "a session on 14 Sep 2026, 12:00" in error.message


def test_a_group_that_each_of_its_trainees_logs_is_one_session(placement, other):
    together = {"on": date(2026, 9, 14), "format": "group", "others": 3}
    sessions = [make_logged(placement, **together), make_logged(other, **together)]
    for session, each in zip(sessions, (placement, other), strict=True):
        confirm(attendance_of(session, each))
    assert [judged(each).done for each in (placement, other)] == [60, 60]


def test_plans_lie_ahead(placement):
    assert "Record the session instead" in refused(make_planned, placement).message
    assert "a year ahead" in refused(make_planned, placement, on=date(2027, 12, 1)).message


# Who may --------------------------------------------------------------------------------------------------------------


def test_only_the_supervisor_confirms_and_only_what_she_saw(cast, placement):
    attendance = attendance_of(make_logged(placement), placement)
    for person in (cast.trainee, cast.other_supervisor, cast.director, cast.faculty):
        assert "Only the supervisor of this session" in refused(confirm, attendance, by=person).message
    words = {"meaning": SessionMeaning.LED, "by": cast.supervisor}
    assert isinstance(refused(confirm_attendance, attendance, seen="0" * 64, **words), EntryChanged)
    assert not SessionSignature.objects.exists()


def test_a_barrier_stops_recording_confirming_and_logging(cast, placement):
    attendance = attendance_of(make_logged(placement), placement)
    raise_barrier(cast.trainee, cast.supervisor, by=cast.director, reason="Kept apart.")
    assert "Only the supervisor" in refused(confirm, attendance).message
    assert "Only the supervisor" in refused(make_recorded, placement).message
    assert "cannot confirm" in refused(make_logged, placement).message


def test_only_the_trainee_logs_amends_objects_and_takes_back(cast, placement):
    words = {"supervisor": placement.supervisor, "by": cast.other_trainee}
    assert "Only the trainee" in refused(log_session, placement.enrolment, make_meeting(), **words).message
    attendance = attendance_of(make_recorded(placement), placement)
    for act in (withdraw_session, excuse_from_session):
        assert "Only the trainee" in refused(act, attendance, by=cast.supervisor).message
    assert "Only the trainee" in refused(object_to_session, attendance, by=cast.director, reason="No.").message


def test_reasons_are_guarded(placement):
    attendance = attendance_of(make_recorded(placement), placement)
    for reason in ("", "Call 303-555-0188."):
        assert refused(object_to_session, attendance, by=trainee_of(placement), reason=reason)


# Tables of moves ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", AttendanceState)
@pytest.mark.parametrize("new", AttendanceState)
def test_an_attendance_moves_as_the_table_says(placement, old, new):
    from supervision.sessions.actions.holding import move_attendance

    attendance = attendance_of(make_logged(placement), placement)
    SessionAttendance.objects.filter(pk=attendance.pk).update(state=old)
    attendance.refresh_from_db()
    if new in ATTENDANCE_MOVES[old]:
        move_attendance(attendance, new, by=None)
        assert attendance.moves.last().old == old
    else:
        assert isinstance(refused(move_attendance, attendance, new, by=None), IllegalMove)


@pytest.mark.parametrize("state", SessionState)
def test_a_session_moves_as_the_table_says(placement, state):
    from supervision.sessions.actions.holding import require_session_move

    session = SupervisionSession(state=state)
    for new in SessionState:
        if new in SESSION_MOVES[state]:
            require_session_move(session, new)
        else:
            assert isinstance(refused(require_session_move, session, new), IllegalMove)


# What stays -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda session: SupervisionSession.objects.filter(pk=session.pk).update(minutes=90),
        lambda session: SupervisionSession.objects.filter(pk=session.pk).update(feedback="Changed."),
        lambda session: SupervisionSession.objects.filter(pk=session.pk).update(topics=["ethics"]),
        lambda session: session.delete(),
        lambda session: session.attendances.update(trainee=session.made_by),
        lambda session: SessionSignature.objects.update(printed_name="Somebody"),
        lambda session: session.moves.all().delete(),
    ],
)
def test_what_was_signed_stays(placement, change):
    session = make_recorded(placement)
    with pytest.raises(Exception) as caught, transaction.atomic():  # a trigger, or a protected key before it
        change(session)
    assert isinstance(caught.value, IntegrityError)
    assert meeting_of(fresh(session)) == meeting_of(session)


def test_the_database_refuses_a_second_attendance_and_a_signature_of_ones_own(placement):
    session = make_recorded(placement)
    attendance = attendance_of(session, placement)
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionAttendance.objects.create(
            session=session, enrolment=attendance.enrolment, trainee=attendance.trainee, on=attendance.on
        )
    signature = SessionSignature.objects.get()
    signature.pk, signature.version, signature.signer = None, 7, trainee_of(placement)
    with pytest.raises(IntegrityError), transaction.atomic():
        signature.save(force_insert=True)


def test_visits_still_fit_between_sessions(placement):
    make_recorded(placement, on=date(2026, 9, 14), starts_at=time(12, 0))
    make_approved(placement, **vars_of(make_visit(on=date(2026, 9, 14), starts_at=time(13, 0))))


def vars_of(visit):
    return {"on": visit.on, "starts_at": visit.starts_at}
