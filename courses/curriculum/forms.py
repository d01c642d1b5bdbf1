from datetime import date, timedelta

from django import forms

A_YEAR = timedelta(days=366)


class PublishForm(forms.Form):
    change_note = forms.CharField(
        max_length=4000,
        label="What has changed",
        help_text="Cohorts and regulators read it. For the first edition: what it holds.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    effective_from = forms.DateField(
        label="Takes effect on",
        help_text="Cohorts can adopt it from this day on.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    leave_out_drafts = forms.BooleanField(
        required=False,
        label="Leave unpublished pages and changes out of this edition",
        help_text="Otherwise they must be published first.",
    )

    def clean_effective_from(self) -> date:
        day = self.cleaned_data["effective_from"]
        if abs(day - date.today()) > 5 * A_YEAR:
            raise forms.ValidationError("Choose a day within five years of today.")
        return day


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        max_length=2000,
        label="What was wrong",
        help_text="Kept with the edition. Readers may ask for it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_safety = forms.BooleanField(required=False, label="It concerns safety")
