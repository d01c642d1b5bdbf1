"""An edition freezes; it does not point. Reading one never touches Page, Revision, Image or Document."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.curriculum.enums import OPEN_BUILDS, ActivityKind, BuildState, CompletedBy, RegulatorStepKind
from courses.curriculum.models.activity import Activity, Program
from lms.web.templatetags.ui import day


class Asset(models.Model):
    """A copy of one rendition, document or caption file that some edition shows, named by its content."""

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(upload_to="assets/", max_length=200)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()


class Body(models.Model):
    """What one item says, shared between editions that say the same. `source` is complete in itself."""

    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=12, choices=ActivityKind)
    source = models.JSONField()
    html = models.TextField(blank=True)
    renderer_version = models.PositiveIntegerField()
    search_text = models.TextField(blank=True)
    assets = models.ManyToManyField(Asset, related_name="bodies")

    class Meta:
        verbose_name_plural = "bodies"


class Edition(models.Model):
    """A numbered, immutable issue of a program's curriculum, that cohorts are pinned to."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="editions")
    locale = models.CharField(max_length=12, default="en")
    number = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    effective_from = models.DateField()
    topics = models.JSONField(default=dict, blank=True, help_text="The labels of its topics on that day, by key.")
    change_note = models.TextField(max_length=4000, blank=True)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["program_id", "locale", "number"]
        constraints = [models.UniqueConstraint(fields=["program", "locale", "number"], name="edition_number_is_unique")]

    def __str__(self):
        return f"{self.program}, edition {self.number}"


class EditionItem(models.Model):
    """One module, lesson or quiz in its place in one edition. `position` counts through the whole edition, from 1."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="items")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="items")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    position = models.PositiveIntegerField()
    slug = models.SlugField(max_length=120)
    title = models.CharField(max_length=255)
    minutes = models.PositiveIntegerField(default=0)
    topic = models.CharField(max_length=50, blank=True)
    credits = models.JSONField(default=list, blank=True, help_text="Lists of topic, format, minutes.")
    is_core = models.BooleanField(default=True)
    gates = models.JSONField(default=dict, blank=True)
    completed_by = models.CharField(max_length=12, choices=CompletedBy, default=CompletedBy.READ)
    review = models.JSONField(default=dict, blank=True, help_text="Clinical reviewer, review date, next review.")
    body = models.ForeignKey(Body, models.PROTECT, related_name="items")
    revision_id = models.BigIntegerField(
        null=True, help_text="The Wagtail revision it was frozen from, for the record."
    )

    class Meta:
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "activity"], name="activity_once_per_edition"),
            models.UniqueConstraint(fields=["edition", "position"], name="position_once_per_edition"),
            models.UniqueConstraint(fields=["edition", "slug"], name="slug_once_per_edition"),
        ]

    def __str__(self):
        return self.title


class Erratum(models.Model):
    """A correction of one item of a published edition: what it said, what it says now, why. The newest one counts."""

    item = models.ForeignKey(EditionItem, models.PROTECT, related_name="errata")
    old_body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    new_body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    is_safety = models.BooleanField(default=False)
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "errata"

    @property
    def day(self) -> str:
        return day(timezone.localdate(self.at))


class RegulatorStep(models.Model):
    """What passed between the institute and a regulator about an edition: told, accepted, refused. Append-only."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="regulator_steps")
    regulator = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=RegulatorStepKind)
    on = models.DateField()
    reference = models.CharField(max_length=200, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class EditionBuild(models.Model):
    """Publishing that runs in the background: how far it is, and how it ended. The edition itself is written at once."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="builds")
    state = models.CharField(max_length=12, choices=BuildState, default=BuildState.WAITING)
    change_note = models.TextField(max_length=4000)
    effective_from = models.DateField()
    leave_out_drafts = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    edition = models.OneToOneField(Edition, models.PROTECT, null=True, related_name="build")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(null=True, help_text="When its worker was last heard of.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=models.Q(state__in=OPEN_BUILDS), name="one_open_build_per_program"
            )
        ]

    @property
    def heading(self) -> str:
        """Where it stands, as the page about it says it."""
        return "Waiting for its turn" if self.state == BuildState.WAITING else self.get_state_display()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_BUILDS

    @property
    def total_words(self) -> str:
        return str(self.total)

    @property
    def percent(self) -> int:
        return min(100 * self.done // self.total, 99) if self.total else 0
