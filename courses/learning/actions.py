"""Acts of a trainee on her lessons."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from courses.curriculum.asking import ATTESTATION, CHECK
from courses.curriculum.enums import ActivityKind, CompletedBy
from courses.curriculum.models import EditionItem, Erratum
from courses.curriculum.queries import asked_in_body, current_body, current_body_id
from courses.enrolment.models import Enrolment
from courses.enrolment.rules import can_read_edition
from courses.learning.asking import Block, has_several, may_sign, right_options
from courses.learning.models import CheckAnswer, Completion, CorrectionsSeen, ReadingPosition, SignedAttestation
from courses.learning.queries import given_in_activity, months_valid, why_locked, why_not_complete
from courses.learning.rules import can_complete, name_to_sign
from lms.accounts.models import User
from lms.audit.actions import record
from lms.enums import Provenance
from lms.errors import Refusal


@transaction.atomic
def complete_activity(
    enrolment: Enrolment,
    item: EditionItem,
    *,
    by: User | None,
    at: datetime | None = None,
    provenance: Provenance = Provenance.EARNED,
) -> Completion:
    """Record once that the enrolment's trainee completed an item of her edition; a repeat gives the first completion.

    A lesson that is complete by something else than reading is refused until that is done, whoever asks.
    It names the body that was read, its newest correction included. `by` is None for the system itself; `at` is when
    it took effect, never in the future.
    """
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",)).select_related("edition", "cohort").get(pk=enrolment.pk)
    )
    done = Completion.objects.filter(enrolment=enrolment, activity=item.activity_id).first()
    if done:
        return done
    if by is not None and by.pk != enrolment.person_id:
        raise Refusal("Only the trainee herself can mark this as complete.")
    if item.edition_id != enrolment.edition_id:
        raise Refusal("This is not part of your edition of the program. Open it again from the outline.")
    if item.activity.kind == ActivityKind.MODULE:
        raise Refusal("A module is complete when all its lessons are.")
    if not can_complete(enrolment):
        raise Refusal("Your enrolment is not active, so nothing new can be marked as complete.")
    if reason := why_locked(enrolment, item):
        raise Refusal(f"This is not open yet. {reason}")
    if left := why_not_complete(enrolment, item):
        raise Refusal(f"This lesson completes itself. {left}")
    now = timezone.now()
    completion = Completion.objects.create(
        enrolment=enrolment,
        activity_id=item.activity_id,
        body=current_body(item),
        completed_at=min(at or now, now),
        provenance=provenance,
        recorded_by=by,
    )
    record(
        "learning.completion.recorded",
        by=by,
        about=completion,
        enrolment=enrolment.pk,
        activity=item.activity_id,
        body=completion.body_id,
    )
    return completion


@transaction.atomic
def answer_check(
    enrolment: Enrolment,
    item: EditionItem,
    *,
    block: UUID,
    chosen: Collection[str],
    by: User,
    at: datetime | None = None,
) -> CheckAnswer:
    """Keep what she answers to a knowledge check, beside her first answer; complete the lesson if that was all it takes.

    Answers are not graded and may be given again at any time while lessons are open to her.
    """
    enrolment = _lock(enrolment, item, by=by)
    asked = _asked(item, block, CHECK)
    options = {option["id"] for option in asked["options"]}
    if not chosen:
        raise Refusal("Choose an answer first.")
    if not set(chosen) <= options:
        raise Refusal("This question has changed since you opened the page. Look at it again, then answer.")
    if len(set(chosen)) > 1 and not has_several(asked):
        raise Refusal("Choose one answer.")
    now = timezone.now()
    moment = min(at or now, now)
    latest = {"chosen": ",".join(sorted(set(chosen))), "is_right": set(chosen) == right_options(asked), "at": moment}
    answer, is_first = CheckAnswer.objects.get_or_create(
        enrolment=enrolment,
        activity_id=item.activity_id,
        block=block,
        defaults=latest | {"first_chosen": latest["chosen"], "first_at": moment},
    )
    if not is_first:
        answer.chosen, answer.is_right, answer.at = latest.values()
        answer.times += 1
        answer.save(update_fields=["chosen", "is_right", "at", "times"])
    _complete_if_done(enrolment, item, CompletedBy.CHECKS, by=by, at=moment)
    return answer


@transaction.atomic
def sign_attestation(
    enrolment: Enrolment, item: EditionItem, *, block: UUID, name: str, by: User, at: datetime | None = None
) -> SignedAttestation:
    """Sign a statement as it reads now, under her own name; complete the lesson if that was all it takes.

    While a signature under the same text counts, signing again gives that one. It may be renewed from 30 days before it
    lapses, and a changed text may be signed anew; each is a row of its own. Finished enrolments renew as well.
    """
    enrolment = _lock(enrolment, item, by=by)
    asked = _asked(item, block, ATTESTATION)
    signed_as = name_to_sign(by, name)
    now = timezone.now()
    moment = min(at or now, now)
    own = SignedAttestation.objects.filter(enrolment=enrolment, activity=item.activity_id, key=asked["key"])
    newest = given_in_activity(enrolment, item.activity_id).signed.get(asked["key"])
    today = timezone.localdate(moment, ZoneInfo(enrolment.cohort.time_zone))
    months = months_valid(enrolment, asked["key"])
    if not may_sign(newest, asked["sha256_of_text"], months=months, today=today):
        return own.latest("id")
    signed = SignedAttestation.objects.create(
        enrolment=enrolment,
        activity_id=item.activity_id,
        body_id=current_body_id(item),
        block=block,
        key=asked["key"],
        label=asked["label"],
        statement=asked["html"],
        sha256=asked["sha256_of_text"],
        name=signed_as,
        signed_at=moment,
    )
    record(
        "learning.attestation.signed",
        by=by,
        about=signed,
        enrolment=enrolment.pk,
        key=signed.key,
        body=signed.body_id,
        sha256=signed.sha256,
        name=signed.name,
    )
    _complete_if_done(enrolment, item, CompletedBy.ATTESTATION, by=by, at=moment)
    return signed


def _lock(enrolment: Enrolment, item: EditionItem, *, by: User) -> Enrolment:
    """Her enrolment, locked: whoever answers in two tabs at once completes the lesson in the second of them."""
    enrolments = Enrolment.objects.select_for_update(of=("self",)).select_related(
        "edition", "cohort", "standard_version"
    )
    enrolment = enrolments.defer("standard_version__data").get(pk=enrolment.pk)
    if by.pk != enrolment.person_id:
        raise Refusal("Only the trainee herself can answer and sign.")
    if item.edition_id != enrolment.edition_id:
        raise Refusal("This is not part of your edition of the program. Open it again from the outline.")
    if not can_read_edition(enrolment):
        raise Refusal("Your lessons are closed at present, so nothing can be answered or signed in them.")
    if reason := why_locked(enrolment, item):
        raise Refusal(f"This is not open yet. {reason}")
    return enrolment


def _asked(item: EditionItem, block: UUID, kind: str) -> Block:
    asked = asked_in_body(current_body_id(item)).get(str(block))
    if asked is None or asked["type"] != kind:
        raise Refusal("This lesson has changed since you opened the page. Open it again.")
    return asked


def _complete_if_done(enrolment: Enrolment, item: EditionItem, rule: CompletedBy, *, by: User, at: datetime) -> None:
    if item.completed_by == rule and can_complete(enrolment) and not why_not_complete(enrolment, item):
        complete_activity(enrolment, item, by=by, at=at)


def look_at_corrections(enrolment: Enrolment) -> None:
    """The trainee has looked at the corrections that there are. A convenience: no evidence and no audit row."""
    newest = Erratum.objects.aggregate(newest=Max("pk"))["newest"] or 0
    CorrectionsSeen.objects.bulk_create(
        [CorrectionsSeen(enrolment=enrolment, newest=newest, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["enrolment"],
        update_fields=["newest", "at"],
    )


def remember_position(enrolment: Enrolment, activity_id: int) -> None:
    """Where she is reading, so that she can go on there. A convenience: no evidence and no audit row."""
    position = getattr(enrolment, "reading_position", None)
    if position is None or position.activity_id != activity_id:
        ReadingPosition.move_to(enrolment.pk, activity_id)
