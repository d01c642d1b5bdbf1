from lms.jobs.retry import retrying_task
from lms.notices.actions import send_each, send_one


@retrying_task(queue_name="mail")
def send_notice(notice_id: int) -> bool:
    """Idempotent: a notice that was sent is not sent again."""
    return send_one(notice_id)


@retrying_task(queue_name="mail")
def send_notices(notice_ids: list[int]) -> int:
    """Idempotent, like the one above: a repeat after trouble sends only those that wait still."""
    return send_each(notice_ids)
