"""The record of each file, the trainee's pages, and the page that confirms a file to whoever holds it."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from lms.audit.models import AuditEntry
from lms.errors import Refusal
from lms.web.templatetags.ui import minutes
from supervision.actions.practice import correct_log, submit_log
from supervision.exports import actions
from supervision.exports.actions import ask_for_export, bytes_of, finish_export, forget_export_files
from supervision.exports.choices import Choices
from supervision.exports.enums import ExportKind, FileType
from supervision.models import ExportFile, ExportRecord
from tests.factories.supervision import (
    approve,
    make_approved,
    make_draft,
    make_export,
    make_placement,
    make_submitted,
)
from tests.jobs import drain
from tests.web import post, send_form, text_of


@pytest.fixture
def mine(cast, placement):
    return cast.client("trainee")


@pytest.fixture
def visitor(cast):
    return cast.client("visitor")


def confirming(visitor, record):
    return visitor.get(record.get_absolute_url())


def test_a_trainee_makes_a_file_by_the_forms_and_anybody_confirms_it(mine, visitor, placement):
    make_approved(placement, segments=(("dosing", 90),))
    page = send_form(mine, mine.get("/practice/exports/new/log/"), "Make the file", file_type="csv")
    record = ExportRecord.objects.get()
    assert (record.entries, record.counted_entries, record.counted_minutes) == (1, 1, 90)
    assert record.shown_code in text_of(page)
    file = mine.get(f"/practice/exports/{record.pk}/file/")
    assert hashlib.sha256(file.content).hexdigest() == record.sha256
    assert (file["Content-Type"], file["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
    assert file["Content-Disposition"] == f'attachment; filename="practice-log-{record.shown_code}.csv"'
    text = text_of(confirming(visitor, record))
    assert "Confirmed" in text
    assert record.sha256 in text
    assert confirming(visitor, record).context["page"].totals == [("Live observation", minutes(90))]


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_an_id_is_found_however_it_is_typed(visitor, placement, typed):
    record = make_export(placement.enrolment)
    page = visitor.get("/exports/", {"code": typed(record.shown_code)})
    assert "Confirmed" in text_of(page)


@pytest.mark.parametrize("code", ["x", "0" * 28, "%00", "é" * 28])
def test_an_unknown_id_is_not_found_and_looks_like_any_other(visitor, placement, code):
    make_export(placement.enrolment)
    answer = visitor.get(f"/exports/{code}/")
    assert answer.status_code == 404
    assert "No file of ours has this id" in text_of(answer)
    assert (answer["X-Robots-Tag"], answer["Cache-Control"]) == ("noindex, nofollow", "no-store")


def test_asking_for_ids_is_limited(visitor, placement):
    codes = [visitor.get("/exports/0/").status_code for _ in range(31)]
    assert codes == [404] * 30 + [429]


def test_the_page_names_nobody_unless_she_agreed_and_her_name_is_confirmed(cast, visitor, placement):
    from lms.accounts.actions import confirm_legal_name

    silent = make_export(placement.enrolment)
    confirm_legal_name(cast.trainee, legal_name="Zoë Ångström")
    asked_too_early = make_export(placement.enrolment)
    told = make_export(placement.enrolment, shows_name=True)
    named = ["Zoë Ångström" in text_of(confirming(visitor, record)) for record in (silent, asked_too_early, told)]
    assert named == [False, False, True]
    cast.trainee.refresh_from_db()
    cast.trainee.legal_name, cast.trainee.legal_name_confirmed_at = "", None
    cast.trainee.save()
    assert "Zoë" not in text_of(confirming(visitor, told))


def test_a_name_that_is_not_confirmed_cannot_be_shown(cast, mine):
    assert "shows_name" not in mine.get("/practice/exports/new/log/").context["form"].fields


def test_the_page_says_when_an_entry_it_counted_counts_no_more(visitor, placement):
    log = make_approved(placement)
    record = make_export(placement.enrolment)
    make_approved(placement)  # what comes later changes nothing about an earlier file
    assert "Confirmed" in text_of(confirming(visitor, record))
    correction = correct_log(log, by=placement.enrolment.person)
    assert "Confirmed" in text_of(confirming(visitor, record))  # the approved one counts until its correction does
    approve(submit_log(correction, by=placement.enrolment.person))
    assert "The log has changed since" in text_of(confirming(visitor, record))
    assert "Confirmed" in text_of(confirming(visitor, make_export(placement.enrolment)))


def test_a_change_outside_what_was_chosen_changes_nothing(visitor, placement):
    make_approved(placement, category_key="role-play")
    log = make_approved(placement)
    record = make_export(placement.enrolment, category="role-play")
    approve(submit_log(correct_log(log, by=placement.enrolment.person), by=placement.enrolment.person))
    assert "Confirmed" in text_of(confirming(visitor, record))


def test_only_the_trainee_herself_makes_and_reads_them(cast, placement):
    make_approved(placement)
    record = make_export(placement.enrolment)
    for who in (cast.supervisor, cast.director, cast.other_trainee):
        with pytest.raises(PermissionDenied):
            ask_for_export(placement.enrolment, ExportKind.LOG, FileType.CSV, Choices(), by=who)
    make_placement(cast.other_trainee, cast.supervisor)
    addresses = [f"/practice/exports/{record.pk}/", f"/practice/exports/{record.pk}/file/"]
    for who in ("other_trainee", "supervisor", "director", "registrar"):
        assert [cast.client(who).get(address).status_code for address in addresses] == [404, 404]
    other = cast.client("other_trainee")
    assert other.get(f"/practice/exports/?enrolment={placement.enrolment_id}").status_code == 404
    assert other.get(f"/practice/exports/new/log/?enrolment={placement.enrolment_id}").status_code == 404
    assert record.shown_code not in text_of(other.get("/practice/exports/"))


def test_the_file_is_sealed_where_it_lies_and_forgotten_after_a_day(mine, placement, time_machine_ahead):
    make_draft(placement, reflection="ZQPHI7 waited")
    record = make_export(placement.enrolment)
    with connection.cursor() as cursor:
        cursor.execute("select content from supervision_exportfile")
        assert cursor.fetchone()[0].startswith("enc1:")
    assert b"ZQPHI7" in mine.get(f"/practice/exports/{record.pk}/file/").content
    assert forget_export_files() == 0
    time_machine_ahead(timedelta(days=1, seconds=1))
    mine = type(mine)()
    mine.force_login(placement.enrolment.person)
    assert mine.get(f"/practice/exports/{record.pk}/file/").status_code == 404
    assert "forgotten now" in text_of(mine.get(f"/practice/exports/{record.pk}/"))
    assert forget_export_files() == 1
    assert "forgotten now" in text_of(mine.get(f"/practice/exports/{record.pk}/"))


def test_a_made_record_never_changes_and_holds_no_content(placement):
    make_draft(placement, reflection="ZQPHI7 waited")
    record = make_export(placement.enrolment)
    assert "ZQPHI7" not in str(ExportRecord.objects.values().get())
    for change in ({"sha256": "0" * 64}, {"counted_minutes": 9999}, {"totals": [["x", 1]]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExportRecord.objects.filter(pk=record.pk).update(**change)
    ExportFile.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        record.delete()


def test_each_file_is_audited_with_its_hash(cast, placement):
    record = make_export(placement.enrolment)
    entry = AuditEntry.objects.get(action="supervision.export.made")
    assert (entry.actor, entry.object_id) == (cast.trainee, str(record.pk))
    assert entry.data == {"kind": "log", "file": "csv", "entries": 0, "sha256": record.sha256}


def test_nobody_makes_very_many_within_an_hour(mine, placement, time_machine_ahead):
    for _ in range(20):
        make_export(placement.enrolment)
    with pytest.raises(Refusal, match="20 files within an hour"):
        make_export(placement.enrolment)
    refused = post(mine, "/practice/exports/new/log/", file_type="csv")
    assert refused.status_code == 422
    assert "20 files within an hour" in text_of(refused)
    time_machine_ahead(timedelta(hours=1, seconds=1))
    assert make_export(placement.enrolment).sha256


def test_a_long_log_is_written_in_the_background_once(mine, placement, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    for _ in range(2):
        make_approved(placement)
    answer = post(mine, "/practice/exports/new/log/", file_type="xlsx")
    record = ExportRecord.objects.get()
    assert (answer.status_code, record.made_at) == (302, None)
    assert "Your file is being made" in text_of(mine.get(answer.url))
    assert mine.get(record.get_absolute_url()).status_code == 404
    assert mine.get(f"{answer.url}file/").status_code == 404
    drain()
    record.refresh_from_db()
    assert record.entries == 2
    assert "Your file is ready" in text_of(mine.get(answer.url))
    assert finish_export(record.pk).made_at == record.made_at
    assert AuditEntry.objects.filter(action="supervision.export.made").count() == 1
    assert hashlib.sha256(bytes_of(record.file)).hexdigest() == record.sha256


def test_the_same_form_sent_twice_makes_one_file(mine):
    key = "7d3c2f7e-8f0d-4f62-9d0e-0e6d6b3b7a55"
    answers = [post(mine, "/practice/exports/new/log/", form_key=key, file_type="csv") for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert ExportRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"file_type": "pdf"}, "Select a valid choice"),
        ({"file_type": "csv", "since": "2026-05-02", "until": "2026-05-01"}, "The last day lies before the first."),
        ({"file_type": "csv", "category": "nonsense"}, "Select a valid choice"),
        ({"file_type": "csv", "signer": "x"}, "Select a valid choice"),
        ({"file_type": "csv", "signer": "99999999999999999999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_chosen_is_refused(mine, sent, sentence):
    answer = post(mine, "/practice/exports/new/log/", **sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert mine.get("/practice/exports/new/nonsense/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_times(mine, placement, count, django_assert_num_queries):
    make_submitted(placement)
    for _ in range(count):
        make_export(placement.enrolment)
    mine.get("/practice/exports/")
    with django_assert_num_queries(QUERIES_OF_LIST):
        assert len(mine.get("/practice/exports/").context["records"]) == count


QUERIES_OF_LIST = 4
