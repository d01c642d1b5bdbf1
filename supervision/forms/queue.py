"""What of the queue is shown, and several entries that are approved together."""

import re

from django import forms

from supervision.actions.review import MOST_AT_ONCE
from supervision.enums import MEANINGS
from supervision.queries.queue import Offered

ROWS = (25, 50, 100, MOST_AT_ONCE)
TOO_MANY = f"At most {MOST_AT_ONCE} entries are approved at once."


class QueueForm(forms.Form):
    """The filters of the queue. A value that waits no more shows everything."""

    trainee = forms.ChoiceField(required=False)
    site = forms.ChoiceField(required=False)
    category = forms.ChoiceField(required=False)
    rows = forms.TypedChoiceField(
        required=False,
        label="Rows",
        coerce=int,
        empty_value=ROWS[0],
        choices=[(number, str(number)) for number in ROWS],
    )
    ticked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, offered: Offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["trainee"].choices = [("", "All trainees"), *offered.trainees]
        self.fields["site"].choices = [("", "All sites"), *offered.sites]
        self.fields["category"].choices = [("", "All categories"), *offered.categories]

    @property
    def wanted(self) -> dict[str, str]:
        """The filters that hold, by name."""
        self.is_valid()
        return {name: value for name in ("trainee", "site", "category") if (value := self.cleaned_data.get(name))}

    @property
    def per_page(self) -> int:
        self.is_valid()
        return self.cleaned_data.get("rows") or ROWS[0]


class ListField(forms.Field):
    """Several values of one name."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"required": "Choose at least one entry.", "invalid": "Reload the page and choose again."}

    def clean(self, value):
        values = super().clean(value)
        if len(values) > MOST_AT_ONCE:
            raise forms.ValidationError(TOO_MANY)
        return self.read(values)


class EntriesField(ListField):
    """Which entries were ticked in the queue."""

    def read(self, values) -> list[int]:
        if not all(re.fullmatch(r"[0-9]{1,18}", value) for value in values):
            raise forms.ValidationError(self.error_messages["invalid"])
        return [int(value) for value in values]


class SeenField(ListField):
    """Entries with the hash of what was shown of each."""

    def read(self, values) -> dict[int, str]:
        found = [re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", value) for value in values]
        if not all(found):
            raise forms.ValidationError(self.error_messages["invalid"])
        return {int(one[1]): one[2] for one in found}


class ChosenForm(forms.Form):
    log = EntriesField()


class ApproveManyForm(forms.Form):
    """One signature for each of the listed entries; its meaning is chosen, never assumed."""

    seen = SeenField()
    meaning = forms.ChoiceField(
        choices=MEANINGS,
        widget=forms.RadioSelect,
        label="Your signature under each of them means",
        error_messages={"required": "Say what your signatures mean."},
    )
