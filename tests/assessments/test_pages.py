"""The pages of a quiz through HTTP: who may open them, what they say, and that every one works with plain forms."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assessments.models import Answer, Attempt
from courses.enrolment.enums import EnrolmentState
from tests.factories.assessments import answer, frozen_question, make_attempt, make_quiz, make_sitting
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.web import post

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def sitting(cast):
    sitting = make_sitting(cast.trainee)
    make_enrolment(cast.other_trainee, cohort=sitting.cohort)
    grant_faculty(cast.faculty, sitting.cohort)
    grant_faculty(cast.other_faculty, make_cohort())
    return sitting


@pytest.fixture
def client(cast, sitting):
    return cast.client("trainee")


def intro(sitting):
    return reverse("quiz_intro", args=[sitting.enrolment.pk, sitting.item.slug])


def start(client, sitting) -> Attempt:
    post(client, intro(sitting) + "start/")
    return Attempt.objects.get(enrolment=sitting.enrolment)


def say(client, attempt, slot, **data):
    return client.post(f"/quiz/{attempt.pk}/answer/", {"slot": slot, "seq": 1} | data)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_whole_quiz_is_taken_with_plain_forms(client, sitting):
    assert "3 attempts left." in text(client.get(intro(sitting)))
    started = post(client, intro(sitting) + "start/")
    attempt = Attempt.objects.get()
    assert started["Location"] == f"/quiz/{attempt.pk}/"
    assert "Question 1 of 5" in text(client.get(started["Location"]))
    for slot, data in enumerate(
        [{"choice": "b"}, {"choice": "a"}, {"choice": ["a", "b"]}, {"value": "0.01", "unit": "g"}, {"choice": "b"}],
        start=1,
    ):
        saved = say(client, attempt, slot, **data)
        assert saved["Location"] == (
            f"/quiz/{attempt.pk}/?slot={slot + 1}" if slot < 5 else f"/quiz/{attempt.pk}/review/"
        )
    assert "5 of 5 answered" in text(client.get(f"/quiz/{attempt.pk}/review/"))
    submitted = post(client, f"/quiz/{attempt.pk}/submit/")
    result = text(client.get(submitted["Location"]))
    assert "Passed" in result
    assert "You scored 80 %; the pass mark is 80 %." in result
    assert "Your result stands." in text(client.get(intro(sitting)))


def test_a_double_click_on_start_leads_to_one_attempt_at_one_address(client, sitting):
    key = str(uuid.uuid4())
    first = post(client, intro(sitting) + "start/", form_key=key)
    second = post(client, intro(sitting) + "start/", form_key=key)
    third = post(client, intro(sitting) + "start/")
    assert first["Location"] == second["Location"] == third["Location"]
    assert Attempt.objects.count() == 1


def test_the_intro_names_the_deadline_before_the_start_in_the_readers_zone(client, sitting):
    with time_machine.travel("2026-03-02T19:00:00Z", tick=False):
        assert "must be finished by 2 Mar 2026, 12:40 , your time" in text(client.get(intro(sitting)))


def test_after_the_last_attempt_the_first_page_names_what_helps_and_leads_there(cast):
    key = uuid.uuid4()
    helps = {"text": "<p>Read about the airway.</p>", "lessons": [{"key": str(key), "title": "The airway"}]}
    sitting = make_sitting(cast.trainee, attempts=1, remediation=helps)
    client = cast.client("trainee")
    assert "Read about the airway." not in text(client.get(intro(sitting)))
    make_attempt(sitting.enrolment, sitting.item, wrong=(1,))
    page = client.get(intro(sitting))
    assert "What helps now Read about the airway. The airway" in text(page)
    assert f'href="/learn/{sitting.enrolment.pk}/to/{key}/"' in page.content.decode()


def test_the_intro_names_the_end_of_the_cool_down(client, sitting):
    now = timezone.now().replace(year=2026, month=3, day=2, hour=19, minute=0, second=0)
    make_attempt(sitting.enrolment, sitting.item, wrong=(1,), at=now)
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert "You can start again from 3 Mar 2026, 12:00 , your time. 2 attempts left." in text(
            client.get(intro(sitting))
        )
        refused = post(client, intro(sitting) + "start/")
    assert refused.status_code == 409
    assert Attempt.objects.count() == 1


def test_saving_an_answer_by_script_says_when_and_nothing_else(client, sitting):
    attempt = start(client, sitting)
    with time_machine.travel(attempt.started_at + timedelta(minutes=1), tick=False):
        right = client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 1, "choice": "b"}, **JSON)
        wrong = client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 2, "seq": 1, "choice": "a"}, **JSON)
    assert right.json() == wrong.json()
    assert set(right.json()) == {"saved", "seq", "answered"}


def test_a_saved_answer_is_there_again_on_another_device(cast, client, sitting):
    attempt = start(client, sitting)
    say(client, attempt, 1, choice="b")
    page = cast.client("trainee").get(f"/quiz/{attempt.pk}/?slot=1").content.decode()
    assert 'value="at-2" checked' in page
    assert re.search(r"Saved \d\d:\d\d", page)
    assert 'name="seq" value="2"' in page


def test_without_an_answer_the_map_still_leads_on(client, sitting):
    attempt = start(client, sitting)
    assert say(client, attempt, 1, goto=4)["Location"] == f"/quiz/{attempt.pk}/?slot=4"
    assert say(client, attempt, 1, goto=0)["Location"] == f"/quiz/{attempt.pk}/review/"
    assert not Answer.objects.exists()


def test_the_map_saves_what_was_answered_before_it_leads_on(client, sitting):
    attempt = start(client, sitting)
    assert say(client, attempt, 1, choice="b", goto=4)["Location"] == f"/quiz/{attempt.pk}/?slot=4"
    assert Answer.objects.get().response == {"chosen": ["b"]}


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({"slot": 1}, 422, "Choose an answer first"),
        ({"slot": 1, "choice": "z"}, 422, "does not belong to this question"),
        ({"slot": 1, "choice": "\x00"}, 422, "does not belong to this question"),
        ({"slot": 4, "value": "NaN", "unit": "mg"}, 422, "Write a plain number"),
        ({"slot": 4, "value": "<b>1</b>", "unit": "mg"}, 422, "Write a plain number"),
        ({"slot": 4, "value": "1" * 5000, "unit": "mg"}, 422, "Write a plain number"),
        ({"slot": 4, "value": "10"}, 422, "Write the unit as well"),
        ({"slot": 9, "choice": "b"}, 422, "out of date"),
        ({"slot": "NaN", "choice": "b"}, 422, "out of date"),
        ({"slot": -1, "choice": "b"}, 422, "out of date"),
        ({"slot": 10**30, "choice": "b"}, 422, "out of date"),
        ({"slot": 1, "choice": "b", "seq": "inf"}, 422, "out of date"),
        ({"slot": 1, "choice": "b", "seq": 10**30}, 422, "out of date"),
        ({"slot": 1, "choice": "b", "goto": "x"}, 422, "out of date"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(client, sitting, data, status, sentence):
    attempt = start(client, sitting)
    page = client.post(f"/quiz/{attempt.pk}/answer/", {"seq": 1} | data)
    assert (page.status_code, sentence in text(page)) == (status, True)
    script = client.post(f"/quiz/{attempt.pk}/answer/", {"seq": 1} | data, **JSON)
    assert (script.status_code, sentence in script.json()["message"]) == (status, True)
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("signs", "status", "sentence"),
    [(10_000_000, 400, "nothing was changed"), (1_900_000, 422, "Write a plain number")],
)
def test_a_flood_is_refused_with_a_sentence_and_changes_nothing(client, sitting, signs, status, sentence):
    attempt = start(client, sitting)
    flood = client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 4, "seq": 1, "value": "1" * signs, "unit": "mg"})
    assert (flood.status_code, sentence in text(flood)) == (status, True)
    assert not Answer.objects.exists()


def test_what_was_typed_stays_in_the_field_when_it_is_refused(client, sitting):
    attempt = start(client, sitting)
    page = say(client, attempt, 4, value="1,000", unit="mg").content.decode()
    assert 'value="1,000"' in page
    assert "without commas" in page


def test_a_stale_tab_does_not_overwrite_a_newer_answer(client, sitting):
    attempt = start(client, sitting)
    say(client, attempt, 1, choice="b", seq=7)
    stale = say(client, attempt, 1, choice="a", seq=3)
    assert (stale.status_code, "newer answer" in text(stale)) == (409, True)
    assert Answer.objects.get().response == {"chosen": ["b"]}


def test_an_answer_after_submission_is_a_409_with_its_sentence(client, sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item)
    page = say(client, attempt, 1, choice="a", seq=9)
    assert (page.status_code, "can no longer be changed" in text(page)) == (409, True)
    script = client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 9, "choice": "a"}, **JSON)
    assert (script.status_code, script.json()["result"]) == (409, f"/quiz/{attempt.pk}/result/")
    assert Attempt.objects.get().score == 100


def test_whoever_comes_back_after_the_deadline_finds_the_result(client, sitting):
    attempt = start(client, sitting)
    answer(attempt, 1)
    with time_machine.travel(attempt.deadline + timedelta(minutes=1)):
        assert client.get(f"/quiz/{attempt.pk}/")["Location"] == f"/quiz/{attempt.pk}/result/"
        assert "Time ran out" in text(client.get(f"/quiz/{attempt.pk}/result/"))
        late = say(client, attempt, 2, choice="b")
    assert (late.status_code, "came too late" in text(late)) == (409, True)
    assert Answer.objects.count() == 1


def test_a_missed_critical_item_is_named_with_what_to_study(client, sitting):
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(1,))
    result = text(client.get(f"/quiz/{attempt.pk}/result/"))
    assert "You scored 80 %, but missed a critical item about “topic of q1”." in result
    assert "What to study" in result


def test_right_answers_are_shown_after_passing_or_the_last_attempt_only(client, cast):
    sitting = make_sitting(cast.trainee, mark="zqkey", cooldown_hours=0, attempts=2)
    first = make_attempt(sitting.enrolment, sitting.item, wrong=(1, 4))
    shown = text(client.get(f"/quiz/{first.pk}/result/"))
    assert "zqkey about a" in shown  # what she chose
    assert "zqkey general" not in shown
    assert "Right answer" not in shown
    assert "zqkey about d" not in shown
    second = make_attempt(sitting.enrolment, sitting.item, wrong=(1,))
    for attempt in (first, second):
        shown = text(client.get(f"/quiz/{attempt.pk}/result/"))
        assert "zqkey general" in shown
        assert "zqkey about d" in shown
        assert "Right answer" in shown


def test_nothing_that_reveals_an_answer_leaves_the_server_during_an_open_attempt(cast):
    """The marker stands in every right option's feedback, every general feedback and every reference."""
    sitting = make_sitting(cast.trainee, mark="ZQCANARY", cooldown_hours=0)
    client = cast.client("trainee")
    make_attempt(sitting.enrolment, sitting.item, wrong=(1,))  # an earlier attempt, whose feedback she has read
    post(client, intro(sitting) + "start/")
    attempt = Attempt.objects.get(state="in_progress")
    responses = [client.get(intro(sitting)), client.get("/home/"), client.get(f"/quiz/{attempt.pk}/review/")]
    responses += [client.get(f"/quiz/{old.pk}/result/") for old in Attempt.objects.exclude(pk=attempt.pk)]
    for slot in range(1, 6):
        responses.append(client.get(f"/quiz/{attempt.pk}/?slot={slot}"))
        for data in ({"choice": "b"}, {"choice": "a"}, {"value": "10", "unit": "mg"}, {"value": "nonsense"}, {}):
            sent = {"slot": slot, "seq": len(responses)} | data
            responses.append(client.post(f"/quiz/{attempt.pk}/answer/", sent))
            responses.append(client.post(f"/quiz/{attempt.pk}/answer/", sent, **JSON))
    for response in responses:
        said = response.content.decode() + str(dict(response.headers))
        assert "ZQCANARY" not in said
        assert '"correct"' not in said
    assert {response.status_code for response in responses} <= {200, 302, 409, 422}
    submitted = post(client, f"/quiz/{attempt.pk}/submit/", follow=True)
    assert "ZQCANARY" in submitted.content.decode()  # the control: the marker is there to be found


