"""The policies that every answer carries."""

import pytest
from django.test import Client, override_settings

from courses.curriculum.models import HomePage

PUBLIC_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
CMS_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "frame-src": "'self'",
    "frame-ancestors": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


def policy(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def others(answer) -> dict[str, str]:
    names = ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    return {name: answer.headers.get(name) for name in (*names, "Cross-Origin-Resource-Policy")}


OURS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("name", "method", "address", "status"),
    [
        ("visitor", "get", "/policies/", 200),
        ("visitor", "get", "/healthz", 200),
        ("visitor", "get", "/.well-known/audit-head.json", 200),
        ("visitor", "get", "/robots.txt", 200),
        ("visitor", "get", "/accounts/login/", 200),
        ("visitor", "get", "/home/", 302),
        ("visitor", "get", "/favicon.ico", 301),
        ("visitor", "get", "/nowhere/", 404),
        ("visitor", "post", "/profile/", 302),
        ("trainee", "get", "/profile/", 200),
        ("trainee", "get", "/desk/", 403),
        ("trainee", "post", "/profile/", 405),
        ("trainee", "post", "/profile/change/", 409),
    ],
)
def test_every_kind_of_answer_has_the_public_policy(cast, name, method, address, status):
    answer = getattr(cast.client(name), method)(address)
    assert (answer.status_code, policy(answer), others(answer)) == (status, PUBLIC_POLICY, OURS)
    assert answer["Permissions-Policy"].startswith("accelerometer=(), camera=()")
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_a_bug_and_a_refused_host_have_the_public_policy_too(db):
    with override_settings(ROOT_URLCONF="tests.lms.web.faults"):
        browser = Client(raise_request_exception=False)
        for answer in (browser.get("/fault/500"), browser.get("/policies/", headers={"host": "evil.example"})):
            assert (answer.status_code in (400, 500), policy(answer), others(answer)) == (True, PUBLIC_POLICY, OURS)


@pytest.mark.parametrize("address", ["/cms/", "/cms/pages/", "/cms/nowhere/", "/cms/images/"])
def test_the_cms_has_a_policy_of_its_own_without_a_nonce(cast, address):
    answer = cast.client("director").get(address)
    assert (policy(answer), others(answer)) == (CMS_POLICY, OURS | {"X-Frame-Options": "SAMEORIGIN"})
    assert "nonce" not in answer["Content-Security-Policy"]


def test_a_page_in_preview_keeps_the_readers_policy_but_stands_in_the_editors_frame(cast):
    answer = cast.client("director").get(f"/cms/pages/{HomePage.objects.get().pk}/view_draft/")
    assert policy(answer) == PUBLIC_POLICY | {"frame-ancestors": "'self'"}
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_bug_in_the_cms_keeps_its_policy(db):
    with override_settings(ROOT_URLCONF="tests.lms.web.faults"):
        answer = Client(raise_request_exception=False).get("/cms/fault/500")
        assert (answer.status_code, policy(answer)) == (500, CMS_POLICY)


def test_a_page_for_one_person_is_never_kept_by_a_cache(cast):
    assert cast.client("trainee").get("/profile/")["Cache-Control"] == "private, no-store"
    assert "no-store" not in cast.client("visitor").get("/policies/").headers.get("Cache-Control", "")


def test_a_path_that_only_looks_like_the_cms_has_the_public_policy(client, db):
    assert policy(client.get("/cmsx/")) == PUBLIC_POLICY


HTTPS = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31536000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
}


@override_settings(**HTTPS)
def test_under_https_http_is_sent_there_and_the_browser_remembers(db):
    answer = Client().get("/policies/")
    assert (answer.status_code, answer.url, policy(answer)) == (301, "https://testserver/policies/", PUBLIC_POLICY)
    secure = Client().get("/policies/", secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@override_settings(**HTTPS)
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_the_health_questions_are_answered_without_https(db, address):
    assert Client().get(address).status_code == 200


def test_the_settings_of_an_https_site(tmp_path):
    from tests.lms.test_env import PRODUCTION, start

    words = [
        "IS_HTTPS SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SECURE_HSTS_SECONDS SESSION_COOKIE_SAMESITE DEBUG SECOND_FACTOR_REQUIRED",
    ]
    names = " ".join(words).split()
    code = f"from django.conf import settings as s; print([getattr(s, name) for name in {names}])"
    done = start(tmp_path, "shell", "--no-imports", "-c", code, **PRODUCTION)
    assert done.stdout.strip() == str(
        [True, True, True, True, True, "__Host-session", "__Host-csrf", 31536000, "Lax", False, True]
    ), done.stderr


def test_the_cookies_of_this_site_are_for_the_server_alone(cast):
    client = cast.client("visitor")
    client.get("/accounts/login/")
    cookie = client.cookies["csrf"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
