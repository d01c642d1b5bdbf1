"""Two questions of an operator: does the process live, and is it ready for people?"""

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from lms.jobs.actions import oldest_ready_task_age

CHECKS: dict[str, object] = {}


def register_readiness(name: str, check) -> None:
    """`check()` returns an empty string when all is well, else what is wrong."""
    CHECKS[name] = check


@require_safe
def healthz(request):
    """The process answers. Asks nothing of anything else, so that a sick database does not restart healthy workers."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def readyz(request):
    """Database, migrations, cache and the age of the oldest waiting task; 503 with the names of what is wrong."""
    results = {name: _run(check) for name, check in CHECKS.items()}
    wrong = {name: result for name, result in results.items() if result}
    return JsonResponse(
        {"ready": not wrong, "checks": {name: result or "ok" for name, result in results.items()}},
        status=503 if wrong else 200,
    )


def _run(check) -> str:
    try:
        return check()
    except Exception as error:  # whatever breaks here is the answer; its text may hold addresses, its kind does not
        return type(error).__name__


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return ""


_known: set[str] = set()


def migrations() -> str:
    """Read from disk only until they are found complete: the code of a process does not change while it runs."""
    if "migrated" not in _known:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations are missing"
        _known.add("migrated")
    return ""


def shared_cache() -> str:
    cache.set("readyz", "1", 10)
    return "" if cache.get("readyz") == "1" else "the cache forgets"


def task_queue() -> str:
    waiting = oldest_ready_task_age().total_seconds()
    return f"the oldest task has waited {int(waiting)} s" if waiting > settings.READY_TASK_MAX_AGE_SECONDS else ""


register_readiness("database", database)
register_readiness("migrations", migrations)
register_readiness("cache", shared_cache)
register_readiness("tasks", task_queue)
