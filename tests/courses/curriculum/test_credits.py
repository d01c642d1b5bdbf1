"""Credited minutes: what an item credits, what an author may write, and what an edition keeps of it."""

from html import unescape

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.curriculum.actions import NotPublishable, publish_edition
from courses.curriculum.compiling import compile_program
from courses.curriculum.credits import Credit, credited, label_of, minutes_by_topic
from courses.curriculum.enums import TeachingFormat
from courses.curriculum.models import EditionItem, LessonPage, Topic
from courses.curriculum.queries import edition_outline
from lms.errors import Refusal
from tests.factories.curriculum import make_edition, make_item, make_lesson_page
from tests.web import text_of

SELF_STUDY, ONLINE, IN_PERSON = "self_study", "live_online", "live_in_person"


def line(topic: str, form: str, minutes: int) -> tuple:
    return ("credit", {"topic": topic, "format": form, "minutes": minutes})


def give_credits(page, *lines, **fields) -> None:
    page.credits = [line(*one) for one in lines]
    for name, value in fields.items():
        setattr(page, name, value)
    page.save()


@pytest.mark.parametrize(
    ("minutes", "topic", "credits", "expected"),
    [
        (0, "", [], []),
        (0, "touch", [], []),
        (20, "touch", [], [("touch", SELF_STUDY, 20)]),
        (20, "", [], [("", SELF_STUDY, 20)]),
        (20, "touch", [["law", ONLINE, 15]], [("law", ONLINE, 15)]),
        (60, "", [["law", ONLINE, 15], ["touch", IN_PERSON, 45]], [("law", ONLINE, 15), ("touch", IN_PERSON, 45)]),
    ],
)
def test_an_item_credits_its_lines_or_all_its_minutes_as_self_study(minutes, topic, credits, expected):
    item = EditionItem(minutes=minutes, topic=topic, credits=credits)
    assert list(credited(item)) == [Credit(*one) for one in expected]


topics = st.sampled_from(["touch", "law", "safety", ""])
lines = st.lists(st.tuples(topics, st.sampled_from(TeachingFormat.values), st.integers(1, 6000)), max_size=8)


@given(lines)
def test_no_minute_is_lost_when_topics_are_added_up(rows):
    credits = [Credit(*row) for row in rows]
    assert sum(minutes_by_topic(credits).values()) == sum(credit.minutes for credit in credits)


def test_a_topic_without_a_label_is_named_by_its_key():
    named = [label_of(topic, {"law": "Ethics and law"}) for topic in ("law", "ethics_of_touch", "risk-talk", "")]
    assert named == ["Ethics and law", "Ethics of touch", "Risk talk", "No topic"]


# Writing ------------------------------------------------------------------------------------------------------------


def form_of(credits, **fields) -> dict:
    values = {
        "title": "Written",
        "slug": "written",
        "minutes": "60",
        "topic": "",
        "credits": streamfield(credits),
        "release": streamfield([]),
        "completed_by": "read",
        "objectives": "",
        "content_notice": "",
        "reviewer": "",
        "reviewed_on": "",
        "next_review_on": "",
        "body": streamfield([("text", rich_text("<p>Words.</p>"))]),
        "action-publish": "1",
    }
    return nested_form_data(values | fields)


def add_lesson(client, pages, credits, **fields):
    return client.post(f"/cms/pages/add/curriculum/lessonpage/{pages.module.pk}/", form_of(credits, **fields))


def test_a_director_writes_credits_by_topic_and_format(pages, cast):
    credits = [line("ethics_of_touch", IN_PERSON, 40), line("ethics_law", SELF_STUDY, 20)]
    assert add_lesson(cast.client("director"), pages, credits).status_code == 302
    page = LessonPage.objects.get(slug="written")
    assert credited(page) == (Credit("ethics_of_touch", IN_PERSON, 40), Credit("ethics_law", SELF_STUDY, 20))


@pytest.mark.parametrize(
    ("credits", "minutes", "sentence"),
    [
        ([line("ethics_law", ONLINE, 61)], "60", "It credits 61 min, but its time is 60 min."),
        ([line("ethics_law", ONLINE, 10)], "0", "It credits 10 min, but its time is 0 min."),
        ([line("ethics_law", ONLINE, 10), line("ethics_law", ONLINE, 5)], "60", "Two lines credit the same topic"),
        ([line("ethics_law", ONLINE, 0)], "60", "greater than or equal to 1"),
        ([line("ethics_law", ONLINE, 6001)], "6000", "less than or equal to 6000"),
        ([line("no_such_topic", ONLINE, 10)], "60", "Select a valid choice"),
        ([line("ethics_law", "by_post", 10)], "60", "Select a valid choice"),
    ],
)
def test_what_cannot_be_credited_is_refused_beside_the_field(pages, cast, credits, minutes, sentence):
    answer = add_lesson(cast.client("director"), pages, credits, minutes=minutes)
    assert set(answer.context["form"].errors) == {"credits"}
    assert sentence in unescape(answer.content.decode())
    assert not LessonPage.objects.filter(slug="written").exists()