def test_the_public_part_of_the_edition_holds_no_question(sitting):
    body = sitting.item.body
    assert "Stem of" not in body.html + body.search_text
    assert "Option" not in body.html + body.search_text
    assert "You pass with 80&nbsp;%" in body.html


PAGES = ["intro", "attempt", "review", "result"]
TRAINEE_ONLY = {
    "trainee": 200,
    "other_trainee": 404,
    "faculty": 403,
    "other_faculty": 404,
    "director": 403,
    "registrar": 403,
}
READ = {"trainee": 302, "other_trainee": 404, "faculty": 200, "other_faculty": 404, "director": 200, "registrar": 403}


@pytest.mark.parametrize("name", [*TRAINEE_ONLY, "supervisor", "visitor"])
@pytest.mark.parametrize("page", PAGES)
def test_who_may_open_which_page_of_an_open_attempt(cast, sitting, page, name):
    attempt = make_attempt(sitting.enrolment, sitting.item, submitted=False)
    urls = {
        "intro": intro(sitting),
        "attempt": f"/quiz/{attempt.pk}/",
        "review": f"/quiz/{attempt.pk}/review/",
        "result": f"/quiz/{attempt.pk}/result/",
    }
    expected = {"supervisor": 404, "visitor": 302} | (READ if page == "result" else TRAINEE_ONLY)
    assert cast.client(name).get(urls[page]).status_code == expected[name]


