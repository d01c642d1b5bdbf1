"""Very many people, quickly: trainees with everything they have read, answered, logged and earned, and their supervisors.

The same number of trainees always makes the same rows, counted from the day of seeding. Rows are written below the
actions, so their states are taken from what the actions write: the attempts are copies of attempts that prototypes sat
through the real ones, credentials are issued by the real one, and tests/test_bench.py holds the rest against the rules.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import cache
from itertools import cycle, islice
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.actions import save_answer, start_attempt, submit_attempt
from assessments.enums import AttemptState
from assessments.models import Answer, Attempt, AttemptMove
from assessments.queries import quiz_of
from certificates.actions.conferral import confer
from certificates.actions.papers import make_files
from certificates.models import Credential
from courses.curriculum.enums import ActivityKind
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Cohort, Enrolment, EnrolmentMove
from courses.learning.models import Completion, ReadingPosition
from courses.payments.models import CohortPrice
from lms.accounts.actions import accept_terms, grant_role
from lms.accounts.enums import GROUP_NAMES, Role, Scope
from lms.accounts.models import RoleGrant, TermsAcceptance, TermsVersion, User
from lms.accounts.queries import current_terms
from lms.audit.models import AuditEntry
from lms.fields import PREFIX
from lms.notices.models import Notice, NoticeState
from supervision.enums import Decision, LogState, Meaning, SupervisorState
from supervision.models import (
    ClientCode,
    LogClient,
    LogMove,
    LogSegment,
    Placement,
    PracticeCredit,
    PracticeLog,
    SignOff,
    Site,
    Supervisor,
)
from supervision.queries.review import content_hash, signed_content
from supervision.rules.codes import ALPHABET
from tests.benchmarks.loading import Table, reset_sequences, write_all

PASSWORD = "measured by the bench, known to all"
SALT = "a fixed salt, 22 letters"[:22].replace(" ", "x").replace(",", "y")
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BACKEND = "lms.accounts.backends.Backend"

PER_BATCH = 200
PER_COHORT, PER_SUPERVISOR, COHORTS_PER_FACULTY = 25, 10, 4
NEWCOMERS = 20
DAYS = 240  # since everybody was enrolled
LOGS, COMPLETED = 10, 50
LOGGED_DAYS = 140  # the first of them: one visit a day at most
# What prototypes sit, by quiz: three passed, the fourth failed and then passed, the fifth open with every question answered.
PASSED, FAILED, OPEN = "passed", "failed", "open"
SAT = [(0, PASSED), (1, PASSED), (2, PASSED), (3, FAILED), (3, PASSED), (4, OPEN)]
OF_TRAINEE, OF_GRADUATE = (0, 1, 2, 3, 5), (0, 1, 2, 3, 4)  # a hundred answers each
GRADUATE_EVERY = 10
MOST_CREDENTIALS = 1000  # signing one takes a tenth of a second; the graduates beyond wait for their director
WITH_PAPERS = 2
PROTOTYPES = 4
ZONE = ZoneInfo("America/Denver")
BEGINS = clock(9, 0)
NEXT_COHORT = "Next"
REFLECTION = (
    "I noticed that I spoke too early, and waited longer in the second half. Next time I agree on a sign beforehand."
)
REASON = "Please name the phase in which you sat with the client."

# Ten visits: category, role, segments. Graduates have sixty hours with every sub-minimum; the others half of it.
FULL = [
    *[("preparation", "lead", [("preparation", 360)])] * 3,
    *[("dosing_lead", "lead", [("dosing", 360)])] * 4,
    *[("integration", "lead", [("integration", 360)])] * 3,
]
HALF = [
    ("preparation", "co_facilitator", [("preparation", 60), ("dosing", 120)]),
    ("dosing_lead", "lead", [("preparation", 30), ("dosing", 150)]),
    ("integration", "lead", [("integration", 60)]),
    ("live_observation", "observer", [("dosing", 180)]),
    ("dosing_cofacilitator", "co_facilitator", [("dosing", 120), ("integration", 60)]),
] * 2
STATES_OF_HALF = [*[LogState.APPROVED] * 6, LogState.RETURNED, LogState.SUBMITTED, LogState.SUBMITTED, LogState.DRAFT]


def email_of(kind: str, number: int) -> str:
    return f"{kind}-{number:06d}@bench.test"


def session_key_of(user: int) -> str:
    """Everybody who is made in bulk has a session; its key follows from the person's id."""
    return f"bench{user:027d}"


