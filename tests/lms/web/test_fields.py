"""Fields that are alike in every form of a class are written once; what is one person's alone never is."""

import pytest
from django import forms
from django.urls import reverse

from lms.web.addresses import address_of
from lms.web.forms import shares_alike
from lms.web.templatetags.forms import SHORT, field
from lms.web.widgets import ReadyChoices
from supervision.forms.guarded import GuardedField, GuardedForm


class Colours(forms.Form):
    alike = frozenset({"colour", "number", "words", "several"})

    colour = forms.ChoiceField(choices=[("r", "Red"), ("g", "Green")], help_text="Any of them.")
    number = forms.IntegerField(required=False, max_value=9)
    words = forms.CharField(required=False)
    several = forms.MultipleChoiceField(choices=[("r", "Red"), ("g", "Green")], widget=forms.CheckboxSelectMultiple)
    own = forms.ChoiceField(required=False)


class Unlike(Colours):
    alike = frozenset()


VALUES = [
    {},
    {"colour": "r"},
    {"colour": "g"},
    {"number": 3},
    {"number": "3"},
    {"number": True},
    {"several": ["g", "r"]},
]
SAID = [{}, {"label": "Another"}, {"help": "<b>Said</b>"}, {"suffix": "min"}, {"optional": True}]


@pytest.mark.parametrize("said", SAID, ids=str)
@pytest.mark.parametrize("prefix", [None, "second"])
def test_a_field_that_is_alike_looks_as_it_would_otherwise(said, prefix):
    for _ in range(2):
        for values in VALUES:
            one, other = Colours(initial=values, prefix=prefix), Unlike(initial=values, prefix=prefix)
            assert [field(one[name], **said) for name in one.fields] == [
                field(other[name], **said) for name in one.fields
            ]


def test_control_a_field_that_an_instance_changes_must_not_be_called_alike():
    class Wrong(Colours):
        alike = frozenset({"own"})

    one, other = Wrong(), Wrong()
    one.fields["own"].choices, other.fields["own"].choices = [("a", "Hers")], [("b", "His")]
    assert field(one["own"]) == field(other["own"])


def test_what_is_wrong_is_said_and_not_kept():
    wrong, right = Colours({"number": "12", "colour": "r"}), Colours({"number": "7", "colour": "r"})
    assert "less than or equal to 9" in field(wrong["number"])
    assert "less than" not in field(right["number"])
    assert "less than" not in field(Colours(initial={"number": "12"})["number"])
    assert "less than or equal to 9" in field(Colours({"number": "12", "colour": "r"})["number"])


def test_long_words_are_not_kept_for_others(monkeypatch):
    kept = []
    monkeypatch.setattr("lms.web.templatetags.forms._alike", lambda bound, value, *said: kept.append(value) or "")
    for words in ("short", "x" * SHORT):
        field(Colours(initial={"words": words})["words"])
    assert kept == ["'short'"]


def test_ready_choices_are_read_when_they_are_shown():
    asked = []
    form = Unlike()
    form.fields["own"].choices = ReadyChoices(lambda: asked.append(1) or [("", "None"), ("a", "<First>")])
    assert asked == []
    assert "&lt;First&gt;" in field(form["own"])
    assert asked


@pytest.mark.parametrize("name", ["practice_detail", "review_entry", "standing"])
@pytest.mark.parametrize("number", [1, 20, 987_654_321, 2**62])
def test_an_address_is_the_one_that_django_gives(name, number):
    assert address_of(name, number) == reverse(name, args=[number])


def test_fields_that_are_alike_by_a_key_are_kept_for_that_key_alone():
    def shown(key, choices):
        form = Unlike()
        form.alike_by, form.fields["own"].choices = {"own": key}, choices
        return field(form["own"])

    assert "First" in shown("one", [("a", "First")])
    assert "Second" in shown("two", [("a", "Second")])
    assert "First" in shown("one", [("a", "never read")])


def test_a_form_that_shares_copies_only_what_an_instance_may_change():
    shared = shares_alike(type("Shared", (Colours,), {}))
    one, other = shared(), shared({"colour": "r"})
    assert {name for name in one.fields if one.fields[name] is other.fields[name]} == shared.alike
    del one.fields["words"]
    assert "words" in shared().fields
    assert other.is_valid() == Colours({"colour": "r"}).is_valid()


def test_control_a_form_that_does_not_share_copies_every_field():
    one, other = Colours(), Colours()
    assert not any(one.fields[name] is other.fields[name] for name in one.fields)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data", [{"note": "Sarah Whitfield"}, {"note": "", "note-declared": "on", "note-why": "A writer"}]
)
def test_what_is_said_of_guarded_words_is_not_kept_for_others(data):
    class Noted(GuardedForm):
        alike = frozenset({"note"})
        note = GuardedField(required=False)

    blank = field(Noted()["note"])
    sent = Noted(data)
    assert field(sent["note"]) != blank
    assert field(Noted(initial={"note": "Of an earlier day"})["note"]) != blank
    assert field(Noted()["note"]) == blank
