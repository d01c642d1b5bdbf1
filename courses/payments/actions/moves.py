"""How an order changes its state, raises a flag and tells its person. The other actions use these."""

from django.db import transaction
from django.urls import reverse

from courses.payments.enums import FlagKind, OrderState
from courses.payments.models import Flag, Order, OrderMove
from courses.payments.rules import may_move, money
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove
from lms.notices.actions import notify


def lock_order(order: Order) -> Order:
    """Hold the order's row to the end of the transaction. Taken before the person's and the cohort's, never after."""
    rows = Order.objects.select_for_update(of=("self",)).select_related("person", "cohort__program")
    return rows.get(pk=order.pk)


@transaction.atomic
def move_order(order: Order, new: OrderState, *, by: User | None, reason: str = "") -> None:
    """Change the state of a locked order by the table of moves. Raises `IllegalMove`."""
    old = OrderState(order.state)
    if not may_move(old, new):
        raise IllegalMove(f"An order that is “{old.label}” cannot become “{OrderState(new).label}”.")
    order.state = new
    order.save(update_fields=["state"])
    OrderMove.objects.create(order=order, old=old, new=new, by=by, reason=reason[:500])
    record("payments.order.moved", by=by, about=order, old=old, new=new)


@transaction.atomic
def raise_flag(order: Order, kind: FlagKind, text: str, *, subject: str = "") -> None:
    """Put something before a person, once for each subject."""
    flag, is_new = Flag.objects.get_or_create(order=order, kind=kind, subject=subject, defaults={"text": text[:500]})
    if is_new:
        record("payments.flag.raised", by=None, about=flag, order=order.pk, kind=kind)


def tell(order: Order, what: str, subject: str, text: str, *, button: str = "Open your order") -> None:
    """One notice for each thing that happens to an order, however often we hear of it."""
    path = reverse("order", args=[order.pk])
    notify(order.person, key=f"order-{order.pk}-{what}", subject=subject, text=text, path=path, button=button)


def cost(order: Order) -> str:
    return money(order.amount, order.currency)
