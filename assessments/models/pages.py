"""The pages in which quizzes and assignments are put together. Trainees never read them: they take what was frozen."""

from collections.abc import Iterator
from ipaddress import ip_network

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from assessments.enums import FeedbackWhen
from assessments.quiz_blocks import SectionBlocks, StudyBlocks
from assessments.quiz_form import QuizPageForm
from courses.curriculum.fields import BlocksField
from courses.curriculum.models import ReviewedPage
from courses.curriculum.models.pages import lines_of

INTRO_FEATURES = ["bold", "italic", "ol", "ul"]
MOST_ATTEMPTS = 20
MOST_HOURS = 720
MOST_MINUTES = 480
MOST_GRACE = 300
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
    sections = BlocksField(
        SectionBlocks(),
        blank=True,
        help_text="They follow each other in this order; questions are shuffled within one. No question is asked twice.",
    )
    opens_at = models.DateTimeField(
        "can be started from", null=True, blank=True, help_text="By your own clock. Empty: from the first day."
    )
    closes_at = models.DateTimeField(
        "can be started until",
        null=True,
        blank=True,
        help_text="Who has started by then has her whole time. Empty: to the end.",
    )
    grace_seconds = models.PositiveSmallIntegerField(
        "seconds of grace",
        default=30,
        validators=[MaxValueValidator(MOST_GRACE)],
        help_text="How long after the time is up an answer is still taken that was on its way.",
    )
    forward_only = models.BooleanField(
        default=False, help_text="What is left behind stays as it is. Only where going back would give answers away."
    )
    one_page = models.BooleanField(
        "all questions on one page", default=False, help_text="Off: one question at a time, which is calmer on a phone."
    )
    honour = models.TextField(
        "honour statement",
        max_length=2000,
        blank=True,
        help_text="To be agreed to before starting, such as: I work alone and without notes. Empty: none.",
    )
    password = models.CharField(max_length=128, blank=True, editable=False)
    ip_ranges = models.TextField(
        "networks",
        max_length=2000,
        blank=True,
        help_text="Where it can be started from, one a line, such as 192.0.2.0/24. Empty: anywhere.",
    )
    show_score = models.CharField(
        "the score", max_length=10, choices=FeedbackWhen, default=FeedbackWhen.AT_ONCE, help_text="In percent."
    )
    show_answers = models.CharField(
        "own answers",
        max_length=10,
        choices=FeedbackWhen,
        default=FeedbackWhen.AT_ONCE,
        help_text="Each as right or not.",
    )
    show_comments = models.CharField(
        "feedback on what was chosen",
        max_length=10,
        choices=FeedbackWhen,
        default=FeedbackWhen.AT_ONCE,
        help_text="What you wrote to the option or answer.",
    )
    show_key = models.CharField(
        "the right answers",
        max_length=10,
        choices=FeedbackWhen,
        default=FeedbackWhen.FINISHED,
        help_text="With all feedback, worked solutions and references.",
    )
    feedback_from = models.DateTimeField(
        "date for the above", null=True, blank=True, help_text="For what is shown from a date. By your own clock."
    )
    remediation = RichTextField(
        "after the last attempt",
        blank=True,
        features=INTRO_FEATURES,
        help_text="Read by whoever has used all attempts without passing: what helps now, and whom to ask.",
    )
    study = BlocksField(
        StudyBlocks(), blank=True, verbose_name="what to study then", help_text="Links that stand below that text."
    )

    base_form_class = QuizPageForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("objectives"),
        FieldPanel("content_notice"),
        FieldPanel("sections"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("pass_percent"), FieldPanel("time_limit_minutes")]),
                FieldRowPanel([FieldPanel("attempts"), FieldPanel("cooldown_hours")]),
                FieldRowPanel([FieldPanel("shuffle_questions"), FieldPanel("shuffle_options")]),
                FieldRowPanel([FieldPanel("one_page"), FieldPanel("forward_only")]),
                FieldPanel("grace_seconds"),
            ],
            heading="Rules",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                FieldPanel("honour"),
                FieldRowPanel([FieldPanel("new_password"), FieldPanel("drop_password")]),
                FieldPanel("ip_ranges"),
            ],
            heading="Starting",
            classname="collapsed",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("show_score"), FieldPanel("show_answers")]),
                FieldRowPanel([FieldPanel("show_comments"), FieldPanel("show_key")]),
                FieldPanel("feedback_from"),
            ],
            heading="What is shown afterwards",
            classname="collapsed",
        ),
        MultiFieldPanel(
            [FieldPanel("remediation"), FieldPanel("study")], heading="When no attempt is left", classname="collapsed"
        ),
        *ReviewedPage.activity_panels,
        ReviewedPage.review_panel,
    ]
    parent_page_types = ["curriculum.ModulePage"]
    subpage_types = []

    def clean(self):
        super().clean()
        problems = dict(problems_of_rules(self))
        if problems:
            raise ValidationError(problems)


def problems_of_rules(page: QuizPage) -> Iterator[tuple[str, str]]:
    """What is wrong with the rules of a quiz, by field. What its sections ask is another matter."""
    if page.opens_at and page.closes_at and page.closes_at <= page.opens_at:
        yield "closes_at", "It closes before it opens. Choose a later date."
    if page.one_page and page.forward_only:
        yield "forward_only", "On one page nothing is left behind. Choose one of the two."
    if page.show_key == FeedbackWhen.AT_ONCE and page.attempts != 1:
        yield (
            "show_key",
            "While another attempt is possible they would be its answers. Show them after the last attempt.",
        )
    whens = (page.show_score, page.show_answers, page.show_comments, page.show_key)
    if FeedbackWhen.FROM_DATE in whens and not page.feedback_from:
        yield "feedback_from", "Choose the date from which it is shown."
    for line in lines_of(page.ip_ranges):
        if not _is_network(line):
            yield (
                "ip_ranges",
                f"“{line[:50]}” is no network. Write it like 192.0.2.0/24, or one address such as 192.0.2.7.",
            )
            break


def _is_network(line: str) -> bool:
    try:
        ip_network(line)
    except ValueError:
        return False
    return True


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
