from django.db import models


class OrderState(models.TextChoices):
    OPEN = "open", "Waiting for the payment"
    LAPSED = "lapsed", "Not paid"
    PAID = "paid", "Paid"
    WAITING = "waiting", "Paid, waiting for a place"
    DISPUTED = "disputed", "Disputed at the bank"
    REFUNDED = "refunded", "Refunded"


MOVES = {
    OrderState.OPEN: {OrderState.LAPSED, OrderState.PAID, OrderState.WAITING},
    OrderState.LAPSED: {OrderState.PAID, OrderState.WAITING},  # money that arrives late is still money
    OrderState.PAID: {OrderState.DISPUTED, OrderState.REFUNDED},
    OrderState.WAITING: {OrderState.PAID, OrderState.DISPUTED, OrderState.REFUNDED},
    OrderState.DISPUTED: {OrderState.PAID, OrderState.WAITING, OrderState.REFUNDED},
    OrderState.REFUNDED: set(),
}
UNPAID_STATES = (OrderState.OPEN, OrderState.LAPSED)
REFUNDABLE_STATES = (OrderState.PAID, OrderState.WAITING)

TONES = {
    OrderState.OPEN: "waiting",
    OrderState.LAPSED: "neutral",
    OrderState.PAID: "met",
    OrderState.WAITING: "accent",
    OrderState.DISPUTED: "critical",
    OrderState.REFUNDED: "neutral",
}


class Currency(models.TextChoices):
    """Currencies of two decimal places only: amounts are kept in hundredths."""

    USD = "usd", "US dollar (USD)"
    CAD = "cad", "Canadian dollar (CAD)"
    EUR = "eur", "Euro (EUR)"
    GBP = "gbp", "Pound sterling (GBP)"
    AUD = "aud", "Australian dollar (AUD)"
    NZD = "nzd", "New Zealand dollar (NZD)"
    CHF = "chf", "Swiss franc (CHF)"


class Method(models.TextChoices):
    """How an order is paid. Stripe's word arrives by its signed webhook; the others are recorded on the desk."""

    STRIPE = "stripe", "Card, by Stripe"
    TRANSFER = "transfer", "Bank transfer"
    CHECK = "check", "Check"
    CASH = "cash", "Cash"
    SPONSOR = "sponsor", "Paid by an employer or a fund"


RECORDED_METHODS = (Method.TRANSFER, Method.CHECK, Method.CASH, Method.SPONSOR)


class Outcome(models.TextChoices):
    """How a chargeback stands."""

    OPEN = "open", "Open"
    WON = "won", "Won: the payment stands"
    LOST = "lost", "Lost: the bank took the money back"


class FlagKind(models.TextChoices):
    """What a person has to look at. No flag changes anything by itself."""

    MISMATCH = "mismatch", "Stripe reports another amount or currency"
    CHARGEBACK = "chargeback", "A chargeback"
    COMPLETED = "completed", "Money went back after completion"
    REFUND_FAILED = "refund_failed", "A refund did not go through"


AUDIT_ACTIONS = {
    "payments.price.set": "Set the price of a cohort",
    "payments.order.started": "Started to buy a place",
    "payments.order.recorded": "Recorded a payment by hand",
    "payments.order.moved": "Changed the state of an order",
    "payments.refund.requested": "Asked for a refund",
    "payments.flag.raised": "Flagged a payment for a person",
    "payments.flag.settled": "Settled a flagged payment",
}
