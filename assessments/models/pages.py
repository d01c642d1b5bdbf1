"""The pages in which quizzes and assignments are put together. Trainees never read them: they take what was frozen."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from assessments.models.question import Question
from courses.curriculum.models import ReviewedPage

INTRO_FEATURES = ["bold", "italic", "ol", "ul"]
MOST_ATTEMPTS = 20
MOST_HOURS = 720
MOST_MINUTES = 480
LARGEST_DRAW = 200
MOST_WORDS = 3000


class QuizPage(ReviewedPage):
    """A quiz of a module: its rules and its questions."""

    intro = RichTextField(
        blank=True, features=INTRO_FEATURES, help_text="Read before starting. It must give no answer away."
    )
    pass_percent = models.PositiveSmallIntegerField(
        "pass mark",
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Percent. A missed critical item fails the attempt whatever the score.",
    )
    attempts = models.PositiveSmallIntegerField(
        "attempts allowed", default=3, validators=[MaxValueValidator(MOST_ATTEMPTS)], help_text="0 for no limit."
    )
    cooldown_hours = models.PositiveSmallIntegerField(
        "hours between attempts",
        default=24,
        validators=[MaxValueValidator(MOST_HOURS)],
        help_text="Counted from the end of the last attempt.",
    )
    time_limit_minutes = models.PositiveSmallIntegerField(
        "time limit in minutes",
        default=0,
        validators=[MaxValueValidator(MOST_MINUTES)],
        help_text="From the start of each attempt, by the server's clock. 0 for no limit.",
    )
    shuffle_questions = models.BooleanField(default=True, help_text="Each attempt in another order.")
    shuffle_options = models.BooleanField(default=True, help_text="The options of each question in another order.")
    draw = models.PositiveSmallIntegerField(
        "questions per attempt",
        default=0,
        validators=[MaxValueValidator(LARGEST_DRAW)],
        help_text="Drawn by chance from those below; critical items are always among them. 0 for all of them.",
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("objectives"),
        FieldPanel("content_notice"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("pass_percent"), FieldPanel("time_limit_minutes")]),
                FieldRowPanel([FieldPanel("attempts"), FieldPanel("cooldown_hours")]),
                FieldPanel("draw"),
                FieldRowPanel([FieldPanel("shuffle_questions"), FieldPanel("shuffle_options")]),
            ],
            heading="Rules",
        ),
        InlinePanel(
            "quiz_questions", heading="Questions", label="Question", help_text="Publishing takes their newest version."
        ),
        *ReviewedPage.activity_panels,
        ReviewedPage.review_panel,
    ]
    parent_page_types = ["curriculum.ModulePage"]
    subpage_types = []


class QuizQuestion(Orderable):
    """One question in its place in a quiz."""

    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="quiz_questions")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")

    panels = [FieldPanel("question", help_text="From the bank of questions.")]


class AssignmentPage(ReviewedPage):
    """Something to write and hand in, that faculty accept or return."""

    brief = RichTextField(features=INTRO_FEATURES, help_text="What is to be written, and why.")
    criteria = models.TextField(
        blank=True,
        max_length=4000,
        help_text="What whoever reads it looks for. One per line; trainees see them before.",
    )
    words_most = models.PositiveSmallIntegerField(
        "words at most",
        default=500,
        validators=[MinValueValidator(10), MaxValueValidator(MOST_WORDS)],
        help_text="How long the text may be.",
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("brief"),
        FieldPanel("criteria"),
        FieldPanel("words_most"),
        FieldPanel("objectives"),
        FieldPanel("content_notice"),
        *ReviewedPage.activity_panels,
        ReviewedPage.review_panel,
    ]
    parent_page_types = ["curriculum.ModulePage"]
    subpage_types = []
