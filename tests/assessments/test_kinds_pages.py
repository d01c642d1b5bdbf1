"""The pages of every kind of question through HTTP and plain forms: steps that are final, and nothing that tells a key."""

import re

import pytest

from assessments.models import Answer, Attempt
from assessments.queries import quiz_of
from tests.factories.assessments import EVERY_KIND, answer, frozen_question, make_attempt, make_sitting
from tests.factories.questions import DRAWN_DOSE, DRAWN_STEM, response_to, saves_for
from tests.web import post

MARK = "ZQCANARY"
JSON = {"HTTP_ACCEPT": "application/json"}


def sit(cast, *questions, **settings) -> Attempt:
    sitting = make_sitting(cast.trainee, questions=list(questions), **settings)
    post(cast.client("trainee"), f"/learn/{sitting.enrolment.pk}/{sitting.item.slug}/quiz/start/")
    return Attempt.objects.get()


def page(client, attempt, slot=1) -> str:
    return client.get(f"/quiz/{attempt.pk}/?slot={slot}").content.decode()


def question_in(html) -> str:
    return re.search(r'<div class="question">(.*?)<div class="button-row">', html, re.DOTALL)[1]


def say(client, attempt, sent, *, slot=1, seq=1, **more):
    return client.post(f"/quiz/{attempt.pk}/answer/", {"slot": slot, "seq": seq} | sent | more)


def steps_of(attempt, slot=1, *, right=True):
    drawn = attempt.draw[slot - 1]
    question = quiz_of(attempt).questions[drawn["question"]]
    return saves_for(question["kind"], question["data"], drawn, right=right)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_no_page_of_an_open_attempt_holds_a_key_or_feedback(cast, kind):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("q", kind, mark=MARK))
    for seq, sent in enumerate([*steps_of(attempt, right=False), None], start=1):
        assert MARK not in page(client, attempt)
        assert MARK not in client.get(f"/quiz/{attempt.pk}/review/").content.decode()
        if sent:
            assert MARK not in say(client, attempt, sent, seq=seq).content.decode()
    refused = say(client, attempt, {name: ["\x00" * 3] for name in steps_of(attempt)[-1]}, seq=9)
    assert refused.status_code == 422
    assert MARK not in refused.content.decode()


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_inputs_of_a_page_are_those_that_are_read_and_each_has_a_name(cast, kind):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("q", kind))
    for seq, sent in enumerate(steps_of(attempt), start=1):
        html = question_in(page(client, attempt))
        assert set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', html)) == set(sent)
        say(client, attempt, sent, seq=seq)
    assert Answer.objects.get().client_seq == len(steps_of(attempt))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_saved_answer_comes_back_into_the_page(cast, kind):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("q", kind))
    before = question_in(page(client, attempt))
    answer(attempt, 1)
    html = page(client, attempt)
    assert "Saved" in html
    assert question_in(html) != before
    assert question_in(html) == question_in(page(client, attempt))


def test_a_story_stays_on_its_page_to_the_end_and_then_leads_on(cast):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("s", "scenario"), frozen_question("q"))
    here = f"/quiz/{attempt.pk}/?slot=1#now"
    first, second = steps_of(attempt)
    assert say(client, attempt, first)["Location"] == here
    assert "She breathes again" in page(client, attempt)
    assert say(client, attempt, second, seq=2)["Location"] == here
    html = page(client, attempt)
    assert "The story ends here" in html
    assert "Next question" in html
    assert "Skip for now" not in html
    assert client.get(f"/quiz/{attempt.pk}/").content.decode().count("Question 2 of 2") == 1


