from django import forms

from assessments.assignments.actions import REASON_MOST, SIGNS_MOST


class TextForm(forms.Form):
    """What is to be handed in. Whoever hands it in gives some text within the limit; a draft may be anything."""

    text = forms.CharField(
        label="Your text",
        max_length=SIGNS_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="A draft is read by nobody else. What you hand in is read by the faculty of your cohort and the program "
        "directors, and kept encrypted with your record. Name no client and nothing by which one could be known.",
    )

    def __init__(self, *args, words_most: int, is_final: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.words_most, self.is_final = words_most, is_final

    def clean_text(self):
        text = self.cleaned_data["text"]
        count = len(text.split())
        if self.is_final and not count:
            raise forms.ValidationError("Write something before you hand it in.")
        if self.is_final and count > self.words_most:
            raise forms.ValidationError(f"It has {count} words, and at most {self.words_most} can be handed in.")
        return text


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="What is to be put right",
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The trainee reads it first.",
    )
