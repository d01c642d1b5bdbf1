from courses.curriculum.actions.building import ask_for_edition
from courses.curriculum.actions.edition import (
    NotPublishable,
    create_program,
    give_program,
    publish_edition,
    relink_copy,
    render_bodies,
)
from courses.curriculum.actions.erratum import correct_item, replace_in_editions
from courses.curriculum.actions.regulator import record_regulator_step, set_needs_acceptance

__all__ = [
    "NotPublishable",
    "ask_for_edition",
    "correct_item",
    "create_program",
    "give_program",
    "publish_edition",
    "record_regulator_step",
    "relink_copy",
    "render_bodies",
    "replace_in_editions",
    "set_needs_acceptance",
]
