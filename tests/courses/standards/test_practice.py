"""Rules of practice and the settings of categories: authored in the CMS, frozen in a version, said in plain words."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from courses.standards.actions import NotPublishable, publish_standard
from courses.standards.contract import Category
from courses.standards.definition import changes_between, define, from_data, hash_of, to_data
from courses.standards.models import ActivityCategory, StandardVersion
from courses.standards.plain import as_plain, from_plain
from courses.standards.practice import (
    Lesson,
    Limit,
    PracticeRules,
    TrainingFirst,
    ValidOnTheDay,
    validate_part,
)
from courses.standards.queries import definition_of, draft_definition
from tests.courses.kinds import ReadingConfig
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program_page
from tests.factories.standards import make_standard, make_standard_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_kinds")]
RULES = PracticeRules(
    back_dating=Limit(14),
    weekly=Limit(2430, "refuse"),
    look_back=Limit(5, "refuse"),
    group_size=Limit(6),
    training=TrainingFirst((Lesson("k", "Ethics of touch"),)),
    supervisor=(ValidOnTheDay("licence", "refuse"), ValidOnTheDay("bls")),
)
READ = {"title": "Readings", "needed": 2, "at_most_transferred": None, "waivable": True, "track": ""}


def draft(*rules, **fields):
    blocks = [{"type": "test_readings", "id": "read", "value": READ}]
    return make_standard(blocks=blocks, practice_rules=json.dumps(list(rules)), **fields)


def rule(name, **value):
    return {"type": name, "value": value, "id": f"rule-{name}"}


def test_rules_survive_being_stored_as_plain_json():
    assert from_plain(PracticeRules, json.loads(json.dumps(as_plain(RULES)))) == RULES
    assert from_plain(PracticeRules, {}) == PracticeRules()


def test_every_rule_says_itself_and_what_follows():
    assert RULES.sentences == (
        "A visit is logged within 14 days; a later entry is flagged for whoever reviews it.",
        "At most 40 h 30 min of visits are logged in one week, from Monday to Sunday; an entry above that is refused.",
        "A visit counts for 5 years; an older one is refused.",
        "A group has at most 6 people; a larger one is flagged for whoever reviews it.",
        "Practice begins after “Ethics of touch”; an earlier visit is refused.",
        "The supervisor’s licence is valid on the day of the visit; an entry without it is refused.",
        "The supervisor’s card of basic life support is valid on the day of the visit; "
        "an entry without it is flagged for whoever reviews it.",
    )
    assert PracticeRules().sentences == ()


def test_a_new_draft_flags_entries_later_than_thirty_days():
    assert draft_definition(make_standard()).practice == PracticeRules(back_dating=Limit(30, "flag"))


def test_authored_rules_are_frozen_in_the_version_and_shown_to_everybody(cast, client):
    module = make_module_page(make_program_page())
    lesson = make_lesson_page(module, title="Before the first visit")
    standard = draft(
        rule("weekly", minutes=2400, answer="refuse"),
        rule("training", lessons=[lesson.pk, module.pk], answer="flag"),
        rule("supervisor", qualification="licence", answer="refuse"),
    )
    version = publish_standard(standard, by=cast.director)
    assert (version.data["schema"], definition_of(version).practice) == (
        2,
        PracticeRules(
            weekly=Limit(2400, "refuse"),
            training=TrainingFirst(
                (Lesson(str(lesson.activity_key), lesson.title), Lesson(str(module.activity_key), module.title)), "flag"
            ),
            supervisor=(ValidOnTheDay("licence", "refuse"),),
        ),
    )
    standard.practice_rules = "[]"
    standard.save()
    assert definition_of(StandardVersion.objects.get()).practice.weekly == Limit(2400, "refuse")
    page = client.get(reverse("standard", args=[standard.pk])).content.decode()
    assert "At most 40 h of visits are logged in one week" in page
    assert "“Before the first visit”" in page
    assert changes_between(definition_of(version), draft_definition(standard)) == ["The rules of practice changed."]


def test_a_qualification_is_asked_once(cast):
    twice = [rule("supervisor", qualification="bls", answer=answer) for answer in ("flag", "refuse")]
    with pytest.raises(NotPublishable, match="twice for the same qualification"):
        publish_standard(draft(*twice), by=cast.director)


OLD = {
    "schema": 1,
    "title": "A",
    "description": "",
    "requirements": [],
    "categories": [
        {
            "key": "role-play",
            "label": "Role-play",
            "bucket": "simulated",
            "is_direct": False,
            "needs_client_code": False,
            "definition": "With colleagues.",
        }
    ],
}


def test_a_version_of_the_first_schema_is_still_read_and_counts_as_it_did():
    definition = from_data(OLD)
    assert definition.practice == PracticeRules()
    category = definition.categories["role-play"]
    assert (category.part, category.cap, category.approvers, category.example) == (1, None, (), "")
    assert category.sentences == ()


def test_nothing_is_published_anew_only_because_it_is_stored_in_more_words(cast):
    standard = draft()
    version = publish_standard(standard, by=cast.director)
    assert hash_of(to_data(from_data(version.data))) == version.hash
    with pytest.raises(NotPublishable, match="Nothing has changed"):
        publish_standard(standard, by=cast.director, change_note="Again.")


def test_the_settings_of_a_category_are_frozen_in_the_version(cast):
    live = ActivityCategory.objects.filter(key="role_play")
    live.update(cap_minutes=600, multiplier="1/2", by_consultant=False)
    version = publish_standard(draft(), by=cast.director)
    live.update(cap_minutes=None, multiplier="1")
    frozen = definition_of(version).categories["role_play"]
    assert (frozen.cap, frozen.multiplier, frozen.approvers) == (600, "1/2", ("site_supervisor", "faculty"))
    assert frozen.example == "Negotiating consent to touch with a peer"
    assert frozen.sentences == (
        "Counts for 1/2 of its minutes.",
        "At most 10 h count.",
        "Approved by: site supervisor, faculty.",
    )


@pytest.mark.parametrize("value", ["1", "1/2", "3/4", "99/100", "2/2"])
def test_a_part_of_each_minute(value):
    validate_part(value)
    assert Category("k", "K", "direct", True, multiplier=value).part <= 1


@pytest.mark.parametrize("value", ["", "0", "2", "1/0", "3/2", "0.5", "-1/2", "½", "1/2/3", " 1"])
def test_what_is_no_part_of_a_minute(value):
    with pytest.raises(ValidationError):
        validate_part(value)


def test_a_category_names_at_least_one_who_may_approve_it(cast):
    category = ActivityCategory.objects.get(key="role_play")
    values = {"label": "Play", "key": "role_play", "bucket": "simulated", "position": "1", "definition": "x"}
    address = reverse("wagtailsnippets_standards_activitycategory:edit", args=[category.pk])
    director = cast.client("director")
    page = director.post(address, values | {"example": "", "multiplier": "1"})
    assert "Say who may approve it" in page.content.decode()
    assert director.post(address, values | {"example": "", "multiplier": "3/4", "by_director": "on"}).status_code == 302
    category.refresh_from_db()
    assert (category.approvers, category.multiplier) == (("director",), "3/4")


def test_a_definition_with_rules_survives_being_stored():
    definition = define("A", "", [], [Category("k", "K", "direct", True, cap=5, multiplier="1/3")], RULES)
    assert from_data(json.loads(json.dumps(to_data(definition)))) == definition
    assert make_standard_version(requirements=[ReadingConfig("a", "A", needed=1)]).data["practice"] == as_plain(
        PracticeRules()
    )
