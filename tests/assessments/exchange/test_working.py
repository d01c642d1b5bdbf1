"""Reading and importing in the background: progress, what comes back to somebody who left, killed workers."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.enums import IMPORT_MOVES, ImportState
from assessments.exchange import actions, portable, views, working
from assessments.exchange.actions import apply_import, read_file
from assessments.exchange.planning import fingerprint_of
from assessments.exchange.queries import plan_of
from assessments.exchange.working import StillRunning, ask_for_import, begin_again, run_import, run_reading
from assessments.models import Question, QuestionImport
from lms.audit.models import AuditEntry
from lms.errors import IllegalMove
from tests.jobs import drain
from tests.web import send_form, text_of

HEAD = "key,kind,question,right,option_1,option_2\n"
TEN = HEAD + "".join(f"k{number},single,What {number}?,1,Airway,Wait\n" for number in range(10))
MANY = TEN + "k10,riddle,Who?,,,\n"


@pytest.fixture(autouse=True)
def slow(monkeypatch):
    """Everything takes longer than somebody waits for."""
    monkeypatch.setattr(actions, "MOMENT", -1)
    monkeypatch.setattr(portable, "FEW", 0)
    monkeypatch.setattr(views, "AT_ONCE", 0)
    monkeypatch.setattr(working, "TELL_EVERY", 1)


def brought(by, content: str = MANY) -> QuestionImport:
    return read_file(content.encode(), "table", topic="Airway", by=by)


def was_read(by) -> tuple[QuestionImport, str]:
    import_ = brought(by)
    drain()
    import_.refresh_from_db()
    return import_, fingerprint_of(*plan_of(import_))


def audited() -> int:
    return AuditEntry.objects.filter(action="assessments.questions.imported").count()


def seen(import_: QuestionImport) -> tuple:
    import_ = QuestionImport.objects.get(pk=import_.pk)
    return import_.state, import_.done, import_.total, Question.objects.count()


def test_a_file_that_takes_longer_is_read_in_the_background_and_says_how_far_it_is(cast, monkeypatch):
    import_, told = brought(cast.director), []
    tell = working._tell
    monkeypatch.setattr(working, "_tell", lambda pk, done, total: (tell(pk, done, total), told.append(seen(import_))))
    assert seen(import_) == ("waiting", 0, 0, 0)
    drain()
    assert told == [("reading", number, 11, 0) for number in range(1, 12)]
    import_.refresh_from_db()
    assert (import_.state, import_.content, len(import_.rows)) == (ImportState.READ, None, 11)


def test_what_is_read_in_the_background_is_what_is_read_at_once(cast, monkeypatch):
    import_, _ = was_read(cast.director)
    monkeypatch.setattr(actions, "MOMENT", 60)
    at_once = QuestionImport.objects.get(pk=brought(cast.second_director).pk)
    assert (at_once.state, at_once.rows) == (ImportState.READ, import_.rows)


def test_an_import_that_takes_longer_says_how_many_drafts_are_written_and_saves_them_at_once(cast, monkeypatch):
    import_, fingerprint = was_read(cast.director)
    told = []
    tell = working._tell
    monkeypatch.setattr(working, "_tell", lambda pk, done, total: (tell(pk, done, total), told.append(seen(import_))))
    ask_for_import(import_, fingerprint=fingerprint)
    assert seen(import_) == ("asked", 0, 0, 0)
    drain()
    assert told == [("saving", number, 10, 0) for number in range(1, 11)]
    assert seen(import_)[0::3] == ("done", 10)
    assert audited() == 1
    assert QuestionImport.objects.get().result == {"new": 10, "changed": 0, "same": 0, "named": 1}


def test_a_file_that_cannot_be_read_says_so_on_its_page_and_is_not_kept(cast, monkeypatch):
    import_ = brought(cast.director)
    monkeypatch.setattr(portable, "MOST_SECONDS", -1)
    drain()
    import_.refresh_from_db()
    assert (import_.state, import_.content, import_.rows) == (ImportState.UNUSABLE, None, [])
    page = text_of(cast.client("director").get(reverse("question_import", args=[import_.pk])))
    assert "Question 1 is where reading took too long. Split the file into smaller ones." in page


def test_what_changed_meanwhile_is_told_and_nothing_is_imported(cast):
    other, its = was_read(cast.second_director)
    import_, fingerprint = was_read(cast.director)
    ask_for_import(import_, fingerprint=fingerprint)
    apply_import(other, fingerprint=its, by=cast.second_director)
    run_import(import_.pk)
    import_.refresh_from_db()
    assert (import_.state, import_.applied_at) == (ImportState.READ, None)
    assert "Somebody has changed one of these questions" in import_.problem
    page = cast.client("director").get(reverse("question_import", args=[import_.pk]))
    assert "Nothing was imported" in text_of(page)


def test_whoever_may_not_write_questions_any_more_imports_nothing(cast):
    import_, fingerprint = was_read(cast.director)
    ask_for_import(import_, fingerprint=fingerprint)
    cast.director.groups.clear()
    drain()
    import_.refresh_from_db()
    assert (import_.state, import_.problem) == (ImportState.READ, working.RIGHT_IS_GONE)
    assert not Question.objects.exists()


# Killed and silent workers --------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches the end of a process."""


