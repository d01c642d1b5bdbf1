"""What a frozen quiz says, of bodies of both schemas. Without the database."""

from datetime import UTC, datetime, timedelta

import pytest

from assessments.enums import FeedbackPart, FeedbackWhen
from assessments.quiz import EARLIER, Lesson, Quiz, Section

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
RULES = {"pass_percent": 80, "attempts": 3, "cooldown_hours": 24, "time_limit_minutes": 40}
SHUFFLES = {"shuffle_questions": True, "shuffle_options": True}


def asking(*critical: bool) -> list[dict]:
    return [{"key": f"q{n}", "kind": "single", "critical": is_critical} for n, is_critical in enumerate(critical, 1)]


def body_of_schema_1(draw=0) -> dict:
    settings = RULES | SHUFFLES | {"draw": draw}
    return {"schema": 1, "intro": "", "settings": settings, "questions": asking(True, True, False, False)}


def quiz_of_schema_2(**settings) -> Quiz:
    pools = [
        {"title": "Body", "questions": ["q1", "q2", "q3"], "draw": 1},
        {"title": "Mind", "questions": ["q4"], "draw": 0},
    ]
    known = EARLIER | RULES | SHUFFLES | settings
    return Quiz({"schema": 2, "settings": known, "sections": pools, "questions": asking(True, True, False, False)})


@pytest.mark.parametrize(("draw", "asked"), [(0, 4), (3, 3), (1, 2)])
def test_a_body_of_schema_1_is_one_section_without_a_title(draw, asked):
    quiz = Quiz(body_of_schema_1(draw))
    assert quiz.sections == (Section("", ("q1", "q2", "q3", "q4"), draw),)
    assert quiz.asked_count == asked


def test_a_body_of_schema_1_has_no_rule_that_came_later():
    quiz = Quiz(body_of_schema_1())
    assert (quiz.opens_at, quiz.closes_at, quiz.grace) == (None, None, timedelta(seconds=30))
    assert (quiz.is_forward_only, quiz.is_one_page) == (False, False)
    assert (quiz.honour, quiz.password_hash, quiz.ip_ranges) == ("", "", ())
    assert not quiz.remediation


def test_sections_count_their_critical_items_in():
    quiz = quiz_of_schema_2()
    assert [quiz.asked_in(section) for section in quiz.sections] == [2, 1]
    assert (quiz.asked_count, quiz.critical_count) == (3, 2)


def test_every_later_rule_is_read():
    quiz = quiz_of_schema_2(
        opens_at="2026-11-01T12:00:00+00:00",
        closes_at="2026-11-02T12:00:00+00:00",
        grace_seconds=60,
        forward_only=True,
        one_page=True,
        honour="I work alone.",
        password="md5$salt$hash",
        ip_ranges=["192.0.2.0/24"],
        remediation={"text": "<p>Rest.</p>", "lessons": [{"key": "k", "title": "Airway"}]},
    )
    assert (quiz.opens_at, quiz.closes_at) == (NOON, NOON + timedelta(days=1))
    assert (quiz.grace, quiz.is_forward_only, quiz.is_one_page) == (timedelta(minutes=1), True, True)
    assert (quiz.honour, quiz.password_hash, quiz.ip_ranges) == ("I work alone.", "md5$salt$hash", ("192.0.2.0/24",))
    assert (quiz.remediation.text, quiz.remediation.lessons) == ("<p>Rest.</p>", (Lesson("k", "Airway"),))


@pytest.mark.parametrize(
    ("when", "shown"),
    # not finished and before the date, finished and before it, not finished and at it
    [
        ("at_once", [True, True, True]),
        ("finished", [False, True, False]),
        ("from_date", [False, False, True]),
        ("never", [False, False, False]),
    ],
)
@pytest.mark.parametrize("part", FeedbackPart)
def test_each_part_of_the_feedback_is_shown_when_the_policy_says(part, when, shown):
    said = EARLIER["feedback"] | {part: when, "from": NOON.isoformat()}
    feedback = quiz_of_schema_2(feedback=said).feedback
    before = NOON - timedelta(microseconds=1)
    moments = [(False, before), (True, before), (False, NOON)]
    assert [feedback.shows(part, is_finished=is_finished, now=now) for is_finished, now in moments] == shown


def test_without_a_policy_the_right_answers_wait_for_the_end():
    feedback = Quiz(body_of_schema_1()).feedback
    assert feedback.when[FeedbackPart.KEY] == FeedbackWhen.FINISHED
    assert feedback.sentences == [
        "After submitting you see your score, whether each of your answers was right and the feedback on what you chose.",
        "Once you have passed, or have used your last attempt, you see the right answers.",
    ]
