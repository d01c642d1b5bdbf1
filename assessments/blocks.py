"""Authoring of the requirement that passed quizzes answer. Only for editors: what is published is plain JSON."""

from django.core.exceptions import ValidationError
from wagtail import blocks

from courses.standards.blocks import RequirementBlock


class QuizPassedBlock(RequirementBlock):
    every_quiz = blocks.BooleanBlock(
        required=False, label="Every quiz of the trainee's edition", help_text="Otherwise choose the quizzes below."
    )
    quizzes = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="assessments.QuizPage"),
        required=False,
        default=[],
        help_text="Each must be passed.",
    )
    min_percent = blocks.IntegerBlock(
        min_value=1,
        max_value=100,
        required=False,
        label="At least (percent)",
        help_text="Only if it asks for more than the quiz's own pass mark.",
    )

    class Meta:
        icon = "help"
        label = "Quizzes passed"

    def clean(self, value):
        cleaned = super().clean(value)
        if bool(cleaned["every_quiz"]) == bool(cleaned["quizzes"]):
            raise ValidationError("Choose either every quiz of the edition, or the quizzes one by one.")
        return cleaned
