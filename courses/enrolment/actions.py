"""Acts on cohorts and enrolments. Each writes its audit row and its notices in its own transaction."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.curriculum.models import Edition, Program
from courses.curriculum.queries import decision_on
from courses.curriculum.rules import why_unusable
from courses.enrolment.enums import OPEN_STATES, EnrolmentState
from courses.enrolment.models import (
    Cohort,
    EditionAdoption,
    EditionMove,
    Enrolment,
    EnrolmentMove,
    SeatHold,
)
from courses.enrolment.queries import finish_by, holds_seat, is_enrolled, may_act_on, pause_of, seats_taken
from courses.enrolment.rules import days_in_words, may_move
from courses.standards.models import StandardVersion
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.accounts.models import RoleGrant, User
from lms.audit.actions import record
from lms.clock.actions import adjust_deadlines
from lms.clock.models import MOST_DAYS, Adjustment, Cause
from lms.enums import Provenance, Track
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from lms.web.templatetags.ui import day

STATE_SENTENCES = {
    EnrolmentState.ACTIVE: "Your enrolment in {program} is active again. Your lessons are open.",
    EnrolmentState.PAUSED: "Your enrolment in {program} is paused: the lessons are closed for now. Your own log, standing, "
    "export and disputes stay open to you, and the days of the pause are added to your time when you go on.",
    EnrolmentState.COMPLETED: "Your enrolment in {program} is completed. Your lessons and records stay open to you.",
    EnrolmentState.WITHDRAWN: "Your enrolment in {program} has ended. Your own log, standing and records stay open to you.",
}


@transaction.atomic
def create_cohort(
    program: Program,
    *,
    name: str,
    starts_on: date,
    edition: Edition,
    standard_version: StandardVersion,
    by: User | None,
    ends_on: date | None = None,
    time_zone: str | None = None,
    seats: int = 20,
) -> Cohort:
    """Open a cohort, pinned to one edition and one version of the program's standard."""
    if edition.program_id != program.pk:
        raise Refusal("This edition belongs to another program.")
    if standard_version.standard.program_id != program.pk:
        raise Refusal("This standard belongs to another program.")
    if ends_on and ends_on < starts_on:
        raise Refusal("A cohort ends after it starts.")
    Program.objects.select_for_update().get(pk=program.pk)
    _refuse_unusable(edition, on=max(starts_on, timezone.localdate(timezone=ZoneInfo(program.time_zone))))
    if Cohort.objects.filter(program=program, name=name).exists():
        raise Refusal(f"{program} already has a cohort named {name}.")
    cohort = Cohort.objects.create(
        program=program,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        time_zone=time_zone or program.time_zone,
        edition=edition,
        standard_version=standard_version,
        seats=seats,
    )
    record(
        "enrolment.cohort.created",
        by=by,
        about=cohort,
        edition=edition.pk,
        standard_version=standard_version.pk,
        seats=seats,
    )
    return cohort


@transaction.atomic
def enrol(
    person: User,
    *,
    cohort: Cohort,
    by: User | None,
    track: Track = Track.THERAPIST,
    discipline: str = "",
    provenance: Provenance = Provenance.EARNED,
    enrolled_on: date | None = None,
) -> Enrolment:
    """Enrol a person, pinned to the cohort's edition and standard version, and tell her.

    The person is locked before the cohort, so that neither a last seat nor a second open enrolment is given twice.
    A seat that is held for her is hers: it does not stand in her own way, and the hold ends.
    """
    if not may_act_on(by, person):
        raise Refusal("You cannot enrol this person. Please ask another program director.")
    cohort = _lock_free_seat(person, cohort)
    release_seat(person, cohort)
    enrolment = Enrolment.objects.create(
        person=person,
        program=cohort.program,
        cohort=cohort,
        edition=cohort.edition,
        standard_version=cohort.standard_version,
        track=track,
        discipline=discipline,
        provenance=provenance,
        enrolled_on=enrolled_on or timezone.localdate(timezone=ZoneInfo(cohort.time_zone)),
        enrolled_by=by,
    )
    EnrolmentMove.objects.create(enrolment=enrolment, old="", new=enrolment.state, by=by)
    record("enrolment.enrolment.created", by=by, about=enrolment, person=person.pk, cohort=cohort.pk, track=track)
    notify(
        person,
        key=f"enrolment-{enrolment.pk}-created",
        subject="You are enrolled",
        text=f"You are enrolled in {cohort.program}, {cohort}, which starts on {day(cohort.starts_on)}.",
        path=reverse("home"),
        button="Open your home page",
    )
    return enrolment


@transaction.atomic
def hold_seat(person: User, *, cohort: Cohort, until: datetime) -> SeatHold:
    """Keep a seat for somebody who is about to pay, counted like an enrolment until then. No audit row: it passes by itself.

    Raises `Refusal` when the cohort is full or she is enrolled in the program. A second hold takes the place of the first.
    """
    cohort = _lock_free_seat(person, cohort)
    release_seat(person, cohort)
    return SeatHold.objects.create(person=person, cohort=cohort, expires_at=until)


