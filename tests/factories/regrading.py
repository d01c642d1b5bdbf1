"""A quiz of questions of the bank, people who sat it, and regrades of its questions."""

from types import SimpleNamespace

from assessments.actions import save_answer, start_attempt, submit_attempt
from assessments.enums import PassesKept, RegradeChange
from assessments.models import Attempt, QuestionVersion, Regrade
from assessments.regrading.actions import look_at_regrade, regrade_version
from assessments.regrading.planning import fingerprint
from lms.accounts.models import User
from tests.factories.assessments import frozen_version, make_question, make_quiz
from tests.factories.curriculum import make_edition
from tests.factories.enrolment import make_cohort


def make_asked(*, critical: bool = False, count: int = 4, **settings) -> SimpleNamespace:
    """A quiz of single choice questions, of each of which the second option is right: `.item`, `.cohort`, `.versions`.

    It is passed with 75 %; `critical` makes the first one critical.
    """
    edition = make_edition()
    questions = [make_question(critical=critical and place == 0) for place in range(count)]
    chosen = {"pass_percent": 75, "cooldown_hours": 0} | settings
    item = make_quiz(edition, questions=[frozen_version(question) for question in questions], **chosen)
    cohort = make_cohort(edition=edition)
    return SimpleNamespace(item=item, cohort=cohort, versions=[question.newest_version for question in questions])


def option(version: QuestionVersion, place: int) -> str:
    return version.data["options"][place]["id"]


def sit(enrolment, item, choices: str, *, submitted: bool = True) -> Attempt:
    """One digit for each question: the place of the option that is chosen; "-" leaves it out."""
    attempt = start_attempt(enrolment, item, by=enrolment.person)
    questions = {question["key"]: question for question in attempt.body.source["questions"]}
    for drawn, chosen in zip(attempt.draw, choices, strict=True):
        if chosen != "-":
            options = questions[drawn["question"]]["data"]["options"]
            sent = {"choice": [options[int(chosen)]["id"]]}
            save_answer(attempt, slot=drawn["slot"], sent=sent, client_seq=1, by=enrolment.person)
    return submit_attempt(attempt, by=enrolment.person) if submitted else attempt


def regrade(
    version: QuestionVersion,
    change: RegradeChange,
    *,
    by: User,
    right: tuple[int, ...] = (),
    passes: PassesKept = PassesKept.ALL,
    reason: str = "The key was wrong.",
) -> Regrade:
    """Look at it and apply it. `right` are the places of the options of the new key."""
    key = {"correct": [option(version, place) for place in right]} if right else {}
    decision = {"change": change, "key": key, "passes": passes}
    seen = fingerprint(look_at_regrade(version, **decision), *decision.values())
    return regrade_version(version, **decision, reason=reason, seen=seen, by=by)
