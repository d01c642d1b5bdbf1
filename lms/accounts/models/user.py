from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


@cache
def known_time_zones() -> frozenset[str]:
    """The zones of this machine, read once per process: looking for them opens every file of the database."""
    return frozenset(available_timezones())


def validate_time_zone(value: str) -> None:
    if value not in known_time_zones():
        raise ValidationError("Choose a time zone from the list, such as America/Denver.")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the sign-in; rows are never deleted, a person who leaves is anonymised."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    display_name = models.CharField("name shown on the site", max_length=150)
    legal_name = models.CharField("name on credentials", max_length=200, blank=True)
    legal_name_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    time_zone = models.CharField(max_length=64, default="America/Denver", validators=[validate_time_zone])
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self):
        return self.display_name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @property
    def first_name(self) -> str:
        """Wagtail greets by it; we keep one name, because not everybody has two."""
        return str(self)

    last_name = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def has_confirmed_legal_name(self) -> bool:
        return bool(self.legal_name and self.legal_name_confirmed_at)
