"""Seats and events at once in several threads; each with its control, the guard taken away."""

import copy
import threading

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from courses.enrolment import actions as enrolment
from courses.enrolment.models import Enrolment, SeatHold
from courses.enrolment.queries import live_holds, seats_taken
from courses.payments.actions import buying, settling
from courses.payments.actions.buying import HOLD, start_order
from courses.payments.actions.settling import receive_event
from courses.payments.enums import OrderState
from courses.payments.models import Order, PaymentIntent, StripeEvent
from lms.errors import Refusal
from lms.notices.models import Notice
from tests.cast import make_cast, make_person
from tests.factories.payments import StripesView, make_order, make_sold_cohort
from tests.guards import without_constraint
from tests.races import all_look_first, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TIMES = 5


def test_the_last_seat_is_held_for_one():
    cohort = make_sold_cohort(seats=1)
    crowd = [make_person(f"buyer{number}") for number in range(TIMES)]
    outcomes = at_once(TIMES, lambda number: start_order(crowd[number], cohort=cohort))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Order", *["Refusal"] * (TIMES - 1)]
    assert seats_taken(cohort) == 1


def test_a_buyer_and_a_director_who_enrols_share_the_last_seat_once():
    cast, cohort = make_cast(), make_sold_cohort(seats=1)
    acts = [
        lambda: start_order(cast.trainee, cohort=cohort),
        lambda: enrolment.enrol(cast.other_trainee, cohort=cohort, by=cast.director),
    ]
    outcomes = at_once(2, lambda number: acts[number]())
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1
    assert seats_taken(cohort) == 1


def test_without_the_lock_the_last_seat_would_be_held_for_several(monkeypatch):
    """The control: no transaction and no lock, and everybody has counted before anybody holds."""
    cohort = make_sold_cohort(seats=1)
    crowd = [make_person(f"buyer{number}") for number in range(TIMES)]
    counted, count = threading.Barrier(TIMES), enrolment.seats_taken

    def wait_for_the_others(cohort):
        taken = count(cohort)
        counted.wait(timeout=30)
        return taken

    monkeypatch.setattr(enrolment, "seats_taken", wait_for_the_others)
    monkeypatch.setattr(enrolment, "lock_cohort", lambda cohort: cohort)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset)
    hold = enrolment.hold_seat.__wrapped__
    at_once(TIMES, lambda number: hold(crowd[number], cohort=cohort, until=timezone.now() + HOLD))
    assert live_holds().count() > 1


def test_two_deliveries_of_one_event_at_once_count_once():
    order = make_order(make_person("buyer"))
    event = StripesView(order).completed()
    outcomes = at_once(TIMES, lambda number: receive_event(event))
    assert {type(outcome) for outcome in outcomes} == {StripeEvent}
    assert StripeEvent.objects.count() == 1
    assert Enrolment.objects.filter(person=order.person).count() == 1
    assert Notice.objects.filter(person=order.person).count() == 2


def test_without_the_unique_id_one_event_would_be_kept_several_times(monkeypatch):
    """The control: all have looked for the event before one is written."""
    order = make_order(make_person("buyer"))
    event = StripesView(order).expired()
    monkeypatch.setattr(settling, "settle", lambda order: None)
    looked = all_look_first(StripeEvent.objects.create, TIMES)

    def get_or_create(*, event_id, defaults):
        known = StripeEvent.objects.filter(event_id=event_id).first()
        return (known, False) if known else (looked(event_id=event_id, **defaults), True)

    monkeypatch.setattr(StripeEvent.objects, "get_or_create", get_or_create)
    field = StripeEvent._meta.get_field("event_id")
    drop_unique(StripeEvent, field)
    at_once(TIMES, lambda number: receive_event.__wrapped__(event))
    assert StripeEvent.objects.count() > 1


def drop_unique(model, field):
    """The table without the index that keeps a field's values apart; the database is put back after the test."""
    loose = copy.copy(field)
    loose._unique = False
    with connection.schema_editor() as editor:
        editor.alter_field(model, field, loose)


def test_a_chargeback_that_comes_with_the_payment_is_not_lost():
    """The chargeback knows only the payment; both events make its row at once, and one waits for the other."""
    for number in range(TIMES):
        order = make_order(make_person(f"buyer{number}"))
        says = StripesView(order)
        events = [says.completed(), says.dispute()]
        outcomes = at_once(2, lambda turn, events=events: receive_event(events[turn]))
        assert {type(outcome) for outcome in outcomes} == {StripeEvent}
        assert PaymentIntent.objects.get(intent_id=says.intent).order_id == order.pk
        assert Order.objects.get(pk=order.pk).state == OrderState.DISPUTED


def test_several_forms_of_one_person_at_once_make_one_order():
    person, cohort = make_person("buyer"), make_sold_cohort()
    outcomes = at_once(TIMES, lambda number: start_order(person, cohort=cohort))
    assert {outcome.pk for outcome in outcomes} == {Order.objects.get(person=person).pk}
    assert SeatHold.objects.filter(person=person, released_at=None).count() == 1


def test_without_lock_and_index_one_person_would_hold_several(monkeypatch):
    """The control: all have looked for an open order before one is written."""
    person, cohort = make_person("buyer"), make_sold_cohort()
    monkeypatch.setattr(Order.objects, "create", all_look_first(Order.objects.create, TIMES))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset)
    monkeypatch.setattr(buying, "hold_seat", lambda *args, **kwargs: None)
    monkeypatch.setattr(buying, "record", lambda *args, **kwargs: None)
    with without_constraint(Order, "one_open_order_per_person"):
        at_once(TIMES, lambda number: start_order.__wrapped__(person, cohort=cohort))
        made = Order.objects.count()
        Order.objects.update(state=OrderState.LAPSED)
    assert made > 1
