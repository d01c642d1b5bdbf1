"""Reading a file of questions, and importing exactly what its report showed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.enums import IMPORT_IDLE, IMPORT_MOVES, ImportState
from assessments.exchange.formats import read_questions
from assessments.exchange.planning import Planned, State, fingerprint_of, plain_rows, with_ids
from assessments.exchange.portable import Portable, TakesLonger, Watch
from assessments.exchange.queries import drafts_of, plan_against, revisions_of
from assessments.exchange.saving import save_drafts
from assessments.kinds.base import Draft
from assessments.models import Question, QuestionImport
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal


class BankHasChanged(Refusal):
    """The report is not true any more; nothing was imported."""

    code = "bank_has_changed"

    def __init__(self):
        super().__init__(
            "Somebody has changed one of these questions since this report was made. "
            "Nothing was imported: look at the report anew."
        )


MOMENT = 0.7  # seconds that somebody waits for a page; what takes longer is done in the background
SAVED = (State.NEW, State.CHANGED)


@transaction.atomic
def read_file(content: bytes, format_name: str, *, topic: str, by: User) -> QuestionImport:
    """Keep what a file says for the report; the bank stays as it is. Raises `UnusableFile`.

    What takes longer than a moment is read in the background. What the same person read before and did not import is
    forgotten.
    """
    from assessments.exchange.tasks import read_waiting_file  # late: tasks import these actions

    try:
        rows = read_questions(format_name, content, Watch(at_most=MOMENT))
        read = {"state": ImportState.READ, "rows": plain_rows(rows)}
    except TakesLonger:
        read = {"state": ImportState.WAITING, "content": content, "beat_at": timezone.now()}
    _forget_earlier(by)
    digest = hashlib.sha256(content).hexdigest()
    import_ = QuestionImport.objects.create(format=format_name, topic=topic, sha256=digest, created_by=by, **read)
    if import_.is_working:
        read_waiting_file.enqueue(import_.pk)
    return import_


def _forget_earlier(by: User) -> None:
    for import_ in QuestionImport.objects.select_for_update().filter(created_by=by, state__in=IMPORT_IDLE):
        import_.delete()


def apply_import(
    import_: QuestionImport,
    *,
    fingerprint: str,
    by: User,
    tell: Callable[[int, int], object] = lambda done, total: None,
) -> QuestionImport:
    """Save every new and changed question of the report as a draft, all or none. A repeat changes nothing.

    1. plan anew, 2. refuse unless it is what `fingerprint` showed, 3. write the drafts, telling how many, 4. in one short
    transaction: lock, refuse if somebody changed one of the questions meanwhile, save, audit row. Raises `BankHasChanged`.
    """
    if import_.applied_at:
        return import_
    drafts = drafts_of(import_)
    plan, bank = plan_against(import_, drafts)
    if fingerprint_of(plan, bank) != fingerprint:
        return _applied_meanwhile(import_)
    found = [item.portable for item in plan if item.state in SAVED]
    questions = []
    for portable in found:
        questions.append(_written(portable, drafts.get(portable.key)))
        tell(len(questions), len(found))
    try:
        return _save_all(import_, plan, questions, seen=revisions_of(drafts), by=by)
    except IntegrityError:  # somebody gave one of the new keys away after we looked
        return _applied_meanwhile(import_)


def _applied_meanwhile(import_: QuestionImport) -> QuestionImport:
    """The bank has changed since the report: by this very import, or by somebody else. Raises `BankHasChanged`."""
    import_ = QuestionImport.objects.get(pk=import_.pk)
    if import_.applied_at is None:
        raise BankHasChanged
    return import_


@transaction.atomic
def _save_all(
    import_: QuestionImport,
    plan: Sequence[Planned],
    questions: Sequence[Question],
    *,
    seen: Mapping[str, int | None],
    by: User,
) -> QuestionImport:
    """`seen` are the newest revisions, by key, of which the plan was made."""
    import_ = _locked(import_)
    if import_.applied_at:
        return import_
    if ImportState.DONE not in IMPORT_MOVES.get(import_.state, ()):
        raise IllegalMove("There is nothing to import from this file yet.")
    if _revisions_now(plan) != seen:
        raise BankHasChanged
    save_drafts(questions, by=by)
    import_.result = {state.value: sum(item.state == state for item in plan) for state in State}
    import_.state, import_.applied_at = ImportState.DONE, timezone.now()
    import_.save(update_fields=["state", "result", "applied_at"])
    record(
        "assessments.questions.imported",
        by=by,
        about=import_,
        format=import_.format,
        sha256=import_.sha256,
        new=_keys(plan, State.NEW),
        changed=_keys(plan, State.CHANGED),
        named=import_.result[State.NAMED],
    )
    return import_


def _locked(import_: QuestionImport) -> QuestionImport:
    return QuestionImport.objects.select_for_update().get(pk=import_.pk)


def _revisions_now(plan: Sequence[Planned]) -> dict[str, int | None]:
    """Of the questions that the bank has, which are locked by this."""
    keys = [item.portable.key for item in plan if item.portable]
    found = Question.objects.select_for_update().filter(key__in=keys).order_by("pk")
    return dict(found.values_list("key", "latest_revision_id"))


def _keys(plan: Sequence[Planned], state: State) -> list[str]:
    return [item.portable.key for item in plan if item.state == state]


def _written(portable: Portable, existing: Question | None) -> Question:
    """The newest draft, or a new question, as the file says it."""
    question = existing or Question(key=portable.key)
    earlier = question.draft().content
    for name in ("title", "topic", "competency", "difficulty", "critical"):
        setattr(question, name, getattr(portable, name))
    question.references = "\n".join(portable.references)
    draft = Draft(portable.draft.stem, portable.draft.feedback, with_ids(portable.draft.content, earlier))
    question.write(portable.kind, draft)
    return question
