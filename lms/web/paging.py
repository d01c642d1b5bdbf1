"""Reading numbers from the address, which anybody can type."""

from collections.abc import Callable, Sequence

from django import forms

MOST_PAGES = 100_000


class PageForm(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)


def page_number(request) -> int:
    """The page asked for, or 1 when it is missing or nonsense."""
    if "page" not in request.GET:
        return 1
    form = PageForm(request.GET)
    return (form.is_valid() and form.cleaned_data["page"]) or 1


class CountedRows:
    """Rows whose number is known, for a `Paginator`. Only those of the page that is shown are read: `read(first, most)`."""

    ordered = True

    def __init__(self, number: int, read: Callable[[int, int], Sequence]):
        self._number, self._read = number, read

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, part: slice) -> Sequence:
        return self._read(part.start, part.stop - part.start)
