"""Tries the running site from outside: `make probe`, or `python -m tests.outside --help`. Ends with 1 when a check fails."""

import argparse
import os
import sys
import zlib

from tests.benchmarks.__main__ import free_port
from tests.benchmarks.place import ROOT, Place, find_server, place_for
from tests.outside.register import Check, failures, named
from tests.outside.site import FOLDER, GunicornSite, fill, give_second_factors, variables

# What must be found when the control leaves the guards out, or the probe proves nothing.
CONTROL = (
    "a form without its token or from elsewhere is refused",
    "every kind of answer has the security headers",
    "staff without their second factor get nowhere",
    "an event that Stripe did not sign now is refused, and one it did is kept",
)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command speaks


def main() -> int:
    parser = argparse.ArgumentParser(prog="make probe", description="Tries the running site from outside.")
    parser.add_argument("--only", nargs="*", default=[], metavar="WORD", help="only the checks that name one of these")
    parser.add_argument("--control", action="store_true", help="leave four guards out, and see that this is found")
    parser.add_argument("--list", action="store_true", help="say what would be checked")
    options = parser.parse_args()
    place = prepare_django()
    from tests.outside import certificates, doors, evidence, money, people, transport  # noqa: F401 - they register checks

    checks = named(CONTROL if options.control else options.only)
    if options.list:
        say("\n".join(checks))
        return 0
    failed = probe(place, checks, control=options.control)
    if options.control:
        return judge_control(failed)
    say(f"\n{len(checks) - len(failed)} of {len(checks)} checks hold.")
    return 1 if failed or not checks else 0


def prepare_django() -> Place:
    """From here on this process and the server it starts are that installation."""
    name = f"plumbline_probe_{zlib.crc32(str(ROOT).encode()):08x}"
    place = place_for(find_server(), FOLDER, name)
    os.environ.update(variables(place, name))
    import django  # late: it reads the environment

    django.setup()
    return place


def probe(place: Place, checks: dict[str, Check], *, control: bool) -> list[str]:
    say(f"Preparing the demonstration on {place.version()} ...")
    try:
        fill(place)
        give_second_factors()
        if control:
            os.environ["PROBE_WITHOUT_GUARDS"] = "1"
        with GunicornSite(free_port()) as site:
            return failures(checks, site, say)
    finally:
        close(place)


def close(place) -> None:
    from django.db import connections

    connections.close_all()
    place.drop()


def judge_control(failed: list[str]) -> int:
    unnoticed = set(CONTROL) - set(failed)
    say(
        f"\nNot noticed: {', '.join(sorted(unnoticed))}"
        if unnoticed
        else "\nThe probe notices every guard that is missing."
    )
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
