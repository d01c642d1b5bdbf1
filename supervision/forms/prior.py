"""Forms of prior hours: what was earned before or elsewhere, and the director's decision about it."""

from django import forms

from courses.standards.contract import Category
from lms.uploads import ACCEPT, ALLOWED, UnusableDocument, clean_document
from supervision.enums import PRIOR_MINUTES_MOST, REFLECTION_MOST, Phase
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.forms.placement import day_field
from supervision.forms.practice import grouped
from supervision.models import PriorHours
from supervision.rules.prior import Claim


class DocumentField(forms.FileField):
    """One document, known by its content; its clean value is what may be kept of it."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.FileInput(attrs={"accept": ACCEPT}), max_length=200, **kwargs)

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        try:
            return clean_document(upload) if upload else None
        except UnusableDocument as unusable:
            raise forms.ValidationError(unusable.message) from None


class PriorHoursForm(GuardedForm):
    category_key = forms.ChoiceField(label="Category", help_text="One record for each category.")
    phase = forms.ChoiceField(
        label="Phase",
        choices=[("", "Several, or not recorded"), *Phase.choices],
        required=False,
        help_text="Minimums of one phase count only hours that name it. Record each phase by itself if you can.",
    )
    hours = forms.IntegerField(
        label="Hours",
        min_value=0,
        max_value=PRIOR_MINUTES_MOST // 60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    minutes = forms.IntegerField(
        label="Minutes",
        min_value=0,
        max_value=59,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    began_on = day_field("First day")
    ended_on = day_field("Last day")
    institution = GuardedField(
        asks_for_names=True, label="Institution", max_length=200, help_text="The clinic, school or program."
    )
    supervisor_name = GuardedField(
        asks_for_names=True,
        label="Supervisor",
        max_length=200,
        help_text="Who supervised these hours, with the licence after the name.",
    )
    note = GuardedField(
        label="What a director should know",
        required=False,
        max_length=REFLECTION_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Read by the program directors. Nothing that could point to a client. Kept encrypted.",
    )
    document = DocumentField(
        label="Document",
        help_text=f"{ALLOWED} A signed letter or log that shows these hours, without names of clients. "
        "Its hidden properties are removed; you and the program directors can open it.",
    )

    def __init__(self, *args, categories: dict[str, Category], has_document: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category_key"].choices = grouped(categories)
        if has_document:
            self.fields["document"].required = False
            self.fields["document"].help_text += " Leave it empty to keep the one that is there."

    def claim(self) -> Claim:
        data = self.cleaned_data
        named = {name: data[name] for name in Claim.__dataclass_fields__ if name != "minutes"}
        return Claim(minutes=60 * data["hours"] + (data["minutes"] or 0), **named)

    def show(self, problems) -> None:
        """Put each sentence beside its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


def initial_from_prior(prior: PriorHours) -> dict:
    """What the form shows of a record that is put right or corrected."""
    whole, rest = divmod(prior.minutes, 60)
    names = ("category_key", "phase", "began_on", "ended_on", "institution", "supervisor_name", "note")
    return {name: getattr(prior, name) for name in names} | {"hours": whole, "minutes": rest}
