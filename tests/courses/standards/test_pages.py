"""The desk and public pages of standards, and their drafts in the CMS."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from courses.standards.models import ActivityCategory, Standard, StandardVersion
from courses.standing.engine import standing_for
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from tests.courses.kinds import ReadingConfig, complete
from tests.factories.curriculum import make_program
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard, make_standard_version
from tests.web import post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_kinds")]
READ = {"title": "Readings", "needed": 2, "at_most_transferred": None, "waivable": True, "track": ""}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def draft(needed=2, **fields):
    blocks = [{"type": "test_readings", "id": "read", "value": READ | {"needed": needed}}]
    return make_standard(blocks=blocks, **fields)


def desk(standard):
    return reverse("desk_standard", args=[standard.pk])


@pytest.mark.parametrize(
    ("who", "reads", "publishes"),
    [
        ("visitor", 302, 302),
        ("trainee", 404, 404),
        ("supervisor", 404, 404),
        ("registrar", 200, 403),
        ("director", 200, 302),
    ],
)
def test_who_reads_and_who_publishes(cast, who, reads, publishes):
    standard = draft()
    assert cast.client(who).get(desk(standard)).status_code == reads
    assert post(cast.client(who), desk(standard), change_note="").status_code == publishes
    assert StandardVersion.objects.exists() == (who == "director")


def test_a_director_of_another_program_does_not_see_the_standard(cast):
    standard, other = draft(), draft()
    grant_role(cast.supervisor, Role.DIRECTOR, by=None, scope=Scope.PROGRAM, scope_id=other.program_id)
    client = cast.client("supervisor")
    assert client.get(desk(standard)).status_code == 404
    assert client.get(desk(other)).status_code == 200
    assert other.title in client.get(reverse("desk_standards")).content.decode()


def test_the_page_tells_what_changed_and_what_it_would_mean(cast):
    program = make_program()
    standard = draft(program=program, needed=3)
    version = make_standard_version(program, requirements=[ReadingConfig(key="read", title="Readings", needed=2)])
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(program, standard_version=version))
    complete(enrolment, at=NOON, number=2)
    page = cast.client("director").get(desk(standard)).content.decode()
    assert "Changed: Readings." in page
    assert "1 person is enrolled" in page
    assert "1 meets everything now; under this draft it would be 0." in page
    assert "0 of 1" in page


def test_problems_are_shown_and_nothing_is_published(cast):
    standard = make_standard(blocks=[{"type": "test_readings", "id": "a", "value": READ | {"at_most_transferred": 5}}])
    client = cast.client("director")
    assert "The cap is higher than what is needed." in client.get(desk(standard)).content.decode()
    response = post(client, desk(standard), change_note="")
    assert response.status_code == 422
    assert not StandardVersion.objects.exists()


@pytest.mark.parametrize("note", ["a\x00b", "x" * 4001])
def test_a_wrong_note_comes_back(cast, note):
    assert post(cast.client("director"), desk(draft()), change_note=note).status_code == 422


def test_a_double_click_publishes_once(cast):
    standard, key, client = draft(), str(uuid.uuid4()), cast.client("director")
    answers = [post(client, desk(standard), form_key=key, change_note="") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert StandardVersion.objects.count() == 1


def test_anybody_reads_what_is_published_and_nothing_of_the_draft(cast):
    standard = draft(needed=7)
    public = reverse("standard", args=[standard.pk])
    assert cast.client("visitor").get(public).status_code == 404
    post(cast.client("director"), desk(standard), change_note="")
    standard.title = "A new name in the draft"
    standard.save()
    page = cast.client("visitor").get(public).content.decode()
    assert "7 activities completed." in page
    assert "A new name in the draft" not in page
    assert cast.client("visitor").get(reverse("standard_version", args=[standard.pk, 1])).status_code == 200
    for number in (0, 2, 10**30):
        assert cast.client("visitor").get(f"{public}{number}/").status_code == 404


def test_an_earlier_version_says_so(cast):
    program = make_program()
    draft(program=program)
    first = make_standard_version(program, requirements=[ReadingConfig(key="read", title="Readings", needed=1)])
    make_standard_version(program, requirements=[ReadingConfig(key="read", title="Readings", needed=2)])
    page = cast.client("visitor").get(reverse("standard_version", args=[first.standard_id, 1])).content.decode()
    assert "An earlier version" in page
    assert "1 activities completed." in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_standards_asks_the_same_number_of_queries(cast, number, django_assert_num_queries):
    for _ in range(number):
        make_standard_version()
    client = cast.client("director")
    client.get(reverse("desk_standards"))
    with django_assert_num_queries(6):
        client.get(reverse("desk_standards"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_standard_asks_the_same_number_of_queries(cast, number, django_assert_num_queries):
    program = make_program()
    standard = draft(program=program, needed=9)
    for _ in range(number):
        version = make_standard_version(program, requirements=[ReadingConfig(key="read", title="Readings")])
    cohort = make_cohort(program, standard_version=version)
    for person in [cast.trainee, cast.other_trainee, cast.supervisor][:number]:
        make_enrolment(person, cohort=cohort)
    client = cast.client("director")
    client.get(desk(standard))
    with django_assert_num_queries(14):
        client.get(desk(standard))


# In the CMS -----------------------------------------------------------------------------------------------------------

EDIT = "wagtailsnippets_standards_standard:edit"


@pytest.mark.parametrize(("who", "status"), [("director", 200), ("faculty", 200), ("registrar", 403), ("trainee", 403)])
def test_drafts_are_edited_by_directors(cast, who, status):
    grant_role(cast.faculty, Role.FACULTY, by=None)
    response = cast.client(who).get(reverse(EDIT, args=[draft().pk]), follow=True)
    assert response.status_code == status
    assert (response.request["PATH_INFO"] == reverse(EDIT, args=[Standard.objects.get().pk])) == (who == "director")


def test_editing_the_draft_and_a_category_in_the_cms_changes_no_pinned_standing(cast):
    """The whole way through HTTP: publish, enrol, edit both in the CMS, and read the same standing."""
    standard = draft()
    director = cast.client("director")
    post(director, desk(standard), change_note="")
    cohort = make_cohort(standard.program, standard_version=StandardVersion.objects.get())
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    complete(enrolment, at=NOON)
    before = standing_for(enrolment, as_of=NOON, detail=True)

    values = {"program": standard.program_id, "title": "Changed", "description": "Changed"}
    response = director.post(
        reverse(EDIT, args=[standard.pk]), values | {"requirements-count": "0", "practice_rules-count": "0"}
    )
    assert response.status_code == 302, response.content.decode()[:2000]
    category = ActivityCategory.objects.get(key="role_play")
    edited = {
        "label": "Play",
        "key": "role_play",
        "bucket": "direct",
        "position": "1",
        "definition": "x",
        "example": "",
        "multiplier": "1/2",
        "by_faculty": "on",
    }
    response = director.post(
        reverse("wagtailsnippets_standards_activitycategory:edit", args=[category.pk]), edited | {"is_direct": "on"}
    )
    assert response.status_code == 302

    assert Standard.objects.get().title == "Changed"
    assert len(Standard.objects.get().requirements) == 0
    assert ActivityCategory.objects.get(key="role_play").is_direct
    after = standing_for(enrolment, as_of=NOON, detail=True)
    assert after == before
    assert json.dumps(after.as_plain()) == json.dumps(before.as_plain())
    page = cast.client("trainee").get(reverse("standing", args=[enrolment.pk])).content.decode()
    assert "Readings" in page
    assert "Changed" not in page


def test_the_key_of_a_category_and_the_program_of_a_published_standard_stay(cast):
    director = cast.client("director")
    category = ActivityCategory.objects.get(key="role_play")
    edited = {
        "label": "Play",
        "key": "playing",
        "bucket": "simulated",
        "position": "1",
        "definition": "x",
        "example": "",
        "multiplier": "1/2",
        "by_faculty": "on",
    }
    director.post(reverse("wagtailsnippets_standards_activitycategory:edit", args=[category.pk]), edited)
    standard = make_standard_version().standard
    values = {"program": make_program().pk, "title": "Moved", "description": "", "requirements-count": "0"}
    values |= {"practice_rules-count": "0"}
    director.post(reverse(EDIT, args=[standard.pk]), values)
    category.refresh_from_db()
    standard.refresh_from_db()
    assert category.key == "role_play"
    assert standard.title != "Moved"
