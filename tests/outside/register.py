"""The checks by name, and what running them means."""

import time
import traceback
from collections.abc import Callable, Iterable

Check = Callable[[object], None]
CHECKS: dict[str, Check] = {}


def check(sentence: str) -> Callable[[Check], Check]:
    """Register a function that asserts what the sentence says."""

    def add(function: Check) -> Check:
        assert sentence not in CHECKS, f"“{sentence}” is there twice."
        CHECKS[sentence] = function
        return function

    return add


def named(words: Iterable[str]) -> dict[str, Check]:
    """The checks whose sentence holds one of the words; all of them for none."""
    words = [word.lower() for word in words]
    return {name: run for name, run in CHECKS.items() if not words or any(word in name.lower() for word in words)}


def failures(checks: dict[str, Check], site, say: Callable[[str], None]) -> list[str]:
    """Run each, one after another, whatever the others did. Returns the sentences that do not hold."""
    failed = []
    for name, run in checks.items():
        begun = time.monotonic()
        try:
            run(site)
        except Exception as error:  # a check that cannot be made has failed as well
            failed.append(name)
            last = traceback.extract_tb(error.__traceback__)[-1]
            say(f"FAILED  {name}\n        {type(error).__name__}: {error} ({last.name}, line {last.lineno})"[:1500])
        else:
            say(f"ok      {name} ({time.monotonic() - begun:.1f} s)")
    return failed
