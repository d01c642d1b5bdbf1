"""What a lesson is written from. Each block has a template of the same name in templates/curriculum/blocks/.

Blocks are for writing only. An edition holds what `frozen.py` makes of their values, and its pages are rendered from that.
"""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    TextBlock,
    URLBlock,
)
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock, TypedTableBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.curriculum.asking_blocks import Attestation, KnowledgeCheck
from courses.curriculum.block_parts import SAMPLE, SAMPLE_FILE, SHORT_FEATURES, TEXT_FEATURES
from courses.curriculum.media_blocks import Audio, HostedVideo, Video

LONGEST_TEXT = 40_000
MOST_COLUMNS, MOST_ROWS = 12, 100
MOST_TERMS = 40
_BEFORE_DOI = re.compile(r"^\s*(https?://(dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
a_doi = RegexValidator(
    r"^10\.\d{4,9}/\S+$", "A DOI begins with 10. and has a slash, such as 10.1177/20451253251377191."
)
an_anchor = RegexValidator(r"^[A-Za-z][\w-]{0,60}$", "Letters, digits, hyphens; it begins with a letter.")


class ImageWithCaption(StructBlock):
    image = ImageBlock(help_text="Describe what it shows and why it is here, for people who do not see it.")
    caption = CharBlock(required=False, max_length=300, help_text="Shown under the image.")

    class Meta:
        icon = "image"
        label = "Image"
        preview_template = SAMPLE
        sample = {
            "sha256": SAMPLE_FILE,
            "name": "sample.svg",
            "width": 640,
            "height": 360,
            "alt": "Hills under a pale sun",
            "caption": "A caption says what to see in it.",
        }


class Handout(StructBlock):
    document = DocumentChooserBlock(help_text="A PDF or another file to take along. The edition keeps its own copy.")
    title = CharBlock(max_length=200, help_text="What the reader gets, such as: Touch agreement, one page.")

    class Meta:
        icon = "doc-full"
        label = "Document"
        preview_template = SAMPLE
        sample = {
            "title": "Touch agreement, one page",
            "sha256": SAMPLE_FILE,
            "name": "touch-agreement.pdf",
            "size": 84_000,
        }


class Safety(StructBlock):
    title = CharBlock(required=False, max_length=200, help_text="The rule in a few words.")
    text = RichTextBlock(features=SHORT_FEATURES, help_text="What to do and what never to do.")

    class Meta:
        icon = "warning"
        label = "Safety callout"
        preview_value = {
            "title": "Never leave a dosed client alone",
            "text": "<p>Somebody trained stays in the room until the client is fully oriented.</p>",
        }


class Vignette(StructBlock):
    title = CharBlock(max_length=200, help_text="A short name for the case.")
    text = RichTextBlock(
        features=SHORT_FEATURES, help_text="An invented patient. Never a real one, not even disguised."
    )
    questions = ListBlock(CharBlock(max_length=500), help_text="Questions to think about; nobody hands in answers.")

    class Meta:
        icon = "openquote"
        label = "Case vignette"
        preview_value = {
            "title": "A hand held out",
            "text": "<p>Forty minutes after dosing, Mr A. reaches for his therapist's hand.</p>",
            "questions": ["What did the two of them agree before?", "What does she say now?"],
        }


class Choice(StructBlock):
    """Nobody has to read what is hard for her: the alternative earns the same."""

    title = CharBlock(max_length=200, help_text="What the part is about, in a few words.")
    notice = TextBlock(max_length=1000, help_text="What may be hard to read in it, said without going into it.")
    text = RichTextBlock(
        features=TEXT_FEATURES, max_length=LONGEST_TEXT, help_text="The part itself, shown on a choice."
    )
    alternative = RichTextBlock(
        features=TEXT_FEATURES,
        max_length=LONGEST_TEXT,
        help_text="What the reader may read instead. It teaches the same and earns the same credit.",
    )

    class Meta:
        icon = "view"
        label = "Content notice with an alternative"
        description = "A notice, then a choice: the part itself or an alternative that earns the same."
        preview_value = {
            "title": "A complaint about touch",
            "notice": "It tells of a boundary that was crossed, without details.",
            "text": "<p>In the third session the hand stayed where it had been asked to leave.</p>",
            "alternative": "<p>The same questions, asked of an agreement that was kept.</p>",
        }


class LessonTable(TypedTableBlock):
    text = CharBlock(required=False, max_length=600, help_text="Plain words.")
    rich_text = RichTextBlock(
        required=False, features=SHORT_FEATURES, max_length=4000, help_text="Words with emphasis, lists or links."
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if faults := faults_of_table(cleaned):
            raise TypedTableBlockValidationError(non_block_errors=[ValidationError(fault) for fault in faults])
        return cleaned


def faults_of_table(table) -> list[str]:
    """What keeps a table from being read by everybody, sentence by sentence."""
    if not table.columns or not table.row_data:
        return ["A table has at least one column and one row."]
    faults = []
    if not (table.caption or "").strip():
        faults.append("Give the table a caption: it says what the table shows.")
    if not all((column["heading"] or "").strip() for column in table.columns):
        faults.append("Give every column of the table a heading.")
    if len(table.columns) > MOST_COLUMNS or len(table.row_data) > MOST_ROWS:
        faults.append(f"A table has at most {MOST_COLUMNS} columns and {MOST_ROWS} rows. Make two of it.")
    return faults


class Table(StructBlock):
    table = LessonTable(help_text="With a caption and a heading for every column.")
    first_column_names_rows = BooleanBlock(
        required=False, default=True, help_text="On: the first cell of a row says what the row is about."
    )

    class Meta:
        icon = "table"
        description = "Rows and columns with headings; on a phone it moves inside its own frame."
        preview_value = {
            "table": {
                "caption": "What is agreed, and when",
                "columns": [{"type": "text", "heading": "What"}, {"type": "text", "heading": "When"}],
                "rows": [
                    {"values": ["Which touch, and where", "Before the day of dosing"]},
                    {"values": ["The word that ends it", "Before the day, and again that morning"]},
                ],
            },
            "first_column_names_rows": True,
        }


class DoiBlock(CharBlock):
    """A DOI is kept bare, however it was pasted."""

    def clean(self, value):
        return super().clean(bare_doi(value))


def bare_doi(doi: str | None) -> str:
    return _BEFORE_DOI.sub("", doi or "").strip()


def is_doi(doi: str) -> bool:
    return bool(a_doi.regex.search(doi))


class Reference(StructBlock):
    key = CharBlock(
        max_length=61,
        validators=[an_anchor],
        help_text="Such as McHerron2025. Text cites it by a link to #ref-McHerron2025.",
    )
    text = CharBlock(max_length=1000, help_text="Authors, year, title, journal.")
    doi = DoiBlock(required=False, max_length=200, validators=[a_doi], help_text="Such as 10.1177/20451253251377191.")
    url = URLBlock(required=False, help_text="Where it can be read, if it has no DOI.")

    class Meta:
        icon = "link"


class LessonBlocks(StreamBlock):
    """The order here is the order of the editor's menu."""

    text = RichTextBlock(
        features=TEXT_FEATURES,
        max_length=LONGEST_TEXT,
        icon="pilcrow",
        help_text="Headings begin at level 2.",
        preview_value="<h2>Before the session</h2><p>Ordinary text with <b>emphasis</b>, lists, quotations and links.</p>",
    )
    image = ImageWithCaption()
    safety = Safety()
    vignette = Vignette()
    choice = Choice()
    table = Table()
    video = Video()
    audio = Audio()
    embed = HostedVideo()
    document = Handout()
    check = KnowledgeCheck()
    attestation = Attestation()
    glossary = ListBlock(
        SnippetChooserBlock("curriculum.GlossaryTerm", help_text="A word of the glossary."),
        max_num=MOST_TERMS,
        icon="list-ul",
        help_text="The words that this lesson explains. Each is listed, and where it first stands in the text its meaning shows.",
        preview_template=SAMPLE,
        sample={
            "terms": [
                {
                    "slug": "dissociation",
                    "term": "dissociation",
                    "definition": "A loosening of the ties between what one perceives, feels and knows of oneself.",
                    "spellings": [],
                }
            ]
        },
    )
    references = ListBlock(
        Reference(),
        icon="list-ol",
        help_text="At the end of the lesson, in the order of the text.",
        preview_value=[
            {
                "key": "McHerron2025",
                "text": "McHerron D, Barber M, Ham R, et al. (2025). The ethical use of therapeutic touch in "
                "psychedelic-assisted therapy. Therapeutic Advances in Psychopharmacology.",
                "doi": "10.1177/20451253251377191",
                "url": "",
            }
        ],
    )


class FacultyMember(StructBlock):
    name = CharBlock(max_length=120, help_text="As it stands on the page, with a degree if she uses it.")
    role = CharBlock(max_length=160, help_text="Profession and part in the program.")
    portrait = ImageBlock(required=False, help_text="From the Public collection, or visitors cannot see it.")
    about = CharBlock(required=False, max_length=400, help_text="Two or three sentences.")

    class Meta:
        icon = "user"
        preview_value = {
            "name": "Ruth Feldman",
            "role": "Psychiatrist, leads the clinical modules",
            "portrait": None,
            "about": "Two or three sentences about what she does and teaches.",
        }


class FacultyBlocks(StreamBlock):
    member = FacultyMember()
