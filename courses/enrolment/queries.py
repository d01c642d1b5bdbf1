"""What a person may see of cohorts and enrolments. List, detail and export share these."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.shortcuts import get_object_or_404
from django.utils import timezone

from courses.curriculum.models import Edition, Program
from courses.curriculum.queries import newest_decision
from courses.curriculum.rules import why_unusable
from courses.enrolment.enums import OPEN_STATES, READING_STATES, EnrolmentState
from courses.enrolment.facts import enrolment_facts
from courses.enrolment.models import Cohort, EditionMove, Enrolment, EnrolmentMove, SeatHold
from lms.accounts.enums import Role, Scope
from lms.accounts.models import Barrier, RoleGrant, User
from lms.accounts.queries import has_barrier, scope_ids, without_barred
from lms.clock.models import MOST_DAYS, Adjustment, Cause
from lms.clock.queries import adjustments_reaching, shifts_by_cohort, shifts_for
from lms.clock.rules import Shift, due_date
from lms.web.aggregates import JoinedIds
from lms.web.prepared import PreparedQuery

READING_ROLES = (Role.DIRECTOR, Role.FACULTY, Role.REGISTRAR)
WITH = ("person", "program", "cohort", "edition", "standard_version")
HEAVY = ("standard_version__data", "edition__change_note")  # read by few pages; `definition_of` remembers the first


def enrolments_for(user: User) -> models.QuerySet[Enrolment]:
    """Her own; for staff those within the reach of their roles, without people they stand apart from by a barrier."""
    if not user.is_authenticated:
        return Enrolment.objects.none()
    reach = Q(person=user) | _reach(user, program="program", cohort="cohort")
    return without_barred(Enrolment.objects.filter(reach), user, person="person_id").select_related(*WITH).defer(*HEAVY)


def enrolment_for(user: User, pk: int) -> Enrolment:
    """The enrolment, for its trainee and for staff within reach. Raises `Http404` for everybody else."""
    return get_object_or_404(enrolments_for(user), pk=pk)


def desk_enrolments_for(user: User) -> models.QuerySet[Enrolment]:
    """The enrolments that somebody works with on the desk: those of other people, within reach."""
    return enrolments_for(user).exclude(person=user.pk) if user.is_authenticated else Enrolment.objects.none()


def own_enrolments(user: User) -> models.QuerySet[Enrolment]:
    """The person's own enrolments: open ones first, then the newest."""
    return _own(user.pk).select_related(*WITH).defer(*HEAVY)


def own_enrolments_listed(user: User) -> list[Enrolment]:
    """The same as a list, each with its standard alone, for forms that are opened often: its SQL is written once."""
    enrolments = _own_listed(person=user.pk)
    for enrolment in enrolments:
        enrolment.person = user
    return enrolments


def own_enrolments_with_facts(user: User) -> list[Enrolment]:
    """The same, each with every registered fact: one query, whose SQL is written once."""
    enrolments = _own_with_facts(person=user.pk)
    for enrolment in enrolments:
        enrolment.person = user
    return enrolments


def _own(person) -> models.QuerySet[Enrolment]:
    is_open = models.Case(models.When(state__in=OPEN_STATES, then=0), default=1)
    own = Enrolment.objects.filter(person=person).annotate(is_adjusted=is_adjusted())
    return own.order_by(is_open, "-enrolled_on", "-id")


def own_and_pinned(person) -> models.QuerySet[Enrolment]:
    """To build prepared queries of the person's own enrolments on, with what they are pinned to."""
    beside = [name for name in WITH if name != "person"]
    return _own(person).select_related(*beside).defer(*HEAVY)


def _own_and_facts(person) -> models.QuerySet[Enrolment]:
    return own_and_pinned(person).annotate(**enrolment_facts())


