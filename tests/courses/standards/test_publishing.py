"""Publishing a standard, what it refuses, and that nothing afterwards reaches a published version."""

import json
import threading

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from courses.standards import actions
from courses.standards.actions import NotPublishable, publish_standard
from courses.standards.contract import Category, Config
from courses.standards.definition import Requirement, changes_between, define, from_data, problems_of, to_data
from courses.standards.models import ActivityCategory, StandardVersion
from courses.standards.queries import definition_of, draft_definition
from courses.standards.registry import all_kinds, kind_named
from lms.audit.queries import entries_about
from tests.cast import make_cast
from tests.courses.kinds import ReadingConfig
from tests.factories.standards import make_standard, make_standard_version
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_kinds")]


def reading(key="read", title="Readings", needed=2, cap=None, waivable=True):
    value = {"title": title, "needed": needed, "at_most_transferred": cap, "waivable": waivable, "track": ""}
    return {"type": "test_readings", "id": key, "value": value}


def change(standard, *blocks, **fields):
    standard.requirements = json.dumps(blocks) if blocks else standard.requirements
    for name, value in fields.items():
        setattr(standard, name, value)
    standard.save()
    standard.refresh_from_db()
    return standard


def test_a_published_version_is_complete_in_itself(cast):
    standard = make_standard(blocks=[reading()], title="Certificate")
    version = publish_standard(standard, by=cast.director)
    assert (version.number, version.published_by, len(version.hash)) == (1, cast.director, 64)
    assert version.data["requirements"] == [
        {
            "kind": "test_readings",
            "schema": 1,
            "config": {
                "key": "read",
                "title": "Readings",
                "waivable": True,
                "track": "",
                "needed": 2,
                "at_most_transferred": None,
                "topics": [],
            },
        }
    ]
    stored = {category["key"] for category in version.data["categories"]}
    assert stored == set(ActivityCategory.objects.values_list("key", flat=True))
    audited = entries_about(version).get()
    assert (audited.action, audited.actor) == ("standards.standard.published", cast.director)
    assert audited.data == {"standard": standard.pk, "number": 1, "hash": version.hash}


def test_a_definition_survives_being_stored(cast):
    version = publish_standard(make_standard(blocks=[reading(), reading("other", "Others", 3)]), by=cast.director)
    assert definition_of(version) == draft_definition(version.standard)
    assert to_data(from_data(version.data)) == version.data


def test_an_empty_standard_is_refused(cast):
    with pytest.raises(NotPublishable, match="no requirement yet"):
        publish_standard(make_standard(), by=cast.director)
    assert not StandardVersion.objects.exists()


def test_an_inconsistent_standard_is_refused_with_every_sentence(cast):
    standard = make_standard(blocks=[reading(cap=9), reading("again", "READINGS")])
    with pytest.raises(NotPublishable) as refused:
        publish_standard(standard, by=cast.director)
    assert "Readings: The cap is higher than what is needed." in refused.value.message
    assert "Two requirements have the same title: READINGS." in refused.value.message


def test_an_unchanged_standard_is_refused_and_a_changed_one_needs_a_note(cast):
    standard = make_standard(blocks=[reading()])
    publish_standard(standard, by=cast.director)
    with pytest.raises(NotPublishable, match=r"Nothing has changed since version 1\."):
        publish_standard(standard, by=cast.director, change_note="Again.")
    change(standard, reading(needed=3))
    with pytest.raises(NotPublishable, match="Say what changed"):
        publish_standard(standard, by=cast.director, change_note=" ")
    assert publish_standard(standard, by=cast.director, change_note="One more.").number == 2


