"""A thousand trainees who start the same quiz in the same second: how long until each has read her first question.

Everybody has a connection of her own, sends the form that starts the quiz, follows it to the first question, and answers
that. Nothing is believed: the attempts, their draws and the acknowledged answers are read from the database afterwards.
"""

import asyncio
import json
import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef

from assessments.models import Answer, Attempt
from assessments.queries import quiz_of
from courses.curriculum.enums import ActivityKind
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from tests.benchmarks.driver import Ask, Browser, Connection, Driver
from tests.benchmarks.figures import percentile
from tests.benchmarks.institute import find_institute
from tests.benchmarks.people import email_of, session_key_of

PEOPLE = 1000
QUIZ = 5  # the first that nobody has begun
LONGEST = 120  # seconds; whoever waits longer is an error
_SLOT = re.compile(rb'name="slot" value="(\d+)"')
_SEQ = re.compile(rb'name="seq" value="(\d+)"')
NUMBER = {"value": "10", "unit": "mg"}
_STEM = re.compile(rb'id="stem">(.*?)</div>', re.DOTALL)


@dataclass
class Runner:
    """One trainee in the crowd and what became of her: seconds to her first question, what she read, what was acknowledged."""

    enrolment: int
    browser: Browser
    seconds: float = 0.0
    attempt: int = 0
    slot: int = 0
    stem: bytes = b""
    sent: dict[str, str] = field(default_factory=dict)
    is_acknowledged: bool = False
    problem: str = ""


def stampede(port: int, trainees: int) -> dict[str, Any]:
    """What happened, in figures; `problems` names the first few things that were not as they should be."""
    quiz = find_institute().of_kind(ActivityKind.QUIZ)[QUIZ]
    slug, runners = quiz.slug, _runners(quiz.activity_id, trainees)
    with asyncio.Runner() as runner:
        runner.run(_arrive(runners, slug, port))
        begun = time.perf_counter()
        runner.run(_run(runners, slug, port))
    seconds = [one.seconds for one in runners if not one.problem]
    problems = [one.problem for one in runners if one.problem] + _wrong_draws(runners) + _lost_answers(runners)
    return {
        "people": len(runners),
        "median": round(percentile(seconds, 50), 2) if seconds else 0.0,
        "longest": round(max(seconds, default=0.0), 2),
        "whole": round(time.perf_counter() - begun, 1),
        "acknowledged": sum(one.is_acknowledged for one in runners),
        "errors": len(problems),
        "problems": problems[:5],
        "day": time.strftime("%Y-%m-%d"),
    }


def _runners(activity: int, seeded: int) -> list[Runner]:
    """Those who may start this quiz. Raises `RuntimeError` when there are too few."""
    emails = [email_of("trainee", number) for number in range(seeded)]
    begun = Attempt.objects.filter(enrolment=OuterRef("pk"), activity=activity)
    rows = Enrolment.objects.filter(~Exists(begun), person__email__in=emails, state=EnrolmentState.ACTIVE)
    found = list(rows.order_by("pk").values_list("pk", "person")[:PEOPLE])
    if len(found) < PEOPLE:
        raise RuntimeError(f"Only {len(found)} trainees can start this quiz: seed more than {seeded}.")
    return [Runner(pk, Browser(None, session=session_key_of(person))) for pk, person in found]


async def _arrive(runners: list[Runner], slug: str, port: int) -> None:
    """Everybody has read the first page of the quiz before, as people do; in no figure."""
    driver = Driver(port)
    await driver.run([one.browser.ask(f"/learn/{one.enrolment}/{slug}/quiz/", "quiz/start/") for one in runners])
    await driver.close()


async def _run(runners: list[Runner], slug: str, port: int) -> None:
    connections = [Connection(port) for _ in runners]
    gate = asyncio.Event()
    crowd = [
        asyncio.create_task(_start(one, connection, slug, gate))
        for one, connection in zip(runners, connections, strict=True)
    ]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*crowd)
    for connection in connections:
        await connection.close()


