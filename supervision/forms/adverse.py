"""Who is told first of an adverse event."""

from django import forms

from courses.curriculum.models import Program
from lms.accounts.models import User


class ResponderForm(forms.Form):
    program = forms.ModelChoiceField(Program.objects.none(), label="Program", empty_label=None)
    person = forms.ModelChoiceField(
        User.objects.none(),
        label="Who is told first",
        empty_label="Choose a person",
        help_text="Somebody who reads mail every day. Without an acknowledgement within 24 hours all directors are told.",
    )

    def __init__(self, *args, programs, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = programs
        self.fields["person"].queryset = people
