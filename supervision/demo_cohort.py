"""The demonstration's practicum: a cohort of its own, in which everybody stands somewhere else; and who supervises it.

Whoever is supervised without an account signs by a mailed link. All people and sites are made up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from courses.enrolment.actions import enrol
from courses.enrolment.demo import open_cohort
from courses.enrolment.models import Cohort, Enrolment
from courses.standards.enums import Qualification
from lms.accounts.actions import grant_role, record_document
from lms.accounts.enums import DocumentKind, Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import has_role
from lms.demo.clock import at
from lms.demo.people import make_person
from lms.demo.registry import Demo
from supervision.actions.placement import set_placement
from supervision.actions.supervisor import (
    record_qualification,
    record_supervisor,
    site_named,
    supervisor_of,
    verify_supervisor,
)
from supervision.demo_story import Story
from supervision.demo_visits import ZONE, moment
from supervision.models import Supervisor

COHORT, PILOT = "Practicum, rolling", "Practicum, pilot"
WEEKS_AGO = 60
AWAY = ("supervisor-three", "Marguerite Vaughn")
SITES = {
    "juniper": "Juniper Clinic, Boulder",
    "cottonwood": "Cottonwood Center, Fort Collins",
    "mesa": "Mesa House, Durango",
    "prairie": "Prairie Rooms, Limon",
}
# Whoever acts in the stories holds the role in these cohorts from their beginning.
STAFF = {
    "director": Role.DIRECTOR,
    "director-two": Role.DIRECTOR,
    "registrar": Role.REGISTRAR,
    "supervisor": Role.SUPERVISOR,
    "supervisor-two": Role.SUPERVISOR,
    AWAY[0]: Role.SUPERVISOR,
}
# Account, name, discipline, enrolled so many weeks ago.
TRAINEES = {
    "amira": ("Amira Solberg", "Professional counselor", 1),
    "bruno": ("Bruno Keller", "Clinical social worker", 5),
    "celeste": ("Celeste Moreno", "Psychologist", 14),
    "dario": ("Dario Conti", "Psychiatric nurse practitioner", 14),
    "esther": ("Esther Nwosu", "Physician", 16),
    "femi": ("Femi Adebayo", "Psychologist", 18),
    "gwen": ("Gwen Parry", "Marriage and family therapist", 14),
    "hiro": ("Hiro Tanabe", "Psychiatrist", 12),
    "iris": ("Iris Kowalski", "Clinical social worker", 14),
    "kaya": ("Kaya Lindholm", "Professional counselor", 8),
}
IN_PILOT = {"jonah": ("Jonah Brandt", "Nurse practitioner", WEEKS_AGO)}
# Name, address, weeks ago when recorded; whether staff have verified her licence. None: her papers are a story of their own.
SIGNERS = {
    "robin": ("Robin Vance, LCSW", "robin.vance@example.org", 14, True),
    "sunita": ("Sunita Rao, MD", "sunita.rao@example.org", 8, False),
    "ulla": ("Ulla Brandvold, LPC", "ulla.brandvold@example.org", 7, False),
    "carl": ("Carl Jensen, PsyD", "carl.jensen@example.org", 6, False),
    "miriam": ("Miriam Sandoval, PhD", "miriam.sandoval@example.org", WEEKS_AGO, None),
}
BOARD = "State Board of Psychologist Examiners"
AUTHORITIES = {
    Qualification.LICENCE: BOARD,
    Qualification.CONSULTANT: "Register of consultants",
    Qualification.BLS: "Heart association",
}
HOW_VERIFIED = "Looked the licence up on the board's page, and called her at the clinic."


@dataclass
class Practicum:
    """What the stories are told with: the day on which they are made, the staff, and the supervisors without an account."""

    today: date
    cohort: Cohort
    staff: dict[str, User]
    signers: dict[str, Supervisor]

    def story(self, name: str, supervisor: str, site: str) -> Story:
        """The trainee of this account, placed since her enrolment."""
        enrolment = Enrolment.objects.select_related("person").get(
            person__email=f"{name}@example.org", cohort__name__in=(COHORT, PILOT)
        )
        return Story(enrolment, self.place(enrolment, supervisor, site, enrolment.enrolled_on), self.today)

    def place(self, enrolment: Enrolment, supervisor: str, site: str, starts_on: date):
        with at(moment(starts_on, 8)):
            director = self.staff["director"]
            signer = self.signers.get(supervisor) or supervisor_of(self.staff[supervisor], by=director)
            where = {"site": site_named(SITES[site]), "starts_on": starts_on, "ends_on": None}
            return set_placement(enrolment, supervisor=signer, **where, by=director)


def open_practicum(demo: Demo) -> Practicum:
    """The cohorts with their staff, supervisors and trainees. What exists is kept."""
    today = timezone.localdate(timezone=ZoneInfo(ZONE))
    monday = today - timedelta(days=today.weekday())
    begun = monday - timedelta(weeks=WEEKS_AGO)
    name, display_name = AWAY
    demo.people[name] = make_person(name, display_name)
    if not has_role(demo.people[name], Role.SUPERVISOR):
        with at(moment(begun, 6)):
            grant_role(demo.people[name], Role.SUPERVISOR, by=None, reason="Demonstration")
    cohorts = {
        COHORT: open_cohort(demo, COHORT, begun=begun, standard_version=demo.things["supervised_version"]),
        PILOT: open_cohort(demo, PILOT, begun=begun, standard_version=demo.things["strict_version"]),
    }
    staff = {name: _staff(demo.people[name].pk, role, cohorts.values(), begun) for name, role in STAFF.items()}
    _record_licence(staff[AWAY[0]], expires_on=today + timedelta(days=300))
    for cohort, people in ((cohorts[COHORT], TRAINEES), (cohorts[PILOT], IN_PILOT)):
        for name, (display_name, discipline, weeks) in people.items():
            demo.people[name] = make_person(name, display_name)
            _enrol(demo.people[name], cohort, discipline, monday - timedelta(weeks=weeks), by=staff["director"])
    signers = {
        name: _signer(words, address, monday - timedelta(weeks=weeks), is_verified=is_verified, by=staff["director"])
        for name, (words, address, weeks, is_verified) in SIGNERS.items()
    }
    return Practicum(today, cohorts[COHORT], staff, signers)


def _staff(person: int, role: Role, cohorts: Iterable[Cohort], begun: date) -> User:
    """Read anew: what roles somebody holds is remembered with her, and here it is asked at many times. A demonstration of
    before gives the role for these cohorts, from their beginning."""
    for cohort in cohorts:
        with at(moment(begun, 7)):
            if not has_role(User.objects.get(pk=person), role, program=cohort.program_id, cohort=cohort.pk):
                words = {"scope": Scope.COHORT, "scope_id": cohort.pk, "reason": "Demonstration"}
                grant_role(User.objects.get(pk=person), role, by=None, **words)
    return User.objects.get(pk=person)


def _record_licence(person: User, *, expires_on: date) -> None:
    if not person.professional_documents.filter(kind=DocumentKind.LICENCE).exists():
        facts = {"authority": BOARD, "number": "DEMO-1043", "expires_on": expires_on}
        record_document(person, kind=DocumentKind.LICENCE, **facts)


def _enrol(person: User, cohort: Cohort, discipline: str, on: date, *, by: User) -> None:
    if not Enrolment.objects.filter(person=person, program=cohort.program).exists():
        with at(moment(on, 7)):
            enrol(person, cohort=cohort, by=by, discipline=discipline, enrolled_on=on)


def _signer(name: str, address: str, on: date, *, is_verified: bool | None, by: User) -> Supervisor:
    """With a licence of the day on which she was recorded. Those who are verified got it looked up the next day."""
    signer = Supervisor.objects.filter(email=address).first()
    if signer:
        return signer
    with at(moment(on, 9)):
        signer = record_supervisor(name, address, by=by)
    if is_verified is not None:
        last_day = on + timedelta(days=700)
        record_paper(signer, Qualification.LICENCE, last_day, on=on, is_verified=is_verified, by=by)
    return Supervisor.objects.get(pk=signer.pk)


def record_paper(
    signer: Supervisor, kind: Qualification, last_day: date, *, on: date, by: User, is_verified: bool = True
) -> None:
    """A paper of somebody without an account, looked up on the same day."""
    with at(moment(on, 10)):
        paper = record_qualification(
            signer, kind=kind, authority=AUTHORITIES[kind], number="DEMO-2077", expires_on=last_day, by=by
        )
        if is_verified:
            words = {"address": signer.email, "how": HOW_VERIFIED, "by": by}
            verify_supervisor(signer, qualifications=[paper.pk], **words)
