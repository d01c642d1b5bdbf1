"""The demonstration's practice: a half-way log with every state in it, a finished one, and a placement just begun."""

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.demo.registry import Demo
from supervision.actions.placement import make_client_code, set_placement
from supervision.actions.practice import correct_log, submit_log, write_log
from supervision.actions.review import approve_log, return_log
from supervision.enums import AgeBand, Meaning, Phase, PracticeRole
from supervision.models import Placement, PracticeLog
from supervision.queries.practice import full_logs
from supervision.queries.review import content_hash, signed_content
from supervision.rules import Visit

ZONE = "America/Denver"
SITE = "Juniper Clinic, Boulder"
STARTS = (time(8, 0), time(13, 0), time(18, 0))
CODES = (AgeBand.FROM_25, AgeBand.FROM_35, AgeBand.FROM_55)

PREPARATION = ("preparation", PracticeRole.LEAD, ((Phase.PREPARATION, 90),))
SHARED_DOSING = (
    "dosing_cofacilitator",
    PracticeRole.CO_FACILITATOR,
    ((Phase.PREPARATION, 20), (Phase.DOSING, 150), (Phase.INTEGRATION, 10)),
)
LED_DOSING = ("dosing_lead", PracticeRole.LEAD, ((Phase.PREPARATION, 20), (Phase.DOSING, 150), (Phase.INTEGRATION, 10)))
INTEGRATION = ("integration", PracticeRole.LEAD, ((Phase.INTEGRATION, 90),))
OBSERVATION = ("live_observation", PracticeRole.OBSERVER, ((Phase.DOSING, 180),))
DRILL = ("emergency_drill", PracticeRole.CO_FACILITATOR, ((Phase.OTHER, 120),))

HALF_WAY = [OBSERVATION] * 3 + [DRILL] + [PREPARATION] * 4 + [SHARED_DOSING] * 4 + [INTEGRATION] * 3
FINISHED = (
    [OBSERVATION] * 4 + [DRILL] * 2 + [PREPARATION] * 7 + [SHARED_DOSING] * 4 + [LED_DOSING] * 4 + [INTEGRATION] * 8
)
REFLECTION = (
    "I noticed how quickly I wanted to fill the silence after the peak. Waiting let the client find the words first. "
    "Next time I will ask before I move my chair closer."
)
RETURNED_BECAUSE = "You led this one with me beside you: please log it as lead, and split the hour of integration from the dosing time."


def create_practice(demo: Demo) -> None:
    enrolments, supervisor, director = demo.things["enrolments"], demo.people["supervisor"], demo.people["director"]
    placements = {name: _placement(enrolment, supervisor, director) for name, enrolment in enrolments.items()}
    if not _has_logs(enrolments["graduate"]):
        _log_approved(placements["graduate"], FINISHED)
    if not _has_logs(enrolments["trainee"]):
        _log_half_way(placements["trainee"])


def _has_logs(enrolment: Enrolment) -> bool:
    return PracticeLog.objects.filter(enrolment=enrolment).exists()


def _placement(enrolment: Enrolment, supervisor, director) -> Placement:
    existing = Placement.objects.filter(enrolment=enrolment).first()
    return existing or set_placement(
        enrolment, supervisor=supervisor, site=SITE, starts_on=enrolment.enrolled_on, ends_on=None, by=director
    )


def _log_approved(placement: Placement, kinds: Iterable[tuple]) -> None:
    for log in _write(placement, kinds):
        _approve(log)


def _log_half_way(placement: Placement) -> None:
    """Approved hours, one of them under correction; and one entry returned, one waiting, one draft."""
    trainee, supervisor = placement.enrolment.person, placement.supervisor
    others = [SHARED_DOSING, PREPARATION, LED_DOSING]
    *approved, to_return, to_wait, _draft = _write(placement, [*HALF_WAY, *others])
    for log in approved:
        _approve(log)
    submit_log(correct_log(approved[-1], by=trainee), by=trainee)
    submit_log(to_return, by=trainee)
    seen = _seen(to_return)
    return_log(to_return, by=supervisor, meaning=Meaning.OBSERVED, seen=seen, reason=RETURNED_BECAUSE)
    submit_log(to_wait, by=trainee)


def _write(placement: Placement, kinds: Iterable[tuple]) -> list[PracticeLog]:
    """One draft for each kind, on the slots that end yesterday, oldest first."""
    kinds, enrolment = list(kinds), placement.enrolment
    codes = [make_client_code(enrolment, by=enrolment.person, age_band=band) for band in CODES]
    slots = _slots(placement.starts_on, len(kinds))
    logs = []
    for number, ((category, role, segments), (on, starts_at)) in enumerate(zip(kinds, slots, strict=True)):
        needs_code = category != "emergency_drill"
        visit = Visit(
            on=on,
            starts_at=starts_at,
            time_zone=ZONE,
            category_key=category,
            role=role.value,
            segments=tuple((phase.value, minutes) for phase, minutes in segments),
            clients=frozenset({codes[number % len(codes)].pk} if needs_code else ()),
            client_consented=needs_code,
            reflection=REFLECTION if number % 5 == 4 else "",
        )
        logs.append(write_log(enrolment, visit, placement=placement, by=enrolment.person))
    return logs


def _slots(first: date, count: int) -> list[tuple[date, time]]:
    """`count` different starts between `first` and yesterday, spread evenly, at most three a day."""
    last = timezone.localdate(timezone=ZoneInfo(ZONE)) - timedelta(days=1)
    every = list(_every_slot(first, last))
    if len(every) < count:
        raise ValueError(f"{count} visits do not fit between {first} and {last}.")
    return [every[number * len(every) // count] for number in range(count)]


def _every_slot(first: date, last: date) -> Iterator[tuple[date, time]]:
    for number in range((last - first).days + 1):
        for starts_at in STARTS:
            yield first + timedelta(days=number), starts_at


def _approve(log: PracticeLog) -> None:
    submit_log(log, by=log.enrolment.person)
    approve_log(log, by=log.placement.supervisor, meaning=Meaning.OBSERVED, seen=_seen(log))


def _seen(log: PracticeLog) -> str:
    return content_hash(signed_content(full_logs().get(pk=log.pk)))
