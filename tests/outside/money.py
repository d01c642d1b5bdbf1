"""Places and payments: Stripe's signed word alone, our own price, and never one seat too many."""

import hashlib
import hmac
import itertools
import json
import time

from django.contrib.sessions.backends.db import SessionStore

from courses.enrolment.models import Cohort, Enrolment, SeatHold
from courses.payments.models import Order, StripeEvent
from lms.accounts.actions import accept_terms
from lms.accounts.models import User
from tests.outside.browser import SESSION, at_once, statuses
from tests.outside.register import check

WEBHOOK = "/payments/webhook/"
SECRET = "whsec_measured"
BUYERS, SEATS = 30, 2


def deliver(site, event: dict, *, secret: str = SECRET, age: int = 0, signature: str | None = None):
    body, at = json.dumps(event).encode(), int(time.time()) - age
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    signature = f"t={at},v1={mark}" if signature is None else signature
    return site.visitor().send("POST", WEBHOOK, body, Content_Type="application/json", Stripe_Signature=signature)


def event(number: int, kind: str, thing: dict, **changed) -> dict:
    now = int(time.time())
    return {"id": f"evt_{number}", "type": kind, "created": now, "livemode": False, "data": {"object": thing}} | changed


@check("an event that Stripe did not sign now is refused, and one it did is kept")
def _(site):
    nothing = event(1, "charge.refunded", {"id": "ch_1", "object": "charge"})
    before = StripeEvent.objects.count()
    refused = [
        deliver(site, nothing, signature=""),
        deliver(site, nothing, signature="t=1,v1=\xe9"),
        deliver(site, nothing, signature="v1=abc"),
        deliver(site, nothing, secret="whsec_another"),
        deliver(site, nothing, secret=""),
        deliver(site, nothing, age=400),
        deliver(site, nothing | {"livemode": True}),
        deliver(site, {"id": "evt_2"}),
    ]
    assert {answer.status for answer in refused} == {400}, [answer.status for answer in refused]
    assert StripeEvent.objects.count() == before
    assert [deliver(site, nothing).status for _ in range(3)] == [200] * 3
    assert StripeEvent.objects.count() == before + 1


@check("thirty people at once buy no seat that is not there, at our price")
def _(site):
    cohort = Cohort.objects.get(name="Spring 2027")
    Cohort.objects.filter(pk=cohort.pk).update(seats=SEATS)
    price = cohort.prices.latest("pk").amount
    form = {
        "track": "therapist",
        "discipline": "Psychologist",
        "amount": "1",
        "price": "1",
        "state": "paid",
        "person": "1",
    }
    buyers = [_signed_in(site, number) for number in range(BUYERS)]
    answers = at_once(BUYERS, lambda number: buyers[number].post(f"/places/{cohort.pk}/", form))
    assert max(statuses(answers)) < 500, statuses(answers)
    orders = Order.objects.filter(cohort=cohort, person__email__startswith="buyer-")
    assert orders.count() == SEATS, (orders.count(), statuses(answers))
    assert SeatHold.objects.filter(cohort=cohort, released_at=None, person__email__startswith="buyer-").count() == SEATS
    assert {(order.amount, order.state) for order in orders} == {(price, "open")}


def _signed_in(site, number: int):
    person = User.objects.create(email=f"buyer-{number}@example.org", display_name=f"Buyer {number}")
    accept_terms(person)
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_backend"] = str(person.pk), "lms.accounts.backends.Backend"
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session.save()
    browser = site.visitor()
    browser.cookies[SESSION] = session.session_key
    return browser


@check("the events of one payment, doubled and in any order, lead to one place and one state")
def _(site):
    number = itertools.count(100)
    for turn, order in enumerate(Order.objects.filter(person__email__startswith="buyer-", state="open")):
        intent, common = f"pi_probe_{order.pk}", {"currency": order.currency}
        session = {"id": f"cs_{order.pk}", "object": "checkout.session", "client_reference_id": str(order.key)} | common
        session |= {
            "amount_total": order.amount,
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": intent,
        }
        charge = {"id": f"ch_{order.pk}", "object": "charge", "amount": order.amount, "payment_intent": intent} | common
        charge |= {"amount_refunded": order.amount, "refunded": True}
        events = [
            event(next(number), "checkout.session.completed", session),
            event(next(number), "charge.refunded", charge),
        ]
        events = events[:: -1 if turn else 1] * 3
        answers = at_once(len(events), lambda place, events=events: deliver(site, events[place]))
        assert statuses(answers) == [200] * len(events), statuses(answers)
        order.refresh_from_db()
        assert order.state == "refunded", order.state
        assert Enrolment.objects.filter(person=order.person).count() <= 1
