"""The demonstration's signing keys and the graduate's credential, conferred by the real act."""

from certificates.actions.conferral import confer
from certificates.actions.keys import create_signing_keys
from certificates.actions.papers import make_files
from certificates.actions.replacing import supersede
from certificates.actions.revocation import confirm_revocation, request_revocation
from certificates.actions.status import resign_status_lists
from certificates.actions.suspension import suspend
from certificates.checks import status_lists_are_fresh
from certificates.models import Credential
from lms.demo.people import GRADUATES
from lms.demo.registry import Demo
from lms.enums import ReasonClass


def confer_graduate(demo: Demo) -> None:
    """Safe to repeat. A demonstration that slept for days finds its status list too old, so it is signed anew."""
    create_signing_keys(by=None)
    if status_lists_are_fresh():
        resign_status_lists()
    enrolment = demo.things["enrolments"].get("graduate")
    if enrolment:
        demo.things["credential"] = confer(enrolment, by=demo.people["director"])
        make_files(demo.things["credential"])  # now, so that they are there before any worker runs


def confer_in_every_state(demo: Demo) -> None:
    """More graduates: one certificate is revoked by two directors, one stands, one is suspended, one was replaced.

    Later changes are left alone: each act is done once, while nothing but the conferral has happened.
    """
    acts = {"graduate-two": _revoke, "graduate-four": _suspend, "graduate-five": _correct}
    for name, *_ in GRADUATES:
        enrolment = demo.things["enrolments"][name]
        if not Credential.objects.filter(enrolment=enrolment).exists():
            credential = confer(enrolment, by=demo.people["director"])
            make_files(credential)
            if name in acts:
                acts[name](credential, demo)


def _revoke(credential: Credential, demo: Demo) -> None:
    words = {"reason_class": ReasonClass.ISSUER_ERROR, "why": "Conferred under the wrong standard."}
    request = request_revocation(credential, by=demo.people["director"], **words)
    confirm_revocation(request, by=demo.people["director-two"])


def _suspend(credential: Credential, demo: Demo) -> None:
    why = "A question about her hours is open; she has been told and can answer it."
    suspend(credential, by=demo.people["director"], reason_class=ReasonClass.INTERIM, why=why)


def _correct(credential: Credential, demo: Demo) -> None:
    """Her discipline was recorded wrongly; the new certificate follows under a new code."""
    why = "She enrolled as a clinical social worker; we had written psychologist."
    words = {"reason_class": ReasonClass.ISSUER_ERROR, "corrects_name": False, "discipline": "Clinical social worker"}
    make_files(supersede(credential, by=demo.people["director"], why=why, **words))
