"""The demonstration's cohort, its faculty, its trainees, and enrolments in every state."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from courses.enrolment.actions import assign_faculty, create_cohort, enrol, move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Cohort, Enrolment
from lms.demo.registry import Demo

COHORT = "Autumn 2026"
ZONE = "America/Denver"
DISCIPLINES = {
    "trainee": "Clinical social worker",
    "trainee-two": "Psychiatric nurse practitioner",
    "graduate": "Psychologist",
    "graduate-two": "Psychiatrist",
    "graduate-three": "Marriage and family therapist",
    "graduate-four": "Nurse practitioner",
    "graduate-five": "Psychologist",
    "paused": "Physician",
    "withdrawn": "Psychologist",
    "newcomer": "Professional counselor",
}
MOVED = {
    "paused": (EnrolmentState.PAUSED, "Parental leave until spring."),
    "withdrawn": (EnrolmentState.WITHDRAWN, "Moved to another state."),
}


def create_cohort_and_enrolments(demo: Demo) -> None:
    """One cohort that began eleven weeks ago, whatever the day; the newcomer joined today."""
    today = timezone.localdate(timezone=ZoneInfo(ZONE))
    begun = today - timedelta(weeks=11)
    cohort = Cohort.objects.filter(program=demo.things["program"], name=COHORT).first() or create_cohort(
        demo.things["program"],
        name=COHORT,
        starts_on=begun,
        ends_on=begun + timedelta(days=730),
        time_zone=ZONE,
        seats=24,
        edition=demo.things["edition"],
        standard_version=demo.things["standard_version"],
        by=demo.people["director"],
    )
    assign_faculty(demo.people["faculty"], cohort=cohort, by=demo.people["director"])
    joined = {name: today if name == "newcomer" else begun for name in DISCIPLINES if name in demo.people}
    demo.things["cohort"] = cohort
    demo.things["enrolments"] = {name: _enrolment(demo, name, cohort, on) for name, on in joined.items()}


def move_enrolments(demo: Demo) -> None:
    """One paused, one withdrawn, after what they have done before; later changes of theirs are left alone."""
    for name, (state, reason) in MOVED.items():
        enrolment = demo.things["enrolments"].get(name)
        if enrolment and enrolment.moves.count() == 1:
            move_enrolment(enrolment, state, by=demo.people["director"], reason=reason)


def _enrolment(demo: Demo, name: str, cohort: Cohort, on: date) -> Enrolment:
    person = demo.people[name]
    return Enrolment.objects.filter(person=person, program=cohort.program).order_by("pk").first() or enrol(
        person, cohort=cohort, by=demo.people["director"], discipline=DISCIPLINES[name], enrolled_on=on
    )