async def _start(one: Runner, connection: Connection, slug: str, gate: asyncio.Event) -> None:
    path = f"/learn/{one.enrolment}/{slug}/quiz/start/"
    start = one.browser.ask(path, "/quiz/", data={"form_key": str(uuid.uuid4())}, status=302)
    await gate.wait()
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(LONGEST):
            location = urlsplit((await _send(connection, start)).headers["location"]).path
            page = await _send(connection, one.browser.ask(location, "question-map"))
            one.seconds = time.perf_counter() - begun
            one.attempt = int(re.search(r"\d+", location)[0])
            one.slot, one.stem = int(_SLOT.search(page.body)[1]), _STEM.search(page.body)[1].strip()
            await _answer(one, connection, location, page.body)
    except (OSError, asyncio.IncompleteReadError, TimeoutError, RuntimeError, TypeError) as error:
        one.problem = f"Enrolment {one.enrolment}: {type(error).__name__} {error}"


async def _answer(one: Runner, connection: Connection, location: str, page: bytes) -> None:
    sequence = int(_SEQ.search(page)[1])
    choice = re.search(rb'name="choice"\s+value="([^"]+)"', page)
    one.sent = {"choice": choice[1].decode()} if choice else NUMBER
    data = {"form_key": str(uuid.uuid4()), "slot": one.slot, "seq": sequence} | one.sent
    saved = await _send(connection, one.browser.ask(f"{location}answer/", "saved", data=data, json=True))
    one.is_acknowledged = json.loads(saved.body)["seq"] == sequence


async def _send(connection: Connection, ask: Ask):
    answer = await connection.send(ask.raw)
    if problem := ask.problem(answer):
        raise RuntimeError(problem)
    return answer


def _wrong_draws(runners: list[Runner]) -> list[str]:
    """One attempt each, with as many different questions as the quiz asks, and what she read in the place it was drawn for."""
    read = Attempt.objects.select_related("body").in_bulk([one.attempt for one in runners])
    activities = {attempt.activity_id for attempt in read.values()}
    at_quiz = Attempt.objects.filter(enrolment__in=[one.enrolment for one in runners], activity__in=activities)
    counts = Counter(at_quiz.values_list("enrolment_id", flat=True))
    wrong = [f"Enrolment {pk} has {count} attempts." for pk, count in counts.items() if count != 1]
    return wrong + [
        f"The draw of enrolment {one.enrolment} is not right."
        for one in runners
        if one.attempt and not _is_right(one, read.get(one.attempt))
    ]


def _is_right(one: Runner, attempt: Attempt | None) -> bool:
    if attempt is None or attempt.enrolment_id != one.enrolment:
        return False
    quiz, drawn = quiz_of(attempt), [slot["question"] for slot in attempt.draw]
    stem = quiz.questions[drawn[one.slot - 1]]["data"]["stem"].encode()
    return len(set(drawn)) == len(drawn) == quiz.asked_count and set(drawn) <= set(quiz.questions) and stem == one.stem


def _lost_answers(runners: list[Runner]) -> list[str]:
    kept = {
        (answer.attempt_id, answer.slot): answer.response
        for answer in Answer.objects.filter(attempt__in=[one.attempt for one in runners if one.attempt])
    }
    attempts = Attempt.objects.in_bulk([one.attempt for one in runners if one.is_acknowledged])
    return [
        f"The answer of attempt {one.attempt} was acknowledged and is lost."
        for one in runners
        if one.is_acknowledged and kept.get((one.attempt, one.slot)) != _sent_by(one, attempts[one.attempt])
    ]


def _sent_by(one: Runner, attempt: Attempt) -> dict[str, Any]:
    """As it is kept. A choice names the place in her own page: `at-3` is the third option of her own draw."""
    if "choice" not in one.sent:
        return one.sent
    place = int(one.sent["choice"].removeprefix("at-")) - 1
    return {"chosen": [attempt.draw[one.slot - 1]["order"][place]]}
