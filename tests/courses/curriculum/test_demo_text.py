"""The demonstration curriculum and quiz keep the promises made about them.

These tests read the TOML files alone, with no Django and no database, so that whoever edits the text
learns within a second what they broke.
"""

import re
import tomllib
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from lms.html import clean_html

ROOT = Path(__file__).resolve().parents[3]
TOUCH_FILE = ROOT / "courses/curriculum/demo/ethics_of_touch.toml"
OUTLINE_FILE = ROOT / "courses/curriculum/demo/outline_modules.toml"
QUIZ_FILE = ROOT / "assessments/demo/ethics_of_touch_quiz.toml"

TOUCH = tomllib.loads(TOUCH_FILE.read_text(encoding="utf-8"))
OUTLINES = tomllib.loads(OUTLINE_FILE.read_text(encoding="utf-8"))["module"]
QUIZ = tomllib.loads(QUIZ_FILE.read_text(encoding="utf-8"))

QUESTIONS = QUIZ["question"]
CHOICE_QUESTIONS = [question for question in QUESTIONS if question["kind"] in {"single", "multiple"}]
NUMERIC_QUESTIONS = [question for question in QUESTIONS if question["kind"] == "numeric"]
MODULES = [TOUCH["module"], *OUTLINES]
TOUCH_LESSONS = TOUCH["lesson"]
OUTLINE_LESSONS = [lesson for module in OUTLINES for lesson in module["lesson"]]
LESSONS = [*TOUCH_LESSONS, *OUTLINE_LESSONS]
LESSON_IDS = [
    *(f"ethics-of-touch/{lesson['slug']}" for lesson in TOUCH_LESSONS),
    *(f"{module['slug']}/{lesson['slug']}" for module in OUTLINES for lesson in module["lesson"]),
]

ALLOWED_TAGS = {"h2", "h3", "p", "ul", "ol", "li", "b", "i", "blockquote", "a"}
BLOCK_KEYS = {
    "text": {"kind", "html"},
    "safety": {"kind", "title", "html"},
    "vignette": {"kind", "title", "html", "questions"},
    "references": {"kind", "items"},
}
# Each of these was read, at least in part, by whoever prepared the facts; the list grows only with a source that was.
REFERENCES = frozenset(
    [
        "AASECT-Touch",
        "Abdallah2022",
        "AMA-9-1-1",
        "AMA-9-4-2",
        "APA-Ethics",
        "Barrett2016",
        "Bathje2022",
        "Brennan2021",
        "Bridgland2023",
        "CarhartHarris2015",
        "Dames2022",
        "DEA-Telemed2026",
        "Devenot2022",
        "FDA-Compounded2023",
        "FDA-REMS-Spravato",
        "GatherWell",
        "Hagelberg2010",
        "Hartogsohn2016",
        "JJ-BP",
        "Johnson2008",
        "Ketalar-PI-Emergence",
        "Kew2023",
        "Lifeline988",
        "MAPS-Code2021",
        "MAPS-Safety",
        "Marks2024",
        "McGuire2024",
        "McHerron2025",
        "McLane2021",
        "NeitzkeSpruill2025",
        "OAR-5000",
        "OAR-5120",
        "Peltoniemi2011",
        "Pharmacotherapy2022-IN",
        "Pope-Pooled",
        "PopeVetter1991",
        "Posner2011",
        "Rolan2014",
        "RyanBennett2020",
        "SAMHSA-Concept2014",
        "SAMHSA-TIP57",
        "Spravato-HCP-Limitations",
        "Stanley2018",
        "Transformative2023",
        "Whalley2009",
        "Wilkinson2018",
        "Yanagihara2003",
    ]
)
# The stored address of these two is cut short, so none is printed.
REFERENCES_WITHOUT_ADDRESS = {"Kew2023", "OAR-5000"}
BANNED_CLAIMS = re.compile(
    r"fda[- ]approved ketamine|safe and non-?addictive|\bcures\b|\brewires?\b|works in 70|no interactions"
    r"|no respiratory depression|always healing|certified by this course|you (?:are|will be) certified"
    r"|proven (?:to|safe|effective)|clinically proven|guarantees (?:safety|results)|prevents suicide"
    r"|\b(?:SL|IM|IV|lozenges?)\s+(?:of\s+)?\d+\s*mg\b|\b\d+(?:\s*(?:-|to|–)\s*\d+)?\s*mg\b",
    re.IGNORECASE,
)


