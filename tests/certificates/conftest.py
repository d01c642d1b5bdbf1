from types import SimpleNamespace

import pytest

from certificates.actions.keys import create_signing_keys
from courses.standards import registry
from lms.web import limits
from tests.certificates.promised import PROMISED, Promised
from tests.factories.certificates import make_credential, make_ready_enrolment


@pytest.fixture
def credential(cast, settings):
    """Issued to the trainee, conferred by the director, under a real-looking address (did:web forbids IP addresses)."""
    settings.PUBLIC_URL = "https://academy.example"
    return make_credential(cast.trainee, by=cast.director)


@pytest.fixture
def promised(monkeypatch):
    """The test kind, registered for this test only."""
    monkeypatch.setitem(registry._kinds, Promised.name, Promised())
    return PROMISED


@pytest.fixture
def enrolment(cast, promised):
    """The trainee's, ready to be conferred: its one requirement is met, keys exist, the name is confirmed."""
    create_signing_keys(by=None)
    return make_ready_enrolment(cast.trainee, requirements=[promised])


@pytest.fixture
def minute(monkeypatch):
    """The minute in which look-ups are counted stands still until `minute.pass_()`, however slow the machine is."""
    clock = SimpleNamespace(window=29_000_000)
    clock.pass_ = lambda: setattr(clock, "window", clock.window + 1)
    monkeypatch.setattr(limits, "_window", lambda: clock.window)
    return clock
