"""Tasks for the tests of the queue; a task must be importable by its path."""

from lms.jobs.retry import retrying_task

calls: list[tuple] = []
behaviour = {"fails": 0}


@retrying_task()
def work(number: int, *, word: str = "") -> int:
    """Fails as often as `behaviour` says, then gives the number back."""
    calls.append((number, word))
    if behaviour["fails"] >= len(calls):
        raise OSError("secret@example.org refused")
    return number
