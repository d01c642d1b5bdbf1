"""Supervisors without an account: who they are, and what staff verified."""

from django import forms

from courses.standards.enums import Qualification
from supervision.enums import REASON_MOST
from supervision.forms.placement import day_field


class QualificationForm(forms.Form):
    kind = forms.ChoiceField(choices=Qualification.choices, label="What it is", initial=Qualification.LICENCE)
    authority = forms.CharField(
        max_length=150, label="Issued by", help_text="The board or body, as it is written there."
    )
    number = forms.CharField(max_length=80, label="Number")
    expires_on = day_field("Valid until")


class LicenceForm(QualificationForm):
    """The first licence, given with the name."""

    kind = None


class RecordSupervisorForm(LicenceForm):
    name = forms.CharField(
        max_length=200, label="Name", help_text="With the title or degree, as it should stand in the log."
    )
    email = forms.EmailField(
        max_length=254,
        label="Address of e-mail",
        help_text="Her own, best one of the clinic. The link is mailed there.",
    )
    authority = forms.CharField(max_length=150, label="Licensing board", help_text="As it stands on the licence.")
    number = forms.CharField(max_length=80, label="Licence number")
    expires_on = day_field("Licence valid until")

    field_order = ["name", "email", "authority", "number", "expires_on"]


class AddressForm(forms.Form):
    email = forms.EmailField(
        max_length=254, label="Right address", help_text="Links mailed to the old one show nothing from then on."
    )


class VerifyForm(forms.Form):
    """What was checked, and how."""

    qualifications = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        label="Checked and found right",
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick what you looked up at the board or body itself.",
    )
    how = forms.CharField(
        max_length=REASON_MOST,
        label="How you verified address and licence",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: looked the licence up at the board, and called the clinic’s public number about the address.",
    )
    address = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["qualifications"].choices = offered


class StopForm(forms.Form):
    reason = forms.CharField(
        max_length=REASON_MOST, label="Why", widget=forms.Textarea(attrs={"rows": 3}), help_text="Directors read it."
    )
