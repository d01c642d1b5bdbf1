from django import forms

from certificates import codes
from certificates.enums import REPLACING_REASONS, SUSPENDING_REASONS, FileKind
from certificates.extraction.found import MAX_FILE
from certificates.signing.check import MAX_CREDENTIAL
from lms.accounts.forms import NameField
from lms.enums import ReasonClass

TOO_LARGE = "This file is larger than 5 MB. Certificates of ours are far smaller."


class CodeForm(forms.Form):
    """What somebody typed to verify a certificate. Unknown codes are the view's matter, so that all look alike."""

    code = forms.CharField(label="Verification code", max_length=200, error_messages={"required": "Type the code."})

    def clean_code(self) -> str:
        return codes.normalised(self.cleaned_data["code"])


class FileForm(forms.Form):
    """A certificate as somebody got it: a file, or the text of a JSON document or token. Exactly one of the two."""

    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,  # said as an answer, like everything else about the file
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.svg,.json,.jwt,.txt"}),
        help_text="PDF, PNG, SVG, JSON or JWT, up to 5 MB. It is read in memory and not kept.",
    )
    text = forms.CharField(
        label="Or the text of a JSON document or token",
        required=False,
        max_length=MAX_CREDENTIAL,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > MAX_FILE:
            raise forms.ValidationError(TOO_LARGE)
        return file

    def clean(self):
        given = [name for name in ("file", "text") if self.cleaned_data.get(name) not in (None, "")]
        if not self.errors and len(given) != 1:
            words = "Choose a file, or paste its text." if not given else "Choose a file or paste a text, not both."
            self.add_error("file", words)
        return self.cleaned_data

    @classmethod
    def too_large(cls) -> "FileForm":
        """The form to show when the body was not even read."""
        form = cls({})
        form.full_clean()
        form.errors["file"] = form.error_class([TOO_LARGE])
        return form

    @property
    def content(self) -> bytes:
        file = self.cleaned_data["file"]
        return file.read() if file is not None else self.cleaned_data["text"].encode()


class PaperForm(forms.Form):
    """The size of paper asked for."""

    paper = forms.ChoiceField(choices=[("a4", "A4"), ("letter", "US Letter")], required=False)

    @property
    def kind(self) -> FileKind:
        return FileKind.PDF_LETTER if self.cleaned_data["paper"] == "letter" else FileKind.PDF_A4


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


def _reason_choices(reasons) -> list[tuple[str, str]]:
    return [(reason.value, reason.label) for reason in reasons]


class SuspensionForm(RevocationForm):
    """One director suspends; the same two fields, fewer reasons."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason_class"].choices = _reason_choices(SUSPENDING_REASONS)
        self.fields["why"].help_text = "For the record. Encrypted; the holder and the public do not see it."


class LiftForm(forms.Form):
    why = forms.CharField(
        label="Why it is lifted",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=10,
        max_length=4000,
        help_text="For the record. Encrypted; the holder and the public do not see it.",
    )


class ReplacementForm(forms.Form):
    """What is corrected, and why. The name itself is never typed here: it is the one the holder confirmed."""

    reason_class = forms.ChoiceField(
        label="Reason",
        choices=_reason_choices(REPLACING_REASONS),
        widget=forms.RadioSelect,
        help_text="The holder’s request changes the name alone, and only while she asks for it.",
    )
    corrects_name = forms.BooleanField(label="Put the holder’s confirmed name on it", required=False)
    discipline = NameField(
        label="The discipline at the award",
        required=False,
        max_length=100,
        help_text="Change it only when it was recorded wrongly; a discipline acquired later does not belong here.",
    )
    why = forms.CharField(
        label="What happened",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=20,
        max_length=4000,
        help_text="For the record. Encrypted; the holder and the public do not see it. Please leave former names out.",
    )

    def __init__(self, *args, recorded_discipline: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.recorded_discipline = recorded_discipline
        self.fields["discipline"].initial = recorded_discipline

    def clean_discipline(self) -> str | None:
        """None when it stays as it was."""
        typed = self.cleaned_data["discipline"]
        return typed if typed and typed != self.recorded_discipline else None


class CloseNameRequestForm(forms.Form):
    answer = forms.CharField(
        label="Your answer to the holder",
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=10,
        max_length=2000,
        help_text="She reads it beside her certificate. Say what she can do.",
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
