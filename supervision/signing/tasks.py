from lms.jobs.retry import retrying_task
from supervision.models import Supervisor
from supervision.signing.actions import call_supervisor
from supervision.signing.mails import mail_code, mail_lapse, mail_link, mail_receipt


@retrying_task(queue_name="mail")
def send_link(link_id: int) -> bool:
    """Idempotent: a link that was mailed is not mailed again."""
    return mail_link(link_id)


@retrying_task(queue_name="mail")
def send_code(link_id: int, number: int) -> bool:
    """Idempotent: each request for a code is answered once."""
    return mail_code(link_id, number)


@retrying_task(queue_name="mail")
def send_receipt(receipt_id: int) -> bool:
    """Idempotent: a receipt that was mailed is not mailed again."""
    return mail_receipt(receipt_id)


@retrying_task(queue_name="mail")
def call(supervisor_id: int) -> bool:
    """Idempotent: while a link is open nothing follows."""
    return call_supervisor(Supervisor.objects.get(pk=supervisor_id))


@retrying_task(queue_name="mail")
def tell_lapse(lapse_id: int) -> bool:
    """Idempotent: who was told is not told again."""
    return mail_lapse(lapse_id)
