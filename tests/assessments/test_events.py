"""The log of an attempt: what is noted, who reads it, that it costs an answer nothing, and that nothing decides by it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from assessments.actions import (
    answer_attempt,
    close_overdue_attempts,
    go_on,
    leave_slot,
    start_attempt,
    submit_attempt,
    take_break,
)
from assessments.actions.accommodations import grant_accommodation
from assessments.enums import MOST_REFUSED, MOST_REPORTED, EventKind
from assessments.events.actions import device_of, note_event
from assessments.events.timeline import lines_of
from assessments.invigilation.actions import annul_attempt, give_time
from assessments.models import Attempt, AttemptEvent
from assessments.rules import Allowance, AnswerRefused, AttemptClosed, StaleAnswer
from tests.factories.assessments import RIGHT, answer, make_attempt, make_sitting
from tests.factories.enrolment import grant_faculty
from tests.web import post, text_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def sitting(cast):
    sitting = make_sitting(cast.trainee, cooldown_hours=0)
    grant_faculty(cast.faculty, sitting.cohort)
    return sitting


@pytest.fixture
def attempt(cast, sitting):
    return start_attempt(sitting.enrolment, sitting.item, by=cast.trainee)


def kinds(attempt):
    return list(AttemptEvent.objects.filter(attempt=attempt).order_by("at", "id").values_list("kind", flat=True))


def save(attempt, slot=1, sent=None, seq=1, at=NOON):
    sent = RIGHT["single"] if sent is None else sent
    return answer_attempt(
        attempt.pk, slot=slot, sent=sent, client_seq=seq, by=attempt.enrolment.person, at=at + timedelta(seconds=seq)
    )


def test_the_whole_of_a_sitting_is_noted_in_its_order(cast, sitting):
    grant_accommodation(sitting.enrolment, Allowance(break_minutes=10), by=cast.director, reason="Agreed.")
    attempt = start_attempt(sitting.enrolment, sitting.item, by=cast.trainee, at=NOON)
    save(attempt)
    save(attempt, sent={"choice": ["a"]}, seq=2)
    take_break(attempt, by=cast.trainee, at=NOON + MINUTE)
    go_on(attempt, by=cast.trainee, at=NOON + 2 * MINUTE)
    give_time(attempt, minutes=5, by=cast.faculty, reason="The fire alarm rang.", at=NOON + 3 * MINUTE)
    submit_attempt(attempt, by=cast.trainee, at=NOON + 4 * MINUTE)
    annul_attempt(attempt, by=cast.faculty, reason="The fire alarm rang.", at=NOON + 5 * MINUTE)
    assert kinds(attempt) == [
        *("started", "saved", "saved", "break_began", "break_ended"),
        *("time_given", "submitted", "annulled"),
    ]
    saves = AttemptEvent.objects.filter(kind=EventKind.SAVED).values_list("at", "slot")
    assert list(saves) == [(NOON + timedelta(seconds=1), 1), (NOON + timedelta(seconds=2), 1)]


def test_what_the_clock_closes_ran_out_at_its_deadline(cast, sitting):
    attempt = start_attempt(sitting.enrolment, sitting.item, by=cast.trainee, at=NOON)
    close_overdue_attempts(at=NOON + 120 * MINUTE)
    event = AttemptEvent.objects.get(kind=EventKind.RAN_OUT)
    assert (event.attempt, event.at) == (attempt, attempt.deadline)


def test_every_acknowledged_save_is_noted_once_and_what_changed_nothing_is_not(attempt):
    now = attempt.started_at
    save(attempt, seq=5, at=now)
    save(attempt, seq=5, at=now)
    with pytest.raises(StaleAnswer):
        save(attempt, sent={"choice": ["a"]}, seq=4, at=now)
    assert kinds(attempt) == ["started", "refused", "saved"]


@pytest.mark.parametrize(
    ("slot", "sent", "refusal"),
    [(1, {"choice": ["zz"]}, AnswerRefused), (99, RIGHT["single"], AnswerRefused)],
)
def test_a_refused_answer_is_noted_with_its_code_though_its_act_is_undone(attempt, slot, sent, refusal):
    with pytest.raises(refusal):
        save(attempt, slot=slot, sent=sent, at=attempt.started_at)
    event = AttemptEvent.objects.get(kind=EventKind.REFUSED)
    assert (event.detail, event.slot) == (refusal.code, slot)
    assert not attempt.answers.exists()


def test_an_answer_that_came_too_late_is_noted_after_the_end(cast, attempt):
    submit_attempt(attempt, by=cast.trainee)
    with pytest.raises(AttemptClosed):
        save(attempt, at=attempt.started_at)
    assert AttemptEvent.objects.get(kind=EventKind.REFUSED).detail == "attempt_closed"


def test_only_so_many_refusals_are_kept(attempt):
    row = AttemptEvent(attempt=attempt, kind=EventKind.REFUSED, at=NOON, detail="answer_refused")
    AttemptEvent.objects.bulk_create([row] * (MOST_REFUSED - 1))
    for _ in range(2):
        with pytest.raises(AnswerRefused):
            save(attempt, sent={"choice": ["zz"]}, at=attempt.started_at)
    assert AttemptEvent.objects.filter(kind=EventKind.REFUSED).count() == MOST_REFUSED


def test_going_on_for_good_is_noted_once_however_often_the_form_is_sent(cast):
    sitting = make_sitting(cast.trainee, forward_only=True)
    attempt = start_attempt(sitting.enrolment, sitting.item, by=cast.trainee)
    for _ in range(2):
        leave_slot(attempt.pk, slot=1, by=cast.trainee)
    assert list(AttemptEvent.objects.filter(kind=EventKind.WENT_ON).values_list("slot", flat=True)) == [1]


def test_rows_are_only_added(attempt):
    for change in (lambda rows: rows.update(kind=EventKind.LEFT), lambda rows: rows._raw_delete("default")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(AttemptEvent.objects.filter(attempt=attempt))
    with pytest.raises(IntegrityError), transaction.atomic():
        AttemptEvent.objects.create(attempt=attempt, kind="guessed", at=NOON)


# Sessions


def start_in(client, sitting):
    place = f"/learn/{sitting.enrolment.pk}/{sitting.item.slug}/quiz/"
    post(client, f"{place}start/")
    return Attempt.objects.get(enrolment=sitting.enrolment)


def test_another_session_is_noted_when_it_opens_the_page_and_again_when_the_first_one_returns(cast, sitting):
    first, second = cast.client("trainee"), cast.client("trainee")
    attempt = start_in(first, sitting)
    for client in (first, first, second, second, first):
        assert client.get(f"/quiz/{attempt.pk}/").status_code == 200
    assert kinds(attempt) == ["started", "opened", "opened", "opened"]
    marks = list(AttemptEvent.objects.order_by("id").values_list("device", flat=True))[1:]
    assert marks[0] == marks[2] != marks[1]


def test_the_mark_of_a_session_tells_nothing_and_differs_between_attempts(cast, sitting):
    client = cast.client("trainee")
    attempt = start_in(client, sitting)
    client.get(f"/quiz/{attempt.pk}/")
    key = client.session.session_key
    mark = AttemptEvent.objects.get(kind=EventKind.OPENED).device
    assert re.fullmatch("[0-9a-f]{12}", mark)
    assert mark == device_of(attempt, key) != device_of(Attempt(pk=attempt.pk + 1), key)
    names = {field.name for field in AttemptEvent._meta.get_fields()}
    assert names == {"id", "attempt", "kind", "at", "slot", "device", "detail"}


# What the browser tells


def tell(client, attempt, told, **data):
    return client.post(f"/quiz/{attempt.pk}/reports/", {"told": told} | data)


def test_what_a_browser_tells_stands_under_the_time_of_the_server(cast, attempt):
    before = AttemptEvent.objects.get().at
    assert tell(cast.client("trainee"), attempt, "left:12 came_back:0", slot=2).status_code == 204
    rows = AttemptEvent.objects.exclude(kind=EventKind.STARTED).order_by("id")
    assert list(rows.values_list("kind", "slot", "detail")) == [("left", 2, "12"), ("came_back", 2, "0")]
    assert all(row.at > before and row.device for row in rows)


@pytest.mark.parametrize(
    "told",
    ["", "left", "saved:1", "submitted:1", "left:-1", "left:1;drop", "left:999999", "left:1 " * 21, "x" * 400],
)
def test_nonsense_is_dropped_whole(cast, attempt, told):
    assert tell(cast.client("trainee"), attempt, told).status_code == 422
    assert tell(cast.client("trainee"), attempt, "left:1", slot="0").status_code == 422
    assert kinds(attempt) == ["started"]


def test_reports_are_limited_by_the_minute_and_by_the_attempt(cast, attempt):
    client = cast.client("trainee")
    answers = [tell(client, attempt, "left:1").status_code for _ in range(22)]
    assert answers == [204] * 20 + [429] * 2
    row = AttemptEvent(attempt=attempt, kind=EventKind.LEFT, at=NOON, detail="0")
    AttemptEvent.objects.bulk_create([row] * (MOST_REPORTED - 20))
    assert AttemptEvent.objects.filter(kind=EventKind.LEFT).count() == MOST_REPORTED


def test_past_the_most_nothing_is_kept_and_nothing_refused(cast, attempt):
    row = AttemptEvent(attempt=attempt, kind=EventKind.LEFT, at=NOON, detail="0")
    AttemptEvent.objects.bulk_create([row] * (MOST_REPORTED - 1))
    assert tell(cast.client("trainee"), attempt, "lost:3 regained:0").status_code == 204
    told = AttemptEvent.objects.filter(kind__in=(EventKind.LEFT, EventKind.LOST, EventKind.REGAINED))
    assert told.count() == MOST_REPORTED


def test_of_a_closed_attempt_nothing_is_told_any_more(cast, attempt):
    submit_attempt(attempt, by=cast.trainee)
    assert tell(cast.client("trainee"), attempt, "left:1").status_code == 204
    assert kinds(attempt) == ["started", "submitted"]


def test_reports_that_are_too_many_never_keep_an_answer_from_being_saved(cast, attempt):
    client = cast.client("trainee")
    for _ in range(25):
        tell(client, attempt, "lost:1")
    said = client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 1, "choice": "b"}, **JSON)
    assert (said.status_code, attempt.answers.count()) == (200, 1)


# Reading


@pytest.mark.parametrize("name", ["faculty", "director"])
def test_staff_read_it_on_the_page_of_the_attempt_with_what_it_is_not(cast, attempt, name):
    cast.client("trainee").get(f"/quiz/{attempt.pk}/")
    answer(attempt, 1)
    page = text_of(cast.client(name).get(f"/desk/attempts/{attempt.pk}/"))
    assert "Answer saved: question 1" in page
    assert "A log alone never decides anything" in page
    assert AttemptEvent.objects.exclude(device="").get().device not in page


def test_she_reads_the_same_of_her_own_during_and_after(cast, attempt):
    client = cast.client("trainee")
    for _ in range(2):
        page = text_of(client.get(f"/quiz/{attempt.pk}/log/"))
        assert "A log alone never decides anything" in page
        assert "your faculty reads the same" in page
        submit_attempt(attempt, by=cast.trainee)
    assert "Submitted" in page
    assert "What was noted while you took it" in text_of(client.get(f"/quiz/{attempt.pk}/result/"))


def test_saves_in_a_row_are_one_line_and_devices_have_numbers(attempt):
    rows = [
        note_event(attempt, kind, at=NOON + number * MINUTE, slot=slot, device=device, detail=detail)
        for number, (kind, slot, device, detail) in enumerate(
            [
                (EventKind.OPENED, None, "a", ""),
                (EventKind.SAVED, 1, "", ""),
                (EventKind.SAVED, 1, "", ""),
                (EventKind.SAVED, 2, "", ""),
                (EventKind.OPENED, None, "b", ""),
                (EventKind.LEFT, 2, "b", "75"),
                (EventKind.TIME_GIVEN, None, "", "600"),
                (EventKind.REFUSED, 2, "", "stale_answer"),
            ]
        )
    ]
    lines = [(line["title"], line["by"], line["body"]) for line in lines_of(rows, {"a": 1, "b": 2})]
    assert lines == [
        ("Opened", "device 1", ""),
        ("Answer saved: question 1", "", "2 times, the last at 05:02:00."),
        ("Answer saved: question 2", "", ""),
        ("Opened on another device, or after signing in again", "device 2", ""),
        (
            "Left the page: question 2",
            "told by the browser, device 2",
            "1 minute and 15 seconds before it was told, as the browser counts.",
        ),
        ("More time given", "", "10 minutes more."),
        ("Answer not taken: question 2", "", "A newer answer from another window was saved already."),
    ]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "url", "queries"), [("trainee", "/quiz/{}/log/", 6), ("director", "/desk/attempts/{}/", 7)]
)
def test_both_pages_take_the_same_queries_for_one_event_and_three(
    cast, attempt, django_assert_num_queries, rows, name, url, queries
):
    for number in range(rows):
        note_event(attempt, EventKind.OPENED, at=NOON, device=str(number))
    client, url = cast.client(name), url.format(attempt.pk)
    assert client.get(url).status_code == 200
    with django_assert_num_queries(queries):
        client.get(url)


def test_a_second_session_costs_the_page_one_query_and_only_once(cast, sitting, django_assert_num_queries):
    attempt = start_in(cast.client("trainee"), sitting)
    client = cast.client("trainee")
    client.get("/home/")
    with django_assert_num_queries(5):
        client.get(f"/quiz/{attempt.pk}/")
    with django_assert_num_queries(4):
        client.get(f"/quiz/{attempt.pk}/")


# It decides nothing


WRITES_OR_SHOWS = {
    "assessments/models/__init__.py",
    "assessments/models/event.py",
    "assessments/events/actions.py",
    "assessments/events/queries.py",
}
READS = {
    "assessments/events/actions.py",  # its own bounds, and which session opened last
    "assessments/events/views.py",
    "assessments/events/queries.py",
    "assessments/queries.py",  # brings the mark of the last session along with an attempt
}


def test_no_rule_reads_the_log():
    """The table is named where it is written and shown; its reads are called by the two pages that show it."""
    rooms = ("assessments", "supervision", "certificates")  # the rooms below may not import it
    sources = {str(file): file.read_text() for room in rooms for file in Path(room).rglob("*.py")}
    sources = {name: text for name, text in sources.items() if "migrations" not in name}
    assert {name for name, text in sources.items() if "AttemptEvent" in text} <= WRITES_OR_SHOWS | {
        "assessments/events/timeline.py"
    }
    readers = re.compile(r"\bevents_of\b|\bdevices_of\b|\blast_device\b")
    assert {
        name for name, text in sources.items() if readers.search(text) and name.split("/")[0] != "supervision"
    } <= READS  # it may not import it
    named = re.compile(r"assessments_attemptevent")
    assert {name for name, text in sources.items() if named.search(text)} == {
        "assessments/apps.py",
        "assessments/evidence.py",
    }
    related = re.compile(r"attempt\w*\.events\b|\bevents__")
    assert [name for name, text in sources.items() if related.search(text)] == []


def test_the_same_answers_have_the_same_result_whatever_was_noted(cast, sitting):
    calm = make_attempt(sitting.enrolment, sitting.item, wrong=(1,))
    busy = make_attempt(sitting.enrolment, sitting.item, wrong=(1,), submitted=False)
    for kind in (EventKind.LEFT, EventKind.OPENED, EventKind.REFUSED, EventKind.LOST):
        note_event(busy, kind, at=NOON, device="x")
    submit_attempt(busy, by=cast.trainee)
    busy.refresh_from_db()
    assert (busy.score, busy.passed, busy.result) == (calm.score, calm.passed, calm.result)
