"""Orders in words: the facts of pages and receipts."""

from courses.payments.models import Order
from courses.payments.rules import money
from lms.web.templatetags.ui import day, moment


def order_facts(order: Order) -> list[dict]:
    facts = [
        {"label": "Order", "value": str(order)},
        {"label": "Program", "value": str(order.cohort.program)},
        {"label": "Cohort", "value": order.cohort.name},
        {"label": "First day", "value": day(order.cohort.starts_on)},
        {"label": "Total", "value": money(order.amount, order.currency)},
    ]
    return facts + _what_went_back(order)


def receipt_facts(order: Order) -> list[dict]:
    placed = order.enrolment.cohort if order.enrolment_id else order.cohort
    facts = [
        {"label": "Receipt", "value": str(order)},
        {"label": "Paid on", "value": day(order.received_on or order.paid_at)},
        {"label": "Paid by", "value": order.person.legal_name or order.person.display_name},
        {"label": "Account", "value": order.person.email},
        {"label": "For", "value": f"One place in {placed.program}, {placed.name}, from {day(placed.starts_on)}"},
        {"label": "How", "value": order.get_method_display()},
        {"label": "Amount", "value": money(order.amount, order.currency)},
    ]
    if order.reference:
        facts.insert(-1, {"label": "Reference", "value": order.reference})
    return facts + _what_went_back(order)


def desk_facts(order: Order) -> list[dict]:
    facts = [
        *order_facts(order),
        {"label": "Begun", "value": moment(order.started_at)},
        {"label": "Paid", "value": moment(order.paid_at) or "not yet"},
        {"label": "How", "value": order.get_method_display()},
    ]
    if order.reference:
        facts.append({"label": "Reference", "value": f"{order.reference}, received {day(order.received_on)}"})
        facts.append({"label": "Recorded by", "value": str(order.recorded_by)})
    if order.refund_requested_at:
        facts.append(
            {
                "label": "Refund asked for",
                "value": f"{moment(order.refund_requested_at)} by {order.refund_requested_by}",
            }
        )
        facts.append({"label": "Reason", "value": order.refund_reason})
    return facts


def _what_went_back(order: Order) -> list[dict]:
    if not order.refunded:
        return []
    rest = order.amount - order.refunded
    return [
        {"label": "Paid back", "value": money(order.refunded, order.currency)},
        {"label": "Remains", "value": money(rest, order.currency)},
    ]
