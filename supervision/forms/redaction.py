"""Taking words out of a record. What is typed here is compared and never kept."""

from django import forms

from lms.disputes.models import Dispute
from lms.web.templatetags.ui import day
from supervision.enums import REFLECTION_MOST, RedactedPart
from supervision.guard import identifiers_in
from supervision.guard.kinds import REMOVED
from supervision.queries.redaction import Decision, Move, Subject, kind_of, texts_of

COPY_THEM = "Copy the words that are to be removed."


class RedactForm(forms.Form):
    """Which words, or which whole text of a record, and what was found. The first finding of the guard is filled in."""

    part = forms.ChoiceField(
        label="What is to be removed",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is to be removed."},
    )
    words = forms.CharField(
        label="The words, if only some go",
        required=False,
        max_length=REFLECTION_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="As they are written, without what is around them. They are removed wherever they stand here.",
        error_messages={"required": COPY_THEM},
    )
    kind = forms.ChoiceField(label="What they are", choices=[("", "Choose"), *REMOVED])
    sure = forms.BooleanField(
        label="I have read that this cannot be undone",
        error_messages={"required": "Confirm that you know it."},
    )
    seen = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)

    def __init__(
        self,
        *args,
        subject: Subject,
        reasons: list[Move],
        decisions: list[Decision],
        disputes: list[Dispute],
        **kwargs,
    ):
        text = getattr(subject, kind_of(subject).text)
        others = [move.reason for move in reasons] + [words for one in disputes for words in (one.text, one.answer)]
        others += [words for one in decisions for words in texts_of(one)]
        found = identifiers_in(" ".join([text, *others]))
        first = {"words": found[0].words, "kind": found[0].kind.value} if found else {}
        super().__init__(*args, initial={"part": RedactedPart.WORDS, **first, **kwargs.pop("initial", {})}, **kwargs)
        self.moves = {f"{RedactedPart.REASON}-{move.pk}": move for move in reasons}
        choices = [(RedactedPart.WORDS.value, "Only the words below, wherever they stand")]
        whole = f"The whole {kind_of(subject).text}"
        choices += [(RedactedPart.REFLECTION.value, whole)] if text else []
        choices += [(name, f"The whole reason of {day(move.at)}") for name, move in self.moves.items()]
        self.fields["part"].choices = choices
        if len(choices) == 1:  # there is nothing to choose
            self.fields["part"].widget = forms.HiddenInput()
            self.fields["words"].label, self.fields["words"].required = "The words", True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("part") == RedactedPart.WORDS and not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", COPY_THEM)
        return cleaned

    @property
    def asked(self) -> dict:
        """As the act takes it."""
        data = self.cleaned_data
        move = self.moves.get(data["part"])
        part = RedactedPart.REASON if move else RedactedPart(data["part"])
        return {"part": part, "move": move, "words": data["words"], "kind": data["kind"], "seen": data["seen"]}
