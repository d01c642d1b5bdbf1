"""What staff and directors write: minutes and reasons, and what was agreed with one person."""

from django import forms

from assessments.enums import (
    LONGEST_REASON,
    MOST_BREAK_MINUTES,
    MOST_EXTRA_ATTEMPTS,
    MOST_EXTRA_TIME,
    MOST_MINUTES_GIVEN,
)
from assessments.rules import Allowance
from lms.clock.models import MOST_DAYS

WHY = {
    "label": "Why",
    "max_length": LONGEST_REASON,
    "widget": forms.Textarea(attrs={"rows": 2}),
    "help_text": "The trainee reads it.",
}


class GiveTimeForm(forms.Form):
    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=MOST_MINUTES_GIVEN)
    reason = forms.CharField(**WHY)


class AnnulForm(forms.Form):
    reason = forms.CharField(**WHY)


class CohortForm(forms.Form):
    """Which quiz of the cohort a button was pressed for."""

    activity = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)


class AccommodationForm(forms.Form):
    """Empty fields give nothing; all of them empty is refused beside the first."""

    extra_time = forms.IntegerField(
        label="Extra time",
        min_value=0,
        max_value=MOST_EXTRA_TIME,
        required=False,
        help_text="Percent of a quiz's own limit, exactly: 50 makes 60 minutes 90.",
    )
    extra_attempts = forms.IntegerField(
        label="Extra attempts",
        min_value=0,
        max_value=MOST_EXTRA_ATTEMPTS,
        required=False,
        help_text="At each quiz that limits them.",
    )
    break_minutes = forms.IntegerField(
        label="Minutes of break",
        min_value=0,
        max_value=MOST_BREAK_MINUTES,
        required=False,
        help_text="In each attempt, in as many pieces as she likes. The clock stands still, and no question is shown.",
    )
    large_print = forms.BooleanField(label="Large print in quizzes", required=False)
    extra_days = forms.IntegerField(
        label="More days to finish the program",
        min_value=0,
        max_value=MOST_DAYS,
        required=False,
        help_text="Added once, from today, to the last day of her cohort. It is not taken away when this ends.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept encrypted. Only directors of the program read it; the trainee reads what she is given.",
    )

    def clean(self):
        cleaned = super().clean()
        given = ("extra_time", "extra_attempts", "break_minutes", "large_print", "extra_days")
        if not self.errors and not any(cleaned.get(name) for name in given):
            self.add_error("extra_time", "Say what is granted: at least one of the five.")
        return cleaned

    @property
    def allowance(self) -> Allowance:
        said = self.cleaned_data
        return Allowance(
            extra_time=said["extra_time"] or 0,
            extra_attempts=said["extra_attempts"] or 0,
            break_minutes=said["break_minutes"] or 0,
            large_print=said["large_print"],
        )


class EndForm(forms.Form):
    reason = forms.CharField(
        label="Why it ends",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only directors of the program read it.",
    )
