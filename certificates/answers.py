"""What the page says of an uploaded file: a word, what it means, and what to do next. Each answer has a next step."""

from dataclasses import dataclass

from certificates.extraction.found import Kind, NothingFound, Reason
from certificates.queries.files import FileVerdict, Origin

ASK_BY_CODE = "Ask the holder for the verification code and type it below: that answer comes from our own register."
WRITE_TO_US = "If somebody relies on it, please tell us: the address stands at the foot of this page."
LOST = {
    Kind.PDF: "A PDF that was printed anew, scanned or saved by another program loses the credential it carried.",
    Kind.PNG: "A picture that was sent by a messenger, cropped or saved again loses the credential it carried.",
    Kind.SVG: "A picture that was saved by another program loses the credential it carried.",
}


@dataclass(frozen=True)
class Answer:
    word: str
    kind: str
    sentence: str
    next_steps: tuple[str, ...] = (ASK_BY_CODE,)


UNREADABLE = {
    Reason.EMPTY: "The file is empty.",
    Reason.TOO_LARGE: "It is far larger than a certificate of ours.",
    Reason.OTHER_KIND: "By its content it is no PDF, PNG, SVG, JSON document or token.",
    Reason.BROKEN: "The file is damaged or cut off.",
    Reason.LOCKED: "The PDF is protected by a password.",
    Reason.TOO_MANY: "It holds more than a certificate of ours ever does.",
}
SEND_AGAIN = "Try the file as you first received it, or ask for it again: a program on the way may have damaged it."


def answer_for_nothing(nothing: NothingFound) -> Answer:
    if nothing.reason == Reason.NOTHING_INSIDE:
        lost = LOST.get(nothing.kind, "It is readable, but no credential.")
        sentence = f"This file carries no signed credential, so it proves nothing either way. {lost}"
        return Answer("No credential inside", "neutral", sentence, (ASK_BY_CODE, SEND_AGAIN))
    return Answer("Cannot be read", "neutral", UNREADABLE[nothing.reason], (SEND_AGAIN, ASK_BY_CODE))


def answer_for(verdict: FileVerdict) -> Answer:
    """For every verdict but a genuine file, whose word comes from the register. Nothing here says a holder's name."""
    if verdict.origin == Origin.ALTERED:
        return Answer(
            "Altered",
            "critical",
            "This file says that it comes from us, but its content does not fit our signature. Do not rely on it. "
            "What stood in it first is shown only to who has the unchanged file or the code.",
            (ASK_BY_CODE, SEND_AGAIN, WRITE_TO_US),
        )
    if verdict.origin == Origin.UNREADABLE:
        return answer_for_nothing(NothingFound(Reason.BROKEN, verdict.found.kind))
    return _unknown(verdict)


def _unknown(verdict: FileVerdict) -> Answer:
    if verdict.is_signed_by_us:
        sentence = (
            "It carries a signature of ours, but our register holds no certificate under its number. Do not rely on it."
        )
        return Answer("Unknown", "critical", sentence, (ASK_BY_CODE, WRITE_TO_US))
    if verdict.names_us:
        sentence = "It names us as its issuer, but no key of ours signed it. Do not rely on it."
        return Answer("Unknown", "critical", sentence, (ASK_BY_CODE, WRITE_TO_US))
    named = f"It names as its issuer: {verdict.issuer}." if verdict.issuer else "It names no issuer."
    return Answer(
        "Unknown",
        "neutral",
        f"Somebody else signed this credential, or nobody did, so we cannot say whether it is good. {named}",
        ("Ask that issuer, or check it with any Open Badges 3.0 verifier.", ASK_BY_CODE),
    )
