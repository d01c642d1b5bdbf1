"""Prior hours: who may read which, who decides, and what exactly was decided. Fetching is the permission check."""

import json
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.standards.contract import Category
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, has_role, people_with_role, roles_of, scope_ids, without_barred
from supervision.enums import PriorState
from supervision.models import PriorHours, PriorMove
from supervision.queries.placement import categories_in
from supervision.queries.practice import label_of
from supervision.queries.review import content_hash

SCHEMA = 1


def full_prior() -> QuerySet[PriorHours]:
    return PriorHours.objects.select_related(
        "enrolment__person", "enrolment__cohort", "enrolment__standard_version", "written_by", "decided_by"
    )


def sent_lately(enrolment: Enrolment) -> int:
    """How often prior hours of this enrolment were sent within the last 24 hours, each time with a document."""
    sent = PriorMove.objects.filter(prior__enrolment=enrolment, new=PriorState.SUBMITTED)
    return sent.filter(at__gt=timezone.now() - timedelta(days=1)).count()


def for_prior_list(rows: QuerySet[PriorHours]) -> QuerySet[PriorHours]:
    """The same records with what a line of a list shows; nothing is decrypted for it."""
    return rows.defer("note")


def own_prior(user: User) -> QuerySet[PriorHours]:
    """A trainee's own records, whatever the state of the enrolment; those taken back are gone from her pages."""
    return full_prior().filter(enrolment__person=user).exclude(state=PriorState.VOIDED)


def desk_prior(user: User) -> QuerySet[PriorHours]:
    """What this director reads of other people within her reach, nobody behind a barrier."""
    if Role.DIRECTOR not in roles_of(user):
        return PriorHours.objects.none()
    programs, cohorts = scope_ids(user, Role.DIRECTOR, Scope.PROGRAM), scope_ids(user, Role.DIRECTOR, Scope.COHORT)
    reach = ~Q(pk__in=[]) if programs is None else Q(enrolment__program__in=programs) | Q(enrolment__cohort__in=cohorts)
    rows = full_prior().filter(reach).exclude(enrolment__person=user).exclude(state=PriorState.VOIDED)
    return without_barred(rows, user, person="enrolment__person")


def prior_for_user(user: User) -> QuerySet[PriorHours]:
    """Her own and the ones she reads as director: for the document, which both may have."""
    return full_prior().filter(Q(pk__in=own_prior(user).values("pk")) | Q(pk__in=desk_prior(user).values("pk")))


def prior_to_decide(user: User) -> QuerySet[PriorHours]:
    """What waits for this director's decision, oldest first; never what she recorded herself."""
    waiting = desk_prior(user).filter(state=PriorState.SUBMITTED).exclude(written_by=user)
    return waiting.order_by("submitted_at", "id")


def can_decide_prior(user: User, prior: PriorHours) -> bool:
    """A director of this trainee, neither she herself nor whoever recorded it, with no barrier between them."""
    enrolment = prior.enrolment
    return (
        user.pk not in (enrolment.person_id, prior.written_by_id)
        and has_role(user, Role.DIRECTOR, program=enrolment.program_id, cohort=enrolment.cohort_id)
        and not has_barrier(user, enrolment.person_id)
    )


def directors_to_decide(prior: PriorHours) -> list[User]:
    return [person for person in people_with_role(Role.DIRECTOR) if can_decide_prior(person, prior)]


def counted_prior(enrolment: Enrolment | int) -> QuerySet[PriorHours]:
    """What is approved or waits; a correction that waits adds nothing."""
    counted = PriorHours.objects.filter(Q(state=PriorState.APPROVED) | Q(state=PriorState.SUBMITTED, supersedes=None))
    return counted.filter(enrolment=enrolment).order_by()


def prior_labels(rows: Iterable[PriorHours]) -> dict[int, str]:
    """The label of each record's category in its trainee's pinned standard. No query: the versions came with them."""
    return {row.pk: label_of(row.category_key, prior_categories(row.enrolment)) for row in rows}


def prior_categories(enrolment: Enrolment) -> dict[str, Category]:
    return categories_in(enrolment.standard_version)


def prior_history(prior: PriorHours) -> list[PriorMove]:
    return list(prior.moves.select_related("by"))


def prior_reasons(rows: Iterable[PriorHours]) -> dict[int, str]:
    """Why each returned record was returned last. One query, none without returned ones."""
    ids = [row.pk for row in rows if row.state == PriorState.RETURNED]
    moves = PriorMove.objects.filter(prior__in=ids, new=PriorState.RETURNED).order_by("id") if ids else ()
    return {move.prior_id: move.reason for move in moves}


def prior_hash(prior: PriorHours) -> str:
    """The SHA-256 of exactly what a decision is about, the document's own hash included."""
    values = {
        "schema": SCHEMA,
        "prior": prior.pk,
        "version": prior.version,
        "enrolment": prior.enrolment_id,
        "category": prior.category_key,
        "phase": prior.phase,
        "minutes": prior.minutes,
        "began_on": prior.began_on.isoformat(),
        "ended_on": prior.ended_on.isoformat(),
        "institution": prior.institution,
        "supervisor": prior.supervisor_name,
        "note": prior.note,
        "document": prior.document_sha256,
        "supersedes": prior.supersedes_id,
    }
    return content_hash(json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
