"""Questions: what authors edit, and the immutable versions that editions and attempts hold."""

import uuid

from django.conf import settings
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail.search import index

from assessments.enums import Kind
from assessments.kinds.base import Draft

STEM_FEATURES = ["bold", "italic", "ol", "ul", "superscript", "subscript"]


class Question(index.Indexed, ClusterableModel):
    """A question as its authors edit it. Each save that changes something makes a `QuestionVersion`."""

    key = models.SlugField(
        max_length=80,
        unique=True,
        help_text="Stable: attempts and imports refer to it. Lower case, hyphens, no spaces.",
    )
    title = models.CharField(max_length=200, help_text="For lists of staff. Trainees never see it.")
    topic = models.CharField(
        max_length=150,
        help_text="What it is about, in a few words. Named after the quiz as what to study; give nothing away.",
    )
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SINGLE)
    critical = models.BooleanField(
        "critical item",
        default=False,
        help_text="Less than full credit fails the attempt. For what could hurt somebody; marked before it is answered.",
    )
    stem = RichTextField(
        "question", features=STEM_FEATURES, help_text="The case and the question. No real person's details."
    )
    answer = models.CharField(max_length=30, blank=True, help_text="The right number, with a point for decimals: 2.5")
    tolerance = models.CharField(
        max_length=30,
        default="0",
        blank=True,
        help_text="How far off is still right, in the unit of the answer. 0 means exactly.",
    )
    unit = models.CharField(
        max_length=30,
        blank=True,
        help_text="Such as mg or mg/kg; empty for a bare number. 10 mg and 0.01 g agree: units of a kind are converted.",
    )
    accepted_units = models.CharField(
        "other spellings of the unit",
        max_length=200,
        blank=True,
        help_text="Separated by commas. The same unit, never another one.",
    )
    feedback = models.TextField(
        "general feedback",
        max_length=2000,
        blank=True,
        help_text="Why, or the worked solution. Shown once the right answers may be shown.",
    )
    references = models.TextField(max_length=2000, blank=True, help_text="One a line. Shown with the general feedback.")

    panels = [
        FieldRowPanel([FieldPanel("title"), FieldPanel("key")]),
        FieldRowPanel([FieldPanel("kind", help_text="How it is answered."), FieldPanel("topic")]),
        FieldPanel("critical"),
        FieldPanel("stem"),
        InlinePanel(
            "options",
            heading="Options",
            label="Option",
            help_text="For single choice mark one option as correct, for multiple response at least one. Leave them out for a number.",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("answer"), FieldPanel("tolerance")]),
                FieldRowPanel([FieldPanel("unit"), FieldPanel("accepted_units")]),
            ],
            heading="Number with unit",
        ),
        FieldPanel("feedback"),
        FieldPanel("references"),
    ]
    search_fields = [index.SearchField("title"), index.SearchField("topic"), index.AutocompleteField("title")]

    class Meta:
        ordering = ["title", "id"]

    def __str__(self):
        return self.title

    @property
    def newest_version(self) -> "QuestionVersion | None":
        return self.versions.order_by("-number").first()

    def draft(self, options=None) -> Draft:
        """The author's words for the kind to freeze. `options` are given by a form that is not saved yet."""
        rows = self.options.all() if options is None else options
        spellings = [unit for unit in self.accepted_units.split(",") if unit.strip()]
        content = {
            "options": [
                {"id": str(row.option_id), "text": row.text, "correct": row.correct, "feedback": row.feedback}
                for row in rows
            ],
            "answer": self.answer.strip() or None,
            "tolerance": self.tolerance.strip() or "0",
            "unit": self.unit,
            "accepted_units": spellings,
        }
        return Draft(stem=self.stem, feedback=self.feedback, content=content)


class QuestionOption(Orderable):
    """One option. `option_id` stays the same through every edit, so that answers and statistics can refer to it."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="options")
    option_id = models.UUIDField(default=uuid.uuid4, editable=False)
    text = models.CharField(max_length=500)
    correct = models.BooleanField(default=False)
    feedback = models.CharField(
        max_length=1000,
        blank=True,
        help_text="Shown after submission to whoever chose it, and to all once the right answers are shown.",
    )

    panels = [
        FieldPanel("text", help_text="One answer that can be chosen."),
        FieldPanel("correct", help_text="Several may be, where the kind of question lets people choose several."),
        FieldPanel("feedback"),
    ]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["question", "option_id"], name="option_id_once_per_question")]


class QuestionVersion(models.Model):
    """What a question said at one time. Append-only: the database refuses change and deletion.

    `data` is the kind's frozen JSON and `hash` the SHA-256 of everything that a trainee could see or be judged by.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    topic = models.CharField(max_length=150)
    critical = models.BooleanField()
    data = models.JSONField()
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["question_id", "number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="question_version_number_is_unique")]

    def __str__(self):
        return f"{self.question}, version {self.number}"
