"""What somebody without an account types and ticks."""

from django import forms

from supervision.enums import REASON_MOST, Meaning
from supervision.forms.supervisor import LicenceForm
from supervision.signing.enums import CODE_DIGITS


class TokenForm(forms.Form):
    """The secret of an address, sent in the body: what is kept of a sending names its path."""

    token = forms.CharField(max_length=100, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    code = forms.RegexField(
        rf"\A[0-9]{{{CODE_DIGITS}}}\Z",
        label="Code from the mail",
        help_text=f"{CODE_DIGITS} digits. It can take a minute to arrive.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"invalid": f"The code has {CODE_DIGITS} digits."},
    )


class _StatementForm(forms.Form):
    meaning = forms.ChoiceField(
        choices=Meaning.choices,
        widget=forms.RadioSelect,
        label="Your signature means",
        error_messages={"required": "Say what your signature means."},
    )


class ApproveForm(_StatementForm):
    """Ticked entries, each with the hash of what was shown."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.chosen: list[tuple[int, str]] = []

    def clean(self):
        for value in self.data.getlist("entry"):
            pk, _, seen = value.partition(":")
            if not (pk.isascii() and pk.isdecimal() and len(pk) < 19 and len(seen) == 64):
                raise forms.ValidationError("Reload the page and read it again.")
            self.chosen.append((int(pk), seen))
        if not self.chosen:
            raise forms.ValidationError("Tick the entries that you approve.")
        return super().clean()


class ReturnForm(_StatementForm):
    """Only hard stops are looked for: nobody without an account declares words."""

    reason = forms.CharField(
        max_length=REASON_MOST,
        label="What is to be put right",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The trainee reads it first. No patient details.",
        error_messages={"required": "Say what is to be put right. The trainee reads it."},
    )
    seen = forms.RegexField(
        r"\A[0-9a-f]{64}\Z",
        widget=forms.HiddenInput,
        error_messages={
            "required": "Reload the page and read it again.",
            "invalid": "Reload the page and read it again.",
        },
    )

    field_order = ["reason", "meaning", "seen"]


class OwnLicenceForm(LicenceForm):
    """Her own licence, given by the link."""
