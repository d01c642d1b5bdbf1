"""Reading a file of questions, and importing exactly what its report showed."""

import hashlib

from django.db import transaction
from django.utils import timezone

from assessments.actions import save_draft
from assessments.exchange.formats import read_questions
from assessments.exchange.planning import Planned, State, fingerprint_of, plain_rows, with_ids
from assessments.exchange.portable import Portable
from assessments.exchange.queries import newest_draft, plan_of
from assessments.kinds.base import Draft
from assessments.models import Question, QuestionImport
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal


class BankHasChanged(Refusal):
    """The report is not true any more; nothing was imported."""

    code = "bank_has_changed"


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


@transaction.atomic
def apply_import(import_: QuestionImport, *, fingerprint: str, by: User) -> QuestionImport:
    """Save every new and changed question of the report as a draft, all or none. A repeat changes nothing.

    1. lock the import and the questions, 2. plan anew, 3. refuse unless it is what `fingerprint` showed, 4. save, 5. audit row.
    Raises `BankHasChanged`.
    """
    import_ = QuestionImport.objects.select_for_update().get(pk=import_.pk)
    if import_.applied_at:
        return import_
    plan, bank = plan_of(import_, lock=True)
    if fingerprint_of(plan, bank) != fingerprint:
        raise BankHasChanged(
            "Somebody has changed one of these questions since this report was made. Nothing was imported: look at the report anew."
        )
    keys = {state: [item.portable.key for item in plan if item.state == state] for state in (State.NEW, State.CHANGED)}
    earlier = {q.key: q for q in Question.objects.filter(key__in=keys[State.CHANGED]).select_related("latest_revision")}
    for item in plan:
        if item.state in keys:
            _save(item, earlier.get(item.portable.key), by)
    import_.result = {state.value: sum(item.state == state for item in plan) for state in State}
    import_.applied_at = timezone.now()
    import_.save(update_fields=["result", "applied_at"])
    record(
        "assessments.questions.imported",
        by=by,
        about=import_,
        format=import_.format,
        sha256=import_.sha256,
        new=keys[State.NEW],
        changed=keys[State.CHANGED],
        named=import_.result[State.NAMED],
    )
    return import_


def _save(item: Planned, existing: Question | None, by: User) -> None:
    question = newest_draft(existing) if existing else Question(key=item.portable.key)
    content = existing and question.draft().content
    _write(question, item.portable, content or {})
    save_draft(question, by=by)


def _write(question: Question, portable: Portable, earlier: dict) -> None:
    for name in ("title", "topic", "competency", "difficulty", "critical"):
        setattr(question, name, getattr(portable, name))
    question.references = "\n".join(portable.references)
    draft = Draft(portable.draft.stem, portable.draft.feedback, with_ids(portable.draft.content, earlier))
    question.write(portable.kind, draft)
