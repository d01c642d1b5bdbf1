"""Handing over a supervisor's open work."""

from django import forms

from supervision.enums import REASON_MOST, HandoverCause
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.forms.placement import day_field


class HandoverForm(GuardedForm):
    part = forms.ChoiceField(label="What", required=False)
    to = forms.ModelChoiceField(None, label="Who takes over", empty_label="Choose a supervisor")
    cause = forms.ChoiceField(label="Why", choices=[("", "Choose"), *HandoverCause.choices])
    since = day_field("Since when", help_text="Today or earlier. The work moves at once.")
    reason = GuardedField(
        asks_for_names=True,
        max_length=REASON_MOST,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Other directors read it. No patient details.",
    )

    def __init__(self, *args, takers, covered, **kwargs):
        super().__init__(*args, **kwargs)
        self.covered = {str(one.pk): one for one in covered}
        parts = [(key, f"Only what is covered for {one}") for key, one in self.covered.items()]
        self.fields["part"].choices = [("", "Everything that is listed"), *parts]
        if not parts:
            del self.fields["part"]
        self.fields["to"].queryset = takers

    @property
    def of(self):
        """For whom the work is covered that alone moves; None for everything."""
        return self.covered.get(self.cleaned_data.get("part", ""))
