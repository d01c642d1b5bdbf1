"""Words that a reviewer takes out: they are gone from every copy, the rest stays as it was signed, and nobody else may."""

import json
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from lms.accounts.actions import raise_barrier
from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from lms.fields import EncryptedTextField
from supervision.actions import redaction
from supervision.actions.declaration import declare_words
from supervision.actions.draft import DraftIsNewer, save_unfinished
from supervision.actions.practice import correct_log, edit_log, retract_log, submit_log
from supervision.actions.program import verify_log
from supervision.actions.redaction import redact as take_out
from supervision.actions.review import EntryChanged
from supervision.enums import LOCKED, LogState, RedactedPart
from supervision.exports import actions as exporting
from supervision.guard import identifiers_in
from supervision.guard.declaring import Declaration, sha256_of_words
from supervision.guard.kinds import REMOVED
from supervision.models import (
    ExportFile,
    ExportRecord,
    GuardDeclaration,
    LogMove,
    PracticeLog,
    Redaction,
    SignOff,
    UnfinishedDraft,
)
from supervision.queries.practice import full_logs, visit_of
from supervision.queries.review import content_hash
from supervision.rules.redaction import remover, tombstone
from tests.cast import make_cast
from tests.factories.enrolment import grant_faculty
from tests.factories.supervision import (
    approve,
    make_approved,
    make_draft,
    make_export,
    make_placement,
    make_returned,
    make_submitted,
    seen,
)
from tests.guards import without_trigger
from tests.jobs import drain
from tests.races import all_look_first, at_once, needs_two_writers
from tests.web import post, text_of

NAME = "Sarah Whitfield"
REFLECTION = f"I sat with {NAME} and kept quiet. It was enough."
STONE = "[Removed by the reviewer: a name, 23 Nov 2026]"
KEY = UUID(int=7)


def fresh(log):
    return full_logs().get(pk=log.pk)


def redact(log, by=None, words=NAME, kind="name", **fields):
    log = fresh(log)
    fields = {"seen": seen(log)} | fields
    return take_out(log, by=by or log.placement.supervisor.person, words=words, kind=kind, **fields)


def every_text() -> list[str]:
    """All sealed texts of the app, in clear."""
    return [
        text
        for model in apps.get_app_config("supervision").get_models()
        for field in model._meta.fields
        if isinstance(field, EncryptedTextField)
        for text in model.objects.values_list(field.name, flat=True)
    ]


def holding(words: str) -> int:
    return sum(words.lower() in " ".join(text.split()).lower() for text in every_text())


def make_copied(placement) -> tuple[PracticeLog, PracticeLog]:
    """An entry whose words were copied everywhere: returned with a reason, sent again, approved, verified, being corrected."""
    log = make_returned(placement, reason=f"Do not write {NAME}.", reflection=REFLECTION)
    approve(submit_log(fresh(log), by=placement.trainee))
    correction = correct_log(fresh(log), by=placement.trainee)
    declared = [Declaration("reflection", "name", sha256_of_words(NAME), f"{NAME} is a teacher of mine")]
    declare_words(log, declared, by=placement.trainee)
    typed = {"reflection": [f"Again sarah\nwhitfield {NAME}."], "role": ["observer"]}
    save_unfinished(placement.enrolment, key=KEY, sequence=3, typed=typed, by=placement.trainee)
    make_export(placement.enrolment)
    return log, correction


# The copies


