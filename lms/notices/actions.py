"""Writing notices to the outbox, and sending them."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone

from lms.accounts.models import User
from lms.institute.queries import institute
from lms.notices.models import Notice, NoticeState

logger = logging.getLogger(__name__)

SENT_TOGETHER = 100
CLAIM_EXPIRES = timedelta(minutes=15)


class NoticesNotSent(Exception):
    """Some notices are still waiting after a round."""


@transaction.atomic
def notify(person: User, *, key: str, subject: str, text: str, path: str = "", button: str = "") -> Notice:
    """Put a notice in the outbox, inside the act's transaction. The same `key` gives the first notice back.

    `subject` is neutral (a lock screen shows it); `text` is plain sentences; `path` with `button` is the one link.
    """
    from lms.notices.tasks import send_notice  # late: tasks import these actions

    notice, created = Notice.objects.get_or_create(
        key=key, defaults={"person": person, "subject": subject, "text": text, "path": path, "button": button}
    )
    if created:
        send_notice.enqueue(notice.pk)  # a plain INSERT: it commits or rolls back with the act
    return notice


@transaction.atomic
def notify_many(notices: Sequence[Notice]) -> int:
    """Put the same news for many people in the outbox, with few statements. Whose key is known keeps its first notice.

    Returns how many are new.
    """
    from lms.notices.tasks import send_notices  # late: tasks import these actions

    known = set(Notice.objects.filter(key__in=[notice.key for notice in notices]).values_list("key", flat=True))
    new = [notice for notice in notices if notice.key not in known]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    ids = list(
        Notice.objects.filter(key__in=[notice.key for notice in new]).order_by("pk").values_list("pk", flat=True)
    )
    for at in range(0, len(ids), SENT_TOGETHER):
        send_notices.enqueue(ids[at : at + SENT_TOGETHER])
    return len(ids)


def send_one(notice_id: int) -> bool:
    """Send one waiting notice; False when another worker has it or it was sent. Mail trouble raises, to be retried."""
    if not _claim(notice_id):
        return False
    notice = Notice.objects.select_related("person").get(pk=notice_id)
    try:
        _mail(notice).send()
    except Exception:
        Notice.objects.filter(pk=notice_id).update(state=NoticeState.WAITING)
        raise
    Notice.objects.filter(pk=notice_id).update(state=NoticeState.SENT, sent_at=timezone.now())
    return True


def _claim(notice_id: int) -> bool:
    """Take the row by a conditional update that must change exactly one; a claim of a killed worker runs out."""
    now = timezone.now()
    free = Q(state=NoticeState.WAITING) | Q(state=NoticeState.SENDING, claimed_at__lt=now - CLAIM_EXPIRES)
    claimed = Notice.objects.filter(free, pk=notice_id)
    return claimed.update(state=NoticeState.SENDING, claimed_at=now, attempts=F("attempts") + 1) == 1


def send_waiting_notices() -> int:
    """Nightly: whatever the queue lost. Returns how many were sent.

    One that cannot be sent does not keep the others; raises `NoticesNotSent` at the end, so that the operator hears.
    """
    return send_each(list(Notice.objects.exclude(state=NoticeState.SENT).values_list("pk", flat=True)))


def send_each(ids: Sequence[int]) -> int:
    """Send those of these that wait still; one that cannot be sent does not keep the others. Raises `NoticesNotSent`."""
    sent = 0
    failed = []
    for pk in ids:
        try:
            sent += send_one(pk)
        except Exception as error:  # whatever the mail server says; the notice waits for the next round
            failed.append(pk)
            logger.warning("notice not sent", extra={"notice": pk, "error": type(error).__name__})
    if failed:
        raise NoticesNotSent(f"{len(failed)} notices could not be sent ({sent} were): ids {failed[:20]}")
    return sent


def _mail(notice: Notice) -> EmailMultiAlternatives:
    context = {
        "notice": notice,
        "institute": institute(),
        "url": settings.PUBLIC_URL + notice.path if notice.path else "",
    }
    mail = EmailMultiAlternatives(
        subject=notice.subject,
        body=render_to_string("emails/notice.txt", context),
        to=[notice.person.email],
        # The same notice has the same id: where a crash sends it twice, mailboxes can tell that it is one mail.
        headers={"Message-ID": f"<notice-{notice.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"},
    )
    mail.attach_alternative(render_to_string("emails/notice.html", context), "text/html")
    return mail
