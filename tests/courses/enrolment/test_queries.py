"""Who sees which cohorts and enrolments: fetching is the permission check."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import (
    cohorts_for,
    desk_enrolments_for,
    enrolment_for_trainee,
    enrolments_for,
    own_enrolments,
)
from courses.enrolment.rules import can_add_evidence, can_manage_enrolment, can_read_edition
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    """The trainee in one cohort, the other trainee in another one of another program; faculty each of one of them."""
    first, second = make_enrolment(cast.trainee), make_enrolment(cast.other_trainee)
    grant_faculty(cast.faculty, first.cohort)
    grant_faculty(cast.other_faculty, second.cohort)
    return first, second


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("trainee", {0}),
        ("other_trainee", {1}),
        ("supervisor", set()),
        ("faculty", {0}),
        ("other_faculty", {1}),
        ("director", {0, 1}),
        ("registrar", {0, 1}),
    ],
)
def test_each_of_the_cast_sees_these_enrolments(cast, two, who, seen):
    person = fresh(getattr(cast, who))
    assert set(enrolments_for(person)) == {two[number] for number in seen}
    on_the_desk = set() if who.endswith("trainee") else {two[number] for number in seen}
    assert set(desk_enrolments_for(person)) == on_the_desk
    assert set(cohorts_for(person)) == {enrolment.cohort for enrolment in on_the_desk}


def test_a_visitor_sees_nothing(two):
    assert not enrolments_for(AnonymousUser()).exists()
    assert not cohorts_for(AnonymousUser()).exists()
    assert not desk_enrolments_for(AnonymousUser()).exists()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.FACULTY, Role.REGISTRAR])
def test_a_role_for_one_program_reaches_its_cohorts_only(cast, two, role):
    first, _ = two
    grant_role(cast.supervisor, role, by=None, scope=Scope.PROGRAM, scope_id=first.program_id)
    assert list(enrolments_for(fresh(cast.supervisor))) == [first]
    assert list(cohorts_for(fresh(cast.supervisor))) == [first.cohort]


def test_a_barrier_hides_the_person_from_every_role(cast, two):
    first, second = two
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="Related.")
    raise_barrier(cast.faculty, cast.trainee, by=cast.second_director, reason="Related.")
    assert list(enrolments_for(fresh(cast.director))) == [second]
    assert list(enrolments_for(fresh(cast.faculty))) == []
    assert list(enrolments_for(fresh(cast.trainee))) == [first]


def test_only_her_own_enrolment_is_hers_to_act_in(cast, two):
    assert enrolment_for_trainee(cast.trainee, two[0].pk) == two[0]
    for person in (cast.trainee, cast.director):
        with pytest.raises(Http404):
            enrolment_for_trainee(person, two[1].pk)


def test_own_enrolments_begin_with_the_open_and_newest(cast):
    old = make_enrolment(cast.trainee, state=EnrolmentState.WITHDRAWN)
    newest = make_enrolment(cast.trainee, cohort=make_cohort(starts_on="2026-05-01"))
    older = make_enrolment(cast.trainee, state=EnrolmentState.PAUSED)
    assert list(own_enrolments(cast.trainee)) == [newest, older, old]


def test_a_director_never_manages_her_own_enrolment(cast):
    own = make_enrolment(cast.director)
    assert not can_manage_enrolment(fresh(cast.director), own)
    assert can_manage_enrolment(fresh(cast.second_director), own)
    assert not desk_enrolments_for(fresh(cast.director)).exists()


@pytest.mark.parametrize(
    ("state", "reads", "adds"),
    [("active", True, True), ("paused", False, True), ("completed", True, False), ("withdrawn", False, False)],
)
def test_what_each_state_of_an_enrolment_allows(state, reads, adds):
    enrolment = Enrolment(state=state)
    assert (can_read_edition(enrolment), can_add_evidence(enrolment)) == (reads, adds)
