"""Who really signed, and what stands in a log beside visits: sessions of supervision and hours from elsewhere."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from courses.standards.contract import Category, Subject
from courses.standards.enums import Bucket
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from lms.errors import Refusal
from lms.web.spreadsheets import FORMULA
from supervision.actions.handover import hand_over
from supervision.actions.lapse import annul_lapse, decide_cases
from supervision.actions.practice import submit_log
from supervision.actions.program import unapprove_log
from supervision.actions.supervisor import supervisor_of
from supervision.enums import HandoverCause, LapseDecision, PriorState
from supervision.exports.choices import Choices
from supervision.exports.facts import What
from supervision.exports.paper import draw_letter
from supervision.exports.queries import chosen_logs, is_as_counted, signers_of
from supervision.exports.reading import log_of
from supervision.exports.totals import INDIVIDUAL, PARTS, by_signer, by_week, minutes_of
from supervision.models import ExportRecord, PracticeLog, Supervisor
from supervision.requirements import PracticumConfig, PracticumMinutes
from supervision.sessions.actions.attending import object_to_session
from supervision.sessions.actions.leading import record_absence, return_session
from supervision.sessions.judge import SupervisionConfig
from supervision.sessions.requirements import SupervisionMinutes
from tests.certificates.paper.reading import faults_of
from tests.certificates.paper.reading import text_of as text_of_pdf
from tests.factories.sessions import attendance_of, confirm, make_logged, make_planned, make_recorded, seen_session
from tests.factories.signing import make_used_link
from tests.factories.supervision import (
    CATEGORIES,
    approve,
    approve_prior,
    make_approved,
    make_draft,
    make_export,
    make_lapse,
    make_placement,
    make_practice_standard,
    make_prior,
    make_returned,
    make_signer,
    make_submitted,
    return_prior,
)
from tests.supervision.exports.making import MARKS
from tests.supervision.exports.test_log_files import cells, content, csv_rows, workbook

WHOLE = Choices(beyond_visits=True)
OF_SUPERVISION = tuple(
    Category(f"{name}_consultation", name.title(), "supervision", False)
    for name in ("individual", "triadic", "group", "peer")
)
EVERY = (*CATEGORIES, *OF_SUPERVISION)
BY_KEY = {category.key: category for category in EVERY}


def covered(cast, placement):
    """The other supervisor decides in place of the placement's own."""
    hand_over(
        placement.supervisor,
        to=supervisor_of(cast.other_supervisor, by=None),
        cause=HandoverCause.ABSENT,
        reason="On leave until May.",
        since=timezone.localdate(),
        by=cast.director,
    )
    placement.refresh_from_db()
    return placement


# Who signed ----------------------------------------------------------------------------------------------------------


def test_what_a_cover_signed_is_hers_and_each_who_signed_has_a_letter(cast, placement):
    early = make_approved(placement)
    waiting = make_submitted(placement, segments=(("dosing", 45),))
    covered(cast, placement)
    approve(waiting, by=cast.other_supervisor)
    enrolment = placement.enrolment
    assert signers_of(enrolment) == [
        (cast.other_supervisor.pk, "Other Supervisor"),
        (cast.supervisor.pk, "Supervisor"),
    ]
    assert list(chosen_logs(enrolment, Choices(signer=cast.supervisor.pk))) == [early]
    assert list(chosen_logs(enrolment, Choices(signer=cast.other_supervisor.pk))) == [waiting]
    letters = [
        text_of_pdf(content(make_export(enrolment, "letter", "pdf", paper="a4", signer=who.pk)))
        for who in (cast.supervisor, cast.other_supervisor)
    ]
    assert "practice by Supervisor" in letters[0]
    assert "practice by Other Supervisor" in letters[1]
    assert ["1 h" in letters[0], "45 min" in letters[1], "45 min" in letters[0]] == [True, True, False]
    book = workbook(make_export(enrolment, file_type="xlsx"))
    signers = [[cell.value for cell in row] for row in book["Signers"].iter_rows(min_row=2)]
    assert signers == [["Other Supervisor", "Live observation", 1, 45], ["Supervisor", "Live observation", 1, 60]]


