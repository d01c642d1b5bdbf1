"""What people look for; and what long forms share."""

import copy
from typing import TypeVar

from django import forms


class SharedFields(dict):
    """The fields of a form class, of which an instance copies only those that it may change."""

    def __init__(self, fields: dict[str, forms.Field], shared: frozenset[str]):
        super().__init__(fields)
        self._shared = shared

    def __deepcopy__(self, memo: dict) -> dict[str, forms.Field]:
        return {name: field if name in self._shared else copy.deepcopy(field, memo) for name, field in self.items()}


Form = TypeVar("Form", bound=type[forms.BaseForm])


def shares_alike(form: Form) -> Form:
    """A class of forms that shares with its instances the fields that it names in `alike`, which no instance changes: Django
    copies each field for each form, a tenth of what a page with a long one costs."""
    form.base_fields = SharedFields(form.base_fields, form.alike)
    return form


class SearchForm(forms.Form):
    """Words to look for; anything longer than a sentence is no search."""

    q = forms.CharField(max_length=100, required=False, strip=True)
