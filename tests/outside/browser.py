"""A person with cookies and an address, over plain HTTP: it plays the proxy too, and sends whatever it is told to."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import itertools
import struct
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

import lxml.html

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOST = "probe.test"
ORIGIN = f"https://{HOST}"
SESSION, CSRF = "__Host-session", "__Host-csrf"
FORM = "application/x-www-form-urlencoded"
_addresses = itertools.count(1)


def fresh_address() -> str:
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def totp() -> str:
    digest = hmac.new(base64.b32decode(TOTP_SECRET), struct.pack(">Q", int(time.time() // 30)), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def page(self):
        return lxml.html.fromstring(self.text or "<p></p>")

    @property
    def location(self) -> str:
        return self.header("Location")


class Browser:
    def __init__(self, port: int, cookies: dict[str, str] | None = None, address: str = ""):
        self.port, self.cookies, self.address = port, dict(cookies or {}), address or fresh_address()

    def twin(self) -> "Browser":
        """The same person in another window."""
        return Browser(self.port, self.cookies, self.address)

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Headers by name, with _ for -; an empty one is left out."""
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": self.address, "Accept": "text/html"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            sent["Content-Length"] = str(len(body))
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        begun = time.perf_counter()
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before it was all sent
                connection.send(body or b"")
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        answer = Answer(response.status, response.getheaders(), content, time.perf_counter() - begun)
        self._keep_cookies(answer)
        return answer

    def _keep_cookies(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0].strip('"')
                if not self.cookies[key]:
                    del self.cookies[key]

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, data: dict | None = None, *, token: bool = True, **headers: str) -> Answer:
        """A form with its token and its key, unless `data` brings a key or `token` is False."""
        fields = {"form_key": str(uuid.uuid4())} | (data or {})
        if token:
            fields["csrfmiddlewaretoken"] = self.token
        return self.send(
            "POST", path, urlencode(fields, doseq=True).encode(), **{"Content_Type": FORM, "Origin": ORIGIN} | headers
        )

    def upload(self, path: str, content: bytes, *, field: str = "file", name: str = "a.svg", **fields: str) -> Answer:
        fields |= {"csrfmiddlewaretoken": self.token, "form_key": str(uuid.uuid4())}
        parts = [
            f'--border\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--border\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        parts += [head.encode(), b"Content-Type: text/html\r\n\r\n", content, b"\r\n--border--\r\n"]
        kind = "multipart/form-data; boundary=border"
        return self.send("POST", path, b"".join(parts), Content_Type=kind, Origin=ORIGIN)

    @property
    def token(self) -> str:
        return self.cookies.setdefault(CSRF, "p" * 32)

    def fields(self, path: str, action: str = "") -> dict[str, str]:
        """What the form on a page would send if nothing were touched."""
        for form in self.get(path).page.forms:
            if (
                form.method.upper() == "POST"
                and (action or path) in (form.action or path)
                and "logout" not in (form.action or "")
            ):
                return {
                    name: value for name, value in form.form_values() if name not in ("csrfmiddlewaretoken", "form_key")
                }
        raise AssertionError(f"{path} has no form.")

    def sign_in(self, email: str, password: str) -> Answer:
        answer = self.post("/accounts/login/", {"login": email, "password": password})
        if "/2fa/" in answer.location:
            answer = self.post(answer.location, {"code": totp()})
        return answer


def at_once(times: int, act: Callable[[int], Answer]) -> list[Answer]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(act, range(times)))


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)
