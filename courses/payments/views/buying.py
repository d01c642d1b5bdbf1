"""From the cohorts of a program to a receipt, as the payer sees it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.curriculum.models import Program
from courses.enrolment.queries import is_enrolled
from courses.enrolment.views.pages import sent
from courses.payments import gateway
from courses.payments.actions.buying import let_go, open_checkout, start_order
from courses.payments.enums import UNPAID_STATES, FlagKind, OrderState
from courses.payments.forms import BackForm, BuyForm
from courses.payments.presentation import order_facts, receipt_facts
from courses.payments.queries import offer_of, offers_of, open_order_of, own_order, own_orders, refund_terms
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 20


@require_safe
def places(request, pk):
    """The cohorts of a program that people can still join, for everybody."""
    program = get_object_or_404(Program.objects.select_related("page"), pk=pk)
    context = {
        "program": program,
        "offers": offers_of(program),
        "can_buy": gateway.is_open(),
        "terms": refund_terms(),
    }
    return render(request, "payments/places.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def buy(request, pk):
    """What is bought, for how much, and the way to the payment. The seat is held once per form; the checkout is opened
    after that, outside of the transaction, and is the same one however often it is asked for."""
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    answer = _hold_place(request, pk)
    order = open_order_of(request.user) if isinstance(answer, HttpResponseRedirect) else None
    return _to_checkout(request, order) if order else _with_checkout_allowed(answer)


@once_per_form
def _hold_place(request, pk):
    offer = offer_of(pk)
    form = BuyForm(sent(request))
    if form.is_valid():
        try:
            order = start_order(request.user, cohort=offer.cohort, terms=refund_terms(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("order", order.pk)
    is_member = request.user.is_authenticated and is_enrolled(request.user, offer.cohort.program)
    context = {
        "offer": offer,
        "form": form,
        "terms": refund_terms(),
        "is_member": is_member,
        "open_order": open_order_of(request.user),
        "can_buy": gateway.is_open(),
    }
    return render(request, "payments/buy.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def pay(request, pk):
    """On to the checkout of an open order. Not once per form: it leads to the same checkout each time."""
    return _to_checkout(request, own_order(request.user, pk))


def _to_checkout(request, order):
    try:
        return HttpResponseRedirect(open_checkout(order))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("order", order.pk)


@login_required
@require_safe
def order_list(request):
    page = Paginator(own_orders(request.user), PER_PAGE).get_page(page_number(request))
    return render(request, "payments/order_list.html", {"page": page})


@login_required
@require_safe
def order_detail(request, pk):
    """What is known of an order. The browser's return from Stripe changes words, nothing else."""
    order = own_order(request.user, pk)
    form = BackForm(request.GET)
    back = form.cleaned_data["back"] if form.is_valid() else ""
    is_unpaid = order.state in UNPAID_STATES
    context = {
        "order": order,
        "facts": order_facts(order),
        "is_open": order.state == OrderState.OPEN and order.expires_at > timezone.now(),
        "is_unpaid": is_unpaid,
        "is_mismatch": is_unpaid and order.flags.filter(kind=FlagKind.MISMATCH).exists(),
        "awaits_word": is_unpaid and back == "paid",
    }
    return _with_checkout_allowed(render(request, "payments/order.html", context))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def order_let_go(request, pk):
    order = own_order(request.user, pk)
    if request.method == "POST":
        let_go(order, by=request.user)
        messages.success(request, "The place is free again. Nothing was charged.")
        return redirect("order", order.pk)
    return render(request, "payments/let_go.html", {"order": order})


@login_required
@require_safe
def receipt(request, pk):
    """For printing and for the tax office. 404 while nothing is paid."""
    order = own_order(request.user, pk)
    if order.paid_at is None:
        raise Http404
    return render(request, "payments/receipt.html", {"order": order, "facts": receipt_facts(order)})


def _with_checkout_allowed(response):
    """Let this page's forms lead to the checkout in use, and nowhere else: browsers hold redirects to it too."""
    if settings.STRIPE_CHECKOUT_ORIGIN:
        response._csp_update = {"form-action": [settings.STRIPE_CHECKOUT_ORIGIN]}
    return response
