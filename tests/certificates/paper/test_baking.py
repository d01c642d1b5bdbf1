"""Baking: what goes in comes out, once, in the place where wallets look."""

import pytest
from lxml import etree

from certificates.paper.baking import bake_png, bake_svg
from certificates.paper.drawing import draw_badge
from tests.certificates.paper.reading import baked_into_png, baked_into_svg, ink_on
from tests.certificates.paper.test_drawing import CERTIFICATE

PNG, SVG = draw_badge(CERTIFICATE, "png"), draw_badge(CERTIFICATE, "svg")
TEXTS = ['{"name":"Zoë \U0001f393 & <b>"}', '{"a":"' + "x" * 5000 + '"}']


@pytest.mark.parametrize("text", TEXTS)
def test_a_baked_png_gives_the_text_back_and_looks_the_same(text):
    baked = bake_png(PNG, text)
    assert baked_into_png(baked) == [text]
    assert ink_on(baked) == ink_on(PNG)


def test_baking_again_leaves_only_the_newer_credential():
    assert baked_into_png(bake_png(bake_png(PNG, "{}"), '{"b":1}')) == ['{"b":1}']
    twice = bake_svg(bake_svg(SVG, "{}", title="T"), '{"b":1}', title="T")
    assert baked_into_svg(twice) == '{"b":1}'
    assert twice.count(b"<title>") == 1


@pytest.mark.parametrize("text", TEXTS)
def test_a_baked_svg_gives_the_text_back(text):
    assert baked_into_svg(bake_svg(SVG, text, title="T")) == text


def test_what_would_end_the_cdata_is_escaped_as_json_and_says_the_same():
    baked = baked_into_svg(bake_svg(SVG, '{"a":"x]]>y]]]]>>"}', title="T"))
    assert baked == '{"a":"x]]\\u003ey]]]]\\u003e>"}'


def test_a_baked_svg_has_a_name_and_runs_nothing():
    baked = bake_svg(SVG, "{}", title='A "quoted" <title>')
    root = etree.fromstring(baked)
    assert (root.get("role"), root.findtext("{http://www.w3.org/2000/svg}title")) == ("img", 'A "quoted" <title>')
    assert b"<script" not in baked
    assert b"http://www.w3.org/2000/svg" in baked.split(b">", 2)[1]
