"""An adverse event: told at once, acknowledged within a day, else told to every director. No details are kept."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from courses.curriculum.models import Program
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.models import AdverseAlert, AdverseResponder, PracticeLog
from supervision.queries.adverse import alerts_for, directors_to_tell, responder_for

ACKNOWLEDGED_WITHIN = timedelta(hours=24)


@transaction.atomic
def raise_alert(log: PracticeLog, *, by: User) -> AdverseAlert | None:
    """Alert the responder, inside the act that wrote the entry. One alert for each entry, however often it is changed."""
    if not log.adverse_event:
        return None
    responder = responder_for(log.enrolment)
    alert, created = AdverseAlert.objects.get_or_create(
        log=log, defaults={"responder": responder, "due_at": timezone.now() + ACKNOWLEDGED_WITHIN}
    )
    if created:
        record("supervision.adverse.alerted", by=by, about=alert, log=log.pk, responder=responder and responder.pk)
        for person in [responder] if responder else directors_to_tell(log.enrolment):
            _tell(person, alert, "raised")
    return alert


@transaction.atomic
def acknowledge_alert(alert: AdverseAlert, *, by: User) -> AdverseAlert:
    """Say that it was read and is seen to. The responder does, or a director; the trainee sees who and when."""
    alert = AdverseAlert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if not alerts_for(by).filter(pk=alert.pk).exists():
        raise Refusal("This alert is for its responder and the program directors.")
    if alert.acknowledged_at:
        raise IllegalMove("This alert was acknowledged already.")
    alert.acknowledged_by, alert.acknowledged_at = by, timezone.now()
    alert.save(update_fields=["acknowledged_by", "acknowledged_at"])
    record("supervision.adverse.acknowledged", by=by, about=alert, log=alert.log_id)
    trainee = alert.log.enrolment.person
    notify(
        trainee,
        key=f"adverse-{alert.pk}-acknowledged",
        subject="An entry of your practice log was read",
        text="Somebody of the program has acknowledged what you reported, and will see to it.",
        path=f"/practice/{alert.log_id}/",
        button="Open the entry",
    )
    return alert


def escalate_alerts() -> int:
    """Every ten minutes: what nobody acknowledged in time goes to all directors. Returns how many."""
    late = AdverseAlert.objects.filter(acknowledged_at=None, escalated_at=None, due_at__lte=timezone.now())
    return sum(escalate_alert(pk) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def escalate_alert(pk: int) -> bool:
    alert = AdverseAlert.objects.select_for_update(of=("self",)).select_related("log__enrolment__person").get(pk=pk)
    if alert.acknowledged_at or alert.escalated_at or alert.due_at > timezone.now():
        return False
    alert.escalated_at = timezone.now()
    alert.save(update_fields=["escalated_at"])
    record("supervision.adverse.escalated", by=None, about=alert, log=alert.log_id)
    for director in directors_to_tell(alert.log.enrolment):
        _tell(director, alert, "escalated")
    return True


@transaction.atomic
def set_responder(program: Program, *, person: User, by: User) -> AdverseResponder:
    """Name who is alerted first in a program."""
    if not has_role(by, Role.DIRECTOR, program=program.pk):
        raise Refusal("Only a director of the program sets who responds.")
    if not person.is_active:
        raise Refusal("This person has no open account. Choose somebody else.")
    old = AdverseResponder.objects.select_for_update().filter(program=program).first()
    responder, _ = AdverseResponder.objects.update_or_create(program=program, defaults={"person": person, "set_by": by})
    record("supervision.responder.set", by=by, about=responder, old=old and old.person_id, new=person.pk)
    return responder


def _tell(person: User, alert: AdverseAlert, why: str) -> None:
    """In neutral words: a lock screen shows them, and what happened is told by voice."""
    notify(
        person,
        key=f"adverse-{alert.pk}-{why}-{person.pk}",
        subject="An entry waits for your acknowledgement",
        text="A trainee asks for your attention. Please open the entry, call her, and acknowledge it within 24 hours.",
        path="/desk/adverse/",
        button="Open it",
    )
