"""Certificates: conferred once, and a register that hostile files neither fool nor slow down."""

import struct
import zlib

from certificates.models import Credential
from courses.enrolment.models import Enrolment
from tests.outside.browser import at_once, statuses
from tests.outside.doors import early_in_a_minute
from tests.outside.register import check


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    head = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (head, *chunks, (b"IEND", b""))
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def hostile() -> dict[str, bytes]:
    bomb = zlib.compress(b"\x00" * 300_000_000, 9)
    entity = b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    svg, badge = b'<svg xmlns="http://www.w3.org/2000/svg"', b' xmlns:o="https://purl.imsglobal.org/ob/v3p0">'
    return {
        "a bomb in a PNG": png((b"zTXt", b"openbadgecredential\x00\x00" + bomb)),
        "a PNG that promises too much": b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 0xFFFFFFFF) + b"iTXt",
        "an entity in an SVG": entity + svg + badge + b'<o:credential verify="a.b.c">&x;</o:credential></svg>',
        "a script in an SVG": svg + b"><script>zqmark7()</script></svg>",
        "a deep SVG": svg + b">" + b"<a>" * 100_000,
        "a deep JSON": b'{"proof":' + b"[" * 90_000 + b"]" * 90_000 + b"}",
        "a huge number": b'{"proof":' + b"9" * 100_000 + b"}",
        "half a character": b'{"proof":"\\ud800","id":"\\u0000","type":["VerifiableCredential"]}',
        "a token without signature": b"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.",
        "a token signed with a shared secret": b"eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.AAAA",
        "a page": b"<html><script>zqmark7()</script></html>",
        "two kinds at once": png() + b"%PDF-1.7",
        "half a PDF": b"%PDF-1.7\n1 0 obj\n<<",
        "nothing": b"",
        "zeros": b"\x00" * 1000,
    }


@check("no hostile file brings the verification down, runs, or keeps it busy")
def _(site):
    for what, content in hostile().items():
        answer = site.visitor().upload("/verify/", content, name='x"><script>zqmark7()</script>.svg')
        assert answer.status in (200, 422), (what, answer.status)
        assert answer.seconds < 10, (what, answer.seconds)
        assert "root:" not in answer.text, what
        assert not answer.page.xpath("//script[contains(., 'zqmark7')]"), what
        assert "this certificate is valid" not in answer.text.lower(), what


@check("a file that is too large is refused, and so is the eleventh in a minute")
def _(site):
    assert site.visitor().upload("/verify/", b"{" + b" " * 6_000_000).status == 413
    early_in_a_minute()
    one = site.visitor()
    assert [one.upload("/verify/", b"{}").status for _ in range(12)] == [422] * 10 + [429] * 2


@check("fifty conferrals at once are one certificate, and a trainee confers none")
def _(site):
    taken = Credential.objects.exclude(state="revoked").values("person")
    enrolment = Enrolment.objects.filter(state="completed").exclude(person__in=taken).first()
    path, form = f"/desk/certificates/confer/{enrolment.pk}/", {"sure": "on"}
    for name in ("trainee", "graduate", "faculty", "supervisor"):
        assert site.person(name).post(path, form).status in (403, 404), name
    directors = [site.person("director"), site.person("director-two")]
    assert directors[1].post(path, form).location.startswith("/accounts/reauthenticate/"), (
        "conferred without a password"
    )
    for director in directors:
        director.post("/accounts/reauthenticate/", {"password": site.password})
    answers = at_once(50, lambda number: directors[number % 2].twin().post(path, form))
    assert max(statuses(answers)) < 500, statuses(answers)
    assert Credential.objects.filter(enrolment=enrolment).exclude(state="revoked").count() == 1, statuses(answers)


@check("one altered sign makes a certificate no longer ours")
def _(site):
    signed = Credential.objects.filter(state="valid").first().signed_json
    genuine = site.visitor().upload("/verify/", signed.encode(), name="a.json")
    altered = site.visitor().upload("/verify/", signed.replace("2026", "2025", 1).encode(), name="a.json")
    assert (genuine.status, altered.status) == (200, 200)
    words = [" ".join(answer.page.xpath("//h1")[0].text_content().split()) for answer in (genuine, altered)]
    assert words[0] != words[1], words