class Markup(HTMLParser):
    """Collects tags, link targets, attributes and nesting faults of one fragment."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.tags, self.links, self.attributes, self.faults, self.text = set(), [], set(), [], []
        self._open = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {f"{tag}.{name}" for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]
        self._open.append(tag)

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        self.text.append(data)


def html_of(lesson):
    return [block["html"] for block in lesson["block"] if "html" in block]


def words_in(lesson):
    """Words a learner reads: titles, text and the questions of vignettes, and no references."""
    pieces = []
    for block in lesson["block"]:
        if block["kind"] != "references":
            pieces += [block.get("title", ""), *Markup(block["html"]).text, *block.get("questions", [])]
    return sum(len(piece.split()) for piece in pieces)


def cited_in(lesson):
    links = [link for html in html_of(lesson) for link in Markup(html).links]
    return {link.removeprefix("#ref-") for link in links if link.startswith("#ref-")}


def listed_in(lesson):
    return [item["id"] for block in lesson["block"] if block["kind"] == "references" for item in block["items"]]


def kinds_in(lesson):
    return Counter(block["kind"] for block in lesson["block"])


def strings_in(value):
    """Every piece of prose in a parsed file: the titles and addresses of sources are not our claims."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)
    elif isinstance(value, dict) and value.get("kind") != "references":
        for item in value.values():
            yield from strings_in(item)


every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=LESSON_IDS)
every_touch_lesson = pytest.mark.parametrize("lesson", TOUCH_LESSONS, ids=LESSON_IDS[: len(TOUCH_LESSONS)])
every_outline = pytest.mark.parametrize("module", OUTLINES, ids=[module["slug"] for module in OUTLINES])
every_module = pytest.mark.parametrize("module", MODULES, ids=[module["slug"] for module in MODULES])
every_question = pytest.mark.parametrize("question", QUESTIONS, ids=[question["key"] for question in QUESTIONS])
every_choice = pytest.mark.parametrize("question", CHOICE_QUESTIONS, ids=[q["key"] for q in CHOICE_QUESTIONS])
every_numeric = pytest.mark.parametrize("question", NUMERIC_QUESTIONS, ids=[q["key"] for q in NUMERIC_QUESTIONS])


# The module "Ethics of touch"


def test_ethics_of_touch_has_its_five_lessons_in_order():
    assert [lesson["slug"] for lesson in TOUCH_LESSONS] == [
        "four-kinds-of-contact",
        "an-unfinished-debate",
        "the-touch-agreement",
        "in-the-room",
        "when-a-boundary-gives-way",
    ]


@every_touch_lesson
def test_a_full_lesson_is_between_600_and_1200_words_long(lesson):
    assert 600 <= words_in(lesson) <= 1200


@every_touch_lesson
def test_a_full_lesson_has_a_callout_or_a_vignette_and_its_references(lesson):
    kinds = kinds_in(lesson)
    assert kinds["safety"] + kinds["vignette"] >= 1
    assert kinds["references"] == 1
    assert lesson["block"][-1]["kind"] == "references"


def test_ethics_of_touch_has_three_vignettes_and_at_least_three_callouts():
    kinds = sum((kinds_in(lesson) for lesson in TOUCH_LESSONS), Counter())
    assert kinds["vignette"] == 3
    assert kinds["safety"] >= 3


def test_every_vignette_says_its_people_are_invented_and_asks_questions():
    vignettes = [block for lesson in TOUCH_LESSONS for block in lesson["block"] if block["kind"] == "vignette"]
    assert [block["title"] for block in vignettes if "invented" not in block["html"] or not block["questions"]] == []


def test_each_vignette_that_may_be_skipped_is_followed_by_its_summary():
    blocks = next(lesson["block"] for lesson in TOUCH_LESSONS if lesson["slug"] == "in-the-room")
    after = [following for block, following in pairwise(blocks) if block["kind"] == "vignette"]
    assert len(after) == 2
    assert all("<b>In summary, if you skipped it:</b>" in block["html"] for block in after)


def test_the_touch_model_is_labelled_a_course_convention():
    agreement = next(lesson for lesson in TOUCH_LESSONS if lesson["slug"] == "the-touch-agreement")
    assert "course convention" in " ".join(html_of(agreement))


def test_the_crisis_line_and_the_licensing_board_open_and_close_the_module():
    for lesson in (TOUCH_LESSONS[0], TOUCH_LESSONS[-1]):
        text = " ".join(html_of(lesson))
        assert "<b>988</b>" in text
        assert "licensing board" in text


