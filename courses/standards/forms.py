from django import forms


class PublishForm(forms.Form):
    change_note = forms.CharField(
        label="What changed, and why",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Published with the version. Needed from the second version on.",
    )