def test_the_approval_that_counts_names_the_signer_also_after_another_one_was_withdrawn(cast, placement):
    """The credit still names who approved first."""
    log = make_approved(placement)
    first = make_export(placement.enrolment)
    unapprove_log(log, by=cast.director, reason="The wrong visit was meant.")
    between = make_export(placement.enrolment)
    log = submit_log(PracticeLog.objects.get(pk=log.pk), by=cast.trainee)
    covered(cast, placement)
    approve(log, by=cast.other_supervisor)
    assert log.credit.approved_by == cast.supervisor
    assert signers_of(placement.enrolment) == [(cast.other_supervisor.pk, "Other Supervisor")]
    assert list(chosen_logs(placement.enrolment, Choices(signer=cast.supervisor.pk))) == []
    with pytest.raises(Refusal, match="who has approved an entry of yours"):
        make_export(placement.enrolment, "letter", "pdf", paper="a4", signer=cast.supervisor.pk)
    assert [is_as_counted(one) for one in (first, between)] == [False, True]


def test_who_signed_by_a_link_and_later_by_an_account_is_one_person(cast):
    robin = make_signer(by=cast.director)
    placement = make_placement(cast.trainee, Supervisor.objects.get(pk=robin.pk))
    log = make_submitted(placement)
    used = make_used_link(robin)
    approve(log, by=used)
    assert signers_of(placement.enrolment) == [(-robin.pk, "Robin Vance, PhD")]
    old = make_export(placement.enrolment, "letter", "pdf", paper="a4", signer=-robin.pk)
    account = cast.other_supervisor
    Supervisor.objects.filter(person=account).delete()
    Supervisor.objects.filter(pk=robin.pk).update(person=account)
    assert [number for number, _ in signers_of(placement.enrolment)] == [account.pk]
    assert list(chosen_logs(placement.enrolment, Choices(signer=account.pk))) == [log]
    assert is_as_counted(old)


def test_a_letter_whose_approvals_were_withdrawn_meanwhile_says_so(cast, placement):
    log = make_approved(placement)
    unapprove_log(log, by=cast.director, reason="The wrong visit was meant.")
    read = log_of(placement.enrolment, replace(WHOLE, signer=cast.supervisor.pk), with_reflections=False)
    assert by_signer(read) == []
    pdf = draw_letter(read, MARKS, "a4")
    assert faults_of(pdf) == []
    assert "Nothing that this letter was asked for is approved now" in text_of_pdf(pdf)


# Sessions and hours from elsewhere -----------------------------------------------------------------------------------


@pytest.fixture
def rich(cast):
    """A log with one of each that counts, and some that do not."""
    standard = make_practice_standard(categories=EVERY)
    from tests.factories.enrolment import make_enrolment

    placement = make_placement(
        cast.trainee, cast.supervisor, enrolment=make_enrolment(cast.trainee, standard_version=standard)
    )
    make_approved(placement, on=date(2026, 3, 10))
    make_recorded(placement, on=date(2026, 3, 11), minutes=50, feedback="+1 for pacing", topics=())
    make_recorded(placement, on=date(2026, 3, 18), minutes=90, format="group", others=3, purpose="consultation")
    make_logged(placement, on=date(2026, 3, 25), minutes=30)
    make_planned(placement, on=timezone.localdate() + timedelta(days=3))
    prior = make_prior(placement.enrolment, institution="=Harbor Clinic", minutes=600)
    approve_prior(prior, by=cast.director)
    make_prior(placement.enrolment, began_on=date(2023, 3, 1), ended_on=date(2023, 4, 1))
    return placement


def test_the_full_log_has_sessions_and_hours_from_elsewhere(rich):
    rows = csv_rows(make_export(rich.enrolment))
    assert [(row["What"], row["State"], row["Date"], row["Category"], row["Minutes"]) for row in rows] == [
        ("Hours from elsewhere", "Waiting for a director", "2023-03-01", "Live observation, from elsewhere", "1200"),
        ("Hours from elsewhere", "Approved", "2024-03-04", "Live observation, from elsewhere", "600"),
        ("Visit", "Approved", "2026-03-10", "Live observation", "60"),
        ("Supervision session", "Confirmed", "2026-03-11", "Session: individual supervision", "50"),
        ("Supervision session", "Confirmed", "2026-03-18", "Session: group consultation", "90"),
        ("Supervision session", "Not confirmed yet", "2026-03-25", "Session: individual supervision", "30"),
    ]
    assert (rows[1]["Site"], rows[1]["Until"], rows[1]["Signed by"]) == ("'=Harbor Clinic", "2024-06-07", "Director")
    assert (rows[3]["Feedback or note"], rows[3]["Signed by"]) == ("'+1 for pacing", "Supervisor")
    assert [value for row in rows for value in row.values() if value.startswith(FORMULA)] == []