def test_a_version_that_cannot_be_recorded_never_was(cast, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(actions, "record", fail)
    with pytest.raises(RuntimeError):
        publish_standard(make_standard(blocks=[reading()]), by=cast.director)
    assert not StandardVersion.objects.exists()


@pytest.mark.parametrize(
    "act", [lambda rows: rows.update(number=9), lambda rows: rows.update(data={}), lambda rows: rows.delete()]
)
def test_the_database_refuses_to_change_a_published_version(cast, act):
    rows = StandardVersion.objects.filter(pk=make_standard_version().pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        act(rows)


def test_editing_the_draft_or_a_category_reaches_no_published_version(cast):
    standard = make_standard(blocks=[reading()])
    version = publish_standard(standard, by=cast.director)
    before = definition_of(version)
    ActivityCategory.objects.filter(key="role_play").update(is_direct=True, bucket="direct")
    change(standard, reading(needed=99), title="Other")
    assert definition_of(StandardVersion.objects.get(pk=version.pk)) == before
    assert before.categories["role_play"].is_direct is False
    assert "The definitions of activity categories changed." in changes_between(before, draft_definition(standard))


def test_changes_are_told_requirement_by_requirement():
    def standard(*configs):
        return define("A", "", [Requirement("test_readings", config) for config in configs], [])

    old = standard(ReadingConfig("a", "First", needed=1), ReadingConfig("b", "Second"), ReadingConfig("c", "Third"))
    new = standard(ReadingConfig("c", "Third"), ReadingConfig("a", "First", needed=2), ReadingConfig("d", "Fourth"))
    assert changes_between(old, new) == [
        "New: Fourth.",
        "Changed: First.",
        "Removed: Second.",
        "The order of the requirements changed.",
    ]
    assert changes_between(None, old) == ["New: First.", "New: Second.", "New: Third."]
    assert changes_between(old, old) == []


def test_a_key_twice_and_a_missing_title_are_problems():
    lines = [
        Requirement("test_readings", ReadingConfig("a", "One")),
        Requirement("test_readings", ReadingConfig("a", "")),
    ]
    assert problems_of(define("A", "", lines, []), program=1) == [
        "Two requirements have the same key: .",
        "Every requirement needs a title.",
    ]


def test_an_unknown_schema_is_never_guessed_at():
    kind = kind_named("test_readings")
    with pytest.raises(ValueError, match="schema 2 is not known"):
        kind.config_from_plain({}, 2)
    with pytest.raises(ValueError, match="schema 9"):
        from_data({"schema": 9})


def test_the_shipped_categories_keep_simulation_and_observation_apart_from_direct_contact():
    direct = set(ActivityCategory.objects.filter(is_direct=True).values_list("bucket", flat=True))
    assert direct == {"direct"}
    offered = set(ActivityCategory.objects.filter(is_active=True).values_list("bucket", flat=True))
    assert offered == {"direct", "observed", "simulated", "supervision", "indirect"}


@pytest.mark.parametrize("kind", sorted(kind.name for kind in all_kinds()))
def test_every_registered_kind_keeps_the_contract(kind):
    """Its config is a frozen dataclass of plain JSON, with the fields that every requirement has."""
    kind = kind_named(kind)
    config = kind.config_class(key="k", title="T")
    assert issubclass(kind.config_class, Config)
    assert kind.config_from_plain(json.loads(json.dumps(kind.config_as_plain(config))), config.schema) == config
    assert kind.describe(config)
    assert kind.gather([config], [], timezone.now()) == {}
    categories: dict[str, Category] = {}
    assert all(isinstance(sentence, str) for sentence in kind.problems(config, program=0, categories=categories))


# At once --------------------------------------------------------------------------------------------------------------


def publish_at_once(act):
    cast, standard = make_cast(), make_standard(blocks=[reading()])
    return at_once(4, lambda number: act(standard, by=cast.director, change_note="First."))


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_a_draft_published_at_once_is_one_version():
    outcomes = publish_at_once(publish_standard)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotPublishable"] * 3 + ["StandardVersion"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_the_lock_others_run_into_the_constraint(monkeypatch):
    """The control: everybody has read that there is no version yet before anybody writes one."""
    met, read = threading.Barrier(4), actions.newest_version

    def read_and_wait(standard):
        found = read(standard)
        met.wait(timeout=30)
        return found

    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset)
    monkeypatch.setattr(actions, "newest_version", read_and_wait)
    monkeypatch.setattr(actions, "record", lambda *args, **kwargs: None)
    outcomes = publish_at_once(publish_standard.__wrapped__)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError"] * 3 + ["StandardVersion"]
