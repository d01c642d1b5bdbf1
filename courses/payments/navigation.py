"""What buying adds to the work list: to one's own, and to that of directors and registrars."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from courses.payments.enums import OrderState
from courses.payments.models import Order
from courses.payments.queries import MONEY_ROLES, desk_orders_for, needing_a_person, open_order_of
from lms.accounts.queries import roles_of
from lms.web.templatetags.ui import clock
from lms.web.worklist import Asker, WorkItem

MOST = 10


def work(asker: Asker) -> Iterator[WorkItem]:
    user = asker.user
    order = open_order_of(user) if asker.facts["has_open_order"] else None
    if order and order.expires_at > timezone.now():
        yield _go_on_paying(order)
    if roles_of(user) & set(MONEY_ROLES):
        for waiting in needing_a_person(desk_orders_for(user))[:MOST]:
            yield _look_at(waiting)


def _go_on_paying(order: Order) -> WorkItem:
    return WorkItem(
        title=f"Your place in {order.cohort} is held until {clock(order.expires_at)}",
        url=reverse("order", args=[order.pk]),
        detail="Pay for it, or let it go.",
        action="Open your order",
        tone="next",
        order=10,
    )


def _look_at(order: Order) -> WorkItem:
    if order.state == OrderState.WAITING:
        title = f"{order.person} has paid and waits for a place in {order.cohort}"
        detail = "Give another place, or pay it back."
    else:
        title = f"The payment of {order.person} needs a look"
        detail = f"Order {order}, {order.cohort}."
    return WorkItem(
        title=title,
        url=reverse("desk_payment", args=[order.pk]),
        detail=detail,
        action="Open the payment",
        tone="due",
        due=timezone.localdate(order.paid_at or order.started_at),
        order=30,
    )
