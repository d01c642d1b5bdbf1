"""Disputing a return, and answering that: the house's forms, with the guard of this room."""

from django import forms

from lms.disputes.forms import DecideDisputeForm, OpenDisputeForm
from supervision.forms.guarded import GuardedField, GuardedForm

_text, _answer = OpenDisputeForm.base_fields["text"], DecideDisputeForm.base_fields["answer"]


class DisputeReturnForm(GuardedForm, OpenDisputeForm):
    text = GuardedField(
        label=_text.label, widget=forms.Textarea, max_length=_text.max_length, help_text=_text.help_text
    )


class AnswerDisputeForm(GuardedForm, DecideDisputeForm):
    answer = GuardedField(
        label=_answer.label, widget=forms.Textarea, max_length=_answer.max_length, help_text=_answer.help_text
    )
