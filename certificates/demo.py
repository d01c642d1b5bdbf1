"""The demonstration's signing keys and the graduate's credential, conferred by the real act."""

from certificates.actions.conferral import confer
from certificates.actions.keys import create_signing_keys
from certificates.actions.status import resign_status_lists
from certificates.checks import status_lists_are_fresh
from lms.demo.registry import Demo


def confer_graduate(demo: Demo) -> None:
    """Safe to repeat. A demonstration that slept for days finds its status list too old, so it is signed anew."""
    create_signing_keys(by=None)
    if status_lists_are_fresh():
        resign_status_lists()
    enrolment = demo.things["enrolments"]["graduate"]
    demo.things["credential"] = confer(enrolment, by=demo.people["director"])
