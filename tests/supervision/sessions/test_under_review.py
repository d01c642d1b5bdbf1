"""Sessions under review after a lapse of the supervisor's papers: which, what they count for, and how it is decided."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.standards.contract import Subject
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role
from lms.audit.models import AuditEntry
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from supervision.actions.handover import hand_over
from supervision.actions.lapse import annul_lapse, decide_cases
from supervision.actions.practice import VisitRefused
from supervision.actions.supervisor import supervisor_of
from supervision.enums import HandoverCause, LapseDecision, LogState
from supervision.models import (
    LapseAttendance,
    LapseCase,
    PracticeLog,
    QualificationLapse,
    SessionAttendance,
    SessionSignature,
    SupervisionSession,
)
from supervision.sessions.actions.attending import object_to_session
from supervision.sessions.actions.holding import count_people
from supervision.sessions.actions.leading import confirm_attendance, record_absence, return_session
from supervision.sessions.enums import AttendanceState, SessionMeaning
from supervision.sessions.judge import SupervisionConfig
from supervision.sessions.queries import waiting_for
from supervision.sessions.ratio import Ratio
from supervision.sessions.requirements import SupervisionMinutes
from supervision.signing.actions import approve_by_link, question_receipt
from tests.cast import make_cast, make_person
from tests.factories.sessions import (
    attendance_of,
    confirm,
    make_logged,
    make_recorded,
    seen_session,
)
from tests.factories.signing import make_used_link, place_with
from tests.factories.supervision import CATEGORIES, make_approved, make_code, make_lapse, make_placement, make_signer
from tests.races import at_once
from tests.web import post, text_of

KEPT, AGAIN = LapseDecision.KEPT, LapseDecision.AGAIN
PROPOSED, CONFIRMED, QUESTIONED, DISPUTED, ABSENT = (
    AttendanceState.PROPOSED,
    AttendanceState.CONFIRMED,
    AttendanceState.QUESTIONED,
    AttendanceState.DISPUTED,
    AttendanceState.ABSENT,
)
LED, KNOWN = SessionMeaning.LED, SessionMeaning.KNOWN
WHY = "The board’s register showed it as valid then."
KIND = SupervisionMinutes()
BY_KEY = {category.key: category for category in CATEGORIES}
CONFIG = SupervisionConfig(key="s", title="S", minutes=600, individual=60, ratio=Ratio(60, 300))
TUESDAY = date(2026, 5, 5)


@pytest.fixture
def other(cast):
    return make_placement(cast.other_trainee, cast.supervisor)


def attended(placement, **fields):
    return attendance_of(make_recorded(placement, **fields), placement)


def fresh(attendance):
    return SessionAttendance.objects.select_related("session__covered_by__person").get(pk=attendance.pk)


def states(*attendances):
    return [fresh(one).state for one in attendances]


def decide(cast, lapse, decision=KEPT, *, cases=None, by=None, to=None, reason=WHY):
    pks = [case.pk for case in cases or lapse.cases.all()]
    signer = supervisor_of(to, by=None) if to else None
    return decide_cases(lapse, pks, decision=decision, reason=reason, by=by or cast.director, to=signer)


def judged(placement, *, detail=True, as_of=None):
    subject = Subject(person=placement.trainee_id, enrolment=placement.enrolment_id, edition=None)
    found = KIND.gather([CONFIG], [subject], as_of or timezone.now(), detail=detail)
    return KIND.judge(CONFIG, found[subject], {}, BY_KEY)


def practise(placement):
    """Five hours of direct contact on that day, which make an hour of supervision due."""
    fields = {"clients": frozenset({make_code(placement).pk}), "client_consented": True, "starts_at": time(6, 0)}
    segments = (("preparation", 300),)
    return make_approved(placement, on=TUESDAY, category_key="preparation", segments=segments, **fields)


def sign(attendance, *, by, meaning=KNOWN):
    return confirm_attendance(attendance, meaning=meaning, by=by, seen=seen_session(attendance))


# What falls under review ----------------------------------------------------------------------------------------------


def test_what_stands_on_her_signature_on_these_days_is_under_review_and_nothing_else(cast, placement, other):
    days = [TUESDAY + timedelta(days=number) for number in (-1, 0, 3, 4)]
    sat = [attended(placement, on=on) for on in days]
    logged = attendance_of(make_logged(placement, on=TUESDAY + timedelta(days=1)), placement)
    disputed = attended(placement, on=TUESDAY + timedelta(days=2))
    object_to_session(disputed, by=cast.trainee, reason="It was shorter.")
    absent = attended(other, on=TUESDAY, starts_at=time(10, 0))
    record_absence(absent, by=cast.supervisor, reason="She was ill.")
    elsewhere = make_placement(make_person("companion"), cast.other_supervisor)
    anothers = attended(elsewhere, on=TUESDAY)
    before = list(SessionSignature.objects.order_by("id").values())
    lapse = make_lapse(placement.supervisor, by=cast.director, began_on=TUESDAY, ended_on=days[2])
    found = states(*sat, logged, disputed, absent, anothers)
    assert found == [CONFIRMED, QUESTIONED, QUESTIONED, CONFIRMED, PROPOSED, DISPUTED, ABSENT, CONFIRMED]
    assert list(SessionSignature.objects.order_by("id").values()) == before
    assert [fresh(one).version for one in sat] == [1, 1, 1, 1]
    assert set(LapseAttendance.objects.values_list("attendance", flat=True)) == {sat[1].pk, sat[2].pk}
    # There is no visit at all: whoever has sessions alone has a case too.
    assert list(lapse.cases.values_list("trainee", "decision")) == [(cast.trainee.pk, "")]
    assert list(sat[1].moves.values_list("old", "new", "by"))[-1] == (CONFIRMED, QUESTIONED, cast.director.pk)


def test_one_case_holds_visits_and_sessions_and_each_is_told_once(cast, placement, other):
    log, first, second = make_approved(placement), attended(placement), attended(other)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    assert dict(lapse.cases.values_list("trainee", "pk")).keys() == {cast.trainee.pk, cast.other_trainee.pk}
    told = Notice.objects.filter(key__startswith=f"lapse-{lapse.pk}-trainee-")
    assert sorted(told.values_list("person", flat=True)) == sorted([cast.trainee.pk, cast.other_trainee.pk])
    assert all("some visits or supervision sessions" in notice.text for notice in told)
    entry = AuditEntry.objects.get(action="supervision.lapse.recorded")
    assert (entry.data["entries"], entry.data["sessions"]) == ([log.pk], [first.pk, second.pk])
    decide(cast, lapse)
    assert (PracticeLog.objects.get().state, states(first, second)) == (LogState.APPROVED, [CONFIRMED, CONFIRMED])


def test_what_somebody_else_confirmed_in_her_place_is_not_hers(cast, placement):
    mine = attendance_of(make_logged(placement), placement)
    hand_over(
        placement.supervisor,
        to=supervisor_of(cast.other_supervisor, by=None),
        cause=HandoverCause.ABSENT,
        reason="On leave until June.",
        since=timezone.localdate(),
        by=cast.director,
    )
    sign(fresh(mine), by=cast.other_supervisor)
    assert make_lapse(placement.supervisor, by=cast.director).cases.count() == 0
    make_lapse(supervisor_of(cast.other_supervisor, by=None), by=cast.director)
    assert states(mine) == [QUESTIONED]


def test_what_was_confirmed_by_a_link_of_hers_falls_under_review(cast):
    robin = make_signer(by=cast.director)
    placed = place_with(robin, cast.trainee)
    mine = attendance_of(make_logged(placed), placed)
    ticks = [(mine.pk, seen_session(mine))]
    receipt = approve_by_link(make_used_link(robin), sessions=ticks, session_meaning=LED)
    lapse = make_lapse(robin, by=cast.director)
    assert states(mine) == [QUESTIONED]
    question_receipt(receipt)  # what nobody signed cannot be kept for a signature in good faith
    assert states(mine) == [DISPUTED]
    decide(cast, lapse)
    assert states(mine) == [DISPUTED]


# What it counts for ---------------------------------------------------------------------------------------------------


def test_it_counts_for_nothing_says_why_and_counts_again(cast, placement):
    attended(placement, on=TUESDAY - timedelta(days=7))
    mine = attended(placement, on=TUESDAY, minutes=50)
    earlier = timezone.now()
    lapse = make_lapse(placement.supervisor, by=cast.director, began_on=TUESDAY, ended_on=TUESDAY)
    short, full = judged(placement, detail=False), judged(placement)
    for result in (short, full):
        assert (result.done, result.pending, result.parts[0].done) == (60, 0, 60)
        assert "50 min more under review" in result.note
    [left_out] = full.excluded
    assert (left_out.evidence.id, left_out.amount) == (mine.session_id, 50)
    assert left_out.reason.startswith("Under review: a paper of the supervisor")
    before = judged(placement, as_of=earlier)
    assert (before.done, before.excluded, before.note) == (110, (), "")
    under_review = timezone.now()
    decide(cast, lapse)
    assert (judged(placement).done, judged(placement).excluded, judged(placement).note) == (110, (), "")
    assert judged(placement, as_of=under_review).done == 60


def test_the_ratio_leaves_it_out(cast, placement):
    practise(placement)
    attended(placement, on=TUESDAY)
    ratio = lambda: judged(placement, detail=False).parts[-1]  # noqa: E731
    assert (ratio().done, ratio().needed) == (1, 1)
    [case] = make_lapse(placement.supervisor, by=cast.director).cases.all()
    # Her practice of that day is under review too, so that nothing is due.
    assert (ratio().done, ratio().needed) == (0, 0)
    decide(cast, case.lapse)
    assert (ratio().done, ratio().needed) == (1, 1)


def test_practice_that_another_supervisor_approved_stays_due(cast, placement):
    elsewhere = make_placement(cast.trainee, cast.other_supervisor, enrolment=placement.enrolment)
    practise(elsewhere)
    attended(placement, on=TUESDAY)
    make_lapse(placement.supervisor, by=cast.director)
    line = judged(placement, detail=False).parts[-1]
    assert (line.done, line.needed, "failed" in line.note) == (0, 1, True)


@pytest.mark.parametrize(
    "act",
    [
        lambda one, cast: object_to_session(one, by=cast.trainee, reason="It was shorter."),
        lambda one, cast: record_absence(one, by=cast.supervisor, reason="She was ill."),
        lambda one, cast: confirm(one),
        lambda one, cast: return_session(one, by=cast.supervisor, seen=seen_session(one), reason="Which day?"),
    ],
)
def test_nothing_else_moves_it(cast, placement, act):
    mine = attended(placement)
    make_lapse(placement.supervisor, by=cast.director)
    with pytest.raises(IllegalMove, match="A program director decides about it first"):
        act(fresh(mine), cast)
    assert states(mine) == [QUESTIONED]


def count_again(session):
    count_people(session)
    return session.size


def test_she_was_there_nevertheless(cast, placement):
    session = make_recorded(placement, on=TUESDAY)
    make_lapse(placement.supervisor, by=cast.director)
    with pytest.raises(VisitRefused, match="a session on 5 May"):
        make_logged(placement, on=TUESDAY)
    assert count_again(session) == 1


# Deciding -------------------------------------------------------------------------------------------------------------


def test_signed_again_it_waits_for_the_other_supervisor_and_the_old_signature_stays(cast, placement):
    mine = attended(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    now = fresh(mine)
    assert (now.state, now.version, now.session.covered_by.person) == (PROPOSED, 2, cast.other_supervisor)
    assert [one.pk for one in waiting_for(cast.other_supervisor)] == [now.session_id]
    assert not waiting_for(cast.supervisor).exists()
    assert (judged(placement).done, judged(placement).pending) == (0, 60)
    assert Notice.objects.filter(key__startswith="sessions-", person=cast.other_supervisor).count() == 1
    with pytest.raises(Refusal, match="Only the supervisor of this session"):
        sign(now, by=cast.supervisor)
    with pytest.raises(Refusal, match="You did not lead this session"):
        sign(now, by=cast.other_supervisor, meaning=LED)
    sign(now, by=cast.other_supervisor)
    assert (states(mine), judged(placement).done) == ([CONFIRMED], 60)
    signed = SessionSignature.objects.order_by("id").values_list("printed_name", "version", "meaning")
    assert list(signed) == [("Supervisor", 1, LED), ("Other Supervisor", 2, KNOWN)]
    assert make_lapse(placement.supervisor, by=cast.director, kind="bls").cases.count() == 0


def test_who_is_asked_can_say_that_it_does_not_count(cast, placement):
    mine = attended(placement)
    decide(cast, make_lapse(placement.supervisor, by=cast.director), AGAIN, to=cast.other_supervisor)
    client = cast.client("other_supervisor")
    page = client.get(f"/review/sessions/{mine.session_id}/")
    assert "To be confirmed again" in text_of(page)
    assert "Return to the trainee" not in text_of(page)
    data = {"attendance": mine.pk, "seen": seen_session(mine)}
    refused = post(client, f"/review/sessions/{mine.session_id}/", **data, decision="confirm", meaning=LED)
    assert "You did not lead this session." in text_of(refused)
    post(client, f"/review/sessions/{mine.session_id}/", **data, decision="absent", reason="I know nothing of it.")
    assert (states(mine), SupervisionSession.objects.get().size) == ([ABSENT], 0)


def test_the_one_who_led_it_confirms_again_what_was_confirmed_in_her_place(cast, placement):
    mine = attendance_of(make_logged(placement), placement)
    taker = supervisor_of(cast.other_supervisor, by=None)
    words = {"cause": HandoverCause.ABSENT, "reason": "On leave.", "since": timezone.localdate(), "by": cast.director}
    hand_over(placement.supervisor, to=taker, **words)
    sign(fresh(mine), by=cast.other_supervisor)
    decide(cast, make_lapse(taker, by=cast.director), AGAIN, to=cast.supervisor)
    assert fresh(mine).session.covered_by is None
    sign(fresh(mine), by=cast.supervisor, meaning=LED)
    assert states(mine) == [CONFIRMED]


def test_a_session_of_several_goes_for_all_of_them_at_once_or_not_at_all(cast, placement, other):
    session = make_recorded(placement, other)
    log = make_approved(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    [mine] = lapse.cases.filter(trainee=cast.trainee)
    with pytest.raises(Refusal, match="it is under review for other trainees too"):
        decide(cast, lapse, AGAIN, cases=[mine], to=cast.other_supervisor)
    both = list(session.attendances.all())
    assert (states(*both), PracticeLog.objects.get(pk=log.pk).state) == ([QUESTIONED] * 2, LogState.QUESTIONED)
    decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    assert states(*both) == [PROPOSED] * 2
    for one in both:
        sign(fresh(one), by=cast.other_supervisor)
    assert states(*both) == [CONFIRMED] * 2


def test_what_is_kept_for_one_of_several_does_not_hold_the_others_back(cast, placement, other):
    session = make_recorded(placement, other)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    decide(cast, lapse, KEPT, cases=lapse.cases.filter(trainee=cast.other_trainee))
    decide(cast, lapse, AGAIN, cases=lapse.cases.filter(trainee=cast.trainee), to=cast.other_supervisor)
    assert states(attendance_of(session, placement), attendance_of(session, other)) == [PROPOSED, CONFIRMED]


def test_it_goes_to_nobody_who_may_not_supervise_everybody_who_was_there(cast, placement, other):
    session = make_recorded(placement, other)
    record_absence(attendance_of(session, other), by=cast.supervisor, reason="She was ill.")
    lapse = make_lapse(placement.supervisor, by=cast.director)
    raise_barrier(cast.other_supervisor, cast.other_trainee, by=cast.second_director, reason="They are related.")
    with pytest.raises(Refusal, match="cannot supervise everybody who was there") as refused:
        decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    assert "Other Trainee" not in refused.value.message
    assert (lapse.cases.get().decision, fresh(attendance_of(session, placement)).state) == ("", QUESTIONED)


@pytest.mark.parametrize(("to", "words"), [(None, "Choose the supervisor"), ("faculty", "cannot supervise Trainee")])
def test_a_case_of_sessions_alone_needs_a_signer_too(cast, placement, to, words):
    mine = attended(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    with pytest.raises(Refusal, match=words):
        decide(cast, lapse, AGAIN, to=to and getattr(cast, to))
    assert (lapse.cases.get().decision, states(mine)) == ("", [QUESTIONED])


def test_a_session_under_two_lapses_counts_again_with_the_second_decision(cast, placement):
    mine = attended(placement)
    lapses = [make_lapse(placement.supervisor, by=cast.director, kind=kind) for kind in ("licence", "bls")]
    decide(cast, lapses[0])
    assert states(mine) == [QUESTIONED]
    annul_lapse(lapses[1], reason="Another person of the same name.", by=cast.director)
    assert states(mine) == [CONFIRMED]
    assert list(mine.moves.values_list("new", flat=True)) == [PROPOSED, CONFIRMED, QUESTIONED, CONFIRMED]


def test_a_lapse_recorded_in_error_is_undone_and_what_was_signed_since_stays(cast, placement, other):
    first, waits, signed = attended(placement), attended(other), attended(other)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    decide(cast, lapse, AGAIN, cases=lapse.cases.filter(trainee=cast.other_trainee), to=cast.other_supervisor)
    sign(fresh(signed), by=cast.other_supervisor)
    annul_lapse(lapse, reason="Another person of the same name.", by=cast.second_director)
    assert states(first, waits, signed) == [CONFIRMED, CONFIRMED, CONFIRMED]
    back, stays = fresh(waits), fresh(signed)
    assert (back.version, back.session.covered_by) == (1, None)
    assert (stays.version, stays.session.covered_by.person) == (2, cast.other_supervisor)
    assert seen_session(back) == SessionSignature.objects.get(attendance=back).sha256
    assert AuditEntry.objects.get(action="supervision.lapse.annulled").data["sessions"] == [waits.pk]
    assert not waiting_for(cast.other_supervisor).exists()
    page = text_of(cast.client("other_trainee").get(f"/practice/sessions/{waits.session_id}/"))
    assert "Not to be confirmed again: the lapse was recorded in error" in page
    assert set(
        make_lapse(placement.supervisor, by=cast.director).cases.values_list("sessions__attendance", flat=True)
    ) == {
        first.pk,
        waits.pk,
    }


def test_what_another_lapse_sent_too_or_holds_is_not_confirmed_again(cast, placement):
    mine = attended(placement)
    lapses = [make_lapse(placement.supervisor, by=cast.director, kind=kind) for kind in ("licence", "bls")]
    decide(cast, lapses[0], AGAIN, to=cast.other_supervisor)
    decide(cast, lapses[1], AGAIN, to=cast.other_supervisor)
    annul_lapse(lapses[1], reason="Another person of the same name.", by=cast.director)
    assert states(mine) == [PROPOSED]
    annul_lapse(lapses[0], reason="Another person of the same name.", by=cast.director)
    assert states(mine) == [CONFIRMED]


def test_what_waits_to_be_confirmed_again_is_handed_over_like_any_other(cast, placement):
    mine = attended(placement)
    decide(cast, make_lapse(placement.supervisor, by=cast.director), AGAIN, to=cast.other_supervisor)
    third = make_person("third_supervisor")
    grant_role(third, Role.SUPERVISOR, by=cast.director)
    hand_over(
        supervisor_of(cast.other_supervisor, by=None),
        to=supervisor_of(third, by=None),
        cause=HandoverCause.ABSENT,
        reason="On leave until June.",
        since=timezone.localdate(),
        by=cast.director,
    )
    assert fresh(mine).session.covered_by.person == third


def test_the_rows_of_a_case_stay(cast, placement):
    attended(placement)
    make_lapse(placement.supervisor, by=cast.director)
    row = LapseAttendance.objects.get()
    for change in (row.delete, lambda: LapseAttendance.objects.update(attendance=row.attendance)):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_pages_say_that_it_is_under_review_and_what_was_decided(cast, placement):
    mine = attended(placement, on=TUESDAY)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    trainee, supervisor = cast.client("trainee"), cast.client("supervisor")
    own, hers = f"/practice/sessions/{mine.session_id}/", f"/review/sessions/{mine.session_id}/"
    assert "Under review after a lapse" in text_of(trainee.get("/practice/sessions/"))
    assert "(under review)" in text_of(supervisor.get("/review/sessions/"))
    for client, path in ((trainee, own), (supervisor, hers)):
        page = text_of(client.get(path))
        assert "professional licence may not have been valid on the day of this session" in page
    assert "This is not right" not in text_of(trainee.get(own))
    assert "Take this back for" not in text_of(supervisor.get(hers))
    assert trainee.get(f"{own}object/").status_code == 409
    assert post(trainee, f"{own}object/", reason="It was shorter.").status_code == 409
    taken = post(
        supervisor, hers, attendance=mine.pk, seen=seen_session(mine), decision="absent", reason="She was ill."
    )
    assert (taken.status_code, "A program director decides about it first" in text_of(taken)) == (422, True)
    decide(cast, lapse)
    for client, path in ((trainee, own), (supervisor, hers)):
        page = text_of(client.get(path))
        assert "Kept in good faith" in page
        assert ("Counts again" in page, WHY in page) == (True, True)


def test_the_desk_lists_sessions_beside_entries(cast, placement):
    make_approved(placement)
    attended(placement, on=TUESDAY, minutes=50)
    client, pk = cast.client("director"), placement.supervisor_id
    data = {"kind": "licence", "began_on": "2026-01-01", "ended_on": "", "source": "The register of the board."}
    shown = post(client, f"/desk/supervisors/{pk}/lapses/new/", **data)
    assert "Trainee: 1 entry, 1 h and 1 session, 50 min" in text_of(shown)
    assert post(client, f"/desk/supervisors/{pk}/lapses/new/", **data, shown=1).status_code == 200  # listed anew
    post(client, f"/desk/supervisors/{pk}/lapses/new/", **data, shown=2)
    lapse = QualificationLapse.objects.get()
    page = text_of(client.get(f"/desk/lapses/{lapse.pk}/"))
    assert "Trainee: 1 entry, 1 h and 1 session, 50 min" in page
    assert "5 May 2026, individual session, 50 min" in page


def test_a_barrier_hides_whose_sessions_they_are(cast, placement):
    attended(placement)
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="They are related.")
    data = {"kind": "licence", "began_on": "2026-01-01", "ended_on": "", "source": "The register of the board."}
    shown = text_of(post(cast.client("director"), f"/desk/supervisors/{placement.supervisor_id}/lapses/new/", **data))
    assert "1 session of trainees of other programs" in shown
    assert "Trainee: 1 session" not in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_queries_for_one_and_three(cast, placement, django_assert_num_queries, count):
    own = [make_placement(make_person(f"companion_{number}"), cast.supervisor) for number in range(count)]
    for one in own:
        for _ in range(count):
            attended(one)
    together = make_recorded(placement, *own, format="group")
    lapse = make_lapse(placement.supervisor, by=cast.director)
    pages = (
        ("director", f"/desk/lapses/{lapse.pk}/", 9),
        ("supervisor", "/review/sessions/", 10),
        ("supervisor", f"/review/sessions/{together.pk}/", 14),
    )
    for who, path, queries in pages:
        client = cast.client(who)
        client.get(path)
        with django_assert_num_queries(queries):
            client.get(path)


# At once --------------------------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_directors_at_once_leave_one_decision():
    cast = make_cast()
    placement = make_placement(cast.trainee, cast.supervisor)
    mine = attended(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    supervisor_of(cast.other_supervisor, by=None)
    acts = [
        lambda: decide(cast, lapse),
        lambda: decide(cast, lapse, AGAIN, by=cast.second_director, to=cast.other_supervisor),
        lambda: decide(cast, lapse, by=cast.second_director),
    ]
    outcomes = at_once(len(acts), lambda number: acts[number]())
    assert sum(not isinstance(one, Exception) for one in outcomes) == 1
    assert all(isinstance(one, list | IllegalMove) for one in outcomes)
    expected = {KEPT: CONFIRMED, AGAIN: PROPOSED}[LapseCase.objects.get().decision]
    assert (states(mine), mine.moves.filter(old=QUESTIONED).count()) == ([expected], 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_an_objection_and_a_confirmation_at_the_same_moment_come_before_or_after():
    cast = make_cast()
    placement = make_placement(cast.trainee, cast.supervisor)
    mine, logged = attended(placement), attendance_of(make_logged(placement), placement)
    acts = [
        lambda: object_to_session(mine, by=cast.trainee, reason="It was shorter."),
        lambda: sign(logged, by=cast.supervisor),
        lambda: make_lapse(placement.supervisor, by=cast.director),
    ]
    outcomes = at_once(3, lambda number: acts[number]())
    assert not isinstance(outcomes[2], Exception)
    found = set(LapseAttendance.objects.values_list("attendance", flat=True))
    assert states(mine) == [QUESTIONED if mine.pk in found else DISPUTED]
    assert states(logged) == [QUESTIONED if logged.pk in found else CONFIRMED]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_signature_and_the_end_of_a_lapse_at_the_same_moment_leave_one_that_counts():
    cast = make_cast()
    placement = make_placement(cast.trainee, cast.supervisor)
    mine = attended(placement)
    lapse = make_lapse(placement.supervisor, by=cast.director)
    decide(cast, lapse, AGAIN, to=cast.other_supervisor)
    waits, seen = fresh(mine), seen_session(mine)
    acts = [
        lambda: confirm_attendance(waits, meaning=KNOWN, by=cast.other_supervisor, seen=seen),
        lambda: annul_lapse(lapse, reason="Another person of the same name.", by=cast.director),
    ]
    outcomes = at_once(2, lambda number: acts[number]())
    assert not isinstance(outcomes[1], Exception)
    assert isinstance(outcomes[0], SessionAttendance | Refusal)
    assert states(mine) == [CONFIRMED]
    assert SessionSignature.objects.latest("id").version == fresh(mine).version
