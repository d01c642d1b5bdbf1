"""Asking an instrumented server to profile one request of each scene."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.driver import Ask
from tests.benchmarks.scenes import Scene
from tests.benchmarks.world import World

WARMING = 5


async def profiled(world: World, scenes: Sequence[Scene], folder: Path) -> None:
    """Leaves `<name>.stats` and `<name>.json` (its SQL) of each scene in the folder."""
    await world.arrive()
    await world.sign_in_supervisors()
    for scene in scenes:
        *warming, last = await scene.prepare(world, WARMING + 1)
        await world.driver.run(warming)
        await world.driver.run([_to_profile(last, folder / scene.name)])


def _to_profile(ask: Ask, file: Path) -> Ask:
    return replace(ask, raw=ask.raw.replace(b"\r\nHost:", f"\r\nX-Bench-Profile: {file}\r\nHost:".encode(), 1))
