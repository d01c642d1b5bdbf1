"""Forms of sessions: logged by a trainee, planned or recorded by a supervisor, confirmed, objected to."""

from django import forms

from lms.accounts.forms import TimeZoneField
from supervision.enums import REASON_MOST
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.forms.placement import day_field
from supervision.forms.practice import LONGEST_ID
from supervision.models import SupervisionSession, Supervisor
from supervision.sessions.enums import (
    FEEDBACK_MOST,
    GROUP_MOST,
    SESSION_MINUTES_MOST,
    Modality,
    SessionFormat,
    SessionMeaning,
    SessionPurpose,
)
from supervision.sessions.rules import Meeting

SEEN = {"required": "Reload the page and read it again.", "invalid": "Reload the page and read it again."}


class MeetingForm(GuardedForm):
    """What every session has."""

    on = day_field("Date")
    starts_at = forms.TimeField(label="Began at", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(
        label="Minutes",
        min_value=1,
        max_value=SESSION_MINUTES_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    format = forms.ChoiceField(label="Format", choices=SessionFormat.choices, widget=forms.RadioSelect)
    others = forms.IntegerField(
        label="Other people who took part",
        required=False,
        min_value=0,
        max_value=GROUP_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    purpose = forms.ChoiceField(
        label="It was",
        choices=SessionPurpose.choices,
        widget=forms.RadioSelect,
        help_text="Supervision: practice under another’s licence. Consultation: advice for an independent licensee.",
    )
    modality = forms.ChoiceField(label="How", choices=Modality.choices, widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        label="What it was about", required=False, widget=forms.CheckboxSelectMultiple, error_messages={}
    )
    feedback = GuardedField(
        label="In a few words",
        required=False,
        max_length=FEEDBACK_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="No client details: no names, initials, dates, places or numbers. Kept encrypted.",
    )
    time_zone = TimeZoneField(help_text="Of the date and time above. It stays as you enter it.")

    def __init__(self, *args, topics: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = topics

    def meeting(self) -> Meeting:
        data = self.cleaned_data
        names = ("on", "starts_at", "time_zone", "minutes", "format", "purpose", "modality", "feedback")
        named = {name: data[name] for name in names}
        return Meeting(others=data["others"] or 0, topics=tuple(data["topics"]), **named)

    def show(self, problems) -> None:
        """Put each sentence beside its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


class LogSessionForm(MeetingForm):
    """A trainee's: of the others in it she says how many they were."""

    supervisor = forms.ModelChoiceField(Supervisor.objects.none(), empty_label=None, label="With")
    version = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)
    field_order = ["supervisor"]

    def __init__(self, *args, supervisors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].queryset = supervisors
        self.fields["others"].help_text = "Besides you and the supervisor. Leave it empty if you were alone with her."


class LeadSessionForm(MeetingForm):
    """A supervisor's: her trainees by name, and how many others there were."""

    trainees = forms.TypedMultipleChoiceField(label="Trainees", coerce=int, widget=forms.CheckboxSelectMultiple)
    meaning = forms.ChoiceField(
        label="Your signature means", choices=SessionMeaning.choices, widget=forms.RadioSelect, required=False
    )
    then = forms.ChoiceField(choices=[("record", "Record"), ("plan", "Plan")], widget=forms.HiddenInput)
    field_order = ["trainees"]

    def __init__(self, *args, trainees: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["trainees"].choices = trainees
        self.fields["others"].help_text = "People who are no trainees here, besides you."

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("then") == "record" and not cleaned.get("meaning") and "meaning" not in self.errors:
            self.add_error("meaning", "Say what your signature means.")
        return cleaned


class RecordPlannedForm(LeadSessionForm):
    """A planned session, as it took place. The trainees are those who were there, by their attendance."""

    version = forms.IntegerField(min_value=1, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["trainees"].label = "Who was there"


class ConfirmForm(GuardedForm):
    """Confirm, or give back or take out with a reason. The meaning of the signature is chosen, never assumed."""

    attendance = forms.IntegerField(min_value=1, max_value=10**LONGEST_ID - 1, widget=forms.HiddenInput)
    seen = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput, error_messages=SEEN)
    decision = forms.ChoiceField(
        choices=[("confirm", "Confirm"), ("return", "Return"), ("absent", "Absent")],
        widget=forms.HiddenInput,
        error_messages={"required": "Choose what you decide.", "invalid_choice": "Choose what you decide."},
    )
    meaning = forms.ChoiceField(
        label="Your signature means", choices=SessionMeaning.choices, widget=forms.RadioSelect, required=False
    )
    reason = GuardedField(
        required=False,
        max_length=REASON_MOST,
        label="What is to be put right, or why it does not count",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed unless you confirm. The trainee reads it. No patient details.",
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == "confirm" and not cleaned.get("meaning") and "meaning" not in self.errors:
            self.add_error("meaning", "Say what your signature means.")
        if (
            cleaned.get("decision") in ("return", "absent")
            and not cleaned.get("reason")
            and "reason" not in self.errors
        ):
            self.add_error("reason", "Say why. The trainee reads it.")
        return cleaned


class ObjectForm(GuardedForm):
    reason = GuardedField(
        max_length=REASON_MOST,
        label="What is wrong with it",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Your supervisor reads it and answers. No patient details.",
    )


def initial_of(session: SupervisionSession) -> dict:
    """What a form shows of a session."""
    names = (
        "on",
        "starts_at",
        "minutes",
        "format",
        "purpose",
        "modality",
        "topics",
        "feedback",
        "time_zone",
        "version",
    )
    initial = {name: getattr(session, name) for name in names}
    return initial | {"others": session.others or None, "supervisor": session.supervisor_id}
