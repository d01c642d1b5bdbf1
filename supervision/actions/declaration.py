"""Recording that words are not about a client."""

from collections.abc import Iterable

from django.db import models, transaction

from lms.accounts.models import User
from lms.audit.actions import record
from supervision.guard.declaring import Declaration
from supervision.models import GuardDeclaration


@transaction.atomic
def declare_words(subject: models.Model, declared: Iterable[Declaration], *, by: User) -> list[GuardDeclaration]:
    """Keep who said of which words that they are not about a client, and why. The same words of a field are kept once."""
    rows = [_kept(subject, declaration, by) for declaration in declared]
    new = [row for row, is_new in rows if is_new]
    if new:
        kinds = sorted({row.kind for row in new})
        record("supervision.words.declared", by=by, about=subject, field=new[0].field, kinds=kinds)
    return new


def _kept(subject: models.Model, declaration: Declaration, by: User) -> tuple[GuardDeclaration, bool]:
    return GuardDeclaration.objects.get_or_create(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        field=declaration.field,
        sha256=declaration.sha256,
        defaults={"kind": declaration.kind, "reason": declaration.reason, "by": by},
    )
