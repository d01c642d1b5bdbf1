"""Rules by which a page opens: what an author may write, what publishing refuses and names, what an edition keeps."""

from datetime import date
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from wagtail.test.utils.form_data import streamfield

from courses.curriculum.actions import publish_edition
from courses.curriculum.compiling import compile_program
from courses.curriculum.gates import Waiting, circle_in
from courses.curriculum.models import LessonPage, ModulePage
from courses.curriculum.queries import edition_outline
from tests.courses.curriculum.editing import press
from tests.factories.assessments import make_quiz_page
from tests.factories.curriculum import make_lesson_page, make_module_page


def give_rules(page, *rules: tuple, **fields):
    """Rules as (kind, value), published. Pages are named by themselves."""
    page.release = rules
    for name, value in fields.items():
        setattr(page, name, value)
    page.save(clean=False)  # as somebody may have saved it before the pages stood where they stand
    return page


@pytest.fixture
def second(pages) -> LessonPage:
    return make_lesson_page(pages.module, title="Second", slug="second")


@pytest.fixture
def quiz(pages):
    return make_quiz_page(pages.module, title="What you know", slug="quiz", pass_percent=80)


def problems(pages) -> list[str]:
    return compile_program(pages.program).problems


# What an edition keeps -------------------------------------------------------------------------------------------------


def test_an_edition_keeps_the_rules_by_keys_and_its_outline_by_activities(pages, cast, second, quiz):
    score = {"quiz": quiz, "percent": 70}
    give_rules(second, ("date", date(2026, 12, 1)), ("days", 14), ("after", pages.lesson), ("score", score))
    edition = publish_edition(pages.program, by=cast.director)
    item = edition.items.get(slug="second")
    assert item.gates == {
        "after": [str(pages.lesson.activity_key)],
        "on": "2026-12-01",
        "days": 14,
        "scores": [[str(quiz.activity_key), 70]],
    }
    outline = edition_outline(edition)
    gates = outline.by_slug("second").gates
    assert (gates.after, gates.on, gates.days, gates.scores) == (
        (outline.by_slug("in-the-room").activity_id,),
        date(2026, 12, 1),
        14,
        ((outline.by_slug("quiz").activity_id, 70),),
    )
    assert edition.items.get(slug="in-the-room").gates == {}


def test_rules_are_part_of_what_an_edition_is(pages, cast, second):
    before = compile_program(pages.program).hash
    give_rules(second, ("days", 0))
    assert compile_program(pages.program).hash != before
    edition = publish_edition(pages.program, by=cast.director)
    assert edition.items.get(slug="second").gates == {"days": 0}


def test_the_first_day_that_all_rules_allow_counts(pages, second):
    give_rules(second, ("days", 3), ("days", 9))  # as a script may write it; the editor takes one of each
    assert compile_program(pages.program).items[-1].gates == {"days": 9}


# What publishing refuses -----------------------------------------------------------------------------------------------


def test_what_is_not_in_the_edition_cannot_be_waited_for(pages, second):
    draft = make_lesson_page(pages.module, title="Not ready", slug="not-ready", live=False)
    give_rules(second, ("after", draft))
    assert problems(pages) == [
        "“Second”: Opens when: “Not ready” is not in this edition. Publish that page, or take the rule out."
    ]


def test_a_deleted_page_cannot_be_waited_for(pages, second):
    gone = make_lesson_page(pages.module, title="Gone", slug="gone")
    give_rules(second, ("after", gone))
    gone.delete()
    assert problems(pages) == [
        "“Second”: Opens when: A page that it waits for no longer exists. Choose another, or take the rule out."
    ]


def test_a_page_that_nobody_completes_cannot_be_waited_for(pages, second):
    give_rules(second, ("after", pages.program))
    assert problems(pages) == [
        f"“Second”: Opens when: “{pages.program.title}” is nothing that can be completed. Choose a module, lesson or quiz."
    ]


