"""Marks of evidence: small numbers that change whenever the evidence of an enrolment does."""

from functools import cache

from django.db import models
from django.db.models import Max, OuterRef, Subquery


@cache  # the same expression for the same rows, so that kinds which share their evidence ask for it once
def newest_of(model: type[models.Model], *, enrolment: str) -> Subquery:
    """The highest id among an enrolment's rows (`OuterRef("pk")`) of a model to which rows are only added.

    `enrolment` is the row's path to its enrolment.
    """
    rows = model.objects.filter(**{enrolment: OuterRef("pk")})
    return Subquery(rows.order_by().values(enrolment).annotate(newest=Max("pk")).values("newest"))
