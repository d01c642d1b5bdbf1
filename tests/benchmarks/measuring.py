"""The passes of one run: statements counted, caches cold, then warm rounds interleaved with the control view."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import mean

from tests.benchmarks import cpu
from tests.benchmarks.driver import Answer, Ask, Driver
from tests.benchmarks.figures import percentile, ratio, usual
from tests.benchmarks.instruments import SQL_HEADER, TRANSACTIONS_HEADER
from tests.benchmarks.place import Place
from tests.benchmarks.scenes import Scene
from tests.benchmarks.server import Server
from tests.benchmarks.world import World

CONCURRENCY = 4
COUNTED, COLD = 4, 4  # requests for each scene, in the counting pass and in a cold round
WARM = 12  # at the least, before the rounds
PASSES = 3  # each worker remembers by itself, and one pass leaves half of what it asks for to the other
PARTS, BESIDE = 6, 20  # a scene is asked for in parts, and the control so often before each and after the last
COLD_ROUNDS = 2
MILLION = 1_000_000

Say = Callable[[str], None]


@dataclass
class Measured:
    """What was measured of one scene, a value a round; times in milliseconds. `beside` is the control around it."""

    statements: list[int] = field(default_factory=list)
    first_statements: int = 0
    transactions: list[int] = field(default_factory=list)
    site: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def costs(self) -> list[float]:
        return [site + database for site, database in zip(self.site, self.database, strict=True)]


class Run:
    """One size, measured. Raises `WrongAnswer` as soon as one answer is not what it should be."""

    def __init__(self, place: Place, trainees: int, scenes: Sequence[Scene], port: int, say: Say):
        self.place, self.scenes, self.port, self.say = place, scenes, port, say
        self.world = World(trainees)
        self.measured = {scene.name: Measured() for scene in scenes}
        self.memory = 0.0
        self.requests = 0

    def go(self, rounds: int) -> dict[str, dict]:
        with asyncio.Runner() as runner:
            self.say("counting statements ...")
            with Server(self.port, instrumented=True, workers=1, threads=1):
                runner.run(self._count_statements())
            for number in range(COLD_ROUNDS):
                self.say(f"caches cold, round {number + 1} of {COLD_ROUNDS} ...")
                with Server(self.port) as server:
                    runner.run(self._cold_round(server))
            with Server(self.port) as server:
                runner.run(self._warm(server, rounds))
        return {scene.name: summary(self.measured[scene.name]) for scene in self.scenes}

    async def _meet(self, concurrency: int, *, arrive: bool = False) -> None:
        """A driver for the server that has just begun; everybody arrives once, the supervisors sign in."""
        self.world.driver = Driver(self.port, concurrency=concurrency)
        if arrive:
            await self.world.arrive()
            await self.world.sign_in_supervisors()

    async def _count_statements(self) -> None:
        await self._meet(1, arrive=True)
        for scene in self.scenes:
            answers = await self._run(await scene.prepare(self.world, 2 if scene.is_heavy else COUNTED))
            counts = [int(answer.headers[SQL_HEADER.lower()]) for answer in answers]
            measured = self.measured[scene.name]
            measured.first_statements, measured.statements = counts[0], counts[1:]
            measured.transactions = [int(answer.headers[TRANSACTIONS_HEADER.lower()]) for answer in answers[1:]]

    async def _cold_round(self, server: Server) -> None:
        """The first requests after a start. The control goes first, so that what any page pays once is in none of them."""
        await self._meet(CONCURRENCY)
        await self._run(await self.scenes[0].prepare(self.world, 40))
        for scene in self.scenes:
            asks = await scene.prepare(self.world, 1 if scene.is_heavy else COLD)
            site, database, _ = await self._spend(server, asks)
            self.measured[scene.name].cold.append(site + database)

    async def _warm(self, server: Server, rounds: int) -> None:
        await self._meet(CONCURRENCY)
        for scene in self.scenes:
            for _ in range(1 if scene.uses_up else PASSES):
                await self._run(await scene.prepare(self.world, warming(scene)))
        for number in range(rounds):
            begun = time.monotonic()
            for scene in self.scenes if number % 2 == 0 else self.scenes[::-1]:
                await self._measure(server, scene)
            self.say(f"round {number + 1} of {rounds} ({time.monotonic() - begun:.0f} s)")
        self.memory = max(cpu.resident(pid) for pid in server.processes())

    async def _measure(self, server: Server, scene: Scene) -> None:
        """The scene in parts, between askings of the control: the machine drifts within seconds, and both drift alike. What
        the scene needs is fetched before all of them."""
        asks, measured = await scene.prepare(self.world, scene.count), self.measured[scene.name]
        is_control = scene is self.scenes[0]
        site, database, beside = 0.0, 0.0, []
        for part in in_parts(asks):
            beside += [] if is_control else [await self._cost_of_control(server)]
            of_site, of_database, answers = await self._spend(server, part)
            site, database = site + of_site * len(part), database + of_database * len(part)
            measured.seconds += [answer.seconds for answer in answers]
        if not is_control:
            measured.beside.append(mean([*beside, await self._cost_of_control(server)]))
        measured.site.append(site / len(asks))
        measured.database.append(database / len(asks))

    async def _cost_of_control(self, server: Server) -> float:
        site, database, _ = await self._spend(server, await self.scenes[0].prepare(self.world, BESIDE))
        return site + database

    async def _spend(self, server: Server, asks: list[Ask]) -> tuple[float, float, list[Answer]]:
        """Milliseconds of processor time a request, of the server's workers and of the database's processes."""
        workers = server.processes()
        site, database = cpu.spent(workers), cpu.spent(self.place.backends())
        answers = await self._run(asks)
        site = cpu.between(site, cpu.spent(workers))
        database = cpu.between(database, cpu.spent(self.place.backends()))
        return site / MILLION / len(asks), database / MILLION / len(asks), answers

    async def _run(self, asks: list[Ask]) -> list[Answer]:
        if not asks:
            raise RuntimeError("There is nothing left to do for this request: seed more trainees, or run fewer rounds.")
        self.requests += len(asks)
        return await self.world.driver.run(asks)


def in_parts(asks: list[Ask]) -> list[list[Ask]]:
    """At most six, as long as one another but for the last; one of nothing where there is nothing to ask for."""
    size = math.ceil(len(asks) / PARTS) or 1
    return [asks[first : first + size] for first in range(0, len(asks), size)] or [asks]


def warming(scene: Scene) -> int:
    """How many are asked for before the rounds."""
    if scene.is_heavy:
        return 1
    return WARM if scene.uses_up else max(scene.count, WARM)


def summary(measured: Measured) -> dict:
    """The row of a scene: plain values, rounded as they are shown."""
    milliseconds = [1000 * second for second in measured.seconds]
    controls = measured.beside or measured.costs  # the control is its own
    return {
        "sql": usual(measured.statements),
        "first_sql": measured.first_statements,
        "transactions": usual(measured.transactions),
        "site_ms": round(percentile(measured.site, 50), 2),
        "database_ms": round(percentile(measured.database, 50), 2),
        "xc": round(ratio(measured.costs, controls), 2),
        "rounds_xc": [round(cost / of, 2) for cost, of in zip(measured.costs, controls, strict=True)],
        "p50": round(percentile(milliseconds, 50), 1),
        "p95": round(percentile(milliseconds, 95), 1),
        "cold_ms": round(percentile(measured.cold, 50), 2),
        "requests": len(milliseconds),
    }
