"""Authoring of the requirements that quizzes answer. Only for editors: what is published is plain JSON."""

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


class FinalExaminationBlock(RequirementBlock):
    quiz = blocks.PageChooserBlock(
        page_type="assessments.QuizPage",
        help_text="The quiz that is the final examination. A missed critical item always fails it.",
    )
    min_percent = blocks.IntegerBlock(
        min_value=1,
        max_value=100,
        required=False,
        label="Pass mark (percent)",
        help_text="At least the quiz's own. Leave it empty to ask for that.",
    )
    most_attempts = blocks.IntegerBlock(
        min_value=1,
        max_value=20,
        required=False,
        label="Attempts that count",
        help_text="An attempt after so many does not count. Annulled ones use none, and attempts that were agreed with "
        "a person are added. Leave it empty for as many as the quiz allows.",
    )
    after_every_quiz = blocks.BooleanBlock(
        required=False,
        label="After every other quiz",
        help_text="An attempt counts only if all other quizzes of the trainee's edition were passed before it was begun.",
    )
    after = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="assessments.QuizPage"),
        required=False,
        default=[],
        label="After these quizzes",
        help_text="Or the ones that must be passed before it is begun. Leave both empty where the order is free.",
    )

    class Meta:
        icon = "doc-full-inverse"
        label = "Final examination"

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["after_every_quiz"] and cleaned["after"]:
            raise ValidationError("Choose either every other quiz to come before it, or the quizzes one by one.")
        return cleaned
