"""A lapse found later, and what is decided about the hours under review."""

from django import forms

from courses.standards.enums import Qualification
from supervision.enums import REASON_MOST, LapseDecision
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.forms.placement import day_field


class LapseForm(GuardedForm):
    """`shown`: how many entries and sessions the page listed when it was sent; another number is listed anew before anything happens."""

    kind = forms.ChoiceField(choices=[("", "Choose"), *Qualification.choices], label="Which paper")
    began_on = day_field("Not valid from", help_text="The first day on which it was not valid.")
    ended_on = day_field(
        "Until", required=False, help_text="The last such day. Leave it empty if it was revoked: from the first day on."
    )
    source = GuardedField(
        asks_for_names=True,
        max_length=REASON_MOST,
        label="Where this was learnt",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: the public register of the board, looked up on which day. Directors read it. No patient details.",
    )
    shown = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        began_on, ended_on = cleaned.get("began_on"), cleaned.get("ended_on")
        if began_on and ended_on and ended_on < began_on:
            self.add_error("ended_on", "The last day comes before the first.")
        return cleaned


class LapseDecisionForm(GuardedForm):
    """About some trainees, or all of them, at once."""

    cases = forms.TypedMultipleChoiceField(
        coerce=int,
        label="About whom",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one trainee."},
    )
    decision = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (LapseDecision.KEPT, LapseDecision.AGAIN)],
        label="What you decide",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide."},
    )
    to = forms.ModelChoiceField(
        None,
        required=False,
        label="Who signs again",
        empty_label="Choose a supervisor",
        help_text="Needed to have them signed again.",
    )
    reason = GuardedField(
        asks_for_names=True,
        max_length=REASON_MOST,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the history of each entry and session; the trainees read it. No patient details.",
        error_messages={"required": "Give the reason. The trainees read it."},
    )

    def __init__(self, *args, offered, signers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cases"].choices = offered
        self.fields["cases"].initial = [pk for pk, _ in offered]
        self.fields["to"].queryset = signers

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == LapseDecision.AGAIN and not cleaned.get("to") and "to" not in self.errors:
            self.add_error("to", "Choose who signs again.")
        return cleaned


class AnnulLapseForm(GuardedForm):
    reason = GuardedField(
        asks_for_names=True,
        max_length=REASON_MOST,
        label="What the error was",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the history of each entry and session; the trainees read it. No patient details.",
        error_messages={"required": "Say what the error was. The trainees read it."},
    )
