from supervision.rules.codes import client_code
from supervision.rules.identifiers import Finding, identifiers_in, sentence_about
from supervision.rules.visit import Other, Problem, Surroundings, Visit, problems_of

__all__ = [
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
