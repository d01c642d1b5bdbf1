from django import forms


class DecideDisputeForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Upheld: the record is to be put right"), ("no", "Not upheld: the record stands")],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    then = forms.ChoiceField(label="If it is upheld", required=False, widget=forms.RadioSelect)
    answer = forms.CharField(
        label="Answer",
        widget=forms.Textarea,
        max_length=4000,
        help_text="The person who raised it reads this. No patient details.",
    )

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["then"].choices = choices
        if not choices:
            del self.fields["then"]

    def clean(self):
        cleaned = super().clean()
        if "then" in self.fields and cleaned.get("upheld") and not cleaned.get("then") and "then" not in self.errors:
            self.add_error("then", "Choose what happens to the record.")
        return cleaned


class OpenDisputeForm(forms.Form):
    text = forms.CharField(
        label="What is wrong with the record?",
        widget=forms.Textarea,
        max_length=4000,
        help_text="Read by whoever decides: never by the person it is about. No patient details.",
    )