def test_the_module_offers_notices_as_a_choice_and_no_credit():
    module = TOUCH["module"]
    assert "they have not been shown to protect anyone" in module["content_notice"]
    assert "No continuing-education credit" in module["demo_notice"]


# The outline modules


def test_the_certificate_has_these_twelve_topics_and_one_elective():
    assert {module["topic"]: module["core"] for module in MODULES} == {
        "ethics_of_touch": True,
        "clinical_skills": True,
        "medical_safety": True,
        "preparation": True,
        "dosing_support": True,
        "integration": True,
        "pharmacology": True,
        "screening": True,
        "suicide_risk": True,
        "trauma_informed": True,
        "ethics_law": True,
        "group_work": False,
    }


def test_the_planned_hours_of_the_core_topics_come_to_150():
    assert sum(module["planned_minutes"] for module in MODULES if module["core"]) == 150 * 60


@every_outline
def test_an_outline_is_one_short_lesson_that_says_the_rest_is_unwritten(module):
    (lesson,) = module["lesson"]
    assert lesson["title"] == "What this module will cover"
    assert 120 <= words_in(lesson) <= 250
    assert "The full text of this module is still being written." in " ".join(html_of(lesson))


def test_the_suicide_module_shows_the_crisis_line_at_its_top_and_bottom():
    (lesson,) = next(module["lesson"] for module in OUTLINES if module["topic"] == "suicide_risk")
    first, *_, last = html_of(lesson)
    assert "<b>988</b>" in first
    assert "<b>988</b>" in last


# Every module and lesson


@every_module
def test_a_module_is_complete_and_marked_unreviewed(module):
    assert len(module["objectives"]) >= 6
    assert len(set(module["objectives"])) == len(module["objectives"])
    assert all(module[name].strip() for name in ("title", "slug", "topic", "summary"))
    assert module["reviewer"] == "Unreviewed demonstration text"


def test_module_minutes_are_the_minutes_of_the_lessons_written():
    written = [(TOUCH["module"], TOUCH_LESSONS), *((module, module["lesson"]) for module in OUTLINES)]
    assert [module["minutes"] for module, _ in written] == [
        sum(lesson["minutes"] for lesson in lessons) for _, lessons in written
    ]


def test_slugs_are_unique_over_the_whole_edition():
    slugs = [*(item["slug"] for item in [*MODULES, *LESSONS]), QUIZ["quiz"]["slug"]]
    assert [slug for slug, times in Counter(slugs).items() if times > 1] == []
    assert [slug for slug in slugs if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)] == []


@every_lesson
def test_a_lesson_has_objectives_minutes_and_known_blocks(lesson):
    assert lesson["objectives"]
    assert lesson["minutes"] >= 1
    assert [set(block) for block in lesson["block"]] == [BLOCK_KEYS[block["kind"]] for block in lesson["block"]]


@every_lesson
def test_a_lesson_is_read_no_faster_than_150_words_a_minute(lesson):
    assert words_in(lesson) / lesson["minutes"] <= 150


@every_lesson
def test_lesson_markup_is_allowed_and_well_nested(lesson):
    for html in html_of(lesson):
        markup = Markup(html)
        assert markup.tags <= ALLOWED_TAGS
        assert markup.attributes <= {"a.href"}
        assert markup.faults == []
        assert [link for link in markup.links if not link.startswith(("#ref-", "https://"))] == []


@every_lesson
def test_cleaning_lesson_markup_changes_nothing(lesson):
    assert [clean_html(html) for html in html_of(lesson)] == html_of(lesson)


@every_lesson
def test_a_lesson_lists_what_it_cites_and_cites_what_it_lists(lesson):
    listed = listed_in(lesson)
    assert len(listed) == len(set(listed))
    assert cited_in(lesson) == set(listed)


@every_lesson
def test_each_reference_has_text_and_one_address(lesson):
    items = [item for block in lesson["block"] if block["kind"] == "references" for item in block["items"]]
    for item in items:
        addresses = set(item) & {"url", "doi"}
        assert item["text"].strip()
        assert re.fullmatch(r"[A-Za-z][\w-]*", item["id"]), "an anchor must survive cleaning"
        assert len(addresses) == (0 if item["id"] in REFERENCES_WITHOUT_ADDRESS else 1)
        assert item.get("url", "https://").startswith(("https://", "http://"))
        assert item.get("doi", "10.").startswith("10.")


def test_only_references_that_were_read_are_used():
    assert {reference for lesson in LESSONS for reference in listed_in(lesson)} == REFERENCES