_own_listed = PreparedQuery(
    lambda person: _own(person).select_related("standard_version").defer("standard_version__data"),
    person=models.BigIntegerField(),
)
_own_with_facts = PreparedQuery(_own_and_facts, person=models.BigIntegerField())


def is_adjusted() -> Exists:
    """Whether any adjustment of deadlines reaches an enrolment. Few have one, and only those need a further query."""
    own, here = Q(person=OuterRef("person")), Q(cohort_id=OuterRef("cohort"))
    everywhere, everybody = Q(cohort_id=None), Q(person=None)
    return Exists(Adjustment.objects.filter((own & everywhere) | (here & (own | everybody))).order_by())


def cohort_delays() -> Subquery:
    """By how much an enrolment's whole cohort was moved (`OuterRef("cohort")`), in one text that `delays_of_cohort` reads."""
    since, days = (Cast(name, models.TextField()) for name in ("since", "days"))
    moved = _moved_cohorts().filter(cohort_id=OuterRef("cohort")).values("cohort_id")
    delay = Concat(since, Value("+"), days, output_field=models.TextField())  # PostgreSQL does not mix types
    return Subquery(moved.annotate(all=JoinedIds(delay)).values("all"))


def delays_of_cohort(enrolment: Enrolment) -> tuple[Shift, ...]:
    """The same for one enrolment; no query if its `delays` came along with it.

    Only what moves everybody: more time for one person, a pause or an outage never opens a lesson later.
    """
    if not hasattr(enrolment, "delays"):
        rows = _moved_cohorts().filter(cohort_id=enrolment.cohort_id)
        return tuple(Shift(since, days) for since, days in rows.values_list("since", "days"))
    pairs = [delay.split("+") for delay in (enrolment.delays or "").split(",") if delay]
    return tuple(Shift(date.fromisoformat(since), int(days)) for since, days in pairs)


def _moved_cohorts() -> models.QuerySet[Adjustment]:
    return Adjustment.objects.filter(person=None, cause=Cause.COHORT_DELAY).order_by()


def enrolment_for_trainee(user: User, pk: int) -> Enrolment:
    """The person's own enrolment, for pages on which only she acts. Raises `Http404` for everybody else."""
    return get_object_or_404(own_enrolments(user), pk=pk)


def is_trainee(user: User) -> bool:
    """Whether the person has any enrolment. Known of whoever is signed in; asked once of anybody else."""
    if not user.is_authenticated:
        return False
    if not hasattr(user, "has_enrolment"):
        user.has_enrolment = Enrolment.objects.filter(person=user.pk).exists()
    return user.has_enrolment


def has_enrolment() -> Exists:
    """The fact behind `is_trainee`, asked along with a person's row."""
    return Exists(Enrolment.objects.filter(person=OuterRef("pk")).order_by())


def cohorts_for(user: User) -> models.QuerySet[Cohort]:
    """The cohorts within the reach of a director, registrar or faculty member, newest first."""
    if not user.is_authenticated:
        return Cohort.objects.none()
    cohorts = Cohort.objects.filter(_reach(user, program="program", cohort="pk"))
    return cohorts.select_related("program", "edition", "standard_version")


def directed_programs(user: User) -> models.QuerySet[Program]:
    """The programs whose cohorts this person may open: all for a director of the institute."""
    reach = scope_ids(user, Role.DIRECTOR, Scope.PROGRAM)
    return Program.objects.all() if reach is None else Program.objects.filter(pk__in=reach)


def later_editions(cohort: Cohort) -> models.QuerySet[Edition]:
    """What the cohort could adopt: later editions in the same language, newest first."""
    same = Edition.objects.filter(program=cohort.program, locale=cohort.edition.locale)
    return same.filter(number__gt=cohort.edition.number).select_related("program").order_by("-number")


