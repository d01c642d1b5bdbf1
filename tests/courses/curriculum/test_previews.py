"""What editors see before anything is published: samples of blocks, and pages that are not finished."""

import pytest

from courses.curriculum.blocks import FacultyBlocks, LessonBlocks
from courses.curriculum.models import Asset
from tests.factories.curriculum import make_lesson_page

BLOCKS = {**LessonBlocks.base_blocks, **FacultyBlocks.base_blocks}


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_shows_a_sample_by_the_learners_renderer(cast, name):
    block = BLOCKS[name]
    answer = cast.client("director").get("/cms/block-preview/", {"id": block.definition_prefix})
    shown = answer.content.decode().split("<main", 1)[1]
    assert (answer.status_code, block.is_previewable) == (200, True)
    assert len(shown) > 150
    assert not {"None", "wagtail", "../"} & {word for word in ("None", "wagtail", "../") if word in shown}


def test_a_sample_stores_nothing_and_asks_for_our_own_styles_only(cast):
    director = cast.client("director")
    page = director.get("/cms/block-preview/", {"id": BLOCKS["image"].definition_prefix}).content.decode()
    assert '<img src="/static/brand/sample.svg"' in page
    assert ("<script" in page, "<style" in page, Asset.objects.count()) == (False, False, 0)


BROKEN = [
    {"type": "image", "value": {"image": None, "caption": ""}},
    {"type": "image", "value": {}},
    {"type": "image", "value": {"image": {"image": 999, "alt_text": "", "decorative": False}, "caption": "x"}},
    {"type": "document", "value": {"document": None, "title": ""}},
    {"type": "document", "value": {}},
    {"type": "safety", "value": {}},
    {"type": "vignette", "value": {"title": "", "text": "", "questions": []}},
    {"type": "vignette", "value": {}},
    {"type": "references", "value": []},
    {"type": "references", "value": [{}]},
    {"type": "references", "value": [{"key": "", "text": "", "doi": "not a doi", "url": "javascript:alert(1)"}]},
    {"type": "text", "value": ""},
    {"type": "text", "value": '<p><a linktype="page" id="x">a</a><a linktype="document">b</a><a>c</a></p>'},
    {"type": "text", "value": '<p><a linktype="page" id="99999999999999999999">a</a></p>'},
    {"type": "no such block", "value": "x"},
]


@pytest.mark.parametrize("block", BROKEN, ids=lambda block: f"{block['type']}: {block['value']}"[:60])
def test_a_preview_of_an_unfinished_or_broken_block_is_a_page(pages, cast, block):
    lesson = make_lesson_page(pages.module, blocks=[block, {"type": "text", "value": "<p>What follows.</p>"}])
    answer = cast.client("director").get(f"/cms/pages/{lesson.pk}/view_draft/")
    assert (answer.status_code, "What follows." in answer.content.decode()) == (200, True)
