"""The command line of the bench: `python -m tests.benchmarks --help`, or `make bench`."""

import argparse
import json
import os
import pstats
import re
import socket
import sys
import tempfile
import time
import zlib
from pathlib import Path

from tests.benchmarks.place import ROOT, Place, environment, find_server, place_for

FOLDER = ROOT / "var" / "bench"
SIZES = (1000, 10_000, 100_000)
TOP = 25
SEEDED = 1200  # for the stampede: a thousand who have a quiz left to start
LOGS, MANY_LOGS = 10, 100
FEWEST, MOST_ROUNDS = 400, 6  # rows for everybody to act on, see `World`


def main() -> int:
    options = read_options()
    server = find_server()
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = name_for(options.trainees, options.logs)
    seeded = place_for(server, FOLDER, name)
    used = place_for(server, FOLDER, f"{name}_run")
    say(
        f"database: {seeded.version()}"
        + ("" if server else " (no PostgreSQL answers: its figures are not those of production)")
    )
    prepare_django(seeded, name)
    was_kept = False
    try:
        was_kept = make_ready(seeded, used, options)
        if options.publishing:
            return publish(options)
        if options.stampede:
            return crowd(options)
        return profile(options) if options.profile else measure(used, options)
    finally:
        close(used, *([] if options.keep or was_kept else [seeded]))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures what each request costs.")
    parser.add_argument("--trainees", type=int, default=SIZES[0], help="how many are seeded: 1000, 10000 or 100000")
    parser.add_argument("--logs", type=int, default=LOGS, help="how many practice entries each of them has: 10 or 100")
    parser.add_argument(
        "--keep", action="store_true", help="keep the seeded database; the next run of this size begins there"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="NAME", help="only these requests (and the control view)"
    )
    parser.add_argument(
        "--profile", nargs="+", metavar="NAME", help="profile one request of each name instead of measuring"
    )
    parser.add_argument(
        "--publishing", action="store_true", help="measure how long an edition of 200 lessons takes, and nothing else"
    )
    parser.add_argument(
        "--stampede", action="store_true", help="let 1,000 trainees start one quiz at once, and nothing else"
    )
    parser.add_argument("--port", type=int, default=0, help="where the server listens; any free port unless given")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md and the kept results alone")
    options = parser.parse_args()
    if options.logs not in (LOGS, MANY_LOGS):
        parser.error(f"{LOGS} or {MANY_LOGS} entries.")
    if options.trainees < FEWEST or not 1 <= options.rounds <= MOST_ROUNDS:
        parser.error(f"At least {FEWEST} trainees, and 1 to {MOST_ROUNDS} rounds: each act needs a row of its own.")
    if options.stampede:
        options.trainees = max(options.trainees, SEEDED)
    options.port = options.port or free_port()
    return options


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def name_for(trainees: int, logs: int) -> str:
    """A database of this checkout alone: two of them may be measured on one machine, if not at the same time."""
    return f"plumbline_bench_{trainees}_{logs}_{zlib.crc32(str(ROOT).encode()):08x}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command speaks


def prepare_django(place: Place, keys: str) -> None:
    """From here on this process and the servers it starts are that installation."""
    os.environ.update(environment(place, FOLDER, keys))
    import django  # late: it reads the environment

    django.setup()


def make_ready(seeded: Place, used: Place, options: argparse.Namespace) -> bool:
    """The seeded database, made now or found again, and a copy of it to be used up; collected static files.

    Returns whether it was found: then it is kept, as somebody once asked for.
    """
    from django.core.management import call_command
    from django.db import connection

    from tests.benchmarks.seeding import seed, state_for

    say("collecting static files ...")
    call_command("collectstatic", interactive=False, verbosity=0)
    was_kept = seeded.seeded() == state_for(options.trainees, options.logs)
    if was_kept:
        say(f"using the kept database with {options.trainees:,} trainees of {options.logs} entries")
    else:
        seed(seeded, options.trainees, options.logs, say)
    connection.close()
    seeded.copy_to(used)
    connection.settings_dict["NAME"] = used.name if used.vendor == "PostgreSQL" else str(used.file)
    os.environ["DATABASE_URL"] = used.url
    return was_kept


