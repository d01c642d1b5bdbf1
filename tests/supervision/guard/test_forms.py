"""Every free text of supervision goes through the guard, and a declaration is kept with who said so."""

import importlib
import pkgutil

import pytest
from django import forms
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import supervision
from lms.audit.models import AuditEntry
from supervision.forms.guarded import GuardedField, GuardedForm
from supervision.guard.declaring import sha256_of_words
from supervision.models import GuardDeclaration, PracticeLog
from tests.factories.supervision import make_draft, make_submitted
from tests.supervision.test_practice_pages import visit
from tests.web import post, text_of

pytestmark = pytest.mark.django_db

# Character fields that hold no free text, by form and name, each with its reason.
NO_FREE_TEXT = {
    ("DecisionForm", "seen"): "a fingerprint of 64 letters and digits",
    ("SignedDecisionForm", "seen"): "the same",
    ("ConfirmForm", "seen"): "the same",
    ("ProposeLieuForm", "seen"): "the same",
    ("AnswerLieuForm", "seen"): "the same",
    ("DraftForm", "draft_key"): "an id that the browser drew",
    ("RedactForm", "words"): "words to be removed: compared, and not kept",
    ("RedactForm", "seen"): "a fingerprint of 64 letters and digits",
    ("ExportCodeForm", "code"): "the id of a file, looked up and not kept",
    # Papers of a supervisor, and what directors write about her: no client is near.
    **{
        (form, name): "a supervisor's own paper"
        for form in ("QualificationForm", "LicenceForm", "RecordSupervisorForm", "OwnLicenceForm")
        for name in ("authority", "number")
    },
    ("ReturnForm", "reason"): "hard stops only: nobody without an account declares words",
    ("ReturnForm", "seen"): "a fingerprint of 64 letters and digits",
    ("ReturnSessionForm", "reason"): "hard stops only: nobody without an account declares words",
    ("ReturnSessionForm", "seen"): "a fingerprint of 64 letters and digits",
    ("TokenForm", "token"): "the secret of a link, looked up and not kept",
    ("CodeForm", "code"): "the code from the mail, compared and not kept",
    ("RecordSupervisorForm", "name"): "the name of a supervisor",
    ("VerifyForm", "how"): "how staff verified a supervisor",
    ("VerifyForm", "address"): "the address that was shown",
    ("StopForm", "reason"): "why a supervisor signs no more, for directors",
}


def every_form() -> list[type[forms.Form]]:
    for module in pkgutil.walk_packages(supervision.__path__, "supervision."):
        if "form" in module.name:
            importlib.import_module(module.name)

    def below(form):
        for child in form.__subclasses__():
            yield child
            yield from below(child)

    ours = {form for form in below(forms.BaseForm) if form.__module__.startswith("supervision.")}
    return sorted(ours, key=lambda form: form.__name__)


def test_every_free_text_of_supervision_is_guarded():
    assert len(every_form()) > 8
    loose = [
        (form.__name__, name)
        for form in every_form()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, forms.EmailField)
        and not (isinstance(field, GuardedField) and issubclass(form, GuardedForm))
        and (form.__name__, name) not in NO_FREE_TEXT
    ]
    assert loose == []


class Note(GuardedForm):
    note = GuardedField(required=False)
    clinic = GuardedField(required=False, asks_for_names=True)


def sent(**data):
    form = Note(data)
    return form, form.is_valid()


def test_a_name_is_stopped_until_it_is_declared_with_a_reason():
    form, is_valid = sent(note="I sat with Sarah Whitfield.")
    assert not is_valid
    (sentence,) = form.errors["note"]
    assert "“Sarah Whitfield” looks like a name" in sentence
    assert "say so below" in sentence
    assert form["note"].asks
    form, is_valid = sent(note="I sat with Sarah Whitfield.", **{"note-declared": "on"})
    assert form.errors["note"] == ["Say in a few words why this is not about a client."]
    form, is_valid = sent(
        note="I sat with Sarah Whitfield.", **{"note-declared": "on", "note-why": "a teacher of mine"}
    )
    assert is_valid
    (declaration,) = form.declared
    assert (declaration.field, declaration.kind, declaration.reason) == ("note", "name", "a teacher of mine")
    assert declaration.sha256 == sha256_of_words("sarah  WHITFIELD")


