import pytest
import time_machine

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
    return cast.client("supervisor")


@pytest.fixture
def time_machine_ahead(a_day_in_november):
    """Let some seconds pass."""
    return a_day_in_november.shift
