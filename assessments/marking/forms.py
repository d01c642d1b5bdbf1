"""The mark of one answer: each criterion by itself, or a percentage where the question states none."""

from django import forms

from assessments.marking.points import STEPS, points_of_percent, points_of_steps

WORDS_MOST = 4000


class MarkForm(forms.Form):
    """Fields are named after the slot, so that two answers on one page never share a mark."""

    def __init__(self, *args, answer, **kwargs):
        super().__init__(*args, prefix=f"mark-{answer.slot}", **kwargs)
        self.criteria = answer.criteria
        for number, criterion in enumerate(self.criteria, start=1):
            self.fields[f"step_{number}"] = forms.ChoiceField(label=criterion, choices=STEPS, widget=forms.RadioSelect)
        if not self.criteria:
            self.fields["percent"] = forms.IntegerField(
                label="Points in percent", min_value=0, max_value=100, help_text="100 is everything that was asked for."
            )
        self.fields["words"] = forms.CharField(
            label="Words to the trainee",
            max_length=WORDS_MOST,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="Read once the whole quiz is marked, with the result. What is good, what is missing, what to read again.",
        )

    @property
    def mark(self) -> dict:
        said = self.cleaned_data
        steps = [said[f"step_{number}"] for number in range(1, len(self.criteria) + 1)]
        points = points_of_steps(steps) if steps else points_of_percent(said["percent"])
        return {"points": points, "steps": steps, "words": said["words"]}
