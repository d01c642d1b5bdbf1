"""Placements, client codes and practice log entries in every state, made by the real actions."""

from datetime import date, time

from courses.enrolment.models import Enrolment
from courses.standards.contract import Category
from courses.standards.models import StandardVersion
from lms.accounts.models import User
from lms.uploads import clean_document
from supervision.actions.lapse import record_lapse
from supervision.actions.placement import make_client_code, set_placement
from supervision.actions.practice import submit_log, write_log
from supervision.actions.prior import approve_prior_hours, record_prior_hours, return_prior_hours
from supervision.actions.review import approve_log, return_log
from supervision.actions.site import add_site_paper
from supervision.actions.supervisor import (
    record_qualification,
    record_supervisor,
    site_named,
    supervisor_of,
    verify_supervisor,
)
from supervision.enums import Meaning
from supervision.exports.actions import ask_for_export
from supervision.exports.choices import Choices
from supervision.exports.enums import ExportKind, FileType
from supervision.models import ExportRecord, Placement, PracticeLog, PriorHours, Site, SitePaper, Supervisor
from supervision.queries.practice import full_logs
from supervision.queries.prior import prior_hash
from supervision.queries.review import content_hash, signed_content
from supervision.rules import Visit
from supervision.rules.prior import Claim
from tests.documents import pdf_bytes, upload
from tests.factories.enrolment import make_enrolment
from tests.factories.numbers import FIRST_DAY, next_day
from tests.factories.standards import make_standard_version

CATEGORIES = (
    Category("preparation", "Preparation session", "direct", True, True, "Meeting a client before dosing."),
    Category("dosing-lead", "Dosing session, as lead", "direct", True, True, "Leading a dosing session."),
    Category("observation-live", "Live observation", "observed", False, False, "Watching a session in the room."),
    Category("role-play", "Role-play", "simulated", False, False, "Practising with colleagues."),
    Category("individual", "Individual supervision", "supervision", False, False, "One to one."),
)


def make_practice_standard(**fields) -> StandardVersion:
    return make_standard_version(categories=fields.pop("categories", CATEGORIES), **fields)


def make_placement(
    trainee: User,
    supervisor: User | Supervisor,
    *,
    enrolment: Enrolment | None = None,
    site: str = "Juniper Clinic",
    **fields,
) -> Placement:
    """A placement since March 2026, in an enrolment that is made when none is given."""
    if isinstance(supervisor, User):
        supervisor = supervisor_of(supervisor, by=None)
    enrolment = enrolment or make_enrolment(trainee, standard_version=make_practice_standard())
    values = {"site": site_named(site), "starts_on": FIRST_DAY, "ends_on": None, "by": None}
    return set_placement(enrolment, supervisor=supervisor, **values | fields)


def make_signer(*, by: User, name: str = "Robin Vance, PhD", email: str = "robin@clinic.example", is_verified=True):
    """Somebody who signs without an account, with a licence; verified unless a test wants otherwise."""
    signer = record_supervisor(name, email, by=by)
    licence = record_qualification(
        signer, kind="licence", authority="State Board", number="LP-1029", expires_on=date(2027, 6, 30), by=by
    )
    if is_verified:
        verify_supervisor(signer, address=email, qualifications=[licence.pk], how="Looked it up.", by=by)
    return Supervisor.objects.get(pk=signer.pk)


def make_visit(**fields) -> Visit:
    """A visit of an hour on a day that no other visit made here has taken."""
    values = {
        "on": next_day("visit"),
        "starts_at": time(9, 0),
        "time_zone": "America/Denver",
        "category_key": "observation-live",
        "role": "observer",
        "segments": (("dosing", 60),),
        "route": "none",
        "modality": "in_person",
        "format": "individual",
    }
    return Visit(**values | fields)


def make_code(placement: Placement):
    return make_client_code(placement.enrolment, by=placement.enrolment.person)


def make_draft(placement: Placement, **fields) -> PracticeLog:
    return write_log(placement.enrolment, make_visit(**fields), placement=placement, by=placement.enrolment.person)


def make_submitted(placement: Placement, **fields) -> PracticeLog:
    return submit_log(make_draft(placement, **fields), by=placement.enrolment.person)


def make_approved(placement: Placement, **fields) -> PracticeLog:
    return approve(make_submitted(placement, **fields))


def make_returned(placement: Placement, reason: str = "The dosing role is missing.", **fields) -> PracticeLog:
    log = make_submitted(placement, **fields)
    return return_log(log, by=placement.supervisor.person, meaning=Meaning.REVIEWED, seen=seen(log), reason=reason)


def approve(log: PracticeLog, *, by: User | None = None) -> PracticeLog:
    return approve_log(log, by=by or log.placement.supervisor.person, meaning=Meaning.OBSERVED, seen=seen(log))


def make_site_paper(site: Site, *, by: User, **fields) -> SitePaper:
    """An agreement of 2026 that waits for a director."""
    values = {"kind": "agreement", "begins_on": date(2026, 1, 1), "expires_on": date(2027, 6, 30)}
    document = fields.pop("document", None) or clean_document(upload(pdf_bytes()))
    return add_site_paper(site, by=by, document=document, **values | fields)


def make_lapse(supervisor: Supervisor, *, by: User, **fields):
    """A licence that was not valid in the whole of 2026 until now, found in the register of the board."""
    values = {
        "kind": "licence",
        "began_on": date(2026, 1, 1),
        "ended_on": None,
        "source": "The register of the board, looked up today.",
    }
    return record_lapse(supervisor, by=by, **values | fields)


def make_claim(**fields) -> Claim:
    """Twenty hours of live observation in the spring of 2024."""
    values = {
        "category_key": "observation-live",
        "phase": "",
        "minutes": 20 * 60,
        "began_on": date(2024, 3, 4),
        "ended_on": date(2024, 6, 7),
        "institution": "Harbor Clinic",
        "supervisor_name": "Miriam Adler, PhD",
    }
    return Claim(**values | fields)


def make_prior(enrolment: Enrolment, *, by: User | None = None, corrects: PriorHours | None = None, **fields):
    """A record of prior hours that waits for a director's decision."""
    document = clean_document(upload(pdf_bytes()))
    return record_prior_hours(
        enrolment, make_claim(**fields), document=document, by=by or enrolment.person, corrects=corrects
    )


def approve_prior(prior: PriorHours, *, by: User) -> PriorHours:
    return approve_prior_hours(prior, by=by, seen=seen_prior(prior))


def return_prior(prior: PriorHours, *, by: User, reason: str = "The letter is not signed.") -> PriorHours:
    return return_prior_hours(prior, by=by, seen=seen_prior(prior), reason=reason)


def make_export(
    enrolment: Enrolment, kind: str = "log", file_type: str = "csv", *, paper: str = "", shows_name=False, **choices
) -> ExportRecord:
    """A file of a trainee's own log, with everything in it unless something else is chosen."""
    wanted = ExportKind(kind), FileType(file_type), Choices(**choices)
    return ask_for_export(enrolment, *wanted, by=enrolment.person, paper=paper, shows_name=shows_name)


def seen_prior(prior: PriorHours) -> str:
    """The hash that the decision page shows for this record."""
    return prior_hash(PriorHours.objects.get(pk=prior.pk))


def seen(log: PracticeLog) -> str:
    """The hash that the review page shows for this entry."""
    return content_hash(signed_content(full_logs().get(pk=log.pk)))
