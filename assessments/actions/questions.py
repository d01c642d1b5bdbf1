"""Saving questions. What was asked once is never altered: a change makes a new version."""

import hashlib
import json

from django.db import transaction

from assessments.kinds import kind_of
from assessments.models import Question, QuestionVersion
from lms.accounts.models import User
from lms.audit.actions import record


@transaction.atomic
def save_question(question: Question, *, by: User | None) -> QuestionVersion:
    """Save the question with its options, and make a version unless nothing changed. Returns the newest version.

    Raises `Unusable` with what cannot be asked; then nothing is saved.
    """
    data = kind_of(question.kind).freeze(question.draft())
    question.save()
    Question.objects.select_for_update().get(pk=question.pk)
    data["references"] = [line.strip() for line in question.references.splitlines() if line.strip()]
    digest = hash_of(question, data)
    newest = question.newest_version
    if newest and newest.hash == digest:
        return newest
    version = QuestionVersion.objects.create(
        question=question,
        number=newest.number + 1 if newest else 1,
        kind=question.kind,
        topic=question.topic,
        critical=question.critical,
        data=data,
        hash=digest,
        created_by=by,
    )
    record("assessments.question.saved", by=by, about=question, version=version.number, sha256=digest)
    return version


def hash_of(question: Question, data: dict) -> str:
    said = {"kind": question.kind, "topic": question.topic, "critical": question.critical, "data": data}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