def usable(editions: models.QuerySet[Edition], *, on: date) -> tuple[list[Edition], list[str]]:
    """The editions that a cohort may use on a day, and a sentence for each other one. One query."""
    found = list(editions.select_related("program").annotate(decision=newest_decision()))
    reasons = {edition.pk: why_unusable(edition, decision=edition.decision, on=on) for edition in found}
    free = [edition for edition in found if not reasons[edition.pk]]
    return free, [reason for reason in reasons.values() if reason]


def unseen_move() -> Subquery:
    """The id of an adoption's move at whose changes the trainee of an enrolment (`OuterRef("pk")`) has not looked yet."""
    moves = EditionMove.objects.filter(enrolment=OuterRef("pk"), seen_at=None).order_by("-id")
    return Subquery(moves.values("pk")[:1])


def edition_moves(enrolment: Enrolment) -> models.QuerySet[EditionMove]:
    """How an enrolment came to its edition, newest first."""
    return enrolment.edition_moves.select_related("adoption__new", "old").order_by("-pk")


def cohorts_with_counts(user: User) -> models.QuerySet[Cohort]:
    return with_seats_taken(cohorts_for(user)).order_by("-starts_on", "id")


def with_seats_taken(cohorts: models.QuerySet[Cohort]) -> models.QuerySet[Cohort]:
    """Each cohort with `taken`: what `seats_taken` says of it, in the same query."""
    enrolled = Enrolment.objects.exclude(state=EnrolmentState.WITHDRAWN)
    return cohorts.annotate(taken=_count_in(enrolled) + _count_in(live_holds()))


def _count_in(rows: models.QuerySet) -> Coalesce:
    """How many of these rows belong to the cohort of the outer query."""
    counted = rows.filter(cohort=OuterRef("pk")).order_by().values("cohort").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def live_holds() -> models.QuerySet[SeatHold]:
    """Seats that are held now for people who are paying."""
    return SeatHold.objects.filter(released_at=None, expires_at__gt=timezone.now())


def seats_taken(cohort: Cohort) -> int:
    """Everybody who was enrolled and has not withdrawn holds a seat, and so does whoever is paying for one now."""
    return with_seats_taken(Cohort.objects.filter(pk=cohort.pk)).values_list("taken", flat=True).get()


def holds_seat(person: User, cohort: Cohort) -> bool:
    return live_holds().filter(person=person, cohort=cohort).exists()


def is_enrolled(person: User, program: Program) -> bool:
    """Whether the person has an open enrolment in the program."""
    return Enrolment.objects.filter(person=person, program=program, state__in=OPEN_STATES).exists()


def faculty_of(cohort: Cohort) -> models.QuerySet[RoleGrant]:
    """The open grants by which people teach this one cohort."""
    grants = RoleGrant.objects.active().filter(role=Role.FACULTY, scope=Scope.COHORT, scope_id=cohort.pk)
    return grants.select_related("person").order_by("person__display_name", "pk")


def finish_by(enrolment: Enrolment, *more: Shift) -> date | None:
    """The last local day of the cohort's time, moved by every adjustment that reaches this person; and by `more`,
    for whoever wants to see what a further one would do."""
    if enrolment.cohort.ends_on is None:
        return None
    shifts = shifts_for(person_id=enrolment.person_id, cohort_id=enrolment.cohort_id)
    return due_date(enrolment.cohort.ends_on, 0, [*shifts, *more])


def adjustments_of(enrolment: Enrolment) -> models.QuerySet[Adjustment]:
    reaching = adjustments_reaching(person_id=enrolment.person_id, cohort_id=enrolment.cohort_id)
    return reaching.select_related("made_by")


@dataclass(frozen=True)
class Situation:
    """What a trainee reads of her enrolment: its state, since which local day, and until when she has time."""

    state: str
    program: str
    since: date | None
    finish_by: date | None


