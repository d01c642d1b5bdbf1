"""The draft of a form as it is typed. It is no evidence: nothing is judged, and a saving is repeated without harm."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.enrolment.rules import can_add_evidence
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal
from supervision.models import UnfinishedDraft

TYPED_MOST = 8000  # characters of JSON; a form filled to the brim is a quarter of it
DRAFTS_MOST = 20
TOO_MANY = "You have many unfinished drafts. Finish or discard some of them first."
CLOSED = "This draft was saved as an entry or discarded meanwhile. Look into your log before you go on."


class DraftIsNewer(Refusal):
    """A saving that comes late, or from a window that was left open, never overwrites a newer one."""

    code = "draft_is_newer"


@transaction.atomic
def save_unfinished(
    enrolment: Enrolment, *, key: UUID, sequence: int, typed: Mapping[str, Sequence[str]], by: User
) -> UnfinishedDraft:
    """Keep what was typed, under (enrolment, key), if `sequence` is above what is kept. The same one again changes nothing.

    Raises `DraftIsNewer`, and `Refusal` for what is too long, too many, or closed.
    """
    if by.pk != enrolment.person_id or not can_add_evidence(enrolment):
        raise Refusal("This draft cannot be saved.")
    text = json.dumps(typed, sort_keys=True, ensure_ascii=False)
    if len(text) > TYPED_MOST:
        raise Refusal("This is more than a draft can hold. Shorten the reflection.")
    draft = _row(enrolment, key)
    if draft.closed_at:
        raise Refusal(CLOSED)
    if sequence < draft.sequence:
        raise DraftIsNewer("This draft was changed in another window. Open it again from your log.")
    if sequence > draft.sequence:
        draft.sequence, draft.typed, draft.saved_at = sequence, text, timezone.now()
        draft.save(update_fields=["sequence", "typed", "saved_at"])
    return draft


def _row(enrolment: Enrolment, key: UUID) -> UnfinishedDraft:
    """The draft's row, held; made when it is new."""
    draft, created = UnfinishedDraft.objects.select_for_update().get_or_create(
        enrolment=enrolment, key=key, defaults={"saved_at": timezone.now()}
    )
    open_drafts = UnfinishedDraft.objects.filter(enrolment=enrolment, closed_at=None)
    if created and open_drafts.count() > DRAFTS_MOST:
        raise Refusal(TOO_MANY)
    return draft


@transaction.atomic
def close_unfinished(enrolment: Enrolment, key: UUID) -> None:
    """Its form became an entry: the text goes, and a late saving does not bring it back."""
    draft, _ = UnfinishedDraft.objects.select_for_update().get_or_create(
        enrolment=enrolment, key=key, defaults={"saved_at": timezone.now()}
    )
    _close(draft)


@transaction.atomic
def discard_unfinished(draft: UnfinishedDraft, *, by: User) -> UnfinishedDraft:
    """Throw an unfinished draft away."""
    draft = UnfinishedDraft.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=draft.pk)
    if by.pk != draft.enrolment.person_id:
        raise Refusal("Only its writer discards a draft.")
    if draft.closed_at is None:
        _close(draft)
        record("supervision.draft.discarded", by=by, about=draft)
    return draft


def _close(draft: UnfinishedDraft) -> None:
    draft.typed, draft.closed_at = "", draft.closed_at or timezone.now()
    draft.save(update_fields=["typed", "closed_at"])
