"""Status lists that nobody has signed for too long."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from certificates.models import StatusList

# Lists are signed nightly and hold for seven days; after two days without, somebody must look.
OLD_AFTER = timedelta(days=2)


def old_lists() -> QuerySet[StatusList]:
    return StatusList.objects.filter(signed_at__lt=timezone.now() - OLD_AFTER).order_by("number")
