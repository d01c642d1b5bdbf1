"""The requirement that supervision and consultation received answer, with its words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Expression

from courses.standards.blocks import common_settings
from courses.standards.contract import Category, Config, Facts, RequirementKind, Result, Subject
from lms.web.templatetags.ui import minutes as hours
from supervision.sessions.enums import SessionFormat
from supervision.sessions.gather import gather_supervision, marks
from supervision.sessions.judge import SupervisionConfig, SupervisionFacts, judge_supervision
from supervision.sessions.ratio import Ratio


class SupervisionMinutes(RequirementKind):
    name = "supervision_minutes"
    label = "Supervision and consultation"
    config_class = SupervisionConfig
    block = "supervision.sessions.blocks.SupervisionMinutesBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, SupervisionFacts]:
        """One query for each: zones, visits, prior hours, sessions; what is read by rows has one more."""
        return gather_supervision(subjects, as_of, detail=detail)

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_supervision(config, facts, categories)

    def evidence_marks(self) -> Sequence[Expression]:
        """Nothing comes to count or stops counting without a move. That a week is over is seen some minutes later."""
        return marks()

    def config_from_block(self, value: Mapping[str, Any], key: str) -> SupervisionConfig:
        ratio, capped = value.get("ratio") or {}, value.get("transferred_most")
        return SupervisionConfig(
            **common_settings(value, key),
            minutes=60 * (value.get("hours") or 0),
            individual=60 * (value.get("individual_hours") or 0),
            triadic_as=value.get("triadic_as") or "",
            peer_counts=bool(value.get("peer_counts")),
            group_percent=100 if value.get("group_percent") is None else value["group_percent"],
            group_size=value.get("group_size") or 0,
            transferred_most=None if capped is None else 60 * capped,
            ratio=_ratio(ratio) if ratio.get("minutes") else None,
        )

    def problems(self, config: SupervisionConfig, *, program: int, categories: Mapping[str, Category]) -> list[str]:
        """Nothing asked for, and numbers that contradict each other."""
        found = []
        if not config.minutes and not config.ratio:
            found.append("It asks for nothing: give a total of hours, or a weekly ratio.")
        if config.individual > config.minutes:
            found.append(
                f"It asks for {hours(config.individual)} individual, more than the total of {hours(config.minutes)}."
            )
        return found

    def describe(self, config: SupervisionConfig) -> str:
        sentences = []
        if config.minutes:
            individual = f", at least {hours(config.individual)} of it individual" if config.individual else ""
            sentences.append(f"{hours(config.minutes)} of supervision or consultation{individual}.")
        sentences += _described_limits(config)
        if config.ratio:
            sentences.append(describe_ratio(config.ratio))
        return " ".join(sentences)


def _ratio(value: Mapping[str, Any]) -> Ratio:
    return Ratio(
        supervision=value["minutes"],
        practice=60 * value["per_hours"],
        make_up_weeks=value.get("make_up_weeks") or 0,
        failed_most=value.get("failed_most") or 0,
    )


def _described_limits(config: SupervisionConfig) -> Iterator[str]:
    if config.minutes and config.group_percent < 100:
        yield f"At most {config.group_percent} % of it in groups."
    if config.group_size:
        yield f"Groups of more than {config.group_size} do not count."
    triadic = {SessionFormat.INDIVIDUAL: "as individual", SessionFormat.GROUP: "as a group"}.get(config.triadic_as)
    yield f"A triadic session counts {triadic}." if triadic else "Triadic sessions do not count."
    yield "Peer sessions count as groups." if config.peer_counts else "Peer sessions do not count."
    if config.transferred_most is not None:
        yield f"At most {hours(config.transferred_most)} of it from elsewhere."


def describe_ratio(ratio: Ratio) -> str:
    sentence = f"In each week {hours(ratio.supervision)} for every {hours(ratio.practice)} of direct contact"
    if ratio.make_up_weeks:
        sentence += f", made up within {_weeks(ratio.make_up_weeks)} at the latest"
    if ratio.failed_most:
        sentence += f"; {_weeks(ratio.failed_most)} may fail"
    return f"{sentence}. What a supervisor cancels costs you nothing."


def _weeks(number: int) -> str:
    return "1 week" if number == 1 else f"{number} weeks"
