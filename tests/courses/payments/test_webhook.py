"""What the webhook refuses, and what it keeps."""

import json
import time

import pytest
from django.test import Client

from courses.payments.enums import OrderState
from courses.payments.models import Order, StripeEvent
from tests.factories.payments import WEBHOOK, StripesView, deliver, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast):
    return make_order(cast.trainee)


@pytest.fixture
def paid(order):
    return StripesView(order).completed()


def nothing_happened(order):
    order.refresh_from_db()
    return order.state == OrderState.OPEN and not StripeEvent.objects.exists()


def test_a_signed_event_is_kept_once_and_needs_no_csrf_token(order, paid):
    for _ in range(3):
        assert deliver(paid, client=Client(enforce_csrf_checks=True)).status_code == 200
    order.refresh_from_db()
    assert (order.state, StripeEvent.objects.count()) == (OrderState.PAID, 1)


def test_an_unsigned_event_is_refused(order, paid):
    answer = Client().post(WEBHOOK, json.dumps(paid), content_type="application/json")
    assert answer.status_code == 400
    assert nothing_happened(order)


def test_a_signature_that_is_no_text_of_stripes_is_refused(order, paid):
    headers = {"Stripe-Signature": f"t={int(time.time())},v1=\xe9"}
    answer = Client().post(WEBHOOK, json.dumps(paid), content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert nothing_happened(order)


@pytest.mark.parametrize("secret", ["", "whsec_another", "sk_test_simulated"])
def test_an_event_signed_with_another_secret_is_refused(order, paid, secret):
    assert deliver(paid, secret=secret).status_code == 400
    assert nothing_happened(order)


@pytest.mark.parametrize(("age", "status"), [(290, 200), (310, 400), (86_400, 400)])
def test_a_signature_older_than_five_minutes_is_refused(paid, age, status):
    assert deliver(paid, timestamp=int(time.time()) - age).status_code == status


@pytest.mark.parametrize("secret", ["", "whsec_simulated"])
def test_without_a_secret_nothing_is_believed(order, paid, settings, secret):
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert deliver(paid, secret=secret).status_code == 503
    assert nothing_happened(order)


def test_an_event_altered_on_its_way_is_refused(order, paid):
    import stripe

    signed = json.dumps(paid)
    header = stripe.WebhookSignature.generate_signature_header(signed, "whsec_simulated")
    altered = signed.replace("240000", "1")
    answer = Client().post(WEBHOOK, altered, content_type="application/json", headers={"Stripe-Signature": header})
    assert answer.status_code == 400
    assert nothing_happened(order)


def test_an_event_of_the_other_mode_is_refused(order, paid, settings):
    assert deliver(paid | {"livemode": True}).status_code == 400
    settings.STRIPE_SECRET_KEY = "sk_live_0123456789abcdef"
    assert deliver(paid).status_code == 400
    assert nothing_happened(order)
    assert deliver(paid | {"livemode": True}).status_code == 200


@pytest.mark.parametrize(
    "event",
    [
        *([], {}, None, "evt", {"id": "evt_1"}),
        {"id": 7, "type": "charge.refunded", "created": 1, "livemode": False, "data": {"object": {}}},
        {"id": "evt_1", "type": "charge.refunded", "created": "now", "livemode": False, "data": {"object": {}}},
        {"id": "e" * 300, "type": "charge.refunded", "created": 1, "livemode": False, "data": {"object": {}}},
        {"id": "evt_1", "type": "charge.refunded", "created": 1, "livemode": False, "data": []},
    ],
)
def test_what_has_not_the_shape_of_an_event_is_refused(event):
    assert deliver(event).status_code == 400
    assert not StripeEvent.objects.exists()


def test_a_type_nobody_asked_for_is_answered_and_forgotten(paid):
    assert deliver(paid | {"type": "customer.created", "id": "evt_other"}).status_code == 200
    assert not StripeEvent.objects.exists()


def test_what_fails_while_an_event_is_handled_leaves_nothing_and_a_retry_succeeds(order, paid, monkeypatch):
    from courses.payments.actions import settling

    def fail(*args, **kwargs):
        raise RuntimeError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(settling, "tell", fail)
        assert deliver(paid, client=Client(raise_request_exception=False)).status_code == 500
    assert nothing_happened(order)
    assert deliver(paid).status_code == 200
    assert Order.objects.get(pk=order.pk).state == OrderState.PAID


def test_a_body_that_is_too_large_is_refused(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert deliver({"id": "e" * 200}).status_code == 400
