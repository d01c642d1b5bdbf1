"""Samples of each format as other programs write them: what is read, what is named, and every question is one of the two."""

import io
import zipfile

import pytest
from defusedxml import ElementTree

from assessments.exchange.formats import FORMATS, read_questions
from assessments.exchange.portable import Portable, UnusableFile
from assessments.kinds.base import Draft
from tests.assessments.exchange.files import package, sample, sample_package


def options(row) -> list[tuple[str, bool, str]]:
    return [(o["text"], o["correct"], o["feedback"]) for o in row.portable.draft.content["options"]]


def by_title(rows):
    return {row.title: row for row in rows}


def make_portable(kind: str = "single", stem: str = "<p>What?</p>", **content) -> Portable:
    shapes = {
        "single": {
            "options": [
                {"id": "a", "text": "Yes", "correct": True, "feedback": ""},
                {"id": "b", "text": "No", "correct": False, "feedback": ""},
            ]
        },
        "numeric": {"answer": "10", "tolerance": "0", "unit": "mg", "accepted_units": []},
        "shorttext": {"accepted": ["a"], "is_case_sensitive": False},
    }
    return Portable("key-1", kind, Draft(stem, content=shapes.get(kind, {}) | content), title="Title")


# GIFT -----------------------------------------------------------------------------------------------------------------


def test_gift_reads_each_kind_and_names_the_rest():
    rows = read_questions("gift", sample("airway.gift.txt"))
    assert [(row.place, row.portable.kind if row.portable else row.reason) for row in rows] == [
        ("line 5", "single"),
        ("line 11", "multiple"),
        ("line 17", "single"),
        ("line 19", "truefalse"),
        ("line 21", "numeric"),
        ("line 23", "Write the question."),
        ("line 25", "numeric"),
        ("line 27", "“*mazenil” has a wildcard (*). Here every accepted text is written out."),
        ("line 29", "matching"),
        ("line 35", "ordering"),
        ("line 41", "essay"),
        ("line 43", "It is a text without answers in braces."),
        ("line 45", "It has more than one pair of braces. A brace within a text is written \\{ or \\}."),
    ]


def test_gift_reads_key_tags_category_feedback_and_names_what_it_leaves_out():
    row = read_questions("gift", sample("airway.gift.txt"))[0]
    question = row.portable
    assert (question.key, question.title, question.topic, question.critical) == (
        "first-step",
        "First step",
        "Airway",
        True,
    )
    assert question.draft.stem == "<p>Saturation falls to <b>84 %</b>. What first?</p>"
    assert question.draft.feedback == "Airway, breathing, circulation."
    assert options(row) == [
        ("Open the airway", True, "Right: airway before everything"),
        ("Give a second dose", False, ""),
        ("Call the family", False, "Later"),
    ]
    assert row.remarks == (
        "“Call the family” was worth 50 %. Here it is worth nothing.",
        "Tags left out: nursing.",
    )


def test_gift_reads_numbers_with_a_tolerance_and_as_a_range_and_which_feedback_belongs_to_true():
    rows = by_title(read_questions("gift", sample("airway.gift.txt")))
    number = rows["How many mg are in 2 ml of 50 mg/ml?"].portable.draft.content
    ranged = rows["Half-life in hours, roughly"].portable.draft.content
    assert (number["answer"], number["tolerance"], number["unit"]) == ("100", "1", "")
    assert (ranged["answer"], ranged["tolerance"]) == ("2.5", "0.5")
    truth = rows["Truth"].portable.draft.content
    assert truth == {"is_true": True, "feedback_true": "Yes.", "feedback_false": "It is."}


