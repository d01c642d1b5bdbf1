"""Who may do what with the curriculum."""

from datetime import date

from courses.curriculum.enums import RegulatorStepKind
from courses.curriculum.models import Edition, Program
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role
from lms.web.templatetags.ui import day


def why_unusable(edition: Edition, *, decision: str | None, on: date) -> str:
    """The sentence that says why a cohort cannot use an edition on a day, or "". `decision` is a regulator's newest one."""
    if edition.effective_from > on:
        return f"Edition {edition.number} takes effect on {day(edition.effective_from)}, not before."
    if not edition.program.needs_acceptance or decision == RegulatorStepKind.ACCEPTED:
        return ""
    if decision == RegulatorStepKind.REFUSED:
        return f"A regulator has refused edition {edition.number}."
    return f"No regulator has accepted edition {edition.number} yet, and {edition.program} needs that."


def can_publish(user: User, program: Program) -> bool:
    """Directors of the institute or of the program. Faculty write pages; they do not issue editions."""
    return has_role(user, Role.DIRECTOR, program=program.pk)
