"""What a place costs."""

from django.db import transaction

from courses.enrolment.actions import lock_cohort
from courses.enrolment.models import Cohort
from courses.payments.models import CohortPrice
from courses.payments.queries import price_of
from lms.accounts.models import User
from lms.audit.actions import record


@transaction.atomic
def set_price(cohort: Cohort, *, amount: int | None, currency: str, by: User | None) -> CohortPrice:
    """From now on a place costs `amount` hundredths; None: it is not sold here. Orders that exist keep their amount."""
    cohort = lock_cohort(cohort)
    old = price_of(cohort)
    price = CohortPrice.objects.create(cohort=cohort, amount=amount, currency=currency, set_by=by)
    before = {"amount": old.amount, "currency": old.currency} if old else None
    record(
        "payments.price.set",
        by=by,
        about=price,
        cohort=cohort.pk,
        old=before,
        new={"amount": amount, "currency": currency},
    )
    return price
