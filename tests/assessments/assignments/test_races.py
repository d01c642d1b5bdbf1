"""Accepted and returned at once: one decision, one move."""

import pytest

from assessments.assignments.actions import accept_submission, return_submission
from assessments.enums import SubmissionState
from assessments.models import SubmissionMove
from lms.errors import IllegalMove
from tests.cast import make_cast
from tests.factories.assignments import make_assignment, make_submission
from tests.factories.enrolment import make_enrolment
from tests.races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_accepting_and_returning_at_once_decides_once():
    cast = make_cast()
    enrolment = make_enrolment(cast.trainee)
    item = make_assignment(enrolment.edition)
    submission = make_submission(enrolment, item, state=SubmissionState.SUBMITTED, by=cast.director)

    def decide(number):
        by = (cast.director, cast.second_director)[number % 2]
        if number % 2:
            return accept_submission(submission, by=by).state
        return return_submission(submission, by=by, reason="Not yet.").state

    outcomes = at_once(6, decide)
    refused = [outcome for outcome in outcomes if isinstance(outcome, IllegalMove)]
    assert (len(refused), SubmissionMove.objects.count()) == (5, 2)
