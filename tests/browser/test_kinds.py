"""Every kind of question, answered by mouse, by keyboard alone and without scripts, each page judged on a phone and a desk."""

from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Answer, Attempt
from assessments.queries import quiz_of
from tests.browser.person import Person
from tests.factories.assessments import EVERY_KIND, frozen_question, make_sitting
from tests.factories.questions import DRAWN_DOSE, DRAWN_STEM, saves_for

SCORED = [kind for kind in EVERY_KIND if kind != "essay"]
STEPS = {"vignette": "Save, and see what follows", "scenario": "Do this"}


def questions_of(kinds) -> list[dict]:
    drawn = frozen_question("drawn", "numeric", stem=DRAWN_STEM, content=DRAWN_DOSE)
    return [drawn, *(frozen_question(kind, kind, critical=kind == "scenario") for kind in kinds)]


def begin(cast, person, kind, questions) -> tuple[Person, Attempt]:
    sitting = make_sitting(cast.trainee, questions=questions, shuffle_options=True)
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("quiz_intro", args=[sitting.enrolment.pk, sitting.item.slug]))
    trainee.press("Start the quiz")
    return trainee, Attempt.objects.get()


def give(person: Person, sent: dict[str, list[str]]) -> None:
    """Fill in what the page would send, each control by its own means."""
    for name, values in sent.items():
        control = person.field(name)
        role = control.evaluate("element => element.matches('select') ? 'select' : element.type")
        for value in values:
            if role in ("radio", "checkbox"):
                person.tick(name, value)
            elif role == "select":
                person.select(control, value)
            else:
                person.write(control, value)


def answer(person: Person, attempt: Attempt, slot: int, *, right: bool = True) -> None:
    """Answer the question on the page and go on to the next one; a case or a story step by step."""
    drawn = attempt.draw[slot - 1]
    question = quiz_of(attempt).questions[drawn["question"]]
    is_last = slot == len(attempt.draw)
    expect(person.page.locator("main")).to_contain_text(f"Question {slot} of {len(attempt.draw)}")
    for sent in saves_for(question["kind"], question["data"], drawn, right=right):
        give(person, sent)
        person.press(STEPS.get(question["kind"]) or ("Save and look over" if is_last else "Save and next"))
    if question["kind"] == "scenario":
        person.reads("The story ends here")
        person.press("Look over your answers" if is_last else "Next question")


def test_every_kind_is_answered_and_explained(cast, person, kind):
    trainee, attempt = begin(cast, person, kind, questions_of(SCORED))
    for slot in range(1, len(attempt.draw) + 1):
        answer(trainee, attempt, slot)
    trainee.reads(f"{len(attempt.draw)} of {len(attempt.draw)} answered")
    trainee.press("Submit the quiz")
    trainee.reads("Passed")
    trainee.reads("100 %")
    for words in ["3 of 3 are followed by the right one", "A safe ending", "Question 3 of this case", "Cause 2"]:
        trainee.reads(words)
    attempt.refresh_from_db()
    assert [line["points"] for line in attempt.result] == ["1"] * len(attempt.draw)


def test_what_was_wrong_is_explained_too(cast, person):
    trainee, attempt = begin(cast, person, Person, questions_of(["matching", "cloze", "vignette", "scenario"]))
    for slot in range(1, len(attempt.draw) + 1):
        answer(trainee, attempt, slot, right=False)
    trainee.press("Submit the quiz")
    for words in ["0 %", "An unsafe ending", "not right", "nothing of the kind"]:
        trainee.reads(words)
    for words in ["The story ends", "Right:", "Right answer"]:
        expect(trainee.page.locator("main")).not_to_contain_text(words)


def test_an_essay_waits_to_be_marked(cast, person, kind):
    trainee, attempt = begin(cast, person, kind, [frozen_question("essay", "essay")])
    answer(trainee, attempt, 1)
    trainee.press("Submit the quiz")
    trainee.reads("Awaiting marking")
    trainee.reads("Open the airway.")


