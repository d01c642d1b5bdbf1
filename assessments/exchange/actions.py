"""Reading a file of questions, and importing exactly what its report showed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.exchange.formats import read_questions
from assessments.exchange.planning import Planned, State, fingerprint_of, plain_rows, with_ids
from assessments.exchange.portable import Portable
from assessments.exchange.queries import drafts_of, plan_against, revisions_of
from assessments.exchange.saving import save_drafts
from assessments.kinds.base import Draft
from assessments.models import Question, QuestionImport
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal


class BankHasChanged(Refusal):
    """The report is not true any more; nothing was imported."""

    code = "bank_has_changed"

    def __init__(self):
        super().__init__(
            "Somebody has changed one of these questions since this report was made. "
            "Nothing was imported: look at the report anew."
        )


SAVED = (State.NEW, State.CHANGED)


@transaction.atomic
def read_file(content: bytes, format_name: str, *, topic: str, by: User) -> QuestionImport:
    """Read a file and keep what it says for the report; the bank stays as it is. Raises `UnusableFile`.

    What the same person read before and did not import is forgotten.
    """
    rows = read_questions(format_name, content)
    QuestionImport.objects.filter(created_by=by, applied_at=None).delete()
    return QuestionImport.objects.create(
        format=format_name,
        topic=topic,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=plain_rows(rows),
        created_by=by,
    )


def apply_import(
    import_: QuestionImport, *, fingerprint: str, by: User, tell: Callable[[int], object] = lambda done: None
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
        raise BankHasChanged
    questions = []
    for item in plan:
        if item.state in SAVED:
            questions.append(_written(item.portable, drafts.get(item.portable.key)))
            tell(len(questions))
    try:
        return _save_all(import_, plan, questions, seen=revisions_of(drafts), by=by)
    except IntegrityError:  # somebody gave one of the new keys away after we looked
        raise BankHasChanged from None


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
    if _revisions_now(plan) != seen:
        raise BankHasChanged
    save_drafts(questions, by=by)
    import_.result = {state.value: sum(item.state == state for item in plan) for state in State}
    import_.applied_at = timezone.now()
    import_.save(update_fields=["result", "applied_at"])
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
