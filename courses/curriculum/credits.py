"""Credited minutes: how much teaching of which topic, in which format, an item is worth. Plain values, no database."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from courses.curriculum.enums import TeachingFormat
from lms.web.templatetags.ui import minutes as hours

NO_TOPIC = ""


class Credit(NamedTuple):
    """Minutes of one topic taught in one format; `topic` is the key of a topic, or `NO_TOPIC`."""

    topic: str
    format: str
    minutes: int


def credited(item) -> tuple[Credit, ...]:
    """What completing an item credits. `item` is a page, an item of an edition, or a line of its outline.

    The lines that its author wrote; where there is none, all its minutes as self-study of its one topic.
    """
    stated = stated_credits(item)
    if stated or not item.minutes:
        return stated
    return (Credit(item.topic, TeachingFormat.SELF_STUDY.value, item.minutes),)


def stated_credits(item) -> tuple[Credit, ...]:
    """The lines of credit as they were written: blocks on a page, lists of three in an edition."""
    return tuple(_line(line) for line in item.credits or ())


def _line(line: Any) -> Credit:
    line = getattr(line, "value", line)
    if isinstance(line, Mapping):
        return Credit(line["topic"] or NO_TOPIC, line["format"], line["minutes"] or 0)
    topic, teaching_format, minutes = line
    return Credit(topic, teaching_format, minutes)


def problems_of_credits(item) -> list[str]:
    """Why the credits of a page cannot be right; none means that every minute has a topic and takes its time."""
    stated = stated_credits(item)
    total, places = sum(credit.minutes for credit in stated), [(credit.topic, credit.format) for credit in stated]
    found = []
    if total > item.minutes:
        found.append(
            f"It credits {total} min, but its time is {item.minutes} min. Nobody is credited more than it takes."
        )
    if len(set(places)) < len(places):
        found.append("Two lines credit the same topic in the same format. Add them up in one.")
    return found


def label_of(topic: str, labels: Mapping[str, str]) -> str:
    """A topic in words. One that has no label (any more) is named by its key: ethics_of_touch reads "Ethics of touch"."""
    if topic == NO_TOPIC:
        return "No topic"
    return labels.get(topic) or topic.replace("_", " ").replace("-", " ").capitalize()


def minutes_by_topic(credits: Iterable[Credit]) -> dict[str, int]:
    """Added up over the formats, in the order in which the topics first come."""
    sums: dict[str, int] = {}
    for credit in credits:
        sums[credit.topic] = sums.get(credit.topic, 0) + credit.minutes
    return sums


def credits_in_words(credits: Iterable[Credit], labels: Mapping[str, str]) -> str:
    """ "1 h 46 min Ethics of touch (self-study), 30 min Ethics and law (live online)", added up, in the order they come."""
    sums: dict[tuple[str, str], int] = {}
    for credit in credits:
        place = (credit.topic, credit.format)
        sums[place] = sums.get(place, 0) + credit.minutes
    return ", ".join(
        f"{hours(number)} {label_of(topic, labels)} ({TeachingFormat(teaching_format).label.lower()})"
        for (topic, teaching_format), number in sums.items()
    )
