"""Attesting in lieu of a supervisor: the proposal, and the second person's answer."""

from django import forms

from supervision.enums import REASON_MOST
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.forms.review import seen_field


class ProposeLieuForm(GuardedForm):
    evidence = GuardedField(
        asks_for_names=True,
        max_length=REASON_MOST,
        label="Why no signer is left, and what you have seen",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For example: the supervisor has left the clinic; the clinic’s calendar shows the visit, and the co-therapist "
        "confirms it. The trainee and the second person read it. No patient details.",
        error_messages={"required": "Say why no signer is left, and what you have seen."},
    )
    seen = seen_field()


class AnswerLieuForm(GuardedForm):
    """Confirm, or refuse with a reason."""

    reason = GuardedField(
        asks_for_names=True,
        required=False,
        max_length=REASON_MOST,
        label="Why you refuse",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to refuse. Whoever proposed it reads it. No patient details.",
    )
    answer = forms.ChoiceField(
        choices=[("confirm", "Confirm"), ("refuse", "Refuse")],
        widget=forms.HiddenInput,
        error_messages={"required": "Choose: confirm or refuse.", "invalid_choice": "Choose: confirm or refuse."},
    )
    seen = seen_field()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") == "refuse" and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why you refuse. Whoever proposed it reads it.")
        return cleaned
