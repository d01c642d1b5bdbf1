from courses.payments import gateway
from courses.payments.actions.desk import send_refund_to_stripe
from lms.jobs.retry import retrying_task


@retrying_task()
def send_refund(order_id: int) -> str:
    """Idempotent: Stripe gives the first refund back for the same key."""
    return send_refund_to_stripe(order_id)


@retrying_task()
def close_checkout(session_id: str) -> None:
    """Idempotent: a checkout that is closed or paid stays as it is."""
    gateway.expire_session(session_id)
