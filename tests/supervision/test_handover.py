"""Handing over a supervisor's open work: what moves, what stays, who decides afterwards, and giving it back."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from lms.notices.models import Notice
from supervision.actions.handover import hand_over
from supervision.actions.practice import submit_log, write_log
from supervision.actions.supervisor import supervisor_of
from supervision.enums import HandoverCause, LogState
from supervision.models import Handover, Placement, PracticeLog, SignOff, SupervisionSession
from supervision.queries.handover import caseload_of, supervisors_with_work
from supervision.queries.practice import logs_to_review
from supervision.queries.review import content_hash
from supervision.sessions.actions.leading import confirm_attendance
from supervision.sessions.enums import SessionMeaning, SessionState
from supervision.sessions.queries import signed_session, waiting_for
from tests.cast import make_cast
from tests.factories.curriculum import make_program
from tests.factories.sessions import make_logged, make_planned
from tests.factories.supervision import (
    approve,
    make_approved,
    make_draft,
    make_placement,
    make_returned,
    make_submitted,
    make_visit,
)
from tests.races import at_once
from tests.web import post, text_of

WHY = "On leave since Monday; agreed by telephone."


def give(cast, giver=None, to=None, **fields):
    values = {"cause": HandoverCause.ABSENT, "reason": WHY, "since": timezone.localdate(), "by": cast.director}
    giver, to = giver or cast.supervisor, to or cast.other_supervisor
    return hand_over(supervisor_of(giver, by=None), to=supervisor_of(to, by=None), **values | fields)


def queue(person):
    return set(logs_to_review(person).values_list("pk", flat=True))


def test_everything_open_moves_and_what_is_signed_stays(cast, placement):
    waiting, draft, returned, approved = (
        make(placement) for make in (make_submitted, make_draft, make_returned, make_approved)
    )
    before = list(SignOff.objects.order_by("id").values())
    handover = give(cast)
    assert (handover.placements, handover.entries, handover.sessions) == (1, 1, 0)
    assert (queue(cast.supervisor), queue(cast.other_supervisor)) == (set(), {waiting.pk})
    assert list(SignOff.objects.order_by("id").values()) == before
    with pytest.raises(Refusal, match="Only the supervisor of the placement"):
        approve(waiting, by=cast.supervisor)
    for log in (draft, returned):
        submit_log(log, by=cast.trainee)
    later = submit_log(
        write_log(placement.enrolment, make_visit(), placement=placement, by=cast.trainee), by=cast.trainee
    )
    assert queue(cast.other_supervisor) == {waiting.pk, draft.pk, returned.pk, later.pk}
    approve(waiting, by=cast.other_supervisor)
    sign_off = SignOff.objects.get(log=waiting)
    assert (sign_off.signer, sign_off.printed_name) == (cast.other_supervisor, "Other Supervisor")
    placement.refresh_from_db()
    assert (placement.supervisor.person, placement.covered_from) == (cast.supervisor, timezone.localdate())
    detail = text_of(cast.client("trainee").get(f"/practice/{approved.pk}/"))
    assert "Approved by Supervisor, site supervisor" in detail


def test_the_act_is_audited_with_what_moved_and_everybody_is_told(cast, placement):
    waiting = make_submitted(placement)
    handover = give(cast)
    entry = AuditEntry.objects.get(action="supervision.work.handed_over")
    assert (entry.actor, entry.object_id) == (cast.director, str(handover.pk))
    assert (entry.data["placements"], entry.data["entries"]) == ([placement.pk], [waiting.pk])
    assert WHY not in str(entry.data)
    told = Notice.objects.filter(key__startswith="handover-").values_list("person", flat=True)
    assert list(told) == [cast.trainee.pk]
    assert Notice.objects.filter(person=cast.other_supervisor, key__startswith="review-").exists()


def test_an_absent_supervisor_gets_back_what_was_covered_for_her_and_nothing_else(cast, placement):
    own = make_submitted(make_placement(cast.other_trainee, cast.other_supervisor))
    waiting = make_submitted(placement)
    give(cast)
    assert queue(cast.other_supervisor) == {own.pk, waiting.pk}
    absent = supervisor_of(cast.supervisor, by=None)
    give(cast, cast.other_supervisor, cast.supervisor, cause=HandoverCause.RETURNED, of=absent)
    assert (queue(cast.supervisor), queue(cast.other_supervisor)) == ({waiting.pk}, {own.pk})
    placement.refresh_from_db()
    assert (placement.covered_by, placement.covered_from) == (None, None)


def test_sessions_are_confirmed_by_the_new_one_and_planned_ones_led_by_her(cast, placement):
    logged = make_logged(placement)
    planned = make_planned(placement, on=timezone.localdate() + timedelta(days=7))
    assert give(cast).sessions == 2
    assert list(waiting_for(cast.supervisor)) == []
    (waits,) = waiting_for(cast.other_supervisor)
    assert (waits.pk, waits.supervisor.person, waits.decider.person) == (
        logged.pk,
        cast.supervisor,
        cast.other_supervisor,
    )
    planned.refresh_from_db()
    assert (planned.supervisor.person, planned.covered_by) == (cast.other_supervisor, None)
    attendance = waits.attendances.get()
    attendance.session = waits
    words = {"meaning": SessionMeaning.KNOWN, "seen": content_hash(signed_session(attendance))}
    with pytest.raises(Refusal):
        confirm_attendance(attendance, by=cast.supervisor, **words)
    confirm_attendance(attendance, by=cast.other_supervisor, **words)
    assert SupervisionSession.objects.get(pk=logged.pk).state == SessionState.HELD
    assert attendance.signatures.get().supervisor.person == cast.other_supervisor


def test_an_entry_that_was_given_to_her_after_a_dispute_moves_too(cast, placement):
    given = make_submitted(make_placement(cast.other_trainee, cast.other_supervisor))
    PracticeLog.objects.filter(pk=given.pk).update(reviewer=cast.supervisor)
    third = cast.faculty
    grant_role(third, Role.SUPERVISOR, by=cast.director)
    assert give(cast, to=type(third).objects.get(pk=third.pk)).entries == 1
    assert queue(type(third).objects.get(pk=third.pk)) == {given.pk}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"to": "supervisor"}, "Choose another supervisor"),
        ({"to": "faculty"}, "cannot supervise Trainee"),
        ({"since": date(2026, 11, 24)}, "today or an earlier day"),
        ({"reason": "  "}, "Say why"),
        ({"reason": "a" * 1001}, "at most 1000"),
        ({"reason": "Call 303-555-0142"}, "looks like a phone number"),
        ({"by": "registrar"}, "Nothing of Supervisor is open"),
        ({"giver": "other_supervisor", "to": "supervisor"}, "Nothing of Other Supervisor is open"),
    ],
)
def test_a_handover_that_is_not_possible_moves_nothing(cast, placement, fields, words):
    people = {name: getattr(cast, value) for name, value in fields.items() if name in ("to", "by", "giver")}
    with pytest.raises(Refusal, match=words):
        give(cast, **fields | people)
    assert not Handover.objects.exists()
    assert not Placement.objects.exclude(covered_by=None).exists()


def test_a_barrier_to_one_trainee_stops_the_whole_without_saying_why(cast, placement):
    make_placement(cast.other_trainee, cast.supervisor)
    raise_barrier(cast.other_supervisor, cast.trainee, by=cast.director, reason="ZQ")
    with pytest.raises(Refusal, match="Other Supervisor cannot supervise Trainee") as caught:
        give(cast)
    assert "ZQ" not in caught.value.message
    assert not Placement.objects.exclude(covered_by=None).exists()


def test_a_director_moves_only_what_lies_within_her_reach(cast, placement):
    here, elsewhere = placement.enrolment.program_id, make_program("Else").pk
    for person, program in ((cast.faculty, here), (cast.other_faculty, elsewhere)):
        grant_role(person, Role.DIRECTOR, scope=Scope.PROGRAM, scope_id=program, by=cast.director)
    people = [cast.director, cast.faculty, cast.other_faculty, cast.registrar, cast.supervisor]
    people = [type(person).objects.get(pk=person.pk) for person in people]
    assert [supervisors_with_work(person).count() for person in people] == [1, 1, 0, 0, 0]
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="x")
    assert caseload_of(placement.supervisor, cast.director).enrolments == []


def test_the_database_lets_nobody_cover_her_own_practice_or_cover_without_a_day(cast, placement):
    own = supervisor_of(cast.trainee, by=None)
    for values in (
        {"covered_by": own, "covered_from": timezone.localdate()},
        {"covered_by": placement.supervisor, "covered_from": timezone.localdate()},
        {"covered_from": timezone.localdate()},
        {"covered_by": supervisor_of(cast.other_supervisor, by=None)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Placement.objects.filter(pk=placement.pk).update(**values)


def test_the_page_lists_what_moves_before_it_does(cast, placement):
    log = make_submitted(placement)
    client, pk = cast.client("director"), placement.supervisor_id
    assert "Supervisor 1 Hand over" in text_of(client.get("/desk/handover/"))
    words = text_of(client.get(f"/desk/handover/{pk}/"))
    for part in ("Trainee", "Juniper Clinic", "Live observation", "1 h"):
        assert part in words
    data = {"to": cast.other_supervisor.pk, "cause": "absent", "since": "2026-11-23", "reason": WHY}
    refused = post(client, f"/desk/handover/{pk}/", **data | {"to": "", "cause": "", "reason": ""})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"to", "cause", "reason"})
    page = post(client, f"/desk/handover/{pk}/", follow=True, **data)
    assert "Other Supervisor decides from now on about what was open with Supervisor." in text_of(page)
    assert queue(cast.other_supervisor) == {log.pk}
    covering = placement.supervisor._meta.model.objects.get(person=cast.other_supervisor)
    words = text_of(client.get(f"/desk/handover/{covering.pk}/"))
    assert "Only what is covered for Supervisor" in words
    assert WHY in words


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_queries_for_one_and_three(cast, placement, django_assert_num_queries, count):
    for number in range(count):
        make_submitted(placement)
        make_logged(placement)
        if number:
            make_placement(cast.trainee, cast.supervisor, enrolment=placement.enrolment)
    client = cast.client("director")
    for path, queries in (("/desk/handover/", 4), (f"/desk/handover/{placement.supervisor_id}/", 11)):
        client.get(path)
        with django_assert_num_queries(queries):
            client.get(path)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_an_approval_at_the_same_moment_is_signed_before_the_handover_or_refused():
    cast = make_cast()
    placement = make_placement(cast.trainee, cast.supervisor)
    log = make_submitted(placement)
    acts = [lambda: approve(log, by=cast.supervisor), lambda: give(cast)]
    supervisor_of(cast.other_supervisor, by=None)
    outcomes = at_once(2, lambda number: acts[number]())
    handover = next(one for one in outcomes if isinstance(one, Handover))
    log.refresh_from_db()
    assert handover.entries == (log.state == LogState.SUBMITTED)
    assert SignOff.objects.count() == (log.state == LogState.APPROVED)
