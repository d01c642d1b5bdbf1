"""Importing a file: the report first, then exactly that, as drafts; and exporting. In a browser and by the actions."""

import lxml.html
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.exchange import actions
from assessments.exchange.actions import BankHasChanged, apply_import, read_file
from assessments.exchange.formats import FORMATS
from assessments.exchange.planning import State, fingerprint_of
from assessments.exchange.portable import UnusableFile
from assessments.exchange.queries import newest_draft, plan_of, portable_of
from assessments.kinds import KINDS
from assessments.models import Question, QuestionImport
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from lms.audit.models import AuditEntry
from tests.factories.assessments import make_question
from tests.web import send_form, text_of

HEAD = "key,kind,question,right,option_1,option_2,option_3\n"
LINE = "k1,single,What first?,1,Open the airway,Wait,Leave\n"


def table(*lines: str) -> bytes:
    return (HEAD + "".join(lines)).encode()


def run(content: bytes, by, *, name: str = "table") -> QuestionImport:
    import_ = read_file(content, name, topic="Airway", by=by)
    plan, bank = plan_of(import_)
    return apply_import(import_, fingerprint=fingerprint_of(plan, bank), by=by)


def states(content: bytes, by, *, name: str = "table") -> list[State]:
    return [item.state for item in plan_of(read_file(content, name, topic="Airway", by=by))[0]]


def test_a_new_question_arrives_as_a_draft_and_is_audited(cast):
    import_ = run(table(LINE), cast.director)
    question = Question.objects.get()
    assert (question.key, question.topic, question.live, question.versions.count()) == ("k1", "Airway", False, 0)
    assert portable_of(newest_draft(question)).draft.content["options"][0]["text"] == "Open the airway"
    assert import_.result == {"new": 1, "changed": 0, "same": 0, "named": 0}
    entry = AuditEntry.objects.get(action="assessments.questions.imported")
    assert (entry.data["new"], entry.data["changed"], entry.data["sha256"]) == (["k1"], [], import_.sha256)


def test_importing_the_same_file_twice_changes_nothing(cast):
    run(table(LINE), cast.director)
    revision = Question.objects.get().latest_revision_id
    again = run(table(LINE), cast.director)
    assert again.result == {"new": 0, "changed": 0, "same": 1, "named": 0}
    assert Question.objects.get().latest_revision_id == revision


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_question_of_each_kind_is_the_same_after_export_and_import(cast, kind):
    question = make_question(kind, by=cast.director, feedback="Why.", references="One\nTwo")
    written = FORMATS["table"].write([portable_of(question)])
    assert states(written.content, cast.director) == [State.SAME]
    key, new = question.key, f"copy-of-{question.key}"
    run(written.content.replace(key.encode(), new.encode()), cast.director)
    copy = newest_draft(Question.objects.get(key=new))
    assert (
        portable_of(copy).draft.content
        == FORMATS["table"].read(written.content.replace(key.encode(), new.encode()))[0].portable.draft.content
    )


def test_a_changed_question_keeps_its_ids_and_what_trainees_are_asked(cast):
    run(table(LINE), cast.director)
    question = Question.objects.get()
    question.latest_revision.publish(user=cast.director, skip_permission_checks=True)
    question.refresh_from_db()
    before = {option["text"]: option["id"] for option in question.draft().content["options"]}
    run(table("k1,single,What first?,1,Open the airway,Call for help,Wait\n"), cast.director)
    question.refresh_from_db()
    after = {o["text"]: o["id"] for o in newest_draft(question).draft().content["options"]}
    assert question.versions.count() == 1
    assert {option["text"] for option in question.draft().content["options"]} == set(before)
    assert (after["Open the airway"], after["Wait"]) == (before["Open the airway"], before["Wait"])
    assert after["Call for help"] not in ("", *before.values())


def test_the_report_says_what_differs_and_what_cannot_be_imported(cast):
    run(table(LINE), cast.director)
    content = table("k1,single,What now?,2,Open the airway,Wait,Leave\n", "k2,single,What?,9,a,b,\n")
    plan, _ = plan_of(read_file(content, "table", topic="Airway", by=cast.director))
    assert [(item.state, item.changes) for item in plan] == [
        (State.CHANGED, ("title", "question", "answers")),
        (State.NAMED, ()),
    ]


def test_a_report_that_is_not_true_any_more_is_refused_and_nothing_is_imported(cast):
    run(table(LINE), cast.director)
    import_ = read_file(
        table(LINE.replace("Wait", "Sit"), "k2,single,Next?,1,a,b,\n"), "table", topic="A", by=cast.director
    )
    plan, bank = plan_of(import_)
    run(table(LINE.replace("Wait", "Stay")), cast.second_director)
    with pytest.raises(BankHasChanged):
        apply_import(import_, fingerprint=fingerprint_of(plan, bank), by=cast.director)
    assert not Question.objects.filter(key="k2").exists()


