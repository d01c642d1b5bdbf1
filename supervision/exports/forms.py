"""What goes into a file, chosen in plain words; and the id that somebody types to confirm one."""

from django import forms

from courses.enrolment.models import Enrolment
from lms import codes
from supervision.exports.choices import Choices
from supervision.exports.enums import FILE_TYPES, ExportKind, FileType, Paper
from supervision.exports.queries import categories_offered, signers_of
from supervision.forms.placement import day_field

CONSENT = "Show my name to whoever confirms this file by its id"
CONSENT_HELP = "Without it, the confirming page says what the file is and its totals, and never whose it is."


# What each kind lets one choose, in the order of its form.
_FIELDS = {
    ExportKind.LOG: ("file_type", "approved_only", "since", "until", "category", "signer", "shows_name"),
    ExportKind.SUMMARY: ("paper", "signer", "category", "shows_name"),
    ExportKind.WEEKS: ("file_type", "paper", "signer", "shows_name"),
    ExportKind.LETTER: ("signer", "paper", "shows_name"),
}


class ExportForm(forms.Form):
    """The choices that one kind of file has. The name can be shown only once it is confirmed, as on a certificate."""

    file_type = forms.ChoiceField(label="File", widget=forms.RadioSelect)
    signer = forms.TypedChoiceField(label="Signed by", coerce=int, empty_value=None)
    paper = forms.ChoiceField(
        label="Paper", choices=Paper.choices, initial=Paper.LETTER.value, widget=forms.RadioSelect, required=False
    )
    approved_only = forms.BooleanField(label="Approved entries only", required=False)
    since = day_field("From", required=False)
    until = day_field("To", required=False)
    category = forms.ChoiceField(label="Category", required=False)
    shows_name = forms.BooleanField(label=CONSENT, required=False, help_text=CONSENT_HELP)

    def __init__(self, *args, kind: ExportKind, enrolment: Enrolment, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields = {name: self.fields[name] for name in _FIELDS[kind]}
        if not enrolment.person.has_confirmed_legal_name:
            del self.fields["shows_name"]
        self._offer("file_type", [(one.value, one.label) for one in FILE_TYPES[kind]])
        is_letter = kind == ExportKind.LETTER
        self.fields["signer"].required = is_letter
        self._offer("signer", [*([] if is_letter else [("", "Everybody")]), *signers_of(enrolment)])
        self._offer("category", [("", "Every category"), *categories_offered(enrolment)])
        if "file_type" in self.fields and FileType.PDF in FILE_TYPES[kind]:
            self.fields["paper"].help_text = "For the PDF."

    def _offer(self, name: str, choices: list[tuple]) -> None:
        if name in self.fields:
            self.fields[name].choices = choices
            if choices and name == "file_type":
                self.initial.setdefault(name, choices[0][0])

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day lies before the first.")
        return cleaned

    @property
    def choices(self) -> Choices:
        names = ("approved_only", "since", "until", "category", "signer")
        return Choices(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})

    @property
    def chosen_type(self) -> FileType:
        return FileType(self.cleaned_data.get("file_type") or FILE_TYPES[self.kind][0])


class ExportCodeForm(forms.Form):
    """What somebody typed to confirm a file. Unknown ids are the view's matter, so that all look alike."""

    code = forms.CharField(label="Id of the file", max_length=200, error_messages={"required": "Type the id."})

    def clean_code(self) -> str:
        return codes.normalised(self.cleaned_data["code"])
