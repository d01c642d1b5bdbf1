"""Attesting in lieu of a supervisor: only where no signer is left, by two people, shown as such, decided once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.standing.engine import standing_for
from lms.accounts.actions import end_role, grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.enums import Provenance
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from supervision.actions.handover import hand_over
from supervision.actions.lieu import (
    confirm_attestation,
    propose_attestation,
    refuse_attestation,
    withdraw_attestation,
)
from supervision.actions.practice import correct_log, retract_log, submit_log
from supervision.actions.program import unapprove_log, verify_log
from supervision.actions.review import approve_log
from supervision.actions.supervisor import stop_supervisor, supervisor_of
from supervision.enums import LIEU_MOVES, HandoverCause, LieuState, LogState, Meaning
from supervision.exports.choices import IN_LIEU, Choices
from supervision.exports.facts import Marks
from supervision.exports.paper import draw_letter
from supervision.exports.queries import signers_of
from supervision.exports.reading import log_of
from supervision.exports.tables import log_sheets
from supervision.models import Attestation, PracticeCredit, PracticeLog, SignOff
from supervision.queries.lieu import attestations_for, signer_left
from supervision.queries.practice import full_logs
from supervision.requirements import PracticumConfig
from tests.cast import make_cast
from tests.certificates.paper.reading import text_of as text_of_paper
from tests.factories.enrolment import make_enrolment
from tests.factories.supervision import (
    approve,
    make_approved,
    make_placement,
    make_practice_standard,
    make_signer,
    make_submitted,
    seen,
)
from tests.races import at_once
from tests.web import post, text_of

EVIDENCE = "She has left the clinic; its calendar shows the visit."


@pytest.fixture
def log(cast, placement):
    """An entry whose supervisor has left, in the cohort that the faculty teaches."""
    return _left_behind(cast, placement)


def _left_behind(cast, placement):
    waiting = make_submitted(placement)
    scope = {"scope": Scope.COHORT, "scope_id": placement.enrolment.cohort_id}
    grant_role(cast.faculty, Role.FACULTY, by=cast.director, **scope)
    cast.faculty = fresh(cast.faculty)
    end_role(cast.supervisor.role_grants.get(role=Role.SUPERVISOR), by=cast.director)
    return full_logs().get(pk=waiting.pk)


def fresh(person):
    return User.objects.get(pk=person.pk)


def propose(log, by, evidence=EVIDENCE):
    return propose_attestation(log, evidence=evidence, seen=seen(log), by=by)


def confirm(attestation, by):
    return confirm_attestation(attestation, seen=seen(attestation.log), by=by)


def test_two_people_approve_what_no_signer_is_left_for(cast, log):
    attestation = propose(log, cast.director)
    assert (attestation.sha256, attestation.version) == (seen(log), log.version)
    assert not PracticeCredit.objects.exists()
    confirm(attestation, cast.faculty)
    log.refresh_from_db()
    assert (log.state, log.provenance) == (LogState.APPROVED, Provenance.ATTESTED)
    sign_off = SignOff.objects.get()
    assert (sign_off.signer, sign_off.attestation, sign_off.sha256) == (cast.faculty, attestation, attestation.sha256)
    assert sign_off.printed_name == "Director and Faculty"
    assert list(PracticeCredit.objects.values_list("log", "minutes")) == [(log.pk, 60)]
    names = ["supervision.lieu.proposed", "supervision.lieu.confirmed"]
    assert list(AuditEntry.objects.filter(action__in=names).order_by("id").values_list("action", flat=True)) == names
    told = Notice.objects.filter(key__startswith=f"lieu-{attestation.pk}-").values_list("person", flat=True)
    assert set(told) == {cast.second_director.pk, cast.faculty.pk, cast.trainee.pk}


def test_while_somebody_can_sign_nothing_is_attested(cast, placement):
    waiting = make_submitted(placement)
    with pytest.raises(Refusal, match="Supervisor can sign this entry"):
        propose(waiting, cast.director)
    other = make_placement(cast.other_trainee, cast.other_supervisor)
    assert signer_left(waiting) == placement.supervisor
    end_role(cast.supervisor.role_grants.get(role=Role.SUPERVISOR), by=cast.director)
    waiting = full_logs().get(pk=waiting.pk)
    assert signer_left(waiting) == other.supervisor
    with pytest.raises(Refusal, match="Other Supervisor can sign this entry"):
        propose(waiting, cast.director)
    raise_barrier(cast.other_supervisor, cast.trainee, by=cast.director, reason="They are related.")
    assert signer_left(full_logs().get(pk=waiting.pk)) is None


def test_a_supervisor_without_an_account_who_was_stopped_is_no_signer(cast):
    signer = make_signer(by=cast.director)
    waiting = make_submitted(make_placement(cast.trainee, signer))
    assert signer_left(waiting) == signer
    stop_supervisor(signer, reason="Has died.", by=cast.director)
    assert signer_left(full_logs().get(pk=waiting.pk)) is None


@pytest.mark.parametrize(
    ("name", "may_propose", "may_confirm"),
    [
        ("trainee", False, False),
        ("other_trainee", False, False),
        ("supervisor", False, False),
        ("other_supervisor", False, False),
        ("faculty", False, True),
        ("other_faculty", False, False),
        ("director", True, False),
        ("second_director", True, True),
        ("registrar", False, False),
    ],
)
def test_who_proposes_and_who_confirms(cast, log, name, may_propose, may_confirm):
    person = fresh(getattr(cast, name))
    attestation = propose(log, cast.director)
    assert attestations_for(person).exists() == may_confirm
    for act in (confirm, lambda one, by: refuse_attestation(one, reason="No.", by=by)):
        with transaction.atomic():
            if may_confirm:
                act(attestation, person)
                transaction.set_rollback(True)
            else:
                with pytest.raises(Refusal):
                    act(attestation, person)
    withdraw_attestation(attestation, by=cast.director)
    if may_propose:
        assert propose(log, person).proposed_by == person
    else:
        with pytest.raises(Refusal):
            propose(log, person)


def test_neither_the_trainee_nor_the_supervisor_attests_though_she_directs(cast, log):
    for person in (cast.trainee, cast.supervisor):
        grant_role(person, Role.DIRECTOR, by=cast.director)
        with pytest.raises(Refusal, match="neither the trainee nor the supervisor"):
            propose(log, fresh(person))


def test_a_barrier_keeps_a_second_away(cast, log):
    attestation = propose(log, cast.director)
    raise_barrier(cast.faculty, cast.trainee, by=cast.director, reason="They are related.")
    with pytest.raises(Refusal):
        confirm(attestation, cast.faculty)
    assert not attestations_for(cast.faculty).exists()


def test_the_time_to_confirm_runs_out_and_it_can_be_proposed_anew(cast, log, time_machine_ahead):
    attestation = propose(log, cast.director)
    time_machine_ahead(timedelta(days=14, minutes=1))
    assert attestation.label == "Not confirmed in time"
    with pytest.raises(IllegalMove, match="not confirmed in time"):
        confirm(attestation, cast.faculty)
    again = propose(log, cast.second_director)
    attestation.refresh_from_db()
    assert (attestation.state, again.state) == (LieuState.EXPIRED, LieuState.PROPOSED)
    with pytest.raises(IllegalMove, match="proposed already"):
        propose(log, cast.director)


def act_on(new, cast):
    return {
        LieuState.CONFIRMED: lambda one: confirm(one, cast.faculty),
        LieuState.REFUSED: lambda one: refuse_attestation(one, reason="I see no proof.", by=cast.faculty),
        LieuState.WITHDRAWN: lambda one: withdraw_attestation(one, by=one.proposed_by),
    }[new]


@pytest.mark.parametrize("old", [LieuState.CONFIRMED, LieuState.REFUSED, LieuState.WITHDRAWN])
@pytest.mark.parametrize("new", [LieuState.CONFIRMED, LieuState.REFUSED, LieuState.WITHDRAWN])
def test_what_is_closed_stays_closed(cast, log, old, new):
    attestation = propose(log, cast.director)
    act_on(old, cast)(attestation)
    attestation.refresh_from_db()
    assert (attestation.state, LIEU_MOVES[old]) == (old, set())
    with pytest.raises(IllegalMove):
        act_on(new, cast)(attestation)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attestation.objects.filter(pk=attestation.pk).update(state=new, reason="x")


def test_the_proposer_reads_why_it_was_refused(cast, log):
    attestation = propose(log, cast.director)
    with pytest.raises(Refusal, match="Say why you refuse"):
        refuse_attestation(attestation, reason=" ", by=cast.faculty)
    refuse_attestation(attestation, reason="I see no proof.", by=cast.faculty)
    assert Notice.objects.get(key=f"lieu-{attestation.pk}-refused").person == cast.director
    assert "I see no proof." in text_of(cast.client("director").get(f"/practice/{log.pk}/lieu/"))
    log.refresh_from_db()
    assert log.state == LogState.SUBMITTED


@pytest.mark.parametrize("evidence", ["  ", "a" * 1001, "Call 303-555-0142"])
def test_the_evidence_is_said_without_patient_data(cast, log, evidence):
    with pytest.raises(Refusal):
        propose(log, cast.director, evidence)


def test_an_entry_that_changed_meanwhile_is_not_attested(cast, log):
    attestation = propose(log, cast.director)
    retract_log(log, by=cast.trainee)
    with pytest.raises(IllegalMove, match="does not wait any more"):
        confirm(attestation, cast.faculty)
    grant_role(cast.supervisor, Role.SUPERVISOR, by=cast.director)
    submit_log(log, by=cast.trainee)
    with pytest.raises(Refusal, match="Supervisor can sign this entry"):
        confirm(attestation, cast.faculty)
    end_role(cast.supervisor.role_grants.active().get(role=Role.SUPERVISOR), by=cast.director)
    with pytest.raises(Refusal, match="has changed since it was proposed"):
        confirm_attestation(attestation, seen=seen(full_logs().get(pk=log.pk)), by=cast.faculty)
    assert propose(full_logs().get(pk=log.pk), cast.director).version == 3


def test_a_proposer_who_directs_no_more_takes_the_proposal_along(cast, log):
    attestation = propose(log, cast.second_director)
    end_role(cast.second_director.role_grants.get(role=Role.DIRECTOR), by=cast.director)
    with pytest.raises(Refusal, match="may not attest this any more"):
        confirm(attestation, cast.faculty)


def test_a_correction_that_is_attested_replaces_what_it_corrects(cast, placement):
    old = make_approved(placement)
    correction = submit_log(correct_log(old, by=cast.trainee), by=cast.trainee)
    _left_behind(cast, placement)
    correction = full_logs().get(pk=correction.pk)
    confirm(propose(correction, cast.director), cast.second_director)
    old.refresh_from_db()
    assert (old.state, PracticeLog.objects.get(pk=correction.pk).state) == (LogState.SUPERSEDED, LogState.APPROVED)


def test_neither_of_the_two_verifies_what_they_attested(cast, log):
    confirm(propose(log, cast.director), cast.second_director)
    for person in (cast.director, cast.second_director):
        with pytest.raises(Refusal, match="approved this entry yourself"):
            verify_log(log, by=person)
    assert verify_log(log, by=cast.registrar).state == LogState.VERIFIED


def test_a_supervisor_who_signs_it_later_makes_it_an_ordinary_approval(cast, log):
    confirm(propose(log, cast.director), cast.second_director)
    unapprove_log(log, by=cast.director, reason="The plan of the day shows another visit.")
    giver, taker = log.placement.supervisor, supervisor_of(cast.other_supervisor, by=None)
    since = timezone.localdate()
    hand_over(giver, to=taker, cause=HandoverCause.DEPARTED, reason="Left.", since=since, by=cast.director)
    approve(submit_log(full_logs().get(pk=log.pk), by=cast.trainee), by=cast.other_supervisor)
    log.refresh_from_db()
    assert (log.provenance, log.state_words) == (Provenance.EARNED, "Approved")


def test_a_supervisor_cannot_choose_the_meaning_of_an_attestation(cast, placement):
    waiting = make_submitted(placement)
    with pytest.raises(Refusal, match="what your signature means"):
        approve_log(waiting, by=cast.supervisor, meaning=Meaning.IN_LIEU, seen=seen(waiting))


def test_the_database_wants_two_different_people_who_are_not_the_trainee(cast, log):
    attestation = propose(log, cast.director)
    closed = {"state": LieuState.CONFIRMED, "closed_at": timezone.now()}
    for values in (
        closed | {"second": cast.director},
        closed | {"second": cast.trainee},
        closed,
        {"second": cast.faculty},
        {"state": LieuState.WITHDRAWN},
        {"evidence": "Other."},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attestation.objects.filter(pk=attestation.pk).update(**values)
    values = {name: getattr(attestation, name) for name in ("log", "trainee", "version", "sha256", "evidence")}
    values |= {"proposed_name": "X", "proposed_role": "Y", "expires_at": timezone.now()}
    for person in (cast.second_director, cast.trainee):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attestation.objects.create(proposed_by=person, **values)


# How it is shown ------------------------------------------------------------------------------------------------------


def test_entry_log_standing_and_exports_say_that_it_was_attested_in_lieu(cast):
    config = PracticumConfig(key="practice", title="Practice", minutes=600)
    enrolment = make_enrolment(cast.trainee, standard_version=make_practice_standard(requirements=[config]))
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    ordinary = make_approved(placement)
    log = _left_behind(cast, placement)
    confirm(propose(log, cast.director), cast.faculty)
    trainee = cast.client("trainee")
    page = text_of(trainee.get(f"/practice/{log.pk}/"))
    assert "Approved by attestation in lieu, by Director and Faculty, in lieu of the supervisor" in page
    assert f"On this evidence: {EVIDENCE}" in page
    assert "Approved, attested in lieu" in page
    assert "attested in lieu" not in text_of(trainee.get(f"/practice/{ordinary.pk}/"))
    assert text_of(trainee.get("/practice/")).count("Approved, attested in lieu") == 1
    note = "1 h of what is approved was attested in lieu of a supervisor."
    (short,), (full,) = standing_for(enrolment).results, standing_for(enrolment, detail=True).results
    assert (short.note, full.note, short.done) == (note, note, 120)
    labels = {one.evidence.id: one.evidence.label for one in full.counted}
    assert labels[log.pk].endswith(", attested in lieu of a supervisor")
    assert not labels[ordinary.pk].endswith("supervisor")
    rows = log_sheets(log_of(enrolment, Choices(), with_reflections=False), _marks())[0].rows
    told = {row[1]: row for row in rows}
    assert told[log.pk][2] == "Approved, attested in lieu"
    assert "Director and Faculty" in told[log.pk]
    assert Meaning.IN_LIEU.label in told[log.pk]


def test_the_letter_says_that_no_supervisor_signed(cast, placement):
    ordinary = make_approved(placement)
    log = _left_behind(cast, placement)
    confirm(propose(log, cast.director), cast.faculty)
    enrolment = placement.enrolment
    assert dict(signers_of(enrolment)) == {cast.supervisor.pk: "Supervisor", IN_LIEU: "Director and Faculty, in lieu"}
    found = {
        signer: [entry.number for entry in log_of(enrolment, Choices(signer=signer), with_reflections=False).entries]
        for signer in (cast.supervisor.pk, cast.faculty.pk, IN_LIEU)
    }
    assert found == {cast.supervisor.pk: [ordinary.pk], cast.faculty.pk: [], IN_LIEU: [log.pk]}
    letter = draw_letter(log_of(enrolment, Choices(signer=IN_LIEU), with_reflections=False), _marks(), "a4")
    words = " ".join(text_of_paper(letter).split())
    assert "Director and Faculty attested, in lieu of a supervisor because no signer was left, the supervised" in words
    assert "Director and Faculty, in lieu of the supervisor" in words


def _marks():
    return Marks("X" * 28, "https://example.org/exports/X/", "Plumbline Institute", timezone.now(), ())


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_director_proposes_the_faculty_confirms(cast, log):
    director, faculty = cast.client("director"), cast.client("faculty")
    url = f"/practice/{log.pk}/lieu/"
    assert "No signer is left for this entry" in text_of(director.get(f"/practice/{log.pk}/"))
    refused = post(director, url, evidence="", seen=seen(log))
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"evidence"})
    assert "Proposed. A second person" in text_of(post(director, url, follow=True, evidence=EVIDENCE, seen=seen(log)))
    assert "An entry of Trainee waits for a second signature" in text_of(faculty.get("/home/"))
    assert "waits for a second signature" not in text_of(director.get("/home/"))
    assert "You have proposed this." in text_of(director.get(url))
    refused = post(faculty, url, answer="refuse", seen=seen(log), reason="")
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"reason"})
    page = post(faculty, url, follow=True, answer="confirm", seen=seen(log))
    assert "Approved by attestation in lieu. The trainee is told." in text_of(page)
    assert "This entry does not wait any more" in text_of(faculty.get(url))


def test_the_proposer_takes_it_back(cast, log):
    attestation = propose(log, cast.director)
    assert post(cast.client("second_director"), f"/practice/{log.pk}/lieu/withdraw/").status_code == 404
    post(cast.client("director"), f"/practice/{log.pk}/lieu/withdraw/")
    attestation.refresh_from_db()
    assert attestation.state == LieuState.WITHDRAWN


def test_signing_asks_for_the_password_again(cast, log):
    client = cast.left_open("director")
    answer = post(client, f"/practice/{log.pk}/lieu/", evidence=EVIDENCE, seen=seen(log))
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not Attestation.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_three(cast, log, django_assert_num_queries, count):
    for _ in range(count):
        withdraw_attestation(propose(log, cast.director), by=cast.director)
    client = cast.client("director")
    client.get(f"/practice/{log.pk}/lieu/")
    with django_assert_num_queries(15):
        client.get(f"/practice/{log.pk}/lieu/")


# At once --------------------------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_confirming_refusing_and_taking_back_at_once_leave_one_of_them():
    cast = make_cast()
    log = _left_behind(cast, make_placement(cast.trainee, cast.supervisor))
    attestation = propose(log, cast.director)
    acts = [
        lambda: confirm(attestation, cast.faculty),
        lambda: confirm(attestation, cast.second_director),
        lambda: refuse_attestation(attestation, reason="No proof.", by=cast.second_director),
        lambda: withdraw_attestation(attestation, by=cast.director),
    ]
    outcomes = at_once(len(acts), lambda number: acts[number]())
    assert sum(isinstance(one, Refusal) for one in outcomes) == len(acts) - 1
    attestation.refresh_from_db()
    is_confirmed = attestation.state == LieuState.CONFIRMED
    assert attestation.state != LieuState.PROPOSED
    assert SignOff.objects.count() == PracticeCredit.objects.count() == is_confirmed


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_directors_who_propose_at_once_leave_one_proposal():
    cast = make_cast()
    log = _left_behind(cast, make_placement(cast.trainee, cast.supervisor))
    people = [cast.director, cast.second_director]
    outcomes = at_once(2, lambda number: propose(log, people[number]))
    assert sorted(type(one).__name__ for one in outcomes) == ["Attestation", "IllegalMove"]
    assert Attestation.objects.count() == 1
