"""What a certificate says, alike on the verification page and on paper; and what the page adds: the word, the checks.

Only what the snapshot holds is a fact, and the term.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from certificates.enums import CredentialState
from certificates.models import Credential, CredentialMove
from certificates.queries.credentials import Examination, headline
from certificates.signing.check import Outcome, Verdict
from certificates.snapshot import DEMONSTRATION
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
    "superseded": "This certificate was issued here and has been replaced by a newer one. Ask the holder for the new code.",
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
    name: str = ""


@dataclass(frozen=True)
class CertificateFacts:
    """Everything a certificate says about an award, in the words that are shown. `facts["program"]` is one value."""

    holder: str
    title: str
    all: list[Fact]
    hours: list[Fact]
    year: str
    is_demonstration: bool

    def fact(self, name: str) -> Fact:
        return next((fact for fact in self.all if fact.name == name), Fact("", ""))

    def __getitem__(self, name: str) -> str:
        return self.fact(name).value

    @property
    def title_mark(self) -> str:
        """What the title of a demonstration begins with."""
        return DEMONSTRATION if self.title.startswith(DEMONSTRATION) else ""


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
    moves = list(credential.moves.all())
    move = _last_move(credential, moves)
    is_stored = state == credential.state
    is_hidden = credential.state == CredentialState.SUPERSEDED  # its bytes and snapshot may hold a former name
    facts = None if is_hidden else certificate_facts(credential)
    return Page(
        word=word,
        kind=kind,
        sentence=f"{SENTENCES[state]} {_reason(move)}".strip() if is_stored else SENTENCES[state],
        line=_line(move.at if move and is_stored else None, examination.at),
        holder=facts.holder if facts else "",
        title=facts.title if facts else "",
        facts=facts.all + _replaces(credential, moves) if facts else [],
        hours=facts.hours if facts else [],
        checks=_checks(credential, examination),
        is_demonstration=credential.is_demonstration,
        shows_bytes=not is_hidden,
    )


def _last_move(credential: Credential, moves: list[CredentialMove]) -> CredentialMove | None:
    """The move that led to the present state; none for a valid one: a lifted suspension is nobody's business."""
    return moves[-1] if moves and credential.state != CredentialState.VALID else None


def _line(since: datetime | None, checked_at: datetime) -> str:
    """The dates under the word, in the reader's zone, which the foot of the page names."""
    checked = f"checked {moment(checked_at)}"
    return f"since {day(since)} · {checked}" if since else checked


def _reason(move: CredentialMove | None) -> str:
    return ReasonClass(move.reason_class).public_sentence if move and move.reason_class else ""


def certificate_facts(credential: Credential) -> CertificateFacts:
    """The facts of the award. Dates are days in the program's zone, so that they read the same wherever they are read."""
    snapshot = credential.snapshot
    conferred_on = date.fromisoformat(snapshot["conferred_on"])
    facts = [
        Fact("Issued by", snapshot["issuer"]["name"], name="issuer"),
        Fact("Program", snapshot["program"], name="program"),
        Fact("Standard", f"{snapshot['standard']['title']}, version {snapshot['standard']['number']}", name="standard"),
        Fact("Discipline at the award", snapshot["discipline"], name="discipline"),
        Fact("Awarded on", day(conferred_on), name="awarded"),
        Fact("Valid until", _end(credential), name="valid_until"),
        Fact("Conferred by", snapshot["conferred_by"], name="conferred_by"),
        Fact("Practice assessed by", _some(snapshot["assessors"]), name="assessors"),
    ]
    return CertificateFacts(
        holder=snapshot["holder_name"],
        title=snapshot["title"],
        all=[fact for fact in facts if fact.value],
        hours=[Fact(line["name"], _amount(line)) for line in snapshot["hours"]],
        year=str(conferred_on.year),
        is_demonstration=credential.is_demonstration,
    )


def _amount(line: dict) -> str:
    transferred = line.get("transferred")
    return minutes(line["minutes"]) + (f", {minutes(transferred)} of it transferred" if transferred else "")


def _end(credential: Credential) -> str:
    if credential.valid_until is None:
        return "No end: completion is a lasting fact"
    return day(credential.valid_until.astimezone(ZoneInfo(credential.achievement.program.time_zone)).date())


def _some(names: list[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    rest = len(names) - most
    if rest <= 0:
        return ", ".join(names)
    return ", ".join(names[:most]) + f" and {rest} {'other' if rest == 1 else 'others'}"


def _replaces(credential: Credential, moves: list[CredentialMove]) -> list[Fact]:
    """Says that there was an earlier one, never what stood in it."""
    if credential.supersedes_id is None:
        return []
    return [Fact("Replaces", f"An earlier certificate, since {day(moves[0].at)}")]


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
