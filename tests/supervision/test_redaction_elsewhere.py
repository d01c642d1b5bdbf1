"""Words taken out of prior hours, sessions, reasons and disputes: by the one act, wherever a copy lies."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from lms.accounts.actions import end_role, grant_role, raise_barrier
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.disputes.actions import decide_dispute
from lms.errors import Refusal
from lms.notices.models import Notice
from supervision.actions import redaction
from supervision.actions.declaration import declare_words
from supervision.actions.dispute import dispute_return
from supervision.actions.lapse import annul_lapse, decide_cases
from supervision.actions.lieu import propose_attestation, refuse_attestation
from supervision.actions.prior import amend_prior_hours
from supervision.actions.program import unapprove_log
from supervision.actions.redaction import redact
from supervision.actions.review import EntryChanged
from supervision.enums import LapseDecision, RedactedPart
from supervision.guard.declaring import Declaration, sha256_of_words
from supervision.models import (
    AttendanceMove,
    Attestation,
    ExportFile,
    GuardDeclaration,
    LapseCase,
    LogMove,
    PriorHours,
    PriorMove,
    QualificationLapse,
    Redaction,
    SessionSignature,
    SupervisionSession,
)
from supervision.queries.practice import full_logs
from supervision.queries.prior import full_prior
from supervision.queries.redaction import decisions_about, seen_of
from supervision.sessions.actions.attending import object_to_session
from supervision.sessions.queries import full_sessions
from tests.cast import make_cast
from tests.factories.sessions import attendance_of, make_logged, make_recorded
from tests.factories.supervision import (
    approve_prior,
    make_approved,
    make_claim,
    make_export,
    make_lapse,
    make_placement,
    make_prior,
    make_returned,
    make_signer,
    make_submitted,
    return_prior,
    seen,
)
from tests.guards import without_trigger
from tests.races import all_look_first, at_once, needs_two_writers
from tests.supervision.test_redaction import NAME, STONE, holding
from tests.web import post, text_of

OTHER = "Thomas Reed"


def take_out(subject, by, **fields):
    wanted = {"words": NAME, "kind": "name", "seen": seen_of(subject)} | fields
    return redact(subject, by=by, **wanted)


def prior_now(prior):
    return full_prior().get(pk=prior.pk)


def session_now(session):
    return full_sessions().get(pk=session.pk)


# Prior hours


def test_words_go_from_prior_hours_their_correction_and_reasons(cast, placement):
    prior = make_prior(placement.enrolment, note=f"Under {NAME} I learned to wait.", institution=f"{NAME} Clinic")
    return_prior(prior, by=cast.director, reason=f"Who is {NAME}?")
    claim = make_claim(note=f"Under {NAME} I learned to wait.", institution=f"{NAME} Clinic")
    amend_prior_hours(prior_now(prior), claim, document=None, by=cast.trainee)
    declared = [Declaration("note", "name", sha256_of_words(NAME), f"{NAME} taught me")]
    declare_words(prior, declared, by=cast.trainee)
    approve_prior(prior, by=cast.director)
    make_prior(placement.enrolment, corrects=prior_now(prior), note=f"{NAME} again")
    make_export(placement.enrolment)
    version = prior_now(prior).version
    row = take_out(prior_now(prior), cast.director)
    assert holding(NAME) == 0
    kept = prior_now(prior)
    assert (kept.note, kept.institution) == (f"Under {STONE} I learned to wait.", f"{STONE} Clinic")
    assert (kept.state, kept.minutes, kept.version) == ("approved", 1200, version)
    assert PriorMove.objects.get(new="returned").reason == f"Who is {STONE}?"
    assert (row.prior, row.log, row.session, row.copies) == (
        prior,
        None,
        None,
        {"entry": 1, "reasons": 1, "declared": 1},
    )
    assert Redaction.objects.count() == 2  # the correction has its own
    assert not ExportFile.objects.exists()
    entry = AuditEntry.objects.filter(action="supervision.prior.redacted").first()
    assert (entry.actor, NAME in str(entry.data)) == (cast.director, False)
    assert Notice.objects.filter(person=cast.trainee, key__startswith="redaction-").count() == 1
    page = text_of(cast.client("trainee").get(f"/practice/prior/{prior.pk}/"))
    assert "Removed: a name" in page


def test_a_short_text_without_room_for_the_tombstone_is_removed_whole(cast, placement):
    prior = make_prior(placement.enrolment, institution=f"{NAME} " + "x" * 180)
    take_out(prior_now(prior), cast.director)
    assert prior_now(prior).institution == STONE


@pytest.mark.parametrize("who", ["trainee", "supervisor", "registrar", "faculty"])
def test_prior_hours_are_redacted_by_directors_alone(cast, placement, who):
    prior = make_prior(placement.enrolment, note=f"Under {NAME}.")
    with pytest.raises(Refusal, match="Only whoever decides"):
        take_out(prior_now(prior), getattr(cast, who))
    assert cast.client(who).get(f"/desk/prior/{prior.pk}/redact/").status_code in (403, 404)


def test_closed_prior_hours_change_by_a_redaction_of_their_own_alone(cast, placement):
    prior = make_prior(placement.enrolment, note=f"Under {NAME}.")
    other = make_prior(placement.enrolment, began_on=date(2020, 1, 1), ended_on=date(2020, 6, 1), note=f"{NAME}.")
    for one in (prior, other):
        approve_prior(one, by=cast.director)
    foreign = take_out(prior_now(other), cast.director)
    for change in ({"note": "x"}, {"institution": "x", "redaction": foreign}, {"minutes": 1, "redaction": foreign}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PriorHours.objects.filter(pk=prior.pk).update(**change)
    assert prior_now(prior).note == f"Under {NAME}."


# Sessions


def test_words_go_from_a_session_its_signatures_and_reasons(cast, placement):
    other = make_placement(cast.other_trainee, cast.supervisor)
    session = make_recorded(placement, other, feedback=f"We spoke of {NAME}.")
    object_to_session(attendance_of(session, placement), by=cast.trainee, reason=f"Not of {NAME}.")
    declare_words(session, [Declaration("feedback", "name", sha256_of_words(NAME), "a writer")], by=cast.supervisor)
    make_export(other.enrolment)
    hashes = set(SessionSignature.objects.values_list("sha256", flat=True))
    row = take_out(session_now(session), cast.supervisor)
    assert holding(NAME) == 0
    assert session_now(session).feedback == f"We spoke of {STONE}."
    assert AttendanceMove.objects.get(new="disputed").reason == f"Not of {STONE}."
    assert {json.loads(one.content)["feedback"] for one in SessionSignature.objects.all()} == {f"We spoke of {STONE}."}
    assert set(SessionSignature.objects.values_list("sha256", flat=True)) == hashes
    assert row.copies == {"entry": 1, "reasons": 1, "signatures": 2, "declared": 1}
    assert sha256_of_words(NAME) != GuardDeclaration.objects.get().sha256
    assert not ExportFile.objects.exists()
    told = Notice.objects.filter(key__startswith="redaction-").values_list("person", flat=True)
    assert set(told) == {cast.trainee.pk, cast.other_trainee.pk}
    assert "Removed: a name" in text_of(cast.client("trainee").get(f"/practice/sessions/{session.pk}/"))


def test_the_whole_feedback_goes_and_an_open_session_has_a_new_version(cast, placement):
    session = make_logged(placement, feedback=f"We spoke of {NAME}.")
    read = session_now(session)
    take_out(read, cast.supervisor, part=RedactedPart.REFLECTION, words="", kind="other")
    now = session_now(session)
    assert (now.feedback.startswith("[Removed by the reviewer"), now.version) == (True, read.version + 1)
    with pytest.raises(EntryChanged):
        take_out(now, cast.supervisor, seen=seen_of(read))


def test_a_director_takes_words_out_of_a_session_whose_supervisor_has_no_account(cast):
    placed = make_placement(cast.trainee, make_signer(by=cast.director))
    session = make_logged(placed, feedback=f"We spoke of {NAME}.")
    client = cast.client("director")
    page = client.get(f"/review/sessions/{session.pk}/redact/")
    assert NAME in text_of(page)
    seen = seen_of(session_now(session))
    sent = {"part": "words", "words": NAME, "kind": "name", "sure": "on", "seen": seen}
    assert post(client, f"/review/sessions/{session.pk}/redact/", **sent).status_code == 302
    assert session_now(session).feedback == f"We spoke of {STONE}."
    for who in ("trainee", "supervisor", "faculty", "registrar", "other_trainee"):
        assert cast.client(who).get(f"/review/sessions/{session.pk}/redact/").status_code == 404


def test_a_barrier_keeps_from_a_session_too(cast, placement):
    session = make_logged(placement, feedback=f"We spoke of {NAME}.")
    raise_barrier(cast.trainee, cast.director, by=cast.second_director, reason="A conflict.")
    with pytest.raises(Refusal, match="Only whoever decides"):
        take_out(session_now(session), cast.director)


def test_what_is_closed_of_a_session_changes_by_its_redaction_alone(cast, placement):
    session = make_recorded(placement, feedback=f"We spoke of {NAME}.")
    foreign = take_out(session_now(make_recorded(placement, feedback=f"{NAME}.")), cast.supervisor)
    for rows, change in (
        (SupervisionSession.objects.filter(pk=session.pk), {"feedback": "x"}),
        (SupervisionSession.objects.filter(pk=session.pk), {"feedback": "x", "redaction": foreign}),
        (SessionSignature.objects.filter(attendance__session=session), {"content": "x", "redaction": foreign}),
        (AttendanceMove.objects.filter(attendance__session=session), {"reason": "x", "redaction": foreign}),
        (SessionSignature.objects.all(), {"sha256": "0" * 64}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_a_redaction_is_of_exactly_one_record(cast, placement):
    prior, session = make_prior(placement.enrolment), make_recorded(placement)
    for subjects in ({}, {"prior": prior, "session": session}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Redaction.objects.create(part="words", kind="name", by=cast.director, **subjects)


# Withdrawals and disputes


def test_words_go_from_the_reason_of_a_withdrawal(cast, placement):
    log = make_approved(placement)
    unapprove_log(log, by=cast.director, reason=f"{NAME} was there.")
    take_out(full_logs().get(pk=log.pk), cast.supervisor)
    assert LogMove.objects.filter(log=log, old="approved").get().reason == f"{STONE} was there."


def test_words_go_from_a_dispute_and_its_answer(cast, placement):
    log = make_returned(placement, reason="The role is missing.")
    dispute = dispute_return(log, by=cast.trainee, text=f"I sat with {NAME}.")
    declare_words(dispute, [Declaration("text", "name", sha256_of_words(NAME), f"{NAME} teaches")], by=cast.trainee)
    decide_dispute(dispute, by=cast.director, upheld=False, answer=f"Leave {NAME} out.")
    row = take_out(full_logs().get(pk=log.pk), cast.director)
    dispute.refresh_from_db()
    assert (dispute.text, dispute.answer) == (f"I sat with {STONE}.", f"Leave {STONE} out.")
    assert row.copies == {"declared": 1, "disputes": 2}
    assert GuardDeclaration.objects.get().reason == STONE
    assert AuditEntry.objects.filter(action="disputes.dispute.redacted").count() == 1


def test_whoever_may_not_read_a_dispute_is_told_nothing_of_its_words(cast, placement):
    log = make_returned(placement, reason="The role is missing.")
    dispute = dispute_return(log, by=cast.trainee, text=f"I sat with {NAME}.")
    with pytest.raises(Refusal, match="do not stand"):
        take_out(full_logs().get(pk=log.pk), cast.supervisor)
    dispute.refresh_from_db()
    assert dispute.text == f"I sat with {NAME}."
    page = f"/practice/{log.pk}/redact/"
    shown = [NAME in text_of(cast.client(who).get(page)) for who in ("supervisor", "director")]
    assert shown == [False, True]


# What staff wrote when they decided


def lapsed(cast, placement, *, reason=f"{NAME} was there.", decision=LapseDecision.KEPT):
    lapse = make_lapse(placement.supervisor, by=cast.director)
    (case,) = lapse.cases.all()
    decide_cases(lapse, [case.pk], decision=decision, reason=reason, by=cast.director)
    return LapseCase.objects.get(pk=case.pk)


def test_words_go_from_an_attestation_in_lieu(cast, placement):
    log = make_submitted(placement)
    end_role(cast.supervisor.role_grants.get(role=Role.SUPERVISOR), by=cast.director)
    log = full_logs().get(pk=log.pk)
    propose_attestation(log, evidence=f"The calendar names {NAME}.", seen=seen(log), by=cast.director)
    attestation = Attestation.objects.get()
    refuse_attestation(attestation, reason=f"Leave {NAME} out.", by=cast.second_director)
    page = text_of(cast.client("director").get(f"/practice/{log.pk}/redact/"))
    assert ("Decisions of staff" in page, page.count(NAME)) == (True, 3)  # the first of them is filled in
    row = take_out(full_logs().get(pk=log.pk), cast.director)
    attestation.refresh_from_db()
    assert (attestation.evidence, attestation.reason) == (f"The calendar names {STONE}.", f"Leave {STONE} out.")
    assert (row.copies, attestation.redaction, holding(NAME)) == ({"decisions": 1}, row, 0)


def test_what_staff_wrote_of_an_attestation_that_failed_is_not_for_who_decides_about_the_entry(cast, placement):
    log = make_submitted(placement, reflection=f"I sat with {NAME}.")
    grant = cast.supervisor.role_grants.get(role=Role.SUPERVISOR)
    end_role(grant, by=cast.director)
    log = full_logs().get(pk=log.pk)
    evidence = f"The calendar names {NAME}, and {OTHER}."
    propose_attestation(log, evidence=evidence, seen=seen(log), by=cast.director)
    refuse_attestation(Attestation.objects.get(), reason="It does not.", by=cast.second_director)
    scope = {"scope": grant.scope, "scope_id": grant.scope_id}
    grant_role(cast.supervisor, Role.SUPERVISOR, by=cast.director, **scope)
    supervisor = User.objects.get(pk=cast.supervisor.pk)
    log = full_logs().get(pk=log.pk)
    page = f"/practice/{log.pk}/redact/"
    shown = [OTHER in text_of(cast.client(who).get(page)) for who in ("supervisor", "director")]
    assert shown == [False, True]
    with pytest.raises(Refusal, match="do not stand"):
        take_out(log, supervisor, words=OTHER)
    assert Attestation.objects.get().evidence == evidence
    take_out(log, supervisor)  # what she reads holds the words, so they go from what she does not read too
    assert holding(NAME) == 0


def test_words_go_from_what_was_decided_after_a_lapse(cast, placement):
    log = make_approved(placement)
    session = make_recorded(placement)
    case = lapsed(cast, placement)
    row = take_out(full_logs().get(pk=log.pk), cast.director)
    assert LapseCase.objects.get(pk=case.pk).reason == f"{STONE} was there."
    assert row.copies == {"reasons": 1, "decisions": 1}
    assert AttendanceMove.objects.get(old="questioned").reason == f"{NAME} was there."
    take_out(session_now(session), cast.director)
    assert holding(NAME) == 0


def test_words_go_from_a_lapse_that_was_taken_back(cast, placement):
    session = make_recorded(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    annul_lapse(lapse, reason=f"It was {NAME}.", by=cast.director)
    row = take_out(session_now(session), cast.director)
    assert (row.copies, holding(NAME)) == ({"reasons": 1, "decisions": 2}, 0)
    lapse.refresh_from_db()
    assert lapse.annulled_reason == f"It was {STONE}."


def test_what_was_decided_changes_by_a_redaction_of_its_own_record_alone(cast, placement):
    make_approved(placement)
    case = lapsed(cast, placement)
    other = make_placement(cast.other_trainee, cast.other_supervisor)
    foreign = take_out(full_logs().get(pk=make_submitted(other, reflection=f"{NAME}.").pk), cast.director)
    for change in ({"reason": "x"}, {"reason": "x", "redaction": foreign}, {"decision": "again", "redaction": foreign}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LapseCase.objects.filter(pk=case.pk).update(**change)
    annul_lapse(case.lapse, reason="It was another.", by=cast.director)
    for change in ({"annulled_reason": "x"}, {"annulled_reason": "x", "redaction": foreign}):
        with pytest.raises(IntegrityError), transaction.atomic():
            QualificationLapse.objects.filter(pk=case.lapse_id).update(**change)


def test_the_evidence_of_an_open_attestation_changes_by_its_redaction_alone(cast, placement):
    log = make_submitted(placement)
    other = make_submitted(make_placement(cast.other_trainee, cast.other_supervisor), reflection=f"{NAME}.")
    foreign = take_out(full_logs().get(pk=other.pk), cast.director)
    end_role(cast.supervisor.role_grants.get(role=Role.SUPERVISOR), by=cast.director)
    end_role(cast.other_supervisor.role_grants.get(role=Role.SUPERVISOR), by=cast.director)
    log = full_logs().get(pk=log.pk)
    propose_attestation(log, evidence="The calendar shows it.", seen=seen(log), by=cast.director)
    for change in ({"evidence": "x"}, {"evidence": "x", "redaction": foreign}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attestation.objects.update(**change)
    refuse_attestation(Attestation.objects.get(), reason="It does not.", by=cast.second_director)
    for change in ({"reason": "x"}, {"reason": "x", "redaction": foreign}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attestation.objects.update(**change)


# At once


@pytest.fixture
def two_under_one_lapse(transactional_db):
    """An entry of each of two trainees, and the one text about both."""
    cast = make_cast()
    placements = [make_placement(person, cast.supervisor) for person in (cast.trainee, cast.other_trainee)]
    logs = [make_approved(placement) for placement in placements]
    lapse = make_lapse(placements[0].supervisor, by=cast.director)
    annul_lapse(lapse, reason=f"It was {NAME}, and {OTHER}.", by=cast.director)
    return cast, logs


def take_both_out(cast, logs):
    words, read = [NAME, OTHER], [full_logs().get(pk=log.pk) for log in logs]
    return at_once(2, lambda number: take_out(read[number], cast.director, words=words[number]))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_removals_from_one_text_about_two_people_at_once_both_hold(two_under_one_lapse):
    cast, logs = two_under_one_lapse
    assert {type(outcome) for outcome in take_both_out(cast, logs)} == {Redaction}
    left = QualificationLapse.objects.get().annulled_reason
    assert (NAME in left, OTHER in left, left.count("[Removed by the reviewer")) == (False, False, 2)


@needs_two_writers
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_removal_would_bring_back_what_the_other_took(two_under_one_lapse, monkeypatch):
    cast, logs = two_under_one_lapse

    def without_the_lock(subject, *, held):
        return decisions_about(subject)

    monkeypatch.setattr(redaction, "decisions_about", without_the_lock)
    monkeypatch.setattr(redaction, "_redact", all_look_first(redaction._redact, 2))
    with without_trigger("supervision_qualificationlapse", "redaction"):
        take_both_out(cast, logs)
    assert QualificationLapse.objects.get().annulled_reason.count("[Removed by the reviewer") == 1
