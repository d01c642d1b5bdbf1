"""Bytes, methods, hosts and headers: whatever is sent, the answer is one of ours."""

from tests.outside.browser import FORM
from tests.outside.register import check

HEADERS = (
    *("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"),
    *("Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy", "X-Request-ID"),
)
STRANGE = ("%00", "%ff", "9" * 40, "-1", "%0d%0aX-Evil:%20y", "{{7*7}}", "%27%22%3E%3Cscript%3E", "a" * 2000)
PLACES = (
    *("/{}", "/verify/{}/", "/verify/?code={}", "/?query={}", "/?page={}", "/accounts/login/?next={}", "/media/{}"),
    *("/documents/1/{}", "/credentials/{}", "/keys/{}", "/status/revocation/{}", "/standards/{}/", "/places/{}/"),
    *("/programs/{}/places/", "/static/{}", "/cms/login/?next={}", "/achievements/{}", "/accounts/signup/?next={}"),
)


@check("no address or value brings the site down or a header in")
def _(site):
    visitor = site.visitor()
    for place in PLACES:
        for value in STRANGE:
            answer = visitor.twin().get(place.format(value))
            assert answer.status < 500, (place, value, answer.status)
            assert not answer.header("X-Evil"), (place, value)


@check("no value of a list or a page brings it down for those who are signed in")
def _(site):
    director, trainee = site.person("director"), site.person("trainee")
    for person, place in (
        *(
            (director, f"/desk/{page}/?page={{}}")
            for page in ("cohorts", "payments", "certificates", "quizzes", "prior")
        ),
        *((director, place) for place in ("/desk/payments/?state={}", "/standing/1/?as_of={}", "/desk/enrolments/{}/")),
        *(
            (trainee, place)
            for place in ("/practice/?state={}", "/practice/?enrolment={}", "/learn/1/{}/", "/quiz/{}/")
        ),
        *((trainee, place) for place in ("/orders/{}/?back=x", "/disputes/{}/", "/practice/{}/", "/learn/1/?page={}")),
    ):
        for value in STRANGE:
            assert person.get(place.format(value)).status < 500, (place, value)


@check("a body in a strange encoding, shape or size is refused by a page")
def _(site):
    visitor = site.visitor()
    form = f"csrfmiddlewaretoken={visitor.token}&login=+AAA-&password=%00".encode()
    many = "&".join(f"a{number}=" for number in range(3000)).encode()
    bodies = [
        (form, f"{FORM}; charset=utf-7"),
        (form, f"{FORM}; charset=nonsense"),
        (form + b"&" + many, FORM),
        (form + b"&x=" + b"a" * 10_000_000, FORM),
        (b"", "multipart/form-data; boundary="),
        (form, "multipart/form-data"),
        (b'{"a": NaN}', "application/json"),
    ]
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/verify/"):
        for body, kind in bodies:
            answer = site.visitor().send("POST", path, body, Content_Type=kind)
            assert answer.status < 500, (path, kind, answer.status)
            assert "<html" in answer.text.lower() or not answer.body, (path, kind)


@check("methods nobody needs change nothing and echo nothing")
def _(site):
    for method in ("TRACE", "TRACK", "PUT", "DELETE", "PATCH", "PROPFIND", "FOO"):
        for path in (
            "/",
            "/verify/",
            "/home/",
            "/accounts/login/",
            "/payments/webhook/",
            "/.well-known/did.json",
            "/cms/",
        ):
            answer = site.visitor().send(method, path, X_Marker="zq-echo")
            assert answer.status in (302, 400, 403, 404, 405), (method, path, answer.status)
            assert "zq-echo" not in answer.text, (method, path)


@check("a host that is not ours is refused, whatever it says")
def _(site):
    for host in ("evil.example", "probe.test.evil.example", "probe.test:80@evil.example", "evil.example:443"):
        answer = site.visitor().get("/accounts/password/reset/", Host=host)
        assert answer.status == 400, (host, answer.status)
    answer = site.visitor().get("/accounts/login/", X_Forwarded_Host="evil.example", Forwarded="host=evil.example")
    assert "evil.example" not in answer.text + str(answer.headers)


@check("every kind of answer has the security headers")
def _(site):
    trainee, visitor = site.person("trainee"), site.visitor()
    answers = {
        200: visitor.get("/verify/"),
        302: visitor.get("/home/"),
        301: visitor.get("/verify"),
        404: visitor.get("/nothing-here/"),
        403: trainee.get("/desk/"),
        405: visitor.post("/healthz"),
        400: visitor.get("/", Host="evil.example"),
        409: trainee.post("/profile/change/", {"form_key": ""}),
        "413": visitor.twin().upload("/verify/", b"{" + b" " * 6_000_000),
        "json": visitor.get("/.well-known/did.json"),
        "file": visitor.get("/static/favicon.svg"),
        "media": visitor.get("/media/nothing.pdf"),
        "export": trainee.get("/practice/exports/"),
        "editor": site.person("director").get("/cms/"),
    }
    for kind, answer in answers.items():
        missing = [name for name in HEADERS if not answer.header(name)]
        assert not missing, (kind, answer.status, missing)
        assert not isinstance(kind, int) or answer.status == kind, (kind, answer.status)
        if kind != "editor":
            assert "unsafe" not in answer.header("Content-Security-Policy"), kind


@check("what belongs to a person is kept by no cache")
def _(site):
    trainee = site.person("trainee")
    for path in ("/home/", "/learn/1/", "/practice/", "/practice/exports/", "/profile/", "/standing/1/"):
        answer = trainee.get(path)
        assert "no-store" in answer.header("Cache-Control"), (path, answer.status, answer.header("Cache-Control"))


@check("no path leads to a file outside of what is served")
def _(site):
    ups = ("../../../etc/passwd", "..%2f..%2f..%2fetc/passwd", "%2e%2e/keys", "/etc/passwd", "..\\..\\manage.py", ".")
    for root in ("/media/", "/static/", "/documents/1/"):
        for up in ups:
            answer = site.visitor().get(root + up)
            assert answer.status == 404, (root, up, answer.status)
    for path in (
        "/.env",
        "/.git/config",
        "/manage.py",
        "/mailbox/",
        "/server-status/",
        "/__debug__/",
        "/api/v2/pages/",
    ):
        assert site.visitor().get(path).status == 404, path


@check("error pages say nothing of the code behind them")
def _(site):
    for answer in (
        site.visitor().get("/nothing-here/"),
        site.visitor().get("/", Host="evil.example"),
        site.person("trainee").get("/desk/"),
        site.visitor().post("/accounts/login/", token=False),
        site.visitor().send("POST", "/payments/webhook/", b"{}"),
    ):
        for word in ("Traceback", "site-packages", "DEBUG = True", ".py", "psycopg", "Django"):
            assert word not in answer.text, (answer.status, word)
