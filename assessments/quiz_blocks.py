"""Authoring of the sections of a quiz, and of what to study after its last attempt."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    IntegerBlock,
    ListBlock,
    ListBlockValidationError,
    StreamBlock,
    StreamBlockValidationError,
    StructBlock,
    StructBlockValidationError,
)
from wagtail.snippets.blocks import SnippetChooserBlock

from assessments.enums import Difficulty
from courses.curriculum.enums import ActivityKind
from courses.curriculum.release_blocks import ActivityChooser

LARGEST_DRAW = 200
MOST_SECTIONS = 20
POOLS = "assessments.sections.pools_of"  # it asks the models, which stand above their blocks


def words_used(name: str, **conditions) -> list[tuple[str, str]]:
    """What stands in this field of the bank's questions."""
    questions = apps.get_model("assessments", "Question").objects.filter(**conditions).exclude(**{name: ""})
    return [(word, word) for word in questions.order_by(name).values_list(name, flat=True).distinct()]


class ChosenSection(StructBlock):
    title = CharBlock(required=False, max_length=80, help_text="Shown with each question and with the score.")
    questions = ListBlock(
        SnippetChooserBlock("assessments.Question", label="Question"),
        help_text="In this order, unless they are shuffled. Publishing an edition takes their newest version.",
    )
    draw = IntegerBlock(
        default=0,
        min_value=0,
        max_value=LARGEST_DRAW,
        label="Draw",
        help_text="How many of them each attempt asks, by chance; critical items are always among them. 0 for all.",
    )

    class Meta:
        icon = "list-ul"
        label = "Chosen questions"
        label_format = "{title}"


class DrawnSection(StructBlock):
    title = CharBlock(required=False, max_length=80, help_text="Shown with each question and with the score.")
    draw = IntegerBlock(
        min_value=1,
        max_value=LARGEST_DRAW,
        label="Draw",
        help_text="How many questions each attempt asks, by chance; critical items are always among them.",
    )
    topic = ChoiceBlock(
        required=False, choices=lambda: words_used("topic", live=True), help_text="Only questions with it. Empty: any."
    )
    competency = ChoiceBlock(
        required=False,
        choices=lambda: words_used("competency", live=True),
        help_text="Only questions with it. Empty: any.",
    )
    difficulty = ChoiceBlock(required=False, choices=Difficulty.choices, help_text="Only such. Empty: any.")

    class Meta:
        icon = "rotate"
        label = "Drawn from the bank"
        label_format = "{title}"


class SectionBlocks(StreamBlock):
    """Every problem stands at its field, except in a draft, which may be unfinished."""

    chosen = ChosenSection()
    drawn = DrawnSection()

    def clean(self, value):
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            self._refuse_what_cannot_be_asked(cleaned)
        return cleaned

    def _refuse_what_cannot_be_asked(self, cleaned) -> None:
        pools = import_string(POOLS)(self.get_prep_value(cleaned))
        errors = {place: _errors(pool.problems) for place, pool in enumerate(pools) if pool.problems}
        if errors:
            raise StreamBlockValidationError(block_errors=errors)

    class Meta:
        max_num = MOST_SECTIONS


def _errors(problems: list[tuple[str, str]]) -> StructBlockValidationError:
    by_field: dict[str, list[str]] = {}
    for name, sentence in problems:
        by_field.setdefault(name, []).append(sentence)
    return StructBlockValidationError(
        {
            name: ListBlockValidationError(non_block_errors=said) if name == "questions" else ValidationError(said)
            for name, said in by_field.items()
        }
    )


class StudyBlocks(StreamBlock):
    """What is worth reading again."""

    page = ActivityChooser(
        kinds=(ActivityKind.LESSON, ActivityKind.MODULE),
        icon="doc-full",
        label="Lesson or module",
        help_text="It must be part of the edition.",
    )

    class Meta:
        max_num = 12
