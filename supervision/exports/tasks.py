from lms.jobs.retry import retrying_task
from supervision.exports.actions import finish_export


@retrying_task(queue_name="papers")
def make_export(record_id: int) -> int:
    """Idempotent: what was made is not made again."""
    return finish_export(record_id).pk
