"""Asking the child process."""

import subprocess
import sys
import threading
from enum import StrEnum
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
SECONDS = 20
# So many at once in one process; others wait a moment, and memory stays bounded.
_turn = threading.BoundedSemaphore(2)


class Why(StrEnum):
    """Why a file gave no answer."""

    BROKEN = "broken"
    LOCKED = "locked"
    TOO_MANY = "too many"
    TOO_LARGE = "too large"


class NoAnswer(Exception):
    def __init__(self, why: Why):
        super().__init__(why)
        self.why = why


def ask(task: str, content: bytes, *numbers: int) -> bytes:
    """What a task of `child.TASKS` makes of the file. Raises `NoAnswer`; also when the child died or took too long."""
    with _turn:
        try:
            child = subprocess.run(  # noqa: S603 - our own program, the file goes in as bytes
                [sys.executable, "-I", str(CHILD), task, *map(str, numbers)],
                input=content,
                capture_output=True,
                timeout=SECONDS,
                env={},
                check=True,
            )
        except (subprocess.SubprocessError, OSError):
            raise NoAnswer(Why.BROKEN) from None
    said, rest = child.stdout[:2], child.stdout[2:]
    if said == b"ok":
        return rest
    words = {why.value.encode(): why for why in Why}
    raise NoAnswer(words.get(rest, Why.BROKEN) if said == b"no" else Why.BROKEN)
