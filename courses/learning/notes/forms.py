"""What a trainee writes beside a lesson."""

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from courses.learning.enums import NOTE_MOST, QUOTATION_MOST, Show
from courses.learning.models import Note
from courses.learning.notes.parts import LessonText, where
from courses.learning.notes.queries import key_of_html, text_of_html
from lms.web.memory import remember

NOTHING = "Write a note, or choose the passage that you want to mark."


def _text_field(**kwargs) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
    return forms.CharField(label="Your note", max_length=NOTE_MOST, widget=widget, **kwargs)


class NoteForm(forms.Form):
    """A note on a part of a lesson or on a passage; without words of her own it is a highlight."""

    block = forms.ChoiceField(label="Part of the lesson", required=False)
    quotation = forms.CharField(
        label="Passage",
        max_length=QUOTATION_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text="Words of the lesson, copied as they stand there. They are marked for you.",
    )
    text = _text_field(required=False)

    def __init__(self, *args, lesson: LessonText, **kwargs):
        super().__init__(*args, **kwargs)
        self.lesson = lesson
        self.fields["block"].choices = [("", "The whole lesson"), *((part.id, part.label) for part in lesson.parts)]
        if not lesson.parts:
            self.fields["block"].widget = forms.HiddenInput()

    def clean_quotation(self):
        return " ".join(self.cleaned_data["quotation"].split())

    def clean(self):
        cleaned = super().clean()
        quotation = cleaned.get("quotation", "")
        if not self.errors and not quotation and not cleaned["text"]:
            self.add_error("text", NOTHING)
        elif quotation:
            place = where(self.lesson, cleaned.get("block", ""), quotation)
            if place is None:
                self.add_error(
                    "quotation", "These words do not stand in this lesson. Copy them as they are, or leave this empty."
                )
            cleaned["block"] = place or ""
        return cleaned


@remember(seconds=3600, most=500, key=key_of_html)
def blank_note(html: str) -> SafeString:
    """The fields for a new note on a lesson that reads so. The same for all readers: written once for all of them."""
    form = NoteForm(lesson=text_of_html(html), auto_id="note_%s")
    return render_to_string("learning/notes/blank.html", {"form": form})


class ChangeNoteForm(forms.Form):
    text = _text_field(required=False)

    def __init__(self, *args, note: Note, **kwargs):
        super().__init__(*args, **kwargs)
        self.note = note

    def clean_text(self):
        text = self.cleaned_data["text"]
        if not text and not self.note.quotation:
            raise forms.ValidationError("Write something, or delete the note.")
        return text


class ShowForm(forms.Form):
    """Which of her notes; anything else shows all."""

    show = forms.ChoiceField(choices=Show, required=False)
