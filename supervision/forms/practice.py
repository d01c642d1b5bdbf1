"""The trainee's forms."""

from datetime import date
from itertools import groupby

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from courses.standards.contract import Category
from courses.standards.enums import Bucket
from lms.accounts.forms import TimeZoneField
from supervision.enums import MINUTES_MOST, REFLECTION_MOST, AgeBand, LogState, Phase, PracticeRole
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.models import ClientCode, Placement, PracticeLog
from supervision.rules import Visit

ROWS = 3
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
LONGEST_ID = 18


class RowsField(forms.ModelMultipleChoiceField):
    """Some rows out of a list. A number that no database can hold is refused like any other wrong choice."""

    def clean(self, value):
        for item in value or ():
            if not str(item).isdecimal() or len(str(item)) > LONGEST_ID:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": item}
                )
        return super().clean(value)


class CodeField(RowsField):
    """The trainee's client codes, each with the last day and phases on which it was used."""

    def label_from_instance(self, code: ClientCode) -> str:
        last = getattr(code, "last_on", None)
        return f"{code.code}, last seen {last.day} {last:%b %Y}" if last else f"{code.code}, not used yet"


class VisitForm(GuardedForm):
    """One visit. Three rows of phase and minutes; most visits need one or two."""

    placement = forms.ModelChoiceField(Placement.objects.none(), empty_label=None, label="Placement and supervisor")
    category_key = forms.ChoiceField(label="Category")
    role = forms.ChoiceField(choices=PracticeRole.choices, label="Your role", widget=forms.RadioSelect)
    on = forms.DateField(
        label="Date",
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[
            MinValueValidator(EARLIEST, message="Check the year of this date."),
            MaxValueValidator(LATEST, message="Check the year of this date."),
        ],
    )
    starts_at = forms.TimeField(label="Began at", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    clients = CodeField(
        ClientCode.objects.none(), label="Client codes", required=False, widget=forms.CheckboxSelectMultiple
    )
    new_client = forms.BooleanField(
        required=False,
        label="A client I have no code for yet: make one",
        help_text="The code is random. Nothing about the client is kept.",
    )
    client_consented = forms.BooleanField(required=False, label="The client agreed to my presence")
    reflection = GuardedField(
        label="Reflection",
        required=False,
        max_length=REFLECTION_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=(
            "About your own learning. Read by your supervisor, your faculty and the program directors. No names, initials, "
            "dates, places or numbers that could point to a client. Kept encrypted."
        ),
    )
    time_zone = TimeZoneField(help_text="Where the visit took place. It stays as you enter it.")
    version = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(self, *args, placements, categories: dict[str, Category], codes, **kwargs):
        super().__init__(*args, **kwargs)
        self.categories = categories
        self.fields["placement"].queryset = placements
        self.fields["category_key"].choices = grouped(categories)
        self.fields["clients"].queryset = codes
        self.fields["time_zone"].label = "Time zone of the visit"
        for row in range(1, ROWS + 1):
            self._add_row(row)

    def _add_row(self, row: int) -> None:
        required = row == 1
        phases = Phase.choices if required else [("", "None"), *Phase.choices]
        self.fields[f"phase_{row}"] = forms.ChoiceField(
            choices=phases, required=required, label=_numbered("Phase", row)
        )
        self.fields[f"minutes_{row}"] = forms.IntegerField(
            required=required,
            min_value=1,
            max_value=MINUTES_MOST,
            label=_numbered("Minutes", row),
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )

    def _rows(self, numbers) -> list[tuple]:
        return [(self[f"phase_{row}"], self[f"minutes_{row}"]) for row in numbers]

    @property
    def first_row(self) -> list[tuple]:
        return self._rows([1])

    @property
    def more_rows(self) -> list[tuple]:
        return self._rows(range(2, ROWS + 1))

    @property
    def has_more_rows(self) -> bool:
        """Whether a further phase is filled in, so that the fold is shown open."""
        return any(field.value() for row in self.more_rows for field in row)

    @property
    def client_fields(self):
        return [self["clients"], self["new_client"], self["client_consented"]]

    def clean(self):
        cleaned = super().clean()
        for row in range(2, ROWS + 1):
            phase, minutes = cleaned.get(f"phase_{row}"), cleaned.get(f"minutes_{row}")
            if phase and minutes is None and f"minutes_{row}" not in self.errors:
                self.add_error(f"minutes_{row}", "Give the minutes of this phase.")
            if minutes and not phase and f"phase_{row}" not in self.errors:
                self.add_error(f"phase_{row}", "Choose the phase of these minutes.")
        return cleaned

    def visit(self, also: ClientCode | None = None) -> Visit:
        """The visit as entered, with a code that was made while saving."""
        data = self.cleaned_data
        codes = {code.pk for code in data["clients"]} | ({also.pk} if also else set())
        segments = ((data[f"phase_{row}"], data[f"minutes_{row}"]) for row in range(1, ROWS + 1))
        return Visit(
            on=data["on"],
            starts_at=data["starts_at"],
            time_zone=data["time_zone"],
            category_key=data["category_key"],
            role=data["role"],
            segments=tuple((phase, minutes) for phase, minutes in segments if phase),
            clients=frozenset(codes),
            client_consented=data["client_consented"],
            reflection=data["reflection"],
        )

    def show(self, problems) -> None:
        """Put each sentence beside its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


def grouped(categories: dict[str, Category]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices under the heading of their bucket."""
    by_bucket = groupby(categories.values(), key=lambda category: category.bucket)
    return [
        (Bucket(bucket).label, [(category.key, category.label) for category in group]) for bucket, group in by_bucket
    ]


def _numbered(word: str, row: int) -> str:
    return word if row == 1 else f"{word} {row}"


def initial_from(log: PracticeLog) -> dict:
    """What the form shows for an entry."""
    initial = {
        "placement": log.placement_id,
        "category_key": log.category_key,
        "role": log.role,
        "on": log.on,
        "starts_at": log.starts_at,
        "time_zone": log.time_zone,
        "clients": [row.client_id for row in log.client_rows.all()],
        "client_consented": log.client_consented,
        "reflection": log.reflection,
        "version": log.version,
    }
    for row, segment in enumerate(log.segments.all(), start=1):
        initial |= {f"phase_{row}": segment.phase, f"minutes_{row}": segment.minutes}
    return initial


DEFAULTS = ("placement", "category_key", "role", "starts_at", "time_zone", "phase_1", "minutes_1")


def defaults_from(last: PracticeLog) -> dict:
    """What usually repeats from one visit to the next; never the date, the client or the words."""
    return {name: value for name, value in initial_from(last).items() if name in DEFAULTS}


class ClientCodeForm(forms.Form):
    age_band = forms.ChoiceField(choices=[("", "Not recorded"), *AgeBand.choices], required=False, label="Age band")


class SendForm(forms.Form):
    entries = RowsField(
        PracticeLog.objects.none(),
        label="Entries to send",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick at least one entry.",
            "invalid_choice": "One entry cannot be sent now. Reload the page.",
        },
    )

    def __init__(self, *args, logs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["entries"].queryset = logs


class LogFilterForm(forms.Form):
    """What the address of the list may ask for."""

    enrolment = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    state = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "All entries"), *[(s.value, s.label) for s in LogState if s != LogState.VOIDED]],
    )
