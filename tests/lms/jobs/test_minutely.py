"""What the worker does each minute: in order, and one that fails does not keep the others."""

from io import StringIO

import pytest

from lms.jobs import registry
from lms.jobs.management.commands.work import Command
from lms.jobs.registry import minutely_steps, register_minutely

done = []


def first():
    done.append("first")


def broken():
    raise ValueError("no")


def last():
    done.append("last")


def test_outages_are_given_back_before_anything_is_submitted():
    titles = [title for title, _ in minutely_steps()]
    assert titles == ["give back the time of outages", "submit quizzes whose time ran out"]


@pytest.mark.django_db(transaction=True)
def test_a_step_that_fails_is_named_and_keeps_no_other(monkeypatch):
    monkeypatch.setattr(registry, "_minutely", {})
    for name in ("first", "broken", "last"):
        register_minutely(f"the {name} step", f"{__name__}.{name}")
    done.clear()
    said = StringIO()
    Command(stderr=said, no_color=True).do_the_minute()
    assert done == ["first", "last"]
    assert said.getvalue() == "the broken step: ValueError: no\n"