def test_the_workbook_has_them_in_its_totals_and_no_formula(rich):
    record = make_export(rich.enrolment, file_type="xlsx")
    book = workbook(record)
    assert book.sheetnames == ["Entries", "Totals", "Signers", "About"]
    totals = [[cell.value for cell in row][:4] for row in book["Totals"].iter_rows(min_row=2)]
    assert totals == [
        ["Live observation", 60, 0, 0],
        ["Session: individual supervision", 50, 30, 0],
        ["Session: group consultation", 90, 0, 0],
        ["Live observation, from elsewhere", 600, 1200, 0],
        ["Together", 800, 1230, 0],
    ]
    assert {cell.data_type for cell in cells(book)} <= {"s", "n", "d"}
    assert (record.entries, record.counted_entries, record.counted_minutes) == (6, 4, 800)
    assert is_as_counted(record)


def test_the_summary_is_accessible_and_names_what_was_brought_along(rich):
    pdf = content(make_export(rich.enrolment, "summary", "pdf", paper="us-letter"))
    assert faults_of(pdf) == []
    text = text_of_pdf(pdf)
    for words in ("Hours from elsewhere", "March 2024 to June 2024", "=Harbor Clinic; Miriam Adler, PhD", "I led this"):
        assert words in text
    assert "pacing" not in text  # words of a session stand in the trainee's own log alone
    assert "11 Mar" not in text


def test_weekly_totals_have_sessions_in_their_columns_and_nothing_from_elsewhere(rich):
    rows = csv_rows(make_export(rich.enrolment, "weeks", "csv"))
    assert [
        (row["Week from"], row["Observed"], row["Supervision, individual"], row["Supervision, group"]) for row in rows
    ] == [("2026-03-09", "60", "50", "0"), ("2026-03-16", "0", "0", "90")]
    assert rows[-1]["Running: all"] == "200"
    about = workbook(make_export(rich.enrolment, "weeks", "xlsx"))["About"]
    assert "10 h from elsewhere are approved too" in " ".join(str(row[1].value) for row in about.iter_rows())


def test_a_file_says_when_a_session_it_counted_counts_no_more(rich, cast):
    record = make_export(rich.enrolment)
    letter = make_export(rich.enrolment, "letter", "pdf", paper="a4", signer=cast.supervisor.pk)
    make_recorded(rich, on=date(2026, 4, 1))
    assert is_as_counted(record)
    session = rich.enrolment.session_attendances.filter(state="confirmed").order_by("id").first()
    object_to_session(session, by=cast.trainee, reason="It was shorter.")
    assert not is_as_counted(record)
    assert not is_as_counted(letter)
    confirm(session)  # by another signature than the one that was counted
    assert not is_as_counted(record)


def test_a_session_under_review_is_not_written_as_confirmed(rich, cast):
    record, day = make_export(rich.enrolment), date(2026, 3, 11)
    lapse = make_lapse(cast.supervisor.supervising, by=cast.director, began_on=day, ended_on=day)
    [row] = [row for row in csv_rows(make_export(rich.enrolment)) if row["Date"] == "2026-03-11"]
    assert (row["State"], row["Signed by"]) == ("Under review after a lapse", "")
    totals = [cell.value for cell in list(workbook(make_export(rich.enrolment, file_type="xlsx"))["Totals"])[2]][:4]
    assert totals == ["Session: individual supervision", 0, 30, 50]
    weeks = csv_rows(make_export(rich.enrolment, "weeks", "csv"))
    assert [row["Supervision, individual"] for row in weeks] == ["0", "0"]
    approved = log_of(rich.enrolment, replace(WHOLE, approved_only=True), with_reflections=True)
    assert [entry.day for entry in approved.entries if entry.what == What.SESSION] == [date(2026, 3, 18)]
    assert not is_as_counted(record)
    annul_lapse(lapse, reason="Another person.", by=cast.director)
    assert is_as_counted(record)


def test_a_session_that_is_to_be_confirmed_again_waits(rich, cast):
    day = date(2026, 3, 11)
    lapse = make_lapse(cast.supervisor.supervising, by=cast.director, began_on=day, ended_on=day)
    to = supervisor_of(cast.other_supervisor, by=None)
    cases = list(lapse.cases.values_list("pk", flat=True))
    decide_cases(lapse, cases, decision=LapseDecision.AGAIN, reason="The register says so.", by=cast.director, to=to)
    totals = [cell.value for cell in list(workbook(make_export(rich.enrolment, file_type="xlsx"))["Totals"])[2]][:4]
    assert totals == ["Session: individual supervision", 0, 80, 0]


