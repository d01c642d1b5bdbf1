"""Disputing a return: the house's form, with the guard of this room."""

from django import forms

from lms.disputes.forms import OpenDisputeForm
from supervision.forms.guarded import GuardedField, GuardedForm

_text = OpenDisputeForm.base_fields["text"]


class DisputeReturnForm(GuardedForm, OpenDisputeForm):
    text = GuardedField(
        label=_text.label, widget=forms.Textarea, max_length=_text.max_length, help_text=_text.help_text
    )
