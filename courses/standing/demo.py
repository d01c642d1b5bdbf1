"""The demonstration's waiver and hold."""

from courses.standards.definition import Definition
from courses.standards.queries import definition_of
from courses.standing.actions import grant_waiver, place_hold
from lms.demo.registry import Demo
from lms.enums import ReasonClass


def create_waiver_and_hold(demo: Demo) -> None:
    """A waiver for one trainee, a hold for another; both only while there was none before."""
    enrolments, director = demo.things["enrolments"], demo.people["director"]
    waived, held = enrolments["trainee-two"], enrolments["paused"]
    if not waived.waivers.exists():
        key = _first_waivable(definition_of(waived.standard_version))
        reason, document = "Completed an equivalent course elsewhere.", "Transcript of Harbor School, May 2025"
        grant_waiver(waived, key, by=director, reason=reason, document=document)
    if not held.holds.exists():
        note = "The enrolment agreement is not signed yet."
        place_hold(held, by=director, reason_class=ReasonClass.ADMINISTRATIVE, note=note)


def _first_waivable(definition: Definition) -> str:
    return next(line.key for line in definition.requirements if line.config.waivable)
