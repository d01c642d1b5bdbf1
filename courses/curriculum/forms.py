from collections.abc import Sequence
from datetime import date, timedelta

from django import forms
from django.core.files.uploadedfile import UploadedFile
from wagtail.admin.forms.pages import CopyForm
from wagtail.documents.forms import BaseDocumentForm

from courses.curriculum.enums import RegulatorStepKind
from courses.curriculum.filetypes import fault_of, fault_of_size
from courses.curriculum.models import EditionItem

A_YEAR = timedelta(days=366)
MOST_COPIED = 200


class PublishForm(forms.Form):
    change_note = forms.CharField(
        max_length=4000,
        label="What has changed",
        help_text="Cohorts and regulators read it. For the first edition: what it holds.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    effective_from = forms.DateField(
        label="Takes effect on",
        help_text="Cohorts can adopt it from this day on.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    leave_out_drafts = forms.BooleanField(
        required=False,
        label="Leave unpublished pages and changes out of this edition",
        help_text="Otherwise they must be published first.",
    )

    def clean_effective_from(self) -> date:
        day = self.cleaned_data["effective_from"]
        if abs(day - date.today()) > 5 * A_YEAR:
            raise forms.ValidationError("Choose a day within five years of today.")
        return day


class CheckForm(forms.Form):
    """Whether the pages of a large program are to be read now."""

    check = forms.BooleanField(required=False)


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        max_length=2000,
        label="What was wrong",
        help_text="Kept with the edition. Readers see it beside the text.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_safety = forms.BooleanField(
        required=False,
        label="It concerns safety",
        help_text="Everybody who has completed the text or is reading it gets a mail, graduates too.",
    )
    also = forms.MultipleChoiceField(
        required=False,
        label="Correct it in these editions too",
        help_text="They say the same as this one.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, same: Sequence[EditionItem] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self._same = {str(item.pk): item for item in same}
        if self._same:
            self.fields["also"].choices = [(pk, f"Edition {item.edition.number}") for pk, item in self._same.items()]
            self.fields["also"].initial = list(self._same)
        else:
            del self.fields["also"]

    def clean_also(self) -> list[EditionItem]:
        return [self._same[pk] for pk in self.cleaned_data["also"]]


class WordsForm(forms.Form):
    """What to look for in the editions, and what should stand there. A plain GET: it changes nothing."""

    old = forms.CharField(max_length=300, label="Words that are wrong", help_text="Exactly as they are written.")
    new = forms.CharField(max_length=300, label="Words in their place")

    def clean(self):
        words = super().clean()
        if words.get("old") and words.get("old") == words.get("new"):
            self.add_error("new", "These are the same words.")
        return words


class ReplaceForm(forms.Form):
    """The act itself: `old`, `new` and `seen` carry what the preview showed."""

    old = forms.CharField(max_length=300, widget=forms.HiddenInput)
    new = forms.CharField(max_length=300, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = CorrectionForm.base_fields["reason"]
    is_safety = CorrectionForm.base_fields["is_safety"]


class CopyPagesForm(CopyForm):
    """Wagtail's, without aliases (an activity stands in one place), and for as many pages as can be copied at once."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)

    def clean(self):
        cleaned = super().clean()
        count = self.page.get_descendants(inclusive=True).count()
        if cleaned.get("copy_subpages") and count > MOST_COPIED:
            self.add_error(
                "copy_subpages",
                f"“{self.page.title}” and what stands below it are {count} pages; at most {MOST_COPIED} are copied at once. "
                "Nothing was copied. Copy its parts one by one, or the page without its subpages.",
            )
        return cleaned


class DocumentForm(BaseDocumentForm):
    """Every upload of a document in the CMS: a file is taken when its bytes are what its name says."""

    def clean_file(self):
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            fault = fault_of_size(file.size, file.name) or fault_of(file, file.name)
            file.seek(0)
            if fault:
                raise forms.ValidationError(fault)
        return file


class RegulatorForm(forms.Form):
    regulator = forms.CharField(max_length=200, label="Regulator", help_text="Such as: Oregon Health Authority.")
    kind = forms.ChoiceField(label="What happened", choices=RegulatorStepKind.choices, widget=forms.RadioSelect)
    on = forms.DateField(label="On", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reference = forms.CharField(
        max_length=200, required=False, label="Reference", help_text="Number or name of the letter."
    )
    note = forms.CharField(max_length=2000, required=False, label="Note", widget=forms.Textarea(attrs={"rows": 3}))

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if not date(2000, 1, 1) <= on <= date.today():
            raise forms.ValidationError("Choose a day that has come, from the year 2000 on.")
        return on


class AcceptanceForm(forms.Form):
    needed = forms.BooleanField(
        required=False,
        label="A new cohort may use an edition only once a regulator has accepted it",
        help_text="The same holds for adopting a later edition. What cohorts read already stays.",
    )
