"""Authoring of the requirement that completed modules answer. For editors only: what is published is plain JSON."""

from wagtail.blocks import IntegerBlock

from courses.standards.blocks import RequirementBlock


class ModuleCompletionBlock(RequirementBlock):
    electives = IntegerBlock(
        default=0, min_value=0, max_value=100, help_text="How many elective modules, beside every core module."
    )

    class Meta:
        icon = "list-ul"
        label = "Modules completed"
