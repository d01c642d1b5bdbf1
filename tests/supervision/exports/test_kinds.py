"""Summary, weekly totals and letter, made by the trainee's forms."""

from datetime import date

import pytest

from lms.errors import Refusal
from supervision.models import ExportRecord
from tests.certificates.paper.reading import faults_of
from tests.certificates.paper.reading import text_of as text_of_pdf
from tests.factories.supervision import make_approved, make_draft, make_export, make_placement
from tests.supervision.exports.test_log_files import content, csv_rows, workbook
from tests.web import post, text_of


@pytest.fixture
def mine(cast, placement):
    return cast.client("trainee")


def made_by_form(mine, kind, **sent):
    answer = post(mine, f"/practice/exports/new/{kind}/", **sent)
    assert answer.status_code == 302, text_of(answer)
    return ExportRecord.objects.latest("id")


@pytest.mark.parametrize("kind", ["summary", "weeks", "letter"])
def test_a_paper_is_made_confirmed_and_counts_approved_entries_alone(cast, mine, placement, kind):
    make_approved(placement, on=date(2026, 3, 12), reflection="I waited.")
    make_draft(placement, category_key="role-play")
    sent = {"file_type": "pdf", "paper": "a4"} | ({"signer": cast.supervisor.pk} if kind == "letter" else {})
    record = made_by_form(mine, kind, **sent)
    pdf = content(record)
    assert faults_of(pdf) == []
    text = text_of_pdf(pdf)
    assert record.shown_code in text
    assert "Role-play" not in text
    assert "waited" not in text
    assert (record.entries, record.counted_entries, record.counted_minutes) == (1, 1, 60)
    page = mine.get(record.get_absolute_url())
    assert "Confirmed" in text_of(page)


def test_a_letter_holds_what_one_supervisor_signed(cast, mine, placement):
    second = make_placement(cast.trainee, cast.other_supervisor, enrolment=placement.enrolment)
    make_approved(placement)
    make_approved(second, segments=(("dosing", 30),))
    record = made_by_form(mine, "letter", signer=cast.other_supervisor.pk, paper="us-letter")
    text = text_of_pdf(content(record))
    assert "Verification of supervised practice by Other Supervisor" in text
    assert record.totals == [["Live observation", 30]]


def test_nobody_has_signed_yet_so_there_is_no_letter(cast, mine, placement):
    make_draft(placement)
    page = mine.get("/practice/exports/new/letter/")
    assert "Nobody has signed yet" in text_of(page)
    assert post(mine, "/practice/exports/new/letter/", signer=cast.supervisor.pk).status_code == 422
    with pytest.raises(Refusal, match="who has approved an entry of yours"):
        make_export(placement.enrolment, "letter", "pdf", paper="a4", signer=cast.supervisor.pk)


def test_weekly_totals_name_mondays_and_no_days(mine, placement):
    make_approved(placement, on=date(2026, 3, 12), category_key="role-play", segments=(("other", 90),))
    make_approved(placement, on=date(2026, 3, 24), segments=(("dosing", 60),))
    rows = csv_rows(made_by_form(mine, "weeks", file_type="csv"))
    assert [
        (row["Week from"], row["Simulated"], row["Observed"], row["Together"], row["Running: all"]) for row in rows
    ] == [
        ("2026-03-09", "90", "0", "90", "90"),
        ("2026-03-16", "0", "0", "0", "90"),
        ("2026-03-23", "0", "60", "60", "150"),
    ]
    book = workbook(made_by_form(mine, "weeks", file_type="xlsx"))
    assert book.sheetnames == ["Weeks", "About"]
    assert book["Weeks"]["A2"].number_format == "yyyy-mm-dd"
    everything = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "2026-03-12" not in everything


def test_a_form_offers_only_what_its_kind_can_have(mine, placement):
    make_approved(placement)
    fields = {kind: list(mine.get(f"/practice/exports/new/{kind}/").context["form"].fields) for kind in KINDS}
    assert fields == KINDS


KINDS = {
    "log": ["file_type", "approved_only", "since", "until", "category", "signer"],
    "summary": ["paper", "signer", "category"],
    "weeks": ["file_type", "paper", "signer"],
    "letter": ["signer", "paper"],
}


@pytest.mark.parametrize("kind", ["summary", "weeks"])
def test_an_empty_log_gives_an_empty_paper(mine, placement, kind):
    record = made_by_form(mine, kind, file_type="pdf", paper="us-letter")
    assert "No entry is approved." in text_of_pdf(content(record))
