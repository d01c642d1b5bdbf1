"""Links of supervisors without an account, mailed and used as the worker and a browser do it."""

import re

from django.core import mail
from django.test import Client

from supervision.models import Placement, SigningLink, Supervisor
from supervision.signing.actions import ask_code, prove_address
from supervision.signing.queries import live_links
from tests.factories.supervision import make_placement
from tests.jobs import drain
from tests.web import send_form

ADDRESS = re.compile(r"https?://\S+?(/sign/\S+)")
CODE = re.compile(r"Your code is (\d{6})")


def mails_to(address: str) -> list[str]:
    """What has come to this mailbox, oldest first, after the worker has done its work."""
    drain()
    return [one.body for one in mail.outbox if one.to == [address]]


def mailed_path(address: str = "robin@clinic.example") -> str:
    """The address inside the latest mail that carries one."""
    return next(found[1] for text in reversed(mails_to(address)) if (found := ADDRESS.search(text)))


def mailed_code(address: str = "robin@clinic.example") -> str:
    return next(found[1] for text in reversed(mails_to(address)) if (found := CODE.search(text)))


def open_by_mail(path: str, address: str = "robin@clinic.example") -> tuple[Client, object]:
    """A browser without an account goes from the link to the entries; gives it with the last page."""
    client = Client()
    page = send_form(client, client.get(path), "Mail me a code")
    return client, send_form(client, page, "Go on", code=mailed_code(address))


def make_used_link(supervisor: Supervisor) -> SigningLink:
    """The supervisor's link, after the code was typed."""
    drain()
    link = ask_code(live_links().get(supervisor=supervisor, used_at=None))
    assert prove_address(link, mailed_code(supervisor.email))
    return SigningLink.objects.select_related("supervisor").get(pk=link.pk)


def place_with(supervisor: Supervisor, trainee, **fields) -> Placement:
    return make_placement(trainee, Supervisor.objects.get(pk=supervisor.pk), **fields)
