"""What a trainee writes to ask for another attempt, and what is answered."""

from django import forms

from assessments.enums import LONGEST_REQUEST
from lms.guard import HardStopField


class AskForm(forms.Form):
    reason = HardStopField(
        label="Why you ask for another attempt",
        max_length=LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A few words. Your faculty and program directors read it. Name no client and nothing that could tell who one is.",
    )
    done = HardStopField(
        label="What you have done since",
        required=False,
        max_length=LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example which of the lessons named here you have read again.",
    )


class GrantForm(forms.Form):
    not_before = forms.DateField(
        label="Not before",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The first day on which it can be started. Empty: at once, after the usual pause of the quiz.",
    )
    answer = HardStopField(
        label="Some words to her",
        required=False,
        max_length=LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="She reads them on the first page of the quiz.",
    )


class DeclineForm(forms.Form):
    answer = HardStopField(
        label="Why not",
        max_length=LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="She reads it on the first page of the quiz, and may ask again.",
    )
