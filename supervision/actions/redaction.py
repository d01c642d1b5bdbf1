"""Taking words out of an entry, of prior hours or of a session for good: patient data that a reviewer found."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.audit.actions import record
from lms.disputes.actions import replace_words
from lms.errors import Refusal
from lms.notices.actions import notify
from supervision.actions.practice import lock_logs, lock_person
from supervision.actions.review import EntryChanged
from supervision.enums import REFLECTION_MOST, RedactedPart
from supervision.exports.enums import ExportKind
from supervision.guard import identifiers_in
from supervision.guard.declaring import sha256_of_words
from supervision.guard.kinds import REMOVED
from supervision.models import (
    ExportFile,
    GuardDeclaration,
    PracticeLog,
    PriorHours,
    Redaction,
    SupervisionSession,
    UnfinishedDraft,
)
from supervision.queries.prior import full_prior
from supervision.queries.redaction import (
    DECISIONS,
    Move,
    Subject,
    can_read_decision,
    can_redact,
    chain_of,
    decisions_about,
    declarations_about,
    disputes_about,
    disputes_read_by,
    enrolments_of,
    kind_of,
    reasons_given,
    seen_of,
    signatures_of,
)
from supervision.queries.review import without_words
from supervision.rules.redaction import has_enough_letters, remover, tombstone
from supervision.sessions.actions.holding import lock_session

NOT_THERE = "These words do not stand here. Copy them exactly as they are written."
# A browser that still shows the words saves its draft with the next number; after this one it is told to open it again.
AHEAD = 10_000
SHORT_MOST = 200


@transaction.atomic
def redact(
    subject: Subject,
    *,
    by: User,
    kind: str,
    seen: str,
    words: str = "",
    part: RedactedPart = RedactedPart.WORDS,
    move: Move | None = None,
) -> Redaction:
    """Put a tombstone for words, or for a whole text, in the record and wherever a copy lies. It cannot be undone.

    The copies: the records that it corrects or that correct it, the reasons of their history, what was signed, what staff
    wrote when they attested it or decided after a lapse, what was declared about words, the words of disputes, the trainees'
    unfinished drafts, and exported files that still wait to be fetched. `seen` is the SHA-256 of what the form showed; `move`
    is the one whose whole reason goes.
    """
    rows = _hold(subject)
    subject, people = rows[subject.pk], enrolments_of(subject)
    if not can_redact(by, subject):
        raise Refusal("Only whoever decides about this and program directors remove words from it.")
    if seen_of(subject) != seen:
        raise EntryChanged("This has changed since you opened it. Read it again before you remove anything.")
    stone = tombstone(kind, timezone.localdate())
    removal = _Removal(_words_of(subject, part, words, move), stone, part, subject, move)
    found = {pk: changed for pk, one in rows.items() if (changed := _changes_of(one, removal))}
    disputes = {
        pk: sum(replace_words(one, removal.remove, by=by) for one in disputes_about(row)) for pk, row in rows.items()
    }
    disputed = {pk for pk, number in disputes.items() if number}
    is_read = any(_is_read(by, rows[pk], changed) for pk, changed in found.items())
    if not is_read and not (disputed and disputes_read_by(by, subject)):
        raise Refusal(NOT_THERE)  # what she may not read tells her nothing, though it goes with the rest
    found |= {pk: found.get(pk, {}) for pk in disputed}
    more = {
        "drafts": sum(_clear_drafts(one.person_id, removal) for one in people),
        "files": _forget_files([one.pk for one in people]),
    }
    about = {"kind": _known(kind), "part": part, "by": by}
    made = {pk: _redact(rows[pk], changed, disputes[pk], removal, about) for pk, changed in found.items()}
    name = kind_of(subject).name
    for pk, row in made.items():
        also = more if pk == subject.pk or subject.pk not in made else {}
        record(f"supervision.{name}.redacted", by=by, about=rows[pk], kind=kind, part=part, copies=row.copies | also)
    row = made.get(subject.pk) or next(iter(made.values()))
    for enrolment in people:
        _tell(row, enrolment.person, subject)
    return row


def _hold(subject: Subject) -> dict[int, Subject]:
    """The people, then the record with those that it corrects and that correct it, freshly read, by id."""
    match subject:
        case PracticeLog():
            lock_person(subject.enrolment)
            return {one.pk: one for one in lock_logs(chain_of(subject))}
        case PriorHours():
            lock_person(subject.enrolment)
            chain = chain_of(subject)
            list(PriorHours.objects.select_for_update().filter(pk__in=chain).order_by("pk").values_list("pk"))
            return {one.pk: one for one in full_prior().filter(pk__in=chain).order_by("pk")}
    return {subject.pk: lock_session(subject)[1]}


_PATHS = {PracticeLog: "/practice/{}/", PriorHours: "/practice/prior/{}/", SupervisionSession: "/practice/sessions/{}/"}


def _tell(row: Redaction, person: User, subject: Subject) -> None:
    what = f"one of your {kind_of(subject).noun}"
    notify(
        person,
        key=f"redaction-{row.pk}-{person.pk}",
        subject=f"Words were removed from {what}",
        text=f"Words that could point to a client were removed from {what}. Nothing else about it has changed. Its page shows "
        "where they stood, and who removed them.",
        path=_PATHS[type(subject)].format(subject.pk),
        button="Open it",
    )


@dataclass(frozen=True)
class _Removal:
    """What is taken out: `words` wherever they stand; and with a whole part, that text whatever it says, as it was signed
    in earlier versions too."""

    words: str
    stone: str
    part: RedactedPart
    subject: Subject
    move: Move | None

    @property
    def remove(self) -> Callable[[str], str]:
        return remover(self.words, self.stone)

    def of_text(self, subject: Subject) -> Callable[[str], str]:
        is_whole = self.part == RedactedPart.REFLECTION and subject.pk == self.subject.pk
        return (lambda text: self.stone if text else text) if is_whole else self.remove

    def of_short(self, text: str) -> str:
        """A short text keeps what is left of it only where there is room for the tombstone."""
        left = self.remove(text)
        return left if len(left) <= SHORT_MOST else self.stone

    def of_reason(self, move: Move) -> str:
        is_whole = self.part == RedactedPart.REASON and self.move is not None and move.pk == self.move.pk
        return self.stone if is_whole else self.remove(move.reason)


def _known(kind: str) -> str:
    if kind not in dict(REMOVED):
        raise Refusal("Say what was found.")
    return kind


def _words_of(subject: Subject, part: RedactedPart, words: str, move: Move | None) -> str:
    """The words to look for. Raises `Refusal` where there is nothing to look for."""
    if part == RedactedPart.REFLECTION:
        words = getattr(subject, kind_of(subject).text)
    elif part == RedactedPart.REASON:
        words = next((one.reason for one in reasons_given(subject) if move and one.pk == move.pk), "")
    words = words.strip()
    if not has_enough_letters(words):
        raise Refusal(NOT_THERE if part != RedactedPart.WORDS else "Copy the words that are to be removed.")
    if part == RedactedPart.WORDS and len(words) > REFLECTION_MOST:
        raise Refusal(f"Remove at most {REFLECTION_MOST} characters at once.")
    return words


def _changes_of(subject: Subject, removal: _Removal) -> dict[str, list[models.Model]]:
    """The rows of one record that hold the words, with the texts that they get, and not saved yet."""
    kind, of_text = kind_of(subject), removal.of_text(subject)
    is_changed = _without(subject, [kind.text], of_text) | _without(subject, kind.short, removal.of_short)
    found = {
        "entry": [subject] if is_changed else [],
        "reasons": [move for move in reasons_given(subject) if _set(move, "reason", removal.of_reason(move))],
        "signatures": [
            one
            for one in signatures_of(subject)
            if _set(one, "content", without_words(one.content, kind.text, of_text))
        ],
        "decisions": [
            one for one in decisions_about(subject, held=True) if _without(one, DECISIONS[type(one)][0], removal.remove)
        ],
    }
    return {place: rows for place, rows in found.items() if rows}


def _is_read(by: User, subject: Subject, changed: dict[str, list[models.Model]]) -> bool:
    """Whether the words stand in something of the record that she reads."""
    decisions = any(can_read_decision(by, one, subject) for one in changed.get("decisions", ()))
    return decisions or bool(changed.keys() - {"decisions"})


def _without(row: models.Model, names: Iterable[str], remove: Callable[[str], str]) -> bool:
    """Whether one of its texts changes; all of them are set."""
    return any([_set(row, name, remove(getattr(row, name))) for name in names])  # noqa: C419 - each of them


def _set(row: models.Model, name: str, text: str) -> bool:
    """Whether the row gets another text."""
    old = getattr(row, name)
    setattr(row, name, text)
    return text != old


def _redact(subject: Subject, changed: dict, disputes: int, removal: _Removal, about: dict) -> Redaction:
    """Write what happened to one record: the redaction first, which the database asks for before it lets texts change."""
    kind = kind_of(subject)
    declared = [row for row in declarations_about(subject) if _forget_declared(row, removal)]
    copies = {place: len(rows) for place, rows in changed.items()} | ({"declared": len(declared)} if declared else {})
    copies |= {"disputes": disputes} if disputes else {}
    redaction = Redaction.objects.create(**{kind.name: subject}, copies=copies, **about)
    texts = [(row, ["reason"]) for row in changed.get("reasons", ())]
    texts += [(row, ["content"]) for row in changed.get("signatures", ())]
    texts += [(row, DECISIONS[type(row)][0]) for row in changed.get("decisions", ())]
    for row, names in texts:
        row.redaction = redaction
        row.save(update_fields=[*names, "redaction"])
    for row in declared:
        row.redaction = redaction
        row.save(update_fields=["reason", "sha256", "redaction"])
    if "entry" in changed:
        subject.redaction = redaction
        also = (
            [] if subject.state in kind.closed else ["version"]
        )  # a form that still shows the words overwrites nothing
        subject.version += len(also)
        subject.save(update_fields=[kind.text, *kind.short, "redaction", *also])
    return redaction


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
    """Files of whole logs hold reflections, notes and feedback. Their records stay, and the trainee makes a new file."""
    whole = [kind.value for kind in ExportKind if kind.is_whole]
    files = ExportFile.objects.filter(record__enrolment__in=set(enrolments), record__kind__in=whole)
    return files.delete()[0]
