"""The nightly question to Stripe finds what a lost webhook would have said, over real HTTP."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.payments.actions.buying import open_checkout, start_order
from courses.payments.actions.reconciling import OrdersNotAsked, reconcile_orders
from courses.payments.enums import OrderState
from courses.payments.models import StripeEvent
from lms.jobs.registry import nightly_steps
from lms.notices.models import Notice
from tests.factories.payments import AMOUNT, make_order, make_sold_cohort

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast, simulator):
    """An order whose checkout is open at Stripe, and whose webhooks are all lost."""
    order = start_order(cast.trainee, cohort=make_sold_cohort())
    open_checkout(order)
    order.refresh_from_db()
    return order


def state_after_a_night(order):
    learned = reconcile_orders()
    order.refresh_from_db()
    return learned, order.state


def test_a_payment_whose_webhook_was_lost_is_found(order, simulator):
    assert state_after_a_night(order) == (0, OrderState.OPEN)
    simulator.pay(order.session_id)
    assert state_after_a_night(order) == (1, OrderState.PAID)
    assert state_after_a_night(order) == (0, OrderState.PAID)
    assert StripeEvent.objects.filter(is_asked=True).count() == 1


def test_refund_and_chargeback_are_found_too(order, simulator):
    simulator.pay(order.session_id)
    state_after_a_night(order)
    intent = order.intents.get().intent_id
    simulator.create_refund({"payment_intent": intent, "amount": "1000"})
    assert state_after_a_night(order) == (1, OrderState.PAID)
    assert order.refunded == 1000
    simulator.dispute(intent, "needs_response")
    assert state_after_a_night(order) == (1, OrderState.DISPUTED)
    simulator.dispute(intent, "lost")
    assert state_after_a_night(order) == (1, OrderState.REFUNDED)


def test_the_webhook_that_comes_after_the_night_changes_nothing_more(order, simulator, webhooks):
    simulator.pay(order.session_id)
    simulator.create_refund({"payment_intent": simulator.session(order.session_id)["payment_intent"]})
    assert state_after_a_night(order) == (1, OrderState.REFUNDED)
    before = Notice.objects.count()
    assert webhooks() == 4
    order.refresh_from_db()
    assert (order.state, order.refunded, Notice.objects.count()) == (OrderState.REFUNDED, AMOUNT, before)


def test_an_expired_checkout_is_found(order, simulator):
    simulator.session(order.session_id)["expires_at"] = int(timezone.now().timestamp()) - 1
    assert state_after_a_night(order) == (1, OrderState.LAPSED)


def test_an_order_whose_checkout_was_never_opened_lapses(cast, simulator):
    over = timezone.now() - timedelta(minutes=1)
    order = make_order(cast.trainee, expires_at=over, session_id="", session_url="")
    state_after_a_night(order)
    assert order.state == OrderState.LAPSED


def test_when_stripe_does_not_answer_for_one_the_others_are_asked(order, cast, simulator):
    lost = make_order(cast.other_trainee, session_id="cs_test_unknown")
    simulator.pay(order.session_id)
    with pytest.raises(OrdersNotAsked, match=f"ids \\[{lost.pk}\\]"):
        reconcile_orders()
    order.refresh_from_db()
    assert order.state == OrderState.PAID


def test_it_is_a_step_of_the_night_and_silent_without_a_key(settings, cast):
    assert "ask Stripe about orders" in dict(nightly_steps())
    settings.STRIPE_SECRET_KEY = ""
    make_order(cast.trainee)
    assert reconcile_orders() == 0


def test_the_page_of_an_order_asks_stripe_nothing(order, simulator, client, cast):
    simulator.pay(order.session_id)
    cast.client("trainee").get(reverse("order", args=[order.pk]), {"back": "paid"})
    order.refresh_from_db()
    assert order.state == OrderState.OPEN