@pytest.mark.parametrize(
    "name", ["other_trainee", "faculty", "other_faculty", "director", "registrar", "supervisor", "visitor"]
)
@pytest.mark.parametrize("act", ["start", "answer", "submit"])
def test_nobody_else_acts_on_a_trainees_quiz(cast, sitting, act, name):
    attempt = make_attempt(sitting.enrolment, sitting.item, submitted=False)
    urls = {
        "start": intro(sitting) + "start/",
        "answer": f"/quiz/{attempt.pk}/answer/",
        "submit": f"/quiz/{attempt.pk}/submit/",
    }
    expected = {"visitor": 302} | dict.fromkeys(["faculty", "director", "registrar"], 403)
    response = post(cast.client(name), urls[act], slot=1, seq=99, choice="a")
    assert response.status_code == expected.get(name, 404)
    attempt.refresh_from_db()
    assert (attempt.state, Attempt.objects.count()) == ("in_progress", 1)
    assert Answer.objects.get(slot=1).response == {"chosen": ["b"]}


@pytest.mark.parametrize(
    ("name", "status"),
    [("director", 200), ("faculty", 200), ("registrar", 403), ("supervisor", 403), ("trainee", 403), ("visitor", 302)],
)
def test_who_may_open_the_list_of_results(cast, sitting, name, status):
    assert cast.client(name).get("/desk/quizzes/").status_code == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("director", 200),
        ("faculty", 200),
        ("registrar", 403),
        ("other_faculty", 404),
        ("trainee", 403),
        ("other_trainee", 404),
    ],
)
def test_who_may_open_the_results_of_one_trainee(cast, sitting, name, status):
    assert cast.client(name).get(f"/desk/enrolments/{sitting.enrolment.pk}/quizzes/").status_code == status


