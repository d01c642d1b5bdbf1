"""Publishing a large program in the background, with progress that anybody at the desk can watch.

The pages are read outside any transaction, telling how far it is; then the edition is written in one, together with the
end of the build. A worker that is killed leaves no part of an edition, and the next one begins anew.
"""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from courses.curriculum.actions.edition import NotPublishable, issue_edition, lock_program
from courses.curriculum.compiling import compile_program
from courses.curriculum.enums import OPEN_BUILDS, BuildState
from courses.curriculum.models import Edition, EditionBuild, Program, ProgramPage
from courses.curriculum.rules import can_publish
from lms.accounts.models import User
from lms.errors import Refusal

WAITS_FOR = timedelta(hours=1)
SILENT_FOR = timedelta(minutes=2)  # a worker tells of itself every few seconds; a silent one is gone
TELL_EVERY = 5


class StillRunning(Exception):
    """Another worker is at it, or was a moment ago: to be tried again later."""


@transaction.atomic
def ask_for_edition(
    program_page: ProgramPage, *, by: User, change_note: str, effective_from: date, leave_out_drafts: bool = False
) -> EditionBuild:
    """Have an edition made in the background. One at a time for a program: whoever asks meanwhile is refused."""
    from courses.curriculum.tasks import build_edition  # late: tasks import these actions

    page = ProgramPage.objects.select_related("program").get(pk=program_page.pk)
    if page.program is None:
        raise Refusal("This page has no program yet. Save it in the CMS first.")
    if not can_publish(by, page.program):
        raise PermissionDenied
    _give_up_silent(page.program)
    try:
        with transaction.atomic():
            build = EditionBuild.objects.create(
                program=page.program,
                change_note=change_note,
                effective_from=effective_from,
                leave_out_drafts=leave_out_drafts,
                total=page.get_descendants().live().count(),
                by=by,
            )
    except IntegrityError:
        raise Refusal("An edition of this program is being made at this moment. Wait for it.") from None
    build_edition.enqueue(build.pk)
    return build


def _give_up_silent(program: Program) -> None:
    """A build whose worker is gone must not stand in the way for ever. It has written nothing."""
    now = timezone.now()
    silent = Q(beat_at__lt=now - SILENT_FOR) | Q(beat_at=None, asked_at__lt=now - WAITS_FOR)
    given_up = EditionBuild.objects.filter(silent, program=program, state__in=OPEN_BUILDS)
    given_up.update(state=BuildState.REFUSED, problems=["It was not finished in time, and nothing was published."])


def run_build(build_id: int) -> BuildState:
    """Make the edition of a build, once. Safe to repeat and to kill: what is finished is left alone. Raises `StillRunning`."""
    if not _claim(build_id):
        build = EditionBuild.objects.get(pk=build_id)
        if build.is_open:
            raise StillRunning
        return BuildState(build.state)
    build = EditionBuild.objects.select_related("program", "by").get(pk=build_id)
    page = ProgramPage.objects.get(program=build.program)
    try:
        compiled = compile_program(page, tell=lambda done: _tell(build_id, done))
    except Exception:  # whatever broke, the next attempt may begin at once
        EditionBuild.objects.filter(pk=build_id).update(state=BuildState.WAITING)
        raise
    try:
        with transaction.atomic():
            program = lock_program(page, by=build.by).program
            edition = issue_edition(
                program,
                compiled,
                by=build.by,
                change_note=build.change_note,
                effective_from=build.effective_from,
                leave_out_drafts=build.leave_out_drafts,
            )
            _finish(build_id, BuildState.DONE, edition=edition)
    except NotPublishable as refusal:
        return _finish(build_id, BuildState.REFUSED, problems=refusal.sentences)
    except Refusal as refusal:
        return _finish(build_id, BuildState.REFUSED, problems=[refusal.message])
    except PermissionDenied:
        return _finish(
            build_id, BuildState.REFUSED, problems=["Whoever asked for it does not direct the program any more."]
        )
    return BuildState.DONE


def _claim(build_id: int) -> bool:
    """Take a build by a conditional update that must change exactly one row; that of a silent worker is taken over."""
    now = timezone.now()
    free = Q(state=BuildState.WAITING) | Q(state=BuildState.RUNNING, beat_at__lt=now - SILENT_FOR)
    claimed = EditionBuild.objects.filter(free, pk=build_id)
    return claimed.update(state=BuildState.RUNNING, beat_at=now, done=0) == 1


def _tell(build_id: int, done: int) -> None:
    if done % TELL_EVERY == 0:
        EditionBuild.objects.filter(pk=build_id).update(done=done, beat_at=timezone.now())


def _finish(
    build_id: int, state: BuildState, *, edition: Edition | None = None, problems: list[str] | None = None
) -> BuildState:
    """Only an open build ends: of two workers at one build, the second loses the edition that it has written."""
    opened = EditionBuild.objects.filter(pk=build_id, state__in=OPEN_BUILDS)
    if opened.update(state=state, edition=edition, problems=problems or []) != 1 and edition:
        raise Refusal("This build has ended already.")
    return state
