"""Public pages that visitors share."""

import pytest
from wagtail.models import Site

from courses.curriculum.models import HomePage
from lms.web.visitors import forget_pages


@pytest.fixture
def home(db) -> HomePage:
    return HomePage.objects.get()


def rename(home: HomePage, promise: str) -> None:
    home.promise = promise
    home.save()


def test_the_second_visitor_is_answered_without_the_database(home, client, django_assert_num_queries):
    first = client.get("/")
    with django_assert_num_queries(0):
        second = client.get("/")
    assert second.content == first.content
    for name in ("Content-Security-Policy", "Content-Type", "Vary", "Cache-Control", "X-Content-Type-Options"):
        assert second.headers[name] == first.headers[name], name
    assert second.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert not second.cookies


def test_an_edit_is_seen_when_the_minute_is_over_and_by_a_member_at_once(home, client, cast):
    client.get("/")
    rename(home, "Something new.")
    assert "Something new." not in client.get("/").content.decode()
    answer = cast.client("trainee").get("/")
    assert "Something new." in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    forget_pages()
    assert "Something new." in client.get("/").content.decode()


def test_what_a_member_sees_is_never_kept_for_visitors(home, client, cast):
    assert "Sign out" in cast.client("trainee").get("/").content.decode()
    assert "Sign out" not in client.get("/").content.decode()


def test_a_question_in_the_address_is_answered_by_itself(home, client):
    client.get("/")
    rename(home, "Something new.")
    assert "Something new." in client.get("/?from=mail").content.decode()


def test_a_waiting_message_or_a_session_asks_for_a_page_of_ones_own(home, client):
    client.get("/")
    rename(home, "Something new.")
    client.cookies["messages"] = "whatever"
    assert "Something new." in client.get("/").content.decode()


def test_other_pages_and_refusals_are_not_kept(home, client, django_assert_max_num_queries):
    for path in ("/verify/", "/nowhere/", "/accounts/login/"):
        first = client.get(path)
        assert "s-maxage" not in first.headers.get("Cache-Control", ""), path
    rename(home, "Something new.")
    assert "Something new." in client.get("/").content.decode()


def test_each_host_has_its_own(home, client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    client.get("/")
    rename(home, "Something new.")
    Site.clear_site_root_paths_cache()
    assert "Something new." in client.get("/", headers={"host": "other.example"}).content.decode()
