"""The simulator over real HTTP, asked with Stripe's own client; its pages; and that it never runs in earnest."""

import json
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest
import stripe
from django.core.management import CommandError, call_command

from courses.payments import gateway
from courses.payments.simulator import Server, Simulator, SimulatorRefused, nested
from lms.demo.management.commands.serve import Command as Serve
from tests.factories.payments import AMOUNT, WEBHOOK, make_order


@pytest.fixture
def order(cast):
    return make_order(cast.trainee, session_id="", session_url="")


def get(url):
    try:
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - the simulator's own address
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def press(url, headers=None, **fields):
    """Send a form of the simulator's; the status and where it leads."""
    request = urllib.request.Request(url, urlencode(fields).encode(), headers or {})  # noqa: S310 - the same
    try:
        with urllib.request.build_opener(Stay).open(request) as answer:
            return answer.status, answer.headers.get("Location")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location")


# The API --------------------------------------------------------------------------------------------------------------


def test_the_same_order_has_one_checkout(order, simulator):
    first, second = gateway.create_session(order), gateway.create_session(order)
    assert first.id == second.id
    assert (first.amount_total, first.currency, first.client_reference_id) == (AMOUNT, "usd", str(order.key))
    assert first.expires_at == int(order.expires_at.timestamp())


def test_the_same_key_with_other_parameters_is_refused(order, simulator):
    gateway.create_session(order)
    order.amount += 1
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        gateway.create_session(order)


def test_a_wrong_key_is_refused(order, simulator, settings):
    client = gateway.client()
    settings.STRIPE_SECRET_KEY = "sk_test_another"
    with pytest.raises(stripe.AuthenticationError):
        client.v1.checkout.sessions.retrieve("cs_1")


def test_what_it_does_not_know_is_not_found(simulator):
    with pytest.raises(stripe.InvalidRequestError, match="No such session"):
        gateway.client().v1.checkout.sessions.retrieve("cs_unknown")
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        gateway.client().v1.customers.list()


def test_a_paid_checkout_is_refunded_once_and_no_more_than_it_cost(order, simulator):
    session = gateway.create_session(order)
    simulator.pay(session.id)
    _, charge, disputes = gateway.what_stripe_knows(session.id)
    assert (charge["amount"], charge["amount_refunded"], disputes) == (AMOUNT, 0, [])
    first = gateway.create_refund(order, charge["payment_intent"])
    assert gateway.create_refund(order, charge["payment_intent"]).id == first.id
    order.refund_tries = 1
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        gateway.create_refund(order, charge["payment_intent"])


def test_a_checkout_is_closed_once_and_a_paid_one_stays(order, simulator):
    session = gateway.create_session(order)
    gateway.expire_session(session.id)
    gateway.expire_session(session.id)
    assert simulator.session(session.id)["status"] == "expired"
    assert simulator.pay(session.id)["payment_status"] == "unpaid"


def test_a_checkout_lasts_between_half_an_hour_and_a_day(order, simulator):
    with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
        gateway.client().v1.checkout.sessions.create(
            {
                "expires_at": int(time.time()) + 60,
                "line_items": [{"price_data": {"unit_amount": 1, "product_data": {"name": "x"}, "currency": "usd"}}],
            }
        )


def test_nested_parameters_are_read_as_stripes_client_sends_them():
    pairs = [("mode", "payment"), ("line_items[0][price_data][unit_amount]", "5"), ("metadata[order]", "k")]
    assert nested(pairs) == {
        "mode": "payment",
        "line_items": [{"price_data": {"unit_amount": "5"}}],
        "metadata": {"order": "k"},
    }


def test_its_state_outlives_it(order, simulator, settings):
    session = gateway.create_session(order)
    again = Simulator(simulator.file, deliver_to="", secret="")
    assert again.session(session.id)["client_reference_id"] == str(order.key)


# Webhooks -------------------------------------------------------------------------------------------------------------


def test_events_are_signed_and_sent_again_until_they_arrive(order, simulator, monkeypatch):
    sent = []
    answers = iter([False, True, True])
    monkeypatch.setattr(simulator, "_post", lambda payload: sent.append(payload) or next(answers))
    simulator.pay(gateway.create_session(order).id)
    assert simulator.deliver_due() == 1
    for waiting in simulator.state["events"].values():
        waiting["next"] = 0
    assert simulator.deliver_due() == 1
    assert simulator.state["events"] == {}
    ids = [json.loads(payload)["id"] for payload in sent]
    assert ids[0] == ids[2]
    assert [json.loads(payload)["type"] for payload in sent[:2]] == ["charge.succeeded", "checkout.session.completed"]


