"""A frozen quiz, read from the plain JSON of an edition's body. Nothing here asks the database."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

SCHEMA = 1


@dataclass(frozen=True)
class Quiz:
    """The settings and exact questions of one body. 0 means: no limit (attempts, time), no wait, the whole pool."""

    source: dict[str, Any]

    @property
    def intro(self) -> str:
        return self.source["intro"]

    @property
    def content_notice(self) -> str:
        return self.source["content_notice"]

    @property
    def pass_percent(self) -> int:
        return self.source["settings"]["pass_percent"]

    @property
    def attempts(self) -> int:
        return self.source["settings"]["attempts"]

    @property
    def cooldown_hours(self) -> int:
        return self.source["settings"]["cooldown_hours"]

    @property
    def time_limit_minutes(self) -> int:
        return self.source["settings"]["time_limit_minutes"]

    @cached_property
    def questions(self) -> dict[str, dict[str, Any]]:
        return {question["key"]: question for question in self.source["questions"]}

    @property
    def critical_count(self) -> int:
        return sum(question["critical"] for question in self.source["questions"])

    @property
    def has_multiple(self) -> bool:
        return any(question["kind"] == "multiple" for question in self.source["questions"])

    @property
    def asked_count(self) -> int:
        """How many questions one attempt asks. Critical items are always among them."""
        drawn = self.source["settings"]["draw"]
        pool = len(self.source["questions"])
        return max(drawn, self.critical_count) if 0 < drawn < pool else pool
