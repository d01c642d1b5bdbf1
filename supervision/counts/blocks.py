"""Authoring of the requirements that count visits and clients. Only for editors: what is published is plain JSON."""

from django.core.exceptions import ValidationError
from wagtail import blocks

from courses.standards.blocks import RequirementBlock
from courses.standards.enums import Bucket
from supervision.blocks import category_choices
from supervision.enums import Phase, PracticeRole

MOST = {"min_value": 1, "max_value": 2000}


class VisitsMinimumBlock(blocks.StructBlock):
    """How many visits of one kind the total must hold: of whatever fits every filter that is filled in."""

    label = blocks.CharBlock(max_length=120, help_text="Such as: dosing sessions led or co-led")
    number = blocks.IntegerBlock(help_text="At least so many visits.", **MOST)
    direct = blocks.BooleanBlock(required=False, help_text="Only categories that count as direct contact.")
    bucket = blocks.ChoiceBlock(choices=Bucket.choices, required=False, help_text="Only visits of this bucket.")
    category = blocks.ChoiceBlock(choices=category_choices, required=False, help_text="Only visits of this category.")
    phase = blocks.ChoiceBlock(
        choices=Phase.choices, required=False, help_text="Only visits with minutes in this phase."
    )
    roles = blocks.MultipleChoiceBlock(
        choices=PracticeRole.choices, required=False, help_text="Only visits in one of these roles. None ticked: all."
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if not any(cleaned.get(name) for name in ("direct", "bucket", "category", "phase", "roles")):
            raise ValidationError(
                "Say what this minimum is about: direct contact, a bucket, a category, a phase, a role."
            )
        return cleaned


class PracticumSessionsBlock(RequirementBlock):
    number = blocks.IntegerBlock(help_text="How many visits in all, each counted once, however long it was.", **MOST)
    buckets = blocks.MultipleChoiceBlock(
        choices=Bucket.choices, default=[Bucket.DIRECT], help_text="Which visits are counted."
    )
    minimums = blocks.ListBlock(
        VisitsMinimumBlock(), required=False, default=[], help_text="How many of them are of one kind."
    )

    class Meta:
        icon = "list-ol"
        label = "Number of visits"


class PracticumClientsBlock(RequirementBlock):
    number = blocks.IntegerBlock(help_text="How many different clients, told apart by their codes.", **MOST)
    visits_each = blocks.IntegerBlock(
        default=1, min_value=1, max_value=100, help_text="How often a client has been seen at least, to be counted."
    )
    buckets = blocks.MultipleChoiceBlock(
        choices=Bucket.choices, default=[Bucket.DIRECT], help_text="Which visits are counted."
    )
    phase = blocks.ChoiceBlock(
        choices=Phase.choices,
        required=False,
        help_text="Only visits with minutes in this phase. Leave it empty for all.",
    )

    class Meta:
        icon = "group"
        label = "Number of clients"
