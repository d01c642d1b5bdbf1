"""The rules of practice of a standard: what an entry of the practice log is measured against. Pure values and words.

The room of the log checks them; here they are authored, frozen in a published version, and said in plain words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.core.exceptions import ValidationError

from courses.standards.enums import Answer, Qualification, SitePaperKind


@dataclass(frozen=True)
class Limit:
    """At most so much, in the unit of the rule, and what follows beyond it."""

    most: int
    answer: str = Answer.FLAG.value


@dataclass(frozen=True)
class Lesson:
    """An activity of the curriculum by its stable key, with its title at publication."""

    key: str
    title: str


@dataclass(frozen=True)
class TrainingFirst:
    """What has to be completed before practice counts."""

    lessons: tuple[Lesson, ...]
    answer: str = Answer.REFUSE.value


@dataclass(frozen=True)
class ValidOnTheDay:
    """What of the supervisor has to be valid on the day of the visit."""

    qualification: str
    answer: str = Answer.FLAG.value


@dataclass(frozen=True)
class SitePaperInForce:
    """Which paper of the site has to be in force: for a placement to be set, and on the day of the visit."""

    paper: str
    answer: str = Answer.FLAG.value


@dataclass(frozen=True)
class PracticeRules:
    """`back_dating` in days, `weekly` in minutes, `look_back` in years, `group_size` in people. None: no such rule."""

    back_dating: Limit | None = None
    weekly: Limit | None = None
    look_back: Limit | None = None
    group_size: Limit | None = None
    training: TrainingFirst | None = None
    supervisor: tuple[ValidOnTheDay, ...] = ()
    site: tuple[SitePaperInForce, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every rule in plain words, for the page of the standard."""
        return tuple(_sentences(self))


def problems_of_rules(rules: PracticeRules) -> list[str]:
    """The sentences that forbid publishing."""
    named = [rule.qualification for rule in rules.supervisor]
    if len(set(named)) < len(named):
        return ["The rules of practice ask twice for the same qualification of the supervisor."]
    papers = [rule.paper for rule in rules.site]
    if len(set(papers)) < len(papers):
        return ["The rules of practice ask twice for the same paper of the site."]
    if rules.training and not rules.training.lessons:
        return ["The rules of practice ask for training first, and name none."]
    return []


_PART = re.compile(r"[1-9]\d{0,2}(/[1-9]\d{0,2})?")


def validate_part(value: str) -> None:
    """A part of each minute: 1, or a fraction below it such as 1/2."""
    if not _PART.fullmatch(value) or Fraction(value) > 1:
        raise ValidationError("Give 1, or a fraction below it such as 1/2 or 3/4.")


def _sentences(rules: PracticeRules) -> Iterator[str]:
    if limit := rules.back_dating:
        yield f"A visit is logged within {_counted(limit.most, 'day')}; {_then(limit.answer, 'a later entry')}."
    if limit := rules.weekly:
        words = f"At most {hours_words(limit.most)} of visits are logged in one week, from Monday to Sunday"
        yield f"{words}; {_then(limit.answer, 'an entry above that')}."
    if limit := rules.look_back:
        yield f"A visit counts for {_counted(limit.most, 'year')}; {_then(limit.answer, 'an older one')}."
    if limit := rules.group_size:
        yield f"A group has at most {limit.most} people; {_then(limit.answer, 'a larger one')}."
    if training := rules.training:
        titles = ", ".join(f"“{lesson.title}”" for lesson in training.lessons)
        yield f"Practice begins after {titles}; {_then(training.answer, 'an earlier visit')}."
    for rule in rules.supervisor:
        what = _of_the_supervisor(rule.qualification)
        yield f"The supervisor’s {what} is valid on the day of the visit; {_then(rule.answer, 'an entry without it')}."
    for rule in rules.site:
        what = SitePaperKind(rule.paper).label.lower()
        yield f"The {what} of the site is in force on the day of the visit; {_then(rule.answer, 'an entry without it')}."


def _of_the_supervisor(qualification: str) -> str:
    words = {
        Qualification.LICENCE: "licence",
        Qualification.CONSULTANT: "approval as consultant",
        Qualification.BLS: "card of basic life support",
    }
    return words[Qualification(qualification)]


def _then(answer: str, what: str) -> str:
    return f"{what} is {'refused' if answer == Answer.REFUSE else 'flagged for whoever reviews it'}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def hours_words(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return " ".join([f"{whole} h"] * bool(whole) + [f"{rest} min"] * bool(rest or not whole))
