"""What an editor may not publish is said while she writes it."""

import pytest
from django.core.exceptions import ValidationError

from supervision.blocks import CapBlock, MinimumBlock, PracticumMinutesBlock

EMPTY = {"label": "x", "hours": 1, "direct": False, "bucket": "", "category": "", "phase": ""}


@pytest.mark.parametrize(
    "filled", [{"direct": True}, {"bucket": "observed"}, {"category": "preparation"}, {"phase": "dosing"}]
)
def test_a_minimum_is_about_something(db, filled):
    block = MinimumBlock()
    assert block.clean(block.to_python(EMPTY | filled))["label"] == "x"


def test_a_minimum_about_nothing_is_refused(db):
    block = MinimumBlock()
    with pytest.raises(ValidationError, match="Say what this minimum is about"):
        block.clean(block.to_python(EMPTY))


@pytest.mark.parametrize("filled", [{}, {"bucket": "observed", "category": "preparation"}])
def test_a_cap_is_on_one_bucket_or_on_one_category(db, filled):
    block = CapBlock()
    with pytest.raises(ValidationError, match="one bucket or on one category"):
        block.clean(block.to_python({"label": "x", "hours": 1, "bucket": "", "category": ""} | filled))


@pytest.mark.parametrize("hours", [0, -1, 5001])
def test_the_total_is_a_possible_number_of_hours(db, hours):
    block = PracticumMinutesBlock()
    with pytest.raises(ValidationError):
        block.clean(
            block.to_python({"title": "P", "hours": hours, "buckets": ["direct"], "waivable": True, "track": ""})
        )
