"""What a trainee chose to have in a file, kept beside its record so that it can be counted again."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Choices:
    """Empty values choose everything. `supervisor` is the one of the placement, `signer` whoever signed, each by id;
    a signer without an account by minus the supervisor's."""

    approved_only: bool = False
    since: date | None = None
    until: date | None = None
    category: str = ""
    supervisor: int | None = None
    signer: int | None = None

    def as_plain(self) -> dict[str, Any]:
        plain = {
            "approved_only": self.approved_only,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "category": self.category,
            "supervisor": self.supervisor,
            "signer": self.signer,
        }
        return {name: value for name, value in plain.items() if value}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Choices":
        days = {name: date.fromisoformat(plain[name]) for name in ("since", "until") if name in plain}
        return cls(**plain | days)
