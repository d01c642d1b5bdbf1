"""Reading numbers from the address, which anybody can type."""

from django import forms

MOST_PAGES = 100_000


class PageForm(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)


def page_number(request) -> int:
    """The page asked for, or 1 when it is missing or nonsense."""
    form = PageForm(request.GET)
    return (form.is_valid() and form.cleaned_data["page"]) or 1
