"""The desk pages of cohorts, enrolments, roles and barriers, by forms as a browser sends them."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from courses.enrolment.models import Cohort, Enrolment
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.accounts.models import Barrier, RoleGrant
from lms.audit.models import AuditEntry
from lms.clock.models import Adjustment, Cause
from tests.cast import make_person
from tests.factories.curriculum import make_edition
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.factories.standards import make_standard_version
from tests.web import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(cast):
    cohort = make_cohort(name="Autumn", ends_on=date(2027, 1, 31))
    grant_faculty(cast.faculty, cohort)
    grant_faculty(cast.other_faculty, make_cohort())
    return cohort


@pytest.fixture
def enrolment(cast, cohort):
    return make_enrolment(cast.trainee, cohort=cohort)


def url(name, *arguments):
    return reverse(name, args=arguments)


ENROL = {"person": "trainee@example.org", "track": "therapist", "discipline": ""}
FORMS = {
    "desk_cohort_enrol": ENROL,
    "desk_cohort_faculty": {"person": "supervisor@example.org"},
    "desk_cohort_deadlines": {"cause": "outage", "since": "2026-03-01", "days": "3", "reason": ""},
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("visitor", 302),
        ("trainee", 404),
        ("supervisor", 404),
        ("other_faculty", 404),
        ("faculty", 403),
        ("registrar", 403),
        ("director", 302),
    ],
)
def test_only_directors_act_on_a_cohort(cast, cohort, name, who, status):
    response = post(cast.client(who), url(name, cohort.pk), **FORMS[name])
    assert response.status_code == status
    if who == "director":
        assert response.url == url("desk_cohort", cohort.pk)


def test_a_director_opens_a_cohort_and_enrols_by_email(cast):
    edition = make_edition()
    version = make_standard_version(edition.program)
    director = cast.client("director")
    values = {
        "name": "Spring",
        "edition": edition.pk,
        "standard_version": version.pk,
        "starts_on": "2026-03-01",
        "ends_on": "",
        "time_zone": "America/Denver",
        "seats": "2",
    }
    assert post(director, url("desk_cohort_new"), **values).status_code == 302
    cohort = Cohort.objects.get(name="Spring")
    assert (cohort.program, cohort.seats, cohort.ends_on) == (edition.program, 2, None)
    response = post(director, url("desk_cohort_enrol", cohort.pk), **ENROL | {"person": "TRAINEE@example.org"})
    assert response.status_code == 302
    assert Enrolment.objects.get().person == cast.trainee
    page = director.get(url("desk_cohort", cohort.pk)).content.decode()
    assert "Trainee" in page
    assert "1 of 2" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("person", "nobody@example.org", "Nobody has an account with this address"),
        ("person", "not an address", "Enter a valid email address"),
        ("person", "a\x00b@example.org", "Null characters are not allowed"),
        ("person", "", "This field is required"),
        ("person", "director@example.org", "You cannot enrol this person"),
        ("person", "other_trainee@example.org", "is already enrolled"),
        ("track", "astronaut", "Select a valid choice"),
        ("discipline", "x" * 121, "at most 120 characters"),
        ("discipline", "a\x00b", "Null characters are not allowed"),
    ],
)
def test_a_wrong_enrolment_comes_back_with_its_sentence(cast, cohort, field, value, sentence):
    make_enrolment(cast.other_trainee, cohort=cohort)
    response = post(cast.client("director"), url("desk_cohort_enrol", cohort.pk), **ENROL | {field: value})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("days", "0"),
        ("days", "731"),
        ("days", "-3"),
        ("days", "NaN"),
        ("days", "9" * 40),
        ("since", "0001-01-01"),
        ("since", "9999-12-31"),
        ("since", "yesterday"),
        ("cause", "leave"),
        ("reason", "a\x00b"),
    ],
)
def test_wrong_days_come_back_with_a_sentence(cast, cohort, field, value):
    values = FORMS["desk_cohort_deadlines"] | {field: value}
    response = post(cast.client("director"), url("desk_cohort_deadlines", cohort.pk), **values)
    assert response.status_code == 422
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seats", "0"),
        ("seats", "1e9"),
        ("starts_on", "9999-12-31"),
        ("ends_on", "2025-01-01"),
        ("time_zone", "Mars/Olympus"),
        ("edition", "999999999999999999999999"),
        ("standard_version", "x"),
        ("name", ""),
    ],
)
def test_a_wrong_cohort_comes_back_with_a_sentence(cast, field, value):
    edition = make_edition()
    version = make_standard_version(edition.program)
    values = {
        "name": "Spring",
        "edition": edition.pk,
        "standard_version": version.pk,
        "starts_on": "2026-03-01",
        "ends_on": "",
        "time_zone": "America/Denver",
        "seats": "2",
    }
    assert post(cast.client("director"), url("desk_cohort_new"), **values | {field: value}).status_code == 422
    assert not Cohort.objects.exists()


def test_a_double_click_enrols_once_and_leads_to_the_same_page(cast, cohort):
    director, key = cast.client("director"), str(uuid.uuid4())
    answers = [post(director, url("desk_cohort_enrol", cohort.pk), form_key=key, **ENROL) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Enrolment.objects.count() == 1
    assert director.post(url("desk_cohort_enrol", cohort.pk), ENROL).status_code == 409


def test_the_state_changes_by_the_form_and_the_reason_is_for_directors(cast, enrolment):
    director = cast.client("director")
    assert post(director, url("desk_enrolment_pause", enrolment.pk), reason="Parental leave.").status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.state == "paused"
    page = url("desk_enrolment", enrolment.pk)
    assert "Parental leave." in director.get(page).content.decode()
    for who in ("faculty", "registrar"):
        response = cast.client(who).get(page)
        assert response.status_code == 200
        assert "Parental leave." not in response.content.decode()


def test_an_act_without_a_reason_comes_back(cast, enrolment):
    director = cast.client("director")
    for act in ("pause", "withdraw", "complete", "extend"):
        values = {"reason": " ", "finish_on": "2027-06-01"}
        assert post(director, url(f"desk_enrolment_{act}", enrolment.pk), **values).status_code == 422
    enrolment.refresh_from_db()
    assert enrolment.state == "active"


def test_the_cause_of_more_days_is_read_by_directors_only(cast, enrolment):
    values = {"cause": Cause.ACCOMMODATION, "since": "2026-02-01", "days": "10", "reason": "A migraine."}
    assert post(cast.client("director"), url("desk_enrolment_deadlines", enrolment.pk), **values).status_code == 302
    page = url("desk_enrolment", enrolment.pk)
    assert "A migraine." in cast.client("director").get(page).content.decode()
    seen = cast.client("faculty").get(page).content.decode()
    assert "migraine" not in seen
    assert "Accommodation" not in seen
    assert "10 Feb 2027" in seen


@pytest.mark.parametrize(
    ("who", "status"), [("trainee", 404), ("other_trainee", 404), ("other_faculty", 404), ("faculty", 200)]
)
def test_the_page_of_an_enrolment_is_for_its_staff(cast, enrolment, who, status):
    assert cast.client(who).get(url("desk_enrolment", enrolment.pk)).status_code == status
    wanted = 403 if status == 200 else 404
    for act in ("pause", "resume", "extend", "complete", "withdraw"):
        page = url(f"desk_enrolment_{act}", enrolment.pk)
        assert post(cast.client(who), page, reason="So.", finish_on="2027-06-01").status_code == wanted


def test_a_later_edition_is_adopted_by_the_form(cast, enrolment):
    later = make_edition(enrolment.program)
    director, page = cast.client("director"), url("desk_cohort", enrolment.cohort_id)
    assert "Adopt a later edition" in director.get(page).content.decode()
    other = make_edition()
    adopt = url("desk_cohort_adopt", enrolment.cohort_id)
    assert post(director, adopt, edition=other.pk, reason="Newer.").status_code == 422
    assert post(director, adopt, edition=later.pk, reason="Newer.").status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.edition == later
    assert "Adopt a later edition" not in director.get(page).content.decode()


def test_faculty_lose_the_cohort_when_their_teaching_ends(cast, cohort):
    faculty = cast.client("faculty")
    page = url("desk_cohort", cohort.pk)
    assert faculty.get(page).status_code == 200
    grant = RoleGrant.objects.get(person=cast.faculty, scope=Scope.COHORT)
    end = url("desk_cohort_faculty_end", cohort.pk, grant.pk)
    assert cast.client("director").get(end).status_code == 200
    assert post(cast.client("director"), end).status_code == 302
    assert faculty.get(page).status_code == 404
    assert post(cast.client("director"), end).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_cohorts_asks_the_same_number_of_queries(cast, number, django_assert_num_queries):
    for _ in range(number):
        make_enrolment(make_person(f"person{uuid.uuid4().hex[:8]}"))
    client = cast.client("director")
    client.get(url("desk_cohorts"))
    with django_assert_num_queries(5):
        client.get(url("desk_cohorts"))


@pytest.mark.parametrize("number", [1, 3])
def test_a_cohorts_page_asks_the_same_number_of_queries(cast, cohort, number, django_assert_num_queries):
    for position in range(number):
        make_enrolment(make_person(f"person{position}"), cohort=cohort)
        grant_faculty(make_person(f"teacher{position}"), cohort)
    client = cast.client("director")
    client.get(url("desk_cohort", cohort.pk))
    with django_assert_num_queries(10):
        client.get(url("desk_cohort", cohort.pk))


# Roles and barriers ---------------------------------------------------------------------------------------------------

PEOPLE_PAGES = ["desk_roles", "desk_role_new", "desk_barriers", "desk_barrier_new"]


@pytest.mark.parametrize("name", PEOPLE_PAGES)
@pytest.mark.parametrize("who", ["trainee", "supervisor", "registrar"])
def test_roles_and_barriers_are_for_directors(cast, name, who):
    assert cast.client(who).get(url(name)).status_code == 403
    assert cast.client("director").get(url(name)).status_code == 200


def test_a_director_of_one_program_manages_no_roles(cast, cohort):
    grant_role(cast.supervisor, Role.DIRECTOR, by=None, scope=Scope.PROGRAM, scope_id=cohort.program_id)
    client = cast.client("supervisor")
    assert client.get(url("desk_cohort", cohort.pk)).status_code == 200
    assert client.get(url("desk_roles")).status_code == 403


def test_a_role_is_given_and_ended_by_the_forms(cast):
    director = cast.client("director")
    values = {"person": "trainee@example.org", "role": "registrar", "reason": "Maternity cover."}
    assert post(director, url("desk_role_new"), **values).status_code == 302
    grant = RoleGrant.objects.get(person=cast.trainee)
    assert (grant.role, grant.scope, grant.granted_by) == ("registrar", "institute", cast.director)
    assert cast.client("trainee").get(url("desk_cohorts")).status_code == 200
    assert post(director, url("desk_role_end", grant.pk), reason="Over.").status_code == 302
    assert cast.client("trainee").get(url("desk_cohorts")).status_code == 403
    assert post(director, url("desk_role_end", grant.pk), reason="Over.").status_code == 404
    assert AuditEntry.objects.filter(action="accounts.role.ended", actor=cast.director).count() == 1


def test_nobody_gives_herself_a_role(cast):
    values = {"person": "director@example.org", "role": "supervisor", "reason": ""}
    response = post(cast.client("director"), url("desk_role_new"), **values)
    assert response.status_code == 422
    assert "Nobody can give themselves a role" in response.content.decode()


def test_the_last_director_cannot_be_ended(cast):
    director = cast.client("director")
    others = RoleGrant.objects.get(person=cast.second_director)
    own = RoleGrant.objects.get(person=cast.director)
    assert post(director, url("desk_role_end", others.pk), reason="").status_code == 302
    response = post(director, url("desk_role_end", own.pk), reason="")
    assert response.status_code == 422
    assert "last program director" in response.content.decode()
    own.refresh_from_db()
    assert own.valid_until is None


def test_a_barrier_is_raised_and_ended_and_its_reason_is_shown_nowhere(cast, enrolment):
    director = cast.client("director")
    values = {"one": "faculty@example.org", "other": "trainee@example.org", "reason": "She reported him."}
    assert post(director, url("desk_barrier_new"), **values).status_code == 302
    assert cast.client("faculty").get(url("desk_enrolment", enrolment.pk)).status_code == 404
    listed = director.get(url("desk_barriers")).content.decode()
    assert "Faculty" in listed
    assert "reported" not in listed
    barrier = Barrier.objects.get()
    assert post(director, url("desk_barrier_end", barrier.pk)).status_code == 302
    assert cast.client("faculty").get(url("desk_enrolment", enrolment.pk)).status_code == 200


def test_nobody_learns_who_keeps_apart_from_herself(cast):
    barrier = raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="A report.")
    page = cast.client("director").get(url("desk_barriers")).content.decode()
    assert "No barriers" in page
    assert cast.client("director").get(url("desk_barrier_end", barrier.pk)).status_code == 404
    assert "Trainee" in cast.client("second_director").get(url("desk_barriers")).content.decode()


def test_a_barrier_with_oneself_comes_back(cast):
    same = {"one": "trainee@example.org", "other": "TRAINEE@example.org", "reason": "So."}
    response = post(cast.client("director"), url("desk_barrier_new"), **same)
    assert response.status_code == 422
    assert "two different people" in response.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_roles_asks_the_same_number_of_queries(cast, number, django_assert_num_queries):
    for position in range(number):
        grant_faculty(make_person(f"teacher{position}"), make_cohort())
    client = cast.client("director")
    client.get(url("desk_roles"))
    with django_assert_num_queries(5):
        client.get(url("desk_roles"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_barriers_asks_the_same_number_of_queries(cast, number, django_assert_num_queries):
    for position in range(number):
        raise_barrier(make_person(f"one{position}"), cast.trainee, by=cast.director, reason="So.")
    client = cast.client("director")
    client.get(url("desk_barriers"))
    with django_assert_num_queries(4):
        client.get(url("desk_barriers"))


@pytest.mark.parametrize("name", ["desk_cohorts", "desk_roles", "desk_barriers"])
@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "%00"])
def test_a_nonsense_page_number_is_the_first_page(cast, name, page):
    assert cast.client("director").get(f"{url(name)}?page={page}").status_code == 200
