"""Money in words, for templates."""

from django import template
from django.urls import reverse

from courses.payments.enums import TONES
from courses.payments.rules import money as _money
from courses.payments.rules import seats_left_in_words

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    return _money(amount, currency)


@register.filter
def order_tone(state: str) -> str:
    return TONES[state]


@register.filter
def seats_left(left: int) -> str:
    return seats_left_in_words(left)


@register.filter
def order_trail(order, page: str = "") -> list[dict]:
    here = {"label": str(order)}
    trail = [{"label": "Payments", "url": reverse("desk_payments")}, here]
    if page:
        here["url"] = reverse("desk_payment", args=[order.pk])
        trail.append({"label": page})
    return trail
