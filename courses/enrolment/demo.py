"""The demonstration's two cohorts, their faculty, their trainees, and enrolments in every state."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from courses.enrolment.actions import adopt_edition, assign_faculty, create_cohort, enrol, move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Cohort, EditionAdoption, Enrolment
from courses.standards.models import StandardVersion
from lms.demo.people import FINISHED
from lms.demo.registry import Demo

COHORT = "Autumn 2026"
EARLIER = "Summer 2026"
WEEKS_AGO = {COHORT: 11, EARLIER: 20}
IN_EARLIER = {"trainee-two", *FINISHED}
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


def create_cohorts_and_enrolments(demo: Demo) -> None:
    """A cohort that began eleven weeks ago, whatever the day, and from the stage *running* on one that began before it.
    The newcomer joined today."""
    today = timezone.localdate(timezone=ZoneInfo(ZONE))
    names = {name: EARLIER if name in IN_EARLIER else COHORT for name in DISCIPLINES if name in demo.people}
    cohorts = {
        name: open_cohort(demo, name, begun=today - timedelta(weeks=WEEKS_AGO[name]))
        for name in sorted(set(names.values()))
    }
    demo.things["cohort"] = cohorts[COHORT]
    demo.things["cohorts"] = list(cohorts.values())
    demo.things["enrolments"] = {
        name: _enrolment(demo, name, cohorts[cohort], today if name == "newcomer" else cohorts[cohort].starts_on)
        for name, cohort in names.items()
    }


def adopt_second_edition(demo: Demo) -> None:
    """One cohort comes to edition 2, once; the earlier one keeps the edition that it began with."""
    cohort, second = demo.things["cohort"], demo.things.get("second_edition")
    if second and not EditionAdoption.objects.filter(cohort=cohort).exists():
        adopt_edition(cohort, second, by=demo.people["director"], reason=demo.things["reason_to_adopt"])


def move_enrolments(demo: Demo) -> None:
    """One paused, one withdrawn, after what they have done before; later changes of theirs are left alone."""
    for name, (state, reason) in MOVED.items():
        enrolment = demo.things["enrolments"].get(name)
        if enrolment and enrolment.moves.count() == 1:
            move_enrolment(enrolment, state, by=demo.people["director"], reason=reason)


def open_cohort(demo: Demo, name: str, *, begun: date, standard_version: StandardVersion | None = None) -> Cohort:
    """The cohort of this name, made if there is none: on the first edition and, unless another version is given, on the
    first version of the standard, with the demonstration's faculty."""
    cohort = Cohort.objects.filter(program=demo.things["program"], name=name).first() or create_cohort(
        demo.things["program"],
        name=name,
        starts_on=begun,
        ends_on=begun + timedelta(days=730),
        time_zone=ZONE,
        seats=24,
        edition=demo.things["edition"],
        standard_version=standard_version or demo.things["standard_version"],
        by=demo.people["director"],
    )
    assign_faculty(demo.people["faculty"], cohort=cohort, by=demo.people["director"])
    return cohort


def _enrolment(demo: Demo, name: str, cohort: Cohort, on: date) -> Enrolment:
    person = demo.people[name]
    return Enrolment.objects.filter(person=person, program=cohort.program).order_by("pk").first() or enrol(
        person, cohort=cohort, by=demo.people["director"], discipline=DISCIPLINES[name], enrolled_on=on
    )
