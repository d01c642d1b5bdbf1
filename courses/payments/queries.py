"""What people may see of prices and orders. Fetching is the permission check."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import strip_tags

from courses.curriculum.models import Program
from courses.enrolment.models import Cohort
from courses.enrolment.queries import with_seats_taken
from courses.payments.enums import OrderState
from courses.payments.models import CohortPrice, Flag, Order, StripeEvent
from courses.payments.rules import DEFAULT_TERMS, Told, room_in_words
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import has_role, roles_of, scope_ids, without_barred
from lms.institute.queries import institute

MONEY_ROLES = (Role.DIRECTOR, Role.REGISTRAR)
WITH = ("person", "cohort__program", "enrolment__cohort")
ASK_AGAIN_FOR = timedelta(days=180)  # a bank may take a payment back for about four months


@dataclass(frozen=True)
class Offer:
    """A cohort that has not begun, what a place in it costs (None: it is not sold here), and how many are left."""

    cohort: Cohort
    amount: int | None
    currency: str
    left: int

    @property
    def can_be_bought(self) -> bool:
        return self.amount is not None and self.left > 0

    @property
    def room(self) -> dict[str, str]:
        label, kind = room_in_words(self.left)
        return {"label": label, "kind": kind}


def price_of(cohort: Cohort) -> CohortPrice | None:
    """The price that holds now; None when a place is not sold."""
    newest = CohortPrice.objects.filter(cohort=cohort).order_by("-id").first()
    return newest if newest and newest.amount is not None else None


def offers_of(program: Program) -> list[Offer]:
    """The cohorts that people can still join, the first to begin first. One query."""
    return [_offer(cohort) for cohort in _offered().filter(program=program, starts_on__gte=_today(program))]


def offer_of(pk: int) -> Offer:
    """One cohort that people can still join. Raises `Http404` for one that has begun, or that is none."""
    cohort = get_object_or_404(_offered(), pk=pk)
    return _offer(get_object_or_404(_offered().filter(starts_on__gte=_today(cohort.program)), pk=pk))


def _offered() -> models.QuerySet[Cohort]:
    newest = CohortPrice.objects.filter(cohort=OuterRef("pk")).order_by("-id")
    priced = Cohort.objects.annotate(
        price=Subquery(newest.values("amount")[:1]), currency=Subquery(newest.values("currency")[:1])
    )
    return with_seats_taken(priced).select_related("program").order_by("starts_on", "pk")


def _offer(cohort) -> Offer:
    return Offer(cohort, cohort.price, cohort.currency or "", max(0, cohort.seats - cohort.taken))


def _today(program: Program):
    return timezone.localdate(timezone=ZoneInfo(program.time_zone))


def refund_terms() -> str:
    """The institute's refund policy in plain text, or the sentence that holds where it has written none."""
    policy = institute().refund_policy
    return strip_tags(policy.replace("</p>", "</p>\n")).strip() or DEFAULT_TERMS


def own_orders(user: User) -> models.QuerySet[Order]:
    return Order.objects.filter(person=user.pk).select_related(*WITH)


def own_order(user: User, pk: int) -> Order:
    """The person's own order. Raises `Http404` for everybody else: staff read it on the desk."""
    return get_object_or_404(own_orders(user), pk=pk)


def open_order_of(user: User) -> Order | None:
    return own_orders(user).filter(state=OrderState.OPEN).first() if user.is_authenticated else None


def has_open_order() -> Exists:
    """Whether a person (`OuterRef("pk")`) is paying for a place."""
    return Exists(Order.objects.filter(person=OuterRef("pk"), state=OrderState.OPEN).order_by())


def desk_orders_for(user: User) -> models.QuerySet[Order]:
    """Orders of other people within reach of a director or registrar, without people behind a barrier."""
    if not roles_of(user) & set(MONEY_ROLES):
        return Order.objects.none()
    reach = Q(pk__in=[])
    for role in MONEY_ROLES:
        programs, cohorts = scope_ids(user, role, Scope.PROGRAM), scope_ids(user, role, Scope.COHORT)
        if programs is None:
            reach = ~Q(pk__in=[])
            break
        reach |= Q(cohort__program__in=programs) | Q(cohort__in=cohorts)
    orders = Order.objects.filter(reach).exclude(person=user.pk).select_related(*WITH)
    return without_barred(orders, user, person="person_id")


def can_take_payments(user: User, cohort: Cohort) -> bool:
    """Directors and registrars whose reach the cohort is in."""
    return any(has_role(user, role, program=cohort.program_id, cohort=cohort.pk) for role in MONEY_ROLES)


def desk_order(user: User, pk: int) -> Order:
    return get_object_or_404(desk_orders_for(user), pk=pk)


def needing_a_person(orders: models.QuerySet[Order]) -> models.QuerySet[Order]:
    """Orders that are paid and without a place, or flagged; with the number of their open flags."""
    open_flags = Count("flags", filter=Q(flags__settled_at=None, flags__isnull=False))
    counted = orders.annotate(open_flags=open_flags)
    return counted.filter(Q(state=OrderState.WAITING) | Q(open_flags__gt=0)).order_by("started_at", "pk")


def desk_flag(user: User, pk: int) -> Flag:
    return get_object_or_404(Flag.objects.filter(order__in=desk_orders_for(user), settled_at=None), pk=pk)


def events_of(order: Order) -> models.QuerySet[StripeEvent]:
    """Everything Stripe has said about an order, whichever came first."""
    return StripeEvent.objects.filter(Q(order=order) | Q(intent__order=order)).order_by("at", "id")


def told_of(order: Order) -> list[Told]:
    return [Told(event.event_id, event.type, event.at, event.told) for event in events_of(order)]


def orders_to_ask_about() -> models.QuerySet[Order]:
    """Orders whose checkout was opened and about which a lost webhook could still have said something."""
    recent = Order.objects.exclude(session_id="").filter(started_at__gt=timezone.now() - ASK_AGAIN_FOR)
    return recent.exclude(state=OrderState.REFUNDED).order_by("pk")


def orders_never_opened() -> models.QuerySet[Order]:
    """Open orders whose time is over and for which no checkout was ever opened."""
    return Order.objects.filter(state=OrderState.OPEN, session_id="", expires_at__lt=timezone.now()).order_by("pk")
