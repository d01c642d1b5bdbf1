"""What a regulator was told of an edition and what it said; whether a program's cohorts depend on it."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from courses.curriculum.enums import RegulatorStepKind
from courses.curriculum.models import Edition, Program, RegulatorStep
from courses.curriculum.rules import can_publish
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal


@transaction.atomic
def record_regulator_step(
    edition: Edition,
    *,
    regulator: str,
    kind: RegulatorStepKind,
    on: date,
    by: User,
    reference: str = "",
    note: str = "",
) -> RegulatorStep:
    """Keep that a regulator was notified of an edition, accepted or refused it. A mistake is put right by a further step."""
    if not can_publish(by, edition.program):
        raise PermissionDenied
    if not regulator.strip():
        raise Refusal("Name the regulator.")
    step = RegulatorStep.objects.create(
        edition=edition,
        regulator=regulator.strip(),
        kind=RegulatorStepKind(kind),
        on=on,
        reference=reference.strip(),
        note=note.strip(),
        by=by,
    )
    record("curriculum.regulator.recorded", by=by, about=step, edition=edition.pk, kind=step.kind, on=on)
    return step


@transaction.atomic
def set_needs_acceptance(program: Program, needed: bool, *, by: User) -> Program:
    """Say whether new cohorts may use an edition only once a regulator has accepted it. Running cohorts keep theirs."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    if not can_publish(by, program):
        raise PermissionDenied
    if program.needs_acceptance != needed:
        program.needs_acceptance = needed
        program.save(update_fields=["needs_acceptance"])
        record("curriculum.program.acceptance_set", by=by, about=program, needed=needed)
    return program