def is_graduate(number: int) -> bool:
    return number % GRADUATE_EVERY == GRADUATE_EVERY - 1


@cache
def password_hash() -> str:
    """One hash for all of them, of the strength that production uses: making it takes a quarter of a second."""
    return make_password(PASSWORD, salt=SALT)


@cache
def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


def _encrypted(text: str) -> str:
    return PREFIX + _cipher().encrypt(text.encode()).decode()


def make_signer(name: str, role: Role) -> User:
    """One member of the staff with a second factor, by the real actions."""
    user = User.objects.create(
        email=f"{name}@bench.test",
        password=password_hash(),
        display_name=name.title(),
        legal_name=name.title(),
        legal_name_confirmed_at=timezone.now(),
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": _encrypted(TOTP_SECRET)})
    accept_terms(user)
    grant_role(user, role, by=None)
    return user


@dataclass(frozen=True)
class Sitting:
    """An attempt that a prototype sat: what the rows of everybody else's are copied from."""

    attempt: Attempt
    answers: list[tuple[int, str, int]]
    draw: str
    result: str


class Crowd:
    """Everybody of one size, each with so many practice entries. `fill` writes them and tells how far it is after every batch."""

    def __init__(self, institute, trainees: int, logs: int = LOGS):
        self.institute, self.count, self.entries = institute, trainees, logs
        self.today = timezone.localdate(timezone=ZONE)
        self.enrolled_on = self.today - timedelta(days=DAYS)
        self.lessons = institute.of_kind(ActivityKind.LESSON)
        self.quizzes = institute.of_kind(ActivityKind.QUIZ)
        self.terms: TermsVersion | None = current_terms()
        self.now = timezone.now()
        self.expires = self.now + timedelta(days=60)
        texts = [f"{REFLECTION} {'Again. ' * count}".strip() for count in range(8)]
        self.reflections = [(text, _encrypted(text)) for text in texts]
        self.reason = _encrypted(REASON)
        self.secret = json.dumps({"secret": _encrypted(TOTP_SECRET)})
        self.auth_hash = User(password=password_hash()).get_session_auth_hash()

    def fill(self, tell: Callable[[int, int, float], None]) -> None:
        self.sittings = self._prototypes()
        self._open_tables()
        self._add_staff()
        begun = time.monotonic()
        for number in range(self.count):
            self._add_trainee(number)
            if (number + 1) % PER_BATCH == 0 or number + 1 == self.count:
                write_all(self.tables)
                tell(number + 1, self.count, time.monotonic() - begun)
        reset_sequences(self.tables)
        self._confer()
        self._sell_next_cohort()

    # Prototypes ------------------------------------------------------------------------------------------------------

    def _prototypes(self) -> list[list[Sitting]]:
        """For each prototype everything of `SAT`."""
        cohort = self._cohort("Prototypes")
        return [self._sit_all(cohort, number) for number in range(PROTOTYPES)]

    def _cohort(self, name: str, **fields) -> Cohort:
        return Cohort.objects.create(**self._cohort_values(name) | fields)

    def _cohort_values(self, name: str) -> dict:
        return {
            "program": self.institute.program,
            "name": name,
            "starts_on": self.enrolled_on,
            "ends_on": self.enrolled_on + timedelta(days=730),
            "edition": self.institute.edition,
            "standard_version": self.institute.standard_version,
            "seats": PER_COHORT,
        }

    def _sit_all(self, cohort: Cohort, number: int) -> list[Sitting]:
        person = User.objects.create(email=email_of("prototype", number), display_name=f"Prototype {number}")
        enrolment = Enrolment.objects.create(
            person=person,
            program=cohort.program,
            cohort=cohort,
            edition=cohort.edition,
            standard_version=cohort.standard_version,
            enrolled_on=self.enrolled_on,
        )
        EnrolmentMove.objects.create(enrolment=enrolment, new=enrolment.state)
        random = Random(number)
        return [self._sit(enrolment, place, random) for place in range(len(SAT))]

    def _sit(self, enrolment: Enrolment, place: int, random: Random) -> Sitting:
        quiz, end = SAT[place]
        on = self.enrolled_on + timedelta(days=20 * (place + 1))
        at = datetime.combine(on, clock(18, 0), ZONE).astimezone(UTC)
        attempt = start_attempt(enrolment, self.quizzes[quiz], by=enrolment.person, at=at, random=random)
        questions = quiz_of(attempt).questions
        for drawn in attempt.draw:
            sent = _answer(questions[drawn["question"]], is_right=end != FAILED or drawn["slot"] % 3 > 0)
            save_answer(attempt, slot=drawn["slot"], sent=sent, client_seq=1, by=enrolment.person, at=at)
        if end != OPEN:
            attempt = submit_attempt(attempt, by=enrolment.person, at=at + timedelta(minutes=30))
        answers = [(a.slot, json.dumps(a.response), a.client_seq) for a in Answer.objects.filter(attempt=attempt)]
        return Sitting(attempt, answers, json.dumps(attempt.draw), json.dumps(attempt.result))

    # Tables ----------------------------------------------------------------------------------------------------------

    def _open_tables(self) -> None:
        self.users = Table(User, "email", "password", "display_name", "legal_name", "legal_name_confirmed_at")
        self.addresses = Table(EmailAddress, "user_id", "email", "verified", "primary")
        self.acceptances = Table(TermsAcceptance, "person_id", "version_id")
        self.sessions = Table(Session, "session_key", "session_data", "expire_date")
        self.grants = Table(RoleGrant, "person_id", "role", "scope", "scope_id")
        self.groups = Table(User.groups.through, "user_id", "group_id")
        self.factors = Table(Authenticator, "user_id", "type", "data")
        cohort = ("program_id", "name", "starts_on", "ends_on", "edition_id", "standard_version_id", "seats")
        self.cohorts = Table(Cohort, *cohort)
        pinned = ("person_id", "program_id", "cohort_id", "edition_id", "standard_version_id")
        self.enrolments = Table(Enrolment, *pinned, "state", "discipline", "enrolled_on", "enrolled_by_id")
        self.enrolment_moves = Table(EnrolmentMove, "enrolment_id", "old", "new", "by_id")
        self.supervisor_rows = Table(Supervisor, "person_id", "name", "email", "address_key", "state")
        self.sites = Table(Site, "name")
        self.placements = Table(
            Placement, "enrolment_id", "trainee_id", "supervisor_id", "site_id", "starts_on", "set_by_id"
        )
        self.codes = Table(ClientCode, "enrolment_id", "code", "age_band")
        visit = ("category_key", "role", "on", "starts_at", "time_zone", "began_at", "ended_at", "minutes")
        sent = ("client_consented", "reflection", "state", "version", "written_at", "submitted_at", "decided_at")
        self.logs = Table(PracticeLog, "enrolment_id", "placement_id", *visit, *sent)
        self.segments = Table(LogSegment, "log_id", "phase", "minutes", "position", "is_locked")
        self.log_clients = Table(LogClient, "log_id", "client_id", "is_locked")
        self.log_moves = Table(LogMove, "log_id", "old", "new", "by_id", "at", "reason")
        signer = ("signer_id", "trainee_id", "printed_name", "role_held", "signed_at")
        self.signatures = Table(SignOff, "log_id", "decision", "meaning", *signer, "version", "content", "sha256")
        self.credits = Table(PracticeCredit, "log_id", "minutes", "approved_by_id", "at")
        sat = ("enrolment_id", "activity_id", "item_id", "body_id", "number", "state", "draw", "started_at", "deadline")
        marked = ("submitted_at", "graded_at", "score", "passed", "failed_critical", "result")
        self.attempts = Table(Attempt, *sat, *marked)
        self.answers = Table(Answer, "attempt_id", "slot", "response", "client_seq", "saved_at")
        self.attempt_moves = Table(AttemptMove, "attempt_id", "old", "new", "by_id", "at")
        self.completions = Table(Completion, "enrolment_id", "activity_id", "body_id", "completed_at", "recorded_by_id")
        self.positions = Table(ReadingPosition, "enrolment_id", "activity_id")
        self.notices = Table(Notice, "person_id", "key", "subject", "text", "path", "state", "sent_at")
        self.audit = Table(AuditEntry, "actor_id", "action", "object_type", "object_id", "data", "at")
        # What belongs to an approved entry comes before it: nothing is added to one that is closed already.
        tables = [value for value in vars(self).values() if isinstance(value, Table) and value is not self.logs]
        self.tables = [*tables, self.logs]

    def _add_person(self, email: str, name: str) -> int:
        user = self.users.add(email, password_hash(), name, name, self.now)
        self.addresses.add(user, email, True, True)
        if self.terms:
            self.acceptances.add(user, self.terms.pk)
        held = {"_auth_user_id": str(user), "_auth_user_backend": BACKEND, "_auth_user_hash": self.auth_hash}
        self.sessions.add(session_key_of(user), SessionStore().encode(held), self.expires)
        return user

    def _add_staff(self) -> None:
        """Supervisors, faculty and cohorts for so many trainees; newcomers; the next cohort, which is sold."""
        groups = {role: Group.objects.get(name=GROUP_NAMES[role]).pk for role in (Role.SUPERVISOR, Role.FACULTY)}
        self.supervisors, self.places = [], []
        for number in range(max(2, -(-self.count // PER_SUPERVISOR))):
            user = self._add_person(email_of("supervisor", number), f"Supervisor {number}")
            self.grants.add(user, Role.SUPERVISOR, Scope.INSTITUTE, None)
            self.groups.add(user, groups[Role.SUPERVISOR])
            self.factors.add(user, Authenticator.Type.TOTP, self.secret)
            self.supervisors.append(user)
            email = email_of("supervisor", number)
            row = self.supervisor_rows.add(user, f"Supervisor {number}", email, email, SupervisorState.VERIFIED)
            self.places.append((row, self.sites.add(f"Clinic {number}")))
        pinned = self.institute.edition.pk, self.institute.standard_version.pk
        ends_on = self.enrolled_on + timedelta(days=730)
        self.cohort_keys = []
        for number in range(-(-self.count // PER_COHORT)):
            named = (self.institute.program.pk, f"Cohort {number:05d}", self.enrolled_on, ends_on)
            self.cohort_keys.append(self.cohorts.add(*named, *pinned, PER_COHORT))
        for number, first in enumerate(self.cohort_keys[::COHORTS_PER_FACULTY]):
            user = self._add_person(email_of("faculty", number), f"Faculty {number}")
            self.factors.add(user, Authenticator.Type.TOTP, self.secret)
            self.groups.add(user, groups[Role.FACULTY])
            for cohort in range(first, min(first + COHORTS_PER_FACULTY, self.cohort_keys[-1] + 1)):
                self.grants.add(user, Role.FACULTY, Scope.COHORT, cohort)
        for number in range(NEWCOMERS):
            self._add_person(email_of("newcomer", number), f"Newcomer {number}")

    # One trainee -----------------------------------------------------------------------------------------------------

    def _add_trainee(self, number: int) -> None:
        graduate, director = is_graduate(number), self.institute.director.pk
        person = self._add_person(email_of("trainee", number), f"Trainee {number}")
        enrolment = self.enrolments.add(
            person,
            self.institute.program.pk,
            self.cohort_keys[number // PER_COHORT],
            self.institute.edition.pk,
            self.institute.standard_version.pk,
            EnrolmentState.ACTIVE,
            "Psychologist",
            self.enrolled_on,
            director,
        )
        self.enrolment_moves.add(enrolment, "", EnrolmentState.ACTIVE, director)
        self._note(director, "enrolment.enrolment.created", "enrolment.enrolment", enrolment, self._at(0))
        key = f"enrolment-{enrolment}-created"
        self.notices.add(person, key, "You are enrolled", "You are enrolled.", "/home/", NoticeState.SENT, self.now)
        self._add_completions(person, enrolment, len(self.lessons) if graduate else COMPLETED)
        self._add_attempts(person, enrolment, number, graduate)
        self._add_practice(person, enrolment, number, graduate)

    def _at(self, days: int, hour: int = 18) -> datetime:
        return datetime.combine(self.enrolled_on + timedelta(days=days), clock(hour, 0), UTC)

    def _note(self, actor: int, action: str, kind: str, key: int, at: datetime, data: str = "{}") -> None:
        self.audit.add(actor, action, kind, str(key), data, at)

    def _add_completions(self, person: int, enrolment: int, count: int) -> None:
        for place, lesson in enumerate(self.lessons[:count]):
            at = self._at(1 + place)
            key = self.completions.add(enrolment, lesson.activity_id, lesson.body_id, at, person)
            self._note(person, "learning.completion.recorded", "learning.completion", key, at)
        self.positions.add(enrolment, self.lessons[min(count, len(self.lessons) - 1)].activity_id)

    def _add_attempts(self, person: int, enrolment: int, number: int, graduate: bool) -> None:
        sittings = self.sittings[number % PROTOTYPES]
        for place in OF_GRADUATE if graduate else OF_TRAINEE:
            self._copy(person, enrolment, sittings[place])

    def _copy(self, person: int, enrolment: int, sitting: Sitting) -> None:
        source = sitting.attempt
        place = (source.activity_id, source.item_id, source.body_id, source.number)
        marks = (source.submitted_at, source.graded_at, source.score, source.passed, source.failed_critical)
        times = (source.started_at, source.deadline)
        key = self.attempts.add(enrolment, *place, source.state, sitting.draw, *times, *marks, sitting.result)
        for slot, response, seq in sitting.answers:
            self.answers.add(key, slot, response, seq, source.started_at)
        self.attempt_moves.add(key, "", AttemptState.IN_PROGRESS, person, source.started_at)
        self._note(person, "assessments.attempt.started", "assessments.attempt", key, source.started_at)
        if source.submitted_at:
            self.attempt_moves.add(key, AttemptState.IN_PROGRESS, source.state, person, source.submitted_at)
            self._note(person, "assessments.attempt.submitted", "assessments.attempt", key, source.submitted_at)

    # Practice --------------------------------------------------------------------------------------------------------

    def _add_practice(self, person: int, enrolment: int, number: int, graduate: bool) -> None:
        supervisor, director = self.supervisors[number // PER_SUPERVISOR], self.institute.director.pk
        site = f"Clinic {number // PER_SUPERVISOR}"
        placed = self.places[number // PER_SUPERVISOR]
        placement = self.placements.add(enrolment, person, *placed, self.enrolled_on, director)
        self._note(director, "supervision.placement.set", "supervision.placement", placement, self._at(0))
        words = [_code(3 * number + place) for place in range(3)]
        codes = [(self.codes.add(enrolment, word, ""), word) for word in words]
        who = SimpleNamespace(
            person=person,
            enrolment=enrolment,
            placement=placement,
            site=site,
            supervisor=supervisor,
            signs_as=f"Supervisor {number // PER_SUPERVISOR}",
            reflection=self.reflections[number % len(self.reflections)],
        )
        ten = list(zip(*((FULL, [LogState.APPROVED] * LOGS) if graduate else (HALF, STATES_OF_HALF)), strict=True))
        for place, (visit, state) in enumerate(islice(cycle(ten), self.entries)):
            days = LOGGED_DAYS * place // self.entries + number % 7
            self._add_log(who, visit, state, codes[place % 3], days)

    def _add_log(self, who, visit, state: LogState, code: tuple[int, str], days: int) -> None:
        category, role, segments = visit
        on = self.enrolled_on + timedelta(days=days)
        began = datetime.combine(on, BEGINS, ZONE).astimezone(UTC)
        minutes = sum(length for _, length in segments)
        sent = self._at(days + 1) if state != LogState.DRAFT else None
        decided = self._at(days + 3) if state in (LogState.APPROVED, LogState.RETURNED) else None
        version = 1 if state == LogState.DRAFT else 2
        log = self.logs.add(
            *(who.enrolment, who.placement, category, role, on, BEGINS, ZONE.key),
            *(began, began + timedelta(minutes=minutes), minutes, True, who.reflection[1], state, version),
            *(began, sent, decided),
        )
        is_locked = state == LogState.APPROVED
        for place, (phase, length) in enumerate(segments):
            self.segments.add(log, phase, length, place, is_locked)
        self.log_clients.add(log, code[0], is_locked)
        self._add_history(who, log, state, began, sent, decided)
        if decided:
            self._sign(who, log, state, decided, _content(who, log, version, visit, on, code[1]))
        if is_locked:
            self.credits.add(log, minutes, who.supervisor, decided)

    def _add_history(self, who, log: int, state: LogState, written, sent, decided) -> None:
        kind = "supervision.practicelog"
        self.log_moves.add(log, "", LogState.DRAFT, who.person, written, "")
        self._note(who.person, "supervision.log.drafted", kind, log, written)
        if sent:
            self.log_moves.add(log, LogState.DRAFT, LogState.SUBMITTED, who.person, sent, "")
            self._note(who.person, "supervision.log.submitted", kind, log, sent)
        if decided:
            reason = self.reason if state == LogState.RETURNED else ""
            self.log_moves.add(log, LogState.SUBMITTED, state, who.supervisor, decided, reason)
            self._note(who.supervisor, f"supervision.log.{state.value}", kind, log, decided)

    def _sign(self, who, log: int, state: LogState, at: datetime, content: str) -> None:
        decision = Decision.APPROVED if state == LogState.APPROVED else Decision.RETURNED
        signer = (who.supervisor, who.person, who.signs_as, Role.SUPERVISOR.label, at)
        self.signatures.add(log, decision, Meaning.REVIEWED, *signer, 2, _encrypted(content), content_hash(content))

    # Credentials and the rest ----------------------------------------------------------------------------------------

    def _confer(self) -> None:
        """By the real act, which checks every gate; the papers of the first few are made, all other orders forgotten."""
        graduates = [email_of("trainee", number) for number in range(self.count) if is_graduate(number)]
        most = MOST_CREDENTIALS * LOGS // self.entries  # judging many entries takes its time
        graduates = graduates[:: -(-len(graduates) // most) or 1]
        for enrolment in self._enrolments_of(graduates):
            confer(enrolment, by=self.institute.director)
        DBTaskResult.objects.all().delete()
        for credential in Credential.objects.with_names().order_by("pk")[:WITH_PAPERS]:
            make_files(credential)

    def _enrolments_of(self, emails: list[str]) -> Iterator[Enrolment]:
        rows = Enrolment.objects.select_related("person", "program", "edition", "standard_version__standard")
        for start in range(0, len(emails), PER_BATCH):
            yield from rows.filter(person__email__in=emails[start : start + PER_BATCH]).order_by("pk")

    def _sell_next_cohort(self) -> None:
        """The next cohort with its price."""
        starts_on = self.today + timedelta(days=70)
        cohort = self._cohort(NEXT_COHORT, starts_on=starts_on, ends_on=starts_on + timedelta(days=730))
        CohortPrice.objects.create(cohort=cohort, amount=240_000)


def _answer(question: dict, *, is_right: bool) -> dict[str, list[str]]:
    """What a browser sends for a right answer, or for a wrong one."""
    data = question["data"]
    if question["kind"] == "numeric":
        return {"value": [data["answer"] if is_right else "1"], "unit": [data["unit"]]}
    wanted = [option["id"] for option in data["options"] if option["correct"] == is_right]
    return {"choice": wanted if is_right else wanted[:1]}


def _code(number: int) -> str:
    letters = []
    for _ in range(6):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters[:2]) + "-" + "".join(letters[2:])


class _Rows(list):
    """A list that is asked like a related manager."""

    def all(self):
        return self


def _content(who, log: int, version: int, visit, on: date, code: str) -> str:
    """What is signed of an entry, written by the real function."""
    category, role, segments = visit
    entry = SimpleNamespace(
        pk=log,
        version=version,
        enrolment_id=who.enrolment,
        placement_id=who.placement,
        placement=SimpleNamespace(site=SimpleNamespace(name=who.site)),
        category_key=category,
        role=role,
        on=on,
        starts_at=BEGINS,
        time_zone=ZONE.key,
        minutes=sum(length for _, length in segments),
        segments=_Rows(SimpleNamespace(phase=phase, minutes=length) for phase, length in segments),
        client_rows=_Rows([SimpleNamespace(client=SimpleNamespace(code=code))]),
        client_consented=True,
        route="",
        modality="",
        format="",
        group_size=None,
        visit=None,
        flags=[],
        touch_used=False,
        touch_agreed_before=False,
        adverse_event=False,
        reflection=who.reflection[0],
        supersedes_id=None,
    )
    return signed_content(entry)
