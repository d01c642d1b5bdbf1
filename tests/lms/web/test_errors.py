"""What goes wrong ends on a plain page of ours, with its headers, and never with the error's own words."""

import logging

import pytest
from django.test import Client, override_settings

from tests.lms.web.faults import SECRET

TITLES = {
    400: "This request could not be read",
    403: "This page is not open to you",
    404: "There is nothing at this address",
    409: "This cannot be done now",
    500: "Something went wrong on our side",
}


@pytest.fixture
def faulty(db):
    with override_settings(ROOT_URLCONF="tests.lms.web.faults"):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("status", TITLES)
def test_every_fault_has_its_page(faulty, status):
    answer = faulty.get(f"/fault/{status}")
    page = answer.content.decode()
    assert (answer.status_code, f"<h1>{TITLES[status]}</h1>" in page, SECRET in page) == (status, True, False)
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Request-ID"]


def test_a_bug_is_logged_with_its_trace(faulty, caplog):
    faulty.get("/fault/500")
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert (record.name, "ZeroDivisionError" in caplog.text) == ("django.request", True)


def test_an_error_page_asks_nothing_of_the_database(faulty, django_assert_num_queries):
    with django_assert_num_queries(0):
        faulty.get("/fault/500")


def test_a_refusal_shows_its_sentence_and_what_to_do_instead(faulty):
    page = faulty.get("/fault/409").content.decode()
    assert "The quiz is closed &lt;now&gt;." in page
    assert '<a href="/home/">See your results</a>' in page
    assert "reload the page" in faulty.get("/fault/409-plain").content.decode()


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "no-such-charset", "idna", "\udcff"])
@pytest.mark.parametrize("address", ["/accounts/login/", "/terms/accept/", "/cms/login/", "/nowhere/"])
def test_an_odd_charset_is_a_plain_page(client, db, charset, address):
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = client.generic("POST", address, b"login=+AAA-&password=x&form_key=1", content_type=kind)
    assert answer.status_code < 500
    assert answer.content == b"" or answer.content.rstrip().endswith(b"</html>")


@pytest.mark.parametrize("charset", ["utf-7", "no-such-charset"])
def test_an_odd_charset_is_a_plain_page_also_where_the_token_is_checked(db, charset):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = browser.generic("POST", "/accounts/login/", b"login=a&password=x", content_type=kind)
    assert (answer.status_code in (400, 403), b"<h1>" in answer.content) == (True, True)


@pytest.mark.parametrize(
    "body",
    [
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end', "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"\xff\xfe\x00", "multipart/form-data; boundary=\xff"),
        (b"a=" + b"b" * (3 * 1024 * 1024), "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(3000)), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ],
    ids=["cut off", "no boundary", "odd boundary", "too large", "too many fields", "json"],
)
def test_a_damaged_body_is_a_plain_page(cast, body):
    content, kind = body
    browser = cast.client("trainee")
    browser.raise_request_exception = False
    answer = browser.post("/profile/change/", content, content_type=kind)
    assert (answer.status_code in (400, 409, 413), b"<h1>" in answer.content) == (True, True), answer.status_code


def test_a_form_without_its_token_says_what_to_do(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.trainee)
    answer = browser.post("/profile/change/", {"display_name": "x"})
    assert (answer.status_code, "This form is too old" in answer.content.decode()) == (403, True)


def test_an_unknown_host_is_a_plain_page(client, db):
    answer = client.get("/policies/", headers={"host": "evil.example"})
    assert (answer.status_code, TITLES[400] in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_page_to_read_takes_no_other_method(cast, method):
    assert getattr(cast.client("trainee"), method)("/profile/").status_code == 405
