from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet

from courses.curriculum.models import Edition
from courses.enrolment.queries import usable
from courses.standards.models import StandardVersion
from lms.accounts.enums import Role
from lms.accounts.forms import NameField, TimeZoneField
from lms.accounts.models import User
from lms.clock.models import Cause
from lms.enums import Track

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
REASONS_SHOWN = 5
CAUSES_OF_ONE = (Cause.LEAVE, Cause.ACCOMMODATION, Cause.OUTAGE)
CAUSES_OF_COHORT = (Cause.COHORT_DELAY, Cause.OUTAGE)


class DayField(forms.DateField):
    """A day people can mean; without bounds, arithmetic on the first or last day of the calendar would fail."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        message = f"Choose a day between {EARLIEST.year} and {LATEST.year}."
        super().__init__(
            validators=[MinValueValidator(EARLIEST, message), MaxValueValidator(LATEST, message)], **kwargs
        )


class PersonField(forms.EmailField):
    """A person, named by the address of her account; its clean value is the user."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "E-mail address")
        kwargs.setdefault("help_text", "The address of an account that exists here.")
        super().__init__(max_length=254, **kwargs)

    def clean(self, value):
        email = super().clean(value)
        person = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
        if email and person is None:
            raise forms.ValidationError("Nobody has an account with this address. Ask the person to sign up first.")
        return person


class ReasonField(forms.CharField):
    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Reason")
        kwargs.setdefault("help_text", "Only program directors read it.")
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class CohortForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120, help_text="Such as Autumn 2026.")
    edition = forms.ModelChoiceField(
        Edition.objects.none(), label="Edition", help_text="What the cohort reads. It decides the program too."
    )
    standard_version = forms.ModelChoiceField(
        StandardVersion.objects.none(),
        label="Standard",
        help_text="What its trainees have to show. They stay pinned to this version.",
    )
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day", required=False, help_text="Deadlines are counted to it.")
    time_zone = TimeZoneField()
    seats = forms.IntegerField(label="Seats", min_value=1, max_value=1000, initial=20)

    def __init__(self, *args, programs, **kwargs):
        super().__init__(*args, **kwargs)
        editions = Edition.objects.filter(program__in=programs).order_by("program__title", "-number")
        _offer(self.fields["edition"], editions, on=LATEST)
        versions = StandardVersion.objects.filter(standard__program__in=programs)
        self.fields["standard_version"].queryset = versions.order_by("standard__title", "-number")
        self.fields["time_zone"].label = "Time zone"
        self.fields["time_zone"].help_text = "The zone of the cohort's deadlines."


class EnrolForm(forms.Form):
    person = PersonField()
    track = forms.ChoiceField(label="Track", choices=Track.choices, widget=forms.RadioSelect, initial=Track.THERAPIST)
    discipline = NameField(
        label="Discipline", max_length=120, required=False, help_text="Such as psychologist. Kept as it is now."
    )


class ReasonForm(forms.Form):
    """An act on one enrolment: all it asks is why."""

    reason = ReasonField(max_length=500)


class ExtendForm(forms.Form):
    """A new day to finish by. `shown` carries the old and the new day that the person has read before she presses."""

    finish_on = DayField(label="New day to finish by")
    reason = ReasonField(max_length=500)
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=21)


class AdjustForm(forms.Form):
    cause = forms.ChoiceField(label="Cause", widget=forms.RadioSelect)
    since = DayField(label="Since", help_text="Deadlines that fall on or after this day move.")
    days = forms.IntegerField(label="Days more", min_value=1, max_value=730)
    reason = ReasonField(max_length=2000, required=False)

    def __init__(self, *args, causes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [(cause.value, cause.label) for cause in causes]


class AdoptForm(forms.Form):
    edition = forms.ModelChoiceField(Edition.objects.none(), label="Edition")
    reason = ReasonField(max_length=500, help_text="Kept with the cohort's records.")

    def __init__(self, *args, editions, on, **kwargs):
        super().__init__(*args, **kwargs)
        _offer(self.fields["edition"], editions, on=on)


def _offer(field: forms.ModelChoiceField, editions: QuerySet[Edition], *, on: date) -> None:
    """Only the editions that a cohort may use; why the others are not among them is said below the choice."""
    free, reasons = usable(editions, on=on)
    field.queryset = editions.filter(pk__in=[edition.pk for edition in free])
    field.help_text = " ".join([field.help_text, *reasons[:REASONS_SHOWN]]).strip()


class FacultyForm(forms.Form):
    person = PersonField()


class RoleForm(forms.Form):
    person = PersonField()
    role = forms.ChoiceField(label="Role", choices=Role.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="Reason", max_length=300, required=False, help_text="Kept with the grant.")


class EndRoleForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=300, required=False, help_text="Kept with the records.")


class BarrierForm(forms.Form):
    one = PersonField(label="E-mail address of the one")
    other = PersonField(label="E-mail address of the other")
    reason = ReasonField(max_length=2000, help_text="Kept encrypted. No page shows it.")


class ConfirmForm(forms.Form):
    """A confirmation without any field: the form key is all it carries."""
