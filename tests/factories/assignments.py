"""Assignments frozen into an edition, and what was handed in for them."""

from assessments.assignments.actions import accept_submission, hand_in, return_submission, save_draft
from assessments.assignments.freezing import render_assignment
from assessments.enums import SubmissionState
from assessments.models import Submission
from courses.curriculum.compiling import digest
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity, Body, Edition, EditionItem
from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from tests.factories.numbers import next_number

TEXT = "I asked before each touch and wrote down what was agreed."


def make_assignment(
    edition: Edition,
    *,
    words_most: int = 20,
    title: str = "",
    brief: str = "",
    activity: Activity | None = None,
    **fields,
) -> EditionItem:
    number = next_number()
    title = title or f"Assignment {number}"
    source = {
        "schema": 1,
        "title": title,
        "brief": brief or f"<p>Write about {title}.</p>",
        "criteria": ["Consent is named."],
        "words_most": words_most,
        "content_notice": "",
        "objectives": [],
        "number": number,
    }
    body = Body.objects.create(
        sha256=digest(source),
        kind=ActivityKind.ASSIGNMENT,
        source=source,
        html=render_assignment(source),
        renderer_version=1,
        search_text=title,
    )
    activity = activity or Activity.objects.create(kind=ActivityKind.ASSIGNMENT, program=edition.program, title=title)
    values = {"slug": f"assignment-{number}", "minutes": 30, "topic": "ethics", "position": edition.items.count() + 1}
    return EditionItem.objects.create(edition=edition, activity=activity, title=title, body=body, **values | fields)


def make_submission(
    enrolment: Enrolment, item: EditionItem, *, state: SubmissionState, by: User, text: str = TEXT
) -> Submission:
    """One in this state; `by` is whoever returned or accepted it."""
    own = {"by": enrolment.person, "text": text}
    if state == SubmissionState.DRAFT:
        return save_draft(enrolment, item, **own)
    submission = hand_in(enrolment, item, **own)
    if state == SubmissionState.RETURNED:
        return return_submission(submission, by=by, reason="The agreement is missing.")
    return accept_submission(submission, by=by) if state == SubmissionState.ACCEPTED else submission
