"""Who decides about an entry: an account, or a link of somebody without one whose address was proved in this hour."""

from django.db.models import prefetch_related_objects
from django.utils import timezone

from courses.standards.enums import Qualification
from lms.accounts.models import User
from lms.errors import Refusal
from lms.web.templatetags.ui import day
from supervision.models import PracticeLog, SigningLink

NOT_VERIFIED = (
    "The institute has not verified your address and licence yet, and nothing counts that is signed before. "
    "You get a mail with a new link as soon as it is done."
)
LINK_IS_OVER = "This link is over. Entries that wait come to you with a new one."


def account_of(signer: User | SigningLink) -> User | None:
    return None if isinstance(signer, SigningLink) else signer


def name_of(signer: User | SigningLink) -> str:
    if isinstance(signer, SigningLink):
        return signer.supervisor.name
    return signer.legal_name or str(signer)


def hold_link(link: SigningLink) -> SigningLink:
    """The used link, held: whatever ends it waits, or has ended it. Raises `Refusal` once it shows nothing more.

    Held after the entries, never before: what changes a supervisor holds her row and then her links, and no entry.
    """
    SigningLink.objects.select_for_update().get(pk=link.pk)
    link = SigningLink.objects.select_related("supervisor").get(pk=link.pk)
    supervisor = link.supervisor
    is_running = link.session_until and link.session_until > timezone.now() and link.ended_at is None
    if not is_running or supervisor.person_id or supervisor.email != link.address:
        raise Refusal(LINK_IS_OVER)
    return link


def require_verified_link(link: SigningLink) -> SigningLink:
    """No approval counts until staff have verified address and licence: so none is signed before."""
    link = hold_link(link)
    if not link.supervisor.is_verified:
        raise Refusal(NOT_VERIFIED)
    return link


def waits_for(log: PracticeLog, signer: User | SigningLink) -> bool:
    """Whether this entry is hers to decide: of her placement or given to her after a dispute; by a link not when a
    dispute or a handover gave it to another one, nor when she said “not my trainee”."""
    if isinstance(signer, SigningLink):
        placement = log.placement
        return (
            log.reviewer_id is None
            and placement.declined_at is None
            and placement.covered_by_id is None
            and placement.supervisor_id == signer.supervisor_id
        )
    return log.reviewing_id == signer.pk


def papers_in_words(signer: User | SigningLink) -> str:
    """The verified papers of somebody without an account as they are now, for the signature."""
    if not isinstance(signer, SigningLink):
        return ""
    prefetch_related_objects([signer.supervisor], "qualifications", "lapses")  # once, however many she signs
    today = timezone.localdate()
    lapsed = {lapse.kind for lapse in signer.supervisor.lapses.all() if lapse.covers(today)}
    papers = [
        one
        for one in signer.supervisor.qualifications.all()
        if one.verified_at and one.expires_on >= today and one.kind not in lapsed
    ]
    words = [f"{Qualification(one.kind).label}, {one.authority}, valid until {day(one.expires_on)}" for one in papers]
    return "; ".join(words)[:500]
