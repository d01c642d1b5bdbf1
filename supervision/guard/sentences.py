"""What the guard says to a person."""

from collections.abc import Iterable

from supervision.guard.engine import Finding

NAMED = 5


def sentence_about(findings: Iterable[Finding]) -> str:
    """The sentence that stops the form, naming the words; empty when there is nothing to say."""
    findings = list(findings)
    if not findings:
        return ""
    named = "; ".join(f"“{finding.words}” looks like {finding.what}" for finding in findings[:NAMED])
    return f"{named}. Leave out whatever could point to a client, and save again."
