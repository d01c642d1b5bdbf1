"""The probe can fail: a check that does not hold, or cannot be made, is named and ends it with 1."""

import pytest

from tests.outside import register
from tests.outside.__main__ import CONTROL, judge_control


@pytest.fixture
def checks(monkeypatch):
    monkeypatch.setattr(register, "CHECKS", {})

    @register.check("holds")
    def _(site):
        assert site == "the site"

    @register.check("does not hold")
    def _(site):
        assert site == "another site"

    @register.check("cannot be made")
    def _(site):
        raise ConnectionRefusedError

    return register.CHECKS


def test_every_check_is_run_and_those_that_fail_are_named(checks):
    said = []
    assert register.failures(checks, "the site", said.append) == ["does not hold", "cannot be made"]
    assert [line.split()[0] for line in said] == ["ok", "FAILED", "FAILED"]


def test_checks_are_chosen_by_a_word_of_their_sentence(checks):
    assert list(register.named(["HOLD"])) == ["holds", "does not hold"]
    assert list(register.named([])) == list(checks)
    assert register.named(["nothing like it"]) == {}


def test_a_sentence_stands_for_one_check(checks):
    with pytest.raises(AssertionError):
        register.check("holds")(lambda site: None)


def test_the_control_fails_when_a_missing_guard_goes_unnoticed():
    assert judge_control(list(CONTROL)) == 0
    assert judge_control(list(CONTROL[1:])) == 1
