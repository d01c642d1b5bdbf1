"""Taking words out of an entry. What is typed here is compared and never kept."""

from django import forms

from lms.web.templatetags.ui import day
from supervision.enums import REFLECTION_MOST, RedactedPart
from supervision.guard import identifiers_in
from supervision.guard.kinds import REMOVED
from supervision.models import LogMove, PracticeLog


class RedactForm(forms.Form):
    """Which words, or which whole text of an entry, and what was found. The first finding of the guard is filled in."""

    part = forms.ChoiceField(
        label="What is to be removed",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is to be removed."},
    )
    words = forms.CharField(
        label="The words",
        required=False,
        max_length=REFLECTION_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="As they are written, without what is around them. They are removed wherever they stand in this entry.",
    )
    kind = forms.ChoiceField(label="What they are", choices=[("", "Choose"), *REMOVED])
    sure = forms.BooleanField(
        label="I have read that this cannot be undone",
        error_messages={"required": "Confirm that you know it."},
    )
    seen = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)

    def __init__(self, *args, log: PracticeLog, reasons: list[LogMove], **kwargs):
        found = identifiers_in(" ".join([log.reflection, *(move.reason for move in reasons)]))
        first = {"words": found[0].words, "kind": found[0].kind.value} if found else {}
        super().__init__(*args, initial={"part": RedactedPart.WORDS, **first, **kwargs.pop("initial", {})}, **kwargs)
        self.moves = {f"{RedactedPart.REASON}-{move.pk}": move for move in reasons}
        choices = [(RedactedPart.WORDS.value, "Only the words below, wherever they stand")]
        choices += [(RedactedPart.REFLECTION.value, RedactedPart.REFLECTION.label)] if log.reflection else []
        choices += [(name, f"The whole reason of {day(move.at)}") for name, move in self.moves.items()]
        self.fields["part"].choices = choices

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("part") == RedactedPart.WORDS and not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", "Copy the words that are to be removed.")
        return cleaned

    @property
    def asked(self) -> dict:
        """As the act takes it."""
        data = self.cleaned_data
        move = self.moves.get(data["part"])
        part = RedactedPart.REASON if move else RedactedPart(data["part"])
        return {"part": part, "move": move, "words": data["words"], "kind": data["kind"], "seen": data["seen"]}
