"""The trainee's own full log: what stands in the files, and that a spreadsheet runs none of it."""

import csv
import io
from datetime import date, datetime, time

import openpyxl
import pytest

from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from lms.web.spreadsheets import FORMULA
from supervision.exports.actions import bytes_of
from supervision.models import ExportFile
from tests.factories.supervision import (
    make_approved,
    make_code,
    make_draft,
    make_export,
    make_placement,
    make_submitted,
)

DANGEROUS = ["=1+1", "+1 for patience", "-2", "@(1)", "\t=1", "\r=1", '=HYPERLINK("x")']


def content(record) -> bytes:
    return bytes_of(ExportFile.objects.get(record=record))


def csv_rows(record) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content(record).decode("utf-8-sig"))))


def workbook(record):
    """Read back by another library than the one that wrote it."""
    return openpyxl.load_workbook(io.BytesIO(content(record)))


def cells(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_csv_has_every_entry_and_no_formula(cast):
    placement = make_placement(cast.trainee, cast.supervisor, site="=HYPERLINK(evil)")
    approved = make_approved(placement, on=date(2026, 3, 10), reflection="+1 for patience")
    make_draft(placement, on=date(2026, 3, 11))
    rows = csv_rows(make_export(placement.enrolment))
    assert [(row["State"], row["Date"], row["Minutes"], row["Minutes: dosing"], row["Signed by"]) for row in rows] == [
        ("Approved", "2026-03-10", "60", "60", "Supervisor"),
        ("Draft", "2026-03-11", "60", "60", ""),
    ]
    assert rows[0]["Site"] == "'=HYPERLINK(evil)"
    assert rows[0]["Reflection"] == "'+1 for patience"
    assert rows[0]["SHA-256 of what was signed"] == approved.sign_offs.get().sha256


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_any_file_is_a_formula(cast, text):
    placement = make_placement(cast.trainee, cast.supervisor, site=f"{text}s")
    make_approved(placement, reflection=text)
    for row in csv_rows(make_export(placement.enrolment)):
        assert [value for value in row.values() if value.startswith(FORMULA)] == []
    book = workbook(make_export(placement.enrolment, file_type="xlsx"))
    assert {cell.data_type for cell in cells(book)} <= {"s", "n", "d"}
    dangerous = [cell for cell in cells(book) if str(cell.value).startswith(FORMULA)]
    assert len(dangerous) == (1 if text[0] == "\r" else 2)  # XML has no carriage return: it is read as a mark
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in dangerous)


def test_the_workbook_has_typed_cells_a_fixed_head_and_totals(placement):
    code = make_code(placement)
    make_approved(
        placement,
        on=date(2026, 3, 10),
        category_key="preparation",
        segments=(("preparation", 90),),
        clients={code.pk},
        client_consented=True,
        role="lead",
    )
    make_submitted(placement, on=date(2026, 3, 12))
    record = make_export(placement.enrolment, file_type="xlsx")
    book = workbook(record)
    assert book.sheetnames == ["Entries", "Totals", "Signers", "About"]
    entries = book["Entries"]
    assert entries.freeze_panes == "A2"
    head = [cell.value for cell in entries[1]]
    first = dict(zip(head, entries[2], strict=True))
    assert (first["Date"].value, first["Date"].number_format) == (datetime(2026, 3, 10), "yyyy-mm-dd")
    assert first["Began at"].value == time(9, 0)
    assert (first["Minutes"].value, first["Minutes"].data_type) == (90, "n")
    assert first["Client codes"].value == code.code
    assert isinstance(first["Signed"].value, datetime)
    assert all(entries.column_dimensions[letter].width > 6 for letter in ("A", "C", "F", "V"))
    totals = [[cell.value for cell in row] for row in book["Totals"].iter_rows(min_row=2)]
    assert totals == [
        ["Preparation session", 90, 0, 0, 1.5],
        ["Live observation", 0, 60, 0, 0],
        ["Together", 90, 60, 0, 1.5],
    ]
    about = {row[0].value: row[1].value for row in book["About"].iter_rows(min_row=2)}
    assert about["Id of this file"] == record.shown_code
    assert about["Confirm it at"].endswith(f"/exports/{record.shown_code}/")
    assert "can identify a client" in about["Note"]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"approved_only": True}, [1, 3]),
        ({"since": date(2026, 3, 11)}, [2, 3, 4]),
        ({"since": date(2026, 3, 11), "until": date(2026, 3, 12)}, [2, 3]),
        ({"category": "role-play"}, [3]),
        ({"supervisor": "second"}, [4]),
        ({"approved_only": True, "category": "observation-live"}, [1]),
    ],
)
def test_what_was_chosen_is_in_it_and_nothing_else(cast, placement, choices, expected):
    second = make_placement(cast.trainee, cast.other_supervisor, enrolment=placement.enrolment)
    made = [
        make_approved(placement, on=date(2026, 3, 10)),
        make_draft(placement, on=date(2026, 3, 11)),
        make_approved(placement, on=date(2026, 3, 12), category_key="role-play"),
        make_draft(second, on=date(2026, 3, 13)),
    ]
    if choices.get("supervisor"):
        choices = {"supervisor": second.supervisor_id}
    rows = csv_rows(make_export(placement.enrolment, **choices))
    assert [row["Entry"] for row in rows] == [str(made[number - 1].pk) for number in expected]


def test_another_trainees_entries_are_never_in_it(cast, placement):
    other = make_placement(cast.other_trainee, cast.supervisor, site="Elsewhere Clinic")
    make_approved(other)
    make_approved(placement)
    assert len(csv_rows(make_export(placement.enrolment))) == 1
    assert b"Elsewhere" not in content(make_export(placement.enrolment))


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN, EnrolmentState.COMPLETED])
def test_it_can_be_taken_along_after_leaving(placement, state):
    make_approved(placement)
    Enrolment.objects.filter(pk=placement.enrolment_id).update(state=state)
    placement.enrolment.refresh_from_db()
    assert len(csv_rows(make_export(placement.enrolment))) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_reading_the_log_asks_a_fixed_number_of_times(placement, count, django_assert_num_queries):
    from supervision.exports.choices import Choices
    from supervision.exports.reading import log_of

    for _ in range(count):
        make_approved(placement)
    enrolment = type(placement.enrolment).objects.select_related("person", "program").get(pk=placement.enrolment_id)
    with django_assert_num_queries(5):
        assert len(log_of(enrolment, Choices(), with_reflections=True).entries) == count
