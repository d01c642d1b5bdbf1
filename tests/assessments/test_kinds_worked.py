"""The kinds beyond choices and numbers, each against cases worked by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.kinds import Unreadable, Unusable, kind_of
from assessments.kinds.base import Draft, Ending, Line, Row
from assessments.kinds.shorttext import normalised
from tests.factories.questions import CONTENT, arranged, draft, frozen, saves_for


def problems_of(kind, **content):
    with pytest.raises(Unusable) as refusal:
        kind_of(kind).freeze(draft(kind, content=content))
    return refusal.value.problems


# True or false -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_true", "said", "points"), [(True, "true", 1), (True, "false", 0), (False, "false", 1)])
def test_true_or_false_is_all_or_nothing(is_true, said, points):
    kind, data = kind_of("truefalse"), frozen("truefalse", content={"is_true": is_true})
    assert kind.score(data, {}, kind.parse(data, {}, {"says": [said]})) == points


def test_what_was_said_is_explained_and_with_the_key_the_other_too():
    kind, data = kind_of("truefalse"), frozen("truefalse", mark="M")
    given_only = kind.explain(data, {}, {"says": False}, reveal=False)
    assert given_only.lines == (Line("True", False, None, ""), Line("False", True, False, "M about false"))
    assert kind.explain(data, {}, None, reveal=True).lines == (
        Line("True", False, True, "M about true"),
        Line("False", False, False, "M about false"),
    )


def test_a_statement_needs_its_truth():
    assert problems_of("truefalse", is_true="true") == {"is_true": "Say whether the statement is true."}


# Short text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "counts_case", "points"),
    [
        ("Ketamine", False, 1),
        ("  ketamine  ", False, 1),
        ("KETAMINE.", False, 1),
        ("ｋｅｔａｍｉｎｅ", False, 1),
        ("s-ketamine", False, 0),
        ("ketamin", False, 0),
        ("ketamines", False, 0),
        ("keta mine", False, 0),
        ("ketamine..", False, 0),
        ("Ketamine", True, 1),
        ("ketamine", True, 0),
        ("racemic   Ketamine", False, 1),
        ("racemic\nketamine", False, 1),
    ],
)
def test_a_short_text_is_one_of_the_list_or_it_is_wrong(text, counts_case, points):
    accepted = {"accepted": ["Ketamine", "racemic ketamine"], "is_case_sensitive": counts_case}
    kind, data = kind_of("shorttext"), frozen("shorttext", content=accepted)
    assert kind.score(data, {}, kind.parse(data, {}, {"text": [text]})) == points


@given(st.text(max_size=30))
def test_a_text_that_was_normalised_stays_as_it_is_unless_a_full_stop_comes_last(text):
    once = normalised(text)
    assert once.endswith(".") or normalised(once) == once


@pytest.mark.parametrize("text", ["", "   ", ".", " . "])
def test_a_short_text_of_nothing_is_refused(text):
    with pytest.raises(Unreadable, match="Write your answer first"):
        kind_of("shorttext").parse(frozen("shorttext"), {}, {"text": [text]})


@pytest.mark.parametrize(
    ("accepted", "sentence"),
    [
        ([], "Give between 1 and 30 right answers."),
        (["a", " "], "Right answer 2 has no text."),
        (["Ketamine", "ketamine."], "Right answer 1 and right answer 2 say the same. Spaces"),
        (["x" * 201], "Right answer 1 is too long: keep it under 200 characters."),
    ],
)
def test_a_list_of_right_texts_that_cannot_be_used_is_named(accepted, sentence):
    assert problems_of("shorttext", accepted=accepted)["accepted"].startswith(sentence)


def test_two_right_texts_may_differ_by_case_where_case_counts():
    assert frozen("shorttext", content={"accepted": ["pH", "PH"], "is_case_sensitive": True})["accepted"] == [
        "pH",
        "PH",
    ]


# Matching ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "points"),
    [
        ({"p1": "p1", "p2": "p2", "p3": "p3"}, 1),
        ({"p1": "p1", "p2": "p3", "p3": "p2"}, Fraction(1, 3)),
        ({"p1": "p1"}, Fraction(1, 3)),
        ({"p1": "p1", "p2": "p2", "p3": "x1"}, Fraction(2, 3)),
        ({"p1": "p2", "p2": "p3", "p3": "p1"}, 0),
    ],
)
def test_each_right_pair_earns_its_share(pairs, points):
    kind, data = kind_of("matching"), frozen("matching")
    drawn = arranged("matching", data)
    token_of = {id_: token for token, id_ in drawn["tokens"].items()}
    sent = {f"match-{drawn['order'].index(left) + 1}": [token_of[right]] for left, right in pairs.items()}
    response = kind.parse(data, drawn, sent)
    assert response == {"pairs": pairs}
    assert kind.score(data, drawn, response) == points
    assert kind.is_complete(data, drawn, response) == (len(pairs) == 3)


def test_the_page_names_right_sides_by_tokens_and_never_by_their_pair():
    kind, data = kind_of("matching"), frozen("matching")
    drawn = arranged("matching", data)
    parts = kind.present(data, drawn, {"pairs": {"p2": "x1"}})
    assert not set(drawn["tokens"]) & {"p1", "p2", "p3", "x1"}
    assert "p1" not in str(parts)
    assert {right["text"] for right in parts["rights"]} == {"Cause 1", "Cause 2", "Cause 3", "Cause of nothing"}
    chosen = [left for left in parts["lefts"] if left["chosen"]]
    assert [(left["text"], drawn["tokens"][left["chosen"]]) for left in chosen] == [("Sign 2 of q", "x1")]
    tokens = [set(arranged("matching", data, seed=seed)["tokens"]) for seed in range(5)]
    assert len({frozenset(one) for one in tokens}) == 5


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Match at least one"),
        ({"match-1": ["p1"]}, "does not belong"),
        ({"match-1": ["T"], "match-2": ["T"]}, "is chosen twice"),
    ],
)
def test_what_is_no_matching_is_refused(sent, sentence):
    data = frozen("matching")
    drawn = arranged("matching", data)
    sent = {name: [drawn["rights"][0] if value == "T" else value for value in values] for name, values in sent.items()}
    with pytest.raises(Unreadable, match=sentence):
        kind_of("matching").parse(data, drawn, sent)


def test_a_matching_is_explained_pair_by_pair():
    kind, data = kind_of("matching"), frozen("matching")
    drawn = arranged("matching", data, shuffle=False)
    rows = kind.explain(data, drawn, {"pairs": {"p1": "p1", "p2": "x1"}}, reveal=False).rows
    assert rows == (
        Row("Sign 1 of q", "Cause 1", True),
        Row("Sign 2 of q", "Cause of nothing", False),
        Row("Sign 3 of q", "", None),
    )
    assert [row.expected for row in kind.explain(data, drawn, None, reveal=True).rows] == [
        "Cause 1",
        "Cause 2",
        "Cause 3",
    ]


def pair(id_, left="L", right="R"):
    return {"id": id_, "left": left, "right": right}


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ({"pairs": [pair("1")]}, {"pairs": "Give between 2 and 12 pairs."}),
        ({"pairs": [pair("1"), pair("2", "l", "R2")]}, {"pairs": "Left side 1 and left side 2 say the same."}),
        ({"pairs": [pair("1"), pair("2", "L2", "r")]}, {"pairs": "Right side 1 and right side 2 say the same."}),
        (
            {"pairs": [pair("1"), pair("1", "L2", "R2")]},
            {"pairs": "Pair 1 and pair 2 have the same id. Delete one of them and add it again."},
        ),
        ({"pairs": [pair("1"), pair("2", "", "R2")]}, {"pairs": "Left side 2 has no text."}),
        (
            {"extras": [{"id": "x", "text": "cause 1"}]},
            {"extras": "“cause 1” is the right side of a pair as well."},
        ),
        (
            {"extras": [{"id": "p1", "text": "Other"}]},
            {"extras": "One of these has the id of a pair. Delete it and add it again."},
        ),
    ],
)
def test_pairs_that_cannot_be_asked_are_named(content, problems):
    assert problems_of("matching", **content) == problems


# Ordering ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "points"),
    [
        ("1234", 1),
        ("4321", 0),
        ("2341", Fraction(2, 3)),
        ("4123", Fraction(2, 3)),
        ("1324", 0),
        ("3412", Fraction(2, 3)),
        ("2134", Fraction(1, 3)),
        ("1243", Fraction(1, 3)),
    ],
)
def test_each_that_is_followed_by_the_right_one_earns_its_share(order, points):
    kind, data = kind_of("ordering"), frozen("ordering")
    drawn = arranged("ordering", data)
    sent = {f"place-{drawn['order'].index(f'i{item}') + 1}": [str(place)] for place, item in enumerate(order, start=1)}
    response = kind.parse(data, drawn, sent)
    assert response == {"order": [f"i{item}" for item in order]}
    assert kind.score(data, drawn, response) == points


@pytest.mark.parametrize("shuffle", [True, False])
def test_items_are_never_drawn_in_their_right_order_and_their_ids_stay_on_the_server(shuffle):
    data = frozen("ordering")
    orders = [arranged("ordering", data, seed=seed, shuffle=shuffle)["order"] for seed in range(200)]
    assert ["i1", "i2", "i3", "i4"] not in orders
    assert len({tuple(order) for order in orders}) == 23
    parts = kind_of("ordering").present(data, {"order": orders[0]}, None)
    assert [item["number"] for item in parts["items"]] == [1, 2, 3, 4]
    assert "i1" not in str(parts)


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        ([], "Give each of them a place first"),
        (["1", "1", "2", "3"], "Two of them have the same place"),
        (["1", "2", "3"], "1 of them has no place yet"),
        (["1", "2"], "2 of them have no place yet"),
        (["1", "2", "3", "5"], "does not belong"),
        (["1", "2", "3", "x"], "does not belong"),
    ],
)
def test_what_is_no_order_is_refused(places, sentence):
    data = frozen("ordering")
    sent = {f"place-{number}": [place] for number, place in enumerate(places, start=1)}
    with pytest.raises(Unreadable, match=sentence):
        kind_of("ordering").parse(data, arranged("ordering", data), sent)


def test_an_order_is_explained_by_how_many_are_followed_rightly():
    kind, data = kind_of("ordering"), frozen("ordering")
    told = kind.explain(data, {}, {"order": ["i2", "i3", "i4", "i1"]}, reveal=False)
    assert told.note == "2 of 3 are followed by the right one."
    assert told.rows[0] == Row("1", "Item 2 of q", None)
    assert [row.expected for row in kind.explain(data, {}, None, reveal=True).rows] == [
        f"Item {n} of q" for n in (1, 2, 3, 4)
    ]


def test_two_items_are_too_few_because_their_order_would_be_given_away():
    sentence = problems_of("ordering", items=[{"id": "1", "text": "a"}, {"id": "2", "text": "b"}])["items"]
    assert sentence.startswith("Give between 3 and 12 items")


# Text with gaps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "points"),
    [
        ("airway", "breaths", 1),
        ("airway", " BREATHS.", 1),
        ("airway", "breath", Fraction(1, 2)),
        ("window", "breaths", Fraction(1, 2)),
        ("window", "notes", 0),
        ("airway", "", Fraction(1, 2)),
    ],
)
def test_each_gap_earns_its_share(first, second, points):
    kind, data = kind_of("cloze"), frozen("cloze")
    drawn = arranged("cloze", data)
    options = kind.present(data, drawn, None)["pieces"][0]["gap"]["options"]
    value = next(option["value"] for option in options if option["text"] == first)
    response = kind.parse(data, drawn, {"gap-1": [value], "gap-2": [second]})
    assert kind.score(data, drawn, response) == points
    assert kind.is_complete(data, drawn, response) == bool(second)


def test_a_text_is_cut_at_its_gaps_and_options_have_no_ids_in_the_page():
    data = frozen("cloze")
    pieces = kind_of("cloze").present(data, arranged("cloze", data), None)["pieces"]
    assert [piece["html"] for piece in pieces] == ["<p>First open the ", ", then count the ", ".</p>"]
    assert [piece["gap"] and piece["gap"]["number"] for piece in pieces] == [1, 2, None]
    assert "o1" not in str(pieces)


def test_a_text_without_tags_gets_paragraphs_and_stays_text():
    data = frozen("cloze", content={"text": "Open the [[1]].\n\nCount & write the [[2]]."})
    assert data["text"] == "<p>Open the [[1]].</p>\n\n<p>Count &amp; write the [[2]].</p>"


def test_gaps_are_explained_in_the_order_of_the_text():
    kind = kind_of("cloze")
    data = frozen("cloze", content={"text": "<p>Count the [[2]] once the [[1]] is open.</p>"})
    drawn = arranged("cloze", data)
    told = kind.explain(data, drawn, {"gaps": {"1": "o2"}}, reveal=True)
    assert told.text == "<p>Count the <b>[1]</b> once the <b>[2]</b> is open.</p>"
    assert told.rows == (Row("Gap 1", "", None, "breaths"), Row("Gap 2", "window", False, "airway"))


GAP = {"id": "1", "accepted": ["a"]}


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ({"text": "No gap", "gaps": []}, {"gaps": "Give between 1 and 20 gaps."}),
        (
            {"text": "[[1]] and [[3]]"},
            {"text": "Write [[1]], [[2]] and so on where the gaps stand, one for each gap below."},
        ),
        ({"text": "[[1]] and [[1]] and [[2]]"}, {"text": "The same gap stands in the text twice."}),
        (
            {"text": "<p><a href='https://x.example/[[1]]'>x</a></p>", "gaps": [GAP]},
            {"text": "A gap stands inside a link. Put it into the text."},
        ),
        ({"text": "[[1]]", "gaps": [GAP | {"accepted": []}]}, {"gaps": "Gap 1: Give between 1 and 30 right answers."}),
        (
            {"text": "[[1]]", "gaps": [{"id": "1", "options": [{"id": "o", "text": "x", "correct": True}]}]},
            {"gaps": "Gap 1: Give between 2 and 8 options."},
        ),
        (
            {"text": "[[1]]", "gaps": [GAP | {"options": CONTENT["cloze"]("", "")["gaps"][0]["options"]}]},
            {"gaps": "Gap 1: Give options to choose from or texts that are right, not both."},
        ),
    ],
)
def test_gaps_that_cannot_be_asked_are_named(content, problems):
    assert problems_of("cloze", **content) == problems


# Case vignette -------------------------------------------------------------------------------------------------------


def test_a_case_shows_one_question_after_the_other_and_keeps_what_is_answered():
    kind, data = kind_of("vignette"), frozen("vignette")
    drawn = arranged("vignette", data)
    response = None
    for number, sent in enumerate(saves_for("vignette", data, drawn), start=1):
        parts = kind.present(data, drawn, response)
        assert parts["now"]["number"] == number
        assert parts["now"]["parts"]["prefix"] == f"part-{number}-"
        assert [shown["stem"] for shown in parts["answered"]] == [
            f"<p>Question {n} of the case of q</p>" for n in range(1, number)
        ]
        assert f"Question {number + 1} of the case" not in str(parts)
        assert not kind.is_complete(data, drawn, response)
        response = kind.parse(data, drawn, sent, response)
        assert kind.goes_on(data, drawn, response) == (number < 3)
    assert kind.present(data, drawn, response)["now"] is None
    assert kind.is_complete(data, drawn, response)


@pytest.mark.parametrize(
    ("rights", "points"), [("", 0), ("r", "1/3"), ("w", 0), ("rr", "2/3"), ("rrr", 1), ("wwr", "1/3")]
)
def test_a_case_earns_the_mean_of_its_questions(rights, points):
    kind, data = kind_of("vignette"), frozen("vignette")
    drawn = arranged("vignette", data)
    saves = {letter: saves_for("vignette", data, drawn, right=letter == "r") for letter in "rw"}
    response = None
    for place, letter in enumerate(rights):
        response = kind.parse(data, drawn, saves[letter][place], response)
    assert kind.score(data, drawn, response) == Fraction(points)
    told = kind.explain(data, drawn, response, reveal=False)
    assert [part.was_answered for part in told.parts] == [place < len(rights) for place in range(3)]


def test_a_case_is_answered_in_order_and_never_again():
    kind, data = kind_of("vignette"), frozen("vignette")
    drawn = arranged("vignette", data)
    first, second, third = saves_for("vignette", data, drawn)
    changed = saves_for("vignette", data, drawn, right=False)[0]
    begun = kind.parse(data, drawn, first)
    for sent, earlier, sentence in [
        (second, None, "in their order"),
        (third, begun, "in their order"),
        (changed, begun, "stays as it is"),
        (changed | second, begun, "stays as it is"),
        ({}, begun, "Match at least one"),
        ({"part-9-choice": ["b"]}, begun, "does not belong to this case"),
    ]:
        with pytest.raises(Unreadable, match=sentence):
            kind.parse(data, drawn, sent, earlier)
    assert kind.parse(data, drawn, first, begun) == begun
    assert list(kind.parse(data, drawn, first | second, begun)["parts"]) == ["v1", "v2"]
    whole = kind.parse(data, drawn, third, kind.parse(data, drawn, second, begun))
    with pytest.raises(Unreadable, match="Every question of this case is answered"):
        kind.parse(data, drawn, {}, whole)


def test_a_refused_answer_inside_a_case_is_shown_again():
    kind, data = kind_of("vignette"), frozen("vignette")
    drawn = arranged("vignette", data)
    response = None
    for sent in saves_for("vignette", data, drawn)[:2]:
        response = kind.parse(data, drawn, sent, response)
    now = kind.typed(data, drawn, response, {"part-3-value": ["ten"], "part-3-unit": ["mg"]})["now"]
    assert (now["parts"]["value"], now["parts"]["unit"], now["parts"]["prefix"]) == ("ten", "mg", "part-3-")


def inner(kind, id_="v1", **data):
    return {"id": id_, "kind": kind, "stem": "<p>What?</p>", "data": data}


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ([inner("truefalse", is_true=True)], "Give between 2 and 10 questions."),
        (
            [inner("truefalse", is_true=True), inner("essay", "v2", words_most=10)],
            "Question 2: This kind of question cannot stand inside a case.",
        ),
        (
            [inner("truefalse", is_true=True), inner("numeric", "v2", answer="x")],
            "Question 2: Write the right answer as a plain number.",
        ),
        (
            [inner("truefalse", is_true=True), inner("truefalse", is_true=True)],
            "Question 1 and question 2 have the same id. Delete one of them and add it again.",
        ),
    ],
)
def test_a_case_names_the_question_that_cannot_be_asked(questions, sentence):
    assert problems_of("vignette", questions=questions) == {"questions": sentence}


# Branching scenario --------------------------------------------------------------------------------------------------


def walk(*choices):
    """The response after these choices, by their ids, each sent as the page would send it."""
    kind, data = kind_of("scenario"), frozen("scenario")
    drawn = arranged("scenario", data)
    at = {choice["id"]: node["id"] for node in data["nodes"] for choice in node["choices"]}
    response = None
    for step, choice in enumerate(choices, start=1):
        sent = {f"step-{step}": [str(drawn["order"][at[choice]].index(choice) + 1)]}
        response = kind.parse(data, drawn, sent, response)
    return data, drawn, response


@pytest.mark.parametrize(
    ("choices", "points", "is_complete"),
    [
        ((), 0, False),
        (("c1",), 0, False),
        (("c1", "c3"), 1, True),
        (("c1", "c4"), Fraction(1, 4), True),
        (("c2",), 0, True),
    ],
)
def test_a_story_earns_the_points_of_its_ending(choices, points, is_complete):
    data, drawn, response = walk(*choices)
    assert kind_of("scenario").score(data, drawn, response) == points
    assert kind_of("scenario").is_complete(data, drawn, response) == is_complete
    assert (response["path"] if response else []) == list(choices)


def test_a_story_shows_the_steps_taken_and_where_she_stands_and_nothing_of_what_may_come():
    parts = kind_of("scenario").present(*walk("c1"))
    assert parts["taken"] == [{"text": "<p>The saturation falls to 84 % in q.</p>", "choice": "Open the airway"}]
    assert parts["text"] == "<p>She breathes again, shallowly.</p>"
    assert sorted(choice["text"] for choice in parts["choices"]) == ["Give oxygen and stay", "Leave to make a call"]
    assert sorted(choice["value"] for choice in parts["choices"]) == ["1", "2"]
    assert not any(word in str(parts) for word in ("colour", "alone", "blue", "c3", "n3", "safe"))
    assert kind_of("scenario").present(*walk("c1", "c3"))["choices"] == []


def test_a_step_is_final_and_steps_are_taken_in_order():
    data, drawn, begun = walk("c1")
    kind = kind_of("scenario")
    place = {choice: drawn["order"]["n1"].index(choice) + 1 for choice in ("c1", "c2")}
    for sent, earlier, sentence in [
        ({"step-1": [str(place["c2"])]}, begun, "taken already, and is final"),
        ({"step-2": ["1"]}, None, "in their order"),
        ({"step-3": ["1"]}, begun, "in their order"),
        ({"step-2": ["3"]}, begun, "does not belong"),
        ({"step-2": ["c3"]}, begun, "does not belong"),
        ({}, begun, "Choose what you do first"),
        ({"step-3": ["1"]}, walk("c1", "c3")[2], "come to its end"),
    ]:
        with pytest.raises(Unreadable, match=sentence):
            kind.parse(data, drawn, sent, earlier)
    assert kind.parse(data, drawn, {"step-1": [str(place["c1"])]}, begun) == begun


def test_a_story_is_explained_step_by_step_with_its_ending():
    told = kind_of("scenario").explain(*walk("c1", "c4"), reveal=False)
    assert [(step.choice, step.feedback.strip()) for step in told.steps] == [
        ("Open the airway", "about open the airway"),
        ("Leave to make a call", "about leave to make a call"),
    ]
    assert told.ending == Ending("<p>She is alone when it falls again.</p>", False, "debrief of n4")
    assert kind_of("scenario").explain(*walk("c2"), reveal=True).expected == "Open the airway → Give oxygen and stay"
    assert kind_of("scenario").explain(*walk("c1"), reveal=False).ending is None


def ending(id_, outcome="safe", points="1"):
    return {"id": id_, "text": f"End {id_}", "outcome": outcome, "points": points, "debrief": ""}


def step(id_, *to):
    choices = [{"id": f"{id_}-{there}", "text": f"Go to {there}", "to": there, "feedback": ""} for there in to]
    return {"id": id_, "text": f"Step {id_}", "choices": choices}


@pytest.mark.parametrize(
    ("nodes", "problems"),
    [
        ([ending("e")], {"nodes": "Give between 2 and 60 steps, endings among them."}),
        ([step("b", "e"), ending("e")], {"start": "Name the step with which the story begins."}),
        (
            [step("a", "e", "x"), ending("e")],
            {"nodes": "Step “a”: “Go to x” leads to a step that does not exist."},
        ),
        (
            [step("a", "b"), step("b", "a", "e"), ending("e")],
            {"nodes": "The story leads back to a step it has passed. Let every choice lead on."},
        ),
        (
            [step("a", "a", "e"), ending("e")],
            {"nodes": "The story leads back to a step it has passed. Let every choice lead on."},
        ),
        ([step("a", "e"), step("b", "e"), ending("e")], {"nodes": "No choice leads to step “b”."}),
        (
            [step("a", "e"), ending("e", "unsafe", "0.5")],
            {"nodes": "Give at least one safe ending, with the whole point."},
        ),
        (
            [step("a", "e"), ending("e", "safe", "0.5")],
            {"nodes": "Give at least one safe ending, with the whole point."},
        ),
        ([step("a", "e"), ending("e", "unsafe")], {"nodes": "Step “e”: An unsafe ending cannot earn the whole point."}),
        ([step("a", "e"), ending("e", points="1.5")], {"nodes": "Step “e”: Give the ending points from 0 to 1."}),
        ([step("a", "e"), ending("e", points="NaN")], {"nodes": "Step “e”: Give the ending points from 0 to 1."}),
        (
            [step("a", "e"), ending("e", "maybe")],
            {"nodes": "Step “e”: It has no choices, so it is an ending: say whether it is safe or unsafe."},
        ),
        (
            [step("a", "e"), ending("e"), ending("e")],
            {"nodes": "Step 2 and step 3 have the same id. Delete one of them and add it again."},
        ),
    ],
)
def test_a_story_that_cannot_be_told_is_named(nodes, problems):
    assert problems_of("scenario", start="a", nodes=nodes) == problems


def test_paths_that_meet_again_are_no_way_back_and_a_long_story_is_checked_at_once():
    names = [f"s{number}" for number in range(57)]
    ladder = [step(name, *names[place + 1 : place + 4], "e") for place, name in enumerate(names)]
    data = frozen("scenario", content={"start": "s0", "nodes": [*ladder, ending("e")]})
    assert kind_of("scenario").explain(data, {"order": {}}, None, reveal=True).expected == "Go to e"


# Essay ---------------------------------------------------------------------------------------------------------------


def test_an_essay_has_no_score_until_somebody_marks_it_and_none_is_nothing():
    kind, data = kind_of("essay"), frozen("essay")
    assert kind.score(data, {}, kind.parse(data, {}, {"text": ["Open the airway.\r\nThen count."]})) is None
    assert kind.score(data, {}, None) == 0


def test_an_essay_beyond_its_words_is_refused_with_their_number_and_shown_again():
    kind, data = kind_of("essay"), frozen("essay")
    assert kind.parse(data, {}, {"text": ["word " * 20]})["text"].count("word") == 20
    with pytest.raises(Unreadable, match="It has 21 words, 1 more than the 20"):
        kind.parse(data, {}, {"text": ["word " * 21]})
    assert kind.typed(data, {}, None, {"text": ["word " * 21]}) == {"text": "word " * 21}


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ({"words_most": 0}, {"words_most": "Say how many words it may have, from 1 to 3000."}),
        ({"words_most": "many"}, {"words_most": "Say how many words it may have, from 1 to 3000."}),
        ({"criteria": [" "]}, {"criteria": "Criterion 1 has no text."}),
    ],
)
def test_an_essay_that_cannot_be_asked_is_named(content, problems):
    assert problems_of("essay", **content) == problems


def test_feedback_of_any_part_is_plain_text_and_stems_are_cleaned():
    data = kind_of("vignette").freeze(
        Draft(
            "<p onclick='x()'>Case</p>",
            content={
                "questions": [
                    inner("truefalse", is_true=True) | {"stem": "<b onclick='x()'>Q</b>"},
                    inner("truefalse", "v2", is_true=False),
                ]
            },
        )
    )
    assert data["stem"] == "<p>Case</p>"
    assert data["questions"][0]["stem"] == "<b>Q</b>"


def test_an_option_keeps_its_lines_and_nothing_else_of_its_spaces():
    written = [{"id": "a", "text": " One \r\n two  ", "correct": True}, {"id": "b", "text": "Three", "correct": False}]
    data = frozen("single", content={"options": written})
    assert [option["text"] for option in data["options"]] == ["One\n two", "Three"]
