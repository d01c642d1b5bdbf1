"""A frozen quiz, read from the plain JSON of an edition's body. Nothing here asks the database.

Bodies of schema 1 have one pool, `settings["draw"]`, and none of the later settings: `EARLIER` says what held then.
Schema 2 has `sections`, each {"title", "questions": [keys], "draw": how many, 0 for all}; `questions` holds every question
of every section.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.text import get_text_list

from assessments.enums import FeedbackPart, FeedbackWhen
from assessments.kinds import KINDS

SCHEMA = 2

AT_ONCE, FINISHED, FROM_DATE, NEVER = FeedbackWhen
EARLIER: dict[str, Any] = {
    "opens_at": "",
    "closes_at": "",
    "grace_seconds": 30,
    "forward_only": False,
    "one_page": False,
    "honour": "",
    "password": "",
    "ip_ranges": [],
    "feedback": {"score": "at_once", "answers": "at_once", "comments": "at_once", "key": "finished", "from": ""},
    "remediation": {"text": "", "lessons": []},
}


@dataclass(frozen=True)
class Section:
    """A part of a quiz: all of its `questions`, or as many of them as `draw` says, by chance."""

    title: str
    questions: tuple[str, ...]
    draw: int = 0


@dataclass(frozen=True)
class Feedback:
    """What is shown of a submitted attempt, and when. `from_moment` is for the parts that wait for a date."""

    when: dict[FeedbackPart, FeedbackWhen]
    from_moment: datetime | None = None

    def shows(self, part: FeedbackPart, *, is_finished: bool, now: datetime) -> bool:
        """`is_finished`: passed, or no attempt is left that it could help."""
        when = self.when[part]
        if when == FINISHED:
            return is_finished
        if when == FROM_DATE:
            return self.from_moment is not None and now >= self.from_moment
        return when == AT_ONCE

    @property
    def sentences(self) -> list[str]:
        """The policy in words, for whoever is about to start."""
        grouped = {when: [PARTS[part] for part in FeedbackPart if self.when[part] == when] for when in FeedbackWhen}
        return [WHENS[when].format(get_text_list(parts, "and")) for when, parts in grouped.items() if parts]


PARTS = {
    FeedbackPart.SCORE: "your score",
    FeedbackPart.ANSWERS: "whether each of your answers was right",
    FeedbackPart.COMMENTS: "the feedback on what you chose",
    FeedbackPart.KEY: "the right answers",
}
WHENS = {
    AT_ONCE: "After submitting you see {}.",
    FINISHED: "Once you have passed, or have used your last attempt, you see {}.",
    FROM_DATE: "From a date that your result names you see {}.",
    NEVER: "Not shown: {}.",
}


@dataclass(frozen=True)
class Lesson:
    """Something to study, by the key of its activity and the title that it had when the edition was made."""

    key: str
    title: str


@dataclass(frozen=True)
class Remediation:
    """What helps after the last attempt. `text` is clean HTML."""

    text: str
    lessons: tuple[Lesson, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.lessons)


@dataclass(frozen=True)
class Quiz:
    """The settings and exact questions of one body. 0 means: no limit (attempts, time), no wait."""

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

    @property
    def opens_at(self) -> datetime | None:
        """From when an attempt may be started."""
        return _moment(self._later("opens_at"))

    @property
    def closes_at(self) -> datetime | None:
        """Until when an attempt may be started. One that was started in time has its whole time."""
        return _moment(self._later("closes_at"))

    @property
    def grace(self) -> timedelta:
        """How long after the deadline an answer is still taken, for those that are sent in the last second."""
        return timedelta(seconds=self._later("grace_seconds"))

    @property
    def is_forward_only(self) -> bool:
        return self._later("forward_only")

    @property
    def is_one_page(self) -> bool:
        return self._later("one_page")

    @property
    def honour(self) -> str:
        """What has to be agreed to before starting, as plain text; "" for nothing."""
        return self._later("honour")

    @property
    def password_hash(self) -> str:
        """For `django.contrib.auth.hashers.check_password`; "" when none is asked for."""
        return self._later("password")

    @property
    def ip_ranges(self) -> tuple[str, ...]:
        """Networks from which it may be started, such as 192.0.2.0/24; empty for anywhere."""
        return tuple(self._later("ip_ranges"))

    @cached_property
    def feedback(self) -> Feedback:
        said = self._later("feedback")
        return Feedback({part: FeedbackWhen(said[part]) for part in FeedbackPart}, _moment(said["from"]))

    @property
    def remediation(self) -> Remediation:
        said = self._later("remediation")
        return Remediation(said["text"], tuple(Lesson(**lesson) for lesson in said["lessons"]))

    @cached_property
    def questions(self) -> dict[str, dict[str, Any]]:
        return {question["key"]: question for question in self.source["questions"]}

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        if "sections" not in self.source:
            return (Section("", tuple(self.questions), self.source["settings"]["draw"]),)
        return tuple(
            Section(section["title"], tuple(section["questions"]), section["draw"])
            for section in self.source["sections"]
        )

    @property
    def critical_count(self) -> int:
        """All of them are asked, whatever is drawn."""
        return self._critical_in(self.questions)

    def _critical_in(self, keys: Sequence[str]) -> int:
        return sum(self.questions[key]["critical"] for key in keys)

    @property
    def credit_rules(self) -> list[str]:
        """How less than everything earns something, for each kind of question that is in the quiz."""
        asked = {question["kind"] for question in self.source["questions"]}
        return [kind.credit for name, kind in KINDS.items() if name in asked and kind.credit]

    @property
    def asked_count(self) -> int:
        """How many questions one attempt asks. Critical items are always among them."""
        return sum(self.asked_in(section) for section in self.sections)

    def asked_in(self, section: Section) -> int:
        pool = len(section.questions)
        return max(section.draw, self._critical_in(section.questions)) if 0 < section.draw < pool else pool

    def _later(self, name: str) -> Any:
        """A setting that came with schema 2."""
        return self.source["settings"].get(name, EARLIER[name])


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
