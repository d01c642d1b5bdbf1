"""Whatever people may write is shown as they wrote it, and never becomes part of a page."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from tests.access.test_every_url import ROLES, addresses_of_ours, url_of
from tests.access.world import make_world
from tests.guards import drop_triggers

EVIL = "\"'><b id=evil>"
ROOMS = ("lms", "courses", "assessments", "supervision", "certificates")
# Not words of people: what the site computes, signs or looks rows up by.
COMPUTED = {
    *(
        "password",
        "time_zone",
        "html",
        "hash",
        "sha256",
        "multibase",
        "content_type",
        "signed_json",
        "signed_jwt",
        "did",
    ),
    *("key", "path", "location", "action", "object_type", "object_id", "request_id", "previous", "base_url", "code"),
    *("evidence_type", "evidence_id", "outcome", "search_text", "locale", "requirement_key", "document_type"),
    *("document_sha256", "session_id", "session_url", "intent_id", "event_id", "type", "dispute_id"),
    *("story", "outcomes", "who_for", "facts", "stem", "unit", "accepted_units", "tolerance"),  # streams and quantities
}


def fields_of_words() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every text column of ours that holds what somebody wrote. A new one is found by itself."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] in ROOMS and not model._meta.proxy:
            for field in model._meta.local_concrete_fields:
                is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
                is_form = isinstance(field, (models.SlugField, models.EmailField, models.URLField))
                if is_text and not is_form and not field.primary_key and field.name not in COMPUTED:
                    yield model, field


def spoil() -> int:
    """Put the words in front of everything that is written somewhere; returns in how many places."""
    places = 0
    for model, field in fields_of_words():
        for row in model._default_manager.exclude(**{f"{field.name}__isnull": True}):
            if old := getattr(row, field.attname):
                words = (EVIL + str(old))[: field.max_length]
                places += model._default_manager.filter(pk=row.pk).update(**{field.name: words})
    return places


@pytest.fixture
def world(cast):
    world = make_world(cast)
    drop_triggers()
    assert spoil() > 150
    return world


def test_no_word_of_anybody_becomes_a_part_of_a_page(cast, world):
    seen, pages = 0, 0
    for role in ROLES:
        client = cast.client(role)
        for address in addresses_of_ours():
            response = client.get(url_of(address, world))
            body = response.getvalue()
            if response.status_code == 200 and response["Content-Type"].startswith(("text/html", "image/svg")):
                text = body.decode()
                pages += 1
                seen += "b id=evil" in text
                assert "<b id=evil>" not in text, (role, address.name)
    assert pages > 350
    assert seen > 200  # they were there, as words
