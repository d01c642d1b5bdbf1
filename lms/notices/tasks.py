from lms.jobs.retry import retrying_task
from lms.notices.actions import send_one


@retrying_task(queue_name="mail")
def send_notice(notice_id: int) -> bool:
    """Idempotent: a notice that was sent is not sent again."""
    return send_one(notice_id)
