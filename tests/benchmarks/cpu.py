"""Processor time of processes, read from /proc in nanoseconds (Linux only)."""

from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def spent(pids: Iterable[int]) -> dict[int, int]:
    """User and system time of each process so far, all its threads together. A process that has gone is left out."""
    return {pid: time for pid in pids if (time := _of_process(pid)) is not None}


def between(before: dict[int, int], after: dict[int, int]) -> int:
    """What was spent from one reading to the next; a process that came in between counts from its beginning."""
    return sum(time - before.get(pid, 0) for pid, time in after.items())


def _of_process(pid: int) -> int | None:
    try:
        return sum(int(file.read_text().split()[0]) for file in (PROC / str(pid) / "task").glob("*/schedstat"))
    except (FileNotFoundError, ProcessLookupError):
        return None


def children_of(pid: int) -> list[int]:
    """The processes that this one has started itself."""
    text = (PROC / str(pid) / "task" / str(pid) / "children").read_text()
    return [int(word) for word in text.split()]


def resident(pid: int) -> float:
    """Memory that a process holds now, in MB."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
