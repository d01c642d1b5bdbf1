"""Authoring of the requirement of supervision. Only for editors: what is published is plain JSON."""

from django.core.exceptions import ValidationError
from wagtail import blocks

from courses.standards.blocks import RequirementBlock
from supervision.sessions.enums import GROUP_MOST, SESSION_MINUTES_MOST, SessionFormat

AS = [(SessionFormat.INDIVIDUAL.value, "As individual"), (SessionFormat.GROUP.value, "As a group")]


class RatioBlock(blocks.StructBlock):
    """Empty minutes: there is no ratio."""

    minutes = blocks.IntegerBlock(
        required=False,
        min_value=1,
        max_value=SESSION_MINUTES_MOST,
        help_text="Minutes of supervision in each week. Leave it empty if there is no weekly ratio.",
    )
    per_hours = blocks.IntegerBlock(
        default=5, min_value=1, max_value=60, help_text="For so many hours of direct contact in that week."
    )
    make_up_weeks = blocks.IntegerBlock(
        default=1,
        min_value=0,
        max_value=26,
        help_text="In how many weeks afterwards the missing minutes can be made up. 0: only in the week itself.",
    )
    failed_most = blocks.IntegerBlock(
        default=0, min_value=0, max_value=52, help_text="How many weeks may fail before the requirement cannot be met."
    )


class SupervisionMinutesBlock(RequirementBlock):
    hours = blocks.IntegerBlock(
        default=0, min_value=0, max_value=2000, help_text="The total, in hours. 0: only the weekly ratio is asked for."
    )
    individual_hours = blocks.IntegerBlock(
        default=0, min_value=0, max_value=2000, help_text="How many of them individually at least."
    )
    triadic_as = blocks.ChoiceBlock(
        choices=AS,
        required=False,
        default=SessionFormat.INDIVIDUAL,
        help_text="How a session of one supervisor with two trainees counts. Empty: not at all.",
    )
    peer_counts = blocks.BooleanBlock(
        required=False, help_text="Peer sessions count, as groups. Leave it off if they do not count."
    )
    group_percent = blocks.IntegerBlock(
        default=100, min_value=0, max_value=100, help_text="How many percent of the total may be in groups at most."
    )
    group_size = blocks.IntegerBlock(
        default=0, min_value=0, max_value=GROUP_MOST, help_text="The largest group that counts, in people. 0: any."
    )
    transferred_most = blocks.IntegerBlock(
        required=False,
        min_value=0,
        max_value=2000,
        help_text="How many hours from elsewhere count. Empty: all of them.",
    )
    ratio = RatioBlock(help_text="Supervision in each week, for the direct contact of that week.")

    class Meta:
        icon = "comment"
        label = "Supervision and consultation"

    def clean(self, value):
        cleaned = super().clean(value)
        if not cleaned["hours"] and not cleaned["ratio"]["minutes"]:
            raise ValidationError("Ask for hours in all, or for a weekly ratio.")
        return cleaned
