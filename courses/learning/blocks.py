"""Authoring of the requirements that lessons answer. For editors only: what is published is plain JSON."""

from decimal import Decimal

from django.core.validators import validate_slug
from wagtail.blocks import CharBlock, ChoiceBlock, DecimalBlock, IntegerBlock, ListBlock, StructBlock

from courses.curriculum.credit_blocks import topic_choices
from courses.curriculum.enums import TeachingFormat
from courses.standards.blocks import RequirementBlock


class ModuleCompletionBlock(RequirementBlock):
    electives = IntegerBlock(
        default=0, min_value=0, max_value=100, help_text="How many elective modules, beside every core module."
    )

    class Meta:
        icon = "list-ul"
        label = "Modules completed"


HOURS = {"min_value": Decimal("0.25"), "max_value": 5000, "max_digits": 6, "decimal_places": 2}


class TopicMinimumBlock(StructBlock):
    topic = ChoiceBlock(choices=topic_choices, help_text="The topic whose minutes count here.")
    hours = DecimalBlock(help_text="At least so many, such as 10 or 0.5.", **HOURS)


class FormatMinimumBlock(StructBlock):
    format = ChoiceBlock(choices=TeachingFormat.choices, help_text="How it is taught.")
    hours = DecimalBlock(help_text="At least so many, such as 30.", **HOURS)


class DidacticMinutesBlock(RequirementBlock):
    hours = DecimalBlock(help_text="The total, in hours; 0.5 is half an hour.", **HOURS)
    topics = ListBlock(
        TopicMinimumBlock(), required=False, default=[], help_text="What the total must hold of single topics."
    )
    formats = ListBlock(
        FormatMinimumBlock(), required=False, default=[], help_text="What of it must be taught live, for example."
    )

    class Meta:
        icon = "time"
        label = "Hours of lessons"


class AttestationSignedBlock(RequirementBlock):
    attestation = CharBlock(
        max_length=50,
        validators=[validate_slug],
        label="Key of the attestation",
        help_text="As it stands in the lesson, such as touch-agreement. It must be in the newest edition.",
    )
    valid_months = ChoiceBlock(
        choices=[("0", "once, for good"), ("12", "again every year")],
        default="0",
        label="To be signed",
        help_text="A yearly signature may be renewed from 30 days before it lapses.",
    )

    class Meta:
        icon = "edit"
        label = "Attestation signed"
