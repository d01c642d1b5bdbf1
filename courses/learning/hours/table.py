"""The sums of an hour map. Plain values in, plain values out.

A standard is compared with the core alone: that is what everybody is taught. Electives are added up beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from courses.curriculum.credits import NO_TOPIC, Credit, label_of
from courses.curriculum.enums import TeachingFormat
from courses.learning.requirements.didactic_minutes import Ask, DidacticConfig, asks_of
from lms.web.templatetags.ui import minutes as hours


@dataclass(frozen=True)
class Entry:
    """One item that credits something."""

    title: str
    kind: str
    credits: tuple[Credit, ...]

    @property
    def minutes(self) -> int:
        return total(self.credits)


@dataclass(frozen=True)
class Module:
    title: str
    is_core: bool
    entries: tuple[Entry, ...]

    @property
    def credits(self) -> list[Credit]:
        return [credit for entry in self.entries for credit in entry.credits]

    @property
    def minutes(self) -> int:
        return total(self.credits)


@dataclass(frozen=True)
class HourMap:
    """Modules in their order; `labels` are the words of topics by key."""

    modules: tuple[Module, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def core(self) -> list[Credit]:
        return [credit for module in self.modules if module.is_core for credit in module.credits]

    @cached_property
    def electives(self) -> list[Credit]:
        return [credit for module in self.modules if not module.is_core for credit in module.credits]

    @property
    def credits(self) -> list[Credit]:
        return [*self.core, *self.electives]

    @cached_property
    def topics(self) -> list[str]:
        """As they first come; minutes without a topic last."""
        seen = dict.fromkeys(credit.topic for module in self.modules for credit in module.credits)
        return sorted(seen, key=lambda topic: topic == NO_TOPIC)

    def label(self, topic: str) -> str:
        return label_of(topic, self.labels)


def total(credits: Iterable[Credit]) -> int:
    return sum(credit.minutes for credit in credits)


def of_topic(credits: Iterable[Credit], topic: str) -> list[Credit]:
    return [credit for credit in credits if credit.topic == topic]


def of_format(credits: Iterable[Credit], teaching_format: str) -> list[Credit]:
    return [credit for credit in credits if credit.format == teaching_format]


@dataclass(frozen=True)
class TopicRow:
    """One topic over the whole edition: the core by format, then electives and all together."""

    label: str
    formats: tuple[int, ...]
    core: int
    electives: int

    @property
    def all(self) -> int:
        return self.core + self.electives


def topic_rows(hour_map: HourMap) -> list[TopicRow]:
    return [
        _topic_row(hour_map.label(topic), of_topic(hour_map.core, topic), of_topic(hour_map.electives, topic))
        for topic in hour_map.topics
    ]


def total_row(hour_map: HourMap) -> TopicRow:
    return _topic_row("All topics", hour_map.core, hour_map.electives)


def _topic_row(label: str, core: Sequence[Credit], electives: Sequence[Credit]) -> TopicRow:
    formats = tuple(total(of_format(core, each)) for each in TeachingFormat.values)
    return TopicRow(label, formats, total(core), total(electives))


@dataclass(frozen=True)
class Cell:
    """Minutes of one item in one topic; `note` names the formats where they are not all self-study."""

    minutes: int
    note: str = ""


def cells(credits: Sequence[Credit], topics: Sequence[str]) -> list[Cell]:
    return [_cell(of_topic(credits, topic)) for topic in topics]


def _cell(credits: Sequence[Credit]) -> Cell:
    sums = [(each, total(of_format(credits, each))) for each in TeachingFormat]
    named = [(each.label.lower(), minutes) for each, minutes in sums if minutes]
    if len(named) == 1:
        is_plain = named[0][0] == TeachingFormat.SELF_STUDY.label.lower()
        return Cell(total(credits), "" if is_plain else named[0][0])
    return Cell(total(credits), ", ".join(f"{minutes} {label}" for label, minutes in named))


# Against the standard ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """One line of what the standard asks for, and what the core and the electives provide."""

    title: str
    needed: int
    core: int
    electives: int

    @property
    def difference(self) -> int:
        return self.core - self.needed

    @property
    def kind(self) -> str:
        return "met" if self.difference >= 0 else "waiting" if self.core + self.electives >= self.needed else "critical"

    @property
    def words(self) -> str:
        if self.difference > 0:
            return f"{hours(self.difference)} more than asked for"
        if self.difference == 0:
            return "Exactly what is asked for"
        short = f"{hours(-self.difference)} short" if self.core else "Nothing in the core provides it"
        return f"{short}; enough with electives" if self.core + self.electives >= self.needed else short


def comparisons(hour_map: HourMap, config: DidacticConfig) -> list[Comparison]:
    """The total first, then each topic and format that the standard names, also those that nothing provides."""
    total_asked, *parts = asks_of(config)
    lines = [_compare("In total", total_asked, hour_map)]
    return lines + [_compare(part.title, part, hour_map) for part in parts]


def _compare(title: str, ask: Ask, hour_map: HourMap) -> Comparison:
    return Comparison(title, ask.minutes, ask.of(hour_map.core), ask.of(hour_map.electives))
