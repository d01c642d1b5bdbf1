"""The trainee's forms."""

from datetime import date
from itertools import groupby

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from courses.enrolment.models import Enrolment
from courses.standards.contract import Category
from courses.standards.enums import Bucket
from lms.accounts.forms import TimeZoneField
from lms.web.forms import shares_alike
from lms.web.widgets import ReadyChoices
from supervision.enums import (
    GROUP_MOST,
    MINUTES_MOST,
    REFLECTION_MOST,
    AgeBand,
    Format,
    LogState,
    Modality,
    Phase,
    PracticeRole,
    Route,
)
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.models import ClientCode, Placement, PracticeLog
from supervision.queries.offers import REPEATED, Offers, described
from supervision.rules import Visit, minutes_between

ROWS = 3
HOW = ("route", "modality", "format", "group_size", "touch_used", "touch_agreed_before", "adverse_event")
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
        return described(code.code, code.last_on, code.last_phase)


def _numbered(word: str, row: int) -> str:
    return word if row == 1 else f"{word} {row}"


def _phase(row: int) -> forms.ChoiceField:
    required = row == 1
    choices = Phase.choices if required else [("", "None"), *Phase.choices]
    return forms.ChoiceField(choices=choices, required=required, label=_numbered("Phase", row))


def _minutes(row: int) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MINUTES_MOST,
        label=_numbered("Minutes", row),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


