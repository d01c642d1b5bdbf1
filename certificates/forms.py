from django import forms

from certificates import codes
from lms.enums import ReasonClass


class CodeForm(forms.Form):
    """What somebody typed to verify a certificate. Unknown codes are the view's matter, so that all look alike."""

    code = forms.CharField(label="Verification code", max_length=200, error_messages={"required": "Type the code."})

    def clean_code(self) -> str:
        return codes.normalised(self.cleaned_data["code"])


class RevocationForm(forms.Form):
    reason_class = forms.ChoiceField(
        label="Reason the public reads",
        choices=ReasonClass,
        widget=forms.RadioSelect,
        help_text="Only this class is shown, in fixed words. A lapsed document is administrative.",
    )
    why = forms.CharField(
        label="What happened",
        widget=forms.Textarea(attrs={"rows": 5}),
        min_length=20,
        max_length=4000,
        help_text="For the second director and the record. Encrypted; the holder and the public do not see it.",
    )


class ConferForm(forms.Form):
    sure = forms.BooleanField(
        label="I have looked at the standing above and confer this credential",
        error_messages={"required": "Tick the box when you have looked at the standing."},
    )


class ConfirmRevocationForm(forms.Form):
    sure = forms.BooleanField(
        label="I have checked the reason and know that this cannot be undone",
        error_messages={"required": "Tick the box to confirm that this is final."},
    )
