"""A lapse found later: what falls under review, what it counts for meanwhile, and every way in which it is decided."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.actions.issuing import issue_credential
from certificates.actions.keys import create_signing_keys
from courses.standing.engine import standing_for
from lms.accounts.actions import confirm_legal_name, grant_role, raise_barrier, record_document
from lms.accounts.enums import Role, Scope
from lms.audit.models import AuditEntry
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from supervision.actions.lapse import annul_lapse, decide_cases
from supervision.actions.practice import correct_log, discard_log, retract_log, submit_log
from supervision.actions.program import verify_log
from supervision.actions.supervisor import has_valid_licence, supervisor_of
from supervision.enums import LapseDecision, LogState, Meaning
from supervision.models import CreditChange, LapseCase, LapseEntry, PracticeLog, QualificationLapse, SignOff
from supervision.queries.measures import papers_of, qualifications_on, verified_papers_of
from supervision.queries.practice import logs_to_review
from supervision.requirements import PracticumConfig
from supervision.signing.actions import approve_by_link
from supervision.signing.mails import mail_lapse
from tests.cast import make_cast, make_person
from tests.factories.certificates import met_standing
from tests.factories.curriculum import make_program
from tests.factories.enrolment import make_enrolment
from tests.factories.signing import make_used_link
from tests.factories.supervision import (
    approve,
    make_approved,
    make_lapse,
    make_placement,
    make_practice_standard,
    make_signer,
    make_submitted,
    seen,
)
from tests.races import at_once
from tests.web import post, text_of

KEPT, AGAIN, ERROR = LapseDecision.KEPT, LapseDecision.AGAIN, LapseDecision.ERROR
WHY = "The board’s register showed it as valid then."


def state_of(log):
    return PracticeLog.objects.get(pk=log.pk).state


def decide(cast, lapse, decision=KEPT, *, cases=None, by=None, to=None, reason=WHY):
    pks = [case.pk for case in cases or lapse.cases.all()]
    signer = supervisor_of(to, by=None) if to else None
    return decide_cases(lapse, pks, decision=decision, reason=reason, by=by or cast.director, to=signer)


def minutes_of(enrolment, *, detail=False):
    (result,) = standing_for(enrolment, detail=detail).results
    return result


# What falls under review ----------------------------------------------------------------------------------------------


def test_what_she_approved_on_these_days_is_under_review_and_nothing_else(cast, placement):
    first, last = date(2026, 5, 4), date(2026, 5, 8)
    days = [first - timedelta(days=1), first, last, last + timedelta(days=1)]
    logs = [make_approved(placement, on=on) for on in days]
    waiting = make_submitted(placement, on=first + timedelta(days=1))
    other = make_approved(make_placement(cast.other_trainee, cast.other_supervisor), on=first)
    before = list(SignOff.objects.order_by("id").values())
    lapse = make_lapse(placement.supervisor, by=cast.director, began_on=first, ended_on=last)
    states = [state_of(log) for log in [*logs, waiting, other]]
    approved, questioned = LogState.APPROVED, LogState.QUESTIONED
    assert states == [approved, questioned, questioned, approved, LogState.SUBMITTED, approved]
    assert set(LapseEntry.objects.values_list("log", "was")) == {(log.pk, "approved") for log in logs[1:3]}
    assert list(SignOff.objects.order_by("id").values()) == before
    assert list(lapse.cases.values_list("trainee", "decision")) == [(cast.trainee.pk, "")]
    assert list(CreditChange.objects.values_list("minutes", flat=True)) == [-60, -60]


def test_an_entry_that_was_signed_again_by_somebody_else_is_not_hers_any_more(cast, placement):
    log = make_approved(placement)
    decide(cast, make_lapse(placement.supervisor, by=cast.director), AGAIN, to=cast.other_supervisor)
    approve(PracticeLog.objects.get(pk=log.pk), by=cast.other_supervisor)
    lapse = make_lapse(placement.supervisor, by=cast.director, kind="bls")
    assert (lapse.cases.count(), state_of(log)) == (0, LogState.APPROVED)


def test_what_was_signed_by_a_link_falls_under_review_and_she_is_told_once_by_mail(cast):
    signer = make_signer(by=cast.director)
    placement = make_placement(cast.trainee, signer)
    log = make_submitted(placement)
    approve_by_link(make_used_link(signer), [(log.pk, seen(log))], meaning=Meaning.OBSERVED)
    mail.outbox.clear()
    lapse = make_lapse(signer, by=cast.director)
    assert state_of(log) == LogState.QUESTIONED
    QualificationLapse.objects.filter(pk=lapse.pk).update(told_at=None)
    mail.outbox.clear()
    assert [mail_lapse(lapse.pk), mail_lapse(lapse.pk)] == [True, False]
    (sent,) = mail.outbox
    assert sent.to == [signer.email]
    assert "was not valid from 1 Jan 2026 on" in sent.body


def test_trainee_supervisor_and_director_are_told_and_the_act_is_audited_without_the_source(cast, placement):
    log = make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director, source="Mirabelle told me.")
    told = Notice.objects.filter(key__startswith=f"lapse-{lapse.pk}-").values_list("person", flat=True)
    assert set(told) == {cast.trainee.pk, cast.supervisor.pk, cast.director.pk, cast.second_director.pk}
    entry = AuditEntry.objects.get(action="supervision.lapse.recorded")
    assert (entry.actor, entry.data["entries"]) == (cast.director, [log.pk])
    assert "Mirabelle" not in str(entry.data)
    assert "Mirabelle" not in "".join(Notice.objects.values_list("text", flat=True))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"began_on": date(2026, 11, 24)}, "has not come yet"),
        ({"ended_on": date(2025, 1, 1)}, "comes before the first"),
        ({"source": "  "}, "Say where"),
        ({"source": "Call 303-555-0142"}, "looks like a phone number"),
        ({"by": "registrar"}, "for a program director"),
        ({"by": "supervisor"}, "your own papers"),
        ({"by": "trainee"}, "supervises you"),
    ],
)
def test_a_lapse_that_cannot_be_recorded_changes_nothing(cast, placement, fields, words):
    log = make_approved(placement)
    for person in (cast.supervisor, cast.trainee):
        grant_role(person, Role.DIRECTOR, by=cast.director)
    by = type(cast.director).objects.get(pk=getattr(cast, fields.get("by", "director")).pk)
    with pytest.raises(Refusal, match=words):
        make_lapse(placement.supervisor, **fields | {"by": by})
    assert (QualificationLapse.objects.exists(), state_of(log)) == (False, LogState.APPROVED)


@pytest.mark.parametrize(
    ("began_on", "ended_on", "is_known"),
    [
        (date(2026, 6, 30), None, True),
        (date(2026, 1, 1), date(2026, 4, 1), True),
        (date(2026, 7, 1), None, False),
        (date(2026, 1, 1), date(2026, 3, 31), False),
    ],
)
def test_the_same_days_of_a_paper_are_recorded_once(cast, placement, began_on, ended_on, is_known):
    span = {"began_on": date(2026, 4, 1), "ended_on": date(2026, 6, 30)}
    make_lapse(placement.supervisor, by=cast.director, **span)
    make_lapse(placement.supervisor, by=cast.director, kind="bls", **span)
    again = {"by": cast.director, "began_on": began_on, "ended_on": ended_on}
    if is_known:
        with pytest.raises(Refusal, match="on record already"):
            make_lapse(placement.supervisor, **again)
    else:
        assert make_lapse(placement.supervisor, **again).pk


def test_the_rules_of_practice_know_the_lapse_and_forget_it_once_it_is_annulled(cast, django_assert_num_queries):
    signer = make_signer(by=cast.director)
    day = date(2026, 5, 4)
    lapse = make_lapse(signer, by=cast.director, began_on=day, ended_on=day)
    make_lapse(signer, by=cast.director, kind="bls")
    with django_assert_num_queries(1):
        papers = verified_papers_of([signer.pk])[signer.pk]
    found = [qualifications_on(papers, day + timedelta(days=number)) for number in (-1, 0, 1)]
    assert found == [{"licence"}, set(), {"licence"}]
    annul_lapse(lapse, reason="Another person of the same name.", by=cast.director)
    assert qualifications_on(verified_papers_of([signer.pk])[signer.pk], day) == {"licence"}
    make_lapse(signer, by=cast.director, began_on=timezone.localdate())
    assert not has_valid_licence(signer)


def test_the_papers_of_an_account_lapse_too(cast, placement, django_assert_num_queries):
    record_document(
        cast.supervisor, kind="licence", authority="State board", number="LIC-1", expires_on=date(2027, 1, 1)
    )
    make_lapse(placement.supervisor, by=cast.director, began_on=date(2026, 5, 4), ended_on=date(2026, 5, 4))
    with django_assert_num_queries(1):
        papers = papers_of([cast.supervisor.pk])[cast.supervisor.pk]
    assert [qualifications_on(papers, date(2026, 5, day)) for day in (3, 4)] == [{"licence"}, set()]


# What it counts for ---------------------------------------------------------------------------------------------------


def test_the_standing_leaves_the_hours_out_says_why_and_counts_them_again(cast):
    enrolment = practicum_enrolment(cast)
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    make_approved(placement)
    log = make_approved(placement)
    earlier = timezone.now()
    assert minutes_of(enrolment).done == 120
    lapse = make_lapse(placement.supervisor, by=cast.director, began_on=log.on, ended_on=log.on)
    short, full = minutes_of(enrolment), minutes_of(enrolment, detail=True)
    assert (short.done, short.pending, full.done, full.pending) == (60, 0, 60, 0)
    assert "1 h more under review" in short.note
    (left_out,) = full.excluded
    assert (left_out.evidence.id, left_out.amount) == (log.pk, 60)
    assert left_out.reason.startswith("Under review: a paper of the supervisor")
    decide(cast, lapse)
    assert (minutes_of(enrolment).done, minutes_of(enrolment, detail=True).excluded) == (120, ())
    (result,) = standing_for(enrolment, as_of=earlier).results
    assert result.done == 120


def practicum_enrolment(cast):
    config = PracticumConfig(key="practicum", title="Practice", minutes=600)
    return make_enrolment(cast.trainee, standard_version=make_practice_standard(requirements=[config]))


def test_nothing_else_moves_an_entry_under_review(cast, placement):
    log = make_approved(placement)
    make_lapse(placement.supervisor, by=cast.director)
    log.refresh_from_db()
    with pytest.raises(IllegalMove, match="decides about it first"):
        correct_log(log, by=cast.trainee)
    with pytest.raises(IllegalMove, match="under review after a lapse"):
        submit_log(log, by=cast.trainee)
    with pytest.raises(IllegalMove, match="under review after a lapse"):
        approve(log)
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticeLog.objects.filter(pk=log.pk).update(minutes=90)


def test_a_certificate_that_stands_on_the_hours_stays_and_the_director_reads_of_it(cast, placement):
    make_approved(placement)
    confirm_legal_name(cast.trainee, legal_name="Trainee")
    placement.enrolment.person.refresh_from_db()
    create_signing_keys(by=None)
    with transaction.atomic():
        standing = met_standing(placement.enrolment)
        credential = issue_credential(placement.enrolment, standing, by=cast.second_director)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    credential.refresh_from_db()
    assert credential.state == "valid"
    page = text_of(cast.client("director").get(f"/desk/lapses/{lapse.pk}/"))
    assert "Certificate of 23 Nov 2026, valid. It stays as it is" in page
    told = Notice.objects.get(key=f"lapse-{lapse.pk}-director-{cast.director.pk}")
    assert "holds a certificate; it stays as it is" in told.text


# Deciding -------------------------------------------------------------------------------------------------------------


def test_kept_in_good_faith_each_is_what_it_was_and_says_so(cast, placement):
    approved, verified = make_approved(placement), make_approved(placement)
    verify_log(verified, by=cast.director)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    (case,) = decide(cast, lapse, by=cast.second_director)
    assert (state_of(approved), state_of(verified)) == (LogState.APPROVED, LogState.VERIFIED)
    assert (case.decision, case.decided_by, case.reason) == (KEPT, cast.second_director, WHY)
    page = text_of(cast.client("trainee").get(f"/practice/{approved.pk}/"))
    assert "Kept in good faith The supervisor’s professional licence had lapsed on the day of this visit." in page
    assert WHY in page
    assert AuditEntry.objects.filter(action="supervision.lapse.decided").get().data["decision"] == "kept"
    assert Notice.objects.get(key=f"lapse-{lapse.pk}-decided-{case.pk}").person == cast.trainee


def test_signed_again_it_waits_for_the_other_supervisor_and_counts_once_she_approves(cast, placement):
    log = make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    log.refresh_from_db()
    assert (log.state, log.reviewer, log.version) == (LogState.SUBMITTED, cast.other_supervisor, 3)
    assert list(logs_to_review(cast.other_supervisor)) == [log]
    assert not logs_to_review(cast.supervisor).exists()
    with pytest.raises(Refusal, match="Only the supervisor"):
        approve(log, by=cast.supervisor)
    approve(log, by=cast.other_supervisor)
    assert list(CreditChange.objects.order_by("number").values_list("minutes", flat=True)) == [-60, 60]
    signers = SignOff.objects.filter(log=log).order_by("id").values_list("printed_name", "version")
    assert list(signers) == [("Supervisor", 2), ("Other Supervisor", 3)]


def test_an_entry_with_a_correction_under_way_is_kept_or_waits_for_the_correction_to_go(cast, placement):
    log = make_approved(placement)
    correction = correct_log(log, by=cast.trainee)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    with pytest.raises(Refusal, match="a correction is under way"):
        decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    discard_log(correction, by=cast.trainee)
    decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    assert state_of(log) == LogState.SUBMITTED


def test_an_entry_under_two_lapses_counts_again_with_the_second_decision(cast, placement):
    log = make_approved(placement)
    lapses = [make_lapse(placement.supervisor, by=cast.director, kind=kind) for kind in ("licence", "bls")]
    decide(cast, lapses[0])
    assert state_of(log) == LogState.QUESTIONED
    decide(cast, lapses[1])
    assert state_of(log) == LogState.APPROVED
    assert CreditChange.objects.count() == 2


def test_a_lapse_recorded_in_error_is_undone_and_what_was_decided_stays(cast, placement):
    again = make_approved(make_placement(cast.other_trainee, cast.supervisor))
    log = make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    decided = lapse.cases.get(trainee=cast.other_trainee)
    decide(cast, lapse, AGAIN, cases=[decided], to=cast.other_supervisor)
    approve(PracticeLog.objects.get(pk=again.pk), by=cast.other_supervisor)
    annul_lapse(lapse, reason="Another person of the same name.", by=cast.second_director)
    assert (state_of(log), state_of(again)) == (LogState.APPROVED, LogState.APPROVED)
    assert SignOff.objects.filter(log=again).latest("id").version == PracticeLog.objects.get(pk=again.pk).version
    assert dict(lapse.cases.values_list("trainee", "decision")) == {
        cast.trainee.pk: ERROR,
        cast.other_trainee.pk: AGAIN,
    }
    with pytest.raises(IllegalMove):
        annul_lapse(lapse, reason="Twice.", by=cast.director)


COLUMNS = ("state", "version", "flags", "reviewer", "submitted_at", "decided_at")


def test_what_still_waits_to_be_signed_again_comes_back_as_it_was_signed(cast, placement):
    approved, verified = make_approved(placement), make_approved(placement)
    verify_log(verified, by=cast.director)
    before = list(PracticeLog.objects.order_by("id").values(*COLUMNS))
    earlier = timezone.now()
    lapse = make_lapse(placement.supervisor, by=cast.director)
    decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    annul_lapse(lapse, reason="Another person of the same name.", by=cast.second_director)
    assert not logs_to_review(cast.other_supervisor).exists()
    after = list(PracticeLog.objects.order_by("id").values(*COLUMNS))
    for was, now in zip(before, after, strict=True):
        assert abs(was.pop("submitted_at") - now["submitted_at"]) < timedelta(seconds=1)
        assert now.pop("submitted_at") < earlier
        assert was == now
    log = PracticeLog.objects.get(pk=approved.pk)
    assert seen(log) == SignOff.objects.get(log=log).sha256
    assert sum(CreditChange.objects.values_list("minutes", flat=True)) == 0
    told = Notice.objects.get(key=f"lapse-{lapse.pk}-back-{lapse.cases.get().pk}")
    assert (told.person, "they count again" in told.text) == (cast.trainee, True)
    assert AuditEntry.objects.get(action="supervision.lapse.annulled").data["entries"] == [approved.pk, verified.pk]
    page = text_of(cast.client("trainee").get(f"/practice/{approved.pk}/"))
    assert "Not to be signed again: the lapse was recorded in error" in page
    again = make_lapse(placement.supervisor, by=cast.director)
    assert again.cases.get().entries.count() == 2


def test_what_the_trainee_took_back_or_another_lapse_holds_does_not_come_back(cast, placement):
    taken, doubted = make_approved(placement), make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    other = make_lapse(placement.supervisor, by=cast.director, kind="bls", began_on=doubted.on, ended_on=doubted.on)
    decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    retract_log(PracticeLog.objects.get(pk=taken.pk), by=cast.trainee)
    annul_lapse(lapse, reason="Another person of the same name.", by=cast.director)
    assert (state_of(taken), state_of(doubted)) == (LogState.DRAFT, LogState.QUESTIONED)
    decide(cast, other)
    assert state_of(doubted) == LogState.APPROVED


def test_what_another_lapse_sent_too_stays_where_it_waits(cast, placement):
    log = make_approved(placement)
    lapses = [make_lapse(placement.supervisor, by=cast.director, kind=kind) for kind in ("licence", "bls")]
    for lapse in lapses:
        decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    annul_lapse(lapses[1], reason="Another person of the same name.", by=cast.director)
    assert state_of(log) == LogState.SUBMITTED
    annul_lapse(lapses[0], reason="Another person of the same name.", by=cast.director)
    assert state_of(log) == LogState.APPROVED


def test_only_who_decides_about_a_trainee_takes_her_hours_back(cast, placement):
    log = make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    raise_barrier(cast.second_director, cast.trainee, by=cast.director, reason="They are related.")
    with pytest.raises(Refusal, match="Not all of these trainees are yours"):
        annul_lapse(lapse, reason="Another person of the same name.", by=cast.second_director)
    assert (state_of(log), QualificationLapse.objects.get().annulled_at) == (LogState.SUBMITTED, None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": " "}, "Give the reason"),
        ({"reason": "Call 303-555-0142"}, "looks like a phone number"),
        ({"decision": ERROR}, "Choose: kept in good faith"),
        ({"decision": AGAIN}, "Choose the supervisor who signs again"),
        ({"decision": AGAIN, "to": "supervisor"}, "It is somebody else"),
        ({"decision": AGAIN, "to": "faculty"}, "cannot supervise Trainee"),
        ({"by": "registrar"}, "Not all of these trainees are yours"),
        ({"by": "supervisor"}, "Not all of these trainees are yours"),
        ({"by": "trainee"}, "Not all of these trainees are yours"),
        ({"by": "other_faculty"}, "Not all of these trainees are yours"),
    ],
)
def test_a_decision_that_is_not_possible_changes_nothing(cast, placement, fields, words):
    log = make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    for person in (cast.supervisor, cast.trainee):
        grant_role(person, Role.DIRECTOR, by=cast.director)
    elsewhere = {"scope": Scope.PROGRAM, "scope_id": make_program("Else").pk}
    grant_role(cast.other_faculty, Role.DIRECTOR, by=cast.director, **elsewhere)
    people = {
        name: type(cast.director).objects.get(pk=getattr(cast, fields[name]).pk)
        for name in ("by", "to")
        if name in fields
    }
    with pytest.raises(Refusal, match=words):
        decide(cast, lapse, **fields | people)
    assert (state_of(log), lapse.cases.get().decision) == (LogState.QUESTIONED, "")


def test_a_barrier_keeps_a_director_from_deciding_and_from_reading(cast, placement):
    make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="They are related.")
    with pytest.raises(Refusal, match="Not all of these"):
        decide(cast, lapse)
    page = text_of(cast.client("director").get(f"/desk/lapses/{lapse.pk}/"))
    assert "Trainees outside your reach: 1" in page
    assert "Trainee: 1 entry" not in page


def test_the_database_keeps_a_decision_and_lets_nobody_decide_about_herself(cast, placement):
    make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    case, now = lapse.cases.get(), timezone.now()
    by = {"decision": KEPT, "decided_at": now}
    for values in (
        by | {"decided_by": cast.trainee},
        by | {"decided_by": cast.supervisor},
        {"decision": KEPT},
        by | {"decided_by": cast.director, "decision": AGAIN},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LapseCase.objects.filter(pk=case.pk).update(**values)
    decide(cast, lapse)
    with pytest.raises(IntegrityError), transaction.atomic():
        LapseCase.objects.filter(pk=case.pk).update(decision=ERROR)
    with pytest.raises(IntegrityError), transaction.atomic():
        QualificationLapse.objects.filter(pk=lapse.pk).update(began_on=date(2026, 2, 2))
    own = {"kind": "bls", "began_on": date(2026, 2, 2), "source": "x", "recorded_by": cast.supervisor}
    with pytest.raises(IntegrityError), transaction.atomic():
        QualificationLapse.objects.create(supervisor=placement.supervisor, **own)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_director_records_reads_decides_and_takes_back(cast, placement):
    log = make_approved(placement)
    client, pk = cast.client("director"), placement.supervisor_id
    data = {"kind": "licence", "began_on": "2026-01-01", "ended_on": "", "source": "The register of the board."}
    shown = post(client, f"/desk/supervisors/{pk}/lapses/new/", **data)
    assert "Trainee: 1 entry, 1 h" in text_of(shown)
    assert (shown.status_code, state_of(log)) == (200, LogState.APPROVED)
    page = post(client, f"/desk/supervisors/{pk}/lapses/new/", follow=True, **data, shown=1)
    assert (page.status_code, state_of(log)) == (200, LogState.QUESTIONED)
    lapse = QualificationLapse.objects.get()
    assert "Hours of 1 trainee are under review after a lapse" in text_of(client.get("/home/"))
    waiting = text_of(cast.client("trainee").get(f"/practice/{log.pk}/"))
    assert "Under review after a lapse" in waiting
    assert "Nothing needs to be done meanwhile." in waiting
    assert "Under review after a lapse of a supervisor’s papers: 1 h" in text_of(
        cast.client("trainee").get("/practice/")
    )
    assert "not valid from 1 Jan 2026 on" in text_of(client.get(f"/desk/supervisors/{pk}/"))
    refused = post(client, f"/desk/lapses/{lapse.pk}/", decision="again", cases=[lapse.cases.get().pk])
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"to", "reason"})
    data = {"decision": "kept", "cases": [lapse.cases.get().pk], "reason": WHY}
    page = post(client, f"/desk/lapses/{lapse.pk}/", follow=True, **data)
    assert "Decided for 1 trainee. They are told." in text_of(page)
    page = post(client, f"/desk/lapses/{lapse.pk}/annul/", follow=True, reason="Another person.")
    assert "Recorded in error Another person." in text_of(page)
    assert client.get(f"/desk/lapses/{lapse.pk}/annul/").status_code == 404


def test_a_new_entry_between_list_and_act_is_listed_first(cast, placement):
    make_approved(placement)
    client, pk = cast.client("director"), placement.supervisor_id
    data = {"kind": "licence", "began_on": "2026-01-01", "source": "The register.", "shown": 1}
    make_approved(placement)
    page = post(client, f"/desk/supervisors/{pk}/lapses/new/", **data)
    assert "Trainee: 2 entries, 2 h" in text_of(page)
    assert not QualificationLapse.objects.exists()


def test_a_director_of_another_program_sees_neither_lapse_nor_supervisor(cast, placement):
    make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    for person, program in (
        (cast.faculty, placement.enrolment.program_id),
        (cast.other_faculty, make_program("Else").pk),
    ):
        grant_role(person, Role.DIRECTOR, scope=Scope.PROGRAM, scope_id=program, by=cast.director)
    codes = [cast.client(name).get(f"/desk/lapses/{lapse.pk}/").status_code for name in ("faculty", "other_faculty")]
    assert codes == [200, 404]


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_queries_for_one_and_three(cast, placement, django_assert_num_queries, count):
    people = [make_person(f"companion_{number}") for number in range(count)]
    for person in people:
        own = make_placement(person, cast.supervisor)
        for _ in range(count):
            make_approved(own)
    for number in range(count):
        begins = timezone.localdate() - timedelta(days=number)
        make_lapse(placement.supervisor, by=cast.director, kind="bls", began_on=begins, ended_on=begins)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    client = cast.client("director")
    for path, queries in (("/desk/lapses/", 4), (f"/desk/lapses/{lapse.pk}/", 9)):
        client.get(path)
        with django_assert_num_queries(queries):
            client.get(path)


# At once --------------------------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_directors_at_once_leave_one_decision():
    cast = make_cast()
    placement = make_placement(cast.trainee, cast.supervisor)
    log = make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    supervisor_of(cast.other_supervisor, by=None)
    acts = [
        lambda: decide(cast, lapse),
        lambda: decide(cast, lapse, AGAIN, by=cast.second_director, to=cast.other_supervisor),
        lambda: annul_lapse(lapse, reason="In error.", by=cast.director),
        lambda: decide(cast, lapse, by=cast.second_director),
    ]
    outcomes = at_once(len(acts), lambda number: acts[number]())
    done = [one for one in outcomes if not isinstance(one, Exception)]
    case = lapse.cases.get()
    assert case.decision
    assert AuditEntry.objects.filter(action="supervision.lapse.decided").count() == 1
    # Taking the lapse back is the only second act that is possible: it decides nothing anew, and brings back what waits.
    assert len(done) == 1 or any(isinstance(one, QualificationLapse) for one in done)
    waits = case.decision == AGAIN and not QualificationLapse.objects.get().annulled_at
    assert state_of(log) == (LogState.SUBMITTED if waits else LogState.APPROVED)
    assert CreditChange.objects.count() == (1 if waits else 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_an_approval_at_the_same_moment_is_under_review_or_comes_after():
    cast = make_cast()
    placement = make_placement(cast.trainee, cast.supervisor)
    log = make_submitted(placement)
    acts = [lambda: approve(log, by=cast.supervisor), lambda: make_lapse(placement.supervisor, by=cast.director)]
    outcomes = at_once(2, lambda number: acts[number]())
    assert not [one for one in outcomes if isinstance(one, Exception)]
    is_under_review = LapseEntry.objects.filter(log=log).exists()
    assert state_of(log) == (LogState.QUESTIONED if is_under_review else LogState.APPROVED)
    assert CreditChange.objects.count() == is_under_review