@pytest.mark.parametrize("path", [TOUCH_FILE, OUTLINE_FILE, QUIZ_FILE], ids=lambda path: path.name)
def test_no_text_claims_what_the_course_must_not_claim(path):
    parsed = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [text for text in strings_in(parsed) if BANNED_CLAIMS.search(text)] == []


# The quiz


def test_the_quiz_settings_are_those_of_the_standard():
    settings = ("pass_percent", "attempts", "cooldown_hours", "time_limit_minutes")
    assert {name: QUIZ["quiz"][name] for name in settings} == {
        "pass_percent": 80,
        "attempts": 3,
        "cooldown_hours": 24,
        "time_limit_minutes": 40,
    }


def test_the_quiz_is_long_enough_and_five_items_are_critical():
    assert len(QUESTIONS) == 21
    assert [question["key"] for question in QUESTIONS if question["critical"]] == [
        "plea-at-the-peak",
        "client-agrees-to-sexual-contact",
        "hand-that-slides",
        "silence-under-an-agreed-hand",
        "sliding-from-the-chair",
    ]


def test_the_introduction_tells_the_truth_about_length_and_critical_items():
    intro = QUIZ["quiz"]["intro"]
    assert "Twenty-one questions, forty minutes, and 80% to pass" in intro
    assert "Five of the questions are marked <b>critical</b>" in intro
    assert Markup(intro).faults == []


def test_the_three_kinds_of_question_are_all_present():
    assert Counter(question["kind"] for question in QUESTIONS) == {"single": 12, "multiple": 3, "numeric": 6}


def test_question_keys_are_unique_and_kebab_case():
    keys = [question["key"] for question in QUESTIONS]
    assert len(keys) == len(set(keys))
    assert [key for key in keys if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)] == []


@every_question
def test_a_stem_is_simple_markup_and_its_feedback_gives_a_reason(question):
    markup = Markup(question["stem"])
    assert markup.tags <= {"p", "b", "i"}
    assert markup.faults == []
    assert len(question["feedback_general"].split()) >= 15
    assert "<" not in question["feedback_general"]


@every_question
def test_a_question_rests_on_a_reference_of_the_module_or_says_it_is_convention(question):
    known = {reference for lesson in TOUCH_LESSONS for reference in listed_in(lesson)}
    assert set(question["refs"]) <= known
    if not question["refs"]:
        assert "course convention" in question["feedback_general"].lower()


@every_choice
def test_options_are_distinct_and_each_has_feedback(question):
    options = question["options"]
    assert len({option["key"] for option in options}) == len(options)
    assert len({option["text"] for option in options}) == len(options)
    assert all(set(option) == {"key", "text", "correct", "feedback"} for option in options)
    assert [option["key"] for option in options if not option["feedback"].strip()] == []


@every_choice
def test_a_single_has_one_right_option_and_a_multiple_has_some_of_each(question):
    right = sum(option["correct"] for option in question["options"])
    if question["kind"] == "single":
        assert right == 1
        assert len(question["options"]) in {2, 4}
    else:
        assert 2 <= right < len(question["options"])


@every_choice
def test_no_option_is_a_catch_all(question):
    catch_all = re.compile(r"(all|none|both) of the (above|these)", re.IGNORECASE)
    assert [option["text"] for option in question["options"] if catch_all.search(option["text"])] == []


def test_the_right_option_is_betrayed_by_neither_place_nor_length():
    singles = [question["options"] for question in CHOICE_QUESTIONS if len(question["options"]) == 4]
    places = Counter(next(i for i, option in enumerate(options) if option["correct"]) for options in singles)
    longest = [max(options, key=lambda option: len(option["text"]))["correct"] for options in singles]
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) <= len(singles) / 2
    assert sum(longest) <= len(singles) / 3


@every_numeric
def test_a_numeric_answer_has_a_tolerance_that_includes_it_and_leaves_its_neighbours_out(question):
    assert question["tolerance"] >= 0
    assert question["tolerance"] < max(1, abs(question["answer"]) / 20)
    assert isinstance(question["unit"], str)
    assert question["unit"] not in question.get("accepted_units", [])


def test_three_numeric_answers_carry_a_real_unit():
    assert {question["key"]: question["unit"] for question in NUMERIC_QUESTIONS if question["unit"]} == {
        "oregon-hours-to-spare": "h",
        "oregon-days-between": "day",
        "graduate-training-share": "%",
    }
