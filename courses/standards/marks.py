"""Marks of evidence: small numbers that change whenever the evidence of an enrolment does."""

from django.db import models
from django.db.models import Max, OuterRef, Subquery


def newest_of(model: type[models.Model], *, enrolment: str) -> Subquery:
    """The highest id among an enrolment's rows (`OuterRef("pk")`) of a model to which rows are only added.

    `enrolment` is the row's path to its enrolment.
    """
    rows = model.objects.filter(**{enrolment: OuterRef("pk")})
    return Subquery(rows.order_by().values(enrolment).annotate(newest=Max("pk")).values("newest"))
