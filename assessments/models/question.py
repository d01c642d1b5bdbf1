"""Questions: what authors edit, and the immutable versions that editions and attempts hold."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.template.response import TemplateResponse
from django.utils.module_loading import import_string
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index

from assessments.enums import Difficulty, Kind
from assessments.kinds.base import Draft
from assessments.question_blocks import QuestionBlocks, content_of, stored_of
from courses.curriculum.fields import BlocksField

STEM_FEATURES = ["bold", "italic", "ol", "ul", "superscript", "subscript"]
LONGEST_KEY = 80
ABOUT_TOPIC = (
    "What it is about, in a few words. Named after the quiz as what to study, with lessons: those of this topic where the "
    "curriculum has one that is called so, else those that speak of it. Give nothing away."
)
AS_ASKED, WITH_ANSWER = "", "answer"
# Wagtail calls the model for these, and they stand above it.
PUBLISH, SAMPLE = "assessments.actions.publish_question", "assessments.presentation.sample_of"


class Question(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, models.Model
):
    """A question as its authors edit it. Publishing a change makes a `QuestionVersion`; a draft changes nothing elsewhere.

    `content` holds one block, named as the kind of question, with what belongs to that kind alone.
    """

    key = models.SlugField(
        max_length=LONGEST_KEY,
        unique=True,
        blank=True,
        help_text="Attempts and imports refer to it, so it stays once the question is published. Empty: made of the title.",
    )
    title = models.CharField(max_length=200, help_text="For lists of staff. Trainees never see it.")
    topic = models.CharField(
        max_length=150,
        help_text="What it is about, in a few words. Named after the quiz as what to study; give nothing away.",
    )
    competency = models.CharField(
        max_length=80,
        blank=True,
        help_text="What it shows that somebody can do, in a few words. Quizzes draw by it.",
    )
    difficulty = models.CharField(
        max_length=6, choices=Difficulty, blank=True, help_text="As you judge it. Quizzes draw by it."
    )
    kind = models.CharField(max_length=12, choices=Kind, blank=True, editable=False)
    critical = models.BooleanField(
        "critical item",
        default=False,
        help_text="Less than full credit fails the attempt. For what could hurt somebody; marked before it is answered.",
    )
    stem = RichTextField(
        "question", features=STEM_FEATURES, help_text="The case and the question. No real person's details."
    )
    content = BlocksField(
        QuestionBlocks(),
        verbose_name="how it is answered",
        help_text="Choose one kind. What belongs to it is written below.",
    )
    feedback = models.TextField(
        "general feedback",
        max_length=2000,
        blank=True,
        help_text="Why, or the worked solution. Shown once the right answers may be shown.",
    )
    references = models.TextField(max_length=2000, blank=True, help_text="One a line. Shown with the general feedback.")

    panels = [
        FieldPanel("title", required_on_save=True),
        FieldPanel("stem"),
        FieldPanel("content"),
        MultiFieldPanel([FieldPanel("feedback"), FieldPanel("references")], "After the attempt"),
        MultiFieldPanel(
            [
                FieldPanel("critical"),
                FieldPanel("topic", help_text=ABOUT_TOPIC),
                FieldRowPanel([FieldPanel("competency"), FieldPanel("difficulty")]),
                FieldPanel("key"),
            ],
            "In the bank",
        ),
    ]
    search_fields = [
        index.SearchField("title"),
        index.SearchField("topic"),
        index.SearchField("competency"),
        index.AutocompleteField("title"),
        *(index.FilterField(name) for name in ("kind", "topic", "competency", "difficulty", "critical", "live")),
    ]

    class Meta:
        ordering = ["title", "id"]

    def __str__(self):
        return self.title

    def clean(self):
        super().clean()
        self.topic, self.competency = " ".join(self.topic.split()), " ".join(self.competency.split())
        if not self.key:
            self.key = free_key(self.title)
        if self.pk and self.key != self.first_key and self.versions.exists():
            raise ValidationError({"key": f"Attempts refer to this question by its key, {self.first_key}. Leave it."})

    @property
    def first_key(self) -> str:
        return Question.objects.values_list("key", flat=True).get(pk=self.pk)

    def save(self, *args, **kwargs):
        self.kind = self.kind_of_content
        super().save(*args, **kwargs)

    @property
    def kind_of_content(self) -> str:
        """The name of the one block; "" in a draft that has none yet."""
        return self.content[0].block_type if len(self.content) else ""

    @property
    def newest_version(self) -> "QuestionVersion | None":
        return self.versions.order_by("-number").first()

    def draft(self) -> Draft:
        """The author's words for the kind to freeze."""
        content = content_of(self.content[0].block, self.content.get_prep_value()[0]["value"]) if self.content else {}
        return Draft(stem=self.stem, feedback=self.feedback, content=content)

    def write(self, kind: str, draft: Draft) -> None:
        """Take over what a draft says, for questions that no form has written. It is not saved by this."""
        block = self._meta.get_field("content").stream_block.child_blocks[kind]
        self.stem, self.feedback = draft.stem, draft.feedback
        self.content = [{"type": kind, "value": stored_of(block, draft.content)}]
        self.kind = kind

    def publish(self, revision, user=None, **options):
        """Every way of publishing in the CMS comes through here: the button, an approval, a schedule."""
        import_string(PUBLISH)(self, revision, by=user, **options)

    @property
    def preview_modes(self):
        return [(AS_ASKED, "As a trainee sees it"), (WITH_ANSWER, "With the answer")]

    def serve_preview(self, request, mode_name):
        context = import_string(SAMPLE)(self, with_answer=mode_name == WITH_ANSWER)
        return TemplateResponse(request, "assessments/question_preview.html", context)


def free_key(title: str) -> str:
    """A key made of the title that no other question has."""
    base = slugify(title)[: LONGEST_KEY - 8].strip("-") or "question"
    key, number = base, 1
    while Question.objects.filter(key=key).exists():
        number += 1
        key = f"{base}-{number}"
    return key


class QuestionVersion(models.Model):
    """What a question said at one time. Append-only: the database refuses change and deletion.

    `data` is the kind's frozen JSON and `hash` the SHA-256 of everything that a trainee could see or be judged by, and of
    what quizzes draw by.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    topic = models.CharField(max_length=150)
    competency = models.CharField(max_length=80, blank=True, db_default="")
    difficulty = models.CharField(max_length=6, choices=Difficulty, blank=True, db_default="")
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
