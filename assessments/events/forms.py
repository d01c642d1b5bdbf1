"""What a browser tells of itself while a quiz is taken. Nothing of it is trusted further than being written down."""

import re

from django import forms

from assessments.enums import REPORTED, EventKind
from assessments.forms import MOST_SLOTS

MOST_AT_ONCE = 20
MOST_SECONDS = 24 * 60 * 60
TOLD = re.compile(rf"({'|'.join(REPORTED)}):(\d{{1,5}})")


class ReportForm(forms.Form):
    """`told` holds what happened and how many seconds ago, such as "left:12 came_back:0"; `slot` the question that was open."""

    told = forms.CharField(max_length=MOST_AT_ONCE * 16)
    slot = forms.IntegerField(min_value=1, max_value=MOST_SLOTS, required=False)

    def clean_told(self) -> list[tuple[EventKind, int]]:
        found = [TOLD.fullmatch(one) for one in self.cleaned_data["told"].split()]
        if len(found) > MOST_AT_ONCE or not all(found):
            raise forms.ValidationError("This is nothing that a page of a quiz tells.")
        return [(EventKind(one[1]), min(int(one[2]), MOST_SECONDS)) for one in found]