def test_the_words_are_gone_from_every_copy_and_a_tombstone_stands_in_their_place(placement):
    log, correction = make_copied(placement)
    make_export(placement.enrolment, "weeks")
    assert (
        holding(NAME) == 7
    )  # two reflections, a reason, two signatures, a declaration, a draft; and a file, in base 64
    assert ExportFile.objects.count() == 2
    redact(log)
    assert holding(NAME) == 0
    left = REFLECTION.replace(NAME, STONE)
    assert [fresh(one).reflection for one in (log, correction)] == [left, left]
    assert LogMove.objects.get(log=log, new="returned").reason == f"Do not write {STONE}."
    assert {json.loads(row.content)["reflection"] for row in SignOff.objects.all()} == {left}
    typed = json.loads(UnfinishedDraft.objects.get().typed)
    assert typed == {"reflection": [f"Again {STONE} {STONE}."], "role": ["observer"]}
    declared = GuardDeclaration.objects.get()
    assert (declared.reason, sha256_of_words(NAME) in declared.sha256) == (STONE, False)
    assert [file.record.kind for file in ExportFile.objects.all()] == ["weeks"]  # it holds no reflection
    assert ExportRecord.objects.count() == 2
    copies = {row.log_id: row.copies for row in Redaction.objects.all()}
    assert copies == {log.pk: {"entry": 1, "reasons": 1, "signatures": 2, "declared": 1}, correction.pk: {"entry": 1}}


def test_a_redaction_of_the_correction_reaches_what_it_corrects_and_the_other_entries_stay(placement):
    log, correction = make_copied(placement)
    other = make_approved(placement, reflection=REFLECTION)
    submit_log(fresh(correction), by=placement.trainee)
    redact(correction)
    assert NAME not in fresh(log).reflection
    assert fresh(other).reflection == REFLECTION
    assert not fresh(other).redactions.exists()


def test_what_was_signed_keeps_its_hash_and_everything_else(placement):
    log = make_approved(placement, reflection=REFLECTION)
    before = SignOff.objects.get()
    old = PracticeLog.objects.filter(pk=log.pk).values().get()
    redact(log)
    signed = SignOff.objects.get()
    assert (signed.sha256, signed.signed_at, signed.version) == (before.sha256, before.signed_at, before.version)
    assert content_hash(signed.content) != signed.sha256 == content_hash(before.content)
    assert json.loads(signed.content) == json.loads(before.content) | {"reflection": fresh(log).reflection}
    new = PracticeLog.objects.filter(pk=log.pk).values().get()
    assert {name for name in old if old[name] != new[name]} == {"reflection", "redaction_id"}


def test_words_of_an_earlier_version_are_gone_from_its_signature_too(placement):
    log = make_returned(placement, reflection=REFLECTION)
    visit = replace(visit_of(fresh(log)), reflection="I kept quiet.")
    edit_log(fresh(log), visit, placement=placement, by=placement.trainee, version=log.version)
    submit_log(fresh(log), by=placement.trainee)
    redact(log)
    assert (holding(NAME), fresh(log).reflection) == (0, "I kept quiet.")


def test_a_whole_reflection_goes_as_it_stands_and_as_it_was_signed(placement):
    log, correction = make_copied(placement)
    redact(log, part=RedactedPart.REFLECTION, words="", kind="other")
    stone = tombstone("other", date(2026, 11, 23))
    assert [fresh(one).reflection for one in (log, correction)] == [stone, stone]
    assert {json.loads(row.content)["reflection"] for row in SignOff.objects.all()} == {stone}
    assert LogMove.objects.get(log=log, new="returned").reason == f"Do not write {NAME}."


def test_a_whole_reason_goes_and_the_reflection_stays(placement):
    log = make_returned(placement, reason="Her sister works at the bakery.", reflection=REFLECTION)
    move = LogMove.objects.get(log=log, new=LogState.RETURNED)
    redact(log, part=RedactedPart.REASON, words="", kind="other", move=move)
    move.refresh_from_db()
    assert move.reason == tombstone("other", date(2026, 11, 23))
    assert fresh(log).reflection == REFLECTION


def test_a_reason_of_another_entry_is_not_taken(placement):
    log, other = make_returned(placement), make_returned(placement)
    with pytest.raises(Refusal, match="do not stand"):
        redact(log, part=RedactedPart.REASON, words="", move=LogMove.objects.get(log=other, new=LogState.RETURNED))


def test_a_file_that_is_drawn_meanwhile_is_drawn_again_without_the_words(placement, monkeypatch):
    log = make_submitted(placement, reflection=REFLECTION)
    write_file, drawn = exporting.write_file, []

    def redact_meanwhile(kind, file_type, entries, *args, **kwargs):
        drawn.append([entry.reflection for entry in entries.entries])
        if len(drawn) == 1:
            redact(log)
        return write_file(kind, file_type, entries, *args, **kwargs)

    monkeypatch.setattr(exporting, "write_file", redact_meanwhile)
    make_export(placement.enrolment)
    assert drawn == [[REFLECTION], [REFLECTION.replace(NAME, STONE)]]
    assert STONE.encode() in exporting.bytes_of(ExportFile.objects.get())


