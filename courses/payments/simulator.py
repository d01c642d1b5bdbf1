"""A small Stripe for the demonstration and the tests: the same HTTP, the same shapes, and no money.

It knows what we use: checkout sessions, refunds, disputes, idempotency keys, a page to pay on, and signed webhooks with
retries. Its state is one JSON file. It never starts unless the demonstration is switched on.
"""

import json
import mimetypes
import secrets
import threading
import time
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import stripe
from django.conf import settings
from django.template.loader import render_to_string

from courses.payments.rules import money

API_VERSION = "2026-10-28.endive"
RETRY_SECONDS = (0, 1, 2, 5, 10, 30, 60, 300, 900)
STATIC = Path(settings.BASE_DIR) / "lms" / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


class SimulatorRefused(Exception):
    """The simulator belongs to the demonstration alone."""


class ApiError(Exception):
    """What Stripe answers instead: a status, a type and a sentence."""

    def __init__(self, status: int, kind: str, message: str, code: str = ""):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, "code": code or None}}


class Simulator:
    """The state, and what can be done with it. Every change is written to the file before it is answered."""

    def __init__(self, file: Path, *, deliver_to: str, secret: str):
        self.file, self.deliver_to, self.secret = file, deliver_to, secret
        self.lock = threading.RLock()
        empty = {"sessions": {}, "intents": {}, "charges": {}, "refunds": {}, "disputes": {}, "events": {}, "keys": {}}
        self.state = json.loads(file.read_text()) if file.exists() else empty

    def save(self) -> None:
        partial = self.file.with_suffix(".part")
        partial.write_text(json.dumps(self.state))
        partial.replace(self.file)

    def once(self, key: str, path: str, params: dict, act) -> dict:
        """The first answer again for the same key; another request under it is refused, as Stripe does."""
        with self.lock:
            known = self.state["keys"].get(key) if key else None
            if known and (known["path"], known["params"]) != (path, params):
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                )
                raise ApiError(400, "idempotency_error", message)
            if known:
                return known["answer"]
            answer = act(params)
            if key:
                self.state["keys"][key] = {"path": path, "params": params, "answer": json.loads(json.dumps(answer))}
            self.save()
            return answer

    # Checkout --------------------------------------------------------------------------------------------------------

    def create_session(self, params: dict) -> dict:
        price = params["line_items"][0]["price_data"]
        now, expires_at = _now(), int(params["expires_at"])
        if not 30 * 60 <= expires_at - now <= 24 * 3600:
            raise ApiError(
                400, "invalid_request_error", "The `expires_at` timestamp must be 30 minutes to 24 hours from now."
            )
        session = {
            "id": _id("cs_test"),
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "mode": "payment",
            "amount_total": int(price["unit_amount"]),
            "currency": price["currency"],
            "name": price["product_data"]["name"],
            "payment_intent": None,
            "created": now,
            "livemode": False,
            "expires_at": expires_at,
            **{name: params.get(name) for name in ("client_reference_id", "customer_email", "metadata")},
            **{name: params[name] for name in ("success_url", "cancel_url")},
        }
        session["url"] = f"{settings.STRIPE_API_BASE}/pay/{session['id']}"
        self.state["sessions"][session["id"]] = session
        return session

    def session(self, session_id: str) -> dict:
        with self.lock:
            session = self._get("sessions", session_id)
            if session["status"] == "open" and session["expires_at"] <= _now():
                self._expire(session)
            return session

    def expire(self, session_id: str) -> dict:
        with self.lock:
            session = self.session(session_id)
            if session["status"] != "open":
                raise ApiError(
                    400, "invalid_request_error", "Only Checkout Sessions with a status of `open` can be expired."
                )
            self._expire(session)
            return session

    def _expire(self, session: dict) -> None:
        session.update(status="expired", url=None)
        self._tell("checkout.session.expired", session)

    def pay(self, session_id: str) -> dict:
        with self.lock:
            session = self.session(session_id)
            if session["status"] != "open":
                return session
            what = {
                "amount": session["amount_total"],
                "currency": session["currency"],
                "created": _now(),
                "livemode": False,
            }
            intent = {"id": _id("pi"), "object": "payment_intent", "status": "succeeded", **what}
            charge = {
                "id": _id("ch"),
                "object": "charge",
                "status": "succeeded",
                "payment_intent": intent["id"],
                **what,
            }
            charge.update(amount_refunded=0, refunded=False, disputed=False, metadata=session["metadata"])
            intent["latest_charge"] = charge["id"]
            self.state["intents"][intent["id"]], self.state["charges"][charge["id"]] = intent, charge
            session.update(status="complete", payment_status="paid", payment_intent=intent["id"], url=None)
            self._tell("charge.succeeded", charge)
            self._tell("checkout.session.completed", session)
            return session

    # Money back ------------------------------------------------------------------------------------------------------

    def create_refund(self, params: dict) -> dict:
        charge = self._charge_of(params.get("payment_intent", ""))
        rest = charge["amount"] - charge["amount_refunded"]
        amount = int(params.get("amount", rest))
        if charge["disputed"]:
            raise ApiError(400, "invalid_request_error", "The charge has been charged back.", "charge_disputed")
        if not 0 < amount <= rest:
            raise ApiError(
                400, "invalid_request_error", "The charge has already been refunded.", "charge_already_refunded"
            )
        refund = {
            "id": _id("re"),
            "object": "refund",
            "amount": amount,
            "currency": charge["currency"],
            "status": "succeeded",
        }
        refund.update(charge=charge["id"], payment_intent=charge["payment_intent"], created=_now())
        self.state["refunds"][refund["id"]] = refund
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._tell("refund.created", refund)
        self._tell("charge.refunded", charge)
        return refund

    def dispute(self, intent_id: str, status: str) -> None:
        """What a payer's bank does: ask for the money back, and decide."""
        with self.lock:
            charge = self._charge_of(intent_id)
            dispute = next(
                (found for found in self.state["disputes"].values() if found["charge"] == charge["id"]), None
            )
            if dispute is None:
                dispute = {
                    "id": _id("du"),
                    "object": "dispute",
                    "amount": charge["amount"],
                    "currency": charge["currency"],
                }
                dispute.update(charge=charge["id"], payment_intent=intent_id, reason="fraudulent", created=_now())
                self.state["disputes"][dispute["id"]] = dispute
            dispute["status"], charge["disputed"] = status, True
            self._tell("charge.dispute.closed" if status in ("won", "lost") else "charge.dispute.created", dispute)
            self.save()

    def disputes_of(self, intent_id: str) -> dict:
        data = [dispute for dispute in self.state["disputes"].values() if dispute["payment_intent"] == intent_id]
        return {"object": "list", "data": data, "has_more": False, "url": "/v1/disputes"}

    def _charge_of(self, intent_id: str) -> dict:
        return self.state["charges"][self._get("intents", intent_id)["latest_charge"]]

    def expanded(self, session: dict) -> dict:
        """The session with its payment intent and charge inside, as `expand` asks."""
        intent = self.state["intents"].get(session["payment_intent"])
        if intent is None:
            return session
        return session | {"payment_intent": intent | {"latest_charge": self.state["charges"][intent["latest_charge"]]}}

    def _get(self, kind: str, pk: str) -> dict:
        if pk not in self.state[kind]:
            raise ApiError(
                404, "invalid_request_error", f"No such {kind.removesuffix('s')}: '{pk}'", "resource_missing"
            )
        return self.state[kind][pk]

    # Webhooks --------------------------------------------------------------------------------------------------------

    def _tell(self, kind: str, thing: dict) -> None:
        event = {"id": _id("evt"), "object": "event", "api_version": API_VERSION, "created": _now(), "livemode": False}
        event.update(type=kind, data={"object": json.loads(json.dumps(thing))}, pending_webhooks=1)
        self.state["events"][event["id"]] = {"event": event, "tries": 0, "next": time.time()}
        self.save()

    def deliver_due(self) -> int:
        """Send what is due; returns how many arrived. One that fails is tried again later, as the same event."""
        with self.lock:
            due = [pk for pk, waiting in self.state["events"].items() if waiting["next"] <= time.time()]
        return sum(self._deliver(pk) for pk in due)

    def _deliver(self, pk: str) -> bool:
        arrived = self._post(json.dumps(self.state["events"][pk]["event"]))
        with self.lock:
            waiting = self.state["events"][pk]
            waiting["tries"] += 1
            if arrived or waiting["tries"] >= len(RETRY_SECONDS):
                del self.state["events"][pk]
            else:
                waiting["next"] = time.time() + RETRY_SECONDS[waiting["tries"]]
            self.save()
        return arrived

    def _post(self, payload: str) -> bool:
        signature = stripe.WebhookSignature.generate_signature_header(payload, self.secret)
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        request = urllib.request.Request(self.deliver_to, payload.encode(), headers)  # noqa: S310 - our own address
        with suppress(OSError), urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            return answer.status == 200
        return False


