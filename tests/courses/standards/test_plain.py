"""Frozen dataclasses as plain JSON and back."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.standards.plain import NotPlain, as_plain, canonical, from_plain, sha256


@dataclass(frozen=True)
class Part:
    label: str
    minutes: int = 0


@dataclass(frozen=True)
class Whole:
    key: str
    cap: int | None = None
    buckets: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    topics: frozenset[str] = frozenset()


parts = st.builds(Part, label=st.text(max_size=20), minutes=st.integers(0, 10_000))
wholes = st.builds(
    Whole,
    key=st.text(max_size=20),
    cap=st.none() | st.integers(0, 10_000),
    buckets=st.lists(st.text(max_size=8), max_size=4).map(tuple),
    parts=st.lists(parts, max_size=4).map(tuple),
    topics=st.frozensets(st.text(max_size=8), max_size=4),
)


@given(wholes)
def test_what_is_stored_comes_back_equal(whole):
    assert from_plain(Whole, json.loads(json.dumps(as_plain(whole)))) == whole


def test_a_missing_name_takes_its_default_and_an_unknown_one_is_refused():
    assert from_plain(Whole, {"key": "a"}) == Whole("a")
    with pytest.raises(NotPlain, match="knows nothing of surprise"):
        from_plain(Whole, {"key": "a", "surprise": 1})
    with pytest.raises(NotPlain, match="key"):
        from_plain(Whole, {"cap": 1})
    with pytest.raises(NotPlain, match="stored as list"):
        from_plain(Whole, {"key": "a", "parts": [[]]})


def test_equal_meaning_has_equal_bytes():
    assert canonical({"b": 1, "a": ["é"]}) == '{"a":["é"],"b":1}'.encode()
    assert sha256({"b": 1, "a": 2}) == sha256({"a": 2, "b": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})
