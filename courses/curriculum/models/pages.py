"""The pages in which the program is written. Trainees never read them: they read an edition made from them."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, validate_slug
from django.db import models
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.search import index

from courses.curriculum.blocks import SHORT_FEATURES, TEXT_FEATURES, FacultyBlocks, LessonBlocks
from courses.curriculum.credit_blocks import MOST_MINUTES, CreditBlocks, TopicSelect
from courses.curriculum.credits import problems_of_credits
from courses.curriculum.enums import CompletedBy
from courses.curriculum.fields import BlocksField
from courses.curriculum.models.activity import Program
from courses.curriculum.public_blocks import AccreditationBlocks, QualificationBlocks, TeacherBlocks
from courses.curriculum.release_blocks import ReleaseBlocks
from courses.curriculum.releasing import circles_while_writing
from lms.web.visitors import keep_for_visitors

PORTRAIT = "fill-480x480"


class PublicPage(Page):
    """A page for everybody. Visitors without a session share one copy of it; a preview is nobody else's."""

    class Meta:
        abstract = True

    def serve(self, request, *args, **kwargs):
        response = super().serve(request, *args, **kwargs)
        return response if request.user.is_authenticated or request.is_preview else keep_for_visitors(response)


class HomePage(PublicPage):
    """The institute's public front page."""

    promise = models.CharField(
        max_length=300, blank=True, help_text="One sentence at the top. Empty: the institute's own promise."
    )
    introduction = RichTextField(blank=True, features=SHORT_FEATURES, help_text="A paragraph under the promise.")
    faculty = BlocksField(
        FacultyBlocks(),
        blank=True,
        help_text="Who teaches and has no page of their own. The faculty's pages below this one are shown first.",
    )

    content_panels = [*Page.content_panels, FieldPanel("promise"), FieldPanel("introduction"), FieldPanel("faculty")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["curriculum.ProgramPage", "curriculum.FacultyPage"]
    max_count = 1
    template = "curriculum/home_page.html"

    def get_context(self, request, *args, **kwargs):
        programs = ProgramPage.objects.child_of(self).live().public().select_related("program")
        teachers = with_portraits(FacultyPage.objects.child_of(self).live().public())
        return super().get_context(request, *args, **kwargs) | {"programs": programs, "teachers": teachers}


class FacultyPage(PublicPage):
    """Somebody who teaches: what she has learned, what she may do, and where. Home and programs show her by this page."""

    profession = models.CharField(max_length=160, help_text="Profession and part in the program.")
    portrait = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="From the Public collection, or visitors cannot see it.",
    )
    portrait_alt = models.CharField(
        "description of the portrait",
        max_length=200,
        blank=True,
        help_text="For people who do not see it, such as: Imani Okafor, smiling, at a window.",
    )
    qualifications = BlocksField(
        QualificationBlocks(), blank=True, help_text="Degrees, licences with their state, training in the field."
    )
    about = RichTextField(blank=True, features=SHORT_FEATURES, help_text="A few sentences; the first ones count most.")

    content_panels = [
        *Page.content_panels,
        FieldPanel("profession"),
        MultiFieldPanel([FieldPanel("portrait"), FieldPanel("portrait_alt")], "Portrait"),
        FieldPanel("qualifications"),
        FieldPanel("about"),
    ]
    parent_page_types = ["curriculum.HomePage"]
    subpage_types = []
    template = "curriculum/faculty_page.html"

    def clean(self):
        super().clean()
        if self.portrait_id and not self.portrait_alt.strip():
            raise ValidationError({"portrait_alt": "Describe the portrait for people who do not see it."})

    @property
    def qualification_list(self) -> list[dict]:
        """Each with its kind in a word and the rest in one line: a licence names its state."""
        return [
            {
                "kind": block.block.label,
                "text": ", ".join(str(block.value[name]) for name in ("title", "where", "year") if block.value[name]),
            }
            for block in self.qualifications
        ]

    def get_context(self, request, *args, **kwargs):
        programs = [page for page in ProgramPage.objects.live().public() if self.pk in page.teacher_ids]
        return super().get_context(request, *args, **kwargs) | {"programs": programs}