def measure(place: Place, options: argparse.Namespace) -> int:
    from tests.benchmarks import report
    from tests.benchmarks.driver import WrongAnswer
    from tests.benchmarks.measuring import Run
    from tests.benchmarks.scenes import CONTROL, scenes_named

    load = os.getloadavg()[0]
    run = Run(place, options.trainees, scenes_named(options.only), options.port, say)
    try:
        rows = run.go(options.rounds)
    except WrongAnswer as wrong:
        say(f"A wrong answer: {wrong}")
        return 1
    result = {
        "rows": rows,
        "trainees": options.trainees,
        "logs": options.logs,
        "machine": report.machine(place.version()),
        "rounds": options.rounds,
        "requests": run.requests,
        "load": round(load, 1),
        "memory": round(run.memory),
        "control_ms": rows[CONTROL]["site_ms"] + rows[CONTROL]["database_ms"],
        "day": time.strftime("%Y-%m-%d"),
    }
    print(report.text_table(report.HEAD, report.lines_of(rows)))  # noqa: T201 - a command speaks
    if not options.no_write:
        results = report.merged(report.load(), result)
        report.keep(results)
        report.PAGE.write_text(report.page(results))
    return 0


def publish(options: argparse.Namespace) -> int:
    """One large edition, in this process as the worker makes it. Fails when it takes longer than allowed."""
    from tests.benchmarks import report
    from tests.benchmarks.publishing import measure_publishing

    say("writing a program of 200 lessons and publishing it ...")
    result = measure_publishing()
    print(report.PUBLISHING.format(**result, most=report.MOST_SECONDS).strip())  # noqa: T201 - a command speaks
    if not options.no_write:
        results = report.load() | {"publishing": result}
        report.keep(results)
        report.PAGE.write_text(report.page(results))
    return 0 if result["seconds"] <= report.MOST_SECONDS else 1


def crowd(options: argparse.Namespace) -> int:
    """Everybody starts at once on the server as production runs it. Fails on any error, and above the seconds allowed."""
    from tests.benchmarks import report
    from tests.benchmarks.server import Server
    from tests.benchmarks.stampede import stampede

    say("1,000 trainees start one quiz at once ...")
    with Server(options.port):
        result = stampede(options.port, options.trainees)
    for problem in result.pop("problems"):
        say(problem)
    print(report.STAMPEDE.format(**result, most=report.MOST_TO_START).strip())  # noqa: T201 - a command speaks
    if not options.no_write:
        results = report.load() | {"stampede": result}
        report.keep(results)
        report.PAGE.write_text(report.page(results))
    return 0 if not result["errors"] and result["longest"] <= report.MOST_TO_START else 1


def profile(options: argparse.Namespace) -> int:
    """One request of each in a server of one thread, after some that warm it: what it spends by function, and its SQL."""
    import asyncio

    from tests.benchmarks.driver import Driver
    from tests.benchmarks.profiling import profiled
    from tests.benchmarks.scenes import scenes_named
    from tests.benchmarks.server import Server
    from tests.benchmarks.world import World

    _, *scenes = scenes_named(options.profile)
    world = World(options.trainees)
    with tempfile.TemporaryDirectory() as folder, Server(options.port, instrumented=True, workers=1, threads=1):
        world.driver = Driver(options.port, concurrency=1)
        asyncio.run(profiled(world, scenes, Path(folder)))
        for scene in scenes:
            show_profile(scene.label, Path(folder) / scene.name)
    return 0


def show_profile(label: str, file: Path) -> None:
    print(f"\n{label}\n{'=' * len(label)}")  # noqa: T201 - a command speaks
    ours = rf"^{re.escape(str(ROOT))}/(?!\.venv/)"
    pstats.Stats(f"{file}.stats").sort_stats("cumulative").print_stats(ours, 2 * TOP)
    pstats.Stats(f"{file}.stats").sort_stats("tottime").print_stats(TOP)
    for number, query in enumerate(json.loads(Path(f"{file}.json").read_text()), start=1):
        print(f"{number:3}. {query['time']} s  {query['sql']}")  # noqa: T201 - a command speaks


def close(*places: Place) -> None:
    """Remove the databases that nobody needs any more."""
    from django.db import connections

    connections.close_all()
    for place in places:
        place.drop()


if __name__ == "__main__":
    sys.exit(main())
