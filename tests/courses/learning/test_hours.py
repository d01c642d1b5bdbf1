"""The hour map: its sums, its comparison with the standard, its page, its files, and who may see them."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.actions import publish_edition
from courses.curriculum.credits import Credit
from courses.curriculum.enums import TeachingFormat
from courses.curriculum.models import LessonPage, Topic
from courses.learning.hours.queries import hours_of_draft, hours_of_edition
from courses.learning.hours.table import (
    Cell,
    Entry,
    HourMap,
    Module,
    TopicRow,
    cells,
    comparisons,
    of_topic,
    topic_rows,
    total,
    total_row,
)
from courses.learning.requirements import DidacticConfig, FormatMinimum, TopicMinimum
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.html import plain_text
from tests.cast import make_person
from tests.certificates.paper.reading import faults_of, page_sizes
from tests.certificates.paper.reading import text_of as text_of_pdf
from tests.factories.curriculum import (
    make_edition,
    make_item,
    make_lesson_page,
    make_module,
    make_module_page,
    make_program,
    make_program_page,
)
from tests.factories.standards import make_standard_version
from tests.web import link, text_of

TOUCH, LAW = "ethics_of_touch", "ethics_law"
ONLINE, IN_PERSON, SELF_STUDY = "live_online", "live_in_person", "self_study"


def module(title: str, *entries: tuple[str, list], core: bool = True) -> Module:
    made = [Entry(name, "lesson", tuple(Credit(*credit) for credit in credits)) for name, credits in entries]
    return Module(title, core, tuple(made))


CORE = module("Ethics", ("One", [(TOUCH, SELF_STUDY, 60)]), ("Two", [(TOUCH, ONLINE, 30), (LAW, IN_PERSON, 15)]))
ELECTIVE = module("Groups", ("Three", [(LAW, SELF_STUDY, 45)]), core=False)
MAP = HourMap((CORE, ELECTIVE), {TOUCH: "Ethics of touch"})


def config(minutes: int, topics: dict | None = None, formats: dict | None = None) -> DidacticConfig:
    return DidacticConfig(
        key="k",
        title="Lessons",
        minutes=minutes,
        topics=tuple(TopicMinimum(key, key, number) for key, number in (topics or {}).items()),
        formats=tuple(FormatMinimum(key, number) for key, number in (formats or {}).items()),
    )


# Sums ---------------------------------------------------------------------------------------------------------------

credit_lists = st.lists(
    st.builds(Credit, st.sampled_from([TOUCH, LAW, ""]), st.sampled_from(TeachingFormat.values), st.integers(1, 6000)),
    max_size=4,
)
entries = st.builds(Entry, st.just("Lesson"), st.just("lesson"), credit_lists.map(tuple))
modules = st.builds(Module, st.just("Module"), st.booleans(), st.lists(entries, max_size=3).map(tuple))
maps = st.builds(HourMap, st.lists(modules, max_size=4).map(tuple))


@given(maps)
def test_topics_items_formats_and_modules_all_come_to_the_same_total(hour_map):
    rows, whole = topic_rows(hour_map), total_row(hour_map)
    by_items = sum(entry.minutes for one in hour_map.modules for entry in one.entries)
    assert by_items == sum(one.minutes for one in hour_map.modules) == total(hour_map.credits) == whole.all
    assert sum(row.all for row in rows) == whole.all
    assert sum(row.core for row in rows) == sum(whole.formats) == whole.core
    assert [sum(row.formats[place] for row in rows) for place in range(3)] == list(whole.formats)
    topics = hour_map.topics
    for one in hour_map.modules:
        assert sum(cell.minutes for cell in cells(one.credits, topics)) == one.minutes
    columns = [cells(entry.credits, topics) for one in hour_map.modules for entry in one.entries]
    sums = [sum(column[place].minutes for column in columns) for place in range(len(topics))]
    assert sums == [total(of_topic(hour_map.credits, topic)) for topic in topics] == [row.all for row in rows]


def test_a_topic_row_has_the_core_by_format_and_electives_apart():
    assert topic_rows(MAP) == [
        TopicRow("Ethics of touch", (0, 30, 60), 90, 0),
        TopicRow("Ethics law", (15, 0, 0), 15, 45),
    ]
    assert total_row(MAP) == TopicRow("All topics", (15, 30, 60), 105, 45)


def test_a_cell_names_the_format_unless_it_is_self_study_alone():
    assert cells(CORE.credits, [TOUCH, LAW, "other"]) == [
        Cell(90, "30 live online, 60 self-study"),
        Cell(15, "live in person"),
        Cell(0),
    ]
    assert cells(ELECTIVE.credits, [LAW]) == [Cell(45)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (config(105), [("met", "Exactly what is asked for")]),
        (config(90), [("met", "15 min more than asked for")]),
        (config(150), [("waiting", "45 min short; enough with electives")]),
        (config(300), [("critical", "3 h 15 min short")]),
        (
            config(60, {"screening": 60}),
            [("met", "45 min more than asked for"), ("critical", "Nothing in the core provides it")],
        ),
        (config(60, formats={ONLINE: 45}), [("met", "45 min more than asked for"), ("critical", "15 min short")]),
    ],
)
def test_what_is_provided_is_compared_in_words(asked, expected):
    assert [(line.kind, line.words) for line in comparisons(MAP, asked)] == expected


# Of an edition, and of its pages ------------------------------------------------------------------------------------


@pytest.fixture
def program_page(db):
    """Two modules: the core one has two lessons, of which one is taught live; the elective one has a lesson."""
    page = make_program_page(make_program("KAP Training"))
    core = make_module_page(page, title="Ethics", minutes=5, topic=LAW)
    make_lesson_page(core, title="Reading", minutes=60, topic=TOUCH)
    live = make_lesson_page(core, title="Seminar", minutes=60, topic="")
    live.credits = [
        ("credit", {"topic": TOUCH, "format": ONLINE, "minutes": 30}),
        ("credit", {"topic": LAW, "format": IN_PERSON, "minutes": 15}),
    ]
    live.save()
    make_lesson_page(core, title="Unpublished", minutes=500, topic=LAW, live=False)
    make_lesson_page(make_module_page(page, title="Groups", is_core=False), title="Circle", minutes=45, topic=LAW)
    asked = config(120, {TOUCH: 60, "screening": 30}, {IN_PERSON: 15})
    make_standard_version(page.program, requirements=[asked])
    return page


@pytest.fixture
def edition(program_page, cast):
    return publish_edition(program_page, by=cast.director, leave_out_drafts=True)


def test_the_draft_is_what_the_edition_becomes(program_page, edition):
    draft, published = hours_of_draft(program_page), hours_of_edition(edition)
    assert draft.modules == published.modules
    assert [(one.title, one.is_core, one.minutes) for one in draft.modules] == [
        ("Ethics", True, 110),
        ("Groups", False, 45),
    ]
    assert [entry.title for entry in draft.modules[0].entries] == ["The module itself", "Reading", "Seminar"]


def test_an_edition_keeps_its_labels_and_the_draft_has_those_of_today(program_page, edition):
    Topic.objects.filter(key=LAW).update(label="Law of the land")
    assert hours_of_edition(edition).label(LAW) == "Ethics and law"
    assert hours_of_draft(program_page).label(LAW) == "Law of the land"


def test_a_director_reads_the_map_from_the_page_of_the_edition(edition, cast):
    director = cast.client("director")
    page = director.get(link(director.get(f"/desk/editions/{edition.pk}/"), "Hour map"))
    words = plain_text(page.content.decode())
    for sentence in (
        "At least 2 h of lessons, of them 1 h on ethics_of_touch, 30 min on screening and 15 min live in person.",
        "In total 10 min short; enough with electives 2 h 1 h 50 min 45 min",
        "ethics_of_touch 30 min more than asked for 1 h 1 h 30 min 0 min",
        "screening Nothing in the core provides it 30 min 0 min 0 min",
        "Live in person Exactly what is asked for 15 min 15 min 0 min",
        "Ethics and law 20 min 45 min 1 h 5 min 15 min 0 min 5 min",
        "All topics 1 h 50 min 45 min 2 h 35 min 15 min 30 min 1 h 5 min",
        "Seminar 45 15 live in person 30 live online",
        "All items 155 65 90",
    ):
        assert sentence in words


def test_the_draft_is_reached_from_the_page_of_publishing(program_page, cast):
    director = cast.client("director")
    page = director.get(link(director.get(f"/desk/programs/{program_page.pk}/publish/"), "Hour map as it would be"))
    assert "All topics 1 h 50 min 45 min 2 h 35 min 15 min 30 min 1 h 5 min" in plain_text(page.content.decode())


def test_a_standard_that_asks_for_no_hours_is_said_so(cast):
    edition = make_edition()
    make_module(edition)
    director = cast.client("director")
    assert "No standard is published" in text_of(director.get(f"/desk/editions/{edition.pk}/hours/map/"))
    make_standard_version(edition.program)
    assert "asks for no hours of lessons" in text_of(director.get(f"/desk/editions/{edition.pk}/hours/map/"))


def test_an_edition_without_minutes_says_how_to_begin(cast):
    edition = make_edition()
    make_module(edition, lessons=0)
    assert "No credited minutes yet" in text_of(cast.client("director").get(f"/desk/editions/{edition.pk}/hours/map/"))


def test_an_item_named_hours_keeps_its_address(cast):
    edition = make_edition()
    make_item(edition, slug="hours", title="Hours of touch")
    assert "Hours of touch" in text_of(cast.client("director").get(f"/desk/editions/{edition.pk}/hours/"))


# Who may ------------------------------------------------------------------------------------------------------------


def addresses(edition, program_page) -> list[str]:
    base = f"/desk/editions/{edition.pk}/hours/map"
    return [f"{base}/", f"{base}.csv", f"{base}.pdf", f"/desk/programs/{program_page.pk}/hours/"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("director", 200), ("registrar", 200), ("faculty", 403), ("trainee", 403), ("supervisor", 403), ("visitor", 302)],
)
def test_staff_of_the_program_may_and_others_may_not(edition, program_page, cast, name, status):
    client = cast.client(name)
    assert {client.get(address).status_code for address in addresses(edition, program_page)} == {status}


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.FACULTY, Role.REGISTRAR])
def test_staff_of_another_program_find_nothing(edition, program_page, client, role):
    person, other = make_person("elsewhere"), make_person("here")
    grant_role(person, role, by=None, scope=Scope.PROGRAM, scope_id=make_program().pk)
    grant_role(other, role, by=None, scope=Scope.PROGRAM, scope_id=program_page.program_id)
    client.force_login(person)
    assert {client.get(address).status_code for address in addresses(edition, program_page)} == {404}
    client.force_login(other)
    assert {client.get(address).status_code for address in addresses(edition, program_page)} == {200}


# Cost ---------------------------------------------------------------------------------------------------------------


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_neither_page_asks_more_for_more_lessons(cast):
    counts = set()
    director = cast.client("director")
    director.get("/desk/")
    for lessons in (1, 3):
        page = make_program_page()
        module_page = make_module_page(page)
        for _ in range(lessons):
            make_lesson_page(module_page)
        make_standard_version(page.program, requirements=[config(60)])
        edition = publish_edition(page, by=cast.director)
        drafts, maps = f"/desk/programs/{page.pk}/hours/", f"/desk/editions/{edition.pk}/hours/map/"
        counts.add((queries(director, drafts), queries(director, maps)))
    assert counts == {(9, 5)}


# Files --------------------------------------------------------------------------------------------------------------


def test_the_csv_has_a_line_for_each_credit(edition, cast):
    answer = cast.client("registrar").get(f"/desk/editions/{edition.pk}/hours/map.csv")
    assert answer["Content-Disposition"] == (f'attachment; filename="hour-map-{edition.program.slug}-edition-1.csv"')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["Module", "Core or elective", "Item", "Kind", "Topic", "Topic key", "Format", "Minutes"],
        ["Ethics", "core", "The module itself", "Module", "Ethics and law", LAW, "Self-study", "5"],
        ["Ethics", "core", "Reading", "Lesson", "Ethics of touch", TOUCH, "Self-study", "60"],
        ["Ethics", "core", "Seminar", "Lesson", "Ethics of touch", TOUCH, "Live online", "30"],
        ["Ethics", "core", "Seminar", "Lesson", "Ethics and law", LAW, "Live in person", "15"],
        ["Groups", "elective", "Circle", "Lesson", "Ethics and law", LAW, "Self-study", "45"],
    ]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_runs_nothing_that_an_author_wrote(cast, title):
    edition = make_edition(topics={"ethics": title})
    make_item(edition, parent=make_module(edition, lessons=0, title=title), title=title)
    answer = cast.client("director").get(f"/desk/editions/{edition.pk}/hours/map.csv")
    _, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert [row[place] for place in (0, 2, 4)] == [f"'{title}"] * 3


def test_the_pdf_is_accessible_and_says_what_the_page_says(edition, cast):
    pdf = cast.client("director").get(f"/desk/editions/{edition.pk}/hours/map.pdf").content
    assert faults_of(pdf) == []
    assert set(page_sizes(pdf)) == {(297, 210)}
    words = text_of_pdf(pdf)
    for sentence in (
        f"Hour map: {edition}",
        edition.hash,
        "KAP Training",
        "In effect from",
        f"{edition.program.standard.versions.get()}",
        "In total 2 h 1 h 50 min 45 min 10 min short; enough with electives",
        "screening 30 min 0 min 0 min Nothing in the core provides it",
        "All topics 15 min 30 min 1 h 5 min 1 h 50 min 45 min 2 h 35 min",
        "All items 65 90 155",
        "It bears nobody’s signature",
    ):
        assert sentence in words


def test_a_pdf_takes_hostile_words_and_many_topics(cast):
    edition = make_edition()
    module_item = make_module(edition, lessons=0, title="#panic() *Ethics* $x$")
    for number in range(30):
        make_item(edition, parent=module_item, title=f"Lesson {'W' * 60} {number}", topic=f"topic_{number}", minutes=7)
    pdf = cast.client("director").get(f"/desk/editions/{edition.pk}/hours/map.pdf").content
    assert faults_of(pdf) == []
    words = text_of_pdf(pdf)
    assert "#panic() *Ethics* $x$" in words
    assert ("topics 1 to 12" in words, "topics 25 to 30" in words, "All topics" in words) == (True, True, True)
    assert "210" in words


def test_what_is_only_in_a_draft_never_reaches_an_edition(edition, program_page):
    LessonPage.objects.filter(title="Reading").update(minutes=1)
    assert hours_of_edition(edition).modules[0].minutes == 110
    assert hours_of_draft(program_page).modules[0].minutes == 51
