"""The log: one line per event, with the request's id, and never a secret."""

import json
import logging
import sys

import pytest
from django.test import RequestFactory

from lms.request_id import current_request_id, new_request_id
from lms.web.logs import formatter


def line(message: str = "happened", *, exc_info=None, **extra) -> dict:
    """What one event becomes in the log."""
    record = logging.LogRecord("lms.test", logging.WARNING, __file__, 1, message, (), exc_info)
    vars(record).update(extra)
    return json.loads(formatter(as_json=True).format(record))


def test_an_event_has_its_level_its_logger_its_time_and_the_id_of_the_request():
    token = current_request_id.set("abcdefgh")
    try:
        found = line(number=7)
    finally:
        current_request_id.reset(token)
    assert found.pop("timestamp").endswith("Z")
    assert found == {
        "event": "happened",
        "level": "warning",
        "logger": "lms.test",
        "request_id": "abcdefgh",
        "number": 7,
    }


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "api_token", "SECRET_KEY", "Cookie", "Authorization", "csrf", "code", "reflection"],
)
def test_a_telling_name_is_hidden_wherever_it_stands(name):
    assert "hunter2" not in json.dumps(line(**{name: "hunter2"}))
    assert "hunter2" not in json.dumps(line(data={"deep": {name: "hunter2"}, "fine": 1}))


def test_what_was_logged_is_not_itself_changed():
    data = {"password": "hunter2"}
    line(data=data)
    assert data == {"password": "hunter2"}


def test_a_request_is_reduced_to_method_and_path():
    request = RequestFactory().post("/accounts/login/?next=/x", {"password": "hunter2"})
    found = line(request=request, status_code=403)
    assert (found["method"], found["path"], found["status_code"]) == ("POST", "/accounts/login/", 403)
    assert "hunter2" not in json.dumps(found)


def test_a_trace_is_kept():
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        found = line(exc_info=sys.exc_info())
    assert "ZeroDivisionError" in found["exception"]


def test_the_plain_format_is_for_people():
    record = logging.LogRecord("lms.test", logging.INFO, __file__, 1, "happened", (), None)
    assert "happened" in formatter(as_json=False).format(record)


@pytest.mark.parametrize("offered", ["abcdefgh", "a" * 64, "proxy-1.2_3", "0af7651916cd43dd8448eb211c80319c"])
def test_the_id_of_a_proxy_is_kept(client, db, offered):
    assert client.get("/healthz", headers={"X-Request-ID": offered})["X-Request-ID"] == offered


@pytest.mark.parametrize(
    "offered", ["", "short", "a" * 65, "has space in it", "line\nbreak1", "éééééééé", "<script>x</script>"]
)
def test_anything_else_is_replaced(offered):
    assert len(new_request_id(offered)) == 32
    assert new_request_id(offered) != new_request_id(offered)


def test_the_id_does_not_outlive_its_request(client, db):
    client.get("/healthz")
    assert current_request_id.get() == ""
