"""The director's forms."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.forms.practice import EARLIEST, LATEST

POSSIBLE = [
    MinValueValidator(EARLIEST, message="Check the year of this date."),
    MaxValueValidator(LATEST, message="Check the year of this date."),
]


def day_field(label: str, **kwargs) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), validators=POSSIBLE, **kwargs)


class SupervisorField(forms.ChoiceField):
    """Somebody with an account and the role, or somebody who signs by a link; its clean value is the row of either."""

    def __init__(self, **kwargs):
        super().__init__(label="Supervisor", **kwargs)
        self._rows = {}

    def offer(self, people, without_account) -> None:
        people = {str(person.pk): person for person in people}
        others = {f"s{supervisor.pk}": supervisor for supervisor in without_account}
        self._rows = people | others
        self.choices = [
            ("", "Choose a supervisor"),
            *[(key, str(person)) for key, person in people.items()],
            *[(key, _by_link(supervisor)) for key, supervisor in others.items()],
        ]

    def clean(self, value):
        return self._rows.get(super().clean(value))


def _by_link(supervisor) -> str:
    return f"{supervisor}, signs by link{'' if supervisor.is_verified else ', not verified yet'}"


class PlacementForm(GuardedForm):
    supervisor = SupervisorField()
    site = GuardedField(
        asks_for_names=True,
        max_length=200,
        label="Site",
        help_text="The clinic or practice, as it should stand in the log.",
    )
    starts_on = day_field("First day")
    ends_on = day_field("Last day", required=False, help_text="Leave empty while it is open.")

    def __init__(self, *args, supervisors, without_account, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].offer(supervisors, without_account)

    def clean(self):
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "A placement ends after it starts.")
        return cleaned


class EndPlacementForm(forms.Form):
    ends_on = day_field("Last day", help_text="Visits on this day still count.")
