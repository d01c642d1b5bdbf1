"""Rules of the database about who supervises whom, that reach over more than one table."""

from dataclasses import dataclass

from lms.audit.triggers import Guard


@dataclass(frozen=True)
class NeverTheTrainee:
    """Nobody supervises herself: neither by her account nor by another spelling of her address, whichever comes first."""

    table: str = "supervision_placement"

    def guards(self) -> list[Guard]:
        message = "supervision: a trainee is never her own supervisor"
        of_placement = (
            "exists (select 1 from supervision_supervisor S where S.id = NEW.supervisor_id "
            "and (S.person_id = NEW.trainee_id or S.address_key = NEW.trainee_key))"
        )
        of_supervisor = (
            "exists (select 1 from supervision_placement P where P.supervisor_id = NEW.id "
            "and (P.trainee_id = NEW.person_id or P.trainee_key = NEW.address_key))"
        )
        return [
            Guard("supervision_placement", "insert", "not_herself", message, of_placement, looks_up=True),
            Guard("supervision_placement", "update", "not_herself_later", message, of_placement, looks_up=True),
            Guard("supervision_supervisor", "update", "not_herself", message, of_supervisor, looks_up=True),
        ]
