"""Deciding about what a trainee sent: her visits, and hours from before or elsewhere."""

from django import forms

from supervision.enums import MEANINGS, REASON_MOST, Decision
from supervision.forms.guarded import GuardedField, GuardedForm


def seen_field() -> forms.RegexField:
    """The SHA-256 of the content that the page showed."""
    again = "Reload the page and read it again."
    return forms.RegexField(
        r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput, error_messages={"required": again, "invalid": again}
    )


class DecisionForm(GuardedForm):
    """Approve or return what was on the screen. A return says what is to be put right."""

    reason = GuardedField(
        required=False,
        max_length=REASON_MOST,
        label="What is to be put right",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to return it. The trainee reads it first. No patient details.",
    )
    decision = forms.ChoiceField(
        choices=Decision.choices,
        widget=forms.HiddenInput,
        error_messages={"required": "Choose: approve or return.", "invalid_choice": "Choose: approve or return."},
    )
    seen = seen_field()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == Decision.RETURNED and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say what is to be put right. The trainee reads it.")
        return cleaned


class SignedDecisionForm(DecisionForm):
    """A decision about a visit is signed. The meaning of the signature is chosen, never assumed."""

    meaning = forms.ChoiceField(
        choices=MEANINGS,
        widget=forms.RadioSelect,
        label="Your signature means",
        error_messages={"required": "Say what your signature means."},
    )

    field_order = ["meaning", "reason"]


class WithdrawalForm(GuardedForm):
    """A director takes an approval back, and says why."""

    reason = GuardedField(
        max_length=REASON_MOST,
        label="What is to be put right",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The trainee and the supervisor read it. No patient details.",
        error_messages={"required": "Say what is to be put right. The trainee reads it."},
    )
