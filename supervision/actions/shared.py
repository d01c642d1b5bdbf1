"""A visit of two trainees: one proposes it, the other confirms her own share with an entry of her own, or declines."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.practice import lock_log, write_log
from supervision.enums import EDITABLE, LogState, ShareState
from supervision.models import Placement, PracticeLog, SharedVisit
from supervision.queries.shared import co_therapists_of
from supervision.rules import Visit


@transaction.atomic
def propose_share(log: PracticeLog, *, to: Enrolment, by: User) -> SharedVisit:
    """Propose the visit of an own draft to the trainee who held it too. Once; the same proposal again is the first."""
    enrolment, log = lock_log(log)
    if by.pk != enrolment.person_id or log.state not in EDITABLE:
        raise Refusal("A visit is proposed by its writer, before the entry is sent.")
    if not co_therapists_of(enrolment).filter(pk=to.pk).exists():
        raise Refusal("Choose a trainee of your own cohort.")
    if known := SharedVisit.objects.filter(log=log).exclude(state=ShareState.DECLINED).first():
        return known
    if log.visit is None:
        log.visit = uuid4()
        log.save(update_fields=["visit"])
    share = SharedVisit.objects.create(log=log, enrolment=to)
    record("supervision.share.proposed", by=by, about=share, log=log.pk, enrolment=to.pk)
    notify(
        to.person,
        key=f"share-{share.pk}",
        subject="A visit waits for your confirmation",
        text="Another trainee says that you held a visit together. Confirm your own share of it, or decline.",
        path=f"/practice/shared/{share.pk}/",
        button="Look at the visit",
    )
    return share


@transaction.atomic
def confirm_share(share: SharedVisit, visit: Visit, *, placement: Placement, by: User) -> PracticeLog:
    """Log an own share: an entry of her own, with her own words and codes, that names the same visit."""
    share = _held(share, by)
    first = share.log
    if not (visit.began_at < first.ended_at and first.began_at < visit.ended_at):
        raise Refusal("These times are not those of the visit that was proposed to you. Correct them, or decline.")
    log = write_log(share.enrolment, visit, placement=placement, by=by, shared=first.visit)
    _answer(share, ShareState.CONFIRMED, own_log=log)
    record("supervision.share.confirmed", by=by, about=share, log=log.pk)
    return log


@transaction.atomic
def decline_share(share: SharedVisit, *, by: User) -> SharedVisit:
    """Say that one was not there. The writer's entry stays hers, and its supervisor decides about it."""
    share = _held(share, by)
    _answer(share, ShareState.DECLINED, own_log=None)
    record("supervision.share.declined", by=by, about=share)
    return share


def _held(share: SharedVisit, by: User) -> SharedVisit:
    share = SharedVisit.objects.select_for_update(of=("self",)).select_related("log", "enrolment").get(pk=share.pk)
    if by.pk != share.enrolment.person_id:
        raise Refusal("This visit was proposed to somebody else.")
    if share.state != ShareState.PROPOSED:
        raise IllegalMove(f"You have answered already: {share.get_state_display().lower()}.")
    if share.log.state == LogState.VOIDED:
        raise IllegalMove("The entry about this visit was discarded by its writer.")
    return share


def _answer(share: SharedVisit, state: ShareState, *, own_log: PracticeLog | None) -> None:
    share.state, share.own_log, share.answered_at = state, own_log, timezone.now()
    share.save(update_fields=["state", "own_log", "answered_at"])
