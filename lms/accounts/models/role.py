from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from lms.accounts.enums import Role, Scope


class RoleGrantQuerySet(models.QuerySet):
    def active(self, at=None):
        at = at or timezone.now()
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)


class RoleGrant(models.Model):
    """A role given to a person for a scope and a time. Ending it sets `valid_until`; the row stays."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    scope = models.CharField(max_length=20, choices=Scope, default=Scope.INSTITUTE)
    scope_id = models.PositiveBigIntegerField(null=True, blank=True)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["person_id", "role", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=Scope.INSTITUTE, scope_id=None)
                | (~Q(scope=Scope.INSTITUTE) & Q(scope_id__isnull=False)),
                name="role_scope_names_its_object",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="role_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("person")), name="nobody_grants_a_role_to_themselves"
            ),
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=Q(valid_until=None, scope=Scope.INSTITUTE),
                name="one_open_grant_for_the_institute",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "scope", "scope_id"],
                condition=Q(valid_until=None) & ~Q(scope=Scope.INSTITUTE),
                name="one_open_grant_per_role_and_scope",
            ),
        ]