def test_gift_names_a_question_whose_unit_capitals_or_arrow_it_cannot_say():
    written = FORMATS["gift"].write(
        [
            make_portable("numeric"),
            make_portable("shorttext", is_case_sensitive=True),
            make_portable("shorttext", accepted=["a->b"]),
            make_portable("cloze", text="<p>[[1]]</p>", gaps=[{"id": "1", "accepted": ["a"]}]),
        ]
    )
    assert [row.reason for row in written.rows] == [
        "GIFT has no units, and a number without its unit is not a dose.",
        "Capitals count in its answer, and in GIFT they never do.",
        "An accepted text holds “->”, which GIFT takes for a pair.",
        "GIFT has no question of this kind.",
    ]


# Doses ----------------------------------------------------------------------------------------------------------------


def dose(**content) -> Portable:
    said = {"answer": "35", "tolerance": "0.5", "unit": "mg", "accepted_units": ["milligrams"]}
    return make_portable("numeric", **said | content)


def test_moodle_xml_lists_the_unit_its_other_names_and_what_it_converts_exactly():
    written = FORMATS["moodle"].write([dose()])
    root = ElementTree.fromstring(written.content)
    units = [(unit.findtext("unit_name"), unit.findtext("multiplier")) for unit in root.iter("unit")]
    assert units == [
        ("mg", "1"),
        ("milligrams", "1"),
        *(("kg", "0.000001"), ("g", "0.001"), ("µg", "1000"), ("ug", "1000"), ("mcg", "1000"), ("ng", "1000000")),
    ]
    question = root.find("question")
    settings = {tag: question.findtext(tag) for tag in ("unitgradingtype", "unitpenalty", "showunits")}
    assert settings == {"unitgradingtype": "1", "unitpenalty": "1", "showunits": "0"}  # a wrong unit is a wrong answer


@pytest.mark.parametrize("name", ["qti21", "qti22"])
def test_qti_asks_for_the_number_and_for_its_unit_and_scores_both_or_nothing(name):
    written = FORMATS[name].write([dose()])
    item = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(written.content)).read("items/question-1.xml"))
    tags = [element.tag.rpartition("}")[2] for element in item.iter()]
    assert tags.count("textEntryInteraction") == 2
    condition = next(element for element in item.iter() if element.tag.endswith("responseIf"))
    assert [child.tag.rpartition("}")[2] for child in condition] == ["and", "setOutcomeValue"]
    assert [child.tag.rpartition("}")[2] for child in condition[0]] == ["equal", "gte"]
    assert written.rows[0].remarks == (
        "In QTI the unit counts only as it is listed (mg, milligrams), and nothing is converted.",
    )


@pytest.mark.parametrize("name", ["moodle", "qti21", "qti22", "table"])
@pytest.mark.parametrize(
    "content",
    [
        {"unit": "mg/kg", "accepted_units": []},
        {"unit": "%", "accepted_units": ["per cent"], "tolerance": "0"},
        {"unit": "breaths/min", "accepted_units": ["bpm"], "answer": "-12.75"},
        {"unit": "µg", "accepted_units": ["gamma", "Mikrogramm"], "answer": "0.000001"},
        {"unit": "h", "accepted_units": ["Stunden"]},
    ],
)
def test_a_dose_is_the_same_after_writing_and_reading_without_a_remark(name, content):
    written = FORMATS[name].write([dose(**content)])
    (row,) = read_questions(name, written.content)
    assert (row.portable, row.remarks) == (written.rows[0].portable, ())


def test_qti_that_scores_a_number_and_a_text_in_another_way_is_named():
    content = FORMATS["qti21"].write([dose()]).content
    files = {
        name: zipfile.ZipFile(io.BytesIO(content)).read(name) for name in ("imsmanifest.xml", "items/question-1.xml")
    }
    files["items/question-1.xml"] = (
        files["items/question-1.xml"].replace(b"<and>", b"<or>").replace(b"</and>", b"</or>")
    )
    (row,) = read_questions("qti21", package(files))
    assert row.remarks == ("It was scored by rules of its own. Here the answers that it calls right count.",)


@pytest.mark.parametrize("name", ["gift", "aiken"])
def test_what_has_no_units_names_a_dose_instead_of_writing_a_number(name):
    (row,) = FORMATS[name].write([dose()]).rows
    assert (row.portable, bool(row.reason)) == (None, True)


