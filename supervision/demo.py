"""The demonstration's practice: a half-way log with every state in it, a finished one, and a placement just begun."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from PIL import Image, ImageDraw

from courses.enrolment.models import Enrolment
from lms.accounts.actions import record_document
from lms.accounts.enums import DocumentKind
from lms.demo.people import FINISHED
from lms.demo.registry import Demo
from lms.disputes.actions import decide_dispute, escalate_overdue
from lms.uploads import CleanDocument
from supervision.actions.dispute import dispute_return
from supervision.actions.placement import make_client_code, set_placement
from supervision.actions.practice import correct_log, discard_log, submit_log, write_log
from supervision.actions.prior import approve_prior_hours, record_prior_hours, return_prior_hours
from supervision.actions.review import approve_log, return_log
from supervision.actions.supervisor import site_named, supervisor_of
from supervision.enums import AgeBand, Meaning, Phase, PracticeRole
from supervision.models import Placement, PracticeLog, PriorHours
from supervision.queries.practice import full_logs
from supervision.queries.prior import prior_hash
from supervision.queries.review import content_hash, signed_content
from supervision.rules import Visit
from supervision.rules.prior import Claim

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
WHOLE_PRACTICUM = (
    [OBSERVATION] * 4 + [DRILL] * 2 + [PREPARATION] * 7 + [SHARED_DOSING] * 4 + [LED_DOSING] * 4 + [INTEGRATION] * 8
)
REFLECTION = (
    "I noticed how quickly I wanted to fill the silence after the peak. Waiting let the client find the words first. "
    "Next time I will ask before I move my chair closer."
)
DOCUMENTS = (
    ("supervisor", DocumentKind.LICENCE, 400),
    ("supervisor", DocumentKind.BLS, 25),
    ("supervisor-two", DocumentKind.LICENCE, -12),
)
AUTHORITIES = {
    DocumentKind.LICENCE: "State Board of Social Work Examiners",
    DocumentKind.BLS: "Heart association",
}
RETURNED_BECAUSE = "You led this one with me beside you: please log it as lead, and split the hour of integration from the dosing time."


def create_practice(demo: Demo) -> None:
    enrolments, supervisor, director = demo.things["enrolments"], demo.people["supervisor"], demo.people["director"]
    placements = {name: _placement(enrolment, supervisor, director) for name, enrolment in enrolments.items()}
    for name in FINISHED:
        if name in enrolments and not _has_logs(enrolments[name]):
            _log_approved(placements[name], WHOLE_PRACTICUM)
    if "trainee" in enrolments and not _has_logs(enrolments["trainee"]):
        _log_half_way(placements["trainee"])


def create_states(demo: Demo) -> None:
    """What the half-way log does not show: replaced and discarded entries, disputes in every state, prior hours."""
    enrolment = demo.things["enrolments"]["trainee-two"]
    if not _has_logs(enrolment):
        _log_states(Placement.objects.get(enrolment=enrolment), demo)
    if not enrolment.prior_hours.exists():
        _bring_hours(enrolment, demo)
    for name, kind, days in DOCUMENTS:
        person = demo.people[name]
        if not person.professional_documents.filter(kind=kind).exists():
            last_day = timezone.localdate() + timedelta(days=days)
            record_document(person, kind=kind, authority=AUTHORITIES[kind], number="DEMO-1042", expires_on=last_day)


def _log_states(placement: Placement, demo: Demo) -> None:
    trainee, faculty = placement.enrolment.person, demo.people["faculty"]
    to_replace, to_discard, *disputed = _write(placement, [OBSERVATION, PREPARATION] + [SHARED_DOSING] * 4)
    _approve(to_replace)
    _approve(correct_log(to_replace, by=trainee))
    discard_log(to_discard, by=trainee)
    disputes = [_dispute(_return(log)) for log in disputed]
    _, escalated, upheld, denied = disputes
    reviewer = str(demo.people["supervisor-two"].pk)
    decide_dispute(upheld, by=faculty, upheld=True, answer="The plan of the day names you.", then=reviewer)
    decide_dispute(denied, by=faculty, upheld=False, answer="The room log shows an hour less. Please correct it.")
    type(escalated).objects.filter(pk=escalated.pk).update(escalates_at=timezone.now())
    escalate_overdue()


def _return(log: PracticeLog) -> PracticeLog:
    submit_log(log, by=log.enrolment.person)
    words = {"meaning": Meaning.REVIEWED, "reason": "I do not find this visit in the plan of the day."}
    return return_log(log, by=log.placement.supervisor.person, seen=_seen(log), **words)


def _dispute(log: PracticeLog):
    return dispute_return(log, by=log.enrolment.person, text="It is there, under the name of the second room.")


def _bring_hours(enrolment: Enrolment, demo: Demo) -> None:
    """Approved, waiting and returned: each with a letter that says it is made up."""
    director = demo.people["director-two"]
    approved, _waiting, returned = (_prior(enrolment, hours) for hours in (6, 9, 4))
    approve_prior_hours(approved, by=director, seen=_seen_prior(approved))
    reason = "The letter does not say who supervised you. Ask for one that does."
    return_prior_hours(returned, by=director, seen=_seen_prior(returned), reason=reason)


def _prior(enrolment: Enrolment, hours: int) -> PriorHours:
    claim = Claim(
        category_key="live_observation",
        phase=Phase.DOSING,
        minutes=60 * hours,
        began_on=date(2025, 3, 3),
        ended_on=date(2025, 6, 6),
        institution="Harbor Clinic, Portland",
        supervisor_name="Miriam Adler, PhD",
    )
    return record_prior_hours(enrolment, claim, document=_letter(hours), by=enrolment.person)


def _letter(hours: int) -> CleanDocument:
    page = Image.new("RGB", (900, 500), "white")
    words = f"DEMONSTRATION\n\nHarbor Clinic confirms {hours} hours of live observation.\nNobody was trained."
    ImageDraw.Draw(page).multiline_text((60, 60), words, fill="black", font_size=28, spacing=14)
    out = io.BytesIO()
    page.save(out, "PNG")
    return CleanDocument(out.getvalue(), "image/png")


def _seen_prior(prior: PriorHours) -> str:
    return prior_hash(PriorHours.objects.get(pk=prior.pk))


def _has_logs(enrolment: Enrolment) -> bool:
    return PracticeLog.objects.filter(enrolment=enrolment).exists()


def _placement(enrolment: Enrolment, supervisor, director) -> Placement:
    existing = Placement.objects.filter(enrolment=enrolment).first()
    return existing or set_placement(
        enrolment,
        supervisor=supervisor_of(supervisor, by=director),
        site=site_named(SITE),
        starts_on=enrolment.enrolled_on,
        ends_on=None,
        by=director,
    )


def _log_approved(placement: Placement, kinds: Iterable[tuple]) -> None:
    for log in _write(placement, kinds):
        _approve(log)


def _log_half_way(placement: Placement) -> None:
    """Approved hours, one of them under correction; and one entry returned, one waiting, one draft."""
    trainee, supervisor = placement.enrolment.person, placement.supervisor.person
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
    approve_log(log, by=log.placement.supervisor.person, meaning=Meaning.OBSERVED, seen=_seen(log))


def _seen(log: PracticeLog) -> str:
    return content_hash(signed_content(full_logs().get(pk=log.pk)))
