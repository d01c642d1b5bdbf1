from datetime import date
from functools import cache, lru_cache

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lms.accounts.enums import DocumentKind
from lms.accounts.models.user import known_time_zones
from lms.accounts.rules import plain_name
from lms.errors import Refusal

COMMON_REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    names = sorted(name for name in known_time_zones() if name.startswith(COMMON_REGIONS))
    return [(name, name.replace("_", " ")) for name in ["UTC", *names]]


class TimeZoneSelect(forms.Select):
    """A select of five hundred options, written in one go: Django renders a template for each of them."""

    def use_required_attribute(self, initial):
        """Never: the first option has a value. Django goes through all five hundred to see that."""
        return False

    def render(self, name, value, attrs=None, renderer=None):
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name} | (attrs or {})))
        return format_html("<select{}>{}</select>", attributes, zone_options(value))


@lru_cache(maxsize=64)  # 30 kB each, and most people live in few zones
def zone_options(chosen: str | None) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((zone, " selected" if zone == chosen else "", label) for zone, label in time_zone_choices()),
    )


class TimeZoneField(forms.TypedChoiceField):
    widget = TimeZoneSelect

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Your time zone")
        kwargs.setdefault("help_text", "Dates and deadlines are shown in this zone.")
        super().__init__(choices=time_zone_choices, initial=settings.TIME_ZONE, **kwargs)


class NameField(forms.CharField):
    """A name of a person, or another that certificates carry; what is wrong with it is said beside the field."""

    def clean(self, value):
        text = super().clean(value)
        try:
            return plain_name(text) if text else text
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from None


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail and password (see ACCOUNT_SIGNUP_FORM_CLASS)."""

    display_name = NameField(label="Your name", max_length=150, help_text="As colleagues and teachers will see it.")
    time_zone = TimeZoneField()
    terms = forms.BooleanField(
        label="I accept the terms of use",
        error_messages={"required": "Please read and accept the terms of use to make an account."},
    )

    field_order = ["display_name", "email", "password1", "time_zone", "terms"]

    def signup(self, request, user):
        """Nothing more to do: the adapter has saved the name and the acceptance."""


class ProfileForm(forms.Form):
    display_name = NameField(label="Your name", max_length=150, help_text="As colleagues and teachers see it.")
    time_zone = TimeZoneField()


class LegalNameForm(forms.Form):
    legal_name = NameField(
        label="Name on credentials",
        max_length=200,
        help_text="As on your licence. It is written into every certificate you receive from now on.",
    )
    confirm = forms.BooleanField(label="This is my name, and it may stand in signed, public certificates.")


class AcceptTermsForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)
    accept = forms.BooleanField(
        label="I accept these terms",
        error_messages={"required": "You can go on once you have accepted the terms."},
    )


class PublishTermsForm(forms.Form):
    html = forms.CharField(
        label="Terms of use",
        widget=forms.Textarea,
        max_length=50_000,
        help_text="Simple HTML: headings, paragraphs, lists, links.",
    )


class DocumentForm(forms.Form):
    """A licence, card or policy. The kind of one that replaces another stays the same."""

    kind = forms.ChoiceField(label="Kind", choices=DocumentKind.choices)
    authority = forms.CharField(
        label="Issued by", max_length=150, help_text="The board, the heart association, the insurer."
    )
    number = forms.CharField(label="Number", max_length=80, help_text="Kept encrypted. Only you see it here.")
    expires_on = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="You are reminded 60, 30 and 7 days before, and on this day.",
        validators=[
            MinValueValidator(date(2000, 1, 1), message="Check the year of this date."),
            MaxValueValidator(date(2100, 12, 31), message="Check the year of this date."),
        ],
    )

    def __init__(self, *args, kind: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        if kind:
            self.fields["kind"].choices = [(kind, DocumentKind(kind).label)]
