"""Reading and importing in the background, with progress that whoever brought the file can watch, or come back to.

A worker that is killed leaves nothing half-done: the file is kept until it is read, and drafts are saved in one transaction.
"""

from functools import partial

from django.db import transaction
from django.utils import timezone

from assessments.enums import IMPORT_MOVES, ImportState
from assessments.exchange.actions import apply_import
from assessments.exchange.formats import read_questions
from assessments.exchange.planning import plain_rows
from assessments.exchange.portable import UnusableFile, Watch
from assessments.exchange.queries import MAY_EXCHANGE
from assessments.models import QuestionImport
from assessments.models.imports import SILENT_FOR
from lms.errors import IllegalMove, Refusal

TELL_EVERY = 20
RIGHT_IS_GONE = "Whoever asked for it may not write questions any more. Nothing was imported."


class StillRunning(Exception):
    """Another worker is at it, or was a moment ago: to be tried again later."""


@transaction.atomic
def ask_for_import(import_: QuestionImport, *, fingerprint: str) -> QuestionImport:
    """Have exactly what a report showed imported in the background. A repeat changes nothing. Raises `IllegalMove`."""
    import_ = QuestionImport.objects.select_for_update().get(pk=import_.pk)
    if import_.state in (ImportState.ASKED, ImportState.SAVING, ImportState.DONE):
        return import_
    if ImportState.ASKED not in IMPORT_MOVES.get(import_.state, ()):
        raise IllegalMove("There is nothing to import from this file. Choose another one.")
    import_.state, import_.fingerprint, import_.problem = ImportState.ASKED, fingerprint, ""
    import_.done = import_.total = 0
    import_.beat_at = timezone.now()
    import_.save(update_fields=["state", "fingerprint", "problem", "done", "total", "beat_at"])
    _enqueue(import_)
    return import_


@transaction.atomic
def begin_again(import_: QuestionImport) -> QuestionImport:
    """What nothing was heard of for a while is begun anew. Two workers at once do no harm: only one of them ends it."""
    import_ = QuestionImport.objects.select_for_update().get(pk=import_.pk)
    if import_.is_silent:
        import_.state = ImportState.WAITING if import_.is_being_read else ImportState.ASKED
        import_.beat_at = timezone.now()
        import_.save(update_fields=["state", "beat_at"])
        _enqueue(import_)
    return import_


def _enqueue(import_: QuestionImport) -> None:
    from assessments.exchange import tasks  # late: tasks import this module

    task = tasks.read_waiting_file if import_.state == ImportState.WAITING else tasks.import_what_was_asked
    task.enqueue(import_.pk)


def run_reading(import_id: int) -> ImportState:
    """Read a file that waits, once. Safe to repeat and to kill. Raises `StillRunning`."""
    if state := _not_claimed(import_id, ImportState.WAITING, ImportState.READING):
        return state
    import_ = QuestionImport.objects.get(pk=import_id)
    watch = Watch(tell=partial(_tell, import_id))
    try:
        rows = read_questions(import_.format, bytes(import_.content), watch)
    except UnusableFile as unusable:
        return _end(import_id, ImportState.READING, ImportState.UNUSABLE, content=None, problem=str(unusable))
    except Exception:  # whatever broke, the next attempt may begin at once
        _end(import_id, ImportState.READING, ImportState.WAITING)
        raise
    return _end(import_id, ImportState.READING, ImportState.READ, content=None, rows=plain_rows(rows))


def run_import(import_id: int) -> ImportState:
    """Import what was asked for, once. Safe to repeat and to kill. Raises `StillRunning`."""
    if state := _not_claimed(import_id, ImportState.ASKED, ImportState.SAVING):
        return state
    import_ = QuestionImport.objects.select_related("created_by").get(pk=import_id)
    if not import_.created_by.has_perms(MAY_EXCHANGE):
        return _end(import_id, ImportState.SAVING, ImportState.READ, problem=RIGHT_IS_GONE)
    tell = partial(_tell, import_id)
    try:
        apply_import(import_, fingerprint=import_.fingerprint, by=import_.created_by, tell=tell)
    except Refusal as refusal:
        return _end(import_id, ImportState.SAVING, ImportState.READ, problem=refusal.message)
    except Exception:
        _end(import_id, ImportState.SAVING, ImportState.ASKED)
        raise
    return ImportState.DONE


def _not_claimed(import_id: int, before: ImportState, working: ImportState) -> ImportState | None:
    """None once this worker has taken it, by a conditional update that changes exactly one row; else where it stands.

    That of a silent worker is taken over. Raises `StillRunning`.
    """
    now = timezone.now()
    waiting = QuestionImport.objects.filter(pk=import_id, state=before)
    silent = QuestionImport.objects.filter(pk=import_id, state=working, beat_at__lt=now - SILENT_FOR)
    if (waiting | silent).update(state=working, done=0, total=0, beat_at=now) == 1:
        return None
    state = QuestionImport.objects.filter(pk=import_id).values_list("state", flat=True).first()
    if state == working:
        raise StillRunning
    return ImportState(state) if state else ImportState.UNUSABLE


def _tell(import_id: int, done: int, total: int) -> None:
    if done % TELL_EVERY == 0 or done == total:
        QuestionImport.objects.filter(pk=import_id).update(done=done, total=total, beat_at=timezone.now())


def _end(import_id: int, working: ImportState, state: ImportState, **fields) -> ImportState:
    """Only what is being worked at ends: of two workers at one file, the second changes nothing."""
    QuestionImport.objects.filter(pk=import_id, state=working).update(state=state, **fields)
    return state