def killed(monkeypatch, name: str, run, import_) -> None:
    def stop(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(working, name, stop)
        with pytest.raises(Killed):
            run(import_.pk)


def test_a_killed_reader_leaves_the_file_and_the_next_begins_anew(cast, monkeypatch):
    import_ = brought(cast.director)
    killed(monkeypatch, "read_questions", run_reading, import_)
    with pytest.raises(StillRunning):
        run_reading(import_.pk)
    QuestionImport.objects.update(beat_at=timezone.now() - timedelta(minutes=3))
    assert [run_reading(import_.pk), run_reading(import_.pk)] == [ImportState.READ] * 2


def test_a_killed_import_has_saved_nothing_and_the_next_saves_all_once(cast, monkeypatch):
    import_, fingerprint = was_read(cast.director)
    ask_for_import(import_, fingerprint=fingerprint)
    killed(monkeypatch, "apply_import", run_import, import_)
    assert seen(import_)[0::3] == ("saving", 0)
    QuestionImport.objects.update(beat_at=timezone.now() - timedelta(minutes=3))
    assert [run_import(import_.pk), run_import(import_.pk)] == [ImportState.DONE] * 2
    assert (Question.objects.count(), audited()) == (10, 1)


def test_of_two_workers_at_one_import_the_second_changes_nothing(cast):
    import_, fingerprint = was_read(cast.director)
    ask_for_import(import_, fingerprint=fingerprint)
    stale = QuestionImport.objects.get(pk=import_.pk)
    run_import(import_.pk)
    apply_import(stale, fingerprint=fingerprint, by=cast.director)
    assert (Question.objects.count(), audited()) == (10, 1)


@pytest.mark.parametrize(("run", "broken"), [("read", "read_questions"), ("import", "apply_import")])
def test_what_breaks_waits_for_the_next_attempt(cast, monkeypatch, run, broken):
    import_ = brought(cast.director)
    if run == "import":
        drain()
        import_.refresh_from_db()
        ask_for_import(import_, fingerprint=fingerprint_of(*plan_of(import_)))
    before = seen(import_)[0]

    def fail(*args, **kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(working, broken, fail)
        with pytest.raises(RuntimeError):
            (run_reading if run == "read" else run_import)(import_.pk)
    assert seen(import_)[0] == before
    assert (run_reading if run == "read" else run_import)(import_.pk) in (ImportState.READ, ImportState.DONE)


def test_what_was_silent_is_begun_again_and_nothing_else_is(cast):
    import_ = brought(cast.director)
    before = import_.beat_at
    assert begin_again(import_).beat_at == before
    QuestionImport.objects.update(state=ImportState.READING, beat_at=timezone.now() - timedelta(minutes=3))
    client = cast.client("director")
    page = client.get(reverse("question_import", args=[import_.pk]))
    assert "Nothing was heard of it for two minutes" in text_of(page)
    again = send_form(client, page, "Begin again")
    assert "Waiting to be read" in text_of(again)
    drain()
    assert seen(import_)[0] == "read"


# Moves ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(ImportState))
def test_only_what_was_read_can_be_asked_for(cast, state):
    import_, fingerprint = was_read(cast.director)
    applied = timezone.now() if state == ImportState.DONE else None
    QuestionImport.objects.update(state=state, applied_at=applied)
    if ImportState.ASKED in IMPORT_MOVES.get(state, ()) and state == ImportState.READ:
        assert ask_for_import(import_, fingerprint=fingerprint).state == ImportState.ASKED
    elif state in (ImportState.ASKED, ImportState.SAVING, ImportState.DONE):
        assert ask_for_import(import_, fingerprint=fingerprint).state == state
    else:
        with pytest.raises(IllegalMove):
            ask_for_import(import_, fingerprint=fingerprint)
        assert QuestionImport.objects.get().state == state


@pytest.mark.parametrize("state", [ImportState.WAITING, ImportState.READING, ImportState.UNUSABLE, ImportState.ASKED])
def test_what_was_not_read_or_waits_is_not_imported_by_another_way(cast, state):
    import_, fingerprint = was_read(cast.director)
    QuestionImport.objects.update(state=state)
    with pytest.raises(IllegalMove):
        apply_import(import_, fingerprint=fingerprint, by=cast.director)
    assert not Question.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "is_applied"), [(ImportState.DONE, False), (ImportState.READ, True)])
