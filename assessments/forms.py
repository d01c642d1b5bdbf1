"""What people send: the number of a question, the authored question."""

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.blocks import StreamBlockValidationError

from assessments.freezing import freeze_question
from assessments.kinds import Unusable
from assessments.question_blocks import errors_in
from assessments.quiz import Quiz
from assessments.rules import ConditionMissing

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


class StartForm(forms.Form):
    """What a quiz asks for before it starts: only the fields that it has. What is right, the start itself decides."""

    agreed = forms.BooleanField(label="I agree to this statement.", required=False)
    password = forms.CharField(
        label="Password of this quiz",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Your faculty gives it to you.",
    )

    def __init__(self, quiz: Quiz, missing: ConditionMissing | None = None, data=None):
        super().__init__(data)
        if not quiz.honour:
            del self.fields["agreed"]
        if not quiz.password_hash:
            del self.fields["password"]
        if missing:
            self.errors.clear()  # the start has said the first thing that is missing, in its own words
        if missing and missing.field in self.fields:
            self.add_error(missing.field, missing.message)


class QuestionForm(WagtailAdminModelForm):
    """The authoring form. A draft may be unfinished; what is published or sent for review can be asked, or the reason
    stands beside its field."""

    def _post_clean(self):
        super()._post_clean()
        if self.is_deferred_validation or self.errors:
            return
        try:
            freeze_question(self.instance)
        except Unusable as unusable:
            self._refuse(unusable.problems)

    def _refuse(self, problems: dict[str, str]) -> None:
        inside = {name: sentence for name, sentence in problems.items() if name not in self.fields}
        for name in problems.keys() - inside.keys():
            self.add_error(name, problems[name])
        if inside:
            block = self.instance.content[0].block
            self.add_error("content", StreamBlockValidationError(block_errors={0: errors_in(block, inside)}))
