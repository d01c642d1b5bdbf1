"""Prices, orders, and what Stripe has told of them. Money is whole hundredths of a currency."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.enrolment.models import Cohort, Enrolment
from courses.payments.enums import Currency, FlagKind, Method, OrderState, Outcome
from lms.enums import Track


class CohortPrice(models.Model):
    """What a place in a cohort costs from now on. The newest row holds; older ones stay. No amount: it is not sold."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="prices")
    amount = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3, choices=Currency, default=Currency.USD)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0), name="price_is_none_or_more_than_nothing"
            )
        ]


class Order(models.Model):
    """One person's purchase of one place: who, what, how much. Everything but its course is frozen when it is made.

    `key` names it at Stripe. `enrolment` is the place it paid for. `refunded` is what has gone back so far.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="orders")
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, choices=Currency)
    method = models.CharField(max_length=10, choices=Method, default=Method.STRIPE)
    track = models.CharField(max_length=12, choices=Track, default=Track.THERAPIST)
    discipline = models.CharField(max_length=120, blank=True)
    terms = models.TextField(blank=True, help_text="The refund terms as they were shown.")
    started_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, help_text="Until when the seat is held and the checkout open.")

    reference = models.CharField(max_length=120, blank=True, help_text="Of a payment recorded by hand.")
    received_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.OPEN)
    session_id = models.CharField(max_length=255, blank=True, db_index=True)
    session_url = models.TextField(blank=True)
    paid_at = models.DateTimeField(null=True)
    refunded = models.PositiveIntegerField(default=0)
    waiting_because = models.CharField(max_length=300, blank=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, related_name="orders")
    paused_enrolment = models.BooleanField(default=False, help_text="A chargeback of this order paused the enrolment.")

    refund_reason = models.CharField(max_length=500, blank=True)
    refund_requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    refund_requested_at = models.DateTimeField(null=True)
    refund_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="order_costs_something"),
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="order_gives_back_at_most_its_amount"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state=OrderState.OPEN), name="one_open_order_per_person"
            ),
            models.CheckConstraint(
                condition=Q(recorded_by=None) | ~Q(recorded_by=F("person")), name="nobody_records_her_own_payment"
            ),
            models.CheckConstraint(
                condition=Q(method=Method.STRIPE, recorded_by=None, received_on=None)
                | (~Q(method=Method.STRIPE) & Q(recorded_by__isnull=False, received_on__isnull=False)),
                name="a_payment_by_hand_says_who_recorded_it_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.PAID) | Q(enrolment__isnull=False), name="a_paid_order_has_its_place"
            ),
        ]

    def __str__(self):
        return f"P-{self.pk:06d}"

    @property
    def is_by_stripe(self) -> bool:
        return self.method == Method.STRIPE


class OrderMove(models.Model):
    """The history of an order's state. `by` is None for Stripe's word."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=10, choices=OrderState, blank=True)
    new = models.CharField(max_length=10, choices=OrderState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]


class PaymentIntent(models.Model):
    """Stripe's name for one payment. Refunds and chargebacks know only it; the paid checkout says whose order it is.

    Every event about it locks this row, so that one that comes before the checkout's is found when that comes.
    """

    intent_id = models.CharField(max_length=255, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="intents")


class StripeEvent(models.Model):
    """One thing Stripe has said, kept once and never changed. An order's state is a function of the set of its events.

    `told` holds the few values we use, never a card, an address or a name.
    """

    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=100)
    at = models.DateTimeField(help_text="When it happened, by Stripe's clock.")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    intent = models.ForeignKey(PaymentIntent, models.PROTECT, null=True, related_name="+")
    told = models.JSONField()
    is_asked = models.BooleanField(default=False, help_text="We asked for it; no webhook brought it.")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class Chargeback(models.Model):
    """A payment that the payer's bank takes back, or tries to."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="chargebacks")
    dispute_id = models.CharField(max_length=255, unique=True)
    outcome = models.CharField(max_length=5, choices=Outcome, default=Outcome.OPEN)

    class Meta:
        ordering = ["dispute_id"]


class Flag(models.Model):
    """Something about a payment that a person has to look at. `subject` is what it is about: an event, a dispute."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=20, choices=FlagKind)
    subject = models.CharField(max_length=255, blank=True)
    text = models.CharField(max_length=500)
    raised_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "kind", "subject"], name="one_flag_per_subject")]
