"""What holds for every kind of question: right and wrong answers, bytes of any sort, and no key in what is presented."""

import contextlib
import json
import time
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.enums import Kind
from assessments.kinds import KINDS, Unreadable, Unusable, kind_of
from assessments.kinds.base import Draft
from tests.factories.questions import DRAWN_DOSE, DRAWN_STEM, arranged, draft, frozen, response_to, saves_for

MARK = "ZQCANARY"
MARKED_BY_HAND = [name for name, kind in KINDS.items() if kind.is_marked_by_hand]
SCORED = [name for name in KINDS if name not in MARKED_BY_HAND]


def test_every_kind_can_be_chosen_and_has_a_page():
    assert set(KINDS) == set(Kind.values)
    assert {name: kind.label for name, kind in KINDS.items()} == {kind.value: kind.label for kind in Kind}
    assert MARKED_BY_HAND == ["essay"]


@pytest.mark.parametrize("kind", SCORED)
@pytest.mark.parametrize("seed", range(5))
def test_the_right_answer_earns_everything_and_the_wrong_one_nothing(kind, seed):
    data = frozen(kind)
    drawn = arranged(kind, data, seed=seed)
    assert kind_of(kind).score(data, drawn, response_to(kind, data, drawn)) == 1
    assert kind_of(kind).score(data, drawn, response_to(kind, data, drawn, right=False)) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_plain_json_and_scores_the_same_after_the_database_had_it(kind):
    data = frozen(kind)
    drawn = arranged(kind, data)
    response = response_to(kind, data, drawn)
    kept = json.loads(json.dumps([data, drawn, response], sort_keys=True))
    assert kept == [data, drawn, response]
    assert kind_of(kind).score(*kept) == kind_of(kind).score(data, drawn, response)
    assert kind_of(kind).present(*kept) == kind_of(kind).present(data, drawn, response)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_frozen_can_be_written_again_and_says_the_same(kind):
    data = frozen(kind)
    assert kind_of(kind).freeze(Draft(data["stem"], data["feedback"], data)) == data


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_presented_holds_a_key_or_feedback(kind):
    """Before an answer, after each step of one, and when a refused answer is shown again."""
    data = frozen(kind, mark=MARK)
    drawn = arranged(kind, data)
    assert MARK in json.dumps(data)
    response = None
    for sent in [*saves_for(kind, data, drawn, right=False), None]:
        shown = [kind_of(kind).present(data, drawn, response), kind_of(kind).typed(data, drawn, response, {})]
        shown.append(kind_of(kind).summary(data, drawn, response))
        assert MARK not in str(shown)
        assert "correct" not in str(shown)
        assert "outcome" not in str(shown)
        response = kind_of(kind).parse(data, drawn, sent, response) if sent else None


@pytest.mark.parametrize("kind", KINDS)
def test_without_reveal_nothing_is_told_but_about_the_answer_given(kind):
    data = frozen(kind, mark=MARK)
    drawn = arranged(kind, data)
    assert MARK not in str(kind_of(kind).explain(data, drawn, None, reveal=False))
    assert MARK in str(kind_of(kind).explain(data, drawn, None, reveal=True))
    response = response_to(kind, data, drawn, right=False)
    told = kind_of(kind).explain(data, drawn, response, reveal=False)
    assert f"{MARK} general" not in str(told)
    assert told.expected == ""
    assert told.criteria == ()
    assert [row.expected for row in told.rows if row.expected] == []


@pytest.mark.parametrize("kind", KINDS)
def test_two_presentations_of_one_draw_are_the_same_and_the_frozen_question_stays_as_it_was(kind):
    data = frozen(kind)
    before = json.dumps(data)
    drawn = arranged(kind, data, seed=3)
    assert drawn == arranged(kind, data, seed=3)
    assert kind_of(kind).present(data, drawn, None) == kind_of(kind).present(data, drawn, None)
    assert json.dumps(data) == before


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_is_shown_again_in_its_inputs_and_in_words(kind):
    data = frozen(kind)
    drawn = arranged(kind, data)
    response = response_to(kind, data, drawn)
    assert kind_of(kind).present(data, drawn, response) != kind_of(kind).present(data, drawn, None)
    assert kind_of(kind).summary(data, drawn, response) != ""
    assert kind_of(kind).is_complete(data, drawn, response)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_twice_is_the_same_answer(kind):
    data = frozen(kind)
    drawn = arranged(kind, data)
    *_, last = saves_for(kind, data, drawn)
    response = response_to(kind, data, drawn)
    assert kind_of(kind).parse(data, drawn, last, response) == response


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_draft_is_refused_by_name_and_nothing_breaks(kind):
    with pytest.raises(Unusable) as refusal:
        kind_of(kind).freeze(Draft("<p>Q</p>"))
    assert set(refusal.value.problems) <= set(draft(kind).content) | {"tolerance", "start"}
    assert all(sentence.endswith((".", "itself")) for sentence in refusal.value.problems.values())


