"""The demonstration's orders: made once, and true to its enrolments."""

import pytest
from django.core.management import call_command

from courses.enrolment.models import Enrolment
from courses.payments.demo import NEXT_COHORT
from courses.payments.models import CohortPrice, Order, OrderMove
from courses.payments.queries import offers_of
from supervision.demo_cohort import COHORT, PILOT
from tests.factories.payments import AMOUNT

pytestmark = pytest.mark.django_db
# Those who sat the examination, and those whose practice is told: their places were not bought here.
PAID_ELSEWHERE = ("Spring 2026", COHORT, PILOT)


def test_the_demonstration_has_prices_paid_orders_and_a_cohort_to_join(settings):
    settings.DEMO = True
    for _ in range(2):
        call_command("create_demo", verbosity=0)
        orders = Order.objects.select_related("enrolment", "person").order_by("pk")
        assert [(order.state, order.amount, order.enrolment.person_id == order.person_id) for order in orders] == [
            ("paid", AMOUNT, True)
        ] * Enrolment.objects.exclude(cohort__name__in=PAID_ELSEWHERE).count()
        assert OrderMove.objects.count() == orders.count() > 2
        assert CohortPrice.objects.count() == 3
    (offer,) = offers_of(orders[0].cohort.program)
    assert (offer.cohort.name, offer.amount, offer.left) == (NEXT_COHORT, AMOUNT, 12)