def test_what_is_chosen_in_a_story_is_done_by_its_button_alone(cast, person, kind):
    trainee, attempt = begin(cast, person, kind, [frozen_question("s", "scenario"), frozen_question("t", "truefalse")])
    step, _ = saves_for("scenario", quiz_of(attempt).questions["s"]["data"], attempt.draw[0])
    give(trainee, step)
    trainee.press("Skip for now")
    trainee.reads("Question 2 of 2")
    assert Answer.objects.count() == 0
    trainee.press("Back")
    trainee.reads("What do you do?")
    give(trainee, step)
    trainee.press("Do this")
    assert Answer.objects.get().response == {"path": ["c1"]}
    trainee.reads("You: Open the airway")
    trainee.press("Look over all answers")
    trainee.reads("2 questions are not answered: 1, 2")
    trainee.reads("Not answered whole")


def test_items_are_moved_by_buttons_where_scripts_run(cast, person):
    trainee, attempt = begin(
        cast, person, Person, [frozen_question("o", "ordering"), frozen_question("t", "truefalse")]
    )
    texts = {item["id"]: item["text"] for item in quiz_of(attempt).questions["o"]["data"]["items"]}
    first, second, *rest = attempt.draw[0]["order"]
    trainee.page.get_by_role("button", name=f"Move up: {texts[second]}").click()
    expect(trainee.page.get_by_role("button", name=f"Move up: {texts[second]}")).to_be_focused()
    expect(trainee.page.locator("[data-quiz-saved]")).to_contain_text("Saved")
    assert Answer.objects.get().response == {"order": [second, first, *rest]}
    trainee.go(reverse("quiz_attempt", args=[attempt.pk]) + "?slot=1")
    shown = trainee.page.locator(".order__text").all_text_contents()
    assert shown == [f"Place of: {texts[id_]}" for id_ in [second, first, *rest]]


def test_a_refused_answer_stands_in_its_inputs_with_the_reason(cast, person, kind):
    trainee, _ = begin(cast, person, kind, [frozen_question("o", "ordering"), frozen_question("e", "essay")])
    for number in (1, 2):
        trainee.select(trainee.field(f"place-{number}"), "3")
    trainee.press("Save and next")
    trainee.reads("Two of them have the same place.")
    assert trainee.field("place-1").input_value() == trainee.field("place-2").input_value() == "3"
    trainee.go(trainee.page.url.split("/answer")[0] + "/?slot=2")
    long = "word " * 21
    trainee.write(trainee.field("text"), long.strip())
    trainee.press("Save and look over")
    trainee.reads("It has 21 words, 1 more than the 20 that are allowed.")
    assert trainee.field("text").input_value() == long.strip()


def test_a_text_with_too_many_words_is_kept_while_she_types_and_over_pages(cast, person):
    questions = [frozen_question("e", "essay"), frozen_question("o", "ordering")]
    trainee, attempt = begin(cast, person, Person, questions)
    long = ("word " * 23).strip()
    trainee.write(trainee.field("text"), "Ten words.")
    trainee.reads("Saved")
    trainee.write(trainee.field("text"), long)
    trainee.reads("It has 23 words, 3 more than the 20 that are allowed. Nothing that you typed is lost")
    trainee.go(reverse("quiz_review", args=[attempt.pk]))
    trainee.reads("What you typed at question 1 was not taken")
    trainee.go(f"{reverse('quiz_attempt', args=[attempt.pk])}?slot=1")
    trainee.reads("Not saved. It has 23 words")
    assert trainee.field("text").input_value() == long
    assert Answer.objects.get().response == {"text": "Ten words."}
    trainee.write(trainee.field("text"), ("word " * 20).strip())
    trainee.reads("Saved")
    trainee.go(reverse("quiz_review", args=[attempt.pk]))
    expect(trainee.page.locator("[data-quiz-unsaved]")).to_be_hidden()
    assert Answer.objects.get().response == {"text": ("word " * 20).strip()}


def test_all_kinds_on_one_page(cast, person):
    sitting = make_sitting(cast.trainee, questions=questions_of(EVERY_KIND), one_page=True)
    trainee = person(Person)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("quiz_intro", args=[sitting.enrolment.pk, sitting.item.slug]))
    trainee.press("Start the quiz")
    trainee.reads("What do you do?")
    trainee.press("Do this")
    trainee.reads("Choose what you do first")