def test_a_file_of_before_still_counts_visits_alone(rich):
    record = make_export(rich.enrolment)
    choices = {name: value for name, value in record.choices.items() if name != "beyond_visits"}
    old = ExportRecord(enrolment=rich.enrolment, choices=choices, made_at=record.made_at, counted_entries=1)
    assert is_as_counted(old)


@pytest.mark.parametrize(
    ("choices", "whats"),
    [
        ({"category": "sessions.all"}, [What.SESSION] * 3),
        ({"category": "observation-live"}, [What.PRIOR, What.PRIOR, What.VISIT]),
        ({"since": date(2026, 3, 11), "until": date(2026, 3, 18)}, [What.SESSION] * 2),
        ({"approved_only": True}, [What.PRIOR, What.VISIT, What.SESSION, What.SESSION]),
        ({"signer": 0}, [What.VISIT, What.SESSION, What.SESSION]),
    ],
)
def test_what_is_chosen_holds_for_them_too(rich, cast, choices, whats):
    if "signer" in choices:
        choices = {"signer": cast.supervisor.pk}
    read = log_of(rich.enrolment, replace(WHOLE, **choices), with_reflections=True)
    assert [entry.what for entry in read.entries] == whats


def test_the_sessions_of_others_stand_in_nobodys_log(cast, rich):
    make_recorded(make_placement(cast.other_trainee, cast.supervisor), feedback="Elsewhere entirely")
    assert b"Elsewhere entirely" not in content(make_export(rich.enrolment))


@pytest.mark.parametrize("count", [1, 3])
def test_reading_them_asks_a_fixed_number_of_times(cast, placement, count, django_assert_num_queries):
    for number in range(count):
        make_approved(placement)
        make_recorded(placement)
        began = date(2020 + number, 1, 1)
        approve_prior(
            make_prior(placement.enrolment, began_on=began, ended_on=began + timedelta(days=90)), by=cast.director
        )
    enrolment = type(placement.enrolment).objects.select_related("person", "program").get(pk=placement.enrolment_id)
    log_of(enrolment, WHOLE, with_reflections=True)
    with django_assert_num_queries(9):
        assert len(log_of(enrolment, WHOLE, with_reflections=True).entries) == 3 * count


# Exports, the standing and a recount agree -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_totals_are_those_of_the_standing_and_of_a_slow_recount(cast, seed):
    """Whatever happened in whatever order: a log of random acts, counted in three ways."""
    from tests.factories.enrolment import make_enrolment

    chance = random.Random(seed)
    enrolment = make_enrolment(cast.trainee, standard_version=make_practice_standard(categories=EVERY))
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    grant_role(cast.other_supervisor, Role.SUPERVISOR, by=cast.director)
    acts = [_visit, _session, _prior]
    for number in range(14):
        chance.choice(acts)(cast, placement, chance, number)
    read = log_of(enrolment, WHOLE, with_reflections=False)
    counted = {
        Bucket.SUPERVISION: minutes_of(one for one in read.approved if one.bucket == Bucket.SUPERVISION),
        "practice": minutes_of(one for one in read.approved if one.bucket != Bucket.SUPERVISION),
    }
    assert counted == _standing(placement) == _recount(enrolment)
    weeks = by_week(read)
    assert sum(week.together for week in weeks) + minutes_of(read.transferred) == sum(counted.values())
    assert sum(minutes_of(one.entries) for one in by_signer(read)) == minutes_of(read.earned)
    individual = sum(week.minutes[INDIVIDUAL] for week in weeks)
    brought = minutes_of(one for one in read.transferred if one.bucket == Bucket.SUPERVISION and not one.is_group)
    assert individual + brought == _supervision(placement).parts[0].done
    assert set(PARTS) >= {part for week in weeks for part in week.minutes}


