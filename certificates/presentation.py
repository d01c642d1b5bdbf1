"""What the verification page says: the word, its kind and sentence, the facts. Only what the snapshot holds is a fact."""

from dataclasses import dataclass
from datetime import date, datetime

from certificates.enums import CredentialState
from certificates.models import Credential, CredentialMove
from certificates.queries.credentials import Examination, headline
from certificates.signing.check import Outcome, Verdict
from lms.enums import ReasonClass
from lms.web.templatetags.ui import day, minutes, moment

WORDS = {
    "valid": ("Valid", "met"),
    "expired": ("Expired", "waiting"),
    "suspended": ("Suspended", "waiting"),
    "superseded": ("Superseded", "waiting"),
    "revoked": ("Revoked", "critical"),
    "unconfirmed": ("Cannot be confirmed", "critical"),
    "not_yet_valid": ("Not yet valid", "waiting"),
}
SENTENCES = {
    "valid": "This certificate is genuine and stands today.",
    "expired": "This certificate is genuine; its term has ended.",
    "suspended": "This certificate is genuine and suspended for now.",
    "superseded": "This certificate was replaced by a newer one. Ask the holder for the new code.",
    "revoked": "This certificate was issued here and has been revoked. It no longer stands.",
    "unconfirmed": "The record exists, but its signatures or status could not be verified just now. Do not rely on it; "
    "please write to us.",
    "not_yet_valid": "This certificate is genuine; its term has not begun.",
}


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class Check:
    """One thing that was verified just now, and its outcome in words."""

    title: str
    word: str
    kind: str
    detail: str


@dataclass(frozen=True)
class Page:
    word: str
    kind: str
    sentence: str
    line: str
    holder: str
    title: str
    facts: list[Fact]
    hours: list[Fact]
    checks: list[Check]
    is_demonstration: bool
    shows_bytes: bool


def present(credential: Credential, examination: Examination) -> Page:
    state = headline(credential, examination)
    word, kind = WORDS[state]
    move = _last_move(credential)
    is_stored = state == credential.state
    is_hidden = credential.state == CredentialState.SUPERSEDED  # its bytes and snapshot may hold a former name
    return Page(
        word=word,
        kind=kind,
        sentence=f"{SENTENCES[state]} {_reason(move)}".strip() if is_stored else SENTENCES[state],
        line=_line(move.at if move and is_stored else None, examination.at),
        holder="" if is_hidden else credential.snapshot["holder_name"],
        title="" if is_hidden else credential.snapshot["title"],
        facts=[] if is_hidden else _facts(credential),
        hours=[] if is_hidden else _hours(credential.snapshot),
        checks=_checks(credential, examination),
        is_demonstration=credential.is_demonstration,
        shows_bytes=not is_hidden,
    )


def _last_move(credential: Credential) -> CredentialMove | None:
    """The move that led to the present state, unless that was the award itself."""
    return credential.moves.exclude(old="").order_by("-id").first()


def _line(since: datetime | None, checked_at: datetime) -> str:
    """The dates under the word, in the reader's zone, which the foot of the page names."""
    checked = f"checked {moment(checked_at)}"
    return f"since {day(since)} · {checked}" if since else checked


def _reason(move: CredentialMove | None) -> str:
    return ReasonClass(move.reason_class).public_sentence if move and move.reason_class else ""


def _facts(credential: Credential) -> list[Fact]:
    snapshot = credential.snapshot
    facts = [
        Fact("Issued by", snapshot["issuer"]["name"]),
        Fact("Program", snapshot["program"]),
        Fact("Standard", f"{snapshot['standard']['title']}, version {snapshot['standard']['number']}"),
        Fact("Discipline at the award", snapshot["discipline"]),
        Fact("Awarded on", day(date.fromisoformat(snapshot["conferred_on"]))),
        Fact(
            "Valid until",
            day(credential.valid_until) if credential.valid_until else "No end: completion is a lasting fact",
        ),
    ]
    return [fact for fact in facts if fact.value]


def _hours(snapshot: dict) -> list[Fact]:
    return [Fact(line["name"], _amount(line)) for line in snapshot["hours"]]


def _amount(line: dict) -> str:
    transferred = line.get("transferred")
    return minutes(line["minutes"]) + (f", {minutes(transferred)} of it transferred" if transferred else "")


def _checks(credential: Credential, examination: Examination) -> list[Check]:
    return [
        Check("Signed document", *_in_words(examination.document)),
        Check("Signed token", *_in_words(examination.token)),
        Check(
            "Our register",
            credential.get_state_display(),
            WORDS[credential.state][1],
            "The live record of the institute, which always has the last word.",
        ),
    ]


def _in_words(verdict: Verdict) -> tuple[str, str, str]:
    words = {
        Outcome.VALID: ("Verified", "met"),
        Outcome.REVOKED: ("Genuine, revoked", "critical"),
        Outcome.EXPIRED: ("Genuine, term ended", "waiting"),
    }
    word, kind = words.get(verdict.outcome, ("Not verified", "critical"))
    return word, kind, verdict.sentence
