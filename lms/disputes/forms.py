from django import forms


class DecideDisputeForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Upheld: the record is to be put right"), ("no", "Not upheld: the record stands")],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="Answer",
        widget=forms.Textarea,
        max_length=4000,
        help_text="The person who raised it reads this. No patient details.",
    )


class OpenDisputeForm(forms.Form):
    text = forms.CharField(
        label="What is wrong with the record?",
        widget=forms.Textarea,
        max_length=4000,
        help_text="Read by whoever decides: never by the person it is about. No patient details.",
    )
