"""What people look for."""

from django import forms


class SearchForm(forms.Form):
    """Words to look for; anything longer than a sentence is no search."""

    q = forms.CharField(max_length=100, required=False, strip=True)
