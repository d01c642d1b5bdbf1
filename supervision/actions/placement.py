"""Acts on placements and client codes."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.enrolment.queries import may_act_on
from courses.standards.enums import Answer, SitePaperKind
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal
from lms.web.templatetags.ui import day
from supervision.enums import SENT
from supervision.models import ClientCode, Placement, PracticeLog, Site, Supervisor
from supervision.queries.measures import practice_of
from supervision.queries.placement import may_supervise
from supervision.queries.site import missing_papers
from supervision.rules import client_code
from supervision.rules.address import address_key


@transaction.atomic
def set_placement(
    enrolment: Enrolment, *, supervisor: Supervisor, site: Site, starts_on: date, ends_on: date | None, by: User | None
) -> Placement:
    """Place a trainee with a supervisor. Raises `Refusal` for whoever may not supervise her, without saying why."""
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment.pk)
    if not may_act_on(by, enrolment.person):
        raise Refusal("You cannot set this placement. Please ask another program director.")
    if not may_supervise(supervisor, enrolment):
        raise Refusal(f"{supervisor} cannot supervise this trainee. Choose another supervisor.")
    if ends_on and ends_on < starts_on:
        raise Refusal("A placement ends after it starts.")
    _require_papers(site, enrolment, starts_on)
    placement = Placement.objects.create(
        enrolment=enrolment,
        trainee=enrolment.person,
        trainee_key=address_key(enrolment.person.email),
        supervisor=supervisor,
        site=site,
        starts_on=starts_on,
        ends_on=ends_on,
        set_by=by,
    )
    record(
        "supervision.placement.set",
        by=by,
        about=placement,
        enrolment=enrolment.pk,
        supervisor=supervisor.pk,
        site=site.pk,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return placement


def _require_papers(site: Site, enrolment: Enrolment, starts_on: date) -> None:
    """What the trainee's standard refuses to do without has to be in force: on the first day, or today if that is later."""
    missing = missing_papers(site, practice_of(enrolment), max(starts_on, timezone.localdate()))
    refused = [SitePaperKind(paper).label.lower() for paper, answer in missing.items() if answer == Answer.REFUSE]
    if refused:
        raise Refusal(
            f"The trainee’s standard asks for an approved {' and '.join(refused)} of {site}, in force on that day. Add it "
            "under “Sites and their papers” first."
        )


@transaction.atomic
def end_placement(placement: Placement, *, ends_on: date, by: User | None) -> Placement:
    """Let a placement end on a day. What was sent for a later day stands in the way: it would lose its placement."""
    placement = Placement.objects.select_for_update(of=("self",)).select_related("trainee").get(pk=placement.pk)
    if not may_act_on(by, placement.trainee):
        raise Refusal("You cannot end this placement. Please ask another program director.")
    if ends_on < placement.starts_on:
        raise Refusal(f"The placement starts on {day(placement.starts_on)}; it cannot end before.")
    if PracticeLog.objects.filter(placement=placement, on__gt=ends_on, state__in=SENT).exists():
        raise Refusal("The trainee has sent visits of this placement that are later than this day. Choose a later end.")
    old, placement.ends_on = placement.ends_on, ends_on
    placement.save(update_fields=["ends_on"])
    record("supervision.placement.ended", by=by, about=placement, old=old, new=ends_on)
    return placement


TRIES = 20


@transaction.atomic
def make_client_code(enrolment: Enrolment, *, by: User, age_band: str = "") -> ClientCode:
    """Make a fresh random code for a client of this trainee. Nothing about the client enters it."""
    if by.pk != enrolment.person_id:
        raise Refusal("Client codes are made by the trainee who sees the client.")
    code = _free_code(enrolment, age_band)
    record("supervision.client.coded", by=by, about=code)
    return code


def _free_code(enrolment: Enrolment, age_band: str) -> ClientCode:
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return ClientCode.objects.create(enrolment=enrolment, code=client_code(), age_band=age_band)
        except IntegrityError:
            continue
    raise Refusal("No free client code was found. Please try again.")
