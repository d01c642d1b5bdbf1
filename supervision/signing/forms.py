"""What somebody without an account types and ticks."""

from django import forms

from supervision.enums import MEANINGS, REASON_MOST
from supervision.forms.supervisor import LicenceForm
from supervision.sessions.enums import SessionMeaning
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
        choices=MEANINGS,
        widget=forms.RadioSelect,
        label="Your signature means",
        error_messages={"required": "Say what your signature means."},
    )


class ApproveForm(_StatementForm):
    """Ticked entries and sessions, each with the hash of what was shown. Each kind has its own meaning of a signature."""

    session_meaning = forms.ChoiceField(
        choices=SessionMeaning.choices,
        widget=forms.RadioSelect,
        required=False,
        label="Of a session, your signature means",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meaning"].required = False
        self.chosen: list[tuple[int, str]] = []
        self.sessions: list[tuple[int, str]] = []

    def clean(self):
        cleaned = super().clean()
        for name, ticked in (("entry", self.chosen), ("session", self.sessions)):
            ticked.extend(_ticked(value) for value in self.data.getlist(name))
        if not self.chosen and not self.sessions:
            raise forms.ValidationError("Tick what you approve.")
        for name, ticked in (("meaning", self.chosen), ("session_meaning", self.sessions)):
            if ticked and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "Say what your signature means.")
        return cleaned


def _ticked(value: str) -> tuple[int, str]:
    pk, _, seen = value.partition(":")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19 and len(seen) == 64):
        raise forms.ValidationError("Reload the page and read it again.")
    return int(pk), seen


class ReturnSessionForm(forms.Form):
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


class ReturnForm(_StatementForm, ReturnSessionForm):
    field_order = ["reason", "meaning", "seen"]


class OwnLicenceForm(LicenceForm):
    """Her own licence, given by the link."""
