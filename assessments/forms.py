"""What people send: the number of a question, the authored question."""

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from assessments.actions import save_question
from assessments.kinds import Unusable, kind_of

MOST_SLOTS = 1000


class SlotForm(forms.Form):
    """Which question to show; anything else than a number of the quiz shows the first that is open."""

    slot = forms.IntegerField(min_value=1, max_value=MOST_SLOTS, required=False)


class AnswerForm(forms.Form):
    """The frame of an answer; what is in it belongs to the kind of the question.

    `goto` is the question to go to afterwards: 0 for the page with all answers, nothing for the next one.
    """

    slot = forms.IntegerField(min_value=1, max_value=MOST_SLOTS)
    seq = forms.IntegerField(min_value=0, max_value=2**53 - 1)
    goto = forms.IntegerField(min_value=0, max_value=MOST_SLOTS, required=False)


class QuestionForm(WagtailAdminModelForm):
    """The authoring form: it refuses what cannot be asked, beside the field, and saves a version."""

    def is_valid(self):
        return super().is_valid() and self._can_be_asked()

    def _can_be_asked(self) -> bool:
        options = [form.instance for form in self.formsets["options"].ordered_forms if form.cleaned_data]
        try:
            kind_of(self.instance.kind).freeze(self.instance.draft(options))
        except Unusable as unusable:
            for field, sentence in unusable.problems.items():
                self.add_error(field if field in self.fields else None, sentence)
            return False
        return True

    def save(self, commit=True):
        question = super().save(commit=False)
        save_question(question, by=self.for_user)
        return question
