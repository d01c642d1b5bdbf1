from supervision.rules.codes import client_code
from supervision.rules.identifiers import Finding, identifiers_in, sentence_about
from supervision.rules.visit import RULES, RULES_OF_ADDING, Other, Problem, Surroundings, Visit, problems_of

__all__ = [
    "RULES",
    "RULES_OF_ADDING",
    "Finding",
    "Other",
    "Problem",
    "Surroundings",
    "Visit",
    "client_code",
    "identifiers_in",
    "problems_of",
    "sentence_about",
]
