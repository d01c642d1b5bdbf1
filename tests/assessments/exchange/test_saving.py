"""Saving many drafts at once leaves exactly what saving each by itself leaves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ReferenceIndex, Revision
from wagtail.search.backends import get_search_backend

from assessments.actions import save_draft
from assessments.exchange.actions import _written
from assessments.exchange.portable import Portable
from assessments.exchange.queries import newest_draft, portable_of
from assessments.exchange.saving import save_drafts
from assessments.kinds.base import Draft
from assessments.models import Question
from tests.factories.assessments import make_question

PUBLISHED = ("first_published_at", "last_published_at", "live_revision")
OWN = ("id", "pk", "key", "latest_revision", "content", *PUBLISHED)  # its content is compared as a draft
ROW = [field.attname for field in Question._meta.concrete_fields if field.name not in OWN]


def changed(key: str) -> Question:
    """The newest draft of this question, or a new one, as a file says it."""
    content = {"is_true": True, "feedback_true": "Yes.", "feedback_false": ""}
    draft = Draft("<p>Now?</p>", "Because.", content)
    said = Portable(key, "truefalse", draft, title="What to do first", topic="Airway", critical=True)
    existing = Question.objects.filter(key=key).select_related("latest_revision").first()
    return _written(said, newest_draft(existing) if existing else None)


def left(key: str) -> dict:
    """The row, what the newest revision says, and what the lists and searches of the CMS find."""
    question = Question.objects.get(key=key)
    revision = question.latest_revision
    return {
        "row": {name: getattr(question, name) for name in ROW},
        "row draft": question.draft().stem,
        "said": {name: value for name, value in revision.content.items() if name not in OWN},
        "draft": portable_of(newest_draft(question)).draft,
        "about": (revision.content_type_id, revision.base_content_type_id, revision.object_id == str(question.pk)),
        "by": (revision.object_str, revision.user_id, revision.is_latest_revision(), revision.approved_go_live_at),
        "revisions": Revision.objects.for_instance(question).count(),
        "references": ReferenceIndex.get_references_for_object(question).count(),
        "found": question.pk in {found.pk for found in get_search_backend().search(question.title, Question)},
    }


@pytest.mark.parametrize("state", ["new", "draft", "published"])
def test_what_is_saved_at_once_is_what_is_saved_one_by_one(cast, state):
    if state != "new":
        for key in ("one", "two"):
            make_question("single", by=cast.director, key=key, title="Earlier", topic="Doses", draft=state == "draft")
    save_draft(changed("one"), by=cast.director)
    save_drafts([changed("two")], by=cast.director)
    assert left("two") == left("one")
    assert left("two")["draft"].content["is_true"] is True


@pytest.mark.parametrize("how_many", [1, 30])
def test_saving_many_asks_the_database_no_more_often_than_saving_one(cast, how_many):
    make_question("single", by=cast.director, key="k0", title="Earlier")
    save_drafts([changed("before")], by=cast.director)
    questions = [changed(f"k{number}") for number in range(how_many + 1)]
    with CaptureQueriesContext(connection) as queries:
        save_drafts(questions, by=cast.director)
    kinds = [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(kinds) <= 10, kinds
