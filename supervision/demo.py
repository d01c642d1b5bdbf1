"""The demonstration's practice: a half-way log with every state in it, a finished one, and a placement just begun."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.actions import record_document
from lms.accounts.enums import DocumentKind
from lms.demo.clock import at
from lms.demo.people import FINISHED
from lms.demo.registry import Demo
from lms.disputes.actions import decide_dispute, escalate_overdue
from lms.institute.queries import institute
from supervision.actions.adverse import acknowledge_alert
from supervision.actions.dispute import dispute_return
from supervision.actions.placement import make_client_code, set_placement
from supervision.actions.practice import correct_log, discard_log, submit_log, write_log
from supervision.actions.prior import approve_prior_hours, record_prior_hours, return_prior_hours
from supervision.actions.program import unapprove_log, verify_log
from supervision.actions.review import return_log
from supervision.actions.shared import propose_share
from supervision.actions.supervisor import site_named, supervisor_of
from supervision.demo_visits import (
    BANDS,
    CONSULTATION,
    DRILL,
    EVENING,
    HOW,
    INTEGRATION,
    LED_DOSING,
    LONG_DRILL,
    OBSERVATION,
    PREPARATION,
    REFLECTION,
    ROLE_PLAY,
    SHARED_DOSING,
    WITHOUT_CLIENT,
    ZONE,
    approve,
    letter_about,
    seen,
)
from supervision.enums import Meaning, Phase, PracticeRole, Route
from supervision.models import AdverseAlert, Placement, PracticeLog, PriorHours
from supervision.queries.prior import prior_hash
from supervision.queries.shared import co_therapists_of
from supervision.rules import Visit
from supervision.rules.prior import Claim

SITE = "Juniper Clinic, Boulder"
STARTS = (time(8, 0), time(13, 0), time(18, 0))
HALF_WAY = [OBSERVATION] * 3 + [DRILL] + [PREPARATION] * 4 + [SHARED_DOSING] * 4 + [INTEGRATION] * 3
WHOLE_PRACTICUM = (
    [OBSERVATION] * 4 + [DRILL] * 2 + [PREPARATION] * 7 + [SHARED_DOSING] * 4 + [LED_DOSING] * 4 + [INTEGRATION] * 8
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
AFTER_AN_EVENT = (
    "Stay with the client and call the clinic's physician. Once the client is safe, call the person below, and write the "
    "report of your site. Nothing of it belongs on this platform."
)
CONTACTS = "Juniper Clinic, physician on call: 303-555-0142\nProgram director on call: 303-555-0143"
NO_SUCH_VISIT = "The signature was given for a visit of another day. Please correct the date and send it again."
RETURNED_BECAUSE = "You led this one with me beside you: please log it as lead, and split the hour of integration from the dosing time."


def create_practice(demo: Demo) -> None:
    _record_documents(demo)
    _write_instructions()
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
        _log_what_is_left_out(Placement.objects.get(enrolment=enrolment), demo)
    if not enrolment.prior_hours.exists():
        _bring_hours(enrolment, demo)


def _write_instructions() -> None:
    ours = institute()
    if not ours.adverse_instructions:
        ours.adverse_instructions, ours.emergency_contacts = AFTER_AN_EVENT, CONTACTS
        ours.save()


def _record_documents(demo: Demo) -> None:
    for name, kind, days in DOCUMENTS:
        person = demo.people.get(name)
        if person and not person.professional_documents.filter(kind=kind).exists():
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


def _log_what_is_left_out(placement: Placement, demo: Demo) -> None:
    """For each reason why minutes do not count an entry: above a cap, a bucket that is not asked for, half of it only, an
    approval withdrawn. And one verified, one flagged as late, two with an adverse event, one proposed to another trainee."""
    director, trainee = demo.people["director"], placement.enrolment.person
    kinds = [*[LONG_DRILL] * 3, CONSULTATION, ROLE_PLAY, PREPARATION, INTEGRATION]
    *approved, to_verify, to_withdraw = _write(placement, kinds, shift=timedelta(hours=4))
    for log in (*approved, to_verify, to_withdraw):
        _approve(log)
    verify_log(to_verify, by=director)
    unapprove_log(to_withdraw, by=director, reason=NO_SUCH_VISIT)
    acknowledge_alert(_report(placement, 3), by=director)
    _report(placement, 1)
    submit_log(_draft(placement, 45, reflection=REFLECTION), by=trainee)
    other = co_therapists_of(placement.enrolment).filter(person=demo.people["trainee"]).first()
    if other:
        propose_share(_draft(placement, 2), to=other, by=trainee)


def _report(placement: Placement, days: int) -> AdverseAlert:
    return _draft(placement, days, adverse_event=True).alert


def _draft(placement: Placement, days_ago: int, **fields) -> PracticeLog:
    """A visit of so many days ago, at an hour at which the others never are, written now."""
    enrolment = placement.enrolment
    code = make_client_code(enrolment, by=enrolment.person)
    values = {
        "on": timezone.localdate(timezone=ZoneInfo(ZONE)) - timedelta(days=days_ago),
        "starts_at": time(6, 0),
        "time_zone": ZONE,
        "category_key": "integration",
        "role": PracticeRole.LEAD.value,
        "segments": ((Phase.INTEGRATION.value, 60),),
        "clients": frozenset({code.pk}),
        "client_consented": True,
        **HOW,
    }
    return write_log(enrolment, Visit(**values | fields), placement=placement, by=enrolment.person)


def _return(log: PracticeLog) -> PracticeLog:
    submit_log(log, by=log.enrolment.person)
    words = {"meaning": Meaning.REVIEWED, "reason": "I do not find this visit in the plan of the day."}
    return return_log(log, by=log.placement.supervisor.person, seen=seen(log), **words)


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
    return record_prior_hours(
        enrolment, claim, document=letter_about(hours, "live observation", "Harbor Clinic"), by=enrolment.person
    )


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
    words = {"meaning": Meaning.OBSERVED, "reason": RETURNED_BECAUSE}
    return_log(to_return, by=supervisor, seen=seen(to_return), **words)
    submit_log(to_wait, by=trainee)


def _write(placement: Placement, kinds: Iterable[tuple], shift: timedelta = timedelta()) -> list[PracticeLog]:
    """One draft for each kind, on the slots that end yesterday, oldest first, each as if logged in the evening."""
    kinds, enrolment = list(kinds), placement.enrolment
    codes = [make_client_code(enrolment, by=enrolment.person, age_band=band) for band in BANDS]
    slots = _slots(placement.starts_on, len(kinds))
    logs = []
    for number, ((category, role, segments), (on, starts_at)) in enumerate(zip(kinds, slots, strict=True)):
        needs_code = category not in WITHOUT_CLIENT
        visit = Visit(
            on=on,
            starts_at=(datetime.combine(on, starts_at) + shift).time(),
            time_zone=ZONE,
            category_key=category,
            role=role.value,
            segments=tuple((phase.value, minutes) for phase, minutes in segments),
            clients=frozenset({codes[number % len(codes)].pk} if needs_code else ()),
            client_consented=needs_code,
            reflection=REFLECTION if number % 5 == 4 else "",
            **HOW | {"route": _route(segments), "touch_used": number % 7 == 3, "touch_agreed_before": number % 7 == 3},
        )
        with at(visit.ended_at + EVENING):
            logs.append(write_log(enrolment, visit, placement=placement, by=enrolment.person))
    return logs


def _route(segments: tuple) -> str:
    has_dosing = any(phase == Phase.DOSING for phase, _ in segments)
    return Route.IM.value if has_dosing else Route.NONE.value


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
    """Sent as soon as it was written, and approved on the day after."""
    with at(log.written_at + timedelta(minutes=5)):
        log = submit_log(log, by=log.enrolment.person)
    approve(log)
