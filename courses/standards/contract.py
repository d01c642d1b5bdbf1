"""The requirement contract. A requirement kind is one class in the app that owns the evidence.

`gather` asks the database once per kind, however many subjects; `judge` is pure. Amounts are integers in the result's
unit; hours are integer minutes everywhere. Later work deepens this contract and does not redefine it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, ClassVar

from django.db.models import Expression

from courses.standards.enums import Approver, ResultState, Unit
from courses.standards.plain import as_plain, from_plain
from courses.standards.practice import hours_words


@dataclass(frozen=True)
class Subject:
    """Whose standing is asked. `enrolment` is None for a renewal; evidence counts from `since` to `until` (exclusive)."""

    person: int
    enrolment: int | None
    edition: int | None
    program: int | None = None
    track: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """An enrolment without a window of time: grouped sums answer for it."""
        return self.enrolment is not None and self.since is None and self.until is None

    def spans(self, moment: datetime) -> bool:
        """Whether what happened at this moment lies within its window."""
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class Evidence:
    """One evidence row, named so that a person recognises it."""

    kind: str
    id: int
    label: str
    on: date


@dataclass(frozen=True)
class Counted:
    evidence: Evidence
    amount: int


@dataclass(frozen=True)
class Excluded:
    """Evidence (or a part of it) that does not count, and the sentence that says why."""

    evidence: Evidence
    amount: int
    reason: str


@dataclass(frozen=True)
class Step:
    label: str
    url: str


@dataclass(frozen=True)
class Result:
    """One requirement, explaining itself. `parts` are sub-minimums and caps, each a line of its own."""

    key: str
    title: str
    state: ResultState
    done: int
    needed: int
    unit: Unit
    pending: int = 0
    counted: tuple[Counted, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    missing: tuple[str, ...] = ()
    next_steps: tuple[Step, ...] = ()
    parts: tuple["Result", ...] = ()
    valid_until: date | None = None
    is_cap: bool = False
    note: str = ""
    transferred: int = 0  # how much of `done` was earned before or elsewhere
    is_begun: bool = False  # evidence came, even if none of it counts and its rows were not read


@dataclass(frozen=True)
class Config:
    """The published settings of one requirement: plain JSON values only, and stable keys of what it refers to.

    `key` is the authoring block's id, so that waivers and comparisons survive versions. `track` empty: applies to all.
    """

    schema: ClassVar[int] = 1

    key: str
    title: str
    waivable: bool = True
    track: str = ""


@dataclass
class Facts:
    """What `gather` found for one subject and one kind. Kinds subclass it with their own fields."""

    values: dict[str, Any] = field(default_factory=dict)


class RequirementKind:
    """One kind of requirement. Subclass, set the class attributes, implement `gather` and `judge`, and register it.

    `block` is the dotted path of the StreamField block used for authoring only. `config_from_block(value, key)` turns
    an authored block value into the frozen dataclass. `categories` given to `judge` are the definitions stored with
    the published version, never the live ones.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    config_class: ClassVar[type[Config]]
    block: ClassVar[str]
    depends_on: ClassVar[tuple[str, ...]] = ()

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, Facts]:
        """Facts for every subject, in a fixed number of grouped queries. Rows are loaded only with `detail`, for one."""
        raise NotImplementedError

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, "Category"]
    ) -> Result:
        """Pure: no query, no clock. `upstream` holds the results of the kinds this one depends on, by requirement key."""
        raise NotImplementedError

    def evidence_marks(self) -> Sequence[Expression]:
        """Expressions over an enrolment's row (`OuterRef("pk")`) of which one changes whenever its evidence does.

        A home page shows the line of a standing again while every mark stays. None by default: then it is judged anew.
        """
        return ()

    def config_from_block(self, value: Mapping[str, Any], key: str) -> Config:
        raise NotImplementedError

    def describe(self, config: Config) -> str:
        """The requirement in one plain sentence, for the public page and the standing."""
        raise NotImplementedError

    def problems(self, config: Config, *, program: int, categories: Mapping[str, "Category"]) -> Sequence[str]:
        """Sentences that forbid publishing: a number that cannot be reached, a key that names nothing. None by default."""
        return ()

    def config_as_plain(self, config: Config) -> dict[str, Any]:
        return as_plain(config)

    def config_from_plain(self, data: Mapping[str, Any], schema: int) -> Config:
        """The config of a published version. A kind that raises its schema number reads the older ones here."""
        if schema != self.config_class.schema:
            raise ValueError(f"{self.name}: schema {schema} is not known.")
        return from_plain(self.config_class, dict(data))


@dataclass(frozen=True)
class Category:
    """A category definition as stored with a published version.

    `approvers` empty: whoever supervises the placement. `cap` in minutes, None for none. `multiplier` is an exact part
    such as 1/2, written as people write it.
    """

    key: str
    label: str
    bucket: str
    is_direct: bool
    needs_client_code: bool = False
    definition: str = ""
    example: str = ""
    approvers: tuple[str, ...] = ()
    cap: int | None = None
    multiplier: str = "1"

    @property
    def part(self) -> Fraction:
        """The part of each minute that counts."""
        return Fraction(self.multiplier)

    @property
    def sentences(self) -> tuple[str, ...]:
        """How it counts and who may approve it, where there is something to say."""
        found = []
        if self.needs_client_code:
            found.append("Needs a client code.")
        if self.part != 1:
            found.append(f"Counts for {self.multiplier} of its minutes.")
        if self.cap:
            found.append(f"At most {hours_words(self.cap)} count.")
        if self.approvers:
            found.append(f"Approved by: {', '.join(Approver(name).label.lower() for name in self.approvers)}.")
        return tuple(found)
