"""What one attempt asks, and in which order. The server draws once, at the start, and keeps the draw."""

from random import Random
from typing import Any

from assessments.kinds import kind_of

Source = dict[str, Any]
Slot = dict[str, Any]


def draw_slots(source: Source, random: Random) -> list[Slot]:
    """The slots of an attempt: [{"slot": 1, "question": key}, with what chance decided of the question].

    A draw of N from the pool never leaves a critical item out: its critical items come first, the rest by chance.
    """
    settings = source["settings"]
    drawn = _draw(source["questions"], settings["draw"], random)
    if settings["shuffle_questions"]:
        random.shuffle(drawn)
    return [
        {"slot": number, "question": question["key"], **_arranged(question, settings["shuffle_options"], random)}
        for number, question in enumerate(drawn, start=1)
    ]


def _draw(pool: list[dict], count: int, random: Random) -> list[dict]:
    if not 0 < count < len(pool):
        return list(pool)
    critical = [question["key"] for question in pool if question["critical"]]
    others = [question["key"] for question in pool if not question["critical"]]
    kept = {*critical, *random.sample(others, max(0, count - len(critical)))}
    return [question for question in pool if question["key"] in kept]


def _arranged(question: dict, shuffle: bool, random: Random) -> dict[str, Any]:
    return kind_of(question["kind"]).arrange(question["data"], random, shuffle=shuffle)
