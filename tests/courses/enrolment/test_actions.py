"""Cohorts and enrolments: what each act does, records and tells, and what it refuses."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from courses.enrolment import actions
from courses.enrolment.actions import (
    adjust_enrolment,
    adopt_edition,
    assign_faculty,
    create_cohort,
    delay_cohort,
    enrol,
    move_enrolment,
)
from courses.enrolment.enums import MOVES, EnrolmentState
from courses.enrolment.models import Cohort, Enrolment, EnrolmentMove
from courses.enrolment.queries import faculty_of, finish_by, seats_taken
from lms.accounts.actions import raise_barrier
from lms.audit.models import AuditEntry
from lms.audit.queries import entries_about
from lms.clock.models import Adjustment, Cause
from lms.enums import Track
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from tests.factories.curriculum import make_edition, make_program
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard_version

pytestmark = pytest.mark.django_db

ALL_MOVES = [(old, new) for old in EnrolmentState for new in EnrolmentState]


def acts_on(record):
    return list(entries_about(record).values_list("action", flat=True))


class Broken(Exception):
    pass


@pytest.fixture
def broken_outbox(monkeypatch):
    """The last step of every act fails, so that all before it must be undone."""

    def fail(*args, **kwargs):
        raise Broken

    monkeypatch.setattr(actions, "notify", fail)


# Cohorts --------------------------------------------------------------------------------------------------------------


def cohort_values(**changed):
    program = make_program(time_zone="Europe/Berlin")
    edition, version = make_edition(program), make_standard_version(program)
    values = {"name": "Autumn", "starts_on": date(2026, 9, 1), "edition": edition, "standard_version": version}
    return program, values | changed


def test_a_cohort_takes_its_programs_zone_and_is_recorded(cast):
    program, values = cohort_values()
    cohort = create_cohort(program, by=cast.director, **values)
    assert (cohort.time_zone, cohort.seats, cohort.edition) == ("Europe/Berlin", 20, values["edition"])
    assert acts_on(cohort) == ["enrolment.cohort.created"]


def test_a_cohort_is_made_of_one_programs_parts(cast):
    program, values = cohort_values()
    with pytest.raises(Refusal, match="edition belongs to another program"):
        create_cohort(program, by=cast.director, **values | {"edition": make_edition()})
    with pytest.raises(Refusal, match="standard belongs to another program"):
        create_cohort(program, by=cast.director, **values | {"standard_version": make_standard_version()})
    with pytest.raises(Refusal, match="ends after it starts"):
        create_cohort(program, by=cast.director, ends_on=date(2026, 8, 31), **values)
    create_cohort(program, by=cast.director, **values)
    with pytest.raises(Refusal, match="already has a cohort named Autumn"):
        create_cohort(program, by=cast.director, **values)
    assert AuditEntry.objects.filter(action="enrolment.cohort.created").count() == Cohort.objects.count() == 1


# Enrolling ------------------------------------------------------------------------------------------------------------


def test_enrolling_pins_the_edition_and_the_standard_and_tells_the_person(cast):
    cohort = make_cohort()
    enrolment = enrol(cast.trainee, cohort=cohort, by=cast.director, track=Track.PRESCRIBER, discipline="Physician")
    assert (enrolment.edition, enrolment.standard_version, enrolment.program) == (
        cohort.edition,
        cohort.standard_version,
        cohort.program,
    )
    assert (enrolment.track, enrolment.discipline, enrolment.state) == ("prescriber", "Physician", "active")
    assert list(enrolment.moves.values_list("old", "new", "by")) == [("", "active", cast.director.pk)]
    assert acts_on(enrolment) == ["enrolment.enrolment.created"]
    assert Notice.objects.get(person=cast.trainee).subject == "You are enrolled"


def test_the_day_of_enrolment_is_the_cohorts_own(cast, time_machine):
    time_machine.move_to("2026-03-02T05:00:00+00:00")  # still 1 March in Denver
    assert enrol(cast.trainee, cohort=make_cohort(), by=cast.director).enrolled_on == date(2026, 3, 1)


def test_nobody_enrols_herself_or_across_a_barrier(cast):
    cohort = make_cohort()
    with pytest.raises(Refusal, match="ask another program director"):
        enrol(cast.director, cohort=cohort, by=cast.director)
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="Related.")
    with pytest.raises(Refusal, match="ask another program director"):
        enrol(cast.trainee, cohort=cohort, by=cast.director)
    assert enrol(cast.trainee, cohort=cohort, by=cast.second_director).pk


def test_a_person_has_one_open_enrolment_in_a_program(cast):
    cohort = make_cohort()
    enrolment = enrol(cast.trainee, cohort=cohort, by=cast.director)
    with pytest.raises(Refusal, match="already enrolled"):
        enrol(cast.trainee, cohort=make_cohort(cohort.program), by=cast.director)
    move_enrolment(enrolment, EnrolmentState.WITHDRAWN, by=cast.director, reason="Moved away.")
    assert enrol(cast.trainee, cohort=cohort, by=cast.director).pk != enrolment.pk


def test_a_full_cohort_refuses_and_a_withdrawn_seat_is_free_again(cast):
    cohort = make_cohort(seats=1)
    first = enrol(cast.trainee, cohort=cohort, by=cast.director)
    with pytest.raises(Refusal, match="is full: all 1 seats are taken"):
        enrol(cast.other_trainee, cohort=cohort, by=cast.director)
    assert (seats_taken(cohort), acts_on(cohort)) == (1, [])
    move_enrolment(first, EnrolmentState.WITHDRAWN, by=cast.director, reason="Moved away.")
    assert enrol(cast.other_trainee, cohort=cohort, by=cast.director).pk


def test_an_enrolment_that_cannot_be_told_never_happened(cast, broken_outbox):
    with pytest.raises(Broken):
        enrol(cast.trainee, cohort=make_cohort(), by=cast.director)
    assert not Enrolment.objects.exists()
    assert not AuditEntry.objects.filter(action="enrolment.enrolment.created").exists()


# States ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), ALL_MOVES, ids=[f"{old} to {new}" for old, new in ALL_MOVES])
def test_the_table_of_moves_is_the_whole_truth(cast, old, new):
    enrolment = make_enrolment(cast.trainee, state=old)
    if new in MOVES[old]:
        assert move_enrolment(enrolment, new, by=cast.director, reason="So it is.").state == new
        last = enrolment.moves.last()
        assert (last.old, last.new, last.by, last.reason) == (old, new, cast.director, "So it is.")
        assert acts_on(enrolment) == ["enrolment.enrolment.moved"]
        assert Notice.objects.filter(person=cast.trainee, subject="Your enrolment has changed").count() == 1
    else:
        with pytest.raises(IllegalMove):
            move_enrolment(enrolment, new, by=cast.director, reason="So it is.")
        enrolment.refresh_from_db()
        assert (enrolment.state, acts_on(enrolment), enrolment.moves.count()) == (old, [], 1)


def test_a_move_needs_a_reason_and_somebody_else(cast):
    enrolment = make_enrolment(cast.trainee)
    with pytest.raises(Refusal, match="Say why"):
        move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="  ")
    with pytest.raises(Refusal, match="ask another program director"):
        move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.trainee, reason="I want to.")
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="Related.")
    with pytest.raises(Refusal, match="ask another program director"):
        move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Leave.")


def test_the_reason_of_a_move_enters_neither_the_trail_nor_the_mail(cast):
    enrolment = make_enrolment(cast.trainee)
    move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Parental leave.")
    assert entries_about(enrolment).get().data == {"old": "active", "new": "paused"}
    assert "leave" not in Notice.objects.get(person=cast.trainee).text.lower()


def test_a_move_that_cannot_be_told_never_happened(cast, broken_outbox):
    enrolment = make_enrolment(cast.trainee)
    with pytest.raises(Broken):
        move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Leave.")
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.moves.count(), acts_on(enrolment)) == ("active", 1, [])


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_keeps_the_history_as_it_was_written(cast, change):
    moves = EnrolmentMove.objects.filter(enrolment=make_enrolment(cast.trainee))
    with pytest.raises(DatabaseError), transaction.atomic():
        moves.update(reason="Other") if change == "update" else moves.delete()


# Editions -------------------------------------------------------------------------------------------------------------


def test_adopting_a_later_edition_moves_active_enrolments_only(cast):
    cohort = make_cohort()
    later = make_edition(cohort.program, effective_from=date(2026, 2, 1))
    active = make_enrolment(cast.trainee, cohort=cohort)
    paused = make_enrolment(cast.other_trainee, cohort=cohort, state=EnrolmentState.PAUSED)
    done = make_enrolment(cast.supervisor, cohort=cohort, state=EnrolmentState.COMPLETED)
    elsewhere = make_enrolment(cast.other_supervisor, cohort=make_cohort(cohort.program, edition=cohort.edition))
    moved = adopt_edition(cohort, later, by=cast.director, reason="New safety module.")
    assert [enrolment.pk for enrolment in moved] == [active.pk]
    editions = dict(Enrolment.objects.values_list("pk", "edition"))
    old = cohort.edition_id
    assert editions == {active.pk: later.pk, paused.pk: old, done.pk: old, elsewhere.pk: old}
    cohort.refresh_from_db()
    assert cohort.edition == later
    assert entries_about(cohort).get().data == {
        "old": old,
        "new": later.pk,
        "reason": "New safety module.",
        "enrolments": [active.pk],
    }
    assert list(Notice.objects.values_list("person", "subject")) == [(cast.trainee.pk, "Your course has a new edition")]


def test_only_a_later_edition_of_the_program_that_is_in_effect_is_adopted(cast):
    cohort = make_cohort()
    tomorrow = timezone.localdate() + timedelta(days=2)
    refused = {
        "Choose a later edition": [cohort.edition, make_edition()],
        "takes effect on": [make_edition(cohort.program, effective_from=tomorrow)],
    }
    for sentence, editions in refused.items():
        for edition in editions:
            with pytest.raises(Refusal, match=sentence):
                adopt_edition(cohort, edition, by=cast.director, reason="Newer.")
    with pytest.raises(Refusal, match="Say why"):
        adopt_edition(cohort, make_edition(cohort.program), by=cast.director, reason="")
    assert acts_on(cohort) == []


def test_whoever_reads_a_later_edition_already_keeps_it(cast):
    cohort = make_cohort()
    second, third = make_edition(cohort.program), make_edition(cohort.program)
    ahead = make_enrolment(cast.trainee, cohort=cohort, edition=third)
    assert adopt_edition(cohort, second, by=cast.director, reason="Newer.") == []
    ahead.refresh_from_db()
    assert ahead.edition == third


def test_an_adoption_that_cannot_be_told_never_happened(cast, broken_outbox):
    cohort = make_cohort()
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    with pytest.raises(Broken):
        adopt_edition(cohort, make_edition(cohort.program), by=cast.director, reason="Newer.")
    before = cohort.edition_id
    enrolment.refresh_from_db()
    cohort.refresh_from_db()
    assert (enrolment.edition_id, cohort.edition_id, acts_on(cohort)) == (before, before, [])


# Faculty and deadlines ------------------------------------------------------------------------------------------------


def test_faculty_of_a_cohort_is_granted_once_and_told(cast):
    cohort = make_cohort()
    first = assign_faculty(cast.faculty, cohort=cohort, by=cast.director)
    assert assign_faculty(cast.faculty, cohort=cohort, by=cast.director) == first
    assert list(faculty_of(cohort)) == [first]
    assert Notice.objects.filter(person=cast.faculty).count() == 1
    with pytest.raises(Refusal, match="themselves"):
        assign_faculty(cast.director, cohort=cohort, by=cast.director)


def test_more_days_move_the_last_day_and_never_name_the_cause(cast):
    cohort = make_cohort(ends_on=date(2026, 6, 30))
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    adjust_enrolment(enrolment, cause=Cause.LEAVE, since=date(2026, 3, 1), days=30, by=cast.director, reason="Surgery.")
    delay_cohort(cohort, cause=Cause.OUTAGE, since=date(2026, 4, 1), days=2, by=cast.director)
    assert finish_by(enrolment) == date(2026, 8, 1)
    told = " ".join(Notice.objects.filter(person=cast.trainee).values_list("text", flat=True))
    assert "30 days later" in told
    assert "2 days later" in told
    assert not {"surgery", "leave"} & set(told.lower().replace(".", "").split())
    assert AuditEntry.objects.filter(action="clock.adjustment.made").count() == 2


def test_a_cohort_without_a_last_day_has_no_date_to_finish_by(cast):
    assert finish_by(make_enrolment(cast.trainee)) is None


def test_days_that_cannot_be_told_are_not_given(cast, broken_outbox):
    enrolment = make_enrolment(cast.trainee)
    with pytest.raises(Broken):
        adjust_enrolment(enrolment, cause=Cause.LEAVE, since=date(2026, 3, 1), days=30, by=cast.director)
    with pytest.raises(Broken):
        delay_cohort(enrolment.cohort, cause=Cause.OUTAGE, since=date(2026, 3, 1), days=30, by=cast.director)
    assert not Adjustment.objects.exists()
    with pytest.raises(Refusal):
        adjust_enrolment(enrolment, cause=Cause.LEAVE, since=date(2026, 3, 1), days=30, by=cast.trainee)
