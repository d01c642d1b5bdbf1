from datetime import date, timedelta

from django import forms
from wagtail.admin.forms.pages import CopyForm

A_YEAR = timedelta(days=366)
MOST_COPIED = 200


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


class CopyPagesForm(CopyForm):
    """Wagtail's, without aliases (an activity stands in one place), and for as many pages as can be copied at once."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)

    def clean(self):
        cleaned = super().clean()
        count = self.page.get_descendants(inclusive=True).count()
        if cleaned.get("copy_subpages") and count > MOST_COPIED:
            self.add_error(
                "copy_subpages",
                f"“{self.page.title}” and what stands below it are {count} pages; at most {MOST_COPIED} are copied at once. "
                "Nothing was copied. Copy its parts one by one, or the page without its subpages.",
            )
        return cleaned
