"""Suspending for a time, by one director; lifting it again. For good is `revocation`, which takes two."""

from django.db import transaction

from certificates.actions.moving import locked, move, refuse_the_partial, refuse_unless_legal
from certificates.enums import SUSPENDING_REASONS, CredentialState
from certificates.models import Credential
from lms.accounts.models import User
from lms.enums import ReasonClass
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify


@transaction.atomic
def suspend(credential: Credential, *, by: User, reason_class: ReasonClass, why: str) -> Credential:
    """The page says "Suspended" and the bit in the status list is set, in this transaction; the holder is told.

    Raises `Refusal` for a reason that is none of a suspension, or unless the credential is valid.
    """
    credential = locked(credential)
    refuse_the_partial(credential, by)
    refuse_unless_legal(credential, CredentialState.SUSPENDED, passive="suspended")
    if ReasonClass(reason_class) not in SUSPENDING_REASONS:
        raise Refusal(
            "A suspension is interim, administrative or asked for by the holder. Anything final is a revocation."
        )
    move(
        credential,
        CredentialState.SUSPENDED,
        by=by,
        action="certificates.credential.suspended",
        reason_class=reason_class,
        why=why,
    )
    sentence = ReasonClass(reason_class).public_sentence
    _tell_holder(
        credential,
        f"Your certificate “{credential.achievement.name}” is suspended for now. {sentence} Anyone who checks it reads "
        "“Suspended”. If you think this is a mistake, answer this message or write to the institute.",
    )
    return credential


@transaction.atomic
def lift_suspension(credential: Credential, *, by: User, why: str) -> Credential:
    """The credential is valid again, everywhere; the public no longer reads that it ever was suspended."""
    credential = locked(credential)
    refuse_the_partial(credential, by)
    if credential.state != CredentialState.SUSPENDED:
        raise IllegalMove("This certificate is not suspended.")
    suspension = credential.moves.filter(new=CredentialState.SUSPENDED).order_by("-id").first()
    move(
        credential,
        CredentialState.VALID,
        by=by,
        action="certificates.credential.reinstated",
        reason_class=suspension.reason_class,
        why=why,
    )
    _tell_holder(
        credential,
        f"The suspension of your certificate “{credential.achievement.name}” has been lifted. Anyone who checks it reads "
        "“Valid” again.",
    )
    return credential


def _tell_holder(credential: Credential, text: str) -> None:
    move_id = credential.moves.order_by("-id").values_list("pk", flat=True).first()
    notify(
        credential.person,
        key=f"credential-move-{move_id}",
        subject="A change to your certificate",
        text=text,
        path=credential.get_absolute_url(),
        button="See what the public sees",
    )
