"""The form of a quiz page: a password is written once, kept only as its hash, and never shown again."""

from django import forms
from django.contrib.auth.hashers import make_password
from wagtail.admin.forms import WagtailAdminPageForm

SHORTEST = 6


class QuizPageForm(WagtailAdminPageForm):
    new_password = forms.CharField(
        label="Password to start",
        required=False,
        min_length=SHORTEST,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Give it to those who may start, on the day. It is not shown again. Empty: what holds now goes on.",
    )
    drop_password = forms.BooleanField(
        label="No password any more", required=False, help_text="Takes away the one that holds now."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        holds = "One holds now." if self.instance.password else "None holds now."
        self.fields["new_password"].help_text = f"{holds} {self.fields['new_password'].help_text}"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("new_password") and cleaned.get("drop_password"):
            self.add_error("drop_password", "Either write a new password or take the old one away.")
        return cleaned

    def save(self, commit=True):
        if self.cleaned_data.get("new_password"):
            self.instance.password = make_password(self.cleaned_data["new_password"])
        elif self.cleaned_data.get("drop_password"):
            self.instance.password = ""
        return super().save(commit=commit)
