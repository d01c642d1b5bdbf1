from courses.curriculum.actions.edition import (
    NotPublishable,
    create_program,
    give_program,
    publish_edition,
    relink_copy,
    render_bodies,
)
from courses.curriculum.actions.erratum import correct_item, replace_in_editions

__all__ = [
    "NotPublishable",
    "correct_item",
    "create_program",
    "give_program",
    "publish_edition",
    "relink_copy",
    "render_bodies",
    "replace_in_editions",
]