def test_the_database_keeps_state_and_time_of_an_import_together(cast, state, is_applied):
    brought(cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionImport.objects.update(state=state, applied_at=timezone.now() if is_applied else None)


def test_what_is_being_worked_at_is_not_forgotten_when_the_next_file_comes(cast):
    working_at = brought(cast.director)
    was_read(cast.director)
    QuestionImport.objects.filter(pk=working_at.pk).update(state=ImportState.SAVING)
    newest = brought(cast.director)
    assert set(QuestionImport.objects.values_list("pk", flat=True)) == {working_at.pk, newest.pk}


# The pages ------------------------------------------------------------------------------------------------------------


def test_a_director_leaves_the_page_and_finds_her_file_again_at_each_step(cast):
    client = cast.client("director")
    files = reverse("question_files")
    file = SimpleUploadedFile("questions.csv", MANY.encode())
    page = send_form(client, client.get(files), "Read the file", format="table", file=file)
    assert "Waiting to be read" in text_of(page)
    assert b'http-equiv="refresh"' in page.content
    assert "Waiting to be read" in text_of(client.get(files))
    drain()
    report = client.get(reverse("question_import", args=[QuestionImport.objects.get().pk]))
    assert "Of 11 questions in the file, 10 are new" in text_of(report)
    waiting = send_form(client, report, "Import exactly this")
    assert "Waiting to be imported" in text_of(waiting)
    drain()
    done = client.get(reverse("question_import", args=[QuestionImport.objects.get().pk]))
    assert "10 new, 0 changed, 0 the same, 1 not imported" in text_of(done)
    assert b'http-equiv="refresh"' not in done.content
    assert "Imported" in text_of(client.get(files))


def test_a_page_that_says_how_far_it_is_shows_the_count(cast):
    import_ = brought(cast.director)
    QuestionImport.objects.update(state=ImportState.READING, done=412, total=900)
    page = text_of(cast.client("director").get(reverse("question_import", args=[import_.pk])))
    assert "Being read" in page
    assert "Questions read 412 of 900" in page
    QuestionImport.objects.update(state=ImportState.SAVING)
    page = text_of(cast.client("director").get(reverse("question_import", args=[import_.pk])))
    assert "Drafts written 412 of 900" in page


def test_pressing_import_twice_asks_once(cast):
    import_, fingerprint = was_read(cast.director)
    for _ in range(2):
        ask_for_import(import_, fingerprint=fingerprint)
    assert len(drain()) == 1


def test_a_report_shows_so_many_rows_at_a_time_and_those_of_one_state(cast, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 4)
    import_, _ = was_read(cast.director)
    address = reverse("question_import", args=[import_.pk])
    client = cast.client("director")
    assert "What 3?" in text_of(client.get(address))
    assert "What 4?" not in text_of(client.get(address))
    assert "What 4?" in text_of(client.get(address, {"page": 2}))
    named = text_of(client.get(address, {"state": "named"}))
    assert "“riddle” is no kind of question" in named
    assert "What 3?" not in named
    for nonsense in ({"page": "x"}, {"page": "99999999999"}, {"state": "x"}):
        assert client.get(address, nonsense).status_code == 200
