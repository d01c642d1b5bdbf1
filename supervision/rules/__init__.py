from supervision.rules.codes import client_code
from supervision.rules.visit import RULES, RULES_OF_ADDING, Other, Problem, Surroundings, Visit, problems_of

__all__ = [
    "RULES",
    "RULES_OF_ADDING",
    "Other",
    "Problem",
    "Surroundings",
    "Visit",
    "client_code",
    "problems_of",
]
