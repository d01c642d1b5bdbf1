from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel


class Topic(models.Model):
    """What teaching is about, edited by directors. Pages name it by its key; an edition keeps the labels of its own day."""

    key = models.SlugField(
        unique=True, help_text="Stable: lessons and standards refer to it. Such as: ethics_of_touch."
    )
    label = models.CharField(max_length=120, help_text="As trainees and regulators read it, such as: Ethics of touch.")
    definition = models.TextField(max_length=1000, blank=True, help_text="What belongs to it, for whoever writes.")
    position = models.PositiveSmallIntegerField(default=100, help_text="Its place in lists; the lowest comes first.")

    panels = [
        FieldRowPanel([FieldPanel("label"), FieldPanel("key")]),
        FieldPanel("definition"),
        FieldPanel("position"),
    ]

    class Meta:
        ordering = ["position", "key"]

    def __str__(self):
        return self.label

    def clean(self):
        if self.pk and Topic.objects.filter(pk=self.pk).exclude(key=self.key).exists():
            raise ValidationError({"key": "The key stays as it is: lessons and published editions refer to it."})
