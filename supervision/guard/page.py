"""The rules as the page gets them: one source for both sides."""

import hashlib
import json
from functools import cache

from supervision.guard.engine import Kind
from supervision.guard.folding import LONGEST, LOOK_ALIKES, MARKS
from supervision.guard.kinds import MAY_BE_DECLARED
from supervision.guard.lists import LISTS
from supervision.guard.rules import RULES, STARTS


@cache
def rules_as_json() -> str:
    """What `guard.js` needs to find the same as the server; about 70 kB, 25 kB as it travels."""
    return json.dumps(
        {
            "letters": LOOK_ALIKES,
            "longest": LONGEST,
            "marks": MARKS,
            "lists": {name: sorted(words) for name, words in LISTS.items()},
            "starts": STARTS,
            "kinds": {kind.value: {"label": kind.label, "declarable": kind in MAY_BE_DECLARED} for kind in Kind},
            "rules": [vars(rule) for rule in RULES],
        },
        separators=(",", ":"),
    )


@cache
def version() -> str:
    return hashlib.sha256(rules_as_json().encode()).hexdigest()[:16]
