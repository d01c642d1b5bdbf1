"""Authoring of the requirement that the enrolment answers. For editors only: what is published is plain JSON."""

from wagtail.blocks import IntegerBlock

from courses.enrolment.requirements import MOST_MONTHS
from courses.standards.blocks import RequirementBlock


class TimeWindowBlock(RequirementBlock):
    months = IntegerBlock(
        default=24,
        min_value=1,
        max_value=MOST_MONTHS,
        help_text="Counted from the day of enrolment. Pauses and extensions are added for each person by themselves.",
    )

    class Meta:
        icon = "calendar-alt"
        label = "Time window"
