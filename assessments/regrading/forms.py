"""What a director decides about a version that was wrong. The fields of the new key are those of the version's kind."""

from typing import Any

from django import forms

from assessments.enums import PassesKept, RegradeChange
from assessments.models import QuestionVersion
from assessments.regrading.actions import RegradeRefused, check_change

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
        self.version = version
        extra = key_fields(version)
        offered = [choice for choice in RegradeChange if choice not in WITH_KEY or choice in keyed(version)]
        self.fields["change"].choices = [(choice.value, choice.label) for choice in offered]
        self.fields = {
            "change": self.fields["change"],
            **extra,
            "passes": self.fields["passes"],
            "reason": self.fields["reason"],
        }

    def clean(self):
        cleaned = super().clean()
        if "change" in cleaned:
            cleaned["key"] = key_from(self.version, cleaned) if cleaned["change"] in WITH_KEY else {}
            try:
                check_change(self.version, RegradeChange(cleaned["change"]), cleaned["key"])
            except RegradeRefused as refused:
                self.add_error("change", refused.message)
        return cleaned

    @property
    def decision(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "change": RegradeChange(said["change"]),
            "key": said["key"],
            "passes": PassesKept(said["passes"]),
        }


def keyed(version: QuestionVersion) -> tuple[RegradeChange, ...]:
    """Which changes of its key a version can have: none where the key is more than one answer in a field."""
    if version.kind == "truefalse":
        return (RegradeChange.KEY,)
    if version.kind == "numeric" and version.data.get("parameters"):
        return ()
    return WITH_KEY if version.kind in ("single", "multiple", "numeric", "shorttext") else ()


def key_fields(version: QuestionVersion) -> dict[str, forms.Field]:
    if not keyed(version) or version.kind == "truefalse":
        return {}
    data = version.data
    if "options" in data:
        return {
            "options": forms.MultipleChoiceField(
                label="The answer that is right",
                required=False,
                choices=[(option["id"], option["text"]) for option in data["options"]],
                widget=forms.CheckboxSelectMultiple,
                help_text="Where another answer is right: as somebody would choose it, for single choice one option, else the whole set.",
            )
        }
    if version.kind == "numeric":
        unit = f" in {data['unit']}" if data["unit"] else ""
        return {
            "answer": forms.CharField(label=f"The right number{unit}", max_length=30, required=False),
            "tolerance": forms.CharField(
                label=f"Tolerance{unit}", max_length=30, required=False, initial=data["tolerance"]
            ),
        }
    return {
        "accepted": forms.CharField(
            label="The right answers, one a line",
            required=False,
            max_length=6500,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
    }


def key_from(version: QuestionVersion, said: dict[str, Any]) -> dict[str, Any]:
    """What the fields say, in the shape that `rulings.with_key` lays over the frozen data."""
    if version.kind == "truefalse":
        return {"is_true": not version.data["is_true"]}
    if "options" in version.data:
        return {"correct": list(said.get("options", []))}
    if version.kind == "numeric":
        return {"answer": said.get("answer", "").strip(), "tolerance": said.get("tolerance", "").strip() or "0"}
    return {"accepted": [line.strip() for line in said.get("accepted", "").splitlines() if line.strip()]}
