"""What the guard says to a person."""

from collections.abc import Iterable

from supervision.guard.engine import Finding, hard_stops_in

NAMED = 5


def sentence_about(findings: Iterable[Finding]) -> str:
    """The sentence that stops the form, naming the words; empty when there is nothing to say."""
    findings = list(findings)
    if not findings:
        return ""
    named = "; ".join(f"“{finding.words}” looks like {finding.what}" for finding in findings[:NAMED])
    return f"{named}. Leave out whatever could point to a client, and save again."


def hard_stop_sentence(text: str) -> str:
    """What a text is told that may hold names and no hard stop; empty when there is nothing to say."""
    return sentence_about(hard_stops_in(text))
