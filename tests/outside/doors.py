"""The ways in and out: sign-in, the editor's own doors, sessions, cookies, limits, and what they give away."""

import statistics
import time

from django.contrib.sessions.backends.db import SessionStore

from lms.accounts.models import RoleGrant, User
from tests.outside.browser import CSRF, SESSION, at_once, fresh_address
from tests.outside.register import check

ELSEWHERE = (
    *("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "\\\\evil.example"),
    *("///evil.example", "/\t/evil.example", "http:evil.example", "//probe.test@evil.example", "https:/evil.example"),
)
KNOWN = "trainee@example.org"


def early_in_a_minute() -> None:
    """Limits count whole minutes: a check that straddles two would see two shares."""
    if time.time() % 60 > 40:
        time.sleep(61 - time.time() % 60)


@check("nobody signs in beside the one door")
def _(site):
    for path in ("/cms/login/", "/_util/login/", "/admin/login/", "/django-admin/login/", "/cms/password_reset/"):
        for data in ({"username": "director@example.org", "password": site.password},):
            visitor = site.visitor()
            answer = visitor.post(path, data)
            assert answer.status == 404 or answer.location.startswith("/accounts/login/"), (path, answer.status)
            assert SESSION not in visitor.cookies or visitor.get("/desk/").status == 302, path


@check("staff without their second factor get nowhere")
def _(site):
    visitor = site.visitor()
    visitor.post("/accounts/login/", {"login": "director-two@example.org", "password": site.password})
    assert visitor.get("/desk/").location.startswith("/accounts/"), "the password alone opened the desk"
    for path in ("/home/", "/desk/roles/", "/cms/", "/desk/payments/"):
        assert visitor.get(path).status == 302, path

    director = User.objects.get(email="director-two@example.org")
    stolen = SessionStore()
    stolen["_auth_user_id"], stolen["_auth_user_backend"] = str(director.pk), "lms.accounts.backends.Backend"
    stolen["_auth_user_hash"] = director.get_session_auth_hash()
    stolen.save()
    visitor.cookies[SESSION] = stolen.session_key
    for path in ("/home/", "/desk/", "/cms/", "/desk/payments/"):
        answer = visitor.get(path)
        assert answer.location.startswith("/accounts/2fa/"), (path, answer.status, answer.location)


@check("no address to go on to leads out of the site")
def _(site):
    trainee = site.person("trainee")
    for place in ELSEWHERE:
        visitor = site.visitor()
        answers = [
            visitor.post(
                "/accounts/login/", {"login": "graduate@example.org", "password": site.password, "next": place}
            ),
            visitor.post("/accounts/logout/", {"next": place}),
            trainee.twin().send("GET", "/accounts/login/?next=" + place.replace("\t", "%09").replace("\\", "%5C")),
        ]
        for answer in answers:
            assert answer.status == 302, (place, answer.status)
            assert answer.location.startswith("/"), (place, answer.location)
            assert "evil" not in answer.location.split("?")[0], (place, answer.location)


@check("a form without its token or from elsewhere is refused")
def _(site):
    trainee = site.person("trainee")
    profile = {"display_name": "Noor Haddad", "time_zone": "UTC"}
    assert trainee.post("/profile/change/", profile, token=False).status == 403
    assert trainee.post("/profile/change/", profile, Origin="https://evil.example").status == 403
    assert trainee.post("/profile/change/", profile | {"form_key": "no key"}).status == 409
    assert site.visitor().post("/accounts/login/", {"login": KNOWN}, token=False).status == 403
    assert trainee.get("/accounts/logout/").status == 200
    assert trainee.get("/home/").status == 200


@check("cookies are for this host, over TLS, out of scripts' reach")
def _(site):
    visitor = site.visitor()
    answer = visitor.post("/accounts/login/", {"login": "graduate@example.org", "password": site.password})
    cookies = [value for name, value in answer.headers if name.lower() == "set-cookie"]
    assert {SESSION, CSRF} <= {cookie.partition("=")[0] for cookie in cookies}
    for cookie in cookies:
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie, cookie
        assert "Domain" not in cookie, cookie


@check("a session is new after signing in and dead after signing out")
def _(site):
    visitor = site.visitor()
    visitor.cookies[SESSION] = planted = "plantedplantedplantedplantedplan"
    visitor.post("/accounts/login/", {"login": "graduate@example.org", "password": site.password})
    assert visitor.cookies[SESSION] != planted
    stolen = visitor.twin()
    assert stolen.get("/home/").status == 200
    visitor.post("/accounts/logout/")
    assert stolen.get("/home/").status == 302


@check("five wrong passwords for one account, however many come at once")
def _(site):
    def guess(number):
        visitor = site.visitor()
        return visitor.post("/accounts/login/", {"login": "paused@example.org", "password": f"wrong {number}"})

    answers = at_once(40, guess)
    tried = sum("too many" not in answer.text.lower() and answer.status == 200 for answer in answers)
    assert tried == 5, f"{tried} passwords were tried"
    after = site.visitor().post("/accounts/login/", {"login": "paused@example.org", "password": site.password})
    assert after.status != 302, "the right password was taken while the account was locked"


@check("thirty look-ups a minute for one address, at once or with a forged X-Forwarded-For")
def _(site):
    early_in_a_minute()
    address = fresh_address()

    def look(number):
        visitor = site.visitor()
        visitor.address = f"192.0.2.{number}, {address}" if number % 2 else address
        return visitor.get(f"/verify/ABCD-EFGH-{number:04d}/")

    found = [answer.status for answer in at_once(80, look)]
    assert (found.count(404), found.count(429)) == (30, 50), found


@check("sign-in, sign-up and reset say the same of a known address and an unknown one")
def _(site):
    new = {"display_name": "Ada", "password1": "a long enough phrase", "time_zone": "UTC", "terms": "on"}
    for path, field, more in (
        ("/accounts/login/", "login", {"password": "not this one"}),
        ("/accounts/password/reset/", "email", {}),
        ("/accounts/signup/", "email", new),
    ):
        known, unknown = (
            site.visitor().post(path, {field: email} | more)
            for email in ("withdrawn@example.org", "nobody@example.org")
        )
        assert (known.status, known.location) == (unknown.status, unknown.location), path
        assert _words(known).replace("withdrawn", "nobody") == _words(unknown), path


def _words(answer) -> str:
    return " ".join(answer.page.text_content().split())


@check("sign-in and sign-up take as long for a known address as for an unknown one")
def _(site):
    new = {"display_name": "Ada", "password1": "a long enough phrase", "time_zone": "UTC", "terms": "on"}
    people = ("trainee", "trainee-two", "graduate", "newcomer", "withdrawn", "graduate-two", "graduate-three")
    for path, field, more in (
        ("/accounts/login/", "login", {"password": "not this one"}),
        ("/accounts/signup/", "email", new),
    ):
        known, unknown = [], []
        for name in people:
            for seconds, email in ((known, f"{name}@example.org"), (unknown, f"no-{name}@example.org")):
                seconds.append(site.visitor().post(path, {field: email} | more).seconds)
        pair = statistics.median(known), statistics.median(unknown)
        assert max(pair) < 1.6 * min(pair), (path, pair)


@check("a role taken away is gone at the next request")
def _(site):
    registrar = site.person("registrar")
    assert registrar.get("/desk/payments/").status == 200

    grant = RoleGrant.objects.active().get(person__email="registrar@example.org")
    director = site.person("director")
    path, form = f"/desk/roles/{grant.pk}/end/", {"reason": "Another task"}
    assert director.post(path, form).location.startswith("/accounts/reauthenticate/"), "took a role without a password"
    assert registrar.get("/desk/payments/").status == 200
    director.post("/accounts/reauthenticate/", {"password": site.password})
    answer = director.post(path, form)
    assert (answer.status, answer.location) == (302, "/desk/roles/")
    assert registrar.get("/desk/payments/").status == 403
    assert registrar.get("/desk/").status == 403
