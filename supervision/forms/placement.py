"""The director's forms."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from lms.accounts.models import User
from supervision.forms.practice import EARLIEST, LATEST

POSSIBLE = [
    MinValueValidator(EARLIEST, message="Check the year of this date."),
    MaxValueValidator(LATEST, message="Check the year of this date."),
]


def day_field(label: str, **kwargs) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), validators=POSSIBLE, **kwargs)


class PlacementForm(forms.Form):
    supervisor = forms.ModelChoiceField(User.objects.none(), label="Supervisor", empty_label="Choose a supervisor")
    site = forms.CharField(
        max_length=200, label="Site", help_text="The clinic or practice, as it should stand in the log."
    )
    starts_on = day_field("First day")
    ends_on = day_field("Last day", required=False, help_text="Leave empty while it is open.")

    def __init__(self, *args, supervisors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].queryset = supervisors

    def clean(self):
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "A placement ends after it starts.")
        return cleaned


class EndPlacementForm(forms.Form):
    ends_on = day_field("Last day", help_text="Visits on this day still count.")
