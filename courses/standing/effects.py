"""What a new version of a standard would mean for the people now enrolled. They stay pinned to theirs."""

from django.utils import timezone

from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.models import Enrolment
from courses.standards.definition import Definition
from courses.standards.enums import SATISFIED
from courses.standards.models import Standard
from courses.standards.registry import Effect
from courses.standing.engine import standings_for, standings_under


def effect_of(standard: Standard, definition: Definition) -> Effect:
    """Judged now, under the pinned versions and under `definition`, in a fixed number of queries per version."""
    enrolments = list(Enrolment.objects.filter(program=standard.program_id, state__in=OPEN_STATES).order_by("pk"))
    now = timezone.now()
    today = standings_for(enrolments, as_of=now)
    then = standings_under(definition, enrolments, as_of=now)
    complete = [all(result.state in SATISFIED for result in results) for results in then.values()]
    lines = [
        (line.config.title, sum(results[place].state in SATISFIED for results in then.values()))
        for place, line in enumerate(definition.requirements)
    ]
    return Effect(
        people=len(enrolments),
        complete_now=sum(standing.is_complete for standing in today.values()),
        complete_then=sum(complete) if definition.requirements else 0,
        lines=tuple(lines),
    )
