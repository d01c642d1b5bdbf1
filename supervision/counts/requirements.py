"""The requirements that count visits, and the different clients seen in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery, Sum
from django.urls import reverse

from courses.standards.blocks import common_settings
from courses.standards.contract import (
    Category,
    Config,
    Counted,
    Excluded,
    Facts,
    RequirementKind,
    Result,
    Step,
    Subject,
)
from courses.standards.enums import Bucket, ResultState, Unit
from courses.standards.marks import newest_of
from supervision.counts.facts import Filter, VisitFacts, Visits, fits, gather_visits, why_not
from supervision.evidence import APPROVED, PENDING
from supervision.models import ClientCode, LogMove

OUTSIDE = "It is not one of the visits that count here."


@dataclass(frozen=True)
class SessionsConfig(Config):
    """So many visits of these buckets; `minimums` say how many of them are of one kind."""

    number: int = 0
    buckets: tuple[str, ...] = (Bucket.DIRECT.value,)
    minimums: tuple[Filter, ...] = ()


@dataclass(frozen=True)
class ClientsConfig(Config):
    """So many different clients, each named by at least `visits_each` visits of these buckets; in `phase`, if it is set."""

    number: int = 0
    visits_each: int = 1
    buckets: tuple[str, ...] = (Bucket.DIRECT.value,)
    phase: str = ""


class CountOfVisits(RequirementKind):
    """What both kinds share."""

    def evidence_marks(self) -> Sequence[Subquery]:
        """No entry comes to count, waits or stops counting without a move."""
        return [newest_of(LogMove, enrolment="log__enrolment")]

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return self.judge_visits(config, facts, categories)


class PracticumSessions(CountOfVisits):
    name = "practicum_sessions"
    label = "Number of visits"
    config_class = SessionsConfig
    block = "supervision.counts.blocks.PracticumSessionsBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, VisitFacts]:
        return gather_visits(subjects, as_of, detail=detail, clients=False)

    def judge_visits(self, config: SessionsConfig, facts: VisitFacts, categories: Mapping[str, Category]) -> Result:
        total = _sessions_line(config, Filter(config.title, config.number), config.key, facts, categories)
        parts = [
            _sessions_line(config, part, f"{config.key}.{part.label}", facts, categories) for part in config.minimums
        ]
        missing = _missing(total, ""), *(_missing(line, f": {line.title}") for line in parts)
        return _whole(config, total, parts, missing, facts, categories)

    def config_from_block(self, value: Mapping[str, Any], key: str) -> SessionsConfig:
        return SessionsConfig(
            **common_settings(value, key),
            number=value["number"],
            buckets=tuple(sorted(value["buckets"])),
            minimums=tuple(
                Filter(
                    label=part["label"],
                    number=part["number"],
                    direct=bool(part.get("direct")),
                    roles=tuple(sorted(part.get("roles") or ())),
                    **{name: part.get(name) or "" for name in ("bucket", "category", "phase")},
                )
                for part in value.get("minimums") or ()
            ),
        )

    def problems(self, config: SessionsConfig, *, program: int, categories: Mapping[str, Category]) -> list[str]:
        """A minimum above the total, and a key that names no category."""
        parts = config.minimums
        found = [
            f"“{part.label}” names a category that does not exist: {part.category}."
            for part in parts
            if part.category and part.category not in categories
        ]
        return found + [
            f"“{part.label}” asks for {visits_in_words(part.number)}, more than the total of {config.number}."
            for part in parts
            if part.number > config.number
        ]

    def describe(self, config: SessionsConfig) -> str:
        sentence = f"{visits_in_words(config.number)} ({_buckets(config.buckets)}), approved by your site supervisor"
        if config.minimums:
            sentence += "; of which " + ", ".join(f"at least {part.number} {part.label}" for part in config.minimums)
        return f"{sentence}."


def merged_codes() -> Subquery:
    """A number that changes when codes of an enrolment (`OuterRef("pk")`) are merged or separated."""
    merged = ClientCode.objects.filter(enrolment=OuterRef("pk"), same_as__isnull=False).order_by()
    return Subquery(merged.values("enrolment").annotate(mark=Sum(F("id") * F("same_as"))).values("mark"))


class PracticumClients(CountOfVisits):
    name = "practicum_clients"
    label = "Number of clients"
    config_class = ClientsConfig
    block = "supervision.counts.blocks.PracticumClientsBlock"

    def evidence_marks(self) -> Sequence[Subquery]:
        return [*super().evidence_marks(), merged_codes()]

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, VisitFacts]:
        return gather_visits(subjects, as_of, detail=detail, clients=True)

    def judge_visits(self, config: ClientsConfig, facts: VisitFacts, categories: Mapping[str, Category]) -> Result:
        asked = Filter("", 0, phase=config.phase)
        fitting = [one for one in facts.clients if fits(one, asked, config.buckets, categories)]
        seen = _clients(config, fitting, (APPROVED,))
        with_waiting = _clients(config, fitting, (APPROVED, PENDING))
        counted = [one for one in fitting if one.client in seen and one.status == APPROVED]
        line = _line(
            config.key,
            config.title,
            Unit.CLIENTS,
            done=len(seen),
            pending=len(with_waiting) - len(seen),
            needed=config.number,
            counted=_counted(counted, facts),
        )
        return _whole(config, line, [], (_missing(line, ""),), facts, categories)

    def config_from_block(self, value: Mapping[str, Any], key: str) -> ClientsConfig:
        return ClientsConfig(
            **common_settings(value, key),
            number=value["number"],
            visits_each=value["visits_each"],
            buckets=tuple(sorted(value["buckets"])),
            phase=value.get("phase") or "",
        )

    def describe(self, config: ClientsConfig) -> str:
        phase = f" in {config.phase.replace('_', '-')}" if config.phase else ""
        each = "" if config.visits_each == 1 else f", each in at least {config.visits_each} visits"
        noun = "client" if config.number == 1 else "different clients"
        return f"Visits with {config.number} {noun}{phase}{each} ({_buckets(config.buckets)})."


# Judging: pure ------------------------------------------------------------------------------------------------------


def _sessions_line(
    config: SessionsConfig, asked: Filter, key: str, facts: VisitFacts, categories: Mapping[str, Category]
) -> Result:
    fitting = [one for one in facts.visits if fits(one, asked, config.buckets, categories)]
    counted = [one for one in fitting if one.status == APPROVED]
    return _line(
        key,
        asked.label,
        Unit.SESSIONS,
        done=sum(one.number for one in counted),
        pending=sum(one.number for one in fitting if one.status == PENDING),
        needed=asked.number,
        counted=_counted(counted, facts),
    )


def _clients(config: ClientsConfig, fitting: Iterable[Visits], statuses: tuple[str, ...]) -> set[int]:
    """Who was seen often enough."""
    visits: dict[int, int] = {}
    for one in fitting:
        if one.status in statuses:
            visits[one.client] = visits.get(one.client, 0) + one.number
    return {client for client, number in visits.items() if number >= config.visits_each}


def _line(key: str, title: str, unit: Unit, *, done: int, pending: int, needed: int, counted: tuple) -> Result:
    state = ResultState.UNMET
    if done + pending >= needed:
        state = ResultState.MET if done >= needed else ResultState.PENDING
    return Result(
        key=key, title=title, state=state, done=done, needed=needed, unit=unit, pending=pending, counted=counted
    )


def _whole(
    config: Config,
    total: Result,
    parts: Sequence[Result],
    missing: tuple[str, ...],
    facts: VisitFacts,
    categories: Mapping[str, Category],
) -> Result:
    states = {line.state for line in (total, *parts)}
    worst = (ResultState.UNMET, ResultState.PENDING, ResultState.MET)
    return Result(
        key=config.key,
        title=config.title,
        state=next(state for state in worst if state in states),
        done=total.done,
        needed=total.needed,
        unit=total.unit,
        pending=total.pending,
        counted=total.counted,
        excluded=_excluded(config.buckets, total, facts, categories) if facts.is_detailed else (),
        missing=tuple(filter(None, missing)),
        next_steps=(Step("Log a visit", reverse("practice_new")),) if any(missing) else (),
        parts=tuple(parts),
    )


NOUNS = {Unit.SESSIONS: ("visit", "visits"), Unit.CLIENTS: ("client", "different clients")}


def _missing(line: Result, of_what: str) -> str:
    left = line.needed - line.done
    if left <= 0:
        return ""
    noun = NOUNS[line.unit][left > 1]
    waiting = ""
    if line.pending:
        waiting = f"; {line.pending} {'waits' if line.pending == 1 else 'wait'} for review"
    return f"{left} more {noun}{of_what}{waiting}."


def _counted(counted: Iterable[Visits], facts: VisitFacts) -> tuple[Counted, ...]:
    """Each visit once, in the order of (date, id); only for whoever reads the rows."""
    if not facts.is_detailed:
        return ()
    rows = {(one.on, one.log): one.evidence for one in counted}
    return tuple(Counted(evidence, 1) for _, evidence in sorted(rows.items()))


def _excluded(
    buckets: Sequence[str], total: Result, facts: VisitFacts, categories: Mapping[str, Category]
) -> tuple[Excluded, ...]:
    """Every visit that is neither counted nor waiting, with why."""
    counted = {row.evidence.id for row in total.counted}
    rows = {}
    for one in facts.visits:
        if one.log not in counted and not one.phase and one.status != PENDING:
            rows[one.on, one.log] = Excluded(one.evidence, 1, why_not(one, buckets, categories) or _else(total))
    return tuple(row for _, row in sorted(rows.items()))


def _else(total: Result) -> str:
    if total.unit == Unit.CLIENTS:
        return "It names no client who counts here: none at all, none in this phase, or one seen too seldom."
    return OUTSIDE


def visits_in_words(number: int) -> str:
    return "1 visit" if number == 1 else f"{number} visits"


def _buckets(buckets: Iterable[str]) -> str:
    return ", ".join(Bucket(bucket).label.lower() for bucket in buckets)
