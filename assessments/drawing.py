"""What one attempt asks, and in which order. The server draws once, at the start, and keeps the draw."""

from random import Random
from typing import Any

from assessments.kinds import kind_of
from assessments.quiz import Quiz, Section

Source = dict[str, Any]
Slot = dict[str, Any]


def draw_slots(source: Source, random: Random) -> list[Slot]:
    """The slots of an attempt: [{"slot": 1, "question": key, "section": title}, with what chance decided of the question].

    Sections follow each other as the author put them; shuffling stays within them. A draw of N from a section never leaves
    a critical item out: its critical items come first, the rest by chance.
    """
    quiz, shuffles_options = Quiz(source), source["settings"]["shuffle_options"]
    asked = [(section, question) for section in quiz.sections for question in _asked(quiz, section, random)]
    return [
        {
            "slot": number,
            "question": question["key"],
            "section": section.title,
            **_arranged(question, shuffles_options, random),
        }
        for number, (section, question) in enumerate(asked, start=1)
    ]


def _asked(quiz: Quiz, section: Section, random: Random) -> list[dict]:
    drawn = _draw([quiz.questions[key] for key in section.questions], section.draw, random)
    if quiz.source["settings"]["shuffle_questions"]:
        random.shuffle(drawn)
    return drawn


def _draw(pool: list[dict], count: int, random: Random) -> list[dict]:
    if not 0 < count < len(pool):
        return list(pool)
    critical = [question["key"] for question in pool if question["critical"]]
    others = [question["key"] for question in pool if not question["critical"]]
    kept = {*critical, *random.sample(others, max(0, count - len(critical)))}
    return [question for question in pool if question["key"] in kept]


def _arranged(question: dict, shuffle: bool, random: Random) -> dict[str, Any]:
    return kind_of(question["kind"]).arrange(question["data"], random, shuffle=shuffle)
