"""Every block of a frozen lesson has the id it has in the CMS, and its HTML carries it."""

import json
import uuid

from courses.curriculum.actions import publish_edition
from courses.curriculum.demo import _blocks
from courses.curriculum.lessons import freeze_lesson, render_lesson
from courses.curriculum.models import LessonPage
from tests.factories.curriculum import make_lesson_page

FIRST, SECOND = "0b5a3c52-2d0f-4d43-9a52-4b5b1f0f7a01", "0b5a3c52-2d0f-4d43-9a52-4b5b1f0f7a02"


def _texts(*ids: str) -> list[dict]:
    return [{"type": "text", "value": f"<p>Text {place}.</p>", "id": id_} for place, id_ in enumerate(ids)]


def test_an_edition_keeps_the_id_of_every_block_and_shows_it(pages, cast):
    make_lesson_page(pages.module, slug="two", blocks=_texts(FIRST, SECOND))
    body = publish_edition(pages.program, by=cast.director).items.get(slug="two").body
    assert [block["id"] for block in body.source["blocks"]] == [FIRST, SECOND]
    for place, id_ in enumerate((FIRST, SECOND)):
        assert f'id="block-{id_}">\n<div class="prose"><p>Text {place}.</p>' in body.html


def test_a_block_written_without_an_id_gets_one_that_stays(pages, cast):
    lesson = make_lesson_page(pages.module, slug="bare", blocks=[{"type": "text", "value": "<p>Bare.</p>"}])
    saved = freeze_lesson(LessonPage.objects.get(pk=lesson.pk)).source["blocks"][0]["id"]
    lesson.title = "Another title"
    lesson.save_revision().publish()
    assert saved == str(uuid.UUID(saved))
    assert freeze_lesson(LessonPage.objects.get(pk=lesson.pk)).source["blocks"][0]["id"] == saved


def test_an_id_that_is_none_is_replaced_before_it_reaches_a_page(pages):
    page = LessonPage(title="Never saved", body=json.dumps(_texts('"><script>', FIRST)))
    ids = [block["id"] for block in freeze_lesson(page).source["blocks"]]
    assert ids == [str(uuid.uuid5(page.activity_key, "block 0")), FIRST]


def test_a_lesson_frozen_before_blocks_had_ids_is_rendered_without():
    source = {
        "title": "Old",
        "objectives": [],
        "content_notice": "",
        "blocks": [{"type": "text", "html": "<p>Old.</p>"}],
    }
    assert render_lesson(source) == '<div class="prose"><p>Old.</p></div>'


def test_the_demonstration_gives_every_block_the_same_id_each_time():
    lesson = {"slug": "touch", "block": [{"kind": "text", "html": "<p>x</p>"}, {"kind": "text", "html": "<p>x</p>"}]}
    first, second = _blocks(lesson), _blocks(lesson)
    assert first == second
    assert len({block["id"] for block in first}) == 2