@pytest.mark.django_db(transaction=True)
def test_a_payment_arrives_over_real_http(live_server, cast, simulator, settings):
    order = make_order(cast.trainee, session_id="", session_url="")
    simulator.deliver_to = live_server.url + WEBHOOK
    simulator.pay(gateway.create_session(order).id)
    assert simulator.deliver_due() == 2
    order.refresh_from_db()
    assert order.state == "paid"


# Its pages ------------------------------------------------------------------------------------------------------------


def test_the_page_says_that_no_money_moves_and_its_buttons_lead_back(order, simulator, settings):
    session = gateway.create_session(order)
    status, headers, page = get(session.url)
    assert status == 200
    assert "Simulated payment" in page
    assert "No money moves" in page
    assert "USD 2,400.00" in page
    assert f"form-action 'self' {settings.PUBLIC_URL}" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert press(session.url, do="decline") == (402, None)
    assert press(session.url, do="cancel") == (303, session.cancel_url)
    assert simulator.session(session.id)["payment_status"] == "unpaid"
    assert press(session.url, do="pay") == (303, session.success_url)
    assert simulator.session(session.id)["payment_status"] == "paid"
    assert press(session.url, do="pay") == (303, session.success_url)
    assert len(simulator.state["charges"]) == 1


def test_another_sites_form_is_refused(order, simulator):
    session = gateway.create_session(order)
    assert press(session.url, {"Origin": "https://evil.example"}, do="pay")[0] == 403
    assert simulator.session(session.id)["payment_status"] == "unpaid"


def test_the_board_plays_stripe_and_the_bank(order, simulator, settings):
    session = simulator.pay(gateway.create_session(order).id)
    intent, board = session["payment_intent"], settings.STRIPE_API_BASE + "/"
    for do in ("refund_half", "needs_response", "lost", "nonsense"):
        assert press(board, intent=intent, do=do) == (303, "/")
    assert press(board, intent="pi_unknown", do="refund") == (303, "/")
    _, _, page = get(board)
    assert "paid back USD 1,200.00" in page
    kinds = [waiting["event"]["type"] for waiting in simulator.state["events"].values()]
    assert kinds[-4:] == ["refund.created", "charge.refunded", "charge.dispute.created", "charge.dispute.closed"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("static/css/tokens.css", 200),
        ("static/../settings.py", 404),
        ("static/%2e%2e/settings.py", 404),
        ("static//etc/passwd", 404),
        ("pay/cs_unknown", 404),
        ("elsewhere", 404),
    ],
)
def test_it_serves_its_styles_and_nothing_else(simulator, settings, path, status):
    assert get(f"{settings.STRIPE_API_BASE}/{path}")[0] == status


# Only in the demonstration --------------------------------------------------------------------------------------------


def test_it_is_refused_unless_the_demonstration_is_on(settings, tmp_path):
    settings.DEMO = False
    with pytest.raises(SimulatorRefused, match="DEMO=1"):
        Server(0, Simulator(tmp_path / "s.json", deliver_to="", secret=""))
    settings.STRIPE_IS_SIMULATED = False
    with pytest.raises(CommandError, match="refused unless DEMO=1"):
        call_command("stripe_simulator")


def test_a_port_that_is_taken_is_said(settings, simulator):
    with pytest.raises(CommandError, match="STRIPE_SIMULATOR_URL"):
        call_command("stripe_simulator")


def test_serve_starts_it_beside_the_worker_only_when_stripe_is_simulated(settings):
    def names():
        return [command[2] for command in Serve().beside({"port": 8000})]

    assert names() == ["work", "stripe_simulator"]
    settings.STRIPE_IS_SIMULATED = False
    assert names() == ["work"]


def test_it_stops(settings, tmp_path):
    settings.DEMO = True
    server = Server(0, Simulator(tmp_path / "s.json", deliver_to="", secret=""))
    thread = threading.Thread(target=server.run)
    thread.start()
    server.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()
