"""The requirement of completed modules: judged over plain values, gathered in a fixed number of queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.learning.actions import complete_activity
from courses.learning.models import Completion
from courses.learning.requirements import (
    ENOUGH_ELECTIVES,
    LessonFact,
    ModuleCompletion,
    ModuleCompletionConfig,
    ModuleFact,
    ModuleFacts,
    judge_modules,
)
from courses.standards.contract import Counted, Evidence, Excluded, Step, Subject
from courses.standards.enums import ResultState, Unit
from lms.enums import Provenance
from tests.cast import make_person
from tests.factories.curriculum import make_edition, make_module
from tests.factories.enrolment import make_cohort, make_enrolment

KIND = ModuleCompletion()
DAY = date(2026, 5, 1)


def config(electives: int = 0) -> ModuleCompletionConfig:
    return ModuleCompletionConfig(key="k", title="Modules", electives=electives)


def module(number: int, done: int, total: int = 2, *, core: bool = True, on: date | None = None) -> ModuleFact:
    lessons = tuple(LessonFact(f"Lesson {number}.{n}", f"l-{number}-{n}", n < done) for n in range(total))
    return ModuleFact(number, f"Module {number}", core, total, done, on or (DAY if done else None), lessons)


def facts(*modules: ModuleFact, detail: bool = True) -> ModuleFacts:
    return ModuleFacts(modules=list(modules), enrolment=7, is_detailed=detail)


MET, UNMET = ResultState.MET, ResultState.UNMET


@pytest.mark.parametrize(
    ("electives", "modules", "expected"),
    [
        (0, [module(1, 2), module(2, 2)], (MET, 2, 2)),
        (0, [module(1, 2), module(2, 1)], (UNMET, 1, 2)),
        (0, [module(1, 2), module(2, 0, core=False)], (MET, 1, 1)),
        (1, [module(1, 2), module(2, 1, core=False)], (UNMET, 1, 2)),
        (1, [module(1, 2), module(2, 2, core=False)], (MET, 2, 2)),
        (1, [module(1, 0), module(2, 2, core=False), module(3, 2, core=False)], (UNMET, 1, 2)),
        (2, [module(1, 2), module(2, 2, core=False)], (UNMET, 2, 3)),
        (0, [], (UNMET, 0, 0)),
        (0, [module(2, 2, core=False)], (UNMET, 0, 0)),
        (0, [module(1, 3)], (MET, 1, 1)),
    ],
)
def test_every_core_module_and_so_many_electives_are_needed(electives, modules, expected):
    result = judge_modules(config(electives), facts(*modules))
    assert (result.state, result.done, result.needed, result.unit) == (*expected, Unit.MODULES)


def test_a_result_explains_itself_whole():
    late = module(3, 2, core=False, on=DAY + timedelta(days=9))
    result = judge_modules(config(1), facts(module(1, 2), module(2, 1), late, module(4, 2, core=False)))
    assert result.counted == (
        Counted(Evidence("module", 1, "Module 1", DAY), 1),
        Counted(Evidence("module", 4, "Module 4", DAY), 1),
    )
    assert result.excluded == (
        Excluded(Evidence("module", 3, "Module 3", DAY + timedelta(days=9)), 1, ENOUGH_ELECTIVES),
    )
    assert result.missing == ("Module 2: 1 of 2 lessons to go.",)
    assert result.next_steps == (Step("Read “Lesson 2.1”", "/learn/7/l-2-1/"),)
    assert [(part.title, part.state, part.done, part.needed) for part in result.parts] == [
        ("Core modules", UNMET, 1, 2),
        ("Electives", MET, 1, 1),
    ]


def test_too_few_electives_are_told():
    result = judge_modules(config(2), facts(module(1, 2), module(2, 0, core=False)))
    assert result.missing == (
        "2 more elective modules.",
        "Your edition offers 1 elective module. Please ask your program director.",
    )
    assert result.next_steps == (Step("Read “Lesson 2.0”", "/learn/7/l-2-0/"),)


def test_without_detail_no_row_is_named_and_the_outline_is_the_next_step():
    result = judge_modules(config(), ModuleFacts(modules=[ModuleFact(1, "Module 1", True, 2, 0)], enrolment=7))
    assert (result.counted, result.next_steps) == ((), (Step("Open your lessons", "/learn/7/"),))


def test_an_edition_without_modules_is_not_met_by_nothing():
    assert judge_modules(config(), facts()).missing == (
        "Your edition of the program has no required module with lessons.",
    )


@given(
    st.integers(0, 3),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.booleans()), max_size=6),
)
def test_done_never_exceeds_needed_and_more_reading_never_takes_away(electives, rows):
    modules = [module(number, min(done, total), total, core=core) for number, (done, total, core) in enumerate(rows)]
    result = judge_modules(config(electives), facts(*modules))
    assert 0 <= result.done <= result.needed
    assert (result.state == MET) == (result.done == result.needed > 0)
    assert (result.state == MET) == (result.missing == ())
    assert sum(counted.amount for counted in result.counted) == result.done
    more = [module(number, total, total, core=core) for number, (_, total, core) in enumerate(rows)]
    assert judge_modules(config(electives), facts(*more)).done >= result.done


@pytest.mark.parametrize(
    ("electives", "sentence"),
    [
        (0, "All lessons of every core module completed."),
        (1, "All lessons of every core module completed, and of 1 elective module."),
        (3, "All lessons of every core module completed, and of 3 elective modules."),
    ],
)
def test_the_requirement_is_described_in_a_sentence(electives, sentence):
    assert KIND.describe(config(electives)) == sentence


def test_an_authored_block_becomes_a_config():
    value = {"title": " All  modules ", "waivable": False, "track": None, "electives": 2}
    expected = ModuleCompletionConfig(key="x", title="All modules", waivable=False, electives=2)
    assert KIND.config_from_block(value, "x") == expected


# Gathering -----------------------------------------------------------------------------------------------------------


def subject(enrolment, **fields) -> Subject:
    return Subject(person=enrolment.person_id, enrolment=enrolment.pk, edition=enrolment.edition_id, **fields)


def gathered(enrolment, *, as_of=None, detail=False, **fields) -> list[tuple]:
    one = subject(enrolment, **fields)
    found = KIND.gather([config()], [one], as_of or timezone.now() + timedelta(seconds=1), detail)[one]
    return [(module.title, module.done, module.total) for module in found.modules]


def complete(world, number: int, **fields) -> Completion:
    return complete_activity(world.enrolment, world.lessons[number], by=world.enrolment.person, **fields)


def test_completions_are_counted_by_module(world):
    assert gathered(world.enrolment) == [("Ethics", 0, 2), ("Safety", 0, 1)]
    complete(world, 0)
    complete(world, 2)
    assert gathered(world.enrolment) == [("Ethics", 1, 2), ("Safety", 1, 1)]
    assert gathered(world.enrolment, detail=True) == [("Ethics", 1, 2), ("Safety", 1, 1)]


def test_detail_names_the_lessons(world):
    complete(world, 0)
    one = subject(world.enrolment)
    found = KIND.gather([config()], [one], timezone.now() + timedelta(seconds=1), detail=True)[one]
    assert [[(lesson.title, lesson.is_done) for lesson in module.lessons] for module in found.modules] == [
        [(world.lessons[0].title, True), (world.lessons[1].title, False)],
        [(world.lessons[2].title, False)],
    ]


def test_a_past_day_knows_only_what_had_happened(world):
    complete(world, 0, at=datetime(2026, 3, 1, tzinfo=UTC))
    complete(world, 1, at=datetime(2026, 4, 1, tzinfo=UTC))
    moments = [datetime(2026, month, 15, tzinfo=UTC) for month in (2, 3, 4)]
    assert [gathered(world.enrolment, as_of=moment)[0][1] for moment in moments] == [0, 1, 2]


def test_a_window_counts_only_what_lies_inside(world):
    complete(world, 0, at=datetime(2026, 3, 1, tzinfo=UTC))
    complete(world, 1, at=datetime(2026, 4, 1, tzinfo=UTC))
    march, april = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    assert gathered(world.enrolment, since=march, until=april)[0] == ("Ethics", 1, 2)
    assert gathered(world.enrolment, since=april)[0] == ("Ethics", 1, 2)
    assert gathered(world.enrolment, until=march)[0] == ("Ethics", 0, 2)


def test_a_completion_counts_in_whatever_edition_the_activity_stands(world):
    """A later edition has the first lesson in another module; what was completed stays completed."""
    complete(world, 0)
    later = make_edition(world.edition.program)
    new = make_module(later, lessons=1, title="New")
    moved = world.lessons[0]
    later.items.create(
        activity=moved.activity, parent=new, position=3, slug="moved", title="Moved", body=moved.body, minutes=5
    )
    world.enrolment.edition = later
    world.enrolment.save()
    assert gathered(world.enrolment) == [("New", 1, 2)]


def test_a_renewal_without_enrolment_has_nothing_to_count(world, cast):
    one = Subject(person=cast.trainee.pk, enrolment=None, edition=None)
    found = KIND.gather([config()], [one], timezone.now())[one]
    assert KIND.judge(config(), found, {}, {}).state == UNMET


def test_evidence_transferred_from_elsewhere_counts(world):
    complete(world, 0, provenance=Provenance.TRANSFERRED)
    assert gathered(world.enrolment)[0] == ("Ethics", 1, 2)


def _subjects(db, number: int) -> list[Subject]:
    edition = make_edition()
    make_module(edition, lessons=2)
    cohort = make_cohort(edition=edition)
    return [subject(make_enrolment(make_person(f"person{one}"), cohort=cohort)) for one in range(number)]


@pytest.mark.parametrize("people", [1, 3])
def test_two_queries_answer_for_however_many(db, people):
    subjects = _subjects(db, people)
    with CaptureQueriesContext(connection) as captured:
        KIND.gather([config()], subjects, timezone.now())
    assert len(captured) == 2