def read(kind, data, drawn, sent, earlier=None):
    """The response, or None when it is refused; whatever else is raised fails the test."""
    with contextlib.suppress(Unreadable):
        return kind_of(kind).parse(data, drawn, sent, earlier)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["1" * 10_000_000, "NaN", "-1", "0", "99", "\x00", "\udce4", "٣", "__import__('os')"])
def test_what_no_page_sends_is_refused_with_a_sentence_and_at_once(kind, value):
    data = frozen(kind)
    drawn = arranged(kind, data)
    fields = {name for sent in saves_for(kind, data, drawn) for name in sent}
    before = time.thread_time()
    for name in fields:
        response = read(kind, data, drawn, {name: [value]})
        if response is not None:
            json.dumps(response).encode()
            assert "\x00" not in str(response)
            assert kind_of(kind).score(data, drawn, response) in (0, None)
    assert time.thread_time() - before < 10  # reading ten million digits as a number takes minutes


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_comes_twice_is_refused(kind):
    data = frozen(kind)
    drawn = arranged(kind, data)
    sent = saves_for(kind, data, drawn)[0]
    twice = {name: values * 2 for name, values in sent.items()}
    if kind in ("single", "multiple", "vignette"):  # the same option ticked twice is one option
        assert kind_of(kind).parse(data, drawn, twice) == kind_of(kind).parse(data, drawn, sent)
        return
    with pytest.raises(Unreadable):
        kind_of(kind).parse(data, drawn, twice)


def test_a_name_beyond_the_question_is_refused():
    for kind, name in [
        ("matching", "match-4"),
        ("ordering", "place-5"),
        ("cloze", "gap-3"),
        ("vignette", "part-4-value"),
        ("vignette", "part-x"),
        ("scenario", "step-61"),
        ("scenario", "step-0"),
    ]:
        data = frozen(kind)
        drawn = arranged(kind, data)
        with pytest.raises(Unreadable):
            kind_of(kind).parse(data, drawn, saves_for(kind, data, drawn)[0] | {name: ["1"]})


names = st.sampled_from(
    [
        *(
            "choice",
            "value",
            "unit",
            "says",
            "text",
            "match-1",
            "match-2",
            "match-3",
            "place-1",
            "place-2",
            "place-3",
            "place-4",
        ),
        *("gap-1", "gap-2", "part-1-choice", "part-2-match-1", "part-3-value", "step-1", "step-2", "step-3", "slot"),
    ]
)
values = st.lists(
    st.one_of(
        st.sampled_from(["1", "2", "3", "4", "a", "b", "true", "false", "10", "mg", ""]),
        st.text(max_size=20),
        st.binary(max_size=20).map(lambda sent: sent.decode("utf-8", "replace")),
        st.binary(max_size=20).map(lambda sent: sent.decode("latin-1")),
    ),
    max_size=2,
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sent=st.dictionaries(names, values, max_size=6), seed=st.integers(0, 20), is_begun=st.booleans())
def test_whatever_is_sent_is_read_and_scored_or_refused_with_a_sentence(kind, sent, seed, is_begun):
    data = frozen(kind)
    drawn = arranged(kind, data, seed=seed)
    earlier = kind_of(kind).parse(data, drawn, saves_for(kind, data, drawn)[0]) if is_begun else None
    response = read(kind, data, drawn, sent, earlier)
    if response is None:
        return
    assert response == json.loads(json.dumps(response))
    points = kind_of(kind).score(data, drawn, response)
    assert points is None if kind == "essay" else 0 <= points <= 1
    assert isinstance(points, Fraction | None)
    kind_of(kind).present(data, drawn, response)
    kind_of(kind).typed(data, drawn, response, sent)
    kind_of(kind).explain(data, drawn, response, reveal=True)


@pytest.mark.parametrize("kind", ["matching", "ordering", "cloze", "multiple"])
@given(order=st.randoms(use_true_random=False))
def test_the_order_in_which_parts_are_answered_never_matters(kind, order):
    data = frozen(kind)
    drawn = arranged(kind, data)
    fields = [(name, value) for name, values in saves_for(kind, data, drawn)[0].items() for value in values]
    shuffled = list(fields)
    order.shuffle(shuffled)
    sent: dict[str, list[str]] = {}
    for name, value in shuffled:
        sent.setdefault(name, []).append(value)
    assert kind_of(kind).parse(data, drawn, sent) == response_to(kind, data, drawn)


@given(seed=st.integers(0, 10**6))
def test_a_drawn_dose_is_scored_by_its_own_values(seed):
    data = frozen("numeric", stem=DRAWN_STEM, content=DRAWN_DOSE)
    drawn = arranged("numeric", data, seed=seed)
    assert kind_of("numeric").score(data, drawn, response_to("numeric", data, drawn)) == 1
    assert kind_of("numeric").score(data, drawn, response_to("numeric", data, drawn, right=False)) == 0
