"""Authoring of the requirement that supervised practice answers. Only for editors: what is published is plain JSON."""

from django.core.exceptions import ValidationError
from wagtail import blocks

from courses.standards.blocks import RequirementBlock
from courses.standards.enums import Bucket
from courses.standards.models import ActivityCategory
from supervision.enums import Phase

HOURS = {"min_value": 1, "max_value": 5000}


def category_choices() -> list[tuple[str, str]]:
    return [(category.key, category.label) for category in ActivityCategory.objects.all()]


class MinimumBlock(blocks.StructBlock):
    """A sub-minimum: what it asks for is whatever fits every filter that is filled in."""

    label = blocks.CharBlock(max_length=120, help_text="Such as: direct contact, of which dosing")
    hours = blocks.IntegerBlock(help_text="At least so many.", **HOURS)
    direct = blocks.BooleanBlock(required=False, help_text="Only categories that count as direct contact.")
    bucket = blocks.ChoiceBlock(choices=Bucket.choices, required=False, help_text="Only hours of this bucket.")
    category = blocks.ChoiceBlock(choices=category_choices, required=False, help_text="Only hours of this category.")
    phase = blocks.ChoiceBlock(
        choices=Phase.choices, required=False, help_text="Only hours of this phase of treatment."
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if not any(cleaned.get(name) for name in ("direct", "bucket", "category", "phase")):
            raise ValidationError("Say what this minimum is about: direct contact, a bucket, a category or a phase.")
        return cleaned


class CapBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=120, help_text="Such as: observation")
    hours = blocks.IntegerBlock(help_text="At most so many.", **HOURS)
    bucket = blocks.ChoiceBlock(choices=Bucket.choices, required=False, help_text="Only hours of this bucket.")
    category = blocks.ChoiceBlock(choices=category_choices, required=False, help_text="Only hours of this category.")
    transferred = blocks.BooleanBlock(required=False, help_text="Only of hours that were earned before or elsewhere.")

    def clean(self, value):
        cleaned = super().clean(value)
        if bool(cleaned.get("bucket")) == bool(cleaned.get("category")):
            raise ValidationError("A cap is on one bucket or on one category.")
        return cleaned


class PracticumMinutesBlock(RequirementBlock):
    hours = blocks.IntegerBlock(help_text="The total, in hours.", **HOURS)
    buckets = blocks.MultipleChoiceBlock(
        choices=Bucket.choices,
        default=[Bucket.DIRECT, Bucket.OBSERVED, Bucket.SIMULATED],
        help_text="What adds to the total. Supervision and consultation are usually asked for separately.",
    )
    minimums = blocks.ListBlock(
        MinimumBlock(), required=False, default=[], help_text="What the total must hold of single kinds of hours."
    )
    caps = blocks.ListBlock(
        CapBlock(), required=False, default=[], help_text="How much of one kind counts at most towards the total."
    )

    verified_only = blocks.BooleanBlock(
        required=False,
        label="Only verified entries count",
        help_text="An approved entry then waits until a director or registrar has verified it.",
    )

    class Meta:
        icon = "time"
        label = "Supervised practice"
