"""Free text of supervision: one field and one form through which all of it goes.

The page warns while somebody writes (`guard.js`); the form checks again when it is sent, and shows the way to say that
words are not about a client. The action that keeps the text asks the same rule a third time.
"""

from django import forms
from django.urls import reverse_lazy

from supervision.enums import WHY_MOST
from supervision.guard import Finding, hard_stops_in, identifiers_in, sentence_about
from supervision.guard.declaring import Declaration, sha256_of_words

OR_SAY_SO = "If this is not about a client, say so below and give the reason."


class GuardedField(forms.CharField):
    """Free text. `asks_for_names`: the field wants the name of a colleague or a house, so only hard stops count."""

    is_guarded = True

    def __init__(self, *, asks_for_names: bool = False, **kwargs):
        self.asks_for_names = asks_for_names
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        only = {"data-guard-only": "hard"} if self.asks_for_names else {}
        return super().widget_attrs(widget) | {"data-guard": reverse_lazy("guard_rules")} | only

    def get_bound_field(self, form, field_name):
        return GuardedBoundField(form, self, field_name)

    def findings_in(self, text: str) -> list[Finding]:
        return (hard_stops_in if self.asks_for_names else identifiers_in)(text)


class GuardedBoundField(forms.BoundField):
    """The field with its declaration: a box to tick and a reason, beside the text."""

    @property
    def may_declare(self) -> bool:
        return not self.field.asks_for_names

    @property
    def declared_name(self) -> str:
        return f"{self.html_name}-declared"

    @property
    def why_name(self) -> str:
        return f"{self.html_name}-why"

    @property
    def is_declared(self) -> bool:
        return bool(self.form.data.get(self.declared_name))

    @property
    def why(self) -> str:
        return str(self.form.data.get(self.why_name, ""))[:WHY_MOST].replace("\x00", "").strip()

    @property
    def asks(self) -> bool:
        """Whether the text, as it was sent, holds something that may be declared."""
        return any(finding.may_be_declared for finding in getattr(self.form, "findings", {}).get(self.name, ()))


class GuardedForm(forms.Form):
    """A form with guarded fields. `known`: what was declared about the stored text, and need not be said again.

    After cleaning, `declared` holds what the writer declared in this sending.
    """

    def __init__(self, *args, known: tuple[Declaration, ...] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.known = known
        self.findings: dict[str, list[Finding]] = {}
        self.declared: tuple[Declaration, ...] = ()

    def clean(self):
        cleaned = super().clean()
        for name, field in self.fields.items():
            if isinstance(field, GuardedField) and self.cleaned_data.get(name):
                self._guard(name, field.findings_in(self.cleaned_data[name]))
        return cleaned

    def _guard(self, name: str, findings: list[Finding]) -> None:
        known = {declaration.sha256 for declaration in self.known if declaration.field == name}
        new = [finding for finding in findings if sha256_of_words(finding.words) not in known]
        self.findings[name] = new
        stops = [finding for finding in new if not finding.may_be_declared]
        open_ = [finding for finding in new if finding.may_be_declared]
        if stops:
            self.add_error(name, sentence_about(stops))
        if not open_:
            return
        field = self[name]
        if not field.is_declared:
            self.add_error(name, f"{sentence_about(open_)} {OR_SAY_SO}")
        elif not field.why:
            self.add_error(name, "Say in a few words why this is not about a client.")
        elif sentence := sentence_about(_more_than(field.why, open_)):
            self.add_error(name, f"In the reason: {sentence}")
        else:
            self.declared += tuple(
                Declaration(name, finding.kind, sha256_of_words(finding.words), field.why) for finding in open_
            )


def _more_than(why: str, declared: list[Finding]) -> list[Finding]:
    """What the reason names besides the declared words themselves."""
    accepted = {sha256_of_words(finding.words) for finding in declared}
    return [finding for finding in identifiers_in(why) if sha256_of_words(finding.words) not in accepted]
