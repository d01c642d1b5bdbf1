"""What a trainee chose to have in a file, kept beside its record so that it can be counted again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

IN_LIEU = -(10**12)  # no supervisor has this id: what staff attested in lieu of one
SESSIONS = "sessions.all"  # chosen like a category; a dot stands in no key of one


@dataclass(frozen=True)
class Choices:
    """Empty values choose everything. `signer` is whoever signed what counts, by the id of her account, without one by
    minus the supervisor's, and what was attested in lieu of one by `IN_LIEU`. `supervisor`, that of the placement, is
    offered no more; files of before still name it.

    `beyond_visits`: sessions and hours from elsewhere are in it too; files of before hold visits alone.
    """

    approved_only: bool = False
    since: date | None = None
    until: date | None = None
    category: str = ""
    supervisor: int | None = None
    signer: int | None = None
    beyond_visits: bool = False

    def as_plain(self) -> dict[str, Any]:
        plain = {
            "approved_only": self.approved_only,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "category": self.category,
            "supervisor": self.supervisor,
            "signer": self.signer,
            "beyond_visits": self.beyond_visits,
        }
        return {name: value for name, value in plain.items() if value}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Choices":
        days = {name: date.fromisoformat(plain[name]) for name in ("since", "until") if name in plain}
        return cls(**plain | days)
