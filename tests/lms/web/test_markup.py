"""Lines written in Python are escaped exactly as Django would."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from lms.web.markup import join, write

texts = st.text() | st.sampled_from(["<script>alert(1)</script>", "\" onclick='x'", "&amp;", "{0}", "{name}", "%s"])
parts = texts | texts.map(mark_safe) | st.integers() | st.none()


@given(first=parts, second=parts)
def test_parts_are_escaped_as_django_does(first, second):
    pattern = '<a href="{}">{named}</a>'
    assert write(pattern, first, named=second) == format_html(pattern, first, named=second)
    assert isinstance(write(pattern, first, named=second), SafeString)


@given(lines=st.lists(parts))
def test_lines_are_escaped_as_django_does(lines):
    assert join(lines, by="\n") == format_html_join("\n", "{}", ((line,) for line in lines))
    assert isinstance(join(lines), SafeString)


def test_a_text_to_be_translated_is_escaped_too():
    assert write("<b>{}</b>", gettext_lazy("a < b")) == "<b>a &lt; b</b>"


def test_what_was_written_is_not_escaped_again():
    assert join([write("<b>{}</b>", "&"), "&"]) == "<b>&amp;</b>&amp;"
