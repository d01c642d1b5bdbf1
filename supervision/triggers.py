"""Rules of the database about who supervises whom, that reach over more than one table."""

from dataclasses import dataclass

from lms.audit.triggers import AppendOnly, Guard


@dataclass(frozen=True)
class NeverTheTrainee:
    """Nobody supervises herself: neither by her account nor by another spelling of her address, whichever comes first."""

    table: str = "supervision_placement"

    def guards(self) -> list[Guard]:
        message = "supervision: a trainee is never her own supervisor"
        of_placement = (
            "exists (select 1 from supervision_supervisor S where S.id in (NEW.supervisor_id, NEW.covered_by_id) "
            "and (S.person_id = NEW.trainee_id or S.address_key = NEW.trainee_key))"
        )
        of_supervisor = (
            "exists (select 1 from supervision_placement P where NEW.id in (P.supervisor_id, P.covered_by_id) "
            "and (P.trainee_id = NEW.person_id or P.trainee_key = NEW.address_key))"
        )
        return [
            Guard("supervision_placement", "insert", "not_herself", message, of_placement, looks_up=True),
            Guard("supervision_placement", "update", "not_herself_later", message, of_placement, looks_up=True),
            Guard("supervision_supervisor", "update", "not_herself", message, of_supervisor, looks_up=True),
        ]


@dataclass(frozen=True)
class ClosedButForRedaction:
    """While OLD satisfies `closed`, `texts` change only together with the redaction that a row names: a new one, of the
    entry that `of_entry` (SQL over NEW) tells."""

    table: str
    texts: tuple[str, ...]
    of_entry: str
    closed: str = "1 = 1"

    def guards(self) -> list[Guard]:
        changed = " or ".join(f"OLD.{text} is distinct from NEW.{text}" for text in self.texts)
        known = (
            "exists (select 1 from supervision_redaction R where R.id = NEW.redaction_id "  # noqa: S608 - our own names
            f"and R.log_id = {self.of_entry} and R.id > coalesce(OLD.redaction_id, 0))"
        )
        message = f"{self.table}: words are removed by a redaction alone"
        refused = f"({self.closed}) and ({changed}) and not {known}"
        return [Guard(self.table, "update", "redaction", message, refused, looks_up=True)]


@dataclass(frozen=True)
class AppendOnlyButForRedaction(AppendOnly):
    """Rows are inserted and never deleted; of their columns only `texts` change, and those by a redaction."""

    columns: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    of_entry: str = "NEW.log_id"

    def guards(self) -> list[Guard]:
        message = f"{self.table} is append-only"
        changed = " or ".join(f"OLD.{column} is distinct from NEW.{column}" for column in self.columns)
        return [
            Guard(self.table, "update", "no_update", message, changed),
            Guard(self.table, "delete", "no_delete", message),
            *ClosedButForRedaction(self.table, self.texts, self.of_entry).guards(),
        ]
