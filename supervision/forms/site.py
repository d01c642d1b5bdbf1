"""Sites and their papers."""

from django import forms

from courses.standards.enums import SitePaperKind
from lms.uploads import UnusableDocument, clean_document
from supervision.enums import REASON_MOST, SitePaperState
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.forms.placement import day_field


class SiteForm(GuardedForm):
    name = GuardedField(
        asks_for_names=True,
        max_length=200,
        label="Name of the site",
        help_text="The clinic or practice, as it should stand in the log.",
    )


class PdfField(forms.FileField):
    """One PDF, known by its content; its clean value is what may be kept of it."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.FileInput(attrs={"accept": ".pdf"}), max_length=200, **kwargs)

    def clean(self, data, initial=None):
        try:
            document = clean_document(super().clean(data, initial))
        except UnusableDocument as unusable:
            raise forms.ValidationError(unusable.message) from None
        if document.content_type != "application/pdf":
            raise forms.ValidationError("Send the paper as a PDF.")
        return document


class SitePaperForm(forms.Form):
    kind = forms.ChoiceField(choices=[("", "Choose"), *SitePaperKind.choices], label="Which paper")
    begins_on = day_field("In force from")
    expires_on = day_field("Until", help_text="The last day, as it stands on the paper.")
    document = PdfField(label="Document", help_text="A PDF of at most 8 MB. No patient data.")

    def clean(self):
        cleaned = super().clean()
        begins_on, expires_on = cleaned.get("begins_on"), cleaned.get("expires_on")
        if begins_on and expires_on and expires_on < begins_on:
            self.add_error("expires_on", "The last day comes before the first.")
        return cleaned


class SitePaperDecisionForm(GuardedForm):
    reason = GuardedField(
        asks_for_names=True,
        required=False,
        max_length=REASON_MOST,
        label="Why you refuse",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to refuse. Whoever added it reads it.",
    )
    decision = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (SitePaperState.APPROVED, SitePaperState.REFUSED)],
        widget=forms.HiddenInput,
        error_messages={"required": "Choose: approve or refuse.", "invalid_choice": "Choose: approve or refuse."},
    )

    def clean(self):
        cleaned = super().clean()
        if (
            cleaned.get("decision") == SitePaperState.REFUSED
            and not cleaned.get("reason")
            and "reason" not in self.errors
        ):
            self.add_error("reason", "Say why. Whoever added it reads it.")
        return cleaned
