from django import forms
from django.utils import timezone

from courses.enrolment.forms import DayField, ReasonField
from lms.enums import ReasonClass


class AsOfForm(forms.Form):
    """A past day on which the standing is asked. `zone` is the cohort's."""

    as_of = DayField(label="As of", required=False, help_text="The end of this day. Leave it empty for now.")

    def __init__(self, *args, zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate(timezone=self.zone):
            raise forms.ValidationError("Choose today or a day before: what is still to come cannot be known.")
        return day


class WaiverForm(forms.Form):
    requirement_key = forms.ChoiceField(label="Requirement", widget=forms.RadioSelect)
    reason = ReasonField(
        max_length=2000, help_text="The trainee and her faculty read it on the standing. No patient details."
    )
    document = forms.CharField(
        label="Document", max_length=300, help_text="What it rests on, such as: transcript of 12 May 2024."
    )

    def __init__(self, *args, requirements, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["requirement_key"].choices = [(line.key, line.config.title) for line in requirements]


class HoldForm(forms.Form):
    reason_class = forms.ChoiceField(
        label="Kind of reason",
        choices=[(item.value, item.label) for item in (ReasonClass.ADMINISTRATIVE, ReasonClass.INTERIM)],
        widget=forms.RadioSelect,
        help_text="The trainee reads the kind of reason, in its own wording.",
    )
    note = forms.CharField(label="Note", max_length=500, help_text="Only program directors read it.")
