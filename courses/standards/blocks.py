"""Authoring blocks of requirements. Each kind's own block stands in the app that owns the kind."""

from typing import Any

from wagtail import blocks

from lms.enums import Track


class RequirementBlock(blocks.StructBlock):
    """What every requirement has. A kind's block extends it with its own fields."""

    title = blocks.CharBlock(max_length=120, help_text="As trainees read it, such as: Practicum hours.")
    waivable = blocks.BooleanBlock(
        required=False, default=True, label="May be waived", help_text="Leave it off for what nobody may skip."
    )
    track = blocks.ChoiceBlock(
        choices=Track.choices, required=False, help_text="Only for this track. Leave it empty for everybody."
    )


def common_settings(value: Any, key: str) -> dict[str, Any]:
    """The fields of `Config` itself, from an authored block; for `config_from_block` of every kind."""
    return {
        "key": key,
        "title": " ".join(value["title"].split()),
        "waivable": bool(value["waivable"]),
        "track": value["track"] or "",
    }
