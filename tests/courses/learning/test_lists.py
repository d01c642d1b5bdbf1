"""The glossary and the references of all open lessons: what is locked does not show, and nothing when lessons are closed."""

import pytest
from django.urls import reverse

from courses.enrolment.enums import EnrolmentState
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.web import text_of

PAGES = ["learn_glossary", "learn_references"]


def _blocks(word: str) -> list[dict]:
    return [
        {"type": "glossary", "terms": [{"slug": word, "term": word, "definition": f"About {word}.", "spellings": []}]},
        {"type": "references", "items": [{"key": word, "text": f"On {word}", "doi": "", "url": ""}]},
    ]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("count", [1, 3])
def test_only_open_lessons_are_listed_and_three_cost_what_one_costs(cast, name, count, django_assert_max_num_queries):
    edition = make_edition()
    module = make_module(edition, lessons=0)
    items = [make_item(edition, parent=module, blocks=_blocks(word)) for word in ("set", "setting", "dose")[:count]]
    gates = {"after": [str(items[0].activity.key)]}
    make_item(edition, parent=module, blocks=_blocks("zebra"), gates=gates)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    client, address = cast.client("trainee"), reverse(name, args=[enrolment.pk])
    client.get(address)  # the edition is read once for everybody
    with django_assert_max_num_queries(5):
        page = client.get(address)
    assert "set" in text_of(page)
    assert "zebra" not in text_of(page)
    type(enrolment).objects.filter(pk=enrolment.pk).update(state=EnrolmentState.WITHDRAWN)
    assert client.get(address).status_code == 403
