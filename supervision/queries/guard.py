"""What was declared about the words of a text."""

from collections.abc import Collection, Iterable

from django.db import models

from supervision.guard import identifiers_in
from supervision.guard.declaring import Declaration, sha256_of_words
from supervision.models import GuardDeclaration


def declaration_rows(subject: models.Model) -> list[GuardDeclaration]:
    rows = GuardDeclaration.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    return list(rows.select_related("by"))


def declarations_of(subject: models.Model) -> tuple[Declaration, ...]:
    """What was declared about a row, as plain values for the rules. One query."""
    return tuple(Declaration(row.field, row.kind, row.sha256, row.reason) for row in declaration_rows(subject))


def declared_words(subject: models.Model, texts: dict[str, str]) -> list[dict]:
    """What was declared, with the words as they stand in the texts now; declared words that are gone are left out."""
    return _shown(declaration_rows(subject), texts)


def declared_of_many(subjects: Collection[models.Model], field: str) -> dict[int, list[dict]]:
    """The same about one field of many rows of one kind, by the id of each. One query."""
    if not subjects:
        return {}
    label = next(iter(subjects))._meta.label_lower
    rows = GuardDeclaration.objects.filter(subject_type=label, subject_id__in=[one.pk for one in subjects], field=field)
    found: dict[int, list[GuardDeclaration]] = {}
    for row in rows.select_related("by"):
        found.setdefault(row.subject_id, []).append(row)
    return {one.pk: _shown(found[one.pk], {field: getattr(one, field)}) for one in subjects if one.pk in found}


def _shown(declared: Iterable[GuardDeclaration], texts: dict[str, str]) -> list[dict]:
    rows = {(row.field, row.sha256): row for row in declared}
    if not rows:
        return []
    shown = {}
    for field, text in texts.items():
        for finding in identifiers_in(text):
            row = rows.get((field, sha256_of_words(finding.words)))
            if row:
                shown[row.pk] = {
                    "words": finding.words,
                    "what": finding.what,
                    "reason": row.reason,
                    "by": row.by,
                    "at": row.at,
                }
    return list(shown.values())