def test_faculty_read_the_results_of_their_cohort_only(cast, sitting):
    make_attempt(sitting.enrolment, sitting.item)
    elsewhere = make_sitting(cast.other_trainee)
    make_attempt(elsewhere.enrolment, elsewhere.item)
    assert text(cast.client("faculty").get("/desk/quizzes/")).count("Trainee Ethics") == 1
    assert text(cast.client("director").get("/desk/quizzes/")).count("Trainee Ethics") == 2


@pytest.mark.parametrize(
    "url", ["/quiz/999999/", f"/quiz/{10**30}/", "/learn/999999/x/quiz/", f"/learn/{10**30}/x/quiz/"]
)
def test_what_does_not_exist_is_a_404(client, url):
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("slot", ["NaN", "-1", "0", "999", "1" * 40, "%00", "<script>"])
def test_a_nonsense_slot_shows_the_first_open_question(client, sitting, slot):
    attempt = start(client, sitting)
    response = client.get(f"/quiz/{attempt.pk}/?slot={slot}")
    assert (response.status_code, "Question 1 of 5" in text(response)) == (200, True)


def test_a_paused_trainee_finishes_what_she_started(client, sitting):
    attempt = start(client, sitting)
    sitting.enrolment.state = EnrolmentState.PAUSED
    sitting.enrolment.save()
    assert client.get(intro(sitting)).status_code == 200
    assert say(client, attempt, 1, choice="b").status_code == 302
    assert post(client, f"/quiz/{attempt.pk}/submit/").status_code == 302


def test_the_open_quiz_leads_the_work_list(client, sitting):
    start(client, sitting)
    assert "Continue Ethics of touch: quiz" in text(client.get("/home/"))


def warm(client, url):
    """What is asked once per process or session is not counted."""
    assert client.get(url).status_code == 200


def test_saving_an_answer_takes_four_queries_and_the_edges_of_its_transaction(
    client, sitting, django_assert_num_queries
):
    attempt = start(client, sitting)
    warm(client, f"/quiz/{attempt.pk}/")
    with django_assert_num_queries(6):
        say(client, attempt, 1, choice="b")
    with django_assert_num_queries(6):
        client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 2, "choice": "a"}, **JSON)


@pytest.mark.parametrize("questions", [1, 3])
def test_the_attempt_page_takes_the_same_queries_however_many_questions(cast, django_assert_num_queries, questions):
    sitting = make_sitting(cast.trainee, questions=[frozen_question(f"n{number}") for number in range(questions)])
    client = cast.client("trainee")
    attempt = make_attempt(sitting.enrolment, sitting.item, submitted=False)
    warm(client, f"/quiz/{attempt.pk}/")
    with django_assert_num_queries(4):
        client.get(f"/quiz/{attempt.pk}/")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("url", "queries"), [("/desk/quizzes/", 4), ("/desk/enrolments/{}/quizzes/", 5)])
def test_lists_of_results_take_the_same_queries_for_one_and_three(
    cast, sitting, django_assert_num_queries, rows, url, queries
):
    for quiz in [make_quiz(sitting.enrolment.edition) for _ in range(rows)]:
        make_attempt(sitting.enrolment, quiz)
    client, url = cast.client("director"), url.format(sitting.enrolment.pk)
    warm(client, url)
    with django_assert_num_queries(queries):
        client.get(url)