# Aiken ----------------------------------------------------------------------------------------------------------------


def test_aiken_reads_whole_questions_and_names_those_without_a_right_option():
    rows = read_questions("aiken", sample("airway.aiken.txt"))
    assert [(row.place, row.title, row.reason) for row in rows] == [
        ("line 1", "What do you do first?", ""),
        ("line 7", "Which reading is alarming?", "Its answer “D” is the letter of none of its options."),
        ("line 13", "Which one has no answer?", "It has no line “ANSWER: ” with the letter of the right option."),
        ("line 17", "Is this the last one?", ""),
    ]
    assert [correct for _, correct, _ in options(rows[0])] == [False, True, False]


def test_aiken_names_what_it_leaves_out_and_what_would_be_read_as_something_else():
    formatted = make_portable(stem="<p>What <b>first</b>?</p><p>Say.</p>")
    misleading = make_portable(stem="<p>A. is for airway</p>")
    written = FORMATS["aiken"].write([formatted, misleading, make_portable("numeric")])
    assert written.content == b"What first? Say.\nA. Yes\nB. No\nANSWER: A\n"
    assert [(row.reason, row.remarks[1:]) for row in written.rows] == [
        ("", ("Its formatting is left out.", "Its lines are joined.")),
        ("Its text begins like an option or an answer of Aiken.", ()),
        ("Aiken has no question of this kind.", ()),
    ]


# Moodle XML -----------------------------------------------------------------------------------------------------------


def test_moodle_xml_reads_each_kind_and_names_the_rest():
    rows = read_questions("moodle", sample("airway.moodle.xml"))
    assert [(row.place, row.portable.kind if row.portable else row.reason) for row in rows] == [
        ("question 1, line 4", "single"),
        ("question 2, line 16", "multiple"),
        ("question 3, line 24", "truefalse"),
        ("question 4, line 30", "shorttext"),
        ("question 5, line 37", "numeric"),
        ("question 6, line 49", "matching"),
        ("question 7, line 56", "ordering"),
        ("question 8, line 64", "cloze"),
        ("question 9, line 68", "essay"),
        (
            "question 10, line 74",
            "Its numbers are drawn by Moodle's own formulas (calculated). Write it anew as a number with parameters.",
        ),
        ("question 11, line 75", "It is a text without a question."),
        ("question 12, line 76", "It holds a formula (MathML), which cannot be shown here."),
    ]


def test_moodle_xml_names_everything_that_is_lost_within_a_question():
    row = read_questions("moodle", sample("airway.moodle.xml"))[0]
    assert (row.portable.key, row.portable.topic, row.portable.critical) == ("first-step", "Airway/Breathing", True)
    assert row.portable.draft.stem == "<p>Saturation falls to <b>84\xa0%</b>.</p>"
    assert row.portable.draft.feedback == "Airway first.\n\nThen breathing."
    assert options(row) == [("Open the airway", True, "Right."), ("Second dose of 10³ µg", False, "")]
    assert row.remarks == (
        "Left out: an image.",
        "The formatting of a text was left out.",
        "“Second dose of 10³ µg” was worth -33.33333 %. Here it is worth nothing.",
        "It was worth 2 points. Here each question counts 1.",
        "Left out: a penalty of 0.3333333 for each further try. Here there is one.",
        "Left out: 1 hint.",
        "Left out: 1 attached file.",
        "Tags left out: nursing.",
    )


def test_moodle_xml_reads_units_and_takes_only_conversions_that_ours_agree_with():
    row = by_title(read_questions("moodle", sample("airway.moodle.xml")))["Dose"]
    assert row.portable.draft.content == {
        "answer": "35",
        "tolerance": "0.5",
        "unit": "mg",
        "accepted_units": ["milligrams"],
    }
    assert row.remarks == (
        "“drops” at 2 to 1 mg was accepted. Here it is not.",
        "The unit could be left out. Here a number without its unit is no answer.",
    )


