"""The papers: accessible by an independent checker, complete, and without the day of any visit."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest

from lms.paper.coverage import MISSING
from supervision.exports.paper import draw_letter, draw_summary, draw_weeks
from tests.certificates.paper.reading import codes_on, faults_of, page_sizes, text_of
from tests.supervision.exports.making import CATEGORIES, MARKS, entry, log, signature

MANY = log(
    *(
        entry(
            number,
            list(CATEGORIES)[number % len(CATEGORIES)],
            at=datetime(2025, 1, 6, 17, tzinfo=UTC) + timedelta(days=3 * number),
            by=signature(
                ["Samuel Rivera", "Miriam Adler"][number % 2], at=datetime(2026, 1, 1 + number % 27, tzinfo=UTC)
            ),
        )
        for number in range(1, 90)
    )
)
USUAL = log(entry(1, minutes=90), entry(2, "Preparation session"), entry(3, state="Returned"))
LONG = log(
    entry(1, by=signature("Prof. Dr. Anne-Marie de la Tour d’Auvergne-Hohenlohe-Waldenburg", qualifications="X" * 190)),
    trainee="Wilhelmina Anastasía-Þórhildur von Hohenlohe-Waldenburg-Schillingsfürst",
)
DRAWINGS = {"summary": draw_summary, "weeks": draw_weeks, "letter": draw_letter}
OF_ONE = {"usual": USUAL, "long": LONG, "many": MANY.only(e for e in MANY.entries if e.number % 2)}


def structure(pdf: bytes) -> list[str]:
    """The names of the structure tags, in reading order."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for inner in node:
                walk(inner)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(str(node.S).lstrip("/"))
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(io.BytesIO(pdf)) as document:
        walk(document.Root.StructTreeRoot.K)
    return found


@pytest.mark.parametrize("paper", ["us-letter", "a4"])
@pytest.mark.parametrize("made", [USUAL, LONG, MANY, log()], ids=["usual", "long", "many", "empty"])
@pytest.mark.parametrize("draw", [draw_summary, draw_weeks], ids=["summary", "weeks"])
def test_a_paper_passes_pdf_ua_1_whatever_stands_in_it(draw, made, paper):
    assert faults_of(draw(made, MARKS, paper)) == []


@pytest.mark.parametrize("paper", ["us-letter", "a4"])
@pytest.mark.parametrize("name", OF_ONE)
def test_a_letter_passes_pdf_ua_1_and_stands_on_one_page(name, paper):
    pdf = draw_letter(OF_ONE[name], MARKS, paper)
    assert faults_of(pdf) == []
    assert len(page_sizes(pdf)) == 1


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_paper_says_what_it_is_to_a_screen_reader(name):
    pdf = DRAWINGS[name](USUAL, MARKS, "a4")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "en"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert "Zoë Ångström-Núñez" in str(document.docinfo.Title)
        figures = [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure"
        ]
        assert [str(figure.Alt) for figure in figures] == [f"QR code that opens {MARKS.address}"]
    tags = structure(pdf)
    assert tags.count("H1") == 1
    assert tags.count("H2") >= 1
    assert {"Table", "THead", "TH", "TBody", "TD", "Link"} <= set(tags)


@pytest.mark.parametrize(("paper", "size"), [("us-letter", (216, 279)), ("a4", (210, 297))])
def test_papers_have_the_size_that_was_chosen(paper, size):
    assert set(page_sizes(draw_summary(MANY, MARKS, paper))) == {size}
    assert set(page_sizes(draw_letter(USUAL, MARKS, paper))) == {size}
    assert set(page_sizes(draw_weeks(MANY, MARKS, paper))) == {size[::-1]}


def test_the_summary_has_every_signature_and_lines_for_ink():
    text = text_of(draw_summary(USUAL, MARKS, "a4"))
    assert text.count("ab" * 16) == 4  # two entries, each hash on two lines
    for words in (
        "Signed by Samuel Rivera",
        "LCSW 12345, Colorado",
        "I was there and observed this visit",
        "1 Oct 2026, 09:00",
        "Licence number and state",
        "Signature of the trainee",
        f"Id {MARKS.code}",
    ):
        assert words in text


def test_what_is_not_approved_stands_in_no_paper():
    unsure = replace(entry(4, "Role-play"), is_approved=False, signature=None)
    for draw in (draw_summary, draw_weeks, draw_letter):
        assert "Role-play" not in text_of(draw(log(entry(1), unsure), MARKS, "a4"))


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_paper_names_the_day_of_a_visit_or_a_client(name):
    visit = entry(1, at=datetime(2026, 3, 12, 16, tzinfo=UTC))  # a Thursday
    text = text_of(DRAWINGS[name](log(visit), MARKS, "a4"))
    for part in ("12 Mar", "2026-03-12", "March 12", "12 March", "K7-43PX"):
        assert part not in text
    assert "Mar" in text


def test_the_code_in_the_picture_opens_the_confirming_page():
    assert codes_on(draw_letter(USUAL, MARKS, "us-letter")) == [MARKS.address]


def test_a_letter_that_cannot_be_printed_is_said_to_be_missing():
    text = text_of(draw_letter(log(entry(1), trainee="Ana \U0001f98b"), MARKS, "a4"))
    assert MISSING in text
    assert "a letter that this paper cannot print" in text


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_same_log_gives_the_same_bytes(name):
    assert DRAWINGS[name](USUAL, MARKS, "a4") == DRAWINGS[name](USUAL, MARKS, "a4")


def test_very_many_signatures_are_listed_by_month_so_that_the_paper_stays_small(monkeypatch):
    monkeypatch.setattr("supervision.exports.paper.MOST_SIGNATURES", 10)
    pdf = draw_summary(MANY, MARKS, "us-letter")
    assert faults_of(pdf) == []
    text = text_of(pdf)
    assert "There are too many signatures to list each" in text
    assert "Jan 2026 45 All 45 h" in text
    assert text.count("ab" * 16) == 0
