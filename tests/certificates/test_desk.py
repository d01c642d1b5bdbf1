"""The directors' desk over HTTP: what each role gets, forms and their refusals, and a fixed number of queries."""

import uuid

import pytest

from certificates.actions.revocation import request_revocation
from certificates.models import Credential, RevocationRequest
from courses.enrolment.models import Enrolment
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.enums import ReasonClass
from tests.factories.certificates import make_credential, make_ready_enrolment
from tests.web import post

pytestmark = pytest.mark.django_db
WHY = "The hours were those of a namesake."


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def director(cast):
    return cast.client("director")


@pytest.fixture
def asked(cast, credential):
    return request_revocation(credential, by=cast.director, reason_class=ReasonClass.INTERIM, why=WHY)


def all_paths(enrolment, credential, asked):
    return [
        "/desk/certificates/",
        f"/desk/certificates/confer/{enrolment.pk}/",
        "/desk/certificates/conferred/",
        f"/desk/certificates/conferred/{credential.pk}/",
        f"/desk/certificates/conferred/{credential.pk}/revoke/",
        "/desk/certificates/revocations/",
        f"/desk/certificates/revocations/{asked.pk}/",
    ]


def test_only_directors_reach_the_desk(cast, promised, credential, asked):
    enrolment = make_ready_enrolment(cast.other_trainee)
    for path in all_paths(enrolment, credential, asked):
        answers = {
            role: cast.client(role).get(path).status_code
            for role in ("visitor", "trainee", "supervisor", "faculty", "registrar", "director", "second_director")
        }
        assert (path, answers) == (
            path,
            {
                "visitor": 302,
                "trainee": 403,
                "supervisor": 403,
                "faculty": 403,
                "registrar": 403,
                "director": 200,
                "second_director": 200,
            },
        )


def test_rows_of_another_program_and_people_behind_a_barrier_are_not_found(cast, credential, asked):
    grant_role(
        cast.faculty, Role.DIRECTOR, by=cast.director, scope=Scope.PROGRAM, scope_id=credential.enrolment.program_id + 1
    )
    raise_barrier(cast.second_director, cast.trainee, by=cast.director, reason="Declared")
    for name in ("faculty", "second_director"):
        client = cast.client(name)
        for path in all_paths(credential.enrolment, credential, asked):
            if any(sign.isdigit() for sign in path):
                assert client.get(path).status_code == 404
        assert "Ångström" not in text_of(client.get("/desk/certificates/conferred/"))


def test_those_who_are_ready_come_first(cast, enrolment, director):
    Enrolment.objects.update(discipline="unready")
    make_ready_enrolment(cast.other_trainee, program=enrolment.program, cohort=enrolment.cohort)
    page = text_of(director.get("/desk/certificates/"))
    assert page.index("Other Trainee") < page.index("In training")
    assert "1 of 1" in page
    assert "0 of 1" in page


def test_conferring_by_form_leads_to_the_credential(cast, enrolment, director):
    path = f"/desk/certificates/confer/{enrolment.pk}/"
    assert "Confer the credential" in text_of(director.get(path))
    response = post(director, path, sure="on")
    credential = Credential.objects.get()
    assert (response.status_code, response.url) == (302, f"/desk/certificates/conferred/{credential.pk}/")
    assert "Ångström" in text_of(director.get(response.url))


def test_a_double_click_confers_once(cast, enrolment, director):
    path, key = f"/desk/certificates/confer/{enrolment.pk}/", str(uuid.uuid4())
    first, second = (post(director, path, form_key=key, sure="on") for _ in range(2))
    assert first.url == second.url
    assert Credential.objects.count() == 1


def test_without_the_tick_nothing_is_conferred_and_the_field_says_so(cast, enrolment, director):
    response = post(director, f"/desk/certificates/confer/{enrolment.pk}/")
    assert response.status_code == 422
    assert "Tick the box when you have looked at the standing." in text_of(response)
    assert Credential.objects.count() == 0


def test_what_is_missing_is_listed_instead_of_the_button(cast, enrolment, director):
    Enrolment.objects.update(discipline="unready")
    path = f"/desk/certificates/confer/{enrolment.pk}/"
    page = text_of(director.get(path))
    assert "Not every requirement is met: Promised practice." in page
    assert "Confer the credential" not in page
    response = post(director, path, sure="on")
    assert response.status_code == 422
    assert Credential.objects.count() == 0


def test_a_post_without_its_form_key_is_stale(cast, enrolment, director):
    assert director.post(f"/desk/certificates/confer/{enrolment.pk}/", {"sure": "on"}).status_code == 409
    assert Credential.objects.count() == 0