def release_seat(person: User, cohort: Cohort) -> None:
    """Let go of the seat that is held for a person, when there is one."""
    held = SeatHold.objects.filter(person=person, cohort=cohort, released_at=None)
    held.update(released_at=timezone.now())


def _lock_free_seat(person: User, cohort: Cohort) -> Cohort:
    """The cohort, locked after the person, in which there is a seat for her; a seat held for her is free for her."""
    User.objects.select_for_update().get(pk=person.pk)
    cohort = lock_cohort(cohort)
    if is_enrolled(person, cohort.program):
        raise Refusal(f"{person} is already enrolled in {cohort.program}.")
    if seats_taken(cohort) - holds_seat(person, cohort) >= cohort.seats:
        raise Refusal(f"{cohort} is full: all {cohort.seats} seats are taken.")
    return cohort


def lock_cohort(cohort: Cohort) -> Cohort:
    """Hold the cohort's row to the end of the transaction: seats are counted under it."""
    # Locked alone and read afterwards: PostgreSQL finds no row when the edition that it joined has changed meanwhile.
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    return Cohort.objects.select_related("program", "edition", "standard_version").get(pk=cohort.pk)


@transaction.atomic
def move_enrolment(enrolment: Enrolment, new: EnrolmentState, *, by: User | None, reason: str) -> Enrolment:
    """Change the state by the table of moves, and tell the person. The reason stays with the directors.

    Whoever goes on after a pause gets its days back on her deadlines in this cohort.
    """
    enrolment = _lock_to_change(enrolment, by, reason)
    old, new = EnrolmentState(enrolment.state), EnrolmentState(new)
    if not may_move(old, new):
        raise IllegalMove(f"An enrolment that is {old.label.lower()} cannot become {new.label.lower()}.")
    enrolment.state = new
    enrolment.save(update_fields=["state"])
    given_back = _give_paused_days_back(enrolment, by=by) if old == EnrolmentState.PAUSED and new in OPEN_STATES else ""
    move = EnrolmentMove.objects.create(enrolment=enrolment, old=old, new=new, by=by, reason=reason.strip())
    record("enrolment.enrolment.moved", by=by, about=enrolment, old=old, new=new)
    notify(
        enrolment.person,
        key=f"enrolment-move-{move.pk}",
        subject="Your enrolment has changed",
        text=STATE_SENTENCES[new].format(program=enrolment.program) + given_back,
        path=reverse("home"),
        button="Open your home page",
    )
    return enrolment


def _lock_to_change(enrolment: Enrolment, by: User | None, reason: str) -> Enrolment:
    """The enrolment's row, held to the end of the act, for somebody who may change it and says why."""
    if not reason.strip():
        raise Refusal("Say why. Only program directors read it.")
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "program", "cohort")
    enrolment = rows.get(pk=enrolment.pk)
    if not may_act_on(by, enrolment.person):
        raise Refusal("You cannot change this enrolment. Please ask another program director.")
    return enrolment


def _give_paused_days_back(enrolment: Enrolment, *, by: User | None) -> str:
    """Move the deadlines of this enrolment by the days of the pause that ends; the sentence that says so."""
    pause = pause_of(enrolment)
    if pause is None or pause.days == 0:
        return ""
    adjust_deadlines(
        cause=Cause.PAUSE,
        since=pause.since,
        days=pause.days,
        by=by,
        person=enrolment.person,
        cohort_id=enrolment.cohort_id,
    )
    due = finish_by(enrolment)
    return f" The pause of {days_in_words(pause.days)} is added to your time" + (
        f": finish by {day(due)}." if due else "."
    )


@transaction.atomic
def extend_enrolment(
    enrolment: Enrolment, finish_on: date, *, by: User | None, reason: str, seen: date | None = None
) -> Enrolment:
    """Give one person a later day to finish by. `seen` is the day that the form showed as the old one.

    The extension begins on the old day, so that nothing that was due before is opened again.
    """
    enrolment = _lock_to_change(enrolment, by, reason)
    if enrolment.state not in OPEN_STATES:
        raise IllegalMove(f"An enrolment that is {enrolment.get_state_display().lower()} cannot be extended.")
    old = finish_by(enrolment)
    if old is None:
        raise Refusal("This cohort has no last day, so there is nothing to extend.")
    if seen not in (None, old):
        raise Refusal(f"The day to finish by has changed meanwhile: it is {day(old)} now. Please look again.")
    if not 1 <= (finish_on - old).days <= MOST_DAYS:
        raise Refusal(f"Choose a day after {day(old)}, at most {MOST_DAYS} days later.")
    adjustment = adjust_deadlines(
        cause=Cause.EXTENSION,
        since=old,
        days=(finish_on - old).days,
        by=by,
        person=enrolment.person,
        cohort_id=enrolment.cohort_id,
        reason=reason.strip(),
    )
    new = finish_by(enrolment)
    record("enrolment.enrolment.extended", by=by, about=enrolment, old=old, new=new)
    notify(
        enrolment.person,
        key=f"enrolment-extended-{adjustment.pk}",
        subject="You have more time",
        text=f"{enrolment.program}: you have until {day(new)} now instead of {day(old)}.",
        path=reverse("home"),
        button="Open your home page",
    )
    return enrolment


