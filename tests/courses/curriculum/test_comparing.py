"""What is different between two editions: pure values, held against slow recounts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.comparing import Comparison, Item, compare
from courses.curriculum.plain import paragraphs_of, text_of_source, without_answers
from courses.curriculum.wording import AROUND, Stretch, compare_words, folded, words_of

words = st.lists(st.sampled_from(["the", "hand", "rests", "on", "a", "knee", "near", "\n"]), max_size=60).map(" ".join)


def item(key: str, **fields) -> Item:
    values = {"kind": "lesson", "parent": "", "slug": key, "title": key.title(), "body": f"says {key}"}
    return Item(key=key, **values | fields)


@st.composite
def editions(draw) -> list[Item]:
    keys = draw(st.lists(st.sampled_from("abcdefgh"), unique=True))
    return [
        item(
            key,
            parent=draw(st.sampled_from(["", "m", "n"])),
            title=draw(st.sampled_from(["One", "Two"])),
            body=draw(st.sampled_from(["x", "y"])),
            facts={"Time": draw(st.sampled_from(["10 min", "20 min"]))},
        )
        for key in keys
    ]


# Items ---------------------------------------------------------------------------------------------------------------


@given(editions())
def test_nothing_differs_from_itself(edition):
    assert compare(edition, edition) == Comparison()
    assert not compare(edition, edition)


@given(editions(), editions())
def test_everything_in_the_new_edition_was_in_the_old_or_is_named_as_new(old, new):
    changes = compare(old, new)
    before, after = {one.key for one in old}, {one.key for one in new}
    assert {one.key for one in changes.added} == after - before
    assert {one.key for one in changes.removed} == before - after


@given(editions(), editions())
def test_what_is_called_changed_is_exactly_what_differs(old, new):
    changes = compare(old, new)
    before = {one.key: one for one in old}
    kept = [(before[one.key], one) for one in new if one.key in before]
    assert [tuple(pair) for pair in changes.edited] == [pair for pair in kept if pair[0].body != pair[1].body]
    assert [tuple(pair) for pair in changes.renamed] == [pair for pair in kept if pair[0].title != pair[1].title]
    assert [(one.old, one.new) for one in changes.facts] == [
        (was.facts["Time"], now.facts["Time"]) for was, now in kept if was.facts != now.facts
    ]


@given(editions(), editions())
def test_without_what_moved_the_others_keep_their_order(old, new):
    """And what has another parent always moved. So nothing that moved is left unsaid."""
    moved = {pair.new.key for pair in compare(old, new).moved}
    common = {one.key for one in old} & {one.key for one in new}
    before, after = {one.key: one.parent for one in old}, {one.key: one.parent for one in new}
    assert {key for key in common if before[key] != after[key]} <= moved
    for parent in ("", "m", "n"):
        still = [key for key in common - moved if after[key] == parent]
        assert [one.key for one in old if one.key in still] == [one.key for one in new if one.key in still]


def test_one_item_put_first_moved_and_nothing_else_did():
    old = [item(key) for key in "abcdef"]
    assert [pair.new.key for pair in compare(old, [old[5], *old[:5]]).moved] == ["f"]


def test_an_insertion_moves_nothing():
    old = [item(key) for key in "bcd"]
    changes = compare(old, [item("a"), *old])
    assert ([one.key for one in changes.added], changes.moved) == (["a"], ())


def test_a_fact_that_one_of_them_lacks_is_told():
    old, new = item("a"), replace(item("a"), facts={"Opens": "after “B”"})
    assert [(one.name, one.old, one.new) for one in compare([old], [new]).facts] == [("Opens", "", "after “B”")]


# Words ---------------------------------------------------------------------------------------------------------------


def side(stretches: list[Stretch], *kinds: str) -> list[str]:
    return [word for stretch in stretches if stretch.kind in kinds for word in stretch.words]


@given(words, words)
def test_the_stretches_give_both_texts_back(old, new):
    stretches = compare_words(old, new)
    assert side(stretches, "same", "in") == words_of(new)
    assert side(stretches, "same", "out") == words_of(old)


@given(words)
def test_a_text_does_not_differ_from_itself(text):
    assert [stretch.kind for stretch in compare_words(text, text)] == ["same"] * bool(words_of(text))


@given(words, words)
def test_folding_hides_only_unchanged_words_and_counts_them(old, new):
    stretches = compare_words(old, new)
    shown = folded(stretches)
    assert [one for one in shown if one.kind != "same"] == [one for one in stretches if one.kind != "same"]
    hidden = sum(one.hidden for one in shown)
    assert len(side(shown, "same")) + hidden == len(side(stretches, "same"))


def test_one_changed_word_is_all_that_is_marked():
    assert compare_words("Never touch without asking.", "Never touch without consent.") == [
        Stretch("same", ("Never", "touch", "without")),
        Stretch("out", ("asking.",)),
        Stretch("in", ("consent.",)),
    ]


def test_a_long_unchanged_text_is_folded_around_the_change():
    long = " ".join(f"w{number}" for number in range(200))
    before, gone, put, after = folded(compare_words(f"{long} old {long}", f"{long} new {long}"))[:4]
    assert (before.hidden, len(before.words)) == (200 - AROUND, 0)
    assert (gone.words[0], len(gone.words)) == (f"w{200 - AROUND}", AROUND)
    assert (put, after) == (Stretch("out", ("old",)), Stretch("in", ("new",)))


def test_a_text_rewritten_from_end_to_end_is_shown_whole():
    old, new = (" ".join(f"{side}{number}" for number in range(5000)) for side in "ab")
    assert [(one.kind, len(one.words)) for one in compare_words(old, new)] == [("out", 5000), ("in", 5000)]


# Plain text of a source ----------------------------------------------------------------------------------------------


def test_a_source_is_read_paragraph_by_paragraph_without_its_keys():
    source = {
        "schema": 1,
        "title": "In the room",
        "objectives": ["Ask first"],
        "content_notice": "",
        "blocks": [
            {"type": "text", "id": "6c1f0b0e", "html": "<h2>Near</h2><p>Stay <b>near</b> &amp; still.</p>"},
            {"type": "image", "sha256": "ab" * 32, "name": "hand.png", "width": 40, "height": 30, "alt": "A hand"},
            {"type": "references", "items": [{"key": "X1", "text": "Who, 2020", "doi": "10.1/x", "url": ""}]},
        ],
        "links": ["6c1f0b0e-64e2-4a37-9d0f-5a8c4f9d1a11"],
    }
    assert text_of_source(source).split("\n") == [
        "In the room",
        "Ask first",
        "Near",
        "Stay near & still.",
        "[hand.png, abababab]",
        "A hand",
        "Who, 2020",
        "10.1/x",
    ]


def test_readers_are_not_told_which_option_is_right():
    option = {"id": "a", "text": "Ask again", "feedback": "Yes: always.", "is_right": True}
    source = {"blocks": [{"type": "check", "question": "What now?", "options": [option]}]}
    assert list(paragraphs_of(source)) == ["What now?", "[right]", "Ask again", "Yes: always."]
    assert list(paragraphs_of(without_answers(source))) == ["What now?", "Ask again"]
