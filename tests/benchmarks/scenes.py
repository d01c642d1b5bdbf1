"""The requests of the bench, in the order of its table: for whom, what is sent, what must come back, what it may cost."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from tests.benchmarks import control
from tests.benchmarks.driver import Ask, Browser, form_with
from tests.benchmarks.people import PASSWORD, ZONE
from tests.benchmarks.world import World

CONTROL = "control"
Prepare = Callable[[World, int], Awaitable[list[Ask]]]


@dataclass(frozen=True)
class Target:
    """What a request may cost at most: multiples of the control view, statements, milliseconds of processor time."""

    xc: float | None = None
    sql: int | None = None
    ms: float | None = None


@dataclass(frozen=True)
class Scene:
    """One request. `count` of them are measured in a round; `prepare` makes them, asking for their forms unmeasured.
    `uses_up`: each takes a row that no other request can have. `is_heavy`: one stands for many in every pass."""

    name: str
    label: str
    count: int
    prepare: Prepare
    target: Target | None = None
    uses_up: bool = False
    is_heavy: bool = False


async def control_view(world: World, count: int) -> list[Ask]:
    path = f"{control.PATH}?program={world.institute.program.pk}"
    return [person.browser.ask(path, f"{control.MARKER}{person.user}:") for person in _taking(world.readers, count)]


async def visitors_home(world: World, count: int) -> list[Ask]:
    return [Browser(world, visitor=True).ask("/", "A client who has agreed") for _ in range(count)]


async def visitors_program(world: World, count: int) -> list[Ask]:
    return [Browser(world, visitor=True).ask("/measured/", "Agree on touch beforehand") for _ in range(count)]


async def sign_in(world: World, count: int) -> list[Ask]:
    """Each from a browser and an address of her own, the form fetched before."""
    asks = []
    for person in _taking(world.readers, count):
        browser = Browser(world)
        await browser.get("/accounts/login/", "password")
        data = {"login": person.email, "password": PASSWORD}
        asks.append(browser.ask("/accounts/login/", "/home/", data=data, status=302))
    return asks


async def trainees_home(world: World, count: int) -> list[Ask]:
    return [person.browser.ask("/home/", "Supervised practice, measured") for person in _taking(world.readers, count)]


async def outline(world: World, count: int) -> list[Ask]:
    people = _taking(world.readers, count)
    return [person.browser.ask(f"/learn/{person.enrolment}/", "Lesson 10.10") for person in people]


async def lesson(world: World, count: int) -> list[Ask]:
    """One that she has completed and opens again."""
    pairs = zip(_taking(world.readers, count), itertools.cycle(range(50)), strict=False)
    return [_lesson(world, person, place) for person, place in pairs]


async def next_lesson(world: World, count: int) -> list[Ask]:
    """One that she has not read: the place is remembered."""
    pairs = zip(_taking(world.readers, count), world.sequences, strict=False)
    return [_lesson(world, person, 50 + number // len(world.readers) % 50) for person, number in pairs]


def _lesson(world: World, person, place: int) -> Ask:
    path = f"/learn/{person.enrolment}/{world.lessons[place]}/"
    return person.browser.ask(path, f"Part of {place // 10 + 1}.{place % 10 + 1}")


async def search(world: World, count: int) -> list[Ask]:
    """Two words in an edition of a hundred lessons."""
    people = _taking(world.readers, count)
    return [
        person.browser.ask(f"/learn/{person.enrolment}/search/words/?q=part+lesson", "hit__passage")
        for person in people
    ]


async def quiz_start(world: World, count: int) -> list[Ask]:
    asks = []
    for slug, person in itertools.islice(world.starts, count):
        page = await person.browser.get(f"/learn/{person.enrolment}/{slug}/quiz/", "quiz/start/")
        data = form_with(page, "quiz/start/")
        asks.append(
            person.browser.ask(f"/learn/{person.enrolment}/{slug}/quiz/start/", "/quiz/", data=data, status=302)
        )
    return asks


async def attempt(world: World, count: int) -> list[Ask]:
    pairs = zip(_taking(world.readers, count), itertools.cycle(range(1, 21)), strict=False)
    return [
        person.browser.ask(f"/quiz/{person.attempt}/?slot={slot}", "What do you do in case 5.")
        for person, slot in pairs
    ]


async def answer_save(world: World, count: int) -> list[Ask]:
    """What the script of the page sends whenever a choice is made: here another option of the first question."""
    asks = []
    for person in _taking(world.readers, count):
        choices = await _choices(person)
        seq = next(world.sequences)
        data = {"slot": choices.slot, "seq": seq, "choice": choices.options[seq % len(choices.options)]}
        asks.append(person.browser.ask(f"/quiz/{person.attempt}/answer/", '"saved"', data=data, json=True))
    return asks


@dataclass(frozen=True)
class Choices:
    slot: int
    options: list[str]


_known_choices: dict[int, Choices] = {}


async def _choices(person) -> Choices:
    """The first single-choice question of her open attempt, read off its pages once."""
    if person.attempt not in _known_choices:
        for slot in range(1, 21):
            page = (await person.browser.get(f"/quiz/{person.attempt}/?slot={slot}")).body.decode()
            options = [
                part.split('"', 1)[0] for part in page.split('type="radio"')[1:] for part in part.split('value="')[1:2]
            ]
            if options:
                _known_choices[person.attempt] = Choices(slot, options)
                break
    return _known_choices[person.attempt]


async def standing(world: World, count: int) -> list[Ask]:
    people = _taking(world.readers, count)
    return [person.browser.ask(f"/standing/{person.enrolment}/", "integration") for person in people]


async def standing_anew(world: World, count: int) -> list[Ask]:
    """As of the end of today: the same ledger, never from memory, as after something has changed."""
    today = timezone.localdate(timezone=ZONE).isoformat()
    people = _taking(world.readers, count)
    return [
        person.browser.ask(f"/standing/{person.enrolment}/?as_of={today}", "requirements met on") for person in people
    ]


async def log_form(world: World, count: int) -> list[Ask]:
    return [person.browser.ask("/practice/new/", "Log a visit") for person in _taking(world.readers, count)]


async def log_list(world: World, count: int) -> list[Ask]:
    return [person.browser.ask("/practice/", "Hours so far") for person in _taking(world.readers, count)]


async def log_submit(world: World, count: int) -> list[Ask]:
    """A visit on a day that is free, written and sent in one go."""
    asks = []
    for days, person in itertools.islice(world.visits, count):
        data = form_with(await person.browser.get("/practice/new/", "Log a visit"), "category_key")
        data |= {
            "category_key": "recorded_observation",
            "role": "observer",
            "on": (world.enrolled_on + timedelta(days=days)).isoformat(),
            "starts_at": "13:00",
            "modality": "in_person",
            "phase_1": "dosing",
            "minutes_1": "60",
            "reflection": "I watched how long the silence was allowed to last, and would have spoken sooner.",
            "then": "send",
        }
        asks.append(person.browser.ask("/practice/new/", "/practice/", data=data, status=302))
    return asks


async def queue(world: World, count: int) -> list[Ask]:
    people = _taking(world.queues, count)
    return [person.browser.ask("/review/", "Trainee ") for person in people]


async def approve(world: World, count: int) -> list[Ask]:
    """With the password given anew just before, and the entry read: the signature covers what was on the screen."""
    await world.reauthenticate(world.signers)
    asks = []
    for person, log in itertools.islice(world.waiting, count):
        data = form_with(await person.browser.get(f"/review/{log}/", "Approve and sign"), "seen")
        data |= {"meaning": "reviewed", "decision": "approved"}
        asks.append(person.browser.ask(f"/review/{log}/", "/review/", data=data, status=302))
    return asks


async def approve_many(world: World, count: int) -> list[Ask]:
    """A whole caseload of 200, listed on the page before and signed in one request."""
    await world.reauthenticate(world.laden)
    asks = []
    for person, logs in itertools.islice(world.caseloads, count):
        path = "/review/approve/?" + "&".join(f"log={log}" for log in logs)
        data = form_with(await person.browser.get(path, "Approve and sign 200 entries"), "seen")
        asks.append(person.browser.ask(path, "/review/", data=data | {"meaning": "reviewed"}, status=302))
    return asks


async def verification(world: World, count: int) -> list[Ask]:
    return [
        Browser(world, visitor=True).ask(credential.get_absolute_url(), credential.snapshot["holder_name"])
        for credential in _taking(world.credentials, count)
    ]


async def credential_json(world: World, count: int) -> list[Ask]:
    return [
        Browser(world, visitor=True).ask(f"/credentials/{credential.uuid}.json", str(credential.uuid))
        for credential in _taking(world.credentials, count)
    ]


async def credential_pdf(world: World, count: int) -> list[Ask]:
    papers = _taking(world.papers, count)
    return [Browser(world, visitor=True).ask(f"/credentials/{credential.uuid}.pdf", "%PDF-") for credential in papers]


async def buying(world: World, count: int) -> list[Ask]:
    people = _taking(world.newcomers, count)
    return [person.browser.ask(f"/places/{world.next_cohort}/", "2,400") for person in people]


def _taking(people, count: int):
    return list(itertools.islice(itertools.cycle(people), count))


SCENES = (
    Scene(CONTROL, "control view", 200, control_view),
    Scene("visitors_home", "home page, visitor", 400, visitors_home, Target(0.3, 0)),
    Scene("visitors_program", "program page, visitor", 400, visitors_program, Target(0.3, 0)),
    Scene("sign_in", "sign in (POST)", 12, sign_in),
    Scene("home", "trainee’s home", 80, trainees_home, Target(3, 6)),
    Scene("outline", "outline of 100 lessons", 60, outline, Target(3, 5)),
    Scene("lesson", "lesson, opened again", 100, lesson, Target(2.5, 5)),
    Scene("next_lesson", "lesson, for the first time", 60, next_lesson, Target(2.5, 5)),
    Scene("search", "search in 100 lessons", 60, search, Target(4, 5)),
    Scene("quiz_start", "quiz start (POST)", 30, quiz_start, Target(3, 8), uses_up=True),
    Scene("attempt", "attempt page, 20 questions", 80, attempt, Target(3, 6)),
    Scene("answer_save", "answer saved (POST)", 120, answer_save, Target(1.5, 4)),
    Scene("standing", "standing", 60, standing, Target(3)),
    Scene("standing_anew", "standing, judged anew", 60, standing_anew, Target(3)),
    Scene("log_list", "log list", 60, log_list, Target(3)),
    Scene("log_form", "log form", 40, log_form, Target(3)),
    Scene("log_submit", "log written and sent (POST)", 30, log_submit, uses_up=True),
    Scene("queue", "supervisor’s queue", 40, queue, Target(3)),
    Scene("approve", "entry approved (POST)", 24, approve, uses_up=True),
    Scene(
        "approve_many",
        "200 entries approved together (POST)",
        1,
        approve_many,
        Target(ms=1000),
        uses_up=True,
        is_heavy=True,
    ),
    Scene("verification", "verification page", 80, verification),
    Scene("credential_json", "credential, JSON", 100, credential_json),
    Scene("credential_pdf", "credential, PDF", 60, credential_pdf),
    Scene("buying", "buying page", 60, buying),
)


def scenes_named(names: list[str]) -> tuple[Scene, ...]:
    """Those asked for and the control, or all. Raises `KeyError` for a name that there is not."""
    known = {scene.name: scene for scene in SCENES}
    return tuple(known[name] for name in dict.fromkeys([CONTROL, *names])) if names else SCENES
