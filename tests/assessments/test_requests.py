"""Another attempt: who asks for it and when, who decides, and that a granted one is one and no more."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from assessments.actions import start_attempt
from assessments.enums import LONGEST_REQUEST, REQUEST_MOVES, RequestState
from assessments.invigilation.actions import annul_attempt
from assessments.models import AttemptRequest
from assessments.quiz import Quiz
from assessments.requests.actions import ask_for_attempt, decline_attempt, grant_attempt
from assessments.rules import NO_GRANT, Granted, Past, Start, StartRefused, start_state
from courses.enrolment.enums import EnrolmentState
from lms.accounts.actions import raise_barrier
from lms.audit.models import AuditEntry
from lms.errors import IllegalMove, Refusal
from lms.web.worklist import work_for
from tests.cast import make_person
from tests.factories.assessments import SETTINGS, make_attempt, make_sitting
from tests.factories.enrolment import grant_faculty, make_enrolment
from tests.jobs import drain
from tests.web import post, text_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WHY = "I was ill, and have read the lessons again."


@pytest.fixture
def sitting(cast):
    sitting = make_sitting(cast.trainee, cooldown_hours=0, attempts=1)
    grant_faculty(cast.faculty, sitting.cohort)
    return sitting


@pytest.fixture
def exhausted(sitting):
    make_attempt(sitting.enrolment, sitting.item, wrong=(1,))
    return sitting


@pytest.fixture
def asked(exhausted):
    return ask(exhausted)


def ask(sitting, reason=WHY, **fields):
    return ask_for_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, reason=reason, **fields)


def start(sitting, **fields):
    return start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, **fields)


def intro(sitting):
    return f"/learn/{sitting.enrolment.pk}/{sitting.item.slug}/quiz/"


# Asking


def test_another_attempt_is_asked_for_only_once_none_is_left(cast, sitting):
    with pytest.raises(Refusal, match="once none is left"):
        ask(sitting)
    make_attempt(sitting.enrolment, sitting.item, submitted=False)
    with pytest.raises(Refusal, match="once none is left"):
        ask(sitting)
    assert not AttemptRequest.objects.exists()


def test_whoever_has_passed_asks_for_nothing(sitting):
    make_attempt(sitting.enrolment, sitting.item)
    with pytest.raises(Refusal, match="once none is left"):
        ask(sitting)


def test_one_question_at_a_time_stands_open(exhausted, asked):
    with pytest.raises(IllegalMove, match="asked already"):
        ask(exhausted)
    with pytest.raises(IntegrityError), transaction.atomic():
        AttemptRequest.objects.create(
            enrolment=asked.enrolment, activity=asked.activity, item=asked.item, reason="x", asked_at=NOON
        )


@pytest.mark.parametrize(
    ("reason", "done", "accepted"),
    [
        ("x" * LONGEST_REQUEST, "y" * LONGEST_REQUEST, True),
        ("x" * (LONGEST_REQUEST + 1), "", False),
        ("x", "y" * (LONGEST_REQUEST + 1), False),
        ("  ", "", False),
    ],
)
def test_what_she_writes_is_bounded(exhausted, reason, done, accepted):
    if accepted:
        assert ask(exhausted, reason, done=done).done == done
        return
    with pytest.raises(Refusal):
        ask(exhausted, reason, done=done)
    assert not AttemptRequest.objects.exists()


def test_nobody_asks_for_another_one_and_nobody_while_her_enrolment_rests(cast, exhausted):
    with pytest.raises(Refusal, match="somebody else"):
        ask_for_attempt(exhausted.enrolment, exhausted.item, by=cast.other_trainee, reason=WHY)
    exhausted.enrolment.state = EnrolmentState.PAUSED
    exhausted.enrolment.save()
    with pytest.raises(Refusal, match="not active"):
        ask(exhausted)


def test_the_words_are_encrypted_and_in_no_audit_row(cast, asked):
    decline_attempt(asked, by=cast.faculty, answer="Let us talk first about the airway.")
    with connection.cursor() as cursor:
        cursor.execute("select reason, answer from assessments_attemptrequest")
        stored = " ".join(cursor.fetchone())
    assert "ill" not in stored.split()
    assert "airway" not in stored
    rows = AuditEntry.objects.filter(action__startswith="assessments.request").order_by("id")
    assert [row.action for row in rows] == ["assessments.request.asked", "assessments.request.declined"]
    assert all("airway" not in str(row.data) and "ill," not in str(row.data) for row in rows)


@pytest.mark.parametrize("field", ["reason", "done"])
def test_what_could_point_to_a_client_is_refused_and_a_name_is_not(exhausted, field):
    said = {"reason": WHY, "done": "Ruth and I read it again."}
    with pytest.raises(Refusal, match="looks like a phone number"):
        ask(exhausted, **(said | {field: "My client rang from 303-555-0142 just then."}))
    assert not AttemptRequest.objects.exists()
    assert ask(exhausted, **said).done == said["done"]


def test_the_forms_refuse_the_same_and_keep_what_was_written(cast, exhausted):
    words = "My client wrote from someone@example.com."
    refused = post(cast.client("trainee"), intro(exhausted) + "ask/", reason=words)
    assert (refused.status_code, words in text_of(refused)) == (422, True)
    assert "looks like an e-mail address" in text_of(refused)
    url = f"/desk/attempt-requests/{ask(exhausted).pk}/"
    for fields in ({"act": "grant", "answer": words}, {"act": "decline", "decline-answer": words}):
        assert post(cast.client("faculty"), url, **fields).status_code == 422
    assert AttemptRequest.objects.get().is_open


# Who is told that somebody asks


def told(*people) -> list[list[str]]:
    """The subjects of the mails to each of these people."""
    drain()
    return [[sent.subject for sent in mail.outbox if sent.to == [person.email]] for person in people]


def test_the_faculty_who_teach_her_are_told_once_a_day_and_nobody_else(cast, sitting):
    for person in (cast.trainee, cast.other_trainee):
        enrolment = sitting.enrolment if person == cast.trainee else make_enrolment(person, cohort=sitting.cohort)
        make_attempt(enrolment, sitting.item, wrong=(1,))
        ask_for_attempt(enrolment, sitting.item, by=person, reason=WHY)
    faculty, *others = told(cast.faculty, cast.director, cast.other_faculty, cast.supervisor, cast.registrar)
    assert [subject.endswith("A request waits for your decision") for subject in faculty] == [True]
    assert others == [[], [], [], []]
    (sent,) = [one for one in mail.outbox if one.to == [cast.faculty.email]]
    assert "/desk/attempt-requests/" in sent.body
    for word in (cast.trainee.display_name, sitting.item.title, "ill"):
        assert word not in sent.body.split("/desk/")[0]


@pytest.mark.parametrize("absent", ["barrier", "inactive", "nobody", "herself"])
def test_directors_are_told_where_no_faculty_can_decide(cast, exhausted, absent):
    grants = cast.faculty.role_grants
    if absent == "barrier":
        raise_barrier(cast.trainee, cast.faculty, by=cast.director, reason="A conflict.")
    elif absent == "inactive":
        cast.faculty.is_active = False
        cast.faculty.save()
    else:
        grants.update(valid_until=timezone.now())
    if absent == "herself":
        grant_faculty(cast.trainee, exhausted.cohort)
    ask(exhausted)
    faculty, directors, herself = told(cast.faculty, cast.director, cast.trainee)
    assert (faculty, len(directors), herself) == ([], 1, [])


# Deciding


def test_a_granted_one_is_one_more_attempt_for_her_at_this_quiz(cast, exhausted, asked):
    other = make_enrolment(cast.other_trainee, cohort=exhausted.cohort)
    make_attempt(other, exhausted.item, wrong=(1,))
    grant_attempt(asked, by=cast.faculty)
    assert make_attempt(exhausted.enrolment, exhausted.item, wrong=(1,)).number == 2
    for enrolment in (exhausted.enrolment, other):
        with pytest.raises(StartRefused, match="used all your attempts"):
            start_attempt(enrolment, exhausted.item, by=enrolment.person)


def test_each_of_two_requests_one_after_the_other_gives_one(cast, exhausted, asked):
    grant_attempt(asked, by=cast.faculty)
    make_attempt(exhausted.enrolment, exhausted.item, wrong=(1,))
    grant_attempt(ask(exhausted), by=cast.director)
    assert start(exhausted).number == 3


def test_it_can_be_started_from_the_day_that_was_named_in_the_zone_of_the_program(cast, exhausted, asked):
    zone = ZoneInfo(exhausted.enrolment.program.time_zone)
    day = timezone.localdate(timezone=zone) + 3 * DAY
    granted = grant_attempt(asked, by=cast.faculty, not_before=day)
    first = datetime.combine(day, datetime.min.time(), tzinfo=zone)
    assert granted.not_before == first
    with pytest.raises(StartRefused, match="not over yet"):
        start(exhausted, at=first - timedelta(microseconds=1))
    assert start(exhausted, at=first).number == 2


@pytest.mark.parametrize("days", [-1, 367])
def test_a_day_in_the_past_or_far_away_is_refused(cast, asked, days):
    zone = ZoneInfo(asked.enrolment.program.time_zone)
    with pytest.raises(Refusal, match="between today and a year"):
        grant_attempt(asked, by=cast.faculty, not_before=timezone.localdate(timezone=zone) + days * DAY)
    asked.refresh_from_db()
    assert asked.is_open


def test_a_declined_one_gives_nothing_and_she_may_ask_again(cast, exhausted, asked):
    with pytest.raises(Refusal, match="Say why"):
        decline_attempt(asked, by=cast.faculty, answer=" ")
    decline_attempt(asked, by=cast.faculty, answer="Read the lesson on the airway first.")
    with pytest.raises(StartRefused, match="used all your attempts"):
        start(exhausted)
    assert ask(exhausted).pk != asked.pk


def test_a_request_is_decided_once_and_the_database_keeps_it(cast, asked):
    for old, new in ((RequestState.GRANTED, set()), (RequestState.DECLINED, set())):
        assert REQUEST_MOVES[old] == new
    grant_attempt(asked, by=cast.faculty)
    for again in (
        lambda: grant_attempt(asked, by=cast.director),
        lambda: decline_attempt(asked, by=cast.director, answer="No."),
    ):
        with pytest.raises(IllegalMove, match="decided already"):
            again()
    rows = AttemptRequest.objects.filter(pk=asked.pk)
    for change in (
        lambda: rows.update(state=RequestState.OPEN, decided_at=None, decided_by=None),
        lambda: rows.update(not_before=NOON),
        lambda: rows.update(reason="Another one."),
        lambda: rows._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_an_attempt_that_she_has_by_now_is_not_granted_once_more(cast, exhausted, asked):
    annul_attempt(exhausted.enrolment.attempts.get(), by=cast.faculty, reason="The fire alarm rang.")
    with pytest.raises(Refusal, match="has an attempt left by now"):
        grant_attempt(asked, by=cast.faculty)
    decline_attempt(asked, by=cast.faculty, answer="Your attempt was annulled: you have one left.")


def test_nobody_decides_her_own_and_nobody_out_of_reach(cast, exhausted, asked):
    teacher = make_person("teacher")
    grant_faculty(teacher, exhausted.cohort)
    her_own = make_enrolment(teacher, cohort=exhausted.cohort)
    make_attempt(her_own, exhausted.item, wrong=(1,))
    own = ask_for_attempt(her_own, exhausted.item, by=teacher, reason=WHY)
    for request, by in ((own, teacher), (asked, cast.registrar), (asked, cast.other_faculty), (asked, cast.trainee)):
        with pytest.raises(Refusal, match="Only faculty of the cohort"):
            grant_attempt(request, by=by)
        with pytest.raises(Refusal, match="Only faculty of the cohort"):
            decline_attempt(request, by=by, answer="No.")


def test_a_barrier_hides_it_and_keeps_from_deciding(cast, asked):
    raise_barrier(cast.trainee, cast.faculty, by=cast.director, reason="A conflict.")
    with pytest.raises(Refusal):
        grant_attempt(asked, by=cast.faculty)
    client = cast.client("faculty")
    assert client.get(f"/desk/attempt-requests/{asked.pk}/").status_code == 404
    assert "Nothing waits" in text_of(client.get("/desk/attempt-requests/"))
    assert not [item for item in work_for(cast.faculty) if "another attempt" in item.title]


# The rule, apart from the database


def state(past=1, attempts=1, granted=NO_GRANT, now=NOON, more=0):
    ended = [Past(is_open=False, passed=False, submitted_at=NOON - DAY)] * past
    quiz = Quiz({"settings": SETTINGS | {"attempts": attempts, "cooldown_hours": 24}})
    found = start_state(quiz, ended, is_active=True, now=now, more_attempts=more, granted=granted)
    return found.kind, found.left, found.not_before


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (Start.NONE_LEFT, 0, None)),
        ({"granted": Granted(1)}, (Start.READY, 1, None)),
        ({"granted": Granted(1), "past": 2}, (Start.NONE_LEFT, 0, None)),
        ({"granted": Granted(2), "past": 2}, (Start.READY, 1, None)),
        ({"granted": Granted(1), "more": 1, "past": 2}, (Start.READY, 1, None)),
        ({"granted": Granted(1, NOON + DAY)}, (Start.COOLING, 1, NOON + DAY)),
        ({"granted": Granted(1, NOON)}, (Start.READY, 1, None)),
        ({"granted": Granted(1, NOON - 9 * DAY), "now": NOON - timedelta(hours=1)}, (Start.COOLING, 1, NOON)),
        ({"granted": Granted(1, NOON + DAY), "past": 1, "attempts": 2}, (Start.READY, 2, None)),
        ({"granted": Granted(1, NOON + DAY), "attempts": 0}, (Start.READY, None, None)),
    ],
)
def test_granted_attempts_are_counted_and_the_day_holds_for_the_last_one_alone(given, expected):
    assert state(**given) == expected


# Pages


def test_she_asks_on_the_first_page_and_reads_there_where_it_stands(cast, exhausted):
    client = cast.client("trainee")
    refused = post(client, intro(exhausted) + "ask/", reason="")
    assert (refused.status_code, "Why you ask" in text_of(refused)) == (422, True)
    page = text_of(post(client, intro(exhausted) + "ask/", reason=WHY, done="The airway.", follow=True))
    assert "Waits for your faculty" in page
    assert WHY in page
    assert "Ask for another attempt" not in page
    asked = AttemptRequest.objects.get()
    decline_attempt(asked, by=cast.faculty, answer="Read the lesson on the airway first.")
    page = text_of(client.get(intro(exhausted)))
    assert "Read the lesson on the airway first." in page
    assert "Ask for another attempt" in page
    day = timezone.localdate(timezone=ZoneInfo(asked.enrolment.program.time_zone)) + 3 * DAY
    grant_attempt(ask(exhausted), by=cast.faculty, not_before=day, answer="Take your time.")
    page = text_of(client.get(intro(exhausted)))
    assert "1 attempt left" in page
    assert "You can start again from" in page
    assert "Take your time." in page


def test_the_mail_is_neutral(cast, asked):
    decline_attempt(asked, by=cast.faculty, answer="Read the lesson on the airway first.")
    drain()
    (sent,) = [one for one in mail.outbox if one.to == [cast.trainee.email]]
    assert sent.subject.endswith("About one of your quizzes")
    for word in ("airway", "ill", "declined", "another attempt", asked.item.title):
        assert word not in sent.body


def test_faculty_find_it_by_the_work_list_with_its_age_and_grant_it_on_its_page(cast, exhausted):
    with time_machine.travel(timezone.now() - 3 * DAY):
        asked = ask(exhausted, done="The airway.")
    client = cast.client("faculty")
    home = text_of(client.get("/home/"))
    assert "1 person asks for another attempt" in home
    assert "3 days" in home
    assert "3 days" in text_of(client.get("/desk/attempt-requests/"))
    url = f"/desk/attempt-requests/{asked.pk}/"
    page = text_of(client.get(url))
    assert WHY in page
    assert "The airway." in page
    assert post(client, url, act="decline", **{"decline-answer": ""}).status_code == 422
    post(client, url, act="grant", not_before="", answer="Good luck.")
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.decided_by) == (RequestState.GRANTED, "Good luck.", cast.faculty)
    assert "Nothing waits" in text_of(client.get("/desk/attempt-requests/"))
    assert "Granted" in text_of(client.get("/desk/attempt-requests/decided/"))
    assert "asks for another attempt" not in text_of(client.get("/home/"))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("url", ["/desk/attempt-requests/", "/desk/attempt-requests/decided/"])
def test_both_lists_take_the_same_queries_for_one_and_three(cast, sitting, django_assert_num_queries, rows, url):
    for number in range(rows):
        enrolment = make_enrolment(make_person(f"asker{number}"), cohort=sitting.cohort)
        make_attempt(enrolment, sitting.item, wrong=(1,))
        asked = ask_for_attempt(enrolment, sitting.item, by=enrolment.person, reason=WHY)
        if "decided" in url:
            grant_attempt(asked, by=cast.director)
    client = cast.client("director")
    assert client.get(url).status_code == 200
    with django_assert_num_queries(4):
        client.get(url)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_first_page_takes_one_query_more_for_all_that_she_asked(
    cast, exhausted, asked, django_assert_max_num_queries, rows
):
    for _ in range(rows - 1):
        decline_attempt(AttemptRequest.objects.last(), by=cast.faculty, answer="Not yet.")
        ask(exhausted)
    client = cast.client("trainee")
    assert client.get(intro(exhausted)).status_code == 200
    with django_assert_max_num_queries(9):
        client.get(intro(exhausted))