def test_nothing_is_half_done_when_one_question_fails(cast, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(actions, "record", fail)  # the last of all steps
    with pytest.raises(RuntimeError):
        run(table(LINE, "k2,single,Next?,1,a,b,\n"), cast.director)
    assert not Question.objects.exists()
    assert QuestionImport.objects.get().applied_at is None


def test_applying_twice_gives_the_first_result(cast):
    import_ = run(table(LINE), cast.director)
    again = apply_import(import_, fingerprint="0" * 64, by=cast.director)
    assert (again.pk, again.applied_at) == (import_.pk, import_.applied_at)


def test_what_was_read_and_not_imported_is_forgotten_at_the_next_file(cast):
    read_file(table(LINE), "table", topic="A", by=cast.director)
    kept = read_file(table(LINE), "table", topic="A", by=cast.second_director)
    newest = read_file(table(LINE), "table", topic="A", by=cast.director)
    assert set(QuestionImport.objects.values_list("pk", flat=True)) == {kept.pk, newest.pk}


def test_a_file_that_cannot_be_read_leaves_nothing(cast):
    with pytest.raises(UnusableFile):
        read_file(b"\xff", "table", topic="A", by=cast.director)
    assert not QuestionImport.objects.exists()


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("../../evil.csv", content)


@pytest.mark.parametrize("files", [1, 3])
def test_the_list_of_files_takes_the_same_queries_for_one_and_three(cast, django_assert_num_queries, files):
    for number in range(files):
        run(table(LINE.replace("k1", f"k{number}")), cast.director)
    client = cast.client("director")
    assert text_of(client.get(reverse("question_files"))).count("Imported") == files
    with django_assert_num_queries(6):
        client.get(reverse("question_files"))


@pytest.mark.parametrize("questions", [1, 3])
def test_the_report_takes_the_same_queries_for_one_and_three(cast, django_assert_num_queries, questions):
    lines = [LINE.replace("k1", f"k{number}") for number in range(questions)]
    run(table(*lines), cast.director)
    import_ = read_file(table(*lines), "table", topic="Airway", by=cast.director)
    client = cast.client("director")
    url = reverse("question_import", args=[import_.pk])
    assert client.get(url).status_code == 200
    with django_assert_num_queries(7):
        client.get(url)


def test_a_director_reads_a_file_looks_at_the_report_and_imports_it(cast):
    client = cast.client("director")
    page = client.get(reverse("question_files"))
    report = send_form(client, page, "Read the file", format="table", file=upload(table(LINE, "k2,riddle,Who?,,,,\n")))
    assert "Of 2 questions in the file, 1 are new" in text_of(report)
    assert "“riddle” is no kind of question" in text_of(report)
    assert not Question.objects.exists()
    done = send_form(client, report, "Import exactly this")
    assert "1 question saved as draft." in text_of(done)
    assert Question.objects.get().key == "k1"


@pytest.mark.parametrize("name", ["director", "faculty"])
def test_the_list_of_questions_leads_to_the_files_and_the_desk_does_and_back(cast, name):
    grant_role(cast.faculty, Role.FACULTY, by=None)
    client = cast.client(name)
    bank, files = reverse("wagtailsnippets_assessments_question:list"), reverse("question_files")
    for address in (bank, reverse("desk")):
        assert files in links(client.get(address)), address
    assert bank in links(client.get(files))


def links(page) -> set[str]:
    return {link.get("href") for link in lxml.html.fromstring(page.content.decode()).iter("a")}


def test_what_is_wrong_with_a_file_stands_beside_the_field(cast):
    client = cast.client("director")
    page = send_form(
        client, client.get(reverse("question_files")), "Read the file", format="moodle", file=upload(b"<quiz>")
    )
    assert page.status_code == 422
    assert "This file is not well-formed XML: line 1, column 7." in text_of(page)


def test_an_export_says_first_what_the_file_cannot_hold(cast):
    make_question("single", by=cast.director, topic="Airway", title="Held")
    make_question("scenario", by=cast.director, topic="Airway", title="Unsaid")
    make_question("single", by=cast.director, topic="Doses", title="Elsewhere")
    make_question("single", by=cast.director, topic="Airway", title="Never published", draft=True)
    client = cast.client("director")
    page = client.get(reverse("question_files"), {"format": "gift", "topic": "Airway"})
    assert "The file holds 1 of 2 questions." in text_of(page)
    assert "Unsaid No GIFT has no question of this kind." in text_of(page)
    file = client.get(reverse("question_file"), {"format": "gift", "topic": "Airway"})
    assert file["Content-Disposition"].startswith('attachment; filename="questions-gift-')
    assert [row.title for row in FORMATS["gift"].read(file.content)] == ["Held"]


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_pages_ask_the_database_equally_often_however_many_questions_there_are(cast, how_many):
    client = cast.client("director")
    lines = [LINE.replace("k1", f"k{number}") for number in range(how_many)]
    run(table(*lines), cast.director)
    for question in Question.objects.all():
        question.latest_revision.publish(user=cast.director, skip_permission_checks=True)
    import_ = read_file(table(*lines), "table", topic="A", by=cast.director)
    addresses = [reverse("question_import", args=[import_.pk]), reverse("question_files") + "?format=gift"]
    counts = []
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts == [7, 7]
