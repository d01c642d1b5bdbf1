from courses.curriculum.actions.building import run_build
from lms.jobs.retry import retrying_task


@retrying_task()
def build_edition(build_id: int) -> str:
    """Idempotent: what was built is not built again."""
    return run_build(build_id).value
