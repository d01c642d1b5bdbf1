"""Colours keep the contrast the design promises, in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[3] / "lms/static/css/tokens.css"
THEMES = {"light": 0, "dark": 1}
TEXTS = ["ink", "soft", "primary", "accent", "met", "waiting", "critical", "info"]
PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text())
}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, theme: int) -> float:
    lighter, darker = sorted((luminance(PAIRS[one][theme]), luminance(PAIRS[other][theme])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_the_known_ratio():
    assert round((luminance("#ffffff") + 0.05) / (luminance("#000000") + 0.05), 6) == 21


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_easy_to_read(text, theme):
    grounds = ["paper", "surface"] + [f"{text}-wash"] * (f"{text}-wash" in PAIRS)
    assert [ground for ground in grounds if contrast(text, ground, theme) < 5.3] == []
    assert [ground for ground in ("paper", "surface") if contrast(text, ground, theme) < 5.5] == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_ink_is_easy_to_read_on_every_wash(theme):
    washes = [name for name in PAIRS if name.endswith("-wash")]
    assert len(washes) == 6
    assert [wash for wash in washes if contrast("ink", wash, theme) < 7] == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_buttons_and_borders_of_inputs_are_easy_to_see(theme):
    assert contrast("on-primary", "primary", theme) > 5.5
    assert contrast("on-critical", "critical", theme) > 5.5
    assert min(contrast("control", ground, theme) for ground in ("paper", "surface", "sunken")) > 3
