"""What is shown of a result, and never before: the policy, and a marker in every key and feedback that must not leak."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.enums import FeedbackPart, FeedbackWhen
from assessments.kinds import KINDS
from assessments.models import Attempt
from assessments.quiz import EARLIER, Feedback, Remediation
from assessments.regrading.rulings import ruling_of
from assessments.results.policy import Shown, later_sentences, shown_of
from assessments.results.sections import section_scores
from assessments.results.study import Lesson, lessons_about, lessons_near, topics_of
from assessments.rules import Start, StartState
from tests.factories.assessments import answer, frozen_question, make_attempt, make_quiz, make_sitting
from tests.factories.curriculum import make_edition, make_item
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.web import text_of

MARK = "CANARYXYZZY"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
AT_ONCE, FINISHED, FROM_DATE, NEVER = FeedbackWhen
ALWAYS = {"score": "at_once", "answers": "at_once", "comments": "at_once", "key": "at_once", "from": ""}


def policy(score=AT_ONCE, answers=AT_ONCE, comments=AT_ONCE, key=FINISHED, on=None) -> Feedback:
    return Feedback(dict(zip(FeedbackPart, (score, answers, comments, key), strict=True)), on)


def shown(feedback, kind=Start.READY):
    return shown_of(feedback, StartState(kind, 1), NOW)


@pytest.mark.parametrize(
    ("feedback", "kind", "expected"),
    [
        (policy(), Start.READY, Shown(True, True, True, False)),
        (policy(), Start.PASSED, Shown(True, True, True, True)),
        (policy(), Start.NONE_LEFT, Shown(True, True, True, True)),
        (policy(), Start.AWAITING, Shown(True, True, True, False)),
        (policy(key=AT_ONCE), Start.OPEN, Shown(True, False, False, False)),
        (
            policy(score=NEVER, answers=NEVER, comments=NEVER, key=NEVER),
            Start.PASSED,
            Shown(False, False, False, False),
        ),
        (policy(answers=NEVER, comments=AT_ONCE), Start.READY, Shown(True, False, False, False)),
        (policy(comments=NEVER), Start.READY, Shown(True, True, False, False)),
        (policy(comments=NEVER), Start.PASSED, Shown(True, True, True, True)),
        (policy(answers=FROM_DATE, on=NOW), Start.READY, Shown(True, True, True, False)),
        (policy(answers=FROM_DATE, on=NOW + timedelta(seconds=1)), Start.READY, Shown(True, False, False, False)),
        (policy(answers=FROM_DATE), Start.PASSED, Shown(True, True, True, True)),
    ],
)
def test_what_is_shown(feedback, kind, expected):
    assert shown(feedback, kind) == expected


def test_what_is_still_to_come_is_said_in_words():
    feedback = policy(score=NEVER, answers=FROM_DATE, comments=FROM_DATE, on=datetime(2026, 12, 3, 9, tzinfo=UTC))
    sentences = later_sentences(feedback, shown(feedback))
    assert "Once you have passed, or have used your last attempt, you see the right answers." in sentences
    assert "Not shown: your score." in sentences
    assert any(s.startswith("From 3 Dec 2026") and "the feedback on what you chose" in s for s in sentences)
    assert later_sentences(policy(), shown(policy(), Start.PASSED)) == []


# Sections and what to study ------------------------------------------------------------------------------------------


def rows(*points):
    return [
        {"slot": slot, "question": f"q{slot}", "version": 1, "points": given} for slot, given in enumerate(points, 1)
    ]


def test_the_score_by_section():
    draw = [{"section": title} for title in ("Airway", "Airway", "", "Handover")]
    found = section_scores(draw, rows("1", "1/2", "0", None), {})
    assert [(one.title, one.count, one.share, one.is_waiting) for one in found] == [
        ("Airway", 2, Fraction(3, 4), False),
        ("Other questions", 1, 0, False),
        ("Handover", 1, None, True),
    ]
    void = {("q2", 1): ruling_of([("void", {})])}
    assert section_scores(draw, rows("1", "1/2", "0", "1"), void)[0].percent == "100\u00a0%"


def test_a_quiz_without_titled_sections_has_no_scores_by_section():
    assert section_scores([{}, {"section": ""}], rows("1", "0"), {}) == []


def lesson(title, text=""):
    return Lesson("key", title, f"/{title}/", text)


@pytest.mark.parametrize(
    ("topic", "titles"),
    [
        ("essentials of consent", ["Consent before and after"]),
        ("airway obstruction", ["When breathing fails"]),
        ("pharmacology of lithium", []),
        ("of it", []),
    ],
)
def test_the_lessons_that_speak_of_a_topic(topic, titles):
    lessons = [
        lesson("Consent before and after", "The essentials are said before the dose."),
        lesson("When breathing fails", "Obstruction of the airway comes first."),
        lesson("Silence", "Nothing of this."),
    ]
    assert [found.title for found in lessons_about(topic, lessons, {})] == titles


TOPICS = {"airway": "airway", "the airway and breathing": "airway", "touch": "touch"}


@pytest.mark.parametrize(
    ("topic", "titles"),
    [
        # those that carry it, best words first
        ("The airway  and breathing", ["When breathing fails", "Count the breaths"]),
        ("airway", ["Count the breaths", "When breathing fails"]),
        # none carries it, or there is no such topic: words decide
        ("touch", ["The law of touch"]),
        ("essentials of consent", ["Consent before and after"]),
    ],
)
def test_lessons_carry_the_key_of_a_topic_and_words_are_the_last_resort(topic, titles):
    lessons = [
        Lesson("1", "Consent before and after", "/1/", "The essentials, and the airway and breathing."),
        Lesson("2", "When breathing fails", "/2/", "Nothing.", "airway"),
        Lesson("3", "Count the breaths", "/3/", "The airway and breathing.", "airway"),
        Lesson("4", "The law of touch", "/4/", "", "ethics"),
        Lesson("5", "Open it", "/5/", "", "airway"),
    ]
    assert [found.title for found in lessons_about(topic, lessons, TOPICS)] == titles


@pytest.mark.django_db
def test_lessons_of_a_topic_are_found_in_the_whole_edition(cast):
    edition = make_edition(topics={"airway": "The airway"})
    quiz = make_quiz(edition)
    make_item(edition, title="Open it", topic="airway")
    make_item(edition, title="Silence", topic="ethics")
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(edition=edition))
    assert topics_of(edition.pk)["the airway"] == topics_of(edition.pk)["airway"] == "airway"
    found = lessons_near(enrolment, quiz.activity_id, Remediation(""), ["The Airway", "Anything"])
    assert [(lesson.title, lesson.topic) for lesson in found] == [("Open it", "airway")]


# Never before: the canary ---------------------------------------------------------------------------------------------


EVERY_SLOT = tuple(range(1, len(KINDS) + 1))  # answered wrongly, for a right answer in words is the key itself


def everything(**feedback):
    """One question of each kind, with the marker in every key and every feedback."""
    questions = [frozen_question(f"k-{kind}", kind, mark=MARK) for kind in KINDS]
    settings = {"feedback": EARLIER["feedback"] | feedback, "attempts": 3, "cooldown_hours": 0}
    return {"questions": questions, "pass_percent": 100, **settings}


def pages_of(client, attempt) -> str:
    enrolment = attempt.enrolment
    place = [enrolment.pk, attempt.item.slug]
    addresses = [
        reverse("quiz_intro", args=place),
        reverse("quiz_attempt", args=[attempt.pk]),
        *(f"{reverse('quiz_attempt', args=[attempt.pk])}?slot={drawn['slot']}" for drawn in attempt.draw),
        reverse("quiz_review", args=[attempt.pk]),
        reverse("quiz_result", args=[attempt.pk]),
        reverse("learn_outline", args=[enrolment.pk]),
        reverse("standing", args=[enrolment.pk]),
        "/home/",
    ]
    return " ".join(client.get(url, follow=True).content.decode() for url in addresses)


def is_marked(attempt) -> bool:
    """The control: the marker is in what the server keeps."""
    return MARK in str(attempt.body.source)


def test_no_marker_is_on_any_page_or_answer_while_it_is_open(cast):
    sitting = make_sitting(cast.trainee, **everything())
    client = cast.client("trainee")
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=EVERY_SLOT, submitted=False)
    assert is_marked(attempt)
    assert MARK not in pages_of(client, attempt)
    sent = client.post(
        reverse("quiz_answer", args=[attempt.pk]), {"slot": 1, "seq": 9, "choice": "1"}, HTTP_ACCEPT="application/json"
    )
    assert MARK not in sent.content.decode()


def test_no_marker_is_on_any_page_after_submitting_when_nothing_may_be_shown(cast):
    never = dict.fromkeys(("score", "answers", "comments", "key"), "never")
    sitting = make_sitting(cast.trainee, **everything(**never))
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(1, 2))
    said = pages_of(cast.client("trainee"), attempt)
    assert MARK not in said
    assert "Right answer" not in said
    assert "(your choice, " not in said


def test_answers_without_feedback_hold_no_marker(cast):
    sitting = make_sitting(cast.trainee, **everything(comments="never", key="never"))
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=EVERY_SLOT)
    said = pages_of(cast.client("trainee"), attempt)
    assert "Question by question" in said
    assert MARK not in said


def test_the_marker_is_shown_once_it_may_be(cast):
    sitting = make_sitting(cast.trainee, **everything(key="at_once"))
    attempt = make_attempt(sitting.enrolment, sitting.item)
    assert MARK in pages_of(cast.client("trainee"), attempt)


def test_a_date_is_kept_to(cast):
    later = (timezone.now() + timedelta(days=2)).isoformat()
    parts = dict.fromkeys(("score", "answers", "comments", "key"), "from_date") | {"from": later}
    sitting = make_sitting(cast.trainee, feedback=ALWAYS | parts, cooldown_hours=0)
    attempt = make_attempt(sitting.enrolment, sitting.item, wrong=(1,))
    said = text_of(cast.client("trainee").get(reverse("quiz_result", args=[attempt.pk])))
    assert "The score is not shown yet." in said
    assert "%" not in said.split("What to study")[0].split("Not passed yet")[1][:200]
    assert "Question by question" not in said


def test_staff_read_everything(cast):
    never = dict.fromkeys(("score", "answers", "comments", "key"), "never")
    sitting = make_sitting(cast.trainee, **everything(**never))
    attempt = make_attempt(sitting.enrolment, sitting.item)
    assert MARK in cast.client("director").get(reverse("quiz_result", args=[attempt.pk])).content.decode()


def test_an_earlier_result_is_put_away_while_another_attempt_is_open(cast):
    sitting = make_sitting(cast.trainee, feedback=ALWAYS, cooldown_hours=0)
    first = make_attempt(sitting.enrolment, sitting.item, wrong=(1, 2))
    second = make_attempt(sitting.enrolment, sitting.item, submitted=False)
    said = text_of(cast.client("trainee").get(reverse("quiz_result", args=[first.pk])))
    assert "Feedback is put away for now" in said
    assert "Question by question" not in said
    answer(second, 1, seq=2)
    assert Attempt.objects.count() == 2
