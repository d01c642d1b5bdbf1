import time

import pytest
import time_machine
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY

from tests.factories.supervision import make_placement

NOW = "2026-11-23 18:00:00+00:00"


@pytest.fixture(autouse=True)
def a_day_in_november():
    with time_machine.travel(NOW, tick=True) as clock:
        yield clock


@pytest.fixture
def placement(cast):
    return make_placement(cast.trainee, cast.supervisor)


@pytest.fixture
def signer(cast):
    """The supervisor's browser, in which she has just given her password."""
    return with_fresh_password(cast.client("supervisor"))


def with_fresh_password(client):
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = session["_auth_user_id"]
    session.save()
    return client


@pytest.fixture
def time_machine_ahead(a_day_in_november):
    """Let some seconds pass."""
    return a_day_in_november.shift
