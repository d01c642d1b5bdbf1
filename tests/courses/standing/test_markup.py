"""The rows of the ledger in HTML."""

import pytest

from courses.standards.contract import Counted, Result, Step
from courses.standards.enums import ResultState, Unit
from courses.standing.ledger import row_of
from courses.standing.markup import ledger_rows
from tests.courses.standing.test_ledger import VISIT

SHARP = "<b>\"sharp\" & 'keen'</b>"


def rows(**fields) -> list:
    part = Result("p", f"{SHARP} part", ResultState.UNMET, 10, 30, Unit.MINUTES, note=f"{SHARP} note of a part")
    values = {
        "parts": (part,),
        "note": f"{SHARP} note",
        "missing": (f"{SHARP} missing",),
        "next_steps": (Step(f"{SHARP} step", "/next/?a=1&b=2"),),
        "counted": (Counted(VISIT, 20),),
    }
    found = Result("key", f"{SHARP} title", ResultState.UNMET, 20, 60, Unit.MINUTES, **values | fields)
    return [row_of(found, {"key": f"{SHARP} sentence"})]


def html_of(rows, *, is_own=True, is_whole=False, as_of="") -> str:
    return ledger_rows(rows, enrolment=7, is_own=is_own, as_of=as_of, is_whole=is_whole)


def test_whatever_a_director_wrote_is_escaped():
    for is_whole in (False, True):
        html = html_of(rows(), is_whole=is_whole)
        assert '<b>"' not in html
        assert html.count("&lt;b&gt;") == html.count("&lt;/b&gt;") == 8 - is_whole


def test_a_closed_row_leads_to_its_evidence_and_keeps_the_day():
    html = html_of(rows(), as_of="?as_of=2026-03-02")
    assert '<details class="ledger-row"><summary' in html
    assert 'href="/standing/7/key/?as_of=2026-03-02"' in html
    assert "Visit of 3 Mar 2026" not in html


def test_every_row_is_open_where_all_entries_are_asked_for():
    html = html_of(rows(), is_whole=True)
    assert '<details class="ledger-row" open>' in html
    assert "Visit of 3 Mar 2026" in html
    assert "data-evidence" not in html


def test_the_next_step_is_told_only_to_whoever_can_take_it():
    assert 'href="/next/?a=1&amp;b=2"' in html_of(rows())
    assert "/next/" not in html_of(rows(), is_own=False)


@pytest.mark.parametrize(
    ("field", "empty", "mark"),
    [
        ("parts", (), "standing-parts"),
        ("missing", (), "standing-missing"),
        ("note", "", "&lt;/b&gt; note<"),
        ("next_steps", (), "button-row"),
    ],
)
def test_what_is_not_there_leaves_no_empty_list(field, empty, mark):
    assert mark in html_of(rows())
    assert mark not in html_of(rows(**{field: empty}))


def test_a_standard_without_requirements_has_no_rows():
    assert html_of([]) == ""
