"""Saving and publishing questions. What was asked once is never altered: publishing a change makes a new version."""

import hashlib
import json
from typing import Any

from django.db import transaction
from wagtail.models import DraftStateMixin, Revision

from assessments.freezing import freeze_question
from assessments.kinds import Unusable
from assessments.models import Question, QuestionVersion
from assessments.rules import QuestionNotReady
from lms.accounts.models import User
from lms.audit.actions import record


@transaction.atomic
def save_question(question: Question, *, by: User | None) -> QuestionVersion:
    """Save the question and publish it. Returns the newest version, which is a new one unless nothing changed.

    Raises `Unusable` with what cannot be asked; then nothing is saved.
    """
    freeze_question(question)
    save_draft(question, by=by).publish(user=by, skip_permission_checks=True)
    question.refresh_from_db()
    return question.newest_version


@transaction.atomic
def save_draft(question: Question, *, by: User | None) -> Revision:
    """Save what is written so far. What trainees are asked stays as it is: of a published question only a draft is kept."""
    question.clean()
    if not question.pk:
        question.live = False
        question.save()
    return question.save_revision(user=by, clean=False)


@transaction.atomic
def publish_question(question: Question, revision: Revision, *, by: User | None, **options: Any) -> None:
    """Publish what a revision says, as Wagtail does (`options` are its own), and make a version unless nothing changed.

    Raises `QuestionNotReady` for what cannot be asked; then nothing is published.
    """
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    draft = revision.as_object()
    try:
        data = freeze_question(draft)
    except Unusable as unusable:
        raise QuestionNotReady(f"“{draft.title}” cannot be published yet. {unusable}") from None
    DraftStateMixin.publish(question, revision, user=by, **options)
    question.refresh_from_db()
    if question.live_revision_id == revision.pk:
        _make_version(question, data, by=by)


def _make_version(question: Question, data: dict[str, Any], *, by: User | None) -> None:
    digest = hash_of(question, data)
    newest = question.newest_version
    if newest and newest.hash == digest:
        return
    version = QuestionVersion.objects.create(
        question=question,
        number=newest.number + 1 if newest else 1,
        data=data,
        hash=digest,
        created_by=by,
        **{name: getattr(question, name) for name in ("kind", "topic", "competency", "difficulty", "critical")},
    )
    record("assessments.question.saved", by=by, about=question, version=version.number, sha256=digest)


def hash_of(question: Question, data: dict) -> str:
    """Of tags that a question does not have nothing is said, so that versions from before there were any stay the same."""
    said = {"kind": question.kind, "topic": question.topic, "critical": question.critical, "data": data}
    said |= {name: getattr(question, name) for name in ("competency", "difficulty") if getattr(question, name)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