def test_moodle_xml_reads_gaps():
    row = by_title(read_questions("moodle", sample("airway.moodle.xml")))["Gaps"]
    content = row.portable.draft.content
    assert content["text"] == "<p>Give [[1]] at [[2]] l/min.</p>"
    assert content["gaps"][1] == {"id": "2", "accepted": ["15", "15.0"]}
    assert [(o["text"], o["correct"]) for o in content["gaps"][0]["options"]] == [
        ("oxygen", True),
        ("air", False),
        ("water", False),
    ]
    assert "Its gaps had different weights. Here each counts the same." in row.remarks


def test_a_raised_sign_that_plain_text_cannot_show_is_named_instead_of_read_as_another_number():
    xml = sample("airway.moodle.xml").replace(b"<sup>3</sup>", b"<sup>x</sup>")
    row = read_questions("moodle", xml)[0]
    assert row.reason == "“x” is raised or lowered, which plain text cannot show."


# QTI ------------------------------------------------------------------------------------------------------------------


def test_qti_reads_the_questions_of_a_package_and_names_the_rest():
    rows = read_questions("qti21", sample_package())
    assert [(row.place, row.portable.kind if row.portable else row.reason) for row in rows] == [
        ("items/choice.xml", "single"),
        ("items/cloze.xml", "cloze"),
        ("items/hotspot.xml", "A hotspotInteraction has no question of its kind here."),
        ("items/missing.xml", "The manifest lists it, and the package does not hold its file."),
        ("items/broken.xml", "items/broken.xml is not well-formed XML: line 2, column 1."),
        ("items/several.xml", "multiple"),
        ("items/text.xml", "shorttext"),
    ]


def test_qti_reads_prompt_options_feedback_and_keywords():
    row = read_questions("qti22", sample_package())[0]
    assert (row.portable.key, row.portable.topic) == ("choice-1", "Airway")
    assert row.portable.draft.stem == "<p>Saturation falls.</p><p>What <em>first</em>?</p>"
    assert options(row) == [("Give a second dose", False, "Never."), ("Open the airway", True, "Right.")]
    assert row.remarks == ("Left out: an image.",)


def test_qti_reads_a_gap_in_a_sentence_and_names_what_was_worth_less():
    row = read_questions("qti21", sample_package())[-1]
    assert row.portable.draft.stem == "<p>Midazolam is reversed by _____.</p>"
    assert row.portable.draft.content == {"accepted": ["flumazenil"], "is_case_sensitive": False}
    assert row.remarks == ("“Romazicon” was worth less than the best answer. Here it is not accepted.",)


def test_qti_reads_a_question_that_the_manifest_does_not_list():
    files = {"imsmanifest.xml": b"<manifest/>", "x.xml": sample("package/items/text.xml")}
    (row,) = read_questions("qti21", package(files))
    assert (row.portable.kind, row.remarks[0]) == ("shorttext", "The manifest does not list it.")


@pytest.mark.parametrize("name", ["qti21", "qti22"])
def test_the_same_questions_give_the_same_package(name):
    assert FORMATS[name].write([make_portable()]).content == FORMATS[name].write([make_portable()]).content


# The table ------------------------------------------------------------------------------------------------------------


def test_the_table_reads_its_columns_and_names_what_it_cannot():
    rows = read_questions("table", sample("table.csv"))
    assert [(row.place, row.portable.kind if row.portable else row.reason) for row in rows] == [
        ("line 2", "single"),
        ("line 3", "numeric"),
        ("line 5", "truefalse"),
        ("line 6", "Its column “right” names an option that it does not have. Write numbers, such as 2 or 1 3."),
        (
            "line 7",
            "“riddle” is no kind of question. The kinds are cloze, essay, matching, multiple, numeric, ordering, "
            "scenario, shorttext, single, truefalse, vignette.",
        ),
        ("line 8", "matching"),
        ("line 9", "Its column “content” has not the shape of the kind matching."),
        ("line 10", "“perhaps” in the column “critical” is neither yes nor no."),
    ]
    assert options(rows[0]) == [("=Give more", False, "Never"), ("Open the airway", True, "")]
    assert rows[0].remarks == ("Columns left out: colour.",)
    assert rows[1].portable.draft.content["accepted_units"] == ["milligrams", "mgs"]