def situations_of(enrolments: Sequence[Enrolment]) -> dict[int, Situation]:
    """By enrolment id, for enrolments of one person: two queries at most, however many there are.

    `since` is told of those whose lessons are closed, `finish_by` where the cohort has a last day.
    """
    closed = [enrolment for enrolment in enrolments if enrolment.state not in READING_STATES]
    moves = EnrolmentMove.objects.filter(enrolment__in=closed).order_by("id")
    since = dict(moves.values_list("enrolment", "at")) if closed else {}
    adjusted = [enrolment for enrolment in enrolments if getattr(enrolment, "is_adjusted", True)]
    dated = {enrolment.cohort_id for enrolment in adjusted if enrolment.cohort.ends_on}
    shifts = shifts_by_cohort(person_id=enrolments[0].person_id, cohort_ids=dated) if dated else {}
    return {
        enrolment.pk: Situation(
            state=enrolment.state,
            program=str(enrolment.program),
            since=_local_day(enrolment, since[enrolment.pk]) if enrolment.pk in since else None,
            finish_by=due_date(enrolment.cohort.ends_on, 0, shifts.get(enrolment.cohort_id, []))
            if enrolment.cohort.ends_on
            else None,
        )
        for enrolment in enrolments
    }


def _local_day(enrolment: Enrolment, moment: datetime) -> date:
    return timezone.localdate(moment, ZoneInfo(enrolment.cohort.time_zone))


@dataclass(frozen=True)
class Pause:
    """The pause that lasts now: its first local day, and the days that its end would give back."""

    since: date
    days: int

    @property
    def shift(self) -> Shift:
        return Shift(self.since, self.days)


def pause_of(enrolment: Enrolment) -> Pause | None:
    """None while the history knows no pause. A very long pause gives back what one adjustment may give, no more."""
    move = enrolment.moves.filter(new=EnrolmentState.PAUSED).order_by("-id").first()
    if move is None:
        return None
    since = _local_day(enrolment, move.at)
    return Pause(since, min((_local_day(enrolment, timezone.now()) - since).days, MOST_DAYS))


def may_act_on(by: User | None, person: User) -> bool:
    """Nobody acts on her own enrolment or across a barrier; None is the system itself."""
    return by is None or (by.pk != person.pk and not has_barrier(by, person))


def _reach(user: User, *, program: str, cohort: str) -> Q:
    """Rows within any reading role's scope. `program` and `cohort` name the row's paths to them."""
    reach = Q(pk__in=[])
    for role in READING_ROLES:
        programs, cohorts = scope_ids(user, role, Scope.PROGRAM), scope_ids(user, role, Scope.COHORT)
        if programs is None:
            return ~Q(pk__in=[])
        reach |= Q(**{f"{program}__in": programs}) | Q(**{f"{cohort}__in": cohorts})
    return reach


def open_grants() -> models.QuerySet[RoleGrant]:
    """Every role held now, by name of the person."""
    return RoleGrant.objects.active().select_related("person").order_by("person__display_name", "role", "pk")


def places_of(grants: Iterable[RoleGrant]) -> dict[int, str]:
    """Where each grant holds, in words, by grant id. Two queries."""
    ids: dict[str, set[int]] = {Scope.PROGRAM: set(), Scope.COHORT: set()}
    for grant in grants:
        if grant.scope in ids:
            ids[grant.scope].add(grant.scope_id)
    names = {
        Scope.PROGRAM: Program.objects.in_bulk(ids[Scope.PROGRAM]),
        Scope.COHORT: Cohort.objects.in_bulk(ids[Scope.COHORT]),
    }
    places = {}
    for grant in grants:
        named = names.get(grant.scope, {}).get(grant.scope_id)
        places[grant.pk] = str(named) if named else grant.get_scope_display()
    return places


def barriers_for(user: User) -> models.QuerySet[Barrier]:
    """The open barriers between other people: nobody learns here who keeps apart from herself."""
    between_others = Barrier.objects.filter(ended_at=None).exclude(low=user).exclude(high=user)
    return between_others.select_related("low", "high", "raised_by").defer("reason").order_by("-raised_at", "pk")
