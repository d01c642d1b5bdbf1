"""The holder's own page."""

import pytest

from certificates.models import Credential
from tests.factories.certificates import make_credential

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_holder_finds_downloads_and_the_address_to_pass_on(cast, credential):
    client = cast.client("trainee")
    page = text_of(client.get("/certificates/"))
    assert f"https://academy.example/verify/{credential.shown_code}/" in page
    for path in (f"/credentials/{credential.uuid}.json", f"/credentials/{credential.uuid}.jwt"):
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200


def test_nobody_else_sees_it_in_their_list(cast, credential):
    for name in ("other_trainee", "director", "supervisor"):
        page = text_of(cast.client(name).get("/certificates/"))
        assert credential.shown_code not in page
        assert "No certificate yet" in page


def test_a_visitor_signs_in_first(cast):
    response = cast.client("visitor").get("/certificates/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/certificates/")


def test_who_has_not_confirmed_a_name_is_asked_to(cast):
    page = text_of(cast.client("trainee").get("/certificates/"))
    assert "Confirm your name first" in page
    assert 'href="/profile/"' in page


def test_a_revoked_certificate_stays_visible_to_its_holder_as_revoked(cast, credential):
    Credential.objects.update(state="revoked")
    assert "<span>Revoked</span>" in text_of(cast.client("trainee").get("/certificates/"))


def test_the_home_page_points_to_a_new_certificate(cast, credential):
    assert "Your certificate: KAP Practitioner Certificate" in text_of(cast.client("trainee").get("/home/"))


def test_the_list_costs_the_same_for_one_and_three(cast, credential, django_assert_num_queries):
    client = cast.client("trainee")
    client.get("/certificates/")
    for _ in range(2):
        with django_assert_num_queries(6):
            client.get("/certificates/")
        make_credential(cast.trainee, by=cast.director)
        make_credential(cast.trainee, by=cast.director)
