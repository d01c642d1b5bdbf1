"""From an empty database to one with so many trainees, once; a seeded one is kept and found again when asked for."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from tests.benchmarks import institute, loading, people
from tests.benchmarks.people import Crowd
from tests.benchmarks.place import Place
from tests.database import state_of_migrations

SECONDS_BETWEEN_LINES = 5


def state_for(trainees: int, logs: int) -> str:
    """What is in a database that was seeded by this code for so many trainees with so many entries each."""
    digest = hashlib.sha256()
    for module in (institute, loading, people):
        digest.update(Path(module.__file__).read_bytes())
    return f"{trainees} trainees, {logs} entries each, {state_of_migrations()}, {digest.hexdigest()[:16]}"


def progress(say) -> Callable[[int, int, float], None]:
    """Says how far it is, a line every few seconds."""
    last = 0.0

    def tell(done: int, of: int, seconds: float) -> None:
        nonlocal last
        if done < of and seconds - last < SECONDS_BETWEEN_LINES:
            return
        last, rate = seconds, done / seconds
        say(f"  {done:>7,} of {of:,} trainees, {rate:,.0f} a second, {(of - done) / rate:,.0f} s left")

    return tell


def seed(place: Place, trainees: int, logs: int, say) -> None:
    """Make the database and everything in it, and mark it as whole at the end."""
    begun = time.monotonic()
    connection.close()
    place.create()
    say("migrating ...")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    say(f"writing the program ... ({time.monotonic() - begun:.0f} s)")
    crowd = Crowd(institute.build_institute(), trainees, logs)
    begun_people = time.monotonic()

    crowd.fill(progress(say))
    with (
        connection.cursor() as cursor
    ):  # fresh statistics for the planner, as a server that has run for a while has them
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    connection.close()
    place.mark(state_for(trainees, logs))
    say(
        f"seeded {trainees:,} trainees in {time.monotonic() - begun_people:.0f} s ({time.monotonic() - begun:.0f} s in all)"
    )
