"""What is counted or needs two people, at once in several threads; each with its control, the guard taken away."""

import threading

import pytest
from django.db.models import QuerySet

from courses.enrolment import actions
from courses.enrolment.actions import enrol
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from lms.accounts import actions as people
from lms.accounts.enums import Role
from lms.accounts.models import RoleGrant
from lms.accounts.queries import is_director
from lms.errors import Refusal
from tests.cast import make_cast, make_person
from tests.factories.enrolment import make_cohort
from tests.guards import without_constraint
from tests.races import all_look_first, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TIMES = 5


def enrol_five(director, cohort):
    crowd = [make_person(f"applicant{number}") for number in range(TIMES)]
    return at_once(TIMES, lambda number: enrol(crowd[number], cohort=cohort, by=director))


def test_the_last_seat_is_given_once():
    cast, cohort = make_cast(), make_cohort(seats=1)
    outcomes = enrol_five(cast.director, cohort)
    assert sum(isinstance(outcome, Enrolment) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == TIMES - 1
    assert Enrolment.objects.filter(cohort=cohort).count() == 1


def test_without_the_lock_the_last_seat_is_given_more_than_once(monkeypatch):
    """The control: no transaction and no lock, and everybody has counted before anybody writes."""
    cast, cohort = make_cast(), make_cohort(seats=1)
    _count_before_writing(monkeypatch)
    monkeypatch.setattr(actions, "record", lambda *args, **kwargs: None)
    monkeypatch.setattr(actions, "notify", lambda *args, **kwargs: None)
    monkeypatch.setattr(actions, "lock_cohort", lambda cohort: cohort)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset)
    unguarded = enrol.__wrapped__
    crowd = [make_person(f"applicant{number}") for number in range(TIMES)]
    at_once(TIMES, lambda number: unguarded(crowd[number], cohort=cohort, by=cast.director))
    assert Enrolment.objects.filter(cohort=cohort).count() > 1


def _count_before_writing(monkeypatch):
    counted, count = threading.Barrier(TIMES), actions.seats_taken

    def wait_for_the_others(cohort):
        taken = count(cohort)
        counted.wait(timeout=30)
        return taken

    monkeypatch.setattr(actions, "seats_taken", wait_for_the_others)


def test_a_person_enrolled_twice_at_once_has_one_enrolment():
    cast = make_cast()
    first = make_cohort()
    cohorts = [first, *[make_cohort(first.program, edition=first.edition) for _ in range(TIMES - 1)]]
    outcomes = at_once(TIMES, lambda number: enrol(cast.trainee, cohort=cohorts[number], by=cast.director))
    assert sum(isinstance(outcome, Enrolment) for outcome in outcomes) == 1
    assert {type(outcome) for outcome in outcomes} == {Enrolment, Refusal}


def test_without_lock_and_index_a_person_would_be_enrolled_several_times(monkeypatch):
    """The control: all have looked for an open enrolment before one is written."""
    cast, cohort = make_cast(), make_cohort()
    monkeypatch.setattr(Enrolment.objects, "create", all_look_first(Enrolment.objects.create, TIMES))
    monkeypatch.setattr(actions, "lock_cohort", lambda cohort: cohort)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset)
    for effect in ("record", "notify"):
        monkeypatch.setattr(actions, effect, lambda *args, **kwargs: None)
    with without_constraint(Enrolment, "one_open_enrolment_per_person_and_program"):
        at_once(TIMES, lambda number: enrol.__wrapped__(cast.trainee, cohort=cohort, by=cast.director))
        enrolled = Enrolment.objects.count()
        Enrolment.objects.update(state=EnrolmentState.WITHDRAWN)
    assert enrolled > 1


def test_two_directors_who_end_each_other_leave_one():
    cast = make_cast()
    assert {str(outcome) for outcome in end_each_other(cast)} & {LAST}
    assert directors() == 1


def test_without_the_lock_two_directors_who_end_each_other_leave_nobody(monkeypatch):
    """The control: both have read who else is director before either has ended a role."""
    cast = make_cast()
    read, end = threading.Barrier(2), people.end_role.__wrapped__

    def read_and_wait():
        found = list(RoleGrant.objects.filter(role=Role.DIRECTOR, valid_until=None))
        read.wait(timeout=30)
        return found

    monkeypatch.setattr(people, "lock_director_grants", read_and_wait)
    monkeypatch.setattr(people, "record", lambda *args, **kwargs: None)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset)
    end_each_other(cast, end=end)
    assert directors() == 0


LAST = "This is the last program director of the institute. Give somebody else the role first."


def end_each_other(cast, end=None):
    pairs = [(cast.director, cast.second_director), (cast.second_director, cast.director)]
    grants = [other.role_grants.get(role=Role.DIRECTOR) for _, other in pairs]
    assert all(is_director(person) for person, _ in pairs)  # read once per request, before either has ended
    act = end or people.end_role
    return at_once(2, lambda number: act(grants[number], by=pairs[number][0]))


def directors():
    return RoleGrant.objects.active().filter(role=Role.DIRECTOR).count()