def test_a_case_stays_on_its_page_while_questions_are_left(cast):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("v", "vignette"), frozen_question("q"))
    first, second, third = steps_of(attempt)
    assert say(client, attempt, first)["Location"] == f"/quiz/{attempt.pk}/?slot=1#now"
    assert "1 of 2 answered" not in client.get(f"/quiz/{attempt.pk}/review/").content.decode()
    assert "Not answered whole" in client.get(f"/quiz/{attempt.pk}/review/").content.decode()
    say(client, attempt, second, seq=2)
    assert say(client, attempt, third, seq=3)["Location"] == f"/quiz/{attempt.pk}/?slot=2"
    assert "1 of 2 answered" in client.get(f"/quiz/{attempt.pk}/review/").content.decode()


@pytest.mark.parametrize("kind", ["vignette", "scenario"])
def test_a_step_that_is_taken_is_never_changed_and_a_repeat_of_it_is_no_second_one(cast, kind):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("q", kind))
    first = steps_of(attempt)[0]
    changed = steps_of(attempt, right=False)[0]
    say(client, attempt, first)
    saved = Answer.objects.get().response
    assert say(client, attempt, first).status_code == 302
    refused = say(client, attempt, changed, seq=2)
    assert refused.status_code == 422
    assert Answer.objects.get().response == saved
    later = steps_of(attempt)[1]
    if kind == "vignette":
        assert say(client, attempt, changed | later, seq=2).status_code == 422
    assert Answer.objects.get().response == saved
    assert Answer.objects.get().client_seq == 1


@pytest.mark.parametrize("kind", ["vignette", "scenario"])
def test_going_elsewhere_leaves_an_open_step_as_it_is(cast, kind):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("q", kind), frozen_question("r"))
    gone = say(client, attempt, steps_of(attempt)[0], goto="2")
    assert gone["Location"] == f"/quiz/{attempt.pk}/?slot=2"
    assert not Answer.objects.exists()


@pytest.mark.parametrize(("kind", "queries"), [("vignette", 7), ("scenario", 7), ("matching", 6), ("cloze", 6)])
def test_only_steps_cost_one_query_more(cast, django_assert_num_queries, kind, queries):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("q", kind))
    page(client, attempt)
    with django_assert_num_queries(queries):
        assert say(client, attempt, steps_of(attempt)[0]).status_code == 302


@pytest.mark.parametrize("kind", ["vignette", "scenario"])
def test_a_later_step_costs_what_the_first_one_did(cast, django_assert_num_queries, kind):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("q", kind))
    steps = steps_of(attempt)
    say(client, attempt, steps[0])
    with django_assert_num_queries(7):
        assert say(client, attempt, steps[1], seq=2).status_code == 302


def test_long_right_sides_are_read_whole_under_letters(cast):
    right = "Raise the back of the bed, give oxygen by a mask, and call the physician who is on duty"
    pairs = [{"id": "1", "left": "Cause 1", "right": right}, {"id": "2", "left": "Cause 2", "right": "Rest"}]
    long = frozen_question("m", "matching", content={"pairs": pairs, "extras": []})
    shown = page(cast.client("trainee"), sit(cast, long))
    assert f"<span>{right}</span>" in shown
    assert re.search(rf"[AB]: {right}</option>", shown)


def test_short_right_sides_stand_in_the_menu_alone(cast):
    assert 'class="lettered"' not in page(cast.client("trainee"), sit(cast, frozen_question("m", "matching")))


def test_half_a_matching_is_saved_and_named_as_not_whole(cast):
    client, attempt = cast.client("trainee"), sit(cast, frozen_question("m", "matching"))
    (whole,) = steps_of(attempt)
    half = dict(list(whole.items())[:1])
    reply = client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 1} | half, **JSON).json()
    assert reply["answered"] is False
    assert "Not answered whole" in client.get(f"/quiz/{attempt.pk}/review/").content.decode()
    reply = client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 2} | whole, **JSON).json()
    assert reply["answered"] is True


