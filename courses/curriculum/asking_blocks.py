"""What a lesson asks of its reader: an answer that is not graded, and a signature."""

from django.core.validators import validate_slug
from wagtail.blocks import BooleanBlock, CharBlock, ListBlock, RichTextBlock, StructBlock, TextBlock

FEWEST_OPTIONS, MOST_OPTIONS = 2, 8
LONGEST_STATEMENT = 20_000
STATEMENT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class Option(StructBlock):
    text = CharBlock(max_length=300, help_text="One answer that a reader can choose.")
    is_right = BooleanBlock(required=False, label="Right", help_text="Several may be right; then readers tick boxes.")
    feedback = CharBlock(
        max_length=600,
        help_text="Shown once it was chosen: why it is right, or what it overlooks. A wrong answer needs the kindest words.",
    )

    class Meta:
        icon = "tick"


class KnowledgeCheck(StructBlock):
    question = TextBlock(
        max_length=1000, rows=2, help_text="One question about what was just read. It is never graded."
    )
    options = ListBlock(
        Option(),
        min_num=FEWEST_OPTIONS,
        max_num=MOST_OPTIONS,
        help_text="Two to eight, at least one of them right. Readers see the feedback at once and may answer again.",
    )

    class Meta:
        icon = "help"
        label = "Knowledge check"
        description = "A question that readers answer for themselves, with feedback at once. Ungraded."
        preview_value = {
            "question": "A client reaches for your hand at the peak. Nothing about hands was agreed. What do you do?",
            "options": [
                {
                    "text": "Stay near, say that you are here, and keep to what was agreed.",
                    "is_right": True,
                    "feedback": "An agreement cannot be widened while the medicine acts.",
                },
                {
                    "text": "Take the hand: the client asks for it.",
                    "is_right": False,
                    "feedback": "Consent that is given under the medicine does not widen what was agreed before.",
                },
            ],
        }


class Attestation(StructBlock):
    title = CharBlock(max_length=200, help_text="The heading above the statement, such as: Your agreement on touch.")
    text = RichTextBlock(
        label="Statement",
        features=STATEMENT_FEATURES,
        max_length=LONGEST_STATEMENT,
        help_text="What is signed, word for word. Each signature keeps the text as it was, with its fingerprint.",
    )
    label = CharBlock(
        label="What is signed",
        max_length=120,
        help_text="A few words for the button and for the record, such as: the touch agreement.",
    )
    key = CharBlock(
        max_length=50,
        validators=[validate_slug],
        help_text="A short key such as touch-agreement, used once in the program. A standard asks for the signature by it, "
        "so keep it when the text changes.",
    )

    class Meta:
        icon = "edit"
        label = "Attestation"
        description = "A statement that the reader signs with her name. Evidence that a standard can ask for."
        preview_value = {
            "title": "Your agreement on touch",
            "text": "<p>I have read the touch agreement. I will agree on touch beforehand and keep to it in the room.</p>",
            "label": "the touch agreement",
            "key": "touch-agreement",
        }
