"""An HTTP/1.1 client that keeps its connections: it plays the browsers, and the proxy in front of the server.

One thread without waiting, so that the moment an answer is complete is seen at once. Its own processor time is in no
figure (only the server's and the database's processes are read), but on few cores it does take part in p50 and p95.
"""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import lxml.html

from tests.benchmarks.place import ORIGIN

HOST = urlsplit(ORIGIN).hostname
CSRF = "benchbenchbenchbenchbenchbenchbe"
SESSION_COOKIE, CSRF_COOKIE = "__Host-session", "__Host-csrf"
LONGEST_WAIT = 60
_addresses = itertools.count(1)


def fresh_address() -> str:
    """Another client's address, as the proxy would tell it: limits count for each address, and many people come."""
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class WrongAnswer(Exception):
    """The server did not answer as it should. Nothing that follows would mean anything."""


@dataclass(frozen=True)
class Ask:
    """One request, ready to be sent, and what its answer must be: status, and words in its body or its Location."""

    path: str
    raw: bytes
    status: int
    marker: bytes

    def problem(self, answer: "Answer") -> str:
        """What is wrong with the answer, or ""."""
        place = answer.headers.get("location", "").encode() if answer.status in (301, 302, 303) else answer.body
        if answer.status == self.status and self.marker in place:
            return ""
        words = place[:300].decode(errors="replace")
        return f"{self.path}: {answer.status} instead of {self.status} with “{self.marker.decode()}”: {words}"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    cookies: dict[str, str] = field(default_factory=dict)


class Connection:
    """One kept connection; opened again when the server has closed it."""

    def __init__(self, port: int):
        self.port, self.reader, self.writer = port, None, None

    async def send(self, raw: bytes) -> Answer:
        if self.reader is not None and self.reader.at_eof():  # idle for longer than the server keeps it
            await self.close()
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        begun = time.perf_counter()
        self.writer.write(raw)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers, cookies = _headers(head[1:])
        body = await self._body(headers)
        seconds = time.perf_counter() - begun
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return Answer(int(head[0].split()[1]), headers, body, seconds, cookies)

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await self.reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return b"" if headers.get("connection") != "close" else await self.reader.read()
        parts = []
        while size := int(await self.reader.readline(), 16):
            parts.append((await self.reader.readexactly(size + 2))[:-2])
        await self.reader.readline()
        return b"".join(parts)

    async def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.reader = self.writer = None


def _headers(lines: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    headers, cookies = {}, {}
    for line in lines:
        name, colon, value = line.partition(":")
        if name.lower() == "set-cookie":
            key, _, rest = value.strip().partition("=")
            cookies[key] = rest.partition(";")[0].strip('"')
        elif colon:
            headers[name.lower()] = value.strip()
    return headers, cookies


class Browser:
    """One person's cookies and address. `ask` writes a request for later; `get` and `post` send one now, unmeasured."""

    def __init__(self, driver: "Driver", *, session: str = "", visitor: bool = False):
        self.driver, self.address = driver, fresh_address()
        self.cookies = {} if visitor else {CSRF_COOKIE: CSRF}
        if session:
            self.cookies[SESSION_COOKIE] = session

    def ask(
        self,
        path: str,
        marker: str,
        *,
        data: dict | None = None,
        status: int = 200,
        json: bool = False,
    ) -> Ask:
        """A GET, or a POST of `data`. `marker` must stand in the answer."""
        lines = [
            f"{'GET' if data is None else 'POST'} {path} HTTP/1.1",
            f"Host: {HOST}",
            f"X-Forwarded-For: {self.address}",
            "X-Forwarded-Proto: https",
            "User-Agent: Mozilla/5.0 (bench)",
            f"Accept: {'application/json' if json else 'text/html'}",
        ]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        body = b""
        if data is not None:
            body = urlencode(data | {"csrfmiddlewaretoken": self.cookies.get(CSRF_COOKIE, CSRF)}, doseq=True).encode()
            lines += [f"Origin: {ORIGIN}", "Content-Type: application/x-www-form-urlencoded"]
            lines.append(f"Content-Length: {len(body)}")
        return Ask(path, "\r\n".join([*lines, "", ""]).encode() + body, status, marker.encode())

    async def get(self, path: str, marker: str = "", **options) -> Answer:
        return await self._now(self.ask(path, marker, **options))

    async def post(self, path: str, data: dict, marker: str = "", *, status: int = 302) -> Answer:
        return await self._now(self.ask(path, marker, data=data, status=status))

    async def _now(self, ask: Ask) -> Answer:
        answer = await self.driver.send(ask)
        self.cookies |= answer.cookies
        return answer


class Driver:
    """Sends requests to the server on this machine. `concurrency` connections are kept."""

    def __init__(self, port: int, *, concurrency: int = 4):
        self.port, self.concurrency = port, concurrency
        self._aside = Connection(port)

    async def send(self, ask: Ask) -> Answer:
        """One request that is in no figure. Raises `WrongAnswer`."""
        answer = await asyncio.wait_for(self._aside.send(ask.raw), LONGEST_WAIT)
        if problem := ask.problem(answer):
            raise WrongAnswer(problem)
        return answer

    async def run(self, asks: Sequence[Ask]) -> list[Answer]:
        """All of them, `concurrency` at a time, each connection taking the next one. Raises `WrongAnswer`."""
        waiting, answers = iter(asks), []

        async def work() -> None:
            connection = Connection(self.port)
            try:
                for ask in waiting:
                    answer = await asyncio.wait_for(connection.send(ask.raw), LONGEST_WAIT)
                    if problem := ask.problem(answer):
                        raise WrongAnswer(problem)
                    answers.append(answer)
            finally:
                await connection.close()

        await asyncio.gather(*(work() for _ in range(min(self.concurrency, len(asks)))))
        return answers

    async def close(self) -> None:
        await self._aside.close()


def form_with(answer: Answer, word: str) -> dict[str, list[str]]:
    """What the browser would send of the form whose address holds `word`, or that has a field of this name.

    Raises `WrongAnswer` when the page has none.
    """
    page = lxml.html.fromstring(answer.body.decode())
    for form in page.forms:
        values: dict[str, list[str]] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        if form.method.upper() == "POST" and (word in (form.action or "") or word in values):
            return values
    raise WrongAnswer(f"The page has no form with {word!r}; it has {[form.action for form in page.forms]}.")
