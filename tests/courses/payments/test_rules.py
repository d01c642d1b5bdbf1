"""What a set of Stripe's events says of an order, whatever their order. No database."""

import itertools
import random
from datetime import UTC, datetime

import pytest

from courses.payments.enums import MOVES, OrderState, Outcome
from courses.payments.rules import Told, account_of, may_move, money

KEY, AMOUNT = "7f1c9a52-0000-4000-8000-000000000001", 240_000


def told(pk, kind, **thing):
    return Told(pk, kind, datetime(2026, 11, 25, 12, 0, tzinfo=UTC), thing)


def session(pk="evt_paid", kind="checkout.session.completed", **changed):
    thing = {"id": "cs_1", "object": "checkout.session", "client_reference_id": KEY, "payment_status": "paid"}
    return told(pk, kind, **thing | {"amount_total": AMOUNT, "currency": "usd"} | changed)


def charge(total, pk="evt_charge"):
    return told(f"{pk}_{total}", "charge.refunded", id="ch_1", object="charge", amount_refunded=total)


def refund(amount, status="succeeded", name="re_1"):
    return told(f"evt_{name}_{status}", "refund.updated", id=name, object="refund", amount=amount, status=status)


def dispute(status, name="du_1"):
    return told(f"evt_{name}_{status}", "charge.dispute.updated", id=name, object="dispute", status=status)


def account(*events):
    return account_of(events, key=KEY, amount=AMOUNT, currency="usd")


EVENTS = [
    session(),
    told("evt_expired", "checkout.session.expired", id="cs_1", object="checkout.session", payment_status="unpaid"),
    charge(60_000),
    refund(60_000),
    dispute("needs_response"),
    dispute("lost"),
    charge(AMOUNT),
]


def test_all_5040_orders_of_seven_events_say_the_same():
    wanted = account(*EVENTS)
    assert all(account(*order) == wanted for order in itertools.permutations(EVENTS))
    assert (wanted.refunded, wanted.is_expired, wanted.disputes) == (AMOUNT, True, {"du_1": Outcome.LOST})


def test_an_event_that_comes_ten_times_counts_once():
    shuffled = EVENTS * 10
    random.Random(3).shuffle(shuffled)
    assert account(*shuffled) == account(*EVENTS)


def test_nothing_is_paid_by_an_unpaid_checkout():
    assert account(session(payment_status="unpaid")).paid_at is None
    assert account(session(kind="checkout.session.expired")).paid_at is None


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"amount_total": AMOUNT - 1}, "Stripe reports USD 2,399.99; the order is for USD 2,400.00."),
        ({"currency": "eur"}, "Stripe reports EUR 2,400.00; the order is for USD 2,400.00."),
        ({"client_reference_id": "another"}, "The payment names another order."),
        ({"amount_total": None}, "Stripe reports no amount; the order is for USD 2,400.00."),
        ({"amount_total": True}, "Stripe reports no amount; the order is for USD 2,400.00."),
    ],
)
def test_a_payment_with_other_figures_is_kept_for_a_person_and_pays_nothing(changed, sentence):
    found = account(session(**changed))
    assert (found.paid_at, found.mismatches) == (None, {"evt_paid": sentence})


def test_a_right_payment_counts_beside_a_wrong_one_in_any_order():
    right, wrong = session(), session("evt_wrong", amount_total=1)
    assert account(right, wrong) == account(wrong, right)
    assert account(wrong, right).paid_at is not None
    assert set(account(wrong, right).mismatches) == {"evt_wrong"}


@pytest.mark.parametrize(
    ("events", "refunded"),
    [
        ([], 0),
        ([charge(100)], 100),
        ([charge(300), charge(100)], 300),
        ([refund(100)], 100),
        ([refund(100), refund(200, name="re_2")], 300),
        ([refund(100), charge(100)], 100),
        ([refund(100, "pending")], 0),
        ([charge(AMOUNT * 2)], AMOUNT),
    ],
)
def test_what_went_back_is_the_most_that_was_reported(events, refunded):
    assert account(*events).refunded == refunded


def test_a_failed_refund_is_put_before_a_person():
    assert account(refund(100, "failed")).failed_refunds == {"re_1"}


@pytest.mark.parametrize(
    ("statuses", "disputes"),
    [
        (["needs_response"], {"du_1": Outcome.OPEN}),
        (["under_review", "needs_response"], {"du_1": Outcome.OPEN}),
        (["won", "needs_response"], {"du_1": Outcome.WON}),
        (["needs_response", "lost"], {"du_1": Outcome.LOST}),
        (["won", "lost"], {"du_1": Outcome.LOST}),
        (["warning_needs_response"], {}),
        (["warning_closed"], {}),
        (["warning_needs_response", "needs_response"], {"du_1": Outcome.OPEN}),
    ],
)
def test_a_chargeback_has_one_outcome_and_an_inquiry_is_none(statuses, disputes):
    assert account(*map(dispute, statuses)).disputes == disputes


@pytest.mark.parametrize(("old", "new"), list(itertools.product(OrderState, OrderState)))
def test_the_table_of_moves_decides(old, new):
    assert may_move(old, new) == (new in MOVES[old])


def test_refunded_is_final_and_every_state_can_be_reached():
    assert MOVES[OrderState.REFUNDED] == set()
    reached, new = {OrderState.OPEN}, {OrderState.OPEN}
    while new:
        new = set().union(*(MOVES[state] for state in new)) - reached
        reached |= new
    assert reached == set(OrderState)


@pytest.mark.parametrize(
    ("amount", "words"),
    [(240_000, "USD 2,400.00"), (5, "USD 0.05"), (100, "USD 1.00"), (123_456_789, "USD 1,234,567.89")],
)
def test_money_in_words(amount, words):
    assert money(amount, "usd") == words
