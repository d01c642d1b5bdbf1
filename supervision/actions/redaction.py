"""Taking words out of an entry for good: patient data that a reviewer found."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal
from lms.notices.actions import notify
from supervision.actions.practice import lock_logs, lock_person
from supervision.actions.review import EntryChanged
from supervision.enums import LOCKED, REFLECTION_MOST, RedactedPart
from supervision.exports.enums import ExportKind
from supervision.guard import identifiers_in
from supervision.guard.declaring import sha256_of_words
from supervision.guard.kinds import REMOVED
from supervision.models import ExportFile, GuardDeclaration, LogMove, PracticeLog, Redaction, UnfinishedDraft
from supervision.queries.redaction import can_redact, chain_of, reasons_given
from supervision.queries.review import content_hash, signed_content, without_words
from supervision.rules.redaction import has_enough_letters, remover, tombstone

NOT_THERE = "These words do not stand in this entry. Copy them exactly as they are written there."
# A browser that still shows the words saves its draft with the next number; after this one it is told to open it again.
AHEAD = 10_000


@transaction.atomic
def redact_log(
    log: PracticeLog,
    *,
    by: User,
    kind: str,
    seen: str,
    words: str = "",
    part: RedactedPart = RedactedPart.WORDS,
    move: LogMove | None = None,
) -> Redaction:
    """Put a tombstone for words, or for a whole text, in the entry and wherever a copy lies. It cannot be undone.

    The copies: the entries that it corrects or that correct it, the reasons of their history, what was signed, what was
    declared about words, the trainee's unfinished drafts, and exported files that still wait to be fetched. `seen` is the
    SHA-256 of the content that the form showed; `move` is the one whose whole reason goes.
    """
    enrolment = lock_person(log.enrolment)
    logs = {one.pk: one for one in lock_logs(chain_of(log))}
    log = logs[log.pk]
    if not can_redact(by, log):
        raise Refusal("Only whoever decides about this entry and program directors remove words from it.")
    if content_hash(signed_content(log)) != seen:
        raise EntryChanged("This entry has changed since you opened it. Read it again before you remove anything.")
    removal = _Removal(_words_of(log, part, words, move), tombstone(kind, timezone.localdate()), part, log, move)
    found = {pk: changed for pk, one in logs.items() if (changed := _changes_of(one, removal))}
    if not found:
        raise Refusal(NOT_THERE)
    drafts = _clear_drafts(enrolment.person_id, removal)
    files = _forget_files([one.enrolment_id for one in logs.values()])
    about = {"kind": _known(kind), "part": part, "by": by}
    rows = {pk: _redact(logs[pk], changed, removal, about) for pk, changed in found.items()}
    for pk, row in rows.items():
        more = {"drafts": drafts, "files": files} if pk == log.pk or log.pk not in rows else {}
        record("supervision.log.redacted", by=by, about=logs[pk], kind=kind, part=part, copies=row.copies | more)
    row = rows.get(log.pk) or next(iter(rows.values()))
    notify(
        enrolment.person,
        key=f"redaction-{row.pk}",
        subject="Words were removed from one of your practice entries",
        text="Words that could point to a client were removed from one of your practice entries. Nothing else about it has "
        "changed. The entry shows where they stood, and who removed them.",
        path=f"/practice/{log.pk}/",
        button="Open the entry",
    )
    return row


@dataclass(frozen=True)
class _Removal:
    """What is taken out: `words` wherever they stand; and with a whole part, that text whatever it says, as it was signed
    in earlier versions too."""

    words: str
    stone: str
    part: RedactedPart
    log: PracticeLog
    move: LogMove | None

    @property
    def remove(self) -> Callable[[str], str]:
        return remover(self.words, self.stone)

    def of_reflection(self, log: PracticeLog) -> Callable[[str], str]:
        is_whole = self.part == RedactedPart.REFLECTION and log.pk == self.log.pk
        return (lambda text: self.stone if text else text) if is_whole else self.remove

    def of_reason(self, move: LogMove) -> str:
        is_whole = self.part == RedactedPart.REASON and self.move is not None and move.pk == self.move.pk
        return self.stone if is_whole else self.remove(move.reason)


def _known(kind: str) -> str:
    if kind not in dict(REMOVED):
        raise Refusal("Say what was found.")
    return kind


def _words_of(log: PracticeLog, part: RedactedPart, words: str, move: LogMove | None) -> str:
    """The words to look for. Raises `Refusal` where there is nothing to look for."""
    if part == RedactedPart.REFLECTION:
        words = log.reflection
    elif part == RedactedPart.REASON:
        words = next((one.reason for one in reasons_given(log) if move and one.pk == move.pk), "")
    words = words.strip()
    if not has_enough_letters(words):
        raise Refusal(NOT_THERE if part != RedactedPart.WORDS else "Copy the words that are to be removed.")
    if len(words) > REFLECTION_MOST:
        raise Refusal(f"Remove at most {REFLECTION_MOST} characters at once.")
    return words


def _changes_of(log: PracticeLog, removal: _Removal) -> dict[str, list[models.Model]]:
    """The rows of one entry that hold the words, with the texts that they get, and not saved yet."""
    of_reflection = removal.of_reflection(log)
    found = {
        "entry": [log] if _set(log, "reflection", of_reflection(log.reflection)) else [],
        "reasons": [move for move in reasons_given(log) if _set(move, "reason", removal.of_reason(move))],
        "signatures": [
            one for one in log.sign_offs.all() if _set(one, "content", without_words(one.content, of_reflection))
        ],
    }
    return {place: rows for place, rows in found.items() if rows}


def _set(row: models.Model, name: str, text: str) -> bool:
    """Whether the row gets another text."""
    old = getattr(row, name)
    setattr(row, name, text)
    return text != old


def _redact(log: PracticeLog, changed: dict, removal: _Removal, about: dict) -> Redaction:
    """Write what happened to one entry: the redaction first, which the database asks for before it lets texts change."""
    declared = [row for row in _declarations_of(log) if _forget_declared(row, removal)]
    copies = {place: len(rows) for place, rows in changed.items()} | ({"declared": len(declared)} if declared else {})
    redaction = Redaction.objects.create(log=log, copies=copies, **about)
    for name, rows in (("reason", changed.get("reasons", ())), ("content", changed.get("signatures", ()))):
        for row in rows:
            row.redaction = redaction
            row.save(update_fields=[name, "redaction"])
    for row in declared:
        row.redaction = redaction
        row.save(update_fields=["reason", "sha256", "redaction"])
    if "entry" in changed:
        log.redaction = redaction
        also = [] if log.state in LOCKED else ["version"]  # a form that still shows the words overwrites nothing
        log.version += len(also)
        log.save(update_fields=["reflection", "redaction", *also])
    return redaction


def _declarations_of(log: PracticeLog) -> Iterable[GuardDeclaration]:
    return GuardDeclaration.objects.filter(subject_type=log._meta.label_lower, subject_id=log.pk)


def _forget_declared(row: GuardDeclaration, removal: _Removal) -> bool:
    """Whether it was about the removed words. A hash of a single name can be guessed, so it goes, and the reason too."""
    known = {sha256_of_words(removal.words), *(sha256_of_words(found.words) for found in identifiers_in(removal.words))}
    if row.sha256 not in known and removal.remove(row.reason) == row.reason:
        return False
    row.sha256, row.reason = f"removed-{row.pk}", removal.stone
    return True


def _clear_drafts(person: int, removal: _Removal) -> int:
    """Take the words out of what the trainee was typing, and let no window that still shows them save it again."""
    cleared = 0
    drafts = UnfinishedDraft.objects.select_for_update().filter(enrolment__person=person, closed_at=None).order_by("pk")
    for draft in drafts:
        typed = {
            name: [removal.remove(text) for text in texts] for name, texts in json.loads(draft.typed or "{}").items()
        }
        text = json.dumps(typed, sort_keys=True, ensure_ascii=False)
        if draft.typed and text != draft.typed:
            draft.typed, draft.sequence, draft.saved_at = text, draft.sequence + AHEAD, timezone.now()
            draft.save(update_fields=["typed", "sequence", "saved_at"])
            cleared += 1
    return cleared


def _forget_files(enrolments: Iterable[int]) -> int:
    """Files of whole logs hold reflections. Their records stay, and the trainee makes a new file."""
    whole = [kind.value for kind in ExportKind if kind.is_whole]
    files = ExportFile.objects.filter(record__enrolment__in=set(enrolments), record__kind__in=whole)
    return files.delete()[0]