def test_a_module_without_lessons_cannot_be_waited_for(pages, second):
    empty = make_module_page(pages.program, title="Empty", minutes=10, topic="ethics")
    give_rules(second, ("after", empty))
    assert problems(pages) == ["“Second”: Opens when: “Empty” has no lessons, so nobody can complete it."]
    give_rules(second)
    make_module_page(pages.program, title="Next", minutes=10, topic="ethics", opens_after_previous=True)
    assert problems(pages) == ["“Next”: Opens after previous: “Empty” has no lessons, so nobody can complete it."]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (("days", -1), "Days are from 0 to 730."),
        (("days", 731), "Days are from 0 to 730."),
    ],
)
def test_days_out_of_range_are_refused(pages, second, rule, sentence):
    give_rules(second, rule)
    assert problems(pages) == [f"“Second”: Opens when: {sentence}"]


@pytest.mark.parametrize(
    ("percent", "sentence"),
    [
        (0, "A score is from 1 to 100 percent."),
        (
            81,
            "It asks for 81 % in “What you know”, which is passed with 80 % and cannot be taken again then. "
            "Ask for 80 % at most.",
        ),
    ],
)
def test_a_score_that_cannot_be_reached_is_refused(pages, second, quiz, percent, sentence):
    give_rules(second, ("score", {"quiz": quiz, "percent": percent}))
    assert problems(pages) == [f"“Second”: Opens when: {sentence}"]


def test_a_score_is_only_in_a_quiz(pages, second):
    second.release = [("score", {"quiz": None, "percent": 80})]
    second.release.raw_data[0]["value"]["quiz"] = pages.lesson.pk
    second.save()
    assert problems(pages)[0].startswith("“Second”: Opens when: ")


def test_a_module_takes_some_time_by_itself_or_by_what_stands_in_it(pages):
    module = make_module_page(pages.program, title="Groups")
    sentence = "“Groups”: Minutes: neither the module nor anything in it takes any time."
    assert problems(pages) == [sentence]
    lesson = make_lesson_page(module, minutes=0)
    assert problems(pages) == [sentence]
    lesson.minutes = 1
    lesson.save()
    assert problems(pages) == []


# Circles -------------------------------------------------------------------------------------------------------------


def test_a_circle_is_refused_with_its_pages(pages, second):
    third = make_lesson_page(pages.module, title="Third", opens_after_previous=True)
    give_rules(pages.lesson, ("after", third))
    give_rules(second, ("after", pages.lesson))
    assert problems(pages) == [
        "“In the room”: Opens when: it waits for “Third”, which waits for “Second”, which waits for “In the room”. "
        "Nobody could ever complete any of them."
    ]


def test_a_circle_through_a_module_and_its_lessons_is_found(pages):
    other = make_module_page(pages.program, title="Safety", slug="safety", opens_after_previous=True)
    make_lesson_page(other, title="The cuff")
    give_rules(pages.lesson, ("after", other))
    (problem,) = problems(pages)
    assert problem.endswith("Nobody could ever complete any of them.")
    assert all(f"“{title}”" in problem for title in ("In the room", "Safety", "The cuff"))


def test_a_lesson_that_waits_for_its_own_module_is_a_circle(pages):
    give_rules(pages.lesson, ("after", pages.module))
    (problem,) = problems(pages)
    assert problem == (
        "“In the room”: Opens when: it waits for “Ethics of touch”, which waits for “In the room”. "
        "Nobody could ever complete any of them."
    )


def test_a_thousand_pages_in_a_row_are_no_circle_and_take_no_recursion():
    row = [Waiting(str(number), needs=(str(number - 1),) if number else ()) for number in range(3000)]
    assert circle_in(row) == ()
    assert len(circle_in([row[0]._replace(needs=("2999",)), *row[1:]])) == 3000


@st.composite
def programs(draw) -> list[Waiting]:
    """Modules with one to three lessons and perhaps a quiz; each item waits for some of the others."""
    places = []
    for module in range(draw(st.integers(1, 4))):
        places.append((f"m{module}", "", True, False))
        kinds = draw(st.lists(st.booleans(), min_size=1, max_size=3).filter(any))
        places += [(f"m{module}-{number}", f"m{module}", False, kind) for number, kind in enumerate(kinds)]
    keys = [key for key, *_ in places]
    return [
        Waiting(*place, needs=tuple(draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))))
        if draw(st.integers(0, 2)) == 0
        else Waiting(*place)
        for place in places
    ]


