"""The words of the pages about exports."""

from dataclasses import dataclass

from lms.web.templatetags.ui import day, minutes
from supervision.exports.enums import ExportKind
from supervision.exports.queries import is_as_counted
from supervision.models import ExportRecord


@dataclass(frozen=True)
class Card:
    """One kind of file, as the trainee chooses it."""

    kind: ExportKind
    body: str
    warning: str = ""

    @property
    def title(self) -> str:
        return self.kind.label


CARDS = (
    Card(
        ExportKind.LOG,
        "Every visit, session of supervision and hour from elsewhere with all that you wrote, as a workbook or a CSV file. For "
        "you and your own records.",
        "It holds the days of visits, and a day can identify a client. Keep it to yourself.",
    ),
    Card(
        ExportKind.SUMMARY,
        "Approved hours by category, month and whoever signed them, with every signature and lines to sign in ink. A PDF "
        "for a board or an employer; no visit’s day stands in it.",
    ),
    Card(
        ExportKind.WEEKS,
        "Approved hours week by week with running totals: direct, indirect, individual and group supervision. A PDF, "
        "workbook or CSV for a board; no visit’s day stands in it.",
    ),
    Card(
        ExportKind.LETTER,
        "One letter for each person who signed: what she approved and confirmed, and her qualifications as they were when "
        "she signed. A PDF for her to sign.",
    ),
)


def card_of(kind: ExportKind) -> Card:
    return next(card for card in CARDS if card.kind == kind)


@dataclass(frozen=True)
class Confirmation:
    """What the confirming page says of one file."""

    word: str
    tone: str
    line: str
    sentence: str
    facts: list[dict[str, str]]
    totals: list[tuple[str, str]]
    together: str


GENUINE = "A file with this id was made here from our records. Compare its totals, or the file itself, with what stands below."
CHANGED = (
    "A file with this id was made here, but the log has changed since: an approved entry that it counted was corrected "
    "or is no longer approved. Ask for a newer file."
)


def confirmation_of(record: ExportRecord) -> Confirmation:
    """Never whose file it is, unless she agreed to that when she made it and her name is confirmed still."""
    is_current = is_as_counted(record)
    person, program = record.enrolment.person, record.enrolment.program
    facts = [("What it is", f"{record.get_kind_display()} of supervised practice ({record.file_type.upper()})")]
    if record.shows_name and person.has_confirmed_legal_name:
        facts.append(("Made by", person.legal_name))
    facts += [
        ("For the program", program.title),
        ("Made on", day(record.made_at)),
        ("Entries in it", str(record.entries)),
        ("Approved entries", str(record.counted_entries)),
    ]
    return Confirmation(
        word="Confirmed" if is_current else "The log has changed since",
        tone="met" if is_current else "waiting",
        line=f"made {day(record.made_at)}",
        sentence=GENUINE if is_current else CHANGED,
        facts=[{"label": label, "value": value} for label, value in facts],
        totals=[(label, minutes(amount)) for label, amount in record.totals],
        together=minutes(record.counted_minutes),
    )
