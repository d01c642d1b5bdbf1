"""A form that is sent twice acts once."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from certificates.actions.revocation import request_revocation
from lms.accounts.enums import Role
from lms.accounts.models import TermsVersion
from lms.enums import ReasonClass
from lms.web import idempotency
from lms.web.idempotency import forget_old_keys
from lms.web.models import FormKey
from tests.cast import make_person
from tests.factories.certificates import make_credential
from tests.races import at_once
from tests.web import post

KEY = str(uuid.UUID(int=7))
URL = "/desk/terms/"


def versions() -> int:
    return TermsVersion.objects.count() - 1


def test_the_same_form_twice_acts_once_and_leads_to_the_same_place(cast):
    client = cast.client("director")
    first = post(client, URL, form_key=KEY, html="<p>New</p>")
    again = post(client, URL, form_key=KEY, html="<p>New</p>")
    assert (first.status_code, first.url) == (again.status_code, again.url) == (302, "/terms/")
    assert versions() == 1
    assert list(FormKey.objects.values_list("key", "person", "path", "location")) == [
        (uuid.UUID(KEY), cast.director.pk, URL, "/terms/")
    ]


def test_another_form_acts_again(cast):
    client = cast.client("director")
    post(client, URL, html="<p>New</p>")
    post(client, URL, html="<p>Newer</p>")
    assert versions() == 2


def test_another_persons_key_is_a_stale_form(cast):
    change = {"form_key": KEY, "display_name": "Changed", "time_zone": "UTC"}
    assert post(cast.client("trainee"), "/profile/change/", **change).status_code == 302
    answer = post(cast.client("other_trainee"), "/profile/change/", **change)
    assert (answer.status_code, "This form is out of date" in answer.content.decode()) == (409, True)
    cast.other_trainee.refresh_from_db()
    assert cast.other_trainee.display_name == "Other Trainee"


def test_a_key_of_another_page_is_a_stale_form(cast):
    client = cast.client("director")
    post(client, URL, form_key=KEY, html="<p>New</p>")
    answer = post(client, "/profile/change/", form_key=KEY, display_name="Other", time_zone="UTC")
    cast.director.refresh_from_db()
    assert (answer.status_code, cast.director.display_name) == (409, "Director")


@pytest.mark.parametrize("key", [None, "", "7", "x" * 5000, "\x00", "null", KEY[:-1]], ids=str)
def test_a_form_without_a_proper_key_is_refused(cast, key):
    data = {"html": "<p>New</p>"} | ({} if key is None else {"form_key": key})
    answer = cast.client("director").post(URL, data)
    assert (answer.status_code, versions(), FormKey.objects.count()) == (409, 0, 0)


def test_a_form_with_errors_leaves_no_key_and_can_be_sent_again(cast):
    client = cast.client("director")
    assert post(client, URL, form_key=KEY, html="").status_code == 422
    assert FormKey.objects.count() == 0
    assert post(client, URL, form_key=KEY, html="<p>New</p>").status_code == 302
    assert versions() == 1


def test_a_repeat_that_would_now_be_refused_gets_the_first_result(cast):
    credential = make_credential(cast.trainee, by=cast.director)
    request_revocation(credential, by=cast.director, reason_class=ReasonClass.INTERIM, why="Asked for by the holder.")
    url = f"/desk/certificates/revocations/{credential.revocation_requests.get().pk}/withdraw/"
    client = cast.client("director")
    first = post(client, url, form_key=KEY)
    again = post(client, url, form_key=KEY)
    assert (first.status_code, first.url) == (again.status_code, again.url)
    assert first.url == f"/desk/certificates/conferred/{credential.pk}/"
    assert post(client, url).status_code == 409


def test_a_refused_act_leaves_no_key(cast):
    answer = post(cast.client("trainee"), URL, form_key=KEY, html="<p>New</p>")
    assert (answer.status_code, FormKey.objects.count()) == (403, 0)


def test_every_page_with_a_form_gives_a_fresh_key(cast):
    client = cast.client("director")
    pages = [client.get(URL).content.decode() for _ in range(2)]
    keys = {page.split('name="form_key" value="')[1][:36] for page in pages}
    assert len({uuid.UUID(key) for key in keys}) == 2


def test_keys_are_forgotten_after_a_week(cast):
    post(cast.client("director"), URL, html="<p>New</p>")
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        assert forget_old_keys() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert forget_old_keys() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_ten_clicks_at_once_are_one_act(guarded, monkeypatch):
    director = make_person("director", role=Role.DIRECTOR)
    first = Client()
    first.force_login(director)
    first.get("/profile/")
    if not guarded:
        monkeypatch.setattr(idempotency, "_claim", lambda key, request, location: None)

    def click(_):
        client = Client()
        client.cookies = first.cookies
        answer = post(client, URL, form_key=KEY, html="<p>New</p>")
        return answer.status_code, answer.headers.get("Location")

    results = at_once(10, click)
    assert results == [(302, "/terms/")] * 10
    assert (versions() == 1) is guarded
