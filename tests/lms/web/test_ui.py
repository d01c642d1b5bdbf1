import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.safestring import mark_safe

from lms.web.templatetags import ui

NEW_YEAR = datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 min"),
        (1, "1 min"),
        (59, "59 min"),
        (60, "1 h"),
        (61, "1 h 1 min"),
        (750, "12 h 30 min"),
        (6000, "100 h"),
        (-90, "−1 h 30 min"),
        (None, ""),
        ("", ""),
    ],
)
def test_minutes_read_as_hours_and_minutes(value, text):
    assert ui.minutes(value) == text


def test_a_day_and_a_moment_are_told_in_the_readers_zone():
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert ui.day(NEW_YEAR) == "1 Jan 2027"
        assert ui.moment(NEW_YEAR) == "1 Jan 2027, 08:30"
        assert ui.clock(NEW_YEAR) == "08:30"


def test_plain_dates_times_and_texts_stay_as_they_are():
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert ui.day(datetime.date(2026, 11, 23)) == "23 Nov 2026"
        assert ui.moment(datetime.date(2026, 11, 23)) == "23 Nov 2026"
        assert ui.clock(datetime.time(9, 5)) == "09:05"
        assert ui.when("yesterday") == "yesterday"
        assert ui.when(datetime.date(2026, 11, 23)) == "23 Nov 2026"


@pytest.mark.parametrize("function", [ui.day, ui.moment, ui.clock, ui.when])
def test_nothing_is_said_about_a_missing_time(function):
    assert function(None) == ""


def test_an_icon_is_decoration_unless_it_has_a_label():
    assert ui.icon("award") == ('<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#award"></use></svg>')
    assert ui.icon("x", label="Close <now>") == (
        '<svg class="icon" role="img" aria-label="Close &lt;now&gt;"><use href="/static/icons.svg#x"></use></svg>'
    )


def test_an_unknown_icon_is_refused():
    with pytest.raises(LookupError, match="no icon named 'unicorn'"):
        ui.icon("unicorn")


def test_every_shape_is_in_the_sprite():
    assert set(ui.SHAPES.values()) <= ui.icon_names()


@pytest.mark.parametrize(
    ("level", "kind"),
    [("success", "met"), ("warning", "waiting"), ("error", "critical"), ("info", "info"), ("debug", "info")],
)
def test_a_message_has_the_kind_of_its_level(level, kind):
    assert ui.message_kind(SimpleNamespace(level_tag=level)) == kind


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/New_York", "New York (America)"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires (America/Argentina)"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_named_by_its_place(zone, name):
    assert ui.zone_name(zone) == name


def test_plain_text_becomes_escaped_paragraphs_and_cleaned_html_passes():
    assert ui.linebreaks_unless_safe("a <b>\n\nc") == "<p>a &lt;b&gt;</p>\n\n<p>c</p>"
    assert ui.linebreaks_unless_safe(mark_safe("<p>a</p>")) == "<p>a</p>"


def test_a_long_list_of_pages_leaves_numbers_out():
    paginator = Paginator(range(200), 10)
    assert ui.page_numbers(paginator.page(10)) == [1, None, 9, 10, 11, None, 20]
    assert ui.page_numbers(Paginator(range(20), 10).page(1)) == [1, 2]


def test_only_fields_that_may_stay_empty_are_called_optional():
    class SomeForm(forms.Form):
        needed = forms.CharField()
        free = forms.CharField(required=False)
        tick = forms.BooleanField(required=False)

    assert [field.name for field in SomeForm() if ui.is_optional(field)] == ["free"]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_device_is_named_by_browser_and_system(user_agent, name):
    assert ui.device(user_agent) == name


def test_a_strange_device_name_is_cut_short():
    assert ui.device("x" * 200) == "x" * 59 + "…"
