"""What the database itself holds of attempts: which moves are legal, what is never changed, and when a deadline may grow.

Conditions of triggers, in SQL over OLD and NEW, the same on SQLite and PostgreSQL.
"""

from dataclasses import dataclass

from assessments.enums import CLOSED, MOVES, AttemptState, EventKind
from lms.audit.triggers import AlsoWritten, Guard

TABLE = "assessments_attempt"
DRAWN = (
    "enrolment_id",
    "activity_id",
    "item_id",
    "body_id",
    "number",
    "draw",
    "started_at",
    "has_agreed",
    "break_minutes",
    "provenance",
)
GRADE = ("graded_at", "score", "passed", "failed_critical", "result")
OUTCOME = ("score", "passed", "failed_critical", "result")
STARTS_ARE_NOTED = AlsoWritten(
    TABLE,
    "noted",
    "INSERT INTO assessments_attemptevent (attempt_id, kind, at, slot, device, detail) "  # noqa: S608 - our own names
    f"VALUES (NEW.id, '{EventKind.STARTED.value}', NEW.started_at, NULL, '', '')",
    events=("insert",),
)
# An older answer that comes late changes no row, and a repeat neither: what is noted are the answers that were acknowledged.
SAVES_ARE_NOTED = AlsoWritten(
    "assessments_answer",
    "noted",
    "INSERT INTO assessments_attemptevent (attempt_id, kind, at, slot, device, detail) "  # noqa: S608 - our own names
    f"VALUES (NEW.attempt_id, '{EventKind.SAVED.value}', NEW.saved_at, NEW.slot, '', '')",
)
GRADED_STATES = ", ".join(f"'{state.value}'" for state in (*CLOSED, AttemptState.ANNULLED))


@dataclass(frozen=True)
class LegalMoves:
    """An attempt goes from state to state only as the table `MOVES` says."""

    table: str = TABLE

    def guards(self) -> list[Guard]:
        legal = " or ".join(
            f"(OLD.state = '{old.value}' and NEW.state = '{new.value}')"
            for old, news in MOVES.items()
            for new in sorted(news)
        )
        illegal = f"OLD.state is distinct from NEW.state and not ({legal})"
        return [Guard(self.table, "update", "moves", f"{self.table}: no such move", illegal)]


@dataclass(frozen=True)
class FrozenGrade:
    """A graded attempt, or one that was annulled, keeps its grade; what was handed in keeps the moment it was.

    The outcome of a graded one changes only with the row of a regrade that says the same (`OutcomeAsRegraded`).
    """

    table: str = TABLE

    def guards(self) -> list[Guard]:
        same_row = (
            "NEW.regraded_id is not distinct from OLD.regraded_id or NEW.regraded_id is null or NEW.state <> OLD.state"
        )
        changed = f"({_changed(('graded_at',))}) or (({_changed(OUTCOME)}) and ({same_row}))"
        graded = f"OLD.state in ({GRADED_STATES}) and ({changed})"
        closed = f"OLD.state <> 'in_progress' and ({_changed(('submitted_at', 'deadline', 'at_slot'))})"
        message = f"{self.table}: this row is closed"
        return [
            Guard(self.table, "update", "frozen_when", message, graded),
            Guard(self.table, "update", "closed", message, closed),
        ]


@dataclass(frozen=True)
class OutcomeAsRegraded:
    """`regraded` names a row about this attempt, newer than the one before, whose new outcome is the outcome now."""

    table: str = TABLE

    def guards(self) -> list[Guard]:
        row = "assessments_regradedattempt REGRADE"
        same = " and ".join(f"REGRADE.new_{column} = NEW.{column}" for column in OUTCOME)
        recorded = (
            f"exists (select 1 from {row} where REGRADE.id = NEW.regraded_id "  # noqa: S608 - our own names
            f"and REGRADE.attempt_id = NEW.id and not REGRADE.is_kept and {same}) "
            "and (OLD.regraded_id is null or OLD.regraded_id < NEW.regraded_id)"
        )
        refused = f"OLD.regraded_id is distinct from NEW.regraded_id and not ({recorded})"
        message = f"{self.table}: a result changes by recorded regrades alone"
        return [Guard(self.table, "update", "regraded", message, refused, looks_up=True)]


@dataclass(frozen=True)
class GrowingDeadline:
    """The deadline of an open attempt grows by a row of `TimeGiven` that names the new one, and changes in no other way."""

    table: str = TABLE

    def guards(self) -> list[Guard]:
        given = (
            "exists (select 1 from assessments_timegiven GIVEN where GIVEN.attempt_id = NEW.id "
            "and GIVEN.old_deadline = OLD.deadline and GIVEN.new_deadline = NEW.deadline)"
        )
        refused = (
            f"OLD.deadline is distinct from NEW.deadline and not (OLD.deadline is not null and NEW.deadline is not null "
            f"and NEW.deadline > OLD.deadline and {given})"
        )
        message = f"{self.table}: a deadline grows by recorded acts alone"
        return [Guard(self.table, "update", "deadline", message, refused, looks_up=True)]


@dataclass(frozen=True)
class OnwardsOnly:
    """In a quiz that goes forward only, nobody goes back."""

    table: str = TABLE

    def guards(self) -> list[Guard]:
        message = f"{self.table}: a question that was left stays left"
        return [Guard(self.table, "update", "onwards", message, "NEW.at_slot < OLD.at_slot")]


def _changed(columns: tuple[str, ...]) -> str:
    return " or ".join(f"OLD.{column} is distinct from NEW.{column}" for column in columns)
