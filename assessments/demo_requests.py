"""The demonstration's people who have no attempt at the examination left and ask for another one; and what was noted meanwhile."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from assessments.demo_examination import COHORT, SAT_WEEKS_AGO, WORDS, sit
from assessments.enums import AttemptState, EventKind
from assessments.events.actions import note_event
from assessments.marking.actions import mark_answer
from assessments.marking.points import points_of_steps
from assessments.marking.queries import answers_to_mark
from assessments.models import Attempt, AttemptRequest
from assessments.requests.actions import ask_for_attempt, grant_attempt
from lms.accounts.models import User
from lms.demo.registry import Demo

SAT_AGAIN_WEEKS_AGO = SAT_WEEKS_AGO - 2
KNOWS_LITTLE = -0.3  # so that nobody passes by luck
ASKED = (
    {
        "reason": "I mixed up the steps of an emergency both times. I should like to show that I know them now.",
        "done": "I have read the lessons on medical safety again, and practised the first minute with a colleague.",
        "answer": "Thank you for saying so plainly. Take the attempt when you are rested.",
    },
    {
        "reason": "I was ill in the week of the second attempt and could not concentrate for the whole hour.",
        "done": "I have gone through every question that I answered wrongly.",
        "answer": "",
    },
)
# What her browser told: so many seconds after the start, at which question, what, and how long before.
NOTED = (
    (140, 2, EventKind.LEFT, "0"),
    (171, 2, EventKind.CAME_BACK, "0"),
    (330, 4, EventKind.LOST, "48"),
    (330, 4, EventKind.REGAINED, "0"),
)


def ask_for_attempts(demo: Demo) -> None:
    """The first two who failed have failed a second time, and ask: the one is granted an attempt, the other waits."""
    if AttemptRequest.objects.exists():
        return
    faculty, activity = demo.people["faculty"], demo.things["examination"].activity_key
    failed = Attempt.objects.filter(activity__key=activity, enrolment__cohort__name=COHORT, passed=False)
    for number, first in enumerate(failed.select_related("enrolment__person", "item").order_by("id")[: len(ASKED)]):
        second = _fail_again(first, number, marked_by=faculty)
        if number == 0:
            _note(second)
        said = ASKED[number]
        asked = ask_for_attempt(
            first.enrolment, first.item, by=first.enrolment.person, reason=said["reason"], done=said["done"]
        )
        if said["answer"]:
            grant_attempt(asked, by=faculty, answer=said["answer"])


def _fail_again(first: Attempt, number: int, *, marked_by: User) -> Attempt:
    at = timezone.now() - timedelta(weeks=SAT_AGAIN_WEEKS_AGO, hours=3 * number)
    chance = Random(f"again {number}")  # noqa: S311 - nothing depends on it but what a demonstration shows
    attempt = sit(first.enrolment, first.item, knows=KNOWS_LITTLE, at=at, chance=chance)
    if attempt.state == AttemptState.AWAITING:
        steps = ["0", "0", "1/2"]
        for answer in answers_to_mark(attempt):
            mark_answer(
                attempt,
                slot=answer.slot,
                points=points_of_steps(steps),
                steps=steps,
                words=WORDS[False],
                by=marked_by,
            )
    attempt.refresh_from_db()
    return attempt


def _note(attempt: Attempt) -> None:
    for seconds, slot, kind, ago in NOTED:
        note_event(attempt, kind, at=attempt.started_at + timedelta(seconds=seconds), slot=slot, detail=ago)
