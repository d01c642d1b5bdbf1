"""What a lesson is written from. Each block has a template of the same name in templates/curriculum/blocks/.

Blocks are for writing only. An edition holds what `frozen.py` makes of their values, and its pages are rendered from that.
"""

from django.core.validators import RegexValidator
from wagtail.blocks import CharBlock, ListBlock, RichTextBlock, StreamBlock, StructBlock, URLBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from courses.curriculum.asking_blocks import Attestation, KnowledgeCheck

TEXT_FEATURES = [
    "h2",
    "h3",
    "bold",
    "italic",
    "ol",
    "ul",
    "blockquote",
    "superscript",
    "subscript",
    "link",
    "document-link",
]
SHORT_FEATURES = ["bold", "italic", "ol", "ul", "link"]
LONGEST_TEXT = 40_000
# The editor's list of blocks shows a sample of each, made by the learners' renderer (preview.py): `preview_value`, or for
# a block that shows a file `sample`, as it would be frozen, with this in the place of the file's name.
SAMPLE = "wagtailcore/shared/block_preview.html"
SAMPLE_FILE = "sample-file"
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


class Reference(StructBlock):
    key = CharBlock(
        max_length=61,
        validators=[an_anchor],
        help_text="Such as McHerron2025. Text cites it by a link to #ref-McHerron2025.",
    )
    text = CharBlock(max_length=1000, help_text="Authors, year, title, journal.")
    doi = CharBlock(required=False, max_length=200, validators=[a_doi], help_text="Without https://doi.org/.")
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
    document = Handout()
    check = KnowledgeCheck()
    attestation = Attestation()
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