class ProgramPage(PublicPage):
    """A program as the public sees it; its modules stand below it. The program itself is made with the page."""

    program = models.OneToOneField(
        Program, models.PROTECT, null=True, editable=False, related_name="page", help_text="Made with the page."
    )
    tagline = models.CharField(max_length=300, blank=True, help_text="One sentence under the title.")
    story = RichTextField(blank=True, features=TEXT_FEATURES, help_text="What the program is and how it works.")
    outcomes = models.TextField(blank=True, max_length=4000, help_text="What graduates can do. One per line.")
    who_for = RichTextField(blank=True, features=SHORT_FEATURES, help_text="Whom it is for, and what it asks of them.")
    facts = models.TextField(
        blank=True,
        max_length=2000,
        help_text="For the fact panel. One per line, such as: Format: online and two weekends.",
    )
    faculty = BlocksField(
        TeacherBlocks(), blank=True, help_text="Who teaches it, in the order in which they are shown."
    )
    accreditation = BlocksField(
        AccreditationBlocks(),
        blank=True,
        help_text="Statements of accrediting bodies that hold now. Empty: the page says that it is not accredited.",
    )

    content_panels = [
        *Page.content_panels,
        *(
            FieldPanel(name)
            for name in ("tagline", "story", "outcomes", "who_for", "faculty", "accreditation", "facts")
        ),
    ]
    parent_page_types = ["curriculum.HomePage"]
    subpage_types = ["curriculum.ModulePage"]
    template = "curriculum/program_page.html"
    exclude_fields_in_copy = ["program"]

    def with_content_json(self, content):
        """A program belongs to the page, not to one of its revisions."""
        page = super().with_content_json(content)
        page.program_id = self.program_id
        return page

    @property
    def fact_list(self) -> list[dict]:
        pairs = [line.partition(":") for line in lines_of(self.facts)]
        return [{"label": label.strip(), "value": value.strip()} for label, colon, value in pairs if colon]

    @property
    def teacher_ids(self) -> list[int]:
        return [block["value"] for block in self.faculty.raw_data if block["value"]]

    @property
    def teachers(self) -> list[FacultyPage]:
        """The pages of whoever teaches it, as far as they are public, in the author's order. Fixed number of queries."""
        public = FacultyPage.objects.filter(pk__in=self.teacher_ids).live().public()
        found = {page.pk: page for page in with_portraits(public)}
        return [found[pk] for pk in dict.fromkeys(self.teacher_ids) if pk in found]

    @property
    def accreditations(self) -> list:
        """The statements that hold today, by the program's own calendar."""
        zone = ZoneInfo(self.program.time_zone) if self.program else None
        return standing_on(timezone.localdate(timezone=zone), [block.value for block in self.accreditation])

    def get_context(self, request, *args, **kwargs):
        shown = {
            "modules": ModulePage.objects.child_of(self).live().public(),
            "teachers": self.teachers,
            "accreditations": self.accreditations,
        }
        return super().get_context(request, *args, **kwargs) | shown


class ActivityPage(Page):
    """What a trainee can complete. `activity_key` is its identity over all editions; a copy is another activity.

    Abstract: quizzes and other kinds of higher rooms extend it and declare ModulePage as their parent.
    """

    activity_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    minutes = models.PositiveIntegerField(
        default=0,
        validators=[MaxValueValidator(MOST_MINUTES)],
        help_text="Time it takes, in minutes. Credited when done. For a module: only what its lessons do not count already.",
    )
    topic = models.CharField(
        max_length=50,
        blank=True,
        validators=[validate_slug],
        help_text="What all its minutes are about; the standard counts them by it.",
    )
    credits = BlocksField(
        CreditBlocks(),
        blank=True,
        help_text="Only if its minutes have several topics, or are taught live: a line for each topic and format. Together "
        "they are no more than the time it takes. Without a line, all minutes count as self-study of the topic above.",
    )
    release = BlocksField(
        ReleaseBlocks(),
        blank=True,
        verbose_name="opens when",
        help_text="Rules of which all must hold before trainees can open it. Without a rule it is open from the first day. "
        "What somebody has completed stays open to her.",
    )
    opens_after_previous = models.BooleanField(
        default=False,
        help_text="Stays closed until what stands before it is complete. Leave it off to let people choose.",
    )

    exclude_fields_in_copy = ["activity_key"]
    activity_panels = [
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("topic", widget=TopicSelect)]),
        FieldPanel("credits"),
        FieldPanel("release"),
        FieldPanel("opens_after_previous"),
    ]

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        problems = {"credits": problems_of_credits(self), "release": circles_while_writing(self)}
        if any(problems.values()):
            raise ValidationError({name: " ".join(found) for name, found in problems.items() if found})  # it shows one

    def serve(self, request, *args, **kwargs):
        """Never content: an editor is led to the preview, everybody else finds nothing here."""
        if request.user.is_authenticated and request.user.has_perm("wagtailadmin.access_admin"):
            return redirect("wagtailadmin_pages:view_draft", self.pk)
        raise Http404

    def serve_preview(self, request, mode_name):
        """The page as an edition would show it, by the same renderer."""
        from courses.curriculum.preview import preview

        return preview(self, request)


