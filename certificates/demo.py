"""The demonstration's signing keys and the graduate's credential, conferred by the real act."""

from certificates.actions.conferral import confer
from certificates.actions.keys import create_signing_keys
from certificates.actions.papers import make_files
from certificates.actions.revocation import confirm_revocation, request_revocation
from certificates.actions.status import resign_status_lists
from certificates.checks import status_lists_are_fresh
from certificates.enums import CredentialState
from certificates.models import Credential
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


def confer_and_revoke(demo: Demo) -> None:
    """Two more graduates: one certificate stands, one was issued in error and is revoked by two directors."""
    enrolments, director = demo.things["enrolments"], demo.people["director"]
    for name in ("graduate-two", "graduate-three"):
        if not Credential.objects.filter(enrolment=enrolments[name]).exists():
            make_files(confer(enrolments[name], by=director))
    revoked = Credential.objects.filter(enrolment=enrolments["graduate-two"]).latest("id")
    if revoked.state == CredentialState.VALID and not revoked.revocation_requests.exists():
        words = {"reason_class": ReasonClass.ISSUER_ERROR, "why": "Conferred under the wrong standard."}
        request = request_revocation(revoked, by=director, **words)
        confirm_revocation(request, by=demo.people["director-two"])
