"""The nightly round: every step runs, also after one that failed, and the operator hears of it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lms.jobs import registry
from lms.jobs.registry import nightly_steps, register_nightly

done: list[str] = []


def first() -> int:
    done.append("first")
    return 3


def broken() -> None:
    done.append("broken")
    with connection.cursor() as cursor:
        cursor.execute("select * from no_such_table")


def last() -> None:
    done.append("last")


@pytest.fixture
def steps(monkeypatch):
    done.clear()
    monkeypatch.setattr(registry, "_steps", {})
    return lambda *names: [register_nightly(f"the {name} step", f"{__name__}.{name}") for name in names]


def test_every_step_runs_and_says_what_it_did(steps, capsys, db):
    steps("first", "last")
    call_command("nightly")
    assert (done, capsys.readouterr().out) == (["first", "last"], "the first step: done (3)\nthe last step: done\n")


@pytest.mark.django_db(transaction=True)
def test_a_failing_step_keeps_no_other_from_running_and_ends_in_failure(steps, capsys):
    steps("first", "broken", "last")
    with pytest.raises(CommandError, match="1 of the nightly steps failed: the broken step"):
        call_command("nightly")
    assert done == ["first", "broken", "last"]
    assert capsys.readouterr().err.startswith("the broken step: failed: ")


def test_a_missing_function_fails_only_its_own_step(steps, db):
    steps("first")
    register_nightly("the lost step", f"{__name__}.nowhere")
    steps("last")
    with pytest.raises(CommandError, match="the lost step"):
        call_command("nightly")
    assert done == ["first", "last"]


def test_every_registered_step_exists_and_can_be_repeated(cast):
    assert len(nightly_steps()) > 5
    for _ in range(2):
        call_command("nightly", verbosity=0)