# The rule, apart from the database


@pytest.mark.parametrize(
    ("words", "text", "left"),
    [
        ("Ann Lee", "ann  LEE and Ann\r\nLee", "# and #"),
        ("Ann", "Joann, Annex, (Ann) Ann-Marie", "Joann, Annex, (#) #-Marie"),
        ("(555) 0142", "at (555) 0142.", "at #."),
        ("name", f"{STONE} name", f"{STONE} #"),
        ("a.b", "axb a.b", "axb #"),
    ],
)
def test_whole_words_are_found_in_any_case_and_spacing_and_never_in_a_tombstone(words, text, left):
    assert remover(words, "#")(text) == left


@pytest.mark.parametrize("kind", [kind for kind, _ in REMOVED])
def test_a_tombstone_is_no_patient_data(kind):
    assert identifiers_in(f"I sat. {tombstone(kind, date(2026, 1, 2))} She slept.") == []


# Who may, and when


@pytest.mark.parametrize("who", ["supervisor", "director"])
@pytest.mark.parametrize("make", [make_submitted, make_returned, make_approved])
def test_whoever_decides_and_directors_remove_words(cast, placement, who, make):
    log = make(placement, reflection=REFLECTION)
    state = fresh(log).state
    row = redact(log, by=getattr(cast, who))
    assert (row.by, row.kind, row.part) == (getattr(cast, who), "name", "words")
    assert (fresh(log).state, NAME in fresh(log).reflection) == (state, False)


@pytest.mark.parametrize(
    "who", ["trainee", "other_trainee", "other_supervisor", "faculty", "other_faculty", "registrar"]
)
def test_nobody_else_does(cast, placement, who):
    grant_faculty(cast.faculty, placement.enrolment.cohort)
    log = make_submitted(placement, reflection=REFLECTION)
    with pytest.raises(Refusal, match="Only whoever decides"):
        redact(log, by=getattr(cast, who))
    assert fresh(log).reflection == REFLECTION


@pytest.mark.parametrize("who", ["supervisor", "director"])
def test_a_barrier_keeps_from_it(cast, placement, who):
    log = make_submitted(placement, reflection=REFLECTION)
    raise_barrier(cast.trainee, getattr(cast, who), by=cast.second_director, reason="A conflict.")
    with pytest.raises(Refusal, match="Only whoever decides"):
        redact(log, by=getattr(cast, who))


def test_a_director_removes_nothing_from_her_own_entry(cast):
    placement = make_placement(cast.director, cast.supervisor)
    log = make_submitted(placement, reflection=REFLECTION)
    with pytest.raises(Refusal, match="Only whoever decides"):
        redact(log, by=cast.director)


def test_a_draft_is_its_writers_alone(cast, placement):
    for log in (
        make_draft(placement, reflection=REFLECTION),
        retract_log(make_submitted(placement, reflection=REFLECTION), by=cast.trainee),
    ):
        with pytest.raises(Refusal, match="Only whoever decides"):
            redact(log, by=cast.director)


@pytest.mark.parametrize("words", ["", " ", ".", "a", "Sarah Whitfields", "x" * 5000])
def test_words_that_do_not_stand_there_are_refused(placement, words):
    log = make_submitted(placement, reflection=REFLECTION)
    with pytest.raises(Refusal):
        redact(log, words=words)
    assert not Redaction.objects.exists()


def test_an_unfinished_draft_alone_tells_a_reviewer_nothing(placement):
    log = make_submitted(placement, reflection="I kept quiet.")
    save_unfinished(placement.enrolment, key=KEY, sequence=1, typed={"reflection": [NAME]}, by=placement.trainee)
    with pytest.raises(Refusal, match="do not stand"):
        redact(log)
    assert holding(NAME) == 1