def _now() -> int:
    return int(time.time())


def _id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def nested(pairs: list[tuple[str, str]]) -> dict:
    """a[0][b]=c, as Stripe's client sends it -> {"a": [{"b": "c"}]}."""
    tree: dict = {}
    for name, value in pairs:
        *path, last = name.replace("]", "").split("[")
        here = tree
        for part in path:
            here = here.setdefault(part, {})
        here[last] = value
    return _lists(tree)


def _lists(tree):
    if not isinstance(tree, dict):
        return tree
    values = {name: _lists(value) for name, value in tree.items()}
    is_list = values and all(name.isdigit() for name in values)
    return [values[name] for name in sorted(values, key=int)] if is_list else values


class Handler(BaseHTTPRequestHandler):
    """The API under /v1/, the page to pay on, a board to play the bank, and the styles both need."""

    protocol_version = "HTTP/1.1"

    @property
    def simulator(self) -> Simulator:
        return self.server.simulator

    def log_message(self, *args):
        """Quiet: the site's own log says what arrived."""

    def do_GET(self):
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            self.answer_api(self.read_api, path)
        elif path.startswith("/static/"):
            self.send_static(path.removeprefix("/static/"))
        elif path == "/":
            self.send_page("payments/simulator/board.html", {"payments": self.payments()})
        elif path.startswith("/pay/"):
            self.send_pay_page(path.removeprefix("/pay/"))
        else:
            self.send(404, b"not found", "text/plain")

    def do_POST(self):
        length = min(int(self.headers.get("Content-Length") or 0), 100_000)
        params = nested(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            self.answer_api(self.write_api, path, params)
        elif self.headers.get("Origin", settings.STRIPE_API_BASE) not in (settings.STRIPE_API_BASE, "null"):
            self.send(403, b"another site's form", "text/plain")
        elif path.startswith("/pay/"):
            self.pay(path.removeprefix("/pay/"), params.get("do"))
        elif path == "/":
            self.play_the_bank(params.get("intent", ""), params.get("do"))
        else:
            self.send(404, b"not found", "text/plain")

    # API

    def answer_api(self, act, *arguments) -> None:
        try:
            if self.headers.get("Authorization") != f"Bearer {settings.STRIPE_SECRET_KEY}":
                raise ApiError(401, "invalid_request_error", "Invalid API Key provided")
            status, body = 200, act(*arguments)
        except ApiError as error:
            status, body = error.status, error.body
        self.send(status, json.dumps(body).encode(), "application/json")

    def read_api(self, path: str) -> dict:
        query = dict(parse_qsl(urlsplit(self.path).query))
        match path.strip("/").split("/"):
            case ["v1", "checkout", "sessions", pk]:
                session = self.simulator.session(pk)
                return self.simulator.expanded(session) if "payment_intent.latest_charge" in query.values() else session
            case ["v1", "disputes"]:
                return self.simulator.disputes_of(query.get("payment_intent", ""))
        raise ApiError(404, "invalid_request_error", f"Unrecognized request URL (GET: {path}).")

    def write_api(self, path: str, params: dict) -> dict:
        key = self.headers.get("Idempotency-Key", "")
        match path.strip("/").split("/"):
            case ["v1", "checkout", "sessions"]:
                return self.simulator.once(key, path, params, self.simulator.create_session)
            case ["v1", "checkout", "sessions", pk, "expire"]:
                return self.simulator.expire(pk)
            case ["v1", "refunds"]:
                return self.simulator.once(key, path, params, self.simulator.create_refund)
        raise ApiError(404, "invalid_request_error", f"Unrecognized request URL (POST: {path}).")

    # Pages

    def send_pay_page(self, pk: str, *, declined: bool = False) -> None:
        try:
            session = self.simulator.session(pk)
        except ApiError:
            self.send(404, b"no such checkout", "text/plain")
            return
        context = {
            "session": session,
            "total": money(session["amount_total"], session["currency"]),
            "declined": declined,
        }
        self.send_page("payments/simulator/pay.html", context, status=402 if declined else 200)

    def pay(self, pk: str, do: str | None) -> None:
        if do == "decline":
            self.send_pay_page(pk, declined=True)
            return
        try:
            session = self.simulator.pay(pk) if do == "pay" else self.simulator.session(pk)
        except ApiError:
            self.send(404, b"no such checkout", "text/plain")
            return
        self.redirect(session["success_url"] if session["status"] == "complete" else session["cancel_url"])

    def play_the_bank(self, intent: str, do: str | None) -> None:
        with suppress(ApiError):
            if do in ("needs_response", "won", "lost"):
                self.simulator.dispute(intent, do)
            elif do in ("refund", "refund_half"):
                charge = self.simulator._charge_of(intent)
                part = {"amount": max(1, charge["amount"] // 2)} if do == "refund_half" else {}
                self.simulator.once("", "/v1/refunds", {"payment_intent": intent, **part}, self.simulator.create_refund)
        self.redirect("/")

    def payments(self) -> list[dict]:
        charges = sorted(
            self.simulator.state["charges"].values(), key=lambda charge: (-charge["created"], charge["id"])
        )
        return [
            charge
            | {"total": money(charge["amount"], charge["currency"])}
            | {"back": money(charge["amount_refunded"], charge["currency"])}
            for charge in charges[:50]
        ]

    def send_page(self, template: str, context: dict, *, status: int = 200) -> None:
        back = settings.PUBLIC_URL
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {back}"
        )
        self.send(status, render_to_string(template, context).encode(), "text/html; charset=utf-8", policy=policy)

    def send_static(self, name: str) -> None:
        file = (STATIC / name).resolve()
        if STATIC.resolve() not in file.parents or not file.is_file():
            self.send(404, b"not found", "text/plain")
            return
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self.send(200, file.read_bytes(), kind)

    def redirect(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send(self, status: int, body: bytes, kind: str, *, policy: str = "default-src 'none'") -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, simulator: Simulator):
        if not settings.DEMO:
            raise SimulatorRefused(
                "The simulator is refused unless DEMO=1 is set: with it, anybody could pay with nothing."
            )
        super().__init__(("127.0.0.1", port), Handler)
        self.simulator = simulator
        self.stopping = threading.Event()

    def run(self) -> None:
        """Serve, and deliver webhooks beside it, until `stop`."""
        threading.Thread(target=self.deliver, daemon=True).start()
        self.serve_forever(poll_interval=0.1)

    def deliver(self) -> None:
        while not self.stopping.wait(0.2):
            self.simulator.deliver_due()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
