from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.enrolment.models import Enrolment
from supervision.enums import AgeBand
from supervision.models.supervisor import Site, Supervisor


class Placement(models.Model):
    """Where and under whom a trainee practises, from when to when. Set by a director, ended by a date, never deleted.

    `trainee` repeats the enrolment's person and `trainee_key` her mailbox then, so that the database itself refuses a
    trainee as her own supervisor, also under another spelling of her address (`supervision.triggers`).
    `covered_by` decides in place of the supervisor, whose work was handed over.
    `declined_at`: when a supervisor without an account said “not my trainee”. Nothing is logged or signed under it since.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="placements")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    trainee_key = models.CharField(max_length=254, default="", editable=False)
    supervisor = models.ForeignKey(Supervisor, models.PROTECT, related_name="placements")
    site = models.ForeignKey(Site, models.PROTECT, related_name="placements")
    covered_by = models.ForeignKey(Supervisor, models.PROTECT, null=True, related_name="covered_placements")
    covered_from = models.DateField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, editable=False)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="placement_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(covered_by=None, covered_from=None)
                | Q(Q(covered_by__isnull=False, covered_from__isnull=False), ~Q(covered_by=F("supervisor"))),
                name="placement_is_covered_by_another_since_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.site}, with {self.supervisor}"

    @property
    def decider(self) -> Supervisor:
        """Who decides about its entries now."""
        return self.covered_by if self.covered_by_id else self.supervisor


class ClientCode(models.Model):
    """A client, named by nothing but a random code that the server made for one trainee; an age band at most.

    `same_as`: the earlier code of the same client, where two were made by mistake. Both then count as one client.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="client_codes")
    code = models.CharField(max_length=7)
    age_band = models.CharField(max_length=5, choices=AgeBand, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "code"], name="client_code_is_unique_per_trainee"),
            models.CheckConstraint(
                condition=Q(same_as=None) | Q(same_as__lt=F("id")), name="later_code_points_earlier"
            ),
        ]

    def __str__(self):
        return self.code
