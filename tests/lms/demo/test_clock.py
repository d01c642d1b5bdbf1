"""The demonstration's clock: acts take place when they are told to, in the demonstration alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.accounts.models import RoleGrant
from lms.demo.clock import ClockRefused, at


def test_it_stands_still_inside_also_for_defaults_of_fields_and_goes_on_afterwards(settings):
    settings.DEMO = True
    then = timezone.now() - timedelta(days=40)
    with at(then):
        assert (timezone.now(), RoleGrant().valid_from, timezone.localdate()) == (then, then, timezone.localdate(then))
        with at(then - timedelta(days=1)):
            assert timezone.now() == then - timedelta(days=1)
        assert timezone.now() == then
    assert timezone.now() - then >= timedelta(days=40)


def test_it_never_runs_ahead_and_is_put_right_after_an_error(settings):
    settings.DEMO = True
    before = timezone.now()
    with pytest.raises(ValueError, match="broken off"):
        break_off(before + timedelta(days=3))
    assert before < timezone.now() < before + timedelta(days=1)


def break_off(moment):
    with at(moment) as then:
        assert then == timezone.now() < moment - timedelta(days=2)
        raise ValueError("broken off")


def test_it_is_refused_outside_of_the_demonstration(settings):
    settings.DEMO = False
    with pytest.raises(ClockRefused), at(timezone.now()):
        pass
