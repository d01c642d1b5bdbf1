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
class NeverHerOwnLapse:
    """A supervisor neither records nor decides about a lapse of her own papers."""

    table: str = "supervision_lapsecase"

    def guards(self) -> list[Guard]:
        message = "supervision: nobody decides about a lapse of her own papers"
        decided = (
            "exists (select 1 from supervision_qualificationlapse L join supervision_supervisor S on S.id = L.supervisor_id "
            "where L.id = NEW.lapse_id and S.person_id = NEW.decided_by_id)"
        )
        recorded = (
            "exists (select 1 from supervision_supervisor S where S.id = NEW.supervisor_id "
            "and S.person_id in (NEW.recorded_by_id, NEW.annulled_by_id))"
        )
        lapse = "supervision_qualificationlapse"
        return [
            Guard("supervision_lapsecase", "update", "not_her_own", message, decided, looks_up=True),
            Guard(lapse, "insert", "not_her_own", message, recorded, looks_up=True),
            Guard(lapse, "update", "not_her_own_later", message, recorded, looks_up=True),
        ]


@dataclass(frozen=True)
class ClosedButForRedaction:
    """While OLD satisfies `closed`, `texts` change only together with the redaction that a row names: a new one, of the
    record of which `whose` (SQL over NEW and the redaction R) tells."""

    table: str
    texts: tuple[str, ...]
    whose: str
    closed: str = "1 = 1"

    def guards(self) -> list[Guard]:
        changed = " or ".join(f"OLD.{text} is distinct from NEW.{text}" for text in self.texts)
        known = (
            "exists (select 1 from supervision_redaction R where R.id = NEW.redaction_id "  # noqa: S608 - our own names
            f"and ({self.whose}) and R.id > coalesce(OLD.redaction_id, 0))"
        )
        message = f"{self.table}: words are removed by a redaction alone"
        refused = f"({self.closed}) and ({changed}) and not {known}"
        return [Guard(self.table, "update", "redaction", message, refused, looks_up=True)]


@dataclass(frozen=True)
class AppendOnlyButForRedaction(AppendOnly):
    """Rows are inserted and never deleted; of their columns only `texts` change, and those by a redaction."""

    columns: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    whose: str = "R.log_id = NEW.log_id"

    def guards(self) -> list[Guard]:
        message = f"{self.table} is append-only"
        changed = " or ".join(f"OLD.{column} is distinct from NEW.{column}" for column in self.columns)
        return [
            Guard(self.table, "update", "no_update", message, changed),
            Guard(self.table, "delete", "no_delete", message),
            *ClosedButForRedaction(self.table, self.texts, self.whose).guards(),
        ]
