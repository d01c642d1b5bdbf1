"""Conferring, exactly once."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from certificates.actions.issuing import issue_credential
from certificates.models import Credential
from certificates.queries.conferral import blockers, live_credential_of, standing_under_lock
from certificates.rules import may_confer
from courses.enrolment.actions import move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal
from lms.notices.actions import notify


@transaction.atomic
def confer(enrolment: Enrolment, *, by: User) -> Credential:
    """Confer the credential of this enrolment and return it; a second call returns the first one.

    Under the enrolment's lock: 1. an earlier live credential is given back; 2. every gate is checked again (standing,
    holds, barriers, the holder's consent to her name); 3. snapshot, signatures and row are written; 4. the enrolment
    is completed. Raises `PermissionDenied` for who directs another program and `Refusal` with the first open gate.
    """
    enrolment = _locked(enrolment)
    if not may_confer(by, enrolment):
        raise PermissionDenied
    earlier = live_credential_of(enrolment)
    if earlier:
        return earlier
    standing = standing_under_lock(enrolment)
    for blocker in blockers(enrolment, standing, by=by):
        raise Refusal(blocker.sentence, next_step=blocker.next_step)
    credential = issue_credential(enrolment, standing, by=by)
    if enrolment.state == EnrolmentState.ACTIVE:
        move_enrolment(enrolment, EnrolmentState.COMPLETED, by=by, reason="Credential conferred")
    record(
        "certificates.credential.conferred", by=by, about=credential, enrolment=enrolment.pk, person=enrolment.person_id
    )
    _tell_holder(credential)
    return credential


def _locked(enrolment: Enrolment) -> Enrolment:
    return (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("person", "program", "edition", "standard_version__standard")
        .get(pk=enrolment.pk)
    )


def _tell_holder(credential: Credential) -> None:
    notify(
        credential.person,
        key=f"credential-{credential.pk}-conferred",
        subject="Your certificate is ready",
        text=(
            f"Congratulations: “{credential.achievement.name}” has been conferred on you. You can download it in two "
            "signed formats, and anyone you give the verification code to can check it."
        ),
        path=reverse("certificate_list"),
        button="Open my certificates",
    )
