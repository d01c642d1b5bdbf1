"""Which file of questions to read, and which questions to write."""

from django import forms

from assessments.exchange.formats import FORMATS
from assessments.exchange.planning import State
from assessments.exchange.portable import MOST_BYTES, MOST_QUESTIONS
from assessments.exchange.reading import MEGABYTE
from assessments.models import Question

CHOICES = [(format_.name, format_.label) for format_ in FORMATS.values()]


class FileForm(forms.Form):
    format = forms.ChoiceField(label="Format of the file", choices=CHOICES)
    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # said as an answer, like everything else about the file
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xml,.zip,.gift"}),
        help_text=f"Up to {MOST_BYTES // MEGABYTE} MB. It is read, and you see what it would change before anything does.",
    )
    topic = forms.CharField(
        label="Topic where the file names none", max_length=150, initial="Imported questions", strip=True
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"This file is larger than {MOST_BYTES // MEGABYTE} MB. Split it into smaller ones."
            )
        return file


class ExportForm(forms.Form):
    """Which published questions, in which format. A plain GET."""

    format = forms.ChoiceField(label="Format", choices=CHOICES)
    topic = forms.ChoiceField(label="Questions", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        topics = Question.objects.filter(live=True).order_by("topic").values_list("topic", flat=True).distinct()
        self.fields["topic"].choices = [("", "All that are published"), *((topic, f"On {topic}") for topic in topics)]


class ShownForm(forms.Form):
    """Which part of a report. A plain GET."""

    state = forms.ChoiceField(required=False, choices=[("", "All"), *((state.value, state.value) for state in State)])
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_QUESTIONS)


class ApplyForm(forms.Form):
    fingerprint = forms.RegexField(r"[0-9a-f]{64}\Z", widget=forms.HiddenInput)
