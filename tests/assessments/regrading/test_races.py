"""Submitting and regrading at the same moment: whoever comes first, the result is by the new rules."""

import pytest

from assessments.actions import submit_attempt
from assessments.enums import RegradeChange
from assessments.models import RegradedAttempt
from tests.cast import make_person
from tests.factories.enrolment import make_enrolment
from tests.factories.regrading import make_asked, regrade, sit
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SUBMITTING = 6


def test_nobody_who_submits_while_a_question_is_regraded_keeps_the_old_result(cast):
    asked = make_asked()
    people = [make_enrolment(make_person(f"person_{number}"), cohort=asked.cohort) for number in range(SUBMITTING)]
    attempts = [sit(enrolment, asked.item, "0011", submitted=False) for enrolment in people]

    def act(number):
        if number == SUBMITTING:
            return regrade(asked.versions[0], RegradeChange.FULL, by=cast.director)
        return submit_attempt(attempts[number], by=people[number].person)

    results = at_once(SUBMITTING + 1, act)
    # who submits between the look and the act makes the plan another, and then it is looked at again
    if any(type(result).__name__ == "PlanHasChanged" for result in results):
        regrade(asked.versions[0], RegradeChange.FULL, by=cast.director)
    for attempt in attempts:
        attempt.refresh_from_db()
    assert [(int(attempt.score), attempt.passed) for attempt in attempts] == [(75, True)] * SUBMITTING
    changed = set(RegradedAttempt.objects.values_list("attempt", flat=True))
    assert changed == {attempt.pk for attempt in attempts if attempt.regraded_id}
