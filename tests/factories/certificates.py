"""Signing keys, enrolments that meet their standard, and issued credentials."""

from django.db import transaction
from django.utils import timezone

from certificates.actions.issuing import issue_credential
from certificates.actions.keys import create_signing_keys
from certificates.models import Credential
from courses.curriculum.models import Program
from courses.enrolment.models import Enrolment
from courses.standards.contract import Result
from courses.standards.enums import ResultState, Unit
from courses.standards.models import Standard, StandardVersion
from courses.standing.engine import Standing
from lms.accounts.actions import confirm_legal_name
from lms.accounts.models import User
from tests.factories.curriculum import make_program
from tests.factories.enrolment import make_enrolment
from tests.factories.standards import make_standard, make_standard_version

HOLDER = "Zoë Ångström-Núñez"

HOURS = Result(
    key="practicum",
    title="Supervised practice",
    state=ResultState.MET,
    done=3690,
    needed=3600,
    unit=Unit.MINUTES,
    parts=(
        Result("practicum.dosing", "In dosing sessions", ResultState.MET, 1110, 1080, Unit.MINUTES),
        Result("practicum.observed", "Observation, at most", ResultState.MET, 600, 900, Unit.MINUTES, is_cap=True),
    ),
)
MODULES = Result("modules", "Modules completed", ResultState.MET, 11, 11, Unit.MODULES)
RESULTS = (HOURS, MODULES)


def make_ready_enrolment(
    person: User, *, program: Program | None = None, name: str = HOLDER, requirements=(), **fields
) -> Enrolment:
    """An active enrolment in a program whose standard is the KAP certificate; its holder has confirmed her name."""
    program = program or make_program()
    if not Standard.objects.filter(program=program).exists():
        make_standard(program, title="KAP Practitioner Certificate", description="Completion of the program.")
        make_standard_version(program, requirements=requirements)
    version = StandardVersion.objects.get(standard__program=program)
    confirm_legal_name(person, legal_name=name)
    person.refresh_from_db()
    values = {"program": program, "standard_version": version, "discipline": "Psychologist"}
    return make_enrolment(person, **values | fields)


def met_standing(enrolment: Enrolment) -> Standing:
    """A standing in which everything is met, for tests that are not about standings."""
    version = enrolment.standard_version
    return Standing(
        enrolment=enrolment.pk,
        person=enrolment.person_id,
        standard_version=version.pk,
        standard_title=version.data["title"],
        standard_number=version.number,
        as_of=timezone.now(),
        results=RESULTS,
        categories={},
    )


def make_credential(person: User, *, by: User, **fields) -> Credential:
    """A credential issued by the real code for a standing that meets everything; its keys are made when missing."""
    enrolment = make_ready_enrolment(person, **fields)
    create_signing_keys(by=None)
    with transaction.atomic():
        return issue_credential(enrolment, met_standing(enrolment), by=by)
