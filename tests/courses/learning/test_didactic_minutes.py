"""The requirement of credited minutes: judged over plain values, gathered in a fixed number of queries."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.credits import Credit
from courses.curriculum.enums import ActivityKind, TeachingFormat
from courses.learning.actions import complete_activity
from courses.learning.requirements.didactic_minutes import (
    CreditedItem,
    DidacticConfig,
    DidacticFacts,
    DidacticMinutes,
    FormatMinimum,
    TopicMinimum,
    asks_of,
    judge_didactic,
)
from courses.standards.contract import Counted, Evidence, Step, Subject
from courses.standards.enums import ResultState, Unit
from courses.standards.plain import as_plain
from courses.standing.engine import standing_for
from courses.standing.ledger import row_of
from tests.cast import make_person
from tests.factories.assessments import make_attempt, make_quiz
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard_version

KIND = DidacticMinutes()
DAY = date(2026, 5, 1)
MET, UNMET = ResultState.MET, ResultState.UNMET
TOUCH, LAW = "ethics_of_touch", "ethics_law"
ONLINE, IN_PERSON, SELF_STUDY = "live_online", "live_in_person", "self_study"
LESSON, MODULE, QUIZ = ActivityKind.LESSON.value, ActivityKind.MODULE.value, ActivityKind.QUIZ.value


def config(minutes: int = 0, *, topics: dict | None = None, formats: dict | None = None) -> DidacticConfig:
    labels = {TOUCH: "Ethics of touch", LAW: "Ethics and law"}
    return DidacticConfig(
        key="k",
        title="Lessons",
        minutes=minutes,
        topics=tuple(TopicMinimum(key, labels.get(key, key), number) for key, number in (topics or {}).items()),
        formats=tuple(FormatMinimum(key, number) for key, number in (formats or {}).items()),
    )


def item(number: int, *credits: tuple, kind: str = LESSON, lessons: tuple = ()) -> CreditedItem:
    return CreditedItem(
        number, kind, f"Item {number}", f"item-{number}", tuple(Credit(*one) for one in credits), lessons
    )


def facts(*items: CreditedItem, done: tuple[int, ...] = (), detail: bool = True) -> DidacticFacts:
    return DidacticFacts(items=items, done=dict.fromkeys(done, DAY), enrolment=7, is_detailed=detail)


ITEMS = (
    item(1, kind=MODULE, lessons=(2, 3)),
    item(2, (TOUCH, SELF_STUDY, 30)),
    item(3, (TOUCH, ONLINE, 20), (LAW, SELF_STUDY, 10)),
    item(4, (LAW, SELF_STUDY, 15), kind=QUIZ),
    item(5, (LAW, IN_PERSON, 60), kind=MODULE, lessons=(6,)),
    item(6, (LAW, SELF_STUDY, 5)),
)


@pytest.mark.parametrize(
    ("asked", "done", "expected", "parts"),
    [
        (config(30), (), (UNMET, 0, 30), []),
        (config(30), (2,), (MET, 30, 30), []),
        (config(30), (2, 3), (MET, 60, 30), []),
        (config(60, topics={TOUCH: 50}), (2, 4), (UNMET, 45, 60), [(UNMET, 30, 50)]),
        (config(60, topics={TOUCH: 50}), (2, 3), (MET, 60, 60), [(MET, 50, 50)]),
        (config(30, topics={LAW: 10}), (2,), (UNMET, 30, 30), [(UNMET, 0, 10)]),
        (config(30, formats={ONLINE: 20}), (2,), (UNMET, 30, 30), [(UNMET, 0, 20)]),
        (config(30, formats={ONLINE: 20}), (3,), (MET, 30, 30), [(MET, 20, 20)]),
        (config(60, formats={IN_PERSON: 60}), (6,), (MET, 65, 60), [(MET, 60, 60)]),
        (config(30), (99,), (UNMET, 0, 30), []),
    ],
)
def test_minutes_are_added_up_in_total_by_topic_and_by_format(asked, done, expected, parts):
    result = judge_didactic(asked, facts(*ITEMS, done=done))
    assert (result.state, result.done, result.needed, result.unit) == (*expected, Unit.MINUTES)
    assert [(part.state, part.done, part.needed) for part in result.parts] == parts


def test_a_result_explains_itself_whole():
    asked = config(180, topics={TOUCH: 50, LAW: 100}, formats={IN_PERSON: 60})
    result = judge_didactic(asked, facts(*ITEMS, done=(2, 4)))
    assert result.counted == (
        Counted(Evidence("activity", 2, "Item 2", DAY), 30),
        Counted(Evidence("activity", 4, "Item 4", DAY), 15),
    )
    assert result.missing == (
        "2 h 15 min more of lessons.",
        "Your edition offers 2 h 20 min of lessons. Please ask your program director.",
        "20 min more on Ethics of touch.",
        "1 h 25 min more on Ethics and law.",
        "Your edition offers 1 h 30 min on Ethics and law. Please ask your program director.",
        "1 h more live in person.",
    )
    assert result.next_steps == (
        Step("Read “Item 3”", "/learn/7/item-3/"),
        Step("Read “Item 6”", "/learn/7/item-6/"),
    )
    assert [part.title for part in result.parts] == ["Ethics of touch", "Ethics and law", "Live in person"]
    row = row_of(result, {"k": "Sentence."})
    assert (row.have, row.need, row.lines[0].text) == ("45 min", "3 h", "30 min of at least 50 min")


def test_the_step_to_a_quiz_is_its_own_address():
    assert judge_didactic(config(30), facts(ITEMS[3])).next_steps == (Step("Go to “Item 4”", "/learn/7/item-4/quiz/"),)


formats = st.sampled_from(TeachingFormat.values)
credit_lines = st.lists(st.tuples(st.sampled_from([TOUCH, LAW, "other"]), formats, st.integers(1, 300)), max_size=3)
minimums = st.dictionaries(st.sampled_from([TOUCH, LAW]), st.integers(1, 600))
format_minimums = st.dictionaries(formats, st.integers(1, 600))


@st.composite
def editions(draw):
    """Modules of lessons, each with credits of its own, and some of the lessons completed."""
    items, lessons_seen = [], []
    for module in range(draw(st.integers(0, 3))):
        lessons = tuple(100 * module + number for number in range(1, draw(st.integers(0, 3)) + 1))
        items.append(item(100 * module, *draw(credit_lines), kind=MODULE, lessons=lessons))
        items += [item(lesson, *draw(credit_lines)) for lesson in lessons]
        lessons_seen += lessons
    return items, draw(st.sets(st.sampled_from(lessons_seen))) if lessons_seen else set()


def slow_count(items, done, *, topic="", form="") -> int:
    """Written another way: minute by minute, module by module."""
    total = 0
    for one in items:
        complete = set(one.lessons) <= done and one.lessons if one.kind == MODULE else one.activity in done
        for credit in one.credits if complete else ():
            if not (topic and credit.topic != topic) and not (form and credit.format != form):
                total += credit.minutes
    return total


@given(editions(), st.integers(1, 2000), minimums, format_minimums)
def test_it_equals_a_slow_recount_and_never_exceeds_what_was_completed(edition, minutes, topics, forms):
    items, done = edition
    asked = config(minutes, topics=topics, formats=forms)
    result = judge_didactic(asked, facts(*items, done=tuple(done)))
    assert result.done == slow_count(items, done) == sum(counted.amount for counted in result.counted)
    recounted = [slow_count(items, done, topic=topic) for topic in topics]
    recounted += [slow_count(items, done, form=form) for form in forms]
    assert [part.done for part in result.parts] == recounted
    assert all(part.done <= result.done <= slow_count(items, {one.activity for one in items}) for part in result.parts)
    is_met = result.done >= minutes and all(part.done >= part.needed for part in result.parts)
    assert (result.state == MET, result.missing == ()) == (is_met, is_met)


@given(editions(), minimums, st.data())
def test_one_more_completion_never_takes_anything_away(edition, topics, data):
    items, done = edition
    lessons = [one.activity for one in items if one.kind != MODULE]
    more = done | ({data.draw(st.sampled_from(lessons))} if lessons else set())
    before, after = (judge_didactic(config(60, topics=topics), facts(*items, done=tuple(d))) for d in (done, more))
    assert after.done >= before.done
    assert all(then.done >= now.done for now, then in zip(before.parts, after.parts, strict=True))
    assert not (before.state == MET and after.state == UNMET)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (config(720), "At least 12 h of lessons."),
        (config(720, topics={TOUCH: 120}), "At least 12 h of lessons, of them 2 h on Ethics of touch."),
        (
            config(720, topics={TOUCH: 120, LAW: 30}, formats={IN_PERSON: 90}),
            "At least 12 h of lessons, of them 2 h on Ethics of touch, 30 min on Ethics and law and 1 h 30 min live in person.",
        ),
    ],
)
def test_the_requirement_is_described_in_a_sentence(asked, sentence):
    assert KIND.describe(asked) == sentence


def test_an_authored_block_becomes_a_config_and_reads_back(db):
    value = {
        "title": " Lessons ",
        "waivable": True,
        "track": None,
        "hours": Decimal("12.50"),
        "topics": [{"topic": TOUCH, "hours": Decimal("0.25")}],
        "formats": [{"format": ONLINE, "hours": Decimal("3.00")}],
    }
    made = KIND.config_from_block(value, "k")
    assert made == config(750, topics={TOUCH: 15}, formats={ONLINE: 180})
    assert KIND.config_from_plain(as_plain(made), 1) == made


# What forbids publishing ---------------------------------------------------------------------------------------------


@pytest.fixture
def program(db):
    """Its newest edition has 10 minutes of touch and 20 of law, live online."""
    edition = make_edition()
    make_item(edition, minutes=90, topic=TOUCH)
    newest = make_edition(edition.program)
    module = make_module(newest, lessons=0)
    make_item(newest, parent=module, minutes=10, topic=TOUCH)
    make_item(newest, parent=module, minutes=20, credits=[[LAW, ONLINE, 20]])
    return edition.program


@pytest.mark.parametrize(
    ("asked", "sentences"),
    [
        (config(30, topics={TOUCH: 10, LAW: 20}, formats={ONLINE: 20}), []),
        (config(31), ["It asks for 31 min of lessons, but the newest edition has 30 min."]),
        (config(30, topics={TOUCH: 11}), ["It asks for 11 min on Ethics of touch, but the newest edition has 10 min."]),
        (config(30, formats={IN_PERSON: 5}), ["It asks for 5 min live in person, but the newest edition has 0 min."]),
        (
            config(30, topics={"no_such": 1}),
            ["There is no topic “no_such”.", "It asks for 1 min on no_such, but the newest edition has 0 min."],
        ),
        (
            config(15, topics={TOUCH: 10, LAW: 20}),
            ["Its topics ask for 30 min together, more than the total of 15 min."],
        ),
    ],
)
def test_what_cannot_be_reached_forbids_publishing(program, asked, sentences):
    assert KIND.problems(asked, program=program.pk, categories={}) == sentences


def test_a_topic_named_twice_is_told(program):
    asked = DidacticConfig(
        key="k", title="L", minutes=30, topics=(TopicMinimum(TOUCH, "T", 1), TopicMinimum(TOUCH, "T", 2))
    )
    assert KIND.problems(asked, program=program.pk, categories={}) == ["A topic is named twice."]


def test_before_the_first_edition_nothing_is_out_of_reach(db):
    assert KIND.problems(config(9000, topics={TOUCH: 60}), program=make_edition().program_id + 1, categories={}) == []


# Gathering -----------------------------------------------------------------------------------------------------------


def subject(enrolment, **fields) -> Subject:
    return Subject(person=enrolment.person_id, enrolment=enrolment.pk, edition=enrolment.edition_id, **fields)


def judged(enrolment, *, as_of=None, detail=False, **fields):
    one = subject(enrolment, **fields)
    found = KIND.gather([config(60)], [one], as_of or timezone.now() + timedelta(seconds=1), detail)[one]
    return KIND.judge(config(60), found, {}, {})


def minutes_of(enrolment, **fields) -> int:
    return judged(enrolment, **fields).done


def complete(world, number: int, **fields):
    return complete_activity(world.enrolment, world.lessons[number], by=world.enrolment.person, **fields)


def test_completed_lessons_credit_their_minutes(world):
    assert minutes_of(world.enrolment) == 0
    complete(world, 0)
    complete(world, 2)
    assert (minutes_of(world.enrolment), minutes_of(world.enrolment, detail=True)) == (20, 20)
    assert [counted.evidence.label for counted in judged(world.enrolment, detail=True).counted] == [
        world.lessons[0].title,
        world.lessons[2].title,
    ]


def test_what_a_module_credits_comes_with_its_last_lesson(cast):
    edition = make_edition()
    module = make_module(edition, lessons=2, minutes=45, topic=TOUCH)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    seen = []
    for lesson in module.children.order_by("position").select_related("activity"):
        complete_activity(enrolment, lesson, by=cast.trainee)
        seen.append(minutes_of(enrolment))
    assert seen == [10, 65]


def test_a_quiz_counts_once_it_is_passed(cast):
    edition = make_edition()
    quiz, other = make_quiz(edition, minutes=25), make_quiz(edition, minutes=5)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    make_attempt(enrolment, other, submitted=False)
    before = timezone.now()
    attempt = make_attempt(enrolment, quiz)
    assert attempt.passed
    assert (minutes_of(enrolment), minutes_of(enrolment, as_of=before)) == (25, 0)
    assert (minutes_of(enrolment, since=before), minutes_of(enrolment, until=before)) == (25, 0)


def test_a_past_day_and_a_window_know_only_what_had_happened_then(world):
    march, april = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    complete(world, 0, at=march)
    complete(world, 1, at=april)
    moments = [datetime(2026, month, 15, tzinfo=UTC) for month in (2, 3, 4)]
    assert [minutes_of(world.enrolment, as_of=moment) for moment in moments] == [0, 10, 20]
    windows = [{"since": march, "until": april}, {"since": april}, {"until": march}]
    assert [minutes_of(world.enrolment, **window) for window in windows] == [10, 10, 0]


def test_what_was_completed_counts_as_the_edition_now_pinned_credits_it(world):
    complete(world, 0)
    later = make_edition(world.edition.program)
    make_item(later, activity=world.lessons[0].activity, minutes=25)
    world.enrolment.edition = later
    world.enrolment.save()
    assert minutes_of(world.enrolment) == 25


def test_a_renewal_without_enrolment_has_nothing_to_count(world, cast):
    one = Subject(person=cast.trainee.pk, enrolment=None, edition=None)
    found = KIND.gather([config(1)], [one], timezone.now())[one]
    assert KIND.judge(config(1), found, {}, {}).state == UNMET


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize("detail", [False, True])
def test_four_queries_answer_for_however_many(db, people, detail):
    edition = make_edition()
    make_module(edition, lessons=2)
    cohort = make_cohort(edition=edition)
    subjects = [subject(make_enrolment(make_person(f"person{one}"), cohort=cohort)) for one in range(people)]
    with CaptureQueriesContext(connection) as captured:
        KIND.gather([config(1)], subjects, timezone.now(), detail)
    assert len(captured) == 4  # completions, quizzes, assignments, and what the edition holds


def test_a_standing_holds_the_line_and_its_parts(world):
    standard = make_standard_version(world.edition.program, requirements=[config(20, topics={"ethics": 20})])
    world.enrolment.standard_version = standard
    world.enrolment.save()
    complete(world, 0)
    (result,) = standing_for(world.enrolment).results
    assert (result.state, result.done, result.missing) == (
        UNMET,
        10,
        ("10 min more of lessons.", "10 min more on ethics."),
    )
    complete(world, 1)
    assert standing_for(world.enrolment).is_complete


def test_the_first_ask_is_the_total():
    assert [ask.title for ask in asks_of(config(60, topics={LAW: 10}, formats={ONLINE: 5}))] == [
        "Lessons",
        "Ethics and law",
        "Live online",
    ]
