"""The mails of signing: the link, the code, the receipt. What they carry is made while they are sent, and is not kept.

Each goes out from a task by a claim that must change exactly one row. When sending fails the claim is given back and the
error raised: the task tries again, with a fresh secret.
"""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from lms.institute.queries import institute
from lms.web.templatetags.ui import minutes
from supervision.models import QualificationLapse, SigningLink, SigningReceipt
from supervision.queries.supervisor import entries_waiting_for
from supervision.signing.enums import CLAIM_EXPIRES, CODE_LIVES, LINK_LIVES, counted
from supervision.signing.queries import open_links, sessions_waiting_for
from supervision.signing.secrets import code_hash, new_code, new_token, token_hash


def mail_link(link_id: int) -> bool:
    """Mail a link that nobody has ended meanwhile; False when another worker has it or it was sent."""
    token = new_token()
    link = open_links().filter(pk=link_id).first()
    if link is None or not _claim(SigningLink.objects.filter(pk=link_id, ended_at=None), token):
        return False
    entries, sessions = entries_waiting_for(link.supervisor).count(), sessions_waiting_for(link.supervisor).count()
    waiting = entries + sessions
    waits = f"{counted(entries, sessions)} {'waits' if waiting == 1 else 'wait'} for you. You can"
    return _send(
        SigningLink.objects.filter(pk=link_id),
        link.address,
        subject="A trainee’s practice waits for you" if waiting else "Your link for signing",
        greeting=link.supervisor.name,
        paragraphs=[
            f"{waits if waiting else 'Nothing waits now; you can'} read and sign without an account, "
            "and add the details of your licence.",
            f"The link works once, within {LINK_LIVES.days} days. It asks for a code, which is mailed to this address. Please do "
            "not forward it. If you supervise nobody here, open it and say so.",
        ],
        path=reverse("sign_open", args=[token]),
        button="Read and sign",
    )


def make_code(link_id: int, number: int) -> str:
    """The code that was asked for last, kept as a hash. Empty for an older request, and for one that has its code."""
    link = open_links().filter(pk=link_id, codes_asked=number, code_hash="").first()
    if link is None:
        return ""
    code = new_code()
    row = _request(link_id, number).filter(code_hash="")
    return code if row.update(code_hash=code_hash(link, code), code_at=timezone.now()) == 1 else ""


def mail_code(link_id: int, number: int) -> bool:
    """Mail the code that was asked for last; an older request is passed over."""
    code = make_code(link_id, number)
    if not code:
        return False
    try:
        _mail_code(SigningLink.objects.select_related("supervisor").get(pk=link_id), code)
    except Exception:
        _request(link_id, number).update(code_hash="", code_at=None)
        raise
    return True


def _request(link_id: int, number: int) -> QuerySet[SigningLink]:
    return SigningLink.objects.filter(pk=link_id, codes_asked=number)


def _mail_code(link: SigningLink, code: str) -> None:
    _mail(
        link.address,
        subject="Your code",
        greeting=link.supervisor.name,
        paragraphs=[
            f"Your code is {code}. It holds for {CODE_LIVES.seconds // 60} minutes.",
            "If you have not asked for it, somebody else has opened your link: do not pass the code on.",
        ],
    ).send()


def mail_receipt(receipt_id: int) -> bool:
    """Mail what was signed, with the way to say that it was somebody else."""
    token = new_token()
    receipt = SigningReceipt.objects.select_related("link__supervisor").get(pk=receipt_id)
    if not _claim(SigningReceipt.objects.filter(pk=receipt_id), token):
        return False
    return _send(
        SigningReceipt.objects.filter(pk=receipt_id),
        receipt.link.address,
        subject="Receipt: what you signed",
        greeting=receipt.link.supervisor.name,
        paragraphs=[
            f"You approved and signed {receipt.what}, {minutes(receipt.minutes)} together. Thank you.",
            "If this was not you, say so by the link. The program director is told at once, and nothing more can be signed.",
        ],
        path=reverse("sign_receipt", args=[token]),
        button="This was not me",
    )


def mail_lapse(lapse_id: int) -> bool:
    """Tell somebody without an account that a paper of hers was recorded as not valid; False when she was told."""
    lapse = QualificationLapse.objects.select_related("supervisor").get(pk=lapse_id)
    row = QualificationLapse.objects.filter(pk=lapse_id)
    if row.filter(told_at=None).update(told_at=timezone.now()) != 1:
        return False
    try:
        _mail(
            lapse.supervisor.email,
            subject="A paper of yours is recorded as not valid",
            greeting=lapse.supervisor.name,
            paragraphs=[lapse.words_for_supervisor],
        ).send()
    except Exception:
        row.update(told_at=None)
        raise
    return True


def _claim(rows, token: str) -> bool:
    now = timezone.now()
    free = rows.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_EXPIRES), mailed_at=None)
    return free.update(claimed_at=now, token_hash=token_hash(token)) == 1


def _send(row, to: str, **words) -> bool:
    try:
        _mail(to, **words).send()
    except Exception:
        row.update(claimed_at=None, token_hash="")
        raise
    row.update(mailed_at=timezone.now())
    return True


def _mail(
    to: str, *, subject: str, greeting: str, paragraphs: list[str], path: str = "", button: str = ""
) -> EmailMultiAlternatives:
    context = {
        "subject": subject,
        "greeting": greeting,
        "paragraphs": paragraphs,
        "institute": institute(),
        "url": settings.PUBLIC_URL + path if path else "",
        "button": button,
    }
    mail = EmailMultiAlternatives(subject=subject, body=render_to_string("emails/signing.txt", context), to=[to])
    mail.attach_alternative(render_to_string("emails/signing.html", context), "text/html")
    return mail
