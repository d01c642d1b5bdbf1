from decimal import Decimal

from django import forms

from courses.enrolment.forms import DayField, PersonField, ReasonField
from courses.enrolment.models import Cohort
from courses.payments.enums import RECORDED_METHODS, Currency, Method, OrderState
from lms.accounts.forms import NameField
from lms.enums import Track

MOST = Decimal("1000000")


class AmountField(forms.DecimalField):
    """An amount as people write it; its clean value is whole hundredths."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Amount")
        super().__init__(min_value=Decimal("0.01"), max_value=MOST, decimal_places=2, **kwargs)

    def clean(self, value):
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)


class BuyForm(forms.Form):
    track = forms.ChoiceField(
        label="Your track",
        choices=Track.choices,
        widget=forms.RadioSelect,
        initial=Track.THERAPIST,
        help_text="Some requirements are for one track only.",
    )
    discipline = NameField(label="Your discipline", max_length=120, help_text="Such as psychologist.")


class BackForm(forms.Form):
    """Where the browser says it comes from. Only words on the page depend on it."""

    back = forms.ChoiceField(choices=[("paid", "paid"), ("left", "left")], required=False)


class PriceForm(forms.Form):
    amount = AmountField(required=False, help_text="For one place. Leave it empty when places are not sold here.")
    currency = forms.ChoiceField(label="Currency", choices=Currency.choices, initial=Currency.USD)


class PaymentForm(forms.Form):
    person = PersonField()
    method = forms.ChoiceField(
        label="How it was paid",
        choices=[(method.value, method.label) for method in RECORDED_METHODS],
        widget=forms.RadioSelect,
        initial=Method.TRANSFER,
    )
    reference = forms.CharField(
        label="Reference", max_length=120, help_text="From the bank statement, the check or the letter of the sponsor."
    )
    amount = AmountField()
    currency = forms.ChoiceField(label="Currency", choices=Currency.choices)
    received_on = DayField(label="Received on")
    track = forms.ChoiceField(label="Track", choices=Track.choices, widget=forms.RadioSelect, initial=Track.THERAPIST)
    discipline = NameField(label="Discipline", max_length=120, required=False, help_text="Such as psychologist.")


class RefundForm(forms.Form):
    reason = ReasonField(max_length=500, help_text="Only directors and registrars read it.")


class PlaceForm(forms.Form):
    cohort = forms.ModelChoiceField(Cohort.objects.none(), label="Cohort")

    def __init__(self, *args, program, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = Cohort.objects.filter(program=program).order_by("-starts_on", "pk")


class NoteForm(forms.Form):
    note = forms.CharField(
        label="What was done",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the order.",
    )


class FilterForm(forms.Form):
    """Which orders the list shows."""

    state = forms.ChoiceField(
        label="Show", choices=[("", "All"), ("attention", "Need a person"), *OrderState.choices], required=False
    )
