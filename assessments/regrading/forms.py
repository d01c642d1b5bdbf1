"""What a director decides about a version that was wrong. The fields of the new key are those of the version's kind."""

from typing import Any

from django import forms

from assessments.enums import PassesKept, RegradeChange
from assessments.formulas import LONGEST as LONGEST_LINE
from assessments.kinds import Unusable, kind_of
from assessments.kinds.keys import Key, KeyField, Shape
from assessments.models import QuestionVersion
from assessments.regrading.actions import RegradeRefused, check_change
from assessments.regrading.queries import ruling_in_force
from assessments.regrading.rulings import data_now

REASON_MOST = 1000
WITH_KEY = (RegradeChange.ACCEPT, RegradeChange.KEY)


class RegradeForm(forms.Form):
    change = forms.ChoiceField(label="What follows", choices=RegradeChange, widget=forms.RadioSelect)
    passes = forms.ChoiceField(
        label="Passes that the change would take away",
        choices=PassesKept,
        initial=PassesKept.ALL,
        widget=forms.RadioSelect,
        help_text="The mistake was ours. Whoever keeps a pass keeps the whole result as it was.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For the record, which directors read. Name nobody.",
    )

    def __init__(self, *args, version: QuestionVersion, **kwargs):
        super().__init__(*args, **kwargs)
        self.version, self.kind = version, kind_of(version.kind)
        self.content = data_now({"kind": version.kind, "data": version.data}, ruling_in_force(version))
        self.fields["change"].choices = [(choice.value, choice.label) for choice in self._offered()]
        keyed = {field.name: form_field(field) for field in self.kind.key_fields(self.content)}
        self.key_names = list(keyed)
        self.fields = {
            "change": self.fields["change"],
            **keyed,
            "passes": self.fields["passes"],
            "reason": self.fields["reason"],
        }

    def _offered(self) -> list[RegradeChange]:
        offered = [RegradeChange.VOID, RegradeChange.FULL]
        if self.kind.can_accept(self.content, {}):
            offered.append(RegradeChange.ACCEPT)
        return [*offered, RegradeChange.KEY] if self.kind.has_key else offered

    def clean(self):
        cleaned = super().clean()
        if "change" in cleaned:
            cleaned["key"] = self._key(cleaned)
        if "key" in cleaned and cleaned["key"] is not None:
            try:
                check_change(self.version, RegradeChange(cleaned["change"]), cleaned["key"])
            except RegradeRefused as refused:
                self.add_error("change", refused.message)
        return cleaned

    def _key(self, cleaned: dict[str, Any]) -> Key | None:
        """What the fields say; None after naming what keeps them from saying it."""
        if cleaned["change"] not in WITH_KEY:
            return {}
        try:
            return self.kind.read_key(self.content, cleaned)
        except Unusable as unusable:
            for name, sentence in unusable.problems.items():
                self.add_error(name if name in self.key_names else "change", sentence)
            return None

    @property
    def decision(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "change": RegradeChange(said["change"]),
            "key": said["key"],
            "passes": PassesKept(said["passes"]),
        }


def form_field(field: KeyField) -> forms.Field:
    """None of them has to be filled: they are read only where the decision is about a key."""
    said = {"label": field.label, "initial": field.initial, "help_text": field.help_text, "required": False}
    if field.shape == Shape.SEVERAL:
        return forms.MultipleChoiceField(choices=field.choices, widget=forms.CheckboxSelectMultiple, **said)
    if field.shape == Shape.ONE:
        return forms.ChoiceField(choices=[("", "Choose"), *field.choices], **said)
    if field.shape == Shape.LINES:
        return forms.CharField(max_length=6500, widget=forms.Textarea(attrs={"rows": 3}), **said)
    return forms.CharField(max_length=LONGEST_LINE, **said)
