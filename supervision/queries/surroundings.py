"""What visits are measured against: read for one or for many in the same few queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from supervision.enums import COUNTING, OCCUPYING, LogState
from supervision.models import ClientCode, Placement, PracticeLog
from supervision.queries.measures import (
    approves_as,
    papers_of,
    practice_of,
    qualifications_on,
    training_of,
    verified_papers_of,
)
from supervision.queries.placement import categories_of
from supervision.queries.site import in_force_on, site_papers_of
from supervision.rules import Other, Surroundings, Visit, weeks_of
from supervision.sessions.overlap import sessions_between


@dataclass(frozen=True)
class Question:
    """One visit that is to be measured. `ignore`: the entry itself and the one that it corrects. `approver`: whoever
    decides, if not the placement's supervisor, who may have no account."""

    visit: Visit
    enrolment: Enrolment
    placement: Placement
    ignore: frozenset[int]
    logged_at: datetime | None = None
    approver: User | None = None

    @property
    def decides(self) -> User | None:
        return self.approver or self.placement.decider.person

    def weeks(self) -> list[tuple]:
        """The weeks that the visit reaches into, if the standard has a cap on them."""
        if not practice_of(self.enrolment).weekly:
            return []
        return weeks_of(self.visit.began_at, self.visit.ended_at, ZoneInfo(self.enrolment.person.time_zone))


class Occupied(NamedTuple):
    """An entry that takes up its writer's time."""

    pk: int
    enrolment: int
    began_at: datetime
    ended_at: datetime
    words: str
    adds_minutes: bool  # a correction adds none until it is approved


class Around:
    """Everything that some visits are measured against. The caller holds the enrolments of their people.

    `note_approval` keeps it true while many are approved in turn.
    """

    def __init__(self, questions: Sequence[Question], *, now: datetime):
        self.now = now
        people = {one.enrolment.person_id for one in questions}
        begin = min([one.visit.began_at for one in questions] + [week[1] for one in questions for week in one.weeks()])
        end = max([one.visit.ended_at for one in questions] + [week[2] for one in questions for week in one.weeks()])
        self.occupied = _occupied(people, begin, end)
        self.sessions = sessions_between(people, begin, end)
        self.papers = papers_of({one.decides.pk for one in questions if one.decides})
        self.verified = verified_papers_of({one.placement.supervisor_id for one in questions if not one.decides})
        self.codes = _codes([one for one in questions if one.visit.clients])
        lessons = {one.enrolment: practice_of(one.enrolment).training for one in questions}
        asked = {one.placement.site_id for one in questions if practice_of(one.enrolment).site}
        self.site_papers = site_papers_of(asked)
        self.training = training_of({enrolment: rule.lessons for enrolment, rule in lessons.items() if rule})

    def of(self, one: Question) -> Surroundings:
        visit, enrolment, practice = one.visit, one.enrolment, practice_of(one.enrolment)
        rows = [row for row in self.occupied[enrolment.person_id] if row.pk not in one.ignore]
        decides = one.decides
        papers = self.papers[decides.pk] if decides else self.verified[one.placement.supervisor_id]
        sessions = [Other(*session) for session in self.sessions[enrolment.person_id]]
        return Surroundings(
            now=self.now,
            enrolled_on=enrolment.enrolled_on,
            enrolment_state=enrolment.state,
            placement_starts=one.placement.starts_on,
            placement_ends=one.placement.ends_on,
            categories=categories_of(enrolment),
            own_codes=frozenset(visit.clients & self.codes[enrolment.pk]),
            others=tuple(
                other
                for other in [*(Other(row.began_at, row.ended_at, row.words) for row in rows), *sessions]
                if other.began_at < visit.ended_at and other.ended_at > visit.began_at
            ),
            practice=practice,
            logged_at=one.logged_at or self.now,
            zone=enrolment.person.time_zone,
            near=_near(one, rows),
            training=self.training.get(enrolment.pk, ()),
            valid=qualifications_on(papers, visit.on) if practice.supervisor else frozenset(),
            approves_as=approves_as(decides, papers, enrolment, visit.on),
            in_force=in_force_on(self.site_papers[one.placement.site_id], visit.on) if practice.site else frozenset(),
        )

    def note_approval(self, log: PracticeLog) -> None:
        """The entry counts from now on, and the one that it corrects takes up no time any more."""
        person = log.enrolment.person_id
        self.occupied[person] = [
            row._replace(adds_minutes=True) if row.pk == log.pk else row
            for row in self.occupied[person]
            if row.pk != log.supersedes_id
        ]


def surroundings_of(
    visit: Visit,
    enrolment: Enrolment,
    placement: Placement,
    *,
    now: datetime,
    ignore: set[int],
    logged_at: datetime | None = None,
    approver: User | None = None,
) -> Surroundings:
    """What one visit is measured against, read under the lock that the caller holds."""
    question = Question(visit, enrolment, placement, frozenset(ignore), logged_at, approver)
    return Around([question], now=now).of(question)


def _occupied(people: set[int], begin: datetime, end: datetime) -> dict[int, list[Occupied]]:
    logs = PracticeLog.objects.filter(
        enrolment__person__in=people, state__in=OCCUPYING, began_at__lt=end, ended_at__gt=begin
    ).order_by("began_at", "id")
    columns = ("enrolment__person", "pk", "enrolment", "began_at", "ended_at", "on", "starts_at", "state", "supersedes")
    found = defaultdict(list)
    for person, pk, enrolment, began, ended, on, starts_at, state, supersedes in logs.values_list(*columns):
        words = f"{on.day} {on:%b %Y}, {starts_at:%H:%M}"
        adds = supersedes is None or LogState(state) in COUNTING
        found[person].append(Occupied(pk, enrolment, began, ended, words, adds))
    return found


def _near(one: Question, rows: list[Occupied]) -> tuple[tuple[datetime, datetime], ...]:
    """The other visits of this enrolment in the weeks of this one; a correction that is not approved adds none."""
    weeks = one.weeks()
    if not weeks:
        return ()
    return tuple(
        (row.began_at, row.ended_at)
        for row in rows
        if row.enrolment == one.enrolment.pk
        and row.adds_minutes
        and row.began_at < weeks[-1][2]
        and row.ended_at > weeks[0][1]
    )


def _codes(questions: Sequence[Question]) -> dict[int, set[int]]:
    """Which of the client codes that are named belong to whose enrolment."""
    named = {client for one in questions for client in one.visit.clients}
    rows = ClientCode.objects.filter(enrolment__in={one.enrolment.pk for one in questions}, pk__in=named)
    found = defaultdict(set)
    for enrolment, code in rows.order_by().values_list("enrolment", "pk") if named else ():
        found[enrolment].add(code)
    return found
