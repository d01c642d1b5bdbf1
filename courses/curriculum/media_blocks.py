"""Blocks that play something: uploaded videos and recordings, and videos of other hosts."""

from collections.abc import Callable
from typing import BinaryIO

from django.core.exceptions import ValidationError
from wagtail.blocks import CharBlock, RichTextBlock, StructBlock, StructBlockValidationError, URLBlock
from wagtail.documents.blocks import DocumentChooserBlock

from courses.curriculum.block_parts import SAMPLE, SAMPLE_FILE, SHORT_FEATURES
from courses.curriculum.embeds import UNKNOWN_HOST, video_at
from courses.curriculum.filetypes import fault_of_captions, fault_of_recording, fault_of_video

LONGEST_TRANSCRIPT = 100_000


class MediaBlock(StructBlock):
    """Files are known by their bytes: here when the page is saved, at upload, and again when an edition is made."""

    faults: dict[str, Callable[[BinaryIO, str], str]] = {}

    def clean(self, value):
        cleaned = super().clean(value)
        faults = {name: _fault(cleaned[name], fault) for name, fault in self.faults.items()}
        errors = {name: ValidationError(fault) for name, fault in faults.items() if fault}
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


def _fault(document, fault: Callable[[BinaryIO, str], str]) -> str:
    if document is None:
        return ""
    try:
        with document.file.open("rb") as opened:
            return fault(opened, document.filename)
    except OSError:
        return "The file of this document is gone. Upload it again."


class Video(MediaBlock):
    title = CharBlock(max_length=200, help_text="What it shows, such as: Agreeing on touch, a role play.")
    file = DocumentChooserBlock(help_text="An MP4 or WebM file of at most 200 MB. It never plays by itself.")
    captions = DocumentChooserBlock(
        help_text="Everything that is said and matters to the ear, as a WebVTT file (.vtt)."
    )
    transcript = RichTextBlock(
        features=SHORT_FEATURES,
        max_length=LONGEST_TRANSCRIPT,
        help_text="What is said and what is seen, for people who read instead. Search finds its words.",
    )

    faults = {"file": fault_of_video, "captions": fault_of_captions}

    class Meta:
        icon = "media"
        description = "A video from your files, with captions and a transcript."
        preview_template = SAMPLE
        sample = {
            "title": "Agreeing on touch",
            "sha256": SAMPLE_FILE,
            "name": "agreeing.webm",
            "content_type": "video/webm",
            "captions": {"sha256": SAMPLE_FILE, "name": "agreeing.vtt"},
            "transcript": "<p>Therapist: Before we begin, let us agree on what touch may mean today.</p>",
        }


class Audio(MediaBlock):
    title = CharBlock(max_length=200, help_text="What is heard, such as: A grounding exercise, four minutes.")
    file = DocumentChooserBlock(help_text="An MP3, M4A or Ogg file of at most 200 MB. It never plays by itself.")
    transcript = RichTextBlock(
        features=SHORT_FEATURES,
        max_length=LONGEST_TRANSCRIPT,
        help_text="What is said, for people who read instead. Search finds its words.",
    )

    faults = {"file": fault_of_recording}

    class Meta:
        icon = "media"
        label = "Recording"
        description = "Sound from your files, with a transcript."
        preview_template = SAMPLE
        sample = {
            "title": "A grounding exercise",
            "sha256": SAMPLE_FILE,
            "name": "grounding.mp3",
            "content_type": "audio/mpeg",
            "transcript": "<p>Feel the floor under both feet. Let the breath come as it comes.</p>",
        }


class HostedVideo(StructBlock):
    title = CharBlock(max_length=200, help_text="What it shows.")
    address = URLBlock(
        help_text="Of the video's own page on YouTube or Vimeo. It loads only when the reader asks for it."
    )
    about = CharBlock(
        max_length=600,
        help_text="What can be learned from it, for people who do not open it. Say whether it has captions.",
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["address"] and not video_at(cleaned["address"]):
            raise StructBlockValidationError({"address": ValidationError(UNKNOWN_HOST)})
        return cleaned

    class Meta:
        icon = "media"
        label = "Video of another host"
        description = "A card with a link; the player of YouTube or Vimeo comes only after a click."
        preview_value = {
            "title": "What consent sounds like",
            "address": "https://vimeo.com/123456789",
            "about": "A therapist asks three times, in three ways. Eleven minutes, with captions.",
        }