class ReviewedPage(ActivityPage):
    """An activity that a clinician reviews."""

    objectives = models.TextField(
        blank=True, max_length=4000, help_text="What the reader can do afterwards. One per line."
    )
    content_notice = models.TextField(
        blank=True, max_length=1000, help_text="What may be hard to read, said before it begins. It offers a choice."
    )
    reviewer = models.CharField(max_length=200, blank=True, help_text="The clinician who reviewed it, with profession.")
    reviewed_on = models.DateField(null=True, blank=True, help_text="Empty: readers see that nobody has reviewed it.")
    next_review_on = models.DateField(null=True, blank=True, help_text="When it must be looked at again.")

    review_panel = MultiFieldPanel(
        [
            FieldPanel("reviewer"),
            FieldRowPanel([FieldPanel("reviewed_on"), FieldPanel("next_review_on")]),
        ],
        "Clinical review",
    )

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.reviewed_on and not self.reviewer:
            raise ValidationError({"reviewer": "Name the clinician who reviewed it."})
        if self.reviewed_on and self.next_review_on and self.next_review_on <= self.reviewed_on:
            raise ValidationError({"next_review_on": "The next review comes after the last one."})


class ModulePage(ReviewedPage):
    """A part of the program; lessons stand below it, and what other rooms add, such as quizzes."""

    summary = RichTextField(blank=True, features=SHORT_FEATURES, help_text="What the module is about, in a paragraph.")
    is_core = models.BooleanField("required of everybody", default=True, help_text="Off: an elective.")

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("objectives"),
        FieldPanel("is_core"),
        *ActivityPage.activity_panels,
        FieldPanel("content_notice"),
        ReviewedPage.review_panel,
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("objectives")]
    parent_page_types = ["curriculum.ProgramPage"]


class LessonPage(ReviewedPage):
    body = BlocksField(LessonBlocks(), blank=True, help_text="The lesson, block by block.")
    completed_by = models.CharField(
        "complete when",
        max_length=12,
        choices=CompletedBy,
        default=CompletedBy.READ,
        help_text="The last two complete the lesson by themselves, once everything of that kind in the body is done.",
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("objectives"),
        FieldPanel("content_notice"),
        FieldPanel("body"),
        FieldPanel("completed_by"),
        *ActivityPage.activity_panels,
        ReviewedPage.review_panel,
    ]
    search_fields = [*Page.search_fields, index.SearchField("body"), index.SearchField("objectives")]
    parent_page_types = ["curriculum.ModulePage"]
    subpage_types = []


def with_portraits(teachers: models.QuerySet[FacultyPage]) -> models.QuerySet[FacultyPage]:
    """The faculty with the rendition of each portrait that pages show: two queries more, however many people."""
    portraits = get_image_model().objects.prefetch_renditions(PORTRAIT)
    return teachers.prefetch_related(models.Prefetch("portrait", queryset=portraits))


def standing_on(day: date, statements: Iterable[Mapping]) -> list[Mapping]:
    """Those that have begun and have not ended."""
    return [said for said in statements if (said["from_day"] or day) <= day <= (said["until_day"] or day)]


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
