"""Whom the requests are made for: people, quizzes and entries, spread evenly over the whole of the seeded data."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db.models import F
from django.utils import timezone

from assessments.enums import AttemptState
from assessments.models import Attempt
from certificates.models import Credential
from courses.curriculum.enums import ActivityKind
from courses.enrolment.models import Cohort, Enrolment
from lms.accounts.models import User
from supervision.enums import LogState
from supervision.models import LogSegment, Placement, PracticeLog
from tests.benchmarks.driver import Browser, Driver
from tests.benchmarks.institute import find_institute
from tests.benchmarks.people import (
    DAYS,
    NEXT_COHORT,
    PASSWORD,
    PER_SUPERVISOR,
    REFLECTION,
    TOTP_SECRET,
    WITH_PAPERS,
    ZONE,
    email_of,
    is_graduate,
    session_key_of,
)

READERS, WRITERS = 60, 60  # trainees; what the second ones begin and send does not grow the pages of the first ones
EACH = 12  # supervisors of three kinds, told apart for the same reason
CASELOAD = 200  # entries that one supervisor approves together
BEGINS_LATE = time(17, 0)
FIRST_FREE_DAY = 150  # the seeded visits lie before it


@dataclass
class Person:
    """Somebody who is signed in, with what belongs to her."""

    user: int
    email: str
    browser: Browser
    enrolment: int = 0
    attempt: int = 0
    placement: int = 0


class World:
    """Everything is asked of the database once, before the first request; `driver` may be exchanged for each server."""

    def __init__(self, trainees: int):
        self.institute = find_institute()
        self.count = trainees
        self.driver: Driver | None = None
        self.lessons = [item.slug for item in self.institute.of_kind(ActivityKind.LESSON)]
        self.quizzes = [item.slug for item in self.institute.of_kind(ActivityKind.QUIZ)]
        trainees = [self._trainee(number) for number in spread(self.count, READERS + WRITERS)]
        self.readers, self.writers = trainees[::2], trainees[1::2]
        numbers = spread(-(-self.count // PER_SUPERVISOR), 3 * EACH, graduates=True)
        supervisors = [self._supervisor(number) for number in numbers]
        self.queues, self.signers, self.laden = supervisors[::3], supervisors[1::3], supervisors[2::3]
        self.newcomers = [self._person("newcomer", number) for number in range(10)]
        self.next_cohort = Cohort.objects.get(name=NEXT_COHORT).pk
        self.credentials = list(Credential.objects.with_names().order_by("pk")[: self.count])
        self.credentials = [self.credentials[number] for number in spread(len(self.credentials), 40, graduates=True)]
        self.papers = list(Credential.objects.order_by("pk")[:WITH_PAPERS])
        self.starts = itertools.product(self.quizzes[5:], self.writers)
        self.visits = itertools.product(range(FIRST_FREE_DAY, DAYS), self.writers)
        self.waiting = self._waiting(self.signers)
        self.caseloads = iter([(person, add_caseload(person.user, CASELOAD)) for person in self.laden])
        self.sequences = itertools.count(1000)

    def _person(self, kind: str, number: int) -> Person:
        user = User.objects.get(email=email_of(kind, number)).pk
        return Person(user, email_of(kind, number), Browser(self, session=session_key_of(user)))

    def _trainee(self, number: int) -> Person:
        person = self._person("trainee", number)
        person.enrolment = Enrolment.objects.get(person=person.user).pk
        person.attempt = Attempt.objects.get(enrolment=person.enrolment, state=AttemptState.IN_PROGRESS).pk
        person.placement = Placement.objects.get(enrolment=person.enrolment).pk
        return person

    def _supervisor(self, number: int) -> Person:
        """Without a session: she signs in with her second factor."""
        person = self._person("supervisor", number)
        person.browser = Browser(self)
        return person

    def _waiting(self, supervisors: list[Person]) -> Iterator[tuple[Person, int]]:
        """Entries that wait for each of them, one of each in turn."""
        queues = []
        for person in supervisors:
            waiting = PracticeLog.objects.filter(placement__supervisor__person=person.user, state=LogState.SUBMITTED)
            queues.append([(person, pk) for pk in waiting.order_by("submitted_at", "pk").values_list("pk", flat=True)])
        return (pair for pairs in zip(*queues, strict=False) for pair in pairs)

    async def send(self, ask):
        """What a browser of this world sends now."""
        return await self.driver.send(ask)

    async def sign_in_supervisors(self) -> None:
        """By password and second factor, as they do it."""
        for person in (*self.queues, *self.signers, *self.laden):
            await self._sign_in(person)

    async def _sign_in(self, person: Person) -> None:
        browser = person.browser
        await browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, "/accounts/2fa/")
        await browser.post("/accounts/2fa/authenticate/", {"code": code_now()}, "/home/")
        await browser.get("/review/")

    async def reauthenticate(self, people: list[Person]) -> None:
        """What the signature asks for: the password anew, at most five minutes before."""
        for person in people:
            await person.browser.get("/accounts/reauthenticate/")
            await person.browser.post("/accounts/reauthenticate/", {"password": PASSWORD})

    async def arrive(self) -> None:
        """The first page of everybody's session, which notes that she is here and has accepted the terms."""
        for person in (*self.readers, *self.writers, *self.newcomers):
            await person.browser.get("/home/")

    @property
    def enrolled_on(self):
        return timezone.localdate(timezone=ZONE) - timedelta(days=DAYS)


def add_caseload(supervisor: int, wanted: int) -> list[int]:
    """So many entries more that wait for a supervisor, at an hour that no other visit has taken."""
    placements = Placement.objects.filter(supervisor__person=supervisor).order_by("pk")
    days = itertools.product(range(DAYS), placements)
    logs = PracticeLog.objects.bulk_create(
        _waiting_entry(placement, placement.starts_on + timedelta(days=day))
        for day, placement in itertools.islice(days, wanted)
    )
    LogSegment.objects.bulk_create(LogSegment(log=log, phase="dosing", minutes=log.minutes) for log in logs)
    keys = [log.pk for log in logs]
    PracticeLog.objects.filter(pk__in=keys).update(written_at=F("began_at"))  # none is logged late
    return keys


def _waiting_entry(placement: Placement, on: date) -> PracticeLog:
    began_at = datetime.combine(on, BEGINS_LATE, ZONE)
    return PracticeLog(
        enrolment_id=placement.enrolment_id,
        placement=placement,
        category_key="recorded_observation",
        role="observer",
        on=on,
        starts_at=BEGINS_LATE,
        time_zone=ZONE.key,
        began_at=began_at,
        ended_at=began_at + timedelta(hours=1),
        minutes=60,
        reflection=REFLECTION,
        state=LogState.SUBMITTED,
        version=2,
        submitted_at=timezone.now(),
    )


def spread(count: int, wanted: int, *, graduates: bool = False) -> list[int]:
    """`wanted` numbers below `count`, evenly over all of them; graduates are left out unless asked for."""
    usable = [number for number in range(count) if graduates or not is_graduate(number)]
    step = max(1, len(usable) // wanted)
    return usable[::step][:wanted]


def code_now() -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(TOTP_SECRET, counters[len(counters) // 2]))