def never_completed(items: list[Waiting]) -> set[str]:
    """Somebody does everything that is open, over and over, until nothing more opens: what is not complete then."""
    begun: set[str] = set()

    def is_complete(key: str) -> bool:
        item = next(item for item in items if item.key == key)
        inside = [one.key for one in items if one.parent == key and one.completes_parent]
        return all(one in begun for one in inside) if item.is_module else key in begun

    for _ in items:
        for item in items:
            if all(map(is_complete, item.needs)) and (not item.parent or item.parent in begun):
                begun.add(item.key)
    return {item.key for item in items if not is_complete(item.key)}


@given(programs())
def test_there_is_a_circle_exactly_when_somebody_who_does_everything_is_left_with_something(items):
    circle, left = circle_in(items), never_completed(items)
    assert bool(circle) == bool(left)
    assert set(circle) <= left


@given(programs())
def test_each_of_a_circle_waits_for_the_next(items):
    by_key = {item.key: item for item in items}
    circle = circle_in(items)
    for key, following in zip(circle, (*circle[1:], *circle[:1]), strict=True):
        one, other = by_key[key], by_key[following]
        is_inside = other.parent == key and other.completes_parent
        assert following in one.needs or one.parent == following or is_inside


# In the editor ---------------------------------------------------------------------------------------------------------


def refused(page) -> str:
    with pytest.raises(ValidationError) as refusal:
        page.full_clean()
    return " ".join(refusal.value.message_dict["release"])


def test_a_direct_circle_is_said_beside_the_field(pages, second):
    give_rules(second, ("after", pages.lesson))
    pages.lesson.release = [("after", second)]
    assert refused(pages.lesson) == "“Second” waits for this page already. Two pages cannot wait for each other."
    pages.lesson.release = [("after", pages.lesson)]
    assert refused(pages.lesson) == "It cannot wait for itself."
    pages.lesson.release = [("after", pages.module)]
    assert refused(pages.lesson) == (
        "It stands in “Ethics of touch”, which is not complete before this is. It cannot wait for it."
    )
    give_rules(second, opens_after_previous=True)
    pages.lesson.release = [("after", second)]
    assert "waits for this page already" in refused(pages.lesson)


def test_a_director_writes_rules_in_the_editor(pages, cast, second, quiz):
    rules = [("days", "14"), ("after", str(pages.lesson.pk)), ("score", {"quiz": str(quiz.pk), "percent": "80"})]
    fields = {"title": "Second", "slug": "second", "release": streamfield(rules)}
    press(cast.client("director"), second, "action-publish", **fields)
    days, after, score = LessonPage.objects.get(pk=second.pk).release
    assert (days.value, after.value.specific, score.value["quiz"].specific) == (14, pages.lesson, quiz)
    assert score.value["percent"] == 80


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ([("days", "731")], "less than or equal to 730"),
        ([("date", "soon")], "Enter a valid date"),
        ([("days", "1"), ("days", "2")], "maximum number of items is 1"),
    ],
)
def test_what_no_rule_can_be_is_refused_beside_the_field(pages, cast, second, rules, sentence):
    fields = {"title": "Second", "slug": "second", "release": streamfield(rules)}
    answer = press(cast.client("director"), second, "action-publish", **fields)
    assert set(answer.context["form"].errors) == {"release"}
    assert sentence in unescape(answer.content.decode())


def test_a_module_may_wait_too(pages, cast):
    other = make_module_page(pages.program, title="Safety", slug="safety")
    make_lesson_page(other)
    give_rules(ModulePage.objects.get(pk=other.pk), ("after", pages.module))
    edition = publish_edition(pages.program, by=cast.director)
    assert edition.items.get(slug="safety").gates == {"after": [str(pages.module.activity_key)]}
