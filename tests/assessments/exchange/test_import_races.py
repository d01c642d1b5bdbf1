"""Importing at once: one set of questions exists. Each guard with its control, in which it is taken away."""

import pytest
from django.db import IntegrityError
from wagtail.models import Revision

from assessments.enums import ImportState
from assessments.exchange import actions
from assessments.exchange.actions import BankHasChanged, apply_import, read_file
from assessments.exchange.planning import fingerprint_of
from assessments.exchange.queries import drafts_of, plan_against, plan_of, revisions_of
from assessments.models import Question, QuestionImport
from lms.audit.models import AuditEntry
from tests.assessments.test_races import without_triggers
from tests.cast import make_cast
from tests.races import at_once, meeting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TIMES = 8
HEAD = "key,kind,question,right,option_1,option_2,feedback\n"
KEYS = [f"k{number}" for number in range(10)]


def table(feedback: str, *, keys=KEYS) -> bytes:
    return (HEAD + "".join(f"{key},single,What first?,1,Airway,Wait,{feedback}\n" for key in keys)).encode()


def report(content: bytes, by) -> tuple[QuestionImport, str]:
    """A file that was read, and the fingerprint of its report as the page carries it."""
    import_ = read_file(content, "table", topic="Airway", by=by)
    return import_, fingerprint_of(*plan_of(import_))


def imported(content: bytes, by) -> None:
    import_, fingerprint = report(content, by)
    apply_import(import_, fingerprint=fingerprint, by=by)


def audited() -> int:
    return AuditEntry.objects.filter(action="assessments.questions.imported").count()


@pytest.fixture
def people(transactional_db):
    return make_cast()


def all_look_first(monkeypatch, times: int) -> None:
    """From here on, nobody writes before everybody has made the plan."""
    monkeypatch.setattr(actions, "fingerprint_of", meeting(fingerprint_of, times))


def test_of_one_import_that_many_apply_at_once_one_set_of_questions_exists(people, monkeypatch):
    import_, fingerprint = report(table("Because."), people.director)
    all_look_first(monkeypatch, TIMES)
    outcomes = at_once(TIMES, lambda number: apply_import(import_, fingerprint=fingerprint, by=people.director).pk)
    assert set(outcomes) == {import_.pk}
    assert sorted(Question.objects.values_list("key", flat=True)) == KEYS
    assert (Revision.objects.count(), audited()) == (len(KEYS), 1)


def test_of_one_import_that_many_apply_at_once_each_question_is_changed_once(people, monkeypatch):
    imported(table("Before."), people.director)
    import_, fingerprint = report(table("After."), people.director)
    all_look_first(monkeypatch, TIMES)
    outcomes = at_once(TIMES, lambda number: apply_import(import_, fingerprint=fingerprint, by=people.director).pk)
    assert set(outcomes) == {import_.pk}
    assert (Revision.objects.count(), audited()) == (2 * len(KEYS), 2)


@pytest.mark.parametrize("before", ["", "Before."])
def test_of_two_imports_with_the_same_questions_one_is_imported_whole(people, monkeypatch, before):
    """Whether the questions are new or changed, and in whatever order the files name them."""
    if before:
        imported(table(before), people.faculty)
    by = [people.director, people.second_director]
    reports = [report(table("Of one."), by[0]), report(table("Of two.", keys=KEYS[::-1]), by[1])]
    all_look_first(monkeypatch, 2)
    outcomes = at_once(2, lambda n: apply_import(reports[n][0], fingerprint=reports[n][1], by=by[n]))
    assert {type(outcome) for outcome in outcomes} == {QuestionImport, BankHasChanged}
    assert len({question.feedback for question in Question.objects.all()}) == 1
    assert sorted(Question.objects.values_list("key", flat=True)) == KEYS
    assert QuestionImport.objects.exclude(applied_at=None).count() == audited() == (2 if before else 1)


# Controls: both have looked before either writes, by an order that is set here ----------------------------------------


def looked(import_: QuestionImport) -> dict:
    drafts = drafts_of(import_)
    plan, _ = plan_against(import_, drafts)
    questions = [actions._written(i.portable, drafts.get(i.portable.key)) for i in plan if i.state in actions.SAVED]
    return {"plan": plan, "questions": questions, "seen": revisions_of(drafts)}


def test_control_without_the_guards_one_import_is_applied_twice(people, monkeypatch):
    imported(table("Before."), people.director)
    import_, _ = report(table("After."), people.director)
    first, second = looked(import_), looked(import_)
    monkeypatch.setattr(actions, "_locked", lambda import_: import_)
    monkeypatch.setattr(actions, "_revisions_now", lambda plan: first["seen"])
    with without_triggers("assessments_questionimport", "frozen_when"):
        for found in (first, second):
            import_.state, import_.applied_at = ImportState.READ, None  # as it was when it was looked at
            actions._save_all(import_, **found, by=people.director)
    assert (Revision.objects.count(), audited()) == (3 * len(KEYS), 3)


def test_control_with_the_lock_the_second_finds_the_import_applied(people):
    imported(table("Before."), people.director)
    import_, _ = report(table("After."), people.director)
    for found in (looked(import_), looked(import_)):
        actions._save_all(import_, **found, by=people.director)
    assert (Revision.objects.count(), audited()) == (2 * len(KEYS), 2)


@pytest.mark.parametrize("guarded", [True, False])
def test_control_without_the_second_look_one_import_overwrites_the_other(people, monkeypatch, guarded):
    imported(table("Before."), people.faculty)
    imports = [report(table(text), by)[0] for text, by in (("One.", people.director), ("Two.", people.second_director))]
    found = [looked(import_) for import_ in imports]
    if not guarded:
        monkeypatch.setattr(actions, "_revisions_now", lambda plan: found[0]["seen"])
    actions._save_all(imports[0], **found[0], by=people.director)
    if guarded:
        with pytest.raises(BankHasChanged):
            actions._save_all(imports[1], **found[1], by=people.second_director)
    else:
        actions._save_all(imports[1], **found[1], by=people.second_director)
    assert Revision.objects.count() == (2 if guarded else 3) * len(KEYS)


def test_control_without_the_second_look_the_constraint_keeps_each_key_once(people, monkeypatch):
    imports = [report(table(text), by)[0] for text, by in (("One.", people.director), ("Two.", people.second_director))]
    found = [looked(import_) for import_ in imports]
    monkeypatch.setattr(actions, "_revisions_now", lambda plan: {})
    actions._save_all(imports[0], **found[0], by=people.director)
    with pytest.raises(IntegrityError):
        actions._save_all(imports[1], **found[1], by=people.second_director)
    assert {question.feedback for question in Question.objects.all()} == {"One."}
    assert (Question.objects.count(), audited()) == (len(KEYS), 1)
