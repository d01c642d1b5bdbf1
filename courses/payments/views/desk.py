"""Payments on the desk, for directors and registrars: never one's own."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from courses.enrolment.queries import cohorts_for, seats_taken
from courses.enrolment.rules import can_manage_cohort
from courses.enrolment.views.pages import form_page, sent
from courses.payments.actions.desk import place_order, record_payment, request_refund, settle_flag
from courses.payments.actions.prices import set_price
from courses.payments.enums import REFUNDABLE_STATES, TONES, OrderState
from courses.payments.forms import FilterForm, NoteForm, PaymentForm, PlaceForm, PriceForm, RefundForm
from courses.payments.presentation import desk_facts
from courses.payments.queries import (
    MONEY_ROLES,
    can_take_payments,
    desk_flag,
    desk_order,
    desk_orders_for,
    events_of,
    needing_a_person,
    price_of,
)
from courses.payments.rules import money
from lms.accounts.queries import require_role
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 50
MOST_EVENTS = 100


@login_required
@require_safe
def payment_list(request):
    require_role(request.user, *MONEY_ROLES)
    form = FilterForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    orders = desk_orders_for(request.user)
    if state == "attention":
        orders = needing_a_person(orders)
    elif state:
        orders = orders.filter(state=state)
    page = Paginator(orders, PER_PAGE).get_page(page_number(request))
    context = {"page": page, "form": FilterForm(initial={"state": state}), "query": f"state={state}" if state else ""}
    return render(request, "payments/desk_list.html", context)


@login_required
@require_safe
def payment_detail(request, pk):
    order = desk_order(request.user, pk)
    context = {
        "order": order,
        "tone": TONES[order.state],
        "facts": desk_facts(order),
        "flags": order.flags.filter(settled_at=None),
        "settled": order.flags.exclude(settled_at=None).select_related("settled_by"),
        "history": _history(order),
        "events": events_of(order)[:MOST_EVENTS],
        "can_refund": order.state in REFUNDABLE_STATES,
        "is_waiting": order.state == OrderState.WAITING,
    }
    return render(request, "payments/desk_detail.html", context)


def _history(order) -> list[dict]:
    return [
        {
            "title": move.get_new_display() if move.old else "Begun" if move.new == OrderState.OPEN else "Recorded",
            "when": move.at,
            "by": str(move.by) if move.by else "",
            "body": move.reason,
            "kind": TONES[move.new],
        }
        for move in order.moves.select_related("by").order_by("-id")
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def payment_refund(request, pk):
    order = desk_order(request.user, pk)
    return form_page(
        request,
        RefundForm(sent(request)),
        act=lambda reason: request_refund(order, by=request.user, reason=reason),
        to=_url(order),
        danger=True,
        asks_password=True,
        **_refund_words(order),
    )


def _refund_words(order) -> dict[str, str]:
    """Stripe pays a card back by itself; what came another way goes back another way, and is recorded here."""
    rest = money(order.amount - order.refunded, order.currency)
    follows = "The enrolment ends, the seat is free again, and a notice is on its way."
    if order.is_by_stripe:
        return {
            "title": f"Pay {rest} back?",
            "lead": f"{rest} go back to {order.person}. {follows}",
            "submit": f"Pay {rest} back",
            "done": f"The refund of {rest} is on its way.",
        }
    return {
        "title": f"Record that {rest} went back?",
        "lead": f"It was not paid by card: first pay it back the way it came, then record it here. {follows}",
        "submit": "Record the refund",
        "done": "The refund is recorded.",
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def payment_place(request, pk):
    order = desk_order(request.user, pk)
    return form_page(
        request,
        PlaceForm(sent(request), program=order.cohort.program, initial={"cohort": order.cohort_id}),
        act=lambda cohort: place_order(order, cohort=cohort, by=request.user),
        done="The place is given, and a notice is on its way.",
        to=_url(order),
        title=f"A place for {order.person}",
        lead="The payment counts for any cohort of the program in which a seat is free. Ask first whether it suits.",
        submit="Give this place",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def flag_settle(request, pk):
    flag = desk_flag(request.user, pk)
    return form_page(
        request,
        NoteForm(sent(request)),
        act=lambda note: settle_flag(flag, by=request.user, note=note),
        done="Settled.",
        to=_url(flag.order),
        title=flag.get_kind_display(),
        lead=flag.text,
        submit="It is settled",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_price(request, pk):
    cohort = get_object_or_404(cohorts_for(request.user), pk=pk)
    if not can_manage_cohort(request.user, cohort):
        raise PermissionDenied
    now = price_of(cohort)
    initial = {"amount": f"{now.amount / 100:.2f}", "currency": now.currency} if now else {}
    return form_page(
        request,
        PriceForm(sent(request), initial=initial),
        act=lambda amount, currency: set_price(cohort, amount=amount, currency=currency, by=request.user),
        done="The price holds from now on.",
        to=reverse("desk_cohort", args=[cohort.pk]),
        title=f"Price of a place in {cohort}",
        lead=f"Now: {money(now.amount, now.currency) if now else 'not sold here'}. Whoever is paying at this moment pays that.",
        submit="Set the price",
        asks_password=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_payment(request, pk):
    cohort = get_object_or_404(cohorts_for(request.user), pk=pk)
    if not can_take_payments(request.user, cohort):
        raise PermissionDenied
    now = price_of(cohort)
    initial = {"amount": f"{now.amount / 100:.2f}", "currency": now.currency} if now else {}
    return form_page(
        request,
        PaymentForm(sent(request), initial=initial),
        act=lambda **fields: record_payment(cohort=cohort, by=request.user, **fields),
        done="Recorded. The person is enrolled, and a notice is on its way.",
        to=reverse("desk_cohort", args=[cohort.pk]),
        title=f"Record a payment for {cohort}",
        lead=f"Money that did not come by card. It enrols the person at once. {seats_taken(cohort)} of {cohort.seats} seats are taken.",
        submit="Record it and enrol",
        asks_password=True,
    )


def _url(order) -> str:
    return reverse("desk_payment", args=[order.pk])
