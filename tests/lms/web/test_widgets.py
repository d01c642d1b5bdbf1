"""Our forms are written in Python; Django's own templates say what they must be."""

from datetime import date, time

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from pytest_django.asserts import assertHTMLEqual

from lms.web.widgets import FOLDER, WRITERS, FormRenderer

NASTY = "\"><script>alert(1)</script>&amp;'"
CHOICES = [("", "None"), ("a", "First"), ("b&c", NASTY), (3, 3)]
GROUPED = [("One <group>", [("a", "First"), ("b", "Second")]), ("c", "Alone"), ("Other", [(NASTY, "Third")])]
ATTRS = {
    "id": "id_x",
    "class": 'a "b"',
    "required": True,
    "disabled": False,
    "data-x": NASTY,
    "maxlength": 5,
    "data-none": None,
}

INPUTS = [
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.ColorInput,
    forms.SearchInput,
    forms.TelInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.TimeInput,
    forms.CheckboxInput,
    forms.Textarea,
]
VALUES = [None, "", "words", NASTY, 0, 7, True, False, date(2026, 3, 1), time(9, 5), mark_safe("&amp;"), "line\nline"]
OF_CHOICES = [forms.Select, forms.SelectMultiple, forms.RadioSelect, forms.CheckboxSelectMultiple]
CHOSEN = [None, "", "a", "b&c", NASTY, 3, ["a", "b&c"], [], ["nothing of these"]]


def both(widget: forms.Widget, value, attrs) -> tuple[str, str]:
    ours = widget.render("x & y", value, attrs, renderer=FormRenderer())
    return ours, widget.render("x & y", value, attrs, renderer=DjangoTemplates())


@pytest.mark.parametrize("attrs", [None, {}, ATTRS], ids=["no", "empty", "all"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("kind", INPUTS, ids=lambda kind: kind.__name__)
def test_an_input_is_what_django_writes(kind, value, attrs):
    assertHTMLEqual(*both(kind(), value, attrs))


@pytest.mark.parametrize("render_value", [True, False])
def test_a_password_is_repeated_only_if_asked(render_value):
    assertHTMLEqual(*both(forms.PasswordInput(render_value=render_value), "secret words", ATTRS))


@pytest.mark.parametrize("attrs", [None, ATTRS], ids=["no", "all"])
@pytest.mark.parametrize("choices", [CHOICES, GROUPED, []], ids=["flat", "grouped", "none"])
@pytest.mark.parametrize("value", CHOSEN, ids=repr)
@pytest.mark.parametrize("kind", OF_CHOICES, ids=lambda kind: kind.__name__)
def test_a_choice_is_what_django_writes(kind, value, choices, attrs):
    assertHTMLEqual(*both(kind(choices=choices), value, attrs))


def test_the_comparison_can_fail():
    with pytest.raises(AssertionError):
        assertHTMLEqual(*both(forms.TextInput(), "a", {})[:1], forms.TextInput().render("x & y", "b"))


def test_nothing_that_was_typed_becomes_markup():
    for kind in INPUTS:
        assert "<script>" not in kind().render(NASTY, NASTY, {"data-x": NASTY}, renderer=FormRenderer())
    for kind in OF_CHOICES:
        written = kind(choices=[*CHOICES, *GROUPED]).render(NASTY, NASTY, {"data-x": NASTY}, renderer=FormRenderer())
        assert "<script>" not in written


def test_a_widget_that_is_not_known_goes_to_its_template():
    widget = forms.ClearableFileInput()
    assert f"{FOLDER}clearable_file_input.html" not in WRITERS
    assertHTMLEqual(*both(widget, None, {"id": "id_x"}))


def test_the_site_uses_it():
    assert isinstance(forms.Form().renderer, FormRenderer)
