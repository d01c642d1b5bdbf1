"""The guard against patient data in free text."""

from supervision.guard.engine import Finding, hard_stops_in, identifiers_in
from supervision.guard.kinds import HARD_STOPS, MAY_BE_DECLARED, Kind
from supervision.guard.sentences import sentence_about

__all__ = ["HARD_STOPS", "MAY_BE_DECLARED", "Finding", "Kind", "hard_stops_in", "identifiers_in", "sentence_about"]
