"""What goes into a file, chosen in plain words; and the id that somebody types to confirm one."""

from django import forms

from courses.enrolment.models import Enrolment
from lms import codes
from supervision.exports.choices import Choices
from supervision.exports.enums import FILE_TYPES, ExportKind, FileType
from supervision.exports.queries import supervisors_of
from supervision.forms.placement import day_field
from supervision.queries.placement import categories_of

CONSENT = "Show my name to whoever confirms this file by its id"
CONSENT_HELP = "Without it, the confirming page says what the file is and its totals, and never whose it is."


class ExportForm(forms.Form):
    """The choices that one kind of file has. The name can be shown only once it is confirmed, as on a certificate."""

    file_type = forms.ChoiceField(label="File", widget=forms.RadioSelect)
    approved_only = forms.BooleanField(label="Approved entries only", required=False)
    since = day_field("Visits from", required=False)
    until = day_field("Visits to", required=False)
    category = forms.ChoiceField(label="Category", required=False)
    supervisor = forms.TypedChoiceField(label="Supervisor", required=False, coerce=int, empty_value=None)
    shows_name = forms.BooleanField(label=CONSENT, required=False, help_text=CONSENT_HELP)

    def __init__(self, *args, kind: ExportKind, enrolment: Enrolment, **kwargs):
        super().__init__(*args, **kwargs)
        types = [(file_type.value, file_type.label) for file_type in FILE_TYPES[kind]]
        self.fields["file_type"].choices = types
        self.initial.setdefault("file_type", types[0][0])
        categories = categories_of(enrolment).values()
        self.fields["category"].choices = [("", "Every category"), *((one.key, one.label) for one in categories)]
        self.fields["supervisor"].choices = [("", "Every supervisor"), *supervisors_of(enrolment)]
        if not enrolment.person.has_confirmed_legal_name:
            del self.fields["shows_name"]

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day lies before the first.")
        return cleaned

    @property
    def choices(self) -> Choices:
        names = ("approved_only", "since", "until", "category", "supervisor")
        return Choices(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})

    @property
    def chosen_type(self) -> FileType:
        return FileType(self.cleaned_data["file_type"])


class ExportCodeForm(forms.Form):
    """What somebody typed to confirm a file. Unknown ids are the view's matter, so that all look alike."""

    code = forms.CharField(label="Id of the file", max_length=200, error_messages={"required": "Type the id."})

    def clean_code(self) -> str:
        return codes.normalised(self.cleaned_data["code"])