def test_the_word_false_in_the_json_of_a_table_never_counts_as_true():
    line = 'kind,question,content\ntruefalse,Is it?,"{""is_true"": ""false""}"\n'
    (row,) = read_questions("table", line.encode())
    assert row.reason == "Its column “content” has not the shape of the kind truefalse."


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''=1", "＝1"])
def test_no_cell_of_a_table_begins_like_a_formula_and_each_is_read_as_it_was(text):
    question = make_portable(
        stem=f"<p>{text}</p>",
        options=[
            {"id": "a", "text": text, "correct": True, "feedback": text},
            {"id": "b", "text": "No", "correct": False, "feedback": ""},
        ],
    )
    written = FORMATS["table"].write([question])
    (row,) = FORMATS["table"].read(written.content)
    assert row.portable == written.rows[0].portable
    assert f"'{text.strip()}" in written.content.decode()
    assert f",{text.strip()}" not in written.content.decode()


def test_a_table_of_a_spreadsheet_that_separates_by_semicolons_is_read():
    (row,) = read_questions("table", b"kind;question;right;option_1;option_2\nsingle;Well?;1;yes;no\n")
    assert options(row) == [("yes", True, ""), ("no", False, "")]


# All ------------------------------------------------------------------------------------------------------------------


def test_the_second_question_of_the_same_key_is_named():
    line = "kind,key,question,right,option_1,option_2\nsingle,k,A?,1,a,b\nsingle,k,B?,1,a,b\n"
    rows = read_questions("table", line.encode())
    assert [row.reason for row in rows] == ["", "It has the same key (k) as the question at line 2."]


def test_what_the_bank_cannot_hold_is_named_with_the_sentence_of_its_kind():
    line = f"kind,question,right,option_1,option_2,topic\nsingle,A?,1,same,Same,t\nsingle,B?,1,a,b,{'t' * 151}\n"
    rows = read_questions("table", line.encode())
    assert [row.reason for row in rows] == [
        "Option 1 and option 2 say the same.",
        "Its topic has more than 150 characters.",
    ]


def test_a_question_without_a_key_gets_the_same_one_at_every_reading():
    keys = [[row.portable and row.portable.key for row in read_questions("gift", sample("airway.gift.txt"))]] * 2
    assert keys[0] == keys[1]
    assert len({key for key in keys[0] if key}) == 9


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gift", b"// nothing but a comment\n"),
        ("table", b"kind,question\n"),
        ("moodle", b"<quiz/>"),
        ("qti21", package({"imsmanifest.xml": b"<manifest/>"})),
    ],
)
def test_a_file_without_questions_is_refused(name, content):
    with pytest.raises(UnusableFile, match="There is no question in this file"):
        read_questions(name, content)


def test_what_the_editor_of_the_bank_would_lose_and_a_title_that_is_shortened_are_named():
    stem = "<table><tr><td>1</td></tr></table><a href='https://example.org'>x</a>"
    line = f'kind,title,question,right,option_1,option_2\nsingle,{"t" * 201},"{stem}",1,a,b\n'
    (row,) = read_questions("table", line.encode())
    assert len(row.portable.title) == 200
    assert row.remarks == (
        "The editor of the bank knows no table and no link: that is lost once it is edited there.",
        "Its title is shortened to 200 characters.",
    )


def test_a_topic_that_is_too_long_for_the_bank_is_named_and_not_cut():
    (row,) = read_questions("gift", f"// [tag:topic:{'t' * 151}]\nWell?{{=a ~b}}\n".encode())
    assert row.reason == "Its topic has more than 150 characters."