def test_asking_and_confirming_by_form(cast, credential, director):
    path = f"/desk/certificates/conferred/{credential.pk}/revoke/"
    assert "Second Director" in text_of(director.get(path))
    response = post(director, path, reason_class="issuer_error", why=WHY)
    assert (response.status_code, response.url) == (302, f"/desk/certificates/conferred/{credential.pk}/")
    request = RevocationRequest.objects.get()
    own = text_of(director.get(f"/desk/certificates/revocations/{request.pk}/"))
    assert "another director has to confirm it" in own
    assert "Revoke the certificate" not in own
    second = cast.client("second_director")
    assert "A request to revoke" in text_of(second.get("/home/"))
    assert post(second, f"/desk/certificates/revocations/{request.pk}/", sure="on").status_code == 302
    credential.refresh_from_db()
    assert credential.state == "revoked"
    page = text_of(cast.client("visitor").get(credential.get_absolute_url()))
    assert "<span>Revoked</span>" in page
    assert ReasonClass.ISSUER_ERROR.public_sentence.split(".")[0] in page


def test_the_one_who_asked_is_refused_beside_the_form(cast, asked, director):
    response = post(director, f"/desk/certificates/revocations/{asked.pk}/", sure="on")
    assert response.status_code == 422
    assert "Another director has to confirm it." in text_of(response)


def test_withdrawing_by_form(cast, asked, director):
    assert post(director, f"/desk/certificates/revocations/{asked.pk}/withdraw/").status_code == 302
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert post(director, f"/desk/certificates/revocations/{asked.pk}/withdraw/").status_code == 409


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"reason_class": "issuer_error", "why": ""}, "This field is required."),
        ({"reason_class": "issuer_error", "why": "short"}, "at least 20"),
        ({"reason_class": "issuer_error", "why": "x" * 5000}, "at most 4000"),
        ({"reason_class": "because", "why": WHY}, "because is not one of the available choices"),
        ({"reason_class": "issuer_error", "why": f"{WHY}\x00"}, "Null characters are not allowed"),
    ],
)
def test_bad_input_is_said_beside_the_field(cast, credential, director, data, sentence):
    response = post(director, f"/desk/certificates/conferred/{credential.pk}/revoke/", **data)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert RevocationRequest.objects.count() == 0


def test_what_is_revoked_offers_no_second_revocation(cast, credential, director):
    Credential.objects.update(state="revoked")
    assert "Ask to revoke it" not in text_of(director.get(f"/desk/certificates/conferred/{credential.pk}/"))
    response = post(director, f"/desk/certificates/conferred/{credential.pk}/revoke/", reason_class="interim", why=WHY)
    assert response.status_code == 422
    assert "cannot be revoked any more" in text_of(response)


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999999999999", "\x00", "1e9", "NaN"])
def test_nonsense_page_numbers_show_the_first_page(cast, credential, director, page):
    for path in ("/desk/certificates/", "/desk/certificates/conferred/", "/desk/certificates/revocations/"):
        assert director.get(path, {"page": page}).status_code == 200


@pytest.mark.parametrize("pk", ["999999", "99999999999999999999999999"])
def test_removed_and_huge_ids_are_not_found(cast, director, pk):
    for path in (f"confer/{pk}/", f"conferred/{pk}/", f"conferred/{pk}/revoke/", f"revocations/{pk}/"):
        assert director.get(f"/desk/certificates/{path}").status_code == 404


def queries_of(client, path, count):
    client.get(path)
    with count() as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.fixture
def count(django_assert_max_num_queries):
    return lambda: django_assert_max_num_queries(100)


def three_people(cast):
    return [cast.trainee, cast.other_trainee, cast.registrar]


def test_the_ready_list_costs_the_same_for_one_and_three(cast, promised, director, count):
    cohort = None
    costs = []
    for person in three_people(cast):
        extra = {"cohort": cohort, "program": cohort.program} if cohort else {"requirements": [promised]}
        cohort = make_ready_enrolment(person, **extra).cohort
        costs.append(queries_of(director, "/desk/certificates/", count))
    assert (costs[0], costs[2]) == (7, 7)


def test_the_conferred_list_costs_the_same_for_one_and_three(cast, director, count):
    costs = []
    for person in three_people(cast):
        make_credential(person, by=cast.director)
        costs.append(queries_of(director, "/desk/certificates/conferred/", count))
    assert (costs[0], costs[2]) == (5, 5)


def test_the_list_of_requests_costs_the_same_for_one_and_three(cast, director, count):
    costs = []
    for person in three_people(cast):
        credential = make_credential(person, by=cast.director)
        request_revocation(credential, by=cast.director, reason_class=ReasonClass.INTERIM, why=WHY)
        costs.append(queries_of(director, "/desk/certificates/revocations/", count))
    assert (costs[0], costs[2]) == (6, 6)
