from supervision.rules.codes import client_code
from supervision.rules.visit import (
    RULES,
    RULES_OF_ADDING,
    Flag,
    Other,
    Problem,
    Surroundings,
    Visit,
    flags_of,
    minutes_between,
    problems_of,
    weeks_of,
)

__all__ = [
    "RULES",
    "RULES_OF_ADDING",
    "Flag",
    "Other",
    "Problem",
    "Surroundings",
    "Visit",
    "client_code",
    "flags_of",
    "minutes_between",
    "problems_of",
    "weeks_of",
]
