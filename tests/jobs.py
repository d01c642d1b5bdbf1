"""Running the queue's waiting tasks in a test, as the worker does, on both databases.

`db_worker` itself closes its connections between tasks, which on PostgreSQL ends the test's transaction.
"""

from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult


def drain(most: int = 100) -> list[DBTaskResult]:
    """Run what may run now, and what that enqueues for now. Returns the finished rows, failed ones included."""
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="queue",
        startup_delay=False,
        max_tasks=None,
        worker_id="test",
        excluded_queue_names=[],
    )
    done = []
    while (row := DBTaskResult.objects.ready().filter(backend_name="queue").first()) and len(done) < most:
        row.claim(worker.worker_id)
        worker.run_task(row)
        done.append(row)
    return done
