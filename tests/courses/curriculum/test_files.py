"""Ranges of a file, as the browser asks for them."""

import pytest

from courses.curriculum.files import OutOfRange, read_range

SIZE = 100


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("bytes=0-9", (0, 9)),
        ("bytes=90-", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=0-500", (0, 99)),
        ("bytes=99-99", (99, 99)),
        ("bytes=0-0", (0, 0)),
        ("bytes=0-1,5-6", None),
        ("bytes=5-1", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("items=0-1", None),
        ("bytes=\x00-1", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header, expected):
    assert read_range(header, SIZE) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=" + "9" * 18 + "-"])
def test_a_range_beyond_the_end_is_refused(header):
    with pytest.raises(OutOfRange):
        read_range(header, SIZE)


def test_an_empty_file_has_no_range():
    with pytest.raises(OutOfRange):
        read_range("bytes=0-", 0)