# What was open meanwhile


def test_no_window_that_still_shows_the_words_brings_them_back(placement):
    log = make_returned(placement, reflection=REFLECTION)
    before = fresh(log)
    save_unfinished(placement.enrolment, key=KEY, sequence=3, typed={"reflection": [NAME]}, by=placement.trainee)
    redact(log)
    with pytest.raises(Refusal, match="changed in another window"):
        edit_log(before, visit_of(before), placement=placement, by=placement.trainee, version=before.version)
    with pytest.raises(DraftIsNewer):
        save_unfinished(placement.enrolment, key=KEY, sequence=4, typed={"reflection": [NAME]}, by=placement.trainee)
    assert holding(NAME) == 0


def test_a_decision_and_a_second_removal_over_the_old_words_are_refused(placement):
    log = make_submitted(placement, reflection=REFLECTION)
    read = seen(log)
    redact(log)
    with pytest.raises(EntryChanged):
        redaction.redact(fresh(log), by=placement.supervisor.person, words="kept quiet", kind="other", seen=read)
    with pytest.raises(Refusal, match="do not stand"):
        redact(log)
    approve(fresh(log))
    assert verify_log(fresh(log), by=User.objects.get(email="director@example.org")).state in LOCKED


def test_a_returned_entry_with_a_tombstone_is_sent_and_approved(placement):
    log = make_returned(placement, reflection=REFLECTION)
    redact(log)
    log = fresh(log)
    edit_log(log, visit_of(log), placement=placement, by=placement.trainee, version=log.version)
    assert approve(submit_log(fresh(log), by=placement.trainee)).state == LogState.APPROVED


# Audit and mail


def test_it_is_audited_without_the_words_and_told_in_neutral_words(cast, placement):
    log, correction = make_copied(placement)
    redact(log, by=cast.director)
    rows = AuditEntry.objects.filter(action="supervision.log.redacted").order_by("id")
    assert {row.object_id for row in rows} == {str(log.pk), str(correction.pk)}
    assert all(row.actor == cast.director and "Whitfield" not in str(row.data) for row in rows)
    assert [row.data["copies"].get("drafts") for row in rows if row.object_id == str(log.pk)] == [1]
    drain()
    (sent,) = [one for one in mail.outbox if one.to == [cast.trainee.email] and "were removed" in one.subject]
    assert NAME not in sent.body
    assert f"/practice/{log.pk}/" in sent.body


# The database


CHANGES = {
    "supervision_practicelog": lambda log: PracticeLog.objects.filter(pk=log.pk).update(reflection="x"),
    "supervision_logmove": lambda log: LogMove.objects.filter(log=log).update(reason="x"),
    "supervision_signoff": lambda log: SignOff.objects.filter(log=log).update(content="{}"),
    "supervision_guarddeclaration": lambda log: GuardDeclaration.objects.update(sha256="x"),
}


@pytest.mark.parametrize("table", CHANGES)
def test_texts_that_are_closed_change_by_a_new_redaction_alone(placement, table):
    log, _ = make_copied(placement)
    for redacted in (False, True):
        if redacted:
            redact(log)
        with pytest.raises(IntegrityError), transaction.atomic():
            CHANGES[table](log)
    with without_trigger(table, "redaction"):
        assert CHANGES[table](log) >= 1