def _visit(cast, placement, chance, number):
    fields = {
        "on": date(2026, 3, 3) + timedelta(days=number),
        "category_key": chance.choice(
            ["role-play", "observation-live", "individual_consultation", "peer_consultation"]
        ),
        "segments": (("other", chance.randint(1, 200)),),
    }
    match chance.randint(0, 4):
        case 0:
            make_draft(placement, **fields)
        case 1:
            make_returned(placement, **fields)
        case 2:
            make_submitted(placement, **fields)
        case 3:
            log = make_approved(placement, **fields)
            unapprove_log(log, by=cast.director, reason="It was another visit.")
            if chance.random() < 0.5:
                approve(submit_log(PracticeLog.objects.get(pk=log.pk), by=cast.trainee))
        case 4:
            make_approved(placement, **fields)


def _session(cast, placement, chance, number):
    format_ = chance.choice(["individual", "triadic", "group", "peer"])
    others = {"individual": 0, "triadic": 1}.get(format_, 3)
    on = date(2026, 3, 3) + timedelta(days=number)
    fields = {"on": on, "format": format_, "others": others, "minutes": chance.randint(1, 120)}
    attendance = attendance_of(make_logged(placement, **fields), placement)
    match chance.randint(0, 4):
        case 1:
            confirm(attendance)
        case 4:
            confirm(attendance)
            lapse = make_lapse(placement.supervisor, by=cast.director, began_on=on, ended_on=on)
            if chance.random() < 0.5:
                annul_lapse(lapse, reason="Another person.", by=cast.director)
        case 2:
            confirm(attendance)
            object_to_session(attendance_of(attendance.session, placement), by=cast.trainee, reason="Shorter.")
            if chance.random() < 0.5:
                confirm(attendance_of(attendance.session, placement))
            elif chance.random() < 0.5:
                held = attendance_of(attendance.session, placement)
                record_absence(held, by=cast.supervisor, reason="She left early.")
        case 3:
            seen = seen_session(attendance)
            return_session(attendance, by=cast.supervisor, seen=seen, reason="Which day was it?")


def _prior(cast, placement, chance, number):
    began = date(2010 + number, 1, 1)
    prior = make_prior(
        placement.enrolment,
        minutes=chance.randint(1, 900),
        category_key=chance.choice(["role-play", "group_consultation", "individual_consultation"]),
        began_on=began,
        ended_on=began + timedelta(days=60),
    )
    match chance.randint(0, 2):
        case 0:
            approve_prior(prior, by=cast.director)
        case 1:
            return_prior(prior, by=cast.director)


def _judged(kind, config, placement):
    subject = Subject(person=placement.trainee_id, enrolment=placement.enrolment_id, edition=None)
    found = kind.gather([config], [subject], timezone.now(), detail=True)
    return kind.judge(config, found[subject], {}, BY_KEY)


def _supervision(placement):
    return _judged(
        SupervisionMinutes(), SupervisionConfig("s", "S", minutes=10**6, individual=1, peer_counts=True), placement
    )


def _standing(placement):
    practice = _judged(PracticumMinutes(), PracticumConfig("p", "P", minutes=10**6), placement)
    return {Bucket.SUPERVISION: _supervision(placement).done, "practice": practice.done}


def _recount(enrolment):
    """From the rows that carry minutes: credits with what came to them, signatures of sessions, decisions."""
    sums = {Bucket.SUPERVISION: 0, "practice": 0}

    def add(key, minutes):
        of = Bucket.SUPERVISION if not key or BY_KEY[key].bucket == Bucket.SUPERVISION else "practice"
        sums[of] += minutes

    with connection.cursor() as cursor:
        cursor.execute(
            "select l.id, l.category_key, c.minutes from supervision_practicecredit c "
            "join supervision_practicelog l on l.id = c.log_id where l.enrolment_id = %s",
            [enrolment.pk],
        )
        for log, key, minutes in cursor.fetchall():
            cursor.execute("select minutes from supervision_creditchange where log_id = %s", [log])
            add(key, minutes + sum(change for (change,) in cursor.fetchall()))
        cursor.execute(
            "select id, session_id from supervision_sessionattendance where enrolment_id = %s", [enrolment.pk]
        )
        for attendance, session in cursor.fetchall():
            cursor.execute(
                "select new from supervision_attendancemove where attendance_id = %s order by id desc limit 1",
                [attendance],
            )
            if cursor.fetchone() == ("confirmed",):
                cursor.execute("select minutes from supervision_supervisionsession where id = %s", [session])
                add("", cursor.fetchone()[0])
    for prior in enrolment.prior_hours.all():
        if prior.moves.order_by("-id").first().new == PriorState.APPROVED:
            add(prior.category_key, prior.minutes)
    return sums
