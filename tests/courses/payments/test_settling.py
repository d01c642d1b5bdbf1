"""What Stripe's events do, one after the other and in every order: orders, enrolments, seats, notices."""

import itertools
import random
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from certificates.models import Credential
from courses.enrolment.actions import enrol, move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import seats_taken
from courses.payments.actions.moves import move_order
from courses.payments.actions.settling import receive_event
from courses.payments.enums import MOVES, FlagKind, OrderState, Outcome
from courses.payments.models import Flag, Order, StripeEvent
from lms.errors import IllegalMove
from lms.notices.models import Notice
from tests.cast import make_person
from tests.factories.enrolment import make_enrolment
from tests.factories.payments import AMOUNT, StripesView, deliver, make_order, make_sold_cohort

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast):
    return make_order(cast.trainee)


@pytest.fixture
def stripe_says(order):
    return StripesView(order)


def now(order) -> Order:
    return Order.objects.select_related("enrolment").get(pk=order.pk)


def subjects(person) -> list[str]:
    return sorted(Notice.objects.filter(person=person).values_list("subject", flat=True))


# One after the other --------------------------------------------------------------------------------------------------


def test_a_payment_enrols_the_payer_and_sends_a_receipt(order, stripe_says):
    receive_event(stripe_says.completed())
    paid = now(order)
    assert paid.state == OrderState.PAID
    enrolment = paid.enrolment
    assert (enrolment.person, enrolment.cohort, enrolment.state) == (order.person, order.cohort, EnrolmentState.ACTIVE)
    assert (enrolment.track, enrolment.discipline) == (order.track, "Psychologist")
    assert seats_taken(order.cohort) == 1
    assert subjects(order.person) == ["You are enrolled", "Your payment has arrived"]


def test_only_what_we_use_of_an_event_is_kept(stripe_says):
    stored = receive_event(stripe_says.completed())
    assert "customer_details" not in stored.told
    assert "payer@example.org" not in str(stored.told)


def test_a_checkout_that_expires_frees_the_seat(order, stripe_says):
    assert seats_taken(order.cohort) == 1
    receive_event(stripe_says.expired())
    assert (now(order).state, seats_taken(order.cohort)) == (OrderState.LAPSED, 0)
    assert subjects(order.person) == []


def test_another_amount_or_currency_never_enrols_and_is_kept_for_a_person(order, stripe_says):
    for mark, changed in (("less", {"amount_total": 1}), ("euro", {"currency": "eur"})):
        receive_event(stripe_says.completed(mark=mark, **changed))
    assert now(order).state == OrderState.OPEN
    assert not Enrolment.objects.filter(person=order.person).exists()
    assert list(Flag.objects.values_list("kind", flat=True)) == [FlagKind.MISMATCH] * 2


def test_a_partial_refund_is_recorded_and_changes_nothing_else(order, stripe_says):
    for event in (stripe_says.completed(), stripe_says.charge_refunded(60_000), stripe_says.refund(60_000)):
        receive_event(event)
    assert (now(order).state, now(order).refunded) == (OrderState.PAID, 60_000)
    assert now(order).enrolment.state == EnrolmentState.ACTIVE
    assert len(subjects(order.person)) == 2


def test_a_full_refund_ends_the_enrolment_frees_the_seat_and_tells_the_person(order, stripe_says):
    receive_event(stripe_says.completed())
    receive_event(stripe_says.charge_refunded(AMOUNT))
    assert (now(order).state, now(order).enrolment.state) == (OrderState.REFUNDED, EnrolmentState.WITHDRAWN)
    assert seats_taken(order.cohort) == 0
    assert "Your payment is on its way back" in subjects(order.person)


def test_a_chargeback_pauses_and_is_flagged_and_winning_it_goes_on(order, stripe_says):
    receive_event(stripe_says.completed())
    receive_event(stripe_says.dispute())
    assert (now(order).state, now(order).enrolment.state) == (OrderState.DISPUTED, EnrolmentState.PAUSED)
    assert Flag.objects.get().kind == FlagKind.CHARGEBACK
    receive_event(stripe_says.dispute("won"))
    assert (now(order).state, now(order).enrolment.state) == (OrderState.PAID, EnrolmentState.ACTIVE)
    assert Flag.objects.get().settled_at is not None


def test_a_chargeback_that_is_lost_ends_the_enrolment(order, stripe_says):
    for event in (stripe_says.completed(), stripe_says.dispute(), stripe_says.dispute("lost")):
        receive_event(event)
    assert (now(order).state, now(order).enrolment.state) == (OrderState.REFUNDED, EnrolmentState.WITHDRAWN)
    assert order.chargebacks.get().outcome == Outcome.LOST