@pytest.mark.parametrize(
    "text",
    ["call 303-555-0142", "a@example.org", "SSN 123-45-6789", "MRN 4829134", "https://a.example", "on 3/14/2026"],
)
def test_no_declaration_lets_a_hard_stop_pass(text):
    form, is_valid = sent(note=text, **{"note-declared": "on", "note-why": "not a client"})
    assert not is_valid
    assert not form["note"].asks
    assert form.declared == ()


def test_the_reason_itself_is_guarded():
    form, is_valid = sent(note="Dr. Okonkwo came.", **{"note-declared": "on", "note-why": "reach her at 303-555-0142"})
    assert not is_valid
    assert form.errors["note"][0].startswith("In the reason: “303-555-0142”")


def test_a_field_that_asks_for_a_colleagues_name_takes_names_and_no_numbers():
    assert sent(clinic="Miriam Adler, PhD")[1]
    assert not sent(clinic="Miriam Adler, 303-555-0142")[1]


@pytest.fixture
def mine(cast, placement):
    return cast.client("trainee")


REFLECTION = "Dr. Okonkwo’s lecture helped me to wait."
DECLARED = {"reflection-declared": "on", "reflection-why": "lecturer of the course"}


def test_a_reflection_with_a_declared_name_is_kept_and_the_reviewer_reads_why(cast, placement, mine):
    response = post(mine, reverse("practice_new"), **visit(placement, reflection=REFLECTION))
    assert response.status_code == 422
    assert "looks like a name" in text_of(response)
    assert "This is not about a client" in text_of(response)
    post(mine, reverse("practice_new"), **visit(placement, reflection=REFLECTION, then="send", **DECLARED))
    log = PracticeLog.objects.get()
    row = GuardDeclaration.objects.get()
    assert (row.subject_id, row.field, row.kind, row.by) == (log.pk, "reflection", "name", cast.trainee)
    assert row.sha256 == sha256_of_words("Dr. Okonkwo")
    page = text_of(cast.client("supervisor").get(reverse("review_entry", args=[log.pk])))
    assert "Declared not to be about a client" in page
    assert "“Dr. Okonkwo” (looks like a name): lecturer of the course" in page


def test_what_was_declared_need_not_be_said_again_for_the_same_words(cast, placement, mine):
    post(mine, reverse("practice_new"), **visit(placement, reflection=REFLECTION, **DECLARED))
    log = PracticeLog.objects.get()
    again = visit(placement, reflection=REFLECTION + " And to breathe.", version=log.version)
    assert post(mine, reverse("practice_edit", args=[log.pk]), **again).status_code == 302
    other = visit(placement, reflection=REFLECTION + " So did Ingrid.", version=log.version + 1)
    assert post(mine, reverse("practice_edit", args=[log.pk]), **other).status_code == 422


def test_a_declaration_is_audited_without_its_words_and_never_changed(cast, placement, mine):
    post(mine, reverse("practice_new"), **visit(placement, reflection=REFLECTION, **DECLARED))
    entry = AuditEntry.objects.get(action="supervision.words.declared")
    assert entry.data["kinds"] == ["name"]
    assert "Okonkwo" not in str(entry.data)
    row = GuardDeclaration.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        GuardDeclaration.objects.filter(pk=row.pk).update(kind="place")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


def test_the_page_of_an_entry_asks_for_its_declarations_once(cast, placement):
    log = make_submitted(placement)
    client = cast.client("supervisor")
    url = reverse("review_entry", args=[log.pk])
    client.get(url)  # what a process remembers is remembered by now
    counts = []
    for wanted in (1, 3):
        while GuardDeclaration.objects.count() < wanted:
            GuardDeclaration.objects.create(
                subject_type="supervision.practicelog",
                subject_id=log.pk,
                field="reflection",
                kind="name",
                sha256=str(GuardDeclaration.objects.count()),
                by=cast.trainee,
            )
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_draft_is_written_with_its_guard_beside_the_field(cast, placement, mine):
    log = make_draft(placement)
    page = mine.get(reverse("practice_edit", args=[log.pk])).content.decode()
    assert f'data-guard="{reverse("guard_rules")}"' in page
    assert "data-guard-says" in page
    assert "js/guard" in page
