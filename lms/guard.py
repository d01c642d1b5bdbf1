"""The guard against patient data, for rooms that lie below the one that has it: that room registers, everybody may ask."""

from collections.abc import Callable
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.module_loading import import_string

_registered: dict[str, str] = {}


def register_guard(*, sentence: str, rules_url: str) -> None:
    """`sentence`: the dotted path of a function that is given a text and says what in it no text may hold, or nothing.
    `rules_url`: the name of the page with the rules for the browser."""
    _registered.update(sentence=sentence, rules_url=rules_url)


def sentence_against(text: str) -> str:
    """What an act says to a text that holds something which nobody may declare harmless; empty for any other."""
    return cast("Callable[[str], str]", import_string(_registered["sentence"]))(text)


class HardStopField(forms.CharField):
    """Free text outside supervised practice: it warns while somebody writes, and refuses hard stops. Names may stand in it,
    so nothing is there to declare."""

    is_guarded = True

    def widget_attrs(self, widget):
        rules = {"data-guard": reverse_lazy(_registered["rules_url"]), "data-guard-only": "hard"}
        return super().widget_attrs(widget) | rules

    def validate(self, value):
        super().validate(value)
        if sentence := sentence_against(value):
            raise ValidationError(sentence)
