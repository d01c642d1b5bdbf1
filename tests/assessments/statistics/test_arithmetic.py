"""The figures of item analysis against published ones and against arithmetic that can be done by hand."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.statistics.arithmetic import bands, difficulty, discrimination, extremes, reliability, typical

# Law School Admission Test, section 6: how many of 1,000 people gave each pattern of right (1) and wrong (0) answers to
# five questions (Bock and Lieberman 1970, Psychometrika 35, 179-197).
PATTERNS = """
00000 3  00001 6  00010 2  00011 11  00100 1  00101 1  00110 3  00111 4
01000 1  01001 8  01010 0  01011 16  01100 0  01101 3  01110 2  01111 15
10000 10 10001 29 10010 14 10011 81  10100 3  10101 28 10110 15 10111 80
11000 16 11001 56 11010 21 11011 173 11100 11 11101 61 11110 28 11111 298
"""
# What "ltm" prints for them: descript(LSAT) in Rizopoulos 2006, Journal of Statistical Software 17(5).
PUBLISHED_DIFFICULTY = [0.924, 0.709, 0.553, 0.763, 0.870]
PUBLISHED_DISCRIMINATION = [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
PUBLISHED_ALPHA = 0.2950

points_of = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=4, max_size=4)


def law_school() -> list[list[float]]:
    words = PATTERNS.split()
    pairs = zip(words[::2], words[1::2], strict=True)
    return [[float(sign) for sign in pattern] for pattern, count in pairs for _ in range(int(count))]


def column(rows, place):
    return [row[place] for row in rows]


def rest_of(rows, place):
    return [sum(row) - row[place] for row in rows]


def test_the_published_table_has_a_thousand_people():
    assert len(law_school()) == 1000


@pytest.mark.parametrize("place", range(5))
def test_difficulty_and_discrimination_are_the_published_ones(place):
    rows = law_school()
    assert difficulty(column(rows, place)) == pytest.approx(PUBLISHED_DIFFICULTY[place], abs=0.0005)
    assert discrimination(column(rows, place), rest_of(rows, place)) == pytest.approx(
        PUBLISHED_DISCRIMINATION[place], abs=0.00005
    )


def test_reliability_is_the_published_one():
    assert reliability(law_school()) == pytest.approx(PUBLISHED_ALPHA, abs=0.00005)


def test_discrimination_by_hand():
    """Four people: right, right, wrong, wrong with 3, 1, 1, 1 on the rest: r = (2 - 1) * sqrt(1/2 * 1/2) / sqrt(3/4)."""
    assert discrimination([1, 1, 0, 0], [3, 1, 1, 1]) == pytest.approx(1 * 0.5 / sqrt(0.75))


def test_reliability_by_hand():
    """Three people, two questions: variances 1/3 and 1/3, totals 2, 1, 0 with variance 1: 2/1 * (1 - 2/3)."""
    assert reliability([[1, 1], [1, 0], [0, 0]]) == pytest.approx(2 / 3)


def test_kr20_by_hand():
    """KR-20 is k/(k-1) * (1 - sum(p*q) / variance of the totals), all variances of the whole group."""
    rows = law_school()
    totals = [sum(row) for row in rows]
    mean = sum(totals) / 1000
    spread = sum((total - mean) ** 2 for total in totals) / 1000
    within = sum(share * (1 - share) for share in PUBLISHED_DIFFICULTY)
    assert reliability(rows) == pytest.approx(5 / 4 * (1 - within / spread))


@pytest.mark.parametrize(
    ("points", "rest"), [([1, 1, 1], [0, 1, 2]), ([0, 1, 1], [2, 2, 2]), ([1], [1]), ([0.1 + 0.2, 0.3], [1, 2])]
)
def test_nothing_is_told_where_everybody_earned_the_same(points, rest):
    assert discrimination(points, rest) is None


@pytest.mark.parametrize("rows", [[[1, 0]], [[1], [0]], [[1, 0], [0, 1]]])
def test_there_is_no_reliability_of_one_person_one_question_or_equal_totals(rows):
    assert reliability(rows) is None


def test_the_extremes_of_a_hundred_people_are_27_each():
    lower, upper = extremes(list(range(100)))
    assert (lower, upper) == (list(range(27)), list(range(73, 100)))


@pytest.mark.parametrize(("people", "size"), [(2, 1), (3, 1), (20, 5), (22, 6), (1, 0), (0, 0)])
def test_the_extremes_are_whole_people_and_nobody_is_in_both(people, size):
    lower, upper = extremes([0.5] * people)
    assert (len(lower), len(upper)) == (size, size)
    assert not set(lower) & set(upper)


def test_bands_go_from_the_lowest_to_the_highest():
    points, rest = [1, 0, 1, 0, 1, 0], [6, 1, 5, 2, 3, 4]
    assert bands(points, rest, 3) == [(2, 0), (2, 0.5), (2, 1)]


def test_the_median_is_not_moved_by_one_night_away():
    assert typical([30, 40, 36_000]) == 40
    assert typical([]) is None


@given(st.lists(points_of, min_size=2, max_size=30))
def test_figures_stay_within_their_ranges(rows):
    for place in range(4):
        told = discrimination(column(rows, place), rest_of(rows, place))
        assert told is None or -1.000001 <= told <= 1.000001
        assert 0 <= difficulty(column(rows, place)) <= 1
    alpha = reliability(rows)
    assert alpha is None or alpha <= 1.000001


@given(st.lists(points_of, min_size=2, max_size=30), st.randoms())
def test_the_order_of_people_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    before, after = reliability(rows), reliability(shuffled)
    assert (before is None) == (after is None)
    assert before is None or before == pytest.approx(after)
