"""The certification standard: a draft in the CMS, and its published, immutable, numbered versions."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from courses.curriculum.fields import BlocksField
from courses.curriculum.models import Program
from courses.standards.enums import Approver, Bucket
from courses.standards.fields import RequirementsField
from courses.standards.practice import validate_part
from courses.standards.practice_blocks import PracticeRulesBlock, first_rules


class ActivityCategory(models.Model):
    """A category of practice, edited by directors. A published standard keeps its own copy of the definition."""

    key = models.SlugField(unique=True, help_text="Stable: logs and standards refer to it. Lower case, no spaces.")
    label = models.CharField(max_length=120)
    bucket = models.CharField(max_length=20, choices=Bucket)
    is_direct = models.BooleanField("counts as direct contact", default=False)
    needs_client_code = models.BooleanField(default=False)
    definition = models.TextField(max_length=1000, help_text="Shown in the log form.")
    example = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField("offered in the log form", default=True)
    by_site_supervisor = models.BooleanField("site supervisor", default=True)
    by_consultant = models.BooleanField("approved consultant", default=True)
    by_faculty = models.BooleanField("faculty", default=False)
    by_director = models.BooleanField("program director", default=False)
    cap_minutes = models.PositiveIntegerField(
        "cap, in minutes", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(300_000)]
    )
    multiplier = models.CharField("counts as", max_length=7, default="1", validators=[validate_part])

    panels = [
        FieldRowPanel([FieldPanel("label", help_text="As people read it in the log."), FieldPanel("key")]),
        FieldRowPanel(
            [
                FieldPanel("bucket", help_text="What its hours are added to."),
                FieldPanel("position", help_text="Its place in lists; the smallest number comes first."),
            ]
        ),
        FieldRowPanel(
            [
                FieldPanel("is_direct", help_text="Time with a client in the room."),
                FieldPanel("needs_client_code", help_text="An entry then names a client by a random code."),
                FieldPanel("is_active", help_text="Off: kept for what was logged, and no longer offered."),
            ]
        ),
        FieldPanel("definition"),
        FieldPanel("example", help_text="One visit that belongs here, in a few words. Shown in the log form."),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("by_site_supervisor", help_text="The supervisor of the placement."),
                        FieldPanel("by_consultant", help_text="A supervisor who is approved as consultant."),
                        FieldPanel("by_faculty", help_text="A supervisor who teaches in the program."),
                        FieldPanel("by_director", help_text="A supervisor who directs the program."),
                    ]
                )
            ],
            "Who may approve it",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel(
                            "cap_minutes",
                            help_text="At most so many minutes of it count, such as 600 for 10 hours. Empty: no cap.",
                        ),
                        FieldPanel(
                            "multiplier",
                            help_text="The part of each minute that counts: 1 for all of it, 1/2 for half. "
                            "The sum is rounded down to the whole minute, once.",
                        ),
                    ]
                )
            ],
            "How it counts",
        ),
    ]

    @property
    def approvers(self) -> tuple[str, ...]:
        return tuple(approver.value for approver in Approver if getattr(self, f"by_{approver.value}"))

    def clean(self):
        if not self.approvers:
            raise ValidationError("Say who may approve it: tick at least one.")
        if self.pk and ActivityCategory.objects.filter(pk=self.pk).exclude(key=self.key).exists():
            raise ValidationError({"key": "The key stays as it is: logs and published standards refer to it."})

    class Meta:
        ordering = ["position", "key"]
        verbose_name = "activity category"
        verbose_name_plural = "activity categories"

    def __str__(self):
        return self.label


class StandardVersion(models.Model):
    """A published version. `data` is plain JSON: {"schema", "title", "requirements": [{"kind", "schema", "config"}],
    "categories": [...]}; `hash` is the SHA-256 of its canonical form. Never changed, never deleted."""

    standard = models.ForeignKey("standards.Standard", models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    data = models.JSONField()
    hash = models.CharField(max_length=64)
    change_note = models.TextField(max_length=4000, blank=True)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["standard_id", "number"]
        constraints = [models.UniqueConstraint(fields=["standard", "number"], name="standard_version_number_is_unique")]

    def __str__(self):
        return f"{self.data.get('title', 'Standard')}, version {self.number}"

    @property
    def words(self) -> str:
        return f"Version {self.number} is published"


class Standard(models.Model):
    """The draft that directors edit in the CMS. Editing it changes nobody's standing: only a published version does."""

    program = models.OneToOneField(Program, models.PROTECT, related_name="standard")
    title = models.CharField(
        max_length=200, help_text="The title on the credential, such as KAP Practitioner Certificate."
    )
    description = models.TextField(max_length=2000, blank=True, help_text="What completing it means, in plain words.")
    requirements = RequirementsField(
        blank=True, help_text="Everything a trainee must show, in the order in which she reads it."
    )
    practice_rules = BlocksField(
        PracticeRulesBlock(),
        blank=True,
        default=first_rules,
        help_text="What an entry of the practice log is measured against, each rule with what follows: a refusal or a flag.",
    )

    panels = [
        FieldPanel("program", help_text="Each program has one standard. It stays once a version is published."),
        FieldPanel("title", help_text="Published versions keep the title they were published with."),
        FieldPanel("description"),
        FieldPanel("requirements"),
        FieldPanel("practice_rules"),
    ]

    def clean(self):
        others = StandardVersion.objects.filter(standard=self.pk).exclude(standard__program=self.program_id)
        if self.pk and others.exists():
            raise ValidationError({"program": "A standard with a published version stays with its program."})

    class Meta:
        ordering = ["title", "id"]

    def __str__(self):
        return self.title
