"""The demonstration's practice, made by the real acts."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from courses.standards.contract import Subject
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.demo.clock import at
from lms.demo.registry import Demo
from supervision.demo import create_practice
from supervision.models import Placement, PracticeLog
from supervision.queries.placement import categories_of
from supervision.requirements import Cap, Minimum, PracticumConfig, PracticumMinutes
from tests.cast import make_person
from tests.factories.enrolment import make_cohort, make_enrolment

KIND = PracticumMinutes()
CONFIG = PracticumConfig(
    key="practicum",
    title="Supervised practicum",
    minutes=3600,
    minimums=(
        Minimum("direct contact", 2400, direct=True),
        Minimum("preparation", 720, direct=True, phase="preparation"),
        Minimum("dosing", 1080, direct=True, phase="dosing"),
        Minimum("integration", 600, direct=True, phase="integration"),
    ),
    caps=(Cap("observation", 900, bucket="observed"), Cap("simulation", 600, bucket="simulated")),
)


@pytest.fixture
def demo(cast, settings):
    settings.DEMO = True
    cohort = make_cohort()
    with at(timezone.now() - timedelta(days=700)):  # she approves in the past
        grant_role(cast.supervisor, Role.SUPERVISOR, by=None, scope=Scope.COHORT, scope_id=cohort.pk)
    people = {"trainee": cast.trainee, "graduate": make_person("graduate"), "newcomer": make_person("newcomer")}
    enrolled = {"trainee": date(2026, 9, 7), "graduate": date(2026, 9, 7), "newcomer": date(2026, 11, 23)}
    enrolments = {name: make_enrolment(people[name], cohort=cohort, enrolled_on=enrolled[name]) for name in people}
    everybody = people | {"supervisor": cast.supervisor, "director": cast.director}
    return Demo(people=everybody, things={"enrolments": enrolments})


def test_it_shows_every_state_and_a_finished_practicum_and_repeating_it_adds_nothing(demo):
    create_practice(demo)
    create_practice(demo)
    rows = Counter(PracticeLog.objects.values_list("enrolment__person__email", "state"))
    assert rows == {
        ("trainee@example.org", "approved"): 15,
        ("trainee@example.org", "returned"): 1,
        ("trainee@example.org", "submitted"): 2,
        ("trainee@example.org", "draft"): 1,
        ("graduate@example.org", "approved"): 29,
    }
    assert Placement.objects.count() == 3
    assert standing_words(demo) == {
        "trainee": ("unmet", 2010, 90),
        "graduate": ("met", 3750, 0),
        "newcomer": ("unmet", 0, 0),
    }


def standing_words(demo):
    found = {}
    for name, enrolment in demo.things["enrolments"].items():
        subject = Subject(person=enrolment.person_id, enrolment=enrolment.pk, edition=None)
        facts = KIND.gather([CONFIG], [subject], timezone.now())[subject]
        result = KIND.judge(CONFIG, facts, {}, categories_of(enrolment))
        found[name] = (result.state.value, result.done, result.pending)
    return found
