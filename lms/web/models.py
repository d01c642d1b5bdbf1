from django.conf import settings
from django.db import models


class FormKey(models.Model):
    """A form that was sent and acted upon: a repeat of the same key gives the first result.

    `key` is made by the server when the form is shown. `location` is where the first sending led.
    """

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    path = models.CharField(max_length=500)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["at"])]
