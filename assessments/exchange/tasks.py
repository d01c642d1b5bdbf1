from assessments.exchange.working import run_import, run_reading
from lms.jobs.retry import retrying_task


@retrying_task()
def read_waiting_file(import_id: int) -> str:
    """Idempotent: what was read is not read again."""
    return run_reading(import_id).value


@retrying_task()
def import_what_was_asked(import_id: int) -> str:
    """Idempotent: what was imported is not imported again."""
    return run_import(import_id).value