def test_a_redaction_of_another_entry_opens_nothing(placement):
    log, other = make_approved(placement, reflection=REFLECTION), make_approved(placement, reflection=REFLECTION)
    row = redact(other)
    for rows, change in (
        (PracticeLog.objects.filter(pk=log.pk), {"reflection": "x"}),
        (SignOff.objects.filter(log=log), {"content": "{}"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(redaction=row, **change)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.filter(log=other).update(printed_name="X", redaction=row)
    for change in (
        lambda: Redaction.objects.update(kind="other"),
        lambda: Redaction.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# Pages


def test_a_supervisor_removes_what_the_guard_found_and_both_read_of_it(cast, placement, signer):
    log = make_submitted(placement, reflection=REFLECTION)
    url = reverse("practice_redact", args=[log.pk])
    assert url in signer.get(reverse("review_entry", args=[log.pk])).content.decode()
    page = signer.get(url)
    assert (page.context["form"]["words"].value(), page.context["form"]["kind"].value()) == (NAME, "name")
    sending = {"part": "words", "words": NAME, "kind": "name", "seen": seen(log)}
    for missing in (
        {"sure": ""},
        {"sure": "on", "words": ""},
        {"sure": "on", "kind": ""},
        {"sure": "on", "words": "Nobody"},
    ):
        assert post(signer, url, **sending | missing).status_code == 422
    page = text_of(post(signer, url, **sending, sure="on", follow=True))
    assert STONE in page
    assert "The words are removed" in page
    own = text_of(cast.client("trainee").get(reverse("practice_detail", args=[log.pk])))
    assert "Removed: a name" in own
    assert STONE in own
    assert "Remove patient data" not in own


def test_where_only_words_can_go_nothing_is_to_be_chosen(cast, placement):
    log = make_submitted(placement)
    director, url = cast.client("director"), reverse("practice_redact", args=[log.pk])
    page = director.get(url)
    assert "What is to be removed" not in text_of(page)
    assert "The words, if only some go" not in text_of(page)
    sent = {"part": "words", "kind": "name", "sure": "on", "seen": page.context["form"]["seen"].value()}
    assert "Copy the words that are to be removed." in text_of(post(director, url, words="", **sent))
    assert "These words do not stand here." in text_of(post(director, url, words=NAME, **sent))


def test_a_signature_says_that_words_were_removed_after_it(cast, placement):
    log = make_approved(placement, reflection=REFLECTION)
    director = cast.client("director")
    url = reverse("practice_detail", args=[log.pk])
    assert "Remove patient data" in text_of(director.get(url))
    post(
        director,
        reverse("practice_redact", args=[log.pk]),
        part="reflection",
        words="",
        kind="other",
        sure="on",
        seen=seen(log),
    )
    page = text_of(director.get(url))
    assert "after this was signed" in page
    assert NAME not in page


# At once


@pytest.fixture
def raced(transactional_db):
    cast = make_cast()
    return make_placement(cast.trainee, cast.supervisor)


THREADS = 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_removals_at_once_one_is_written(raced):
    log = make_approved(raced, reflection=REFLECTION)
    read = seen(log)
    outcomes = at_once(THREADS, lambda number: redact(log, seen=read))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["EntryChanged"] * (THREADS - 1) + ["Redaction"]
    assert (Redaction.objects.count(), holding(NAME)) == (1, 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(2))
def test_whatever_is_done_with_the_entry_at_the_same_time_the_words_are_gone(raced, round_number):
    log = make_returned(raced, reflection=REFLECTION)
    before, read, trainee = fresh(log), seen(log), raced.trainee
    save_unfinished(raced.enrolment, key=KEY, sequence=1, typed={"reflection": [NAME]}, by=trainee)
    acts = [
        lambda: edit_log(before, visit_of(before), placement=raced, by=trainee, version=before.version),
        lambda: redact(log, seen=read),
        lambda: save_unfinished(raced.enrolment, key=KEY, sequence=2, typed={"reflection": [NAME]}, by=trainee),
    ]
    at_once(len(acts), lambda number: acts[number]())
    if not Redaction.objects.exists():  # the edit was first, and the reviewer has read something else
        redact(log)
    assert holding(NAME) == 0


@needs_two_writers
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_words_would_be_removed_several_times(raced, monkeypatch):
    log = make_approved(raced, reflection=REFLECTION)
    read = seen(log)
    monkeypatch.setattr(redaction, "lock_person", lambda enrolment: enrolment)
    monkeypatch.setattr(redaction, "lock_logs", lambda pks: list(full_logs().filter(pk__in=pks)))
    monkeypatch.setattr(redaction, "_changes_of", all_look_first(redaction._changes_of, THREADS))
    with without_trigger("supervision_signoff", "redaction"), without_trigger("supervision_practicelog", "redaction"):
        at_once(THREADS, lambda number: redact(log, seen=read))
    assert Redaction.objects.count() == THREADS