@shares_alike
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
    ends_at = forms.TimeField(
        label="Ended at",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Or give the minutes below.",
    )
    route = forms.ChoiceField(choices=Route.choices, label="Medicine given")
    modality = forms.ChoiceField(choices=Modality.choices, label="Where", widget=forms.RadioSelect)
    format = forms.ChoiceField(choices=Format.choices, label="Format")
    group_size = forms.IntegerField(
        label="Clients in the group",
        required=False,
        min_value=2,
        max_value=GROUP_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    touch_used = forms.BooleanField(required=False, label="Touch was used")
    touch_agreed_before = forms.BooleanField(
        required=False, label="Consent to touch was documented before dosing", help_text="Only if touch was used."
    )
    adverse_event = forms.BooleanField(
        required=False,
        label="There was an adverse event",
        help_text="Tick it, and write no details here. You are shown whom to call, and a named person of the program is told.",
    )
    co_therapist = forms.ModelChoiceField(
        Enrolment.objects.none(),
        label="Co-therapist",
        required=False,
        help_text="Another trainee of your cohort who held this visit with you. She is asked to confirm her own share.",
    )
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
    time_zone = TimeZoneField(
        label="Time zone of the visit", help_text="Where the visit took place. It stays as you enter it."
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)
    phase_1, minutes_1 = _phase(1), _minutes(1)  # the minutes, or start and end
    phase_2, minutes_2 = _phase(2), _minutes(2)
    phase_3, minutes_3 = _phase(3), _minutes(3)

    alike = frozenset({
        *("role", "on", "starts_at", "ends_at", "new_client", "client_consented", "reflection", "time_zone", *HOW),
        *(f"{name}_{row}" for row in range(1, ROWS + 1) for name in ("phase", "minutes")),
    })  # fmt: skip

    def __init__(self, *args, categories: dict[str, Category], offers: Offers, asks_for_other: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.offers, self.categories = offers, categories
        if not asks_for_other:
            del self.fields["co_therapist"]
        groups = grouped(categories)
        self.fields["category_key"].choices = ReadyChoices(lambda: groups)
        self.alike_by = {"category_key": offers.categories_key}
        self._offer()

    def _offer(self) -> None:
        """The rows are looked at when something was sent; the lists when they are shown."""
        allowed = self.offers.allowed() if self.is_bound else {}
        for name, choices in self.offers.shown().items():
            if name in self.fields:
                self.fields[name].queryset = allowed.get(name, self.fields[name].queryset)
                self.fields[name].choices = ReadyChoices(choices)  # after the rows, which bring choices of their own

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
    def how_fields(self):
        names = [name for name in HOW if name != "adverse_event"]
        return [self[name] for name in (*names, "co_therapist") if name in self.fields]

    @property
    def shows_how(self) -> bool:
        """Whether the fold of how it took place is shown open: nothing repeats yet, or something is to be put right."""
        is_new = self.initial.get("is_first") or not self["modality"].value()
        return bool(is_new) or any(field.errors for field in self.how_fields)

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
        self._fit_the_clock(cleaned)
        if cleaned.get("format") != Format.GROUP:
            cleaned["group_size"] = None
        return cleaned

    def _fit_the_clock(self, cleaned) -> None:
        """Start and end give the minutes of the first phase; with all minutes given too, both must say the same."""
        if "minutes_1" in self.errors or "ends_at" in self.errors:
            return
        given = cleaned.get("minutes_1")
        if not cleaned.get("ends_at"):
            if given is None:
                self.add_error("minutes_1", "Give the minutes, or when the visit ended.")
            return
        if not all(cleaned.get(name) for name in ("on", "starts_at", "time_zone")):
            return
        whole = minutes_between(cleaned["on"], cleaned["starts_at"], cleaned["ends_at"], cleaned["time_zone"])
        others = sum(cleaned.get(f"minutes_{row}") or 0 for row in range(2, ROWS + 1))
        if given is None:
            cleaned["minutes_1"] = whole - others
            if whole <= others or whole > MINUTES_MOST:
                self.add_error("ends_at", f"From start to end it is {whole} minutes. Check the times and the phases.")
        elif given + others != whole:
            self.add_error(
                "ends_at",
                f"From start to end it is {whole} minutes; the phases make {given + others}. Leave one empty.",
            )

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
            **{name: data[name] for name in HOW},
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
    } | {name: getattr(log, name) for name in HOW}
    for row, segment in enumerate(log.segments.all(), start=1):
        initial |= {f"phase_{row}": segment.phase, f"minutes_{row}": segment.minutes}
    return initial


class DraftForm(forms.Form):
    """Which draft a form is, and how many savings it has seen."""

    draft_key = forms.UUIDField()
    draft_sequence = forms.IntegerField(min_value=1, max_value=1_000_000)


TYPED = (
    *("placement", "category_key", "role", "on", "starts_at", "ends_at", "time_zone", "clients", "new_client"),
    *("client_consented", "reflection", "co_therapist", *HOW),
    *(f"{name}_{row}" for row in range(1, ROWS + 1) for name in ("phase", "minutes")),
)


def typed_in(sent) -> dict[str, list[str]]:
    """What of a sending belongs to the form, as it was typed; it need not be valid."""
    return {name: sent.getlist(name) for name in TYPED if any(sent.getlist(name))}


def initial_from_typed(typed: dict[str, list[str]]) -> dict:
    """What the form shows of an unfinished draft."""
    boxes = ("new_client", "client_consented", "touch_used", "touch_agreed_before", "adverse_event")
    found = {name: values if name == "clients" else values[-1] for name, values in typed.items() if name in TYPED}
    return dict.fromkeys(REPEATED) | found | {name: bool(found.get(name)) for name in boxes}


SHARED = ("on", "starts_at", "time_zone", "category_key", "route", "modality", "format", "group_size")


def initial_from_shared(log: PracticeLog) -> dict:
    """What both of one visit know: when, how long, how it took place. Never the writer's role, codes or words."""
    known = initial_from(log)
    return {name: value for name, value in known.items() if name in SHARED or name.startswith(("phase_", "minutes_"))}


class ClientCodeForm(forms.Form):
    alike = frozenset({"age_band"})
    age_band = forms.ChoiceField(choices=[("", "Not recorded"), *AgeBand.choices], required=False, label="Age band")


class CodeChoice(forms.ModelChoiceField):
    def label_from_instance(self, code: ClientCode) -> str:
        return described(code.code, code.last_on, code.last_phase)


class MergeForm(forms.Form):
    """Two codes of one client."""

    one = CodeChoice(ClientCode.objects.none(), label="One code", empty_label="Choose a code")
    other = CodeChoice(ClientCode.objects.none(), label="The other code", empty_label="Choose a code")

    def __init__(self, *args, codes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["one"].queryset = self.fields["other"].queryset = codes

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("one") and cleaned.get("one") == cleaned.get("other"):
            self.add_error("other", "Choose two different codes.")
        return cleaned


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


class EnrolmentAskedForm(forms.Form):
    """Which of her enrolments the address is about. What cannot be read asks for nothing."""

    enrolment = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class VisitAskedForm(EnrolmentAskedForm):
    """The same of the form of a visit, and which unfinished draft is to be taken up again."""

    draft = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class LogFilterForm(EnrolmentAskedForm):
    """The same of the list, and which entries it shows."""

    alike = frozenset({"state"})

    state = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "All entries"), *[(s.value, s.label) for s in LogState if s != LogState.VOIDED]],
    )