@transaction.atomic
def adopt_edition(cohort: Cohort, edition: Edition, *, by: User | None, reason: str) -> list[Enrolment]:
    """Bring a cohort to a later edition. Only its active enrolments move; they are returned, in order of their ids.

    Paused and finished enrolments keep theirs, and so does whoever already reads this edition or a later one.
    """
    reason = reason.strip()
    if not reason:
        raise Refusal("Say why the cohort changes its edition.")
    cohort = lock_cohort(cohort)
    if edition.program_id != cohort.program_id or edition.number <= cohort.edition.number:
        raise Refusal(f"Choose a later edition of {cohort.program} than number {cohort.edition.number}.")
    _refuse_unusable(edition, on=timezone.localdate(timezone=ZoneInfo(cohort.time_zone)))
    old = cohort.edition
    cohort.edition = edition
    cohort.save(update_fields=["edition"])
    active = Enrolment.objects.select_for_update(of=("self",)).filter(cohort=cohort, state=EnrolmentState.ACTIVE)
    moved = list(active.filter(edition__number__lt=edition.number).select_related("person", "program").order_by("pk"))
    adoption = EditionAdoption.objects.create(cohort=cohort, old=old, new=edition, reason=reason, by=by)
    EditionMove.objects.bulk_create(
        [EditionMove(adoption=adoption, enrolment=enrolment, old_id=enrolment.edition_id) for enrolment in moved]
    )
    for enrolment in moved:
        enrolment.edition = edition
    Enrolment.objects.bulk_update(moved, ["edition"])
    record(
        "enrolment.cohort.edition_adopted",
        by=by,
        about=cohort,
        old=old.pk,
        new=edition.pk,
        reason=reason,
        enrolments=[enrolment.pk for enrolment in moved],
    )
    for enrolment in moved:
        _tell_of_edition(enrolment, edition)
    return moved


def _refuse_unusable(edition: Edition, *, on: date) -> None:
    """What is not in effect yet, or not accepted where the program needs that, no cohort comes to."""
    if reason := why_unusable(edition, decision=decision_on(edition), on=on):
        raise Refusal(reason)


def look_at_changes(enrolment: Enrolment) -> int:
    """The trainee has looked at what later editions changed. A convenience: no audit row."""
    return EditionMove.objects.filter(enrolment=enrolment, seen_at=None).update(seen_at=timezone.now())


def _tell_of_edition(enrolment: Enrolment, edition: Edition) -> None:
    notify(
        enrolment.person,
        key=f"enrolment-{enrolment.pk}-edition-{edition.pk}",
        subject="Your course has a new edition",
        text=f"{enrolment.program} now follows edition {edition.number}. What you have completed stays completed.",
        path=reverse("home"),
        button="Open your home page",
    )


@transaction.atomic
def assign_faculty(person: User, *, cohort: Cohort, by: User | None) -> RoleGrant:
    """Let a person teach this cohort: she sees its trainees from now on. Assigning twice gives the first grant back."""
    grant = grant_role(
        person, Role.FACULTY, by=by, scope=Scope.COHORT, scope_id=cohort.pk, reason=f"Teaches {cohort}"[:300]
    )
    notify(
        person,
        key=f"faculty-{grant.pk}",
        subject="You teach a cohort",
        text=f"You are faculty of {cohort.program}, {cohort}.",
        path=reverse("desk_cohort", args=[cohort.pk]),
        button="Open the cohort",
    )
    return grant


@transaction.atomic
def adjust_enrolment(
    enrolment: Enrolment, *, cause: Cause, since: date, days: int, by: User | None, reason: str = ""
) -> Adjustment:
    """Give one person more days in this cohort. She is told of the days, never of the cause."""
    if not may_act_on(by, enrolment.person):
        raise Refusal("You cannot change this person's deadlines. Please ask another program director.")
    reaches = {"person": enrolment.person, "cohort_id": enrolment.cohort_id}
    adjustment = adjust_deadlines(cause=cause, since=since, days=days, by=by, reason=reason, **reaches)
    _tell_of_days(enrolment, adjustment)
    return adjustment


@transaction.atomic
def delay_cohort(
    cohort: Cohort, *, cause: Cause, since: date, days: int, by: User | None, reason: str = ""
) -> Adjustment:
    """Give everybody of a cohort more days, and tell those whose enrolment is open."""
    adjustment = adjust_deadlines(cause=cause, since=since, days=days, by=by, cohort_id=cohort.pk, reason=reason)
    for enrolment in cohort.enrolments.filter(state__in=OPEN_STATES).select_related("person", "program"):
        _tell_of_days(enrolment, adjustment)
    return adjustment


def _tell_of_days(enrolment: Enrolment, adjustment: Adjustment) -> None:
    notify(
        enrolment.person,
        key=f"adjustment-{adjustment.pk}-enrolment-{enrolment.pk}",
        subject="Your deadlines have moved",
        text=f"{enrolment.program}: deadlines from {day(adjustment.since)} on are {adjustment.days} days later.",
        path=reverse("home"),
        button="Open your home page",
    )