def test_the_editor_offers_the_topics_and_keeps_an_older_key(pages, cast):
    LessonPage.objects.filter(pk=pages.lesson.pk).update(topic="of_old")
    page = cast.client("director").get(f"/cms/pages/{pages.lesson.pk}/edit/").content.decode()
    assert '<option value="ethics_of_touch">Ethics of touch</option>' in page
    assert '<option value="of_old" selected>of_old</option>' in page


def test_a_topic_keeps_its_key_and_is_never_deleted(cast):
    director, topic = cast.client("director"), Topic.objects.get(key="ethics_law")
    address = "wagtailsnippets_curriculum_topic:{}".format
    values = {"label": "Law", "key": "law", "definition": "", "position": "1"}
    answer = director.post(reverse(address("edit"), args=[topic.pk]), values)
    assert "The key stays as it is" in text_of(answer)
    assert director.post(reverse(address("delete"), args=[topic.pk])).status_code == 302
    assert director.post(reverse(address("edit"), args=[topic.pk]), values | {"key": topic.key}).status_code == 302
    assert list(Topic.objects.filter(pk=topic.pk).values_list("key", "label")) == [("ethics_law", "Law")]


# Publishing ---------------------------------------------------------------------------------------------------------


def test_an_edition_keeps_the_credits_and_the_labels_of_its_day(pages, cast):
    give_credits(pages.lesson, ("ethics_law", ONLINE, 4), ("ethics_of_touch", SELF_STUDY, 6))
    make_lesson_page(pages.module, title="Second", slug="second", minutes=25, topic="of_old")
    edition = publish_edition(pages.program, by=cast.director)
    Topic.objects.filter(key="ethics_law").update(label="Law")
    kept = dict(edition.items.values_list("slug", "credits"))
    assert kept == {
        "ethics-of-touch": [],
        "in-the-room": [["ethics_law", ONLINE, 4], ["ethics_of_touch", SELF_STUDY, 6]],
        "second": [["of_old", SELF_STUDY, 25]],
    }
    edition.refresh_from_db()
    assert edition.topics == {"ethics_law": "Ethics and law", "ethics_of_touch": "Ethics of touch"}
    outline = edition_outline(edition)
    assert outline.by_slug("second").credits == (Credit("of_old", SELF_STUDY, 25),)


def test_items_of_older_editions_credit_their_minutes(cast):
    edition = make_edition()
    item = make_item(edition, minutes=12, topic="ethics")
    assert edition_outline(edition).by_slug(item.slug).credits == (Credit("ethics", SELF_STUDY, 12),)


def test_credits_and_labels_are_part_of_what_an_edition_is(pages, cast):
    publish_edition(pages.program, by=cast.director)
    with pytest.raises(Refusal, match="Nothing has changed"):
        publish_edition(pages.program, by=cast.director)
    hashes = [compile_program(pages.program).hash]
    give_credits(pages.lesson, ("ethics_law", ONLINE, 10))
    hashes.append(compile_program(pages.program).hash)
    give_credits(pages.lesson, ("ethics_law", IN_PERSON, 10))
    hashes.append(compile_program(pages.program).hash)
    Topic.objects.filter(key="ethics_law").update(label="Law")
    hashes.append(compile_program(pages.program).hash)
    assert len(set(hashes)) == 4
    assert publish_edition(pages.program, by=cast.director).number == 2


@pytest.mark.parametrize(
    ("credits", "fields", "sentence"),
    [
        ([], {"topic": ""}, "“In the room”: Its minutes have no topic. Every credited minute belongs to one."),
        (
            [("ethics_law", ONLINE, 11)],
            {},
            "“In the room”: It credits 11 min, but its time is 10 min. Nobody is credited more than it takes.",
        ),
    ],
)
def test_an_edition_is_refused_while_a_minute_has_no_topic_or_no_time(pages, cast, credits, fields, sentence):
    for name, value in fields.items():
        setattr(pages.lesson, name, value)
    pages.lesson.credits = [line(*one) for one in credits]
    LessonPage.objects.filter(pk=pages.lesson.pk).update(**fields, credits=pages.lesson.credits)
    with pytest.raises(NotPublishable) as refused:
        publish_edition(pages.program, by=cast.director)
    assert refused.value.sentences == [sentence]