def test_winning_a_chargeback_does_not_end_somebody_elses_pause(order, stripe_says, cast):
    receive_event(stripe_says.completed())
    move_enrolment(now(order).enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Leave.")
    receive_event(stripe_says.dispute())
    receive_event(stripe_says.dispute("won"))
    assert now(order).enrolment.state == EnrolmentState.PAUSED


@pytest.mark.parametrize("event", ["charge_refunded", "dispute"])
def test_what_comes_after_completion_changes_nothing_and_is_put_before_a_person(order, stripe_says, cast, event):
    receive_event(stripe_says.completed())
    move_enrolment(now(order).enrolment, EnrolmentState.COMPLETED, by=cast.director, reason="Conferred.")
    receive_event(stripe_says.charge_refunded(AMOUNT) if event == "charge_refunded" else stripe_says.dispute())
    assert now(order).enrolment.state == EnrolmentState.COMPLETED
    assert Flag.objects.filter(order=order, kind=FlagKind.COMPLETED).count() == 1
    assert not Credential.objects.exclude(state="valid").exists()


def test_an_event_of_another_till_is_kept_and_does_nothing(order, stripe_says):
    receive_event(stripe_says.completed(id="cs_other", client_reference_id="somebody-else"))
    assert now(order).state == OrderState.OPEN
    assert StripeEvent.objects.get().order is None


@pytest.mark.parametrize(("old", "new"), list(itertools.product(OrderState, OrderState)))
def test_a_move_follows_the_table_and_leaves_history_or_nothing(cast, old, new):
    order = make_order(cast.trainee, state=old, enrolment=make_enrolment(cast.trainee), held=False)
    if new in MOVES[old]:
        move_order(order, new, by=cast.director, reason="Because.")
    else:
        with pytest.raises(IllegalMove):
            move_order(order, new, by=cast.director)
    moves = list(order.moves.values_list("old", "new", "by", "reason"))[1:]
    assert moves == ([(old, new, cast.director.pk, "Because.")] if new in MOVES[old] else [])
    assert now(order).state == (new if new in MOVES[old] else old)


# Late money -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def late(cast):
    """The hold has lapsed, and somebody else took the last seat meanwhile."""
    cohort = make_sold_cohort(seats=1)
    order = make_order(cast.trainee, cohort=cohort, expires_at=timezone.now() + timedelta(hours=1))
    cohort.seat_holds.update(expires_at=timezone.now() - timedelta(minutes=1))
    enrol(cast.other_trainee, cohort=cohort, by=cast.director)
    return order


def test_late_money_without_a_seat_never_oversells(late):
    receive_event(StripesView(late).completed())
    waiting = now(late)
    assert (waiting.state, waiting.enrolment) == (OrderState.WAITING, None)
    assert "full" in waiting.waiting_because
    assert seats_taken(late.cohort) == 1
    notice = Notice.objects.get(person=late.person)
    assert "Nothing is lost" in notice.text


def test_late_money_with_a_seat_left_enrols(order, stripe_says):
    order.cohort.seat_holds.update(expires_at=timezone.now() - timedelta(minutes=1))
    receive_event(stripe_says.expired())
    receive_event(stripe_says.completed())
    assert now(order).state == OrderState.PAID


def test_money_for_somebody_who_is_enrolled_meanwhile_waits_for_a_person(order, stripe_says, cast):
    enrol(order.person, cohort=order.cohort, by=cast.director)
    receive_event(stripe_says.completed())
    assert now(order).state == OrderState.WAITING
    assert Enrolment.objects.filter(person=order.person).count() == 1


def test_a_waiting_order_can_be_refunded_and_disputed_too(late):
    says = StripesView(late)
    for event in (says.completed(), says.dispute(), says.dispute("won")):
        receive_event(event)
    assert now(late).state == OrderState.WAITING
    receive_event(says.charge_refunded(AMOUNT))
    assert now(late).state == OrderState.REFUNDED


# Any order ------------------------------------------------------------------------------------------------------------

SCRIPTS = {
    "paid": lambda says: [says.completed()],
    "expired": lambda says: [says.expired()],
    "late": lambda says: [says.expired(), says.completed()],
    "part back": lambda says: [says.completed(), says.refund(60_000), says.charge_refunded(60_000)],
    "all back": lambda says: [
        says.completed(),
        says.charge_refunded(60_000),
        says.charge_refunded(AMOUNT),
        says.refund(60_000),
        says.refund(AMOUNT - 60_000, name="re_2"),
    ],
    "won": lambda says: [says.completed(), says.dispute(), says.dispute("won")],
    "lost": lambda says: [says.completed(), says.charge_refunded(60_000), says.dispute(), says.dispute("lost")],
    "wrong": lambda says: [says.completed(amount_total=1), says.expired()],
    "failed": lambda says: [says.completed(), says.refund(500, status="failed", kind="refund.failed")],
}


def whole_state():
    """Everything that must be equal: orders with their history, enrolments, seats, chargebacks, flags, notices."""
    orders = {
        order.person.email: (
            *(order.state, order.refunded, order.paid_at is not None, order.enrolment_id is not None),
            sorted(order.moves.values_list("old", "new")),
            sorted(order.chargebacks.values_list("dispute_id", "outcome")),
            sorted(
                (kind, subject, at is None)
                for kind, subject, at in order.flags.values_list("kind", "subject", "settled_at")
            ),
        )
        for order in Order.objects.select_related("person")
    }
    enrolments = sorted(
        (enrolment.person.email, enrolment.cohort_id, enrolment.state, enrolment.moves.count())
        for enrolment in Enrolment.objects.select_related("person")
    )
    notices = sorted(Notice.objects.values_list("person__email", "subject", "text"))
    seats = {order.cohort_id: seats_taken(order.cohort) for order in Order.objects.select_related("cohort")}
    return {"orders": orders, "enrolments": enrolments, "notices": notices, "seats": seats}


class Undone(Exception):
    pass


def state_after(events, *, receive=receive_event):
    """The whole state after these events, and everything as before."""
    found = None
    try:
        with transaction.atomic():
            for event in events:
                receive(event)
            found = whole_state()
            raise Undone
    except Undone:
        return found


FIVE = {
    "lost": lambda says: [*SCRIPTS["lost"](says), says.expired()],
    "won": lambda says: [*SCRIPTS["won"](says), says.charge_refunded(60_000), says.expired()],
    "all back": lambda says: [
        *(says.completed(), says.expired(), says.charge_refunded(60_000)),
        *(says.charge_refunded(AMOUNT), says.refund(AMOUNT)),
    ],
}


@pytest.mark.parametrize("name", FIVE)
def test_all_120_orders_of_five_events_end_the_same(order, stripe_says, name):
    """Money, enrolment, seats and notices alike; only an expiry that comes first leaves its step in the history."""
    events = FIVE[name](stripe_says)
    assert len(events) == 5
    wanted = _without_expiry(state_after(events))
    for shuffled in itertools.permutations(events):
        assert _without_expiry(state_after([*shuffled, shuffled[0]])) == wanted


def _without_expiry(state):
    """Whether the checkout's expiry was heard before the payment or after it is the one thing that may differ."""
    email, (*facts, moves, chargebacks, flags) = next(iter(state["orders"].items()))
    ways = {("open", "lapsed"), ("lapsed", "paid"), ("open", "paid")}
    return state | {"orders": {email: (*facts, [move for move in moves if move not in ways], chargebacks, flags)}}


OVERLAPPING = {
    "a refund and a chargeback": lambda says: [*SCRIPTS["won"](says), says.charge_refunded(AMOUNT)],
    "two chargebacks": lambda says: [
        *(says.completed(), says.dispute(), says.dispute("won")),
        *(says.dispute(name="du_2"), says.dispute("lost", name="du_2")),
    ],
}


@pytest.mark.parametrize("name", OVERLAPPING)
def test_what_overlaps_ends_the_same_in_every_order(order, stripe_says, name):
    """Here the way differs (a place that is paused is not paused again), never where it leads."""
    events = OVERLAPPING[name](stripe_says)

    def ends(events):
        state = state_after(events)
        orders = {email: (facts[:4], facts[5:]) for email, facts in state["orders"].items()}
        return orders, [row[:3] for row in state["enrolments"]], state["seats"]

    wanted = ends(events)
    assert all(ends(shuffled) == wanted for shuffled in itertools.permutations(events))


def make_many_orders():
    """Two orders for each script, each for a person and cohort of its own; and their events in clean order."""
    events = []
    for number, script in enumerate([*SCRIPTS.values()] * 2):
        order = make_order(make_person(f"payer{number}"), cohort=make_sold_cohort(seats=3))
        if "late" in SCRIPTS and script is SCRIPTS["late"] and number >= len(SCRIPTS):
            _fill(order)
        events += script(StripesView(order))
    return events


def _fill(order):
    """No seat is left when the late money comes."""
    order.cohort.seat_holds.update(expires_at=timezone.now() - timedelta(minutes=1))
    for number in range(3):
        make_enrolment(make_person(f"other{order.pk}-{number}"), cohort=order.cohort)


def kept(event):
    assert deliver(event).status_code == 200


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_500_deliveries_shuffled_duplicated_and_replayed_end_like_the_clean_order(cast, seed):
    """Over the signed webhook. Each seed picks its own order, and which events come how often."""
    chance = random.Random(seed)
    clean = make_many_orders()
    wanted = state_after(clean, receive=kept)
    deliveries = clean + chance.choices(clean, k=500 - len(clean))
    chance.shuffle(deliveries)
    assert len(deliveries) == 500
    assert _ends(state_after(deliveries, receive=kept)) == _ends(wanted)
    replayed = [*deliveries[250:], *deliveries[:250]]
    assert _ends(state_after(replayed, receive=kept)) == _ends(wanted)


def _ends(state):
    """The whole state, without the step by which an expiry is heard before the payment that came late."""
    expiry = {("open", "lapsed"), ("lapsed", "paid"), ("open", "paid"), ("lapsed", "waiting"), ("open", "waiting")}
    orders = {
        email: (*facts[:4], [move for move in facts[4] if move not in expiry], *facts[5:])
        for email, facts in state["orders"].items()
    }
    return state | {"orders": orders}