def test_each_attempt_reads_its_own_numbers_and_is_judged_by_them(cast):
    question = frozen_question("n", "numeric", stem=DRAWN_STEM, content=DRAWN_DOSE)
    sitting = make_sitting(cast.trainee, questions=[question])
    client = cast.client("trainee")
    attempt = make_attempt(sitting.enrolment, sitting.item, submitted=False)
    values = attempt.draw[0]["values"]
    asked = f"{values['weight']} kg, {values['dose']} mg/kg: which dose?"
    assert asked in page(client, attempt)
    assert asked in client.get(f"/quiz/{attempt.pk}/review/").content.decode()
    post(client, f"/quiz/{attempt.pk}/submit/")
    result = client.get(f"/quiz/{attempt.pk}/result/").content.decode()
    assert asked in result
    assert "{" not in result
    attempt.refresh_from_db()
    assert attempt.result[0]["points"] == "1"


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("right", [True, False])
def test_a_result_explains_every_kind_and_reveals_only_after_passing(cast, kind, right):
    sitting = make_sitting(cast.trainee, questions=[frozen_question("q", kind, mark=MARK)])
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=() if right else (1,))
    html = cast.client("trainee").get(f"/quiz/{attempt.pk}/result/").content.decode()
    is_revealed = right and kind != "essay"
    assert (f"{MARK} general" in html) == is_revealed
    assert (f"{MARK} reference" in html) == is_revealed
    if kind == "essay":
        assert "Awaiting marking" in html
        assert MARK not in html
    else:
        assert ("Passed" in html) == right


def test_what_is_left_to_do_is_named_in_the_look_over(cast):
    kinds = ["scenario", "vignette", "matching", "single"]
    client, attempt = cast.client("trainee"), sit(cast, *(frozen_question(kind, kind) for kind in kinds))
    answer(attempt, 1)
    say(client, attempt, steps_of(attempt, 2)[0], slot=2)
    answer(attempt, 3)
    html = client.get(f"/quiz/{attempt.pk}/review/").content.decode()
    links = re.findall(r">(\w[\w ]*)<span class=\"visually-hidden\"> question (\d)</span></a>", html)
    assert links == [("Read", "1"), ("Go on", "2"), ("Change", "3"), ("Answer", "4")]


def test_all_kinds_stand_on_one_page_and_steps_are_saved_by_their_own_buttons(cast):
    client = cast.client("trainee")
    attempt = sit(cast, *(frozen_question(kind, kind) for kind in EVERY_KIND), one_page=True)
    html = client.get(f"/quiz/{attempt.pk}/").content.decode()
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(set(ids)) == len(ids)
    assert html.count("Do this") == html.count("Save, and see what follows") == 1
    slot = EVERY_KIND.index("scenario") + 1
    for seq, sent in enumerate(steps_of(attempt, slot), start=1):
        assert say(client, attempt, sent, slot=slot, seq=seq)["Location"].endswith(f"#q{slot}")
    html = client.get(f"/quiz/{attempt.pk}/").content.decode()
    assert "The story ends here" in html
    assert "Do this" not in html


@pytest.mark.parametrize("kind", ["vignette", "scenario"])
def test_going_forward_only_a_question_in_steps_is_left_once_it_is_over(cast, kind):
    client, attempt = (
        cast.client("trainee"),
        sit(cast, frozen_question("q", kind), frozen_question("r"), forward_only=True),
    )
    *steps, last = steps_of(attempt)
    for seq, sent in enumerate(steps, start=1):
        say(client, attempt, sent, seq=seq)
        assert "Question 1 of 2" in client.get(f"/quiz/{attempt.pk}/").content.decode()
    say(client, attempt, last, seq=9)
    assert Answer.objects.get().response == response_to(kind, quiz_of(attempt).questions["q"]["data"], attempt.draw[0])
    html = client.get(f"/quiz/{attempt.pk}/").content.decode()
    if kind == "scenario":  # its ending is read first
        assert "The story ends here" in html
        say(client, attempt, {}, seq=10, goto="2")
        html = client.get(f"/quiz/{attempt.pk}/").content.decode()
    assert "Question 2 of 2" in html
