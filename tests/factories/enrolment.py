"""Cohorts and enrolments."""

from datetime import date

from courses.curriculum.models import Edition, Program
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Cohort, Enrolment, EnrolmentMove
from courses.standards.models import StandardVersion
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from tests.factories.curriculum import make_edition, make_program
from tests.factories.numbers import next_number
from tests.factories.standards import make_standard_version

STARTS = date(2026, 1, 5)


def make_cohort(
    program: Program | None = None,
    *,
    edition: Edition | None = None,
    standard_version: StandardVersion | None = None,
    **fields,
) -> Cohort:
    """A cohort of a program, whose edition and standard version are made when none is given."""
    program = program or (edition.program if edition else None)
    program = program or (standard_version.standard.program if standard_version else make_program())
    values = {"name": f"Cohort {next_number()}", "starts_on": STARTS, "time_zone": "America/Denver"}
    return Cohort.objects.create(
        program=program,
        edition=edition or make_edition(program),
        standard_version=standard_version or make_standard_version(program),
        **values | fields,
    )


def make_enrolment(
    person: User, *, cohort: Cohort | None = None, state: EnrolmentState = EnrolmentState.ACTIVE, **fields
) -> Enrolment:
    """An enrolment in its cohort (made when none is given), written straight to the table, with its first history row.

    `program`, `edition` and `standard_version` may be given: they shape a cohort that is made, or pin this enrolment.
    """
    if cohort is None:
        own = {name: fields[name] for name in ("edition", "standard_version") if name in fields}
        cohort = make_cohort(fields.get("program"), **own)
    values = {
        "program": cohort.program,
        "edition": cohort.edition,
        "standard_version": cohort.standard_version,
        "enrolled_on": cohort.starts_on,
    }
    enrolment = Enrolment.objects.create(person=person, cohort=cohort, state=state, **values | fields)
    EnrolmentMove.objects.create(enrolment=enrolment, old="", new=state)
    return enrolment


def grant_faculty(person: User, cohort: Cohort):
    """Make her faculty of this cohort only, as `cast.faculty` is of the trainee's."""
    return grant_role(person, Role.FACULTY, by=None, scope=Scope.COHORT, scope_id=cohort.pk)
