"""The requirement "final examination": judged by tables, against a slow recount, gathered in two queries, and shown."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.actions.accommodations import grant_accommodation
from assessments.enums import RequestState
from assessments.invigilation.actions import annul_attempt
from assessments.models import AttemptRequest, QuizPage
from assessments.requirements import (
    Agreed,
    ExaminationFacts,
    FinalExamination,
    FinalExaminationConfig,
    Place,
    QuizRef,
    Sitting,
    judge_examination,
)
from assessments.rules import Allowance
from courses.standards.enums import ResultState, Unit
from courses.standards.plain import as_plain, from_plain
from courses.standing.engine import standing_for, subject_of
from tests.factories.assessments import make_attempt, make_quiz, make_quiz_page
from tests.factories.curriculum import make_edition, make_module_page, make_program, make_program_page
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard_version
from tests.web import text_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, EXAM = QuizRef("a", "Quiz A"), QuizRef("b", "Quiz B"), QuizRef("x", "Examination")
CONFIG = FinalExaminationConfig(key="k", title="Final examination", quiz=EXAM)
STRICT = replace(CONFIG, min_percent=85, most_attempts=2, after=(A, B))
KIND = FinalExamination()
TITLES = {"a": "Quiz A", "b": "Quiz B", "x": "Examination"}


def sat(hour=0, quiz="x", percent="90", passed=True, critical=False, state="submitted", pk=None):
    """An attempt begun so many hours after noon, that took half an hour."""
    started = NOON + hour * HOUR
    values = (None, None, None) if state == "awaiting" else (Decimal(percent), passed, critical)
    pk = hour if pk is None else pk
    return Sitting(pk, quiz, TITLES[quiz], 1, *values, date(2026, 3, 2), state, started, started + HOUR / 2)


def failed(hour=0, **said):
    return sat(hour, passed=False, **{"percent": "40"} | said)


def facts(*sittings, places="abx", agreed=(), granted=(), as_of=NOON + 100 * HOUR):
    return ExaminationFacts(
        enrolment=7,
        places={key: Place(TITLES[key], f"quiz-{key}") for key in places},
        sittings=list(sittings),
        agreed=list(agreed),
        granted=list(granted),
        as_of=as_of,
    )


BEFORE = (sat(-9, "a"), sat(-8, "b"))
EARLY = "It was begun before what had to come first."
OVER = "Only 2 attempts may be used, and this is one more."
PASS_IT, GO = "Pass Examination.", ["Go to Examination"]
NONE_LEFT = "No attempt at Examination is left that this standard counts. Ask your program director what comes next."
MARKING = "Examination is awaiting marking. There is nothing to do until your faculty have marked it."

CASES = {
    "nothing sat": (CONFIG, facts(), "unmet", [], [PASS_IT], GO),
    "passed": (CONFIG, facts(sat()), "met", [], [], []),
    "below the pass mark": (CONFIG, facts(failed()), "unmet", ["Below the pass mark."], [PASS_IT], GO),
    "critical missed": (
        CONFIG,
        facts(failed(percent="99", critical=True)),
        "unmet",
        ["A critical item was missed."],
        [PASS_IT],
        GO,
    ),
    "ran out": (
        CONFIG,
        facts(failed(state="expired")),
        "unmet",
        ["Its time ran out, and what was answered by then does not pass."],
        [PASS_IT],
        GO,
    ),
    "ran out and critical missed": (
        CONFIG,
        facts(failed(state="expired", critical=True)),
        "unmet",
        ["A critical item was missed."],
        [PASS_IT],
        GO,
    ),
    "ran out but passed as it stood": (CONFIG, facts(sat(state="expired")), "met", [], [], []),
    "annulled": (
        CONFIG,
        facts(failed(state="annulled")),
        "unmet",
        ["It was annulled and counts for nothing, also not against your attempts."],
        [PASS_IT],
        GO,
    ),
    "waits": (CONFIG, facts(sat(state="awaiting")), "pending", ["It waits to be marked."], [MARKING], []),
    "at the mark": (replace(CONFIG, min_percent=85), facts(sat(percent="85")), "met", [], [], []),
    "a hair below it": (
        replace(CONFIG, min_percent=85),
        facts(sat(percent="84.99")),
        "unmet",
        ["This standard asks for 85 %."],
        ["Examination was passed with fewer points than this standard asks for. Ask your program director."],
        [],
    ),
    "at the last attempt": (STRICT, facts(*BEFORE, failed(1), sat(2)), "met", ["Below the pass mark."], [], []),
    "over the attempts": (
        STRICT,
        facts(*BEFORE, failed(1), failed(2), sat(3)),
        "unmet",
        ["Below the pass mark.", "Below the pass mark.", OVER],
        [NONE_LEFT],
        [],
    ),
    "an annulled one uses none": (
        STRICT,
        facts(*BEFORE, failed(1, state="annulled"), failed(2), sat(3)),
        "met",
        ["It was annulled and counts for nothing, also not against your attempts.", "Below the pass mark."],
        [],
        [],
    ),
    "agreed: one more": (
        STRICT,
        facts(*BEFORE, failed(1), failed(2), sat(3), agreed=[Agreed(1, NOON, None)]),
        "met",
        ["Below the pass mark.", "Below the pass mark."],
        [],
        [],
    ),
    "agreed, and ended before it was begun": (
        STRICT,
        facts(*BEFORE, failed(1), failed(2), sat(3), agreed=[Agreed(1, NOON, NOON + 3 * HOUR)]),
        "unmet",
        ["Below the pass mark.", "Below the pass mark.", OVER],
        [NONE_LEFT],
        [],
    ),
    "granted: one more, from then on": (
        STRICT,
        facts(*BEFORE, failed(1), failed(2), sat(4), granted=[("x", NOON + 3 * HOUR), ("a", NOON)]),
        "met",
        ["Below the pass mark.", "Below the pass mark."],
        [],
        [],
    ),
    "granted, for another quiz": (
        STRICT,
        facts(*BEFORE, failed(1), failed(2), sat(4), granted=[("a", NOON)]),
        "unmet",
        ["Below the pass mark.", "Below the pass mark.", OVER],
        [NONE_LEFT],
        [],
    ),
    "attempts used": (
        replace(CONFIG, most_attempts=1),
        facts(failed()),
        "unmet",
        ["Below the pass mark."],
        [NONE_LEFT],
        [],
    ),
    "one waits, and it would be one too many": (
        replace(CONFIG, most_attempts=1),
        facts(failed(), sat(1, state="awaiting")),
        "unmet",
        ["Below the pass mark.", "Only 1 attempt may be used, and this is one more."],
        [NONE_LEFT],
        [],
    ),
    "what comes first is missing": (
        STRICT,
        facts(sat(-9, "a")),
        "unmet",
        [],
        ["First pass Quiz B.", "Then pass Examination."],
        ["Go to Quiz B"],
    ),
    "what comes first is not in the edition": (
        STRICT,
        facts(places="ax"),
        "unmet",
        [],
        [
            "First pass Quiz A.",
            "Quiz B is not part of your edition. Ask your program director.",
            "Then pass Examination.",
        ],
        ["Go to Quiz A"],
    ),
    "passed before what had to come first": (
        STRICT,
        facts(sat(0), sat(1, "a"), sat(2, "b")),
        "unmet",
        [EARLY],
        ["Examination was passed before what had to come first. Ask your program director what comes next."],
        [],
    ),
    "failed too early, then passed in time": (STRICT, facts(failed(-20), *BEFORE, sat(1)), "met", [EARLY], [], []),
    "begun when the last of it was handed in": (
        replace(CONFIG, after=(A,)),
        facts(sat(0, "a"), replace(sat(1), started=NOON + HOUR / 2)),
        "met",
        [],
        [],
        [],
    ),
    "begun a moment before": (
        replace(CONFIG, after=(A,)),
        facts(sat(0, "a"), replace(sat(1), started=NOON + HOUR / 2 - timedelta.resolution)),
        "unmet",
        [EARLY],
        ["Examination was passed before what had to come first. Ask your program director what comes next."],
        [],
    ),
    "waits, and was begun too early": (
        replace(CONFIG, after=(A,)),
        facts(sat(state="awaiting")),
        "unmet",
        [EARLY],
        ["First pass Quiz A.", "Then pass Examination."],
        ["Go to Quiz A"],
    ),
    "every other quiz": (replace(CONFIG, after_every_quiz=True), facts(*BEFORE, sat(1)), "met", [], [], []),
    "every other quiz but one": (
        replace(CONFIG, after_every_quiz=True),
        facts(sat(-9, "a")),
        "unmet",
        [],
        ["First pass Quiz B.", "Then pass Examination."],
        ["Go to Quiz B"],
    ),
    "not in the edition": (
        CONFIG,
        facts(places="ab"),
        "unmet",
        [],
        ["Examination is not part of your edition. Ask your program director."],
        [],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_judged_as_worked_by_hand(name):
    config, given_facts, state, reasons, missing, steps = CASES[name]
    result = judge_examination(config, given_facts)
    assert (result.state, [row.reason for row in result.excluded]) == (ResultState(state), reasons)
    assert (list(result.missing), [step.label for step in result.next_steps]) == (missing, steps)
    assert (result.done, result.needed, result.unit) == (int(state == "met"), 1, Unit.EXAMINATIONS)
    assert result.pending == int(state == "pending")
    assert len(result.counted) == result.done


def test_it_says_what_comes_first_and_how_many_attempts_are_used():
    result = judge_examination(STRICT, facts(sat(-9, "a"), failed(1), agreed=[Agreed(2, NOON, None)]))
    assert [(part.title, part.done, part.needed, part.unit, part.is_cap) for part in result.parts] == [
        ("passed before it", 1, 2, Unit.QUIZZES, False),
        ("attempts", 1, 4, Unit.ATTEMPTS, True),
    ]
    assert judge_examination(CONFIG, facts()).parts == ()


# Against a recount that knows nothing of the code above --------------------------------------------------------------

moments = st.integers(-5, 5)
attempts = st.builds(
    sat,
    hour=moments,
    quiz=st.sampled_from("abxxx"),
    percent=st.decimals(0, 100, places=2).map(str),
    passed=st.booleans(),
    critical=st.just(False),
    state=st.sampled_from(["submitted", "expired", "awaiting", "annulled"]),
    pk=st.integers(1, 10**6),
).map(lambda one: replace(one, passed=False) if one.state == "annulled" else one)
configs = st.builds(
    replace,
    st.just(CONFIG),
    min_percent=st.sampled_from([0, 50, 100]),
    most_attempts=st.integers(0, 3),
    after=st.sampled_from([(), (A,), (A, B)]),
)
agreements = st.lists(
    st.builds(
        lambda more, since, hours: Agreed(more, NOON + since * HOUR, NOON + (since + hours) * HOUR if hours else None),
        st.integers(1, 2),
        moments,
        st.integers(0, 6),
    ),
    max_size=2,
)

grants = st.lists(st.tuples(st.sampled_from("ax"), moments.map(lambda hour: NOON + hour * HOUR)), max_size=2)


def counts_by_a_slow_recount(one, config, rows, agreed, granted) -> bool:
    """By the words of the standard, for one attempt, looking at all the others anew."""
    if one.quiz != "x" or one.state in ("awaiting", "annulled") or not one.passed or one.percent < config.min_percent:
        return False
    for wanted in config.after:
        if not any(
            row.quiz == wanted.key and row.state in ("submitted", "expired") and row.passed and row.ended <= one.started
            for row in rows
        ):
            return False
    if not config.most_attempts:
        return True
    earlier = [
        row
        for row in rows
        if row.quiz == "x" and row.state != "annulled" and (row.started, row.id) < (one.started, one.id)
    ]
    more = [a.attempts for a in agreed if a.since <= one.started and not (a.until and a.until <= one.started)]
    given = [quiz for quiz, since in granted if quiz == "x" and since <= one.started]
    return len(earlier) < config.most_attempts + max([0, *more]) + len(given)


@given(configs, st.lists(attempts, max_size=7, unique_by=lambda one: one.id), agreements, grants, st.randoms())
def test_it_agrees_with_a_slow_recount_in_any_order(config, rows, agreed, granted, random):
    result = judge_examination(config, facts(*rows, agreed=agreed, granted=granted))
    counting = [one for one in rows if counts_by_a_slow_recount(one, config, rows, agreed, granted)]
    assert result.done == int(bool(counting))
    assert [row.evidence.id for row in result.counted] == [
        one.id for one in sorted(counting, key=lambda one: (one.started, one.id))[:1]
    ]
    assert len(result.counted) + len(result.excluded) == sum(one.quiz == "x" for one in rows)
    assert all(row.reason for row in result.excluded)
    assert result == judge_examination(config, facts(*random.sample(rows, len(rows)), agreed=agreed, granted=granted))
    assert (result.state == ResultState.MET) == (not result.missing)


# The standard ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (CONFIG, "Pass Examination, with no critical item missed."),
        (
            STRICT,
            "Pass Examination with at least 85 %, with no critical item missed, within 2 attempts. "
            "It is begun after Quiz A and Quiz B are passed.",
        ),
        (
            replace(CONFIG, most_attempts=1, after_every_quiz=True),
            "Pass Examination, with no critical item missed, within 1 attempt. It is begun after every other quiz is passed.",
        ),
    ],
)
def test_what_the_public_reads(config, sentence):
    assert KIND.describe(config) == sentence


def test_the_settings_survive_their_plain_form():
    assert from_plain(FinalExaminationConfig, as_plain(STRICT)) == STRICT


@pytest.mark.django_db
def test_the_authored_block_becomes_the_settings():
    exam, other = QuizPage(title="Examination"), QuizPage(title="Quiz A")
    value = {"title": "Final ", "waivable": False, "track": "", "quiz": exam, "min_percent": 85, "after": [other, None]}
    assert KIND.config_from_block(value, "k") == FinalExaminationConfig(
        key="k",
        title="Final",
        waivable=False,
        quiz=QuizRef(str(exam.activity_key), "Examination"),
        min_percent=85,
        after=(QuizRef(str(other.activity_key), "Quiz A"),),
    )
    assert KIND.config_from_block(value | {"quiz": None}, "k").quiz == QuizRef()


@pytest.mark.django_db
def test_problems_that_forbid_publishing_are_said(cast):
    program = make_program()
    page = make_quiz_page(make_module_page(make_program_page(program)), title="Examination", pass_percent=75)
    exam = QuizRef(str(page.activity_key), "Examination")
    edition = make_edition()
    foreign = QuizRef(str(make_quiz(edition).activity.key), "Elsewhere")
    config, other = replace(CONFIG, quiz=exam), QuizRef(str(uuid.uuid4()), "Quiz A")

    def problems(**said):
        return KIND.problems(replace(config, **said), program=program.pk, categories={})

    assert problems() == problems(min_percent=75) == problems(min_percent=90, after=(other,)) == []
    assert problems(quiz=QuizRef()) == ["Choose the quiz that is the final examination."]
    assert problems(min_percent=74) == [
        "Examination itself asks for 75 %. Ask for at least as much, or leave the percentage empty."
    ]
    assert problems(after=(exam,)) == ["Examination cannot come before itself."]
    assert problems(after=(other, other)) == ["A quiz is named twice."]
    assert problems(after=(other,), after_every_quiz=True) == [
        "Choose either every other quiz to come before it, or the quizzes one by one."
    ]
    assert problems(after=(foreign,)) == ["“Ethics of touch: quiz” belongs to another program."]


# Gathering and showing -------------------------------------------------------------------------------------------------


@pytest.fixture
def program(cast):
    """An edition with a quiz and an examination that ends with an essay, and its trainees."""
    edition = make_edition()
    quiz = make_quiz(edition, title="Quiz A")
    exam = make_quiz(edition, title="Examination", cooldown_hours=0)
    config = replace(
        CONFIG,
        quiz=QuizRef(str(exam.activity.key), "Examination"),
        after=(QuizRef(str(quiz.activity.key), "Quiz A"),),
        most_attempts=1,
    )
    version = make_standard_version(edition.program, requirements=[config])
    cohort = make_cohort(edition=edition, standard_version=version)
    return quiz, exam, config, cohort


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_gathering_takes_three_queries_however_many_people(cast, django_assert_num_queries, program, people):
    quiz, exam, config, cohort = program
    persons = (cast.trainee, cast.other_trainee, cast.supervisor)[:people]
    enrolments = [make_enrolment(person, cohort=cohort) for person in persons]
    for enrolment in enrolments:
        make_attempt(enrolment, quiz, at=NOON)
        make_attempt(enrolment, exam, wrong=(1,), at=NOON + HOUR)
        make_attempt(enrolment, exam, at=NOON + 2 * HOUR)
    subjects = [subject_of(enrolment) for enrolment in enrolments]
    KIND.gather([config], subjects, NOON)  # what editions hold is remembered
    with django_assert_num_queries(3):
        gathered = KIND.gather([config], subjects, NOON + 9 * HOUR)
    for subject in subjects:
        result = KIND.judge(config, gathered[subject], {}, {})
        assert [row.reason for row in result.excluded] == [
            "A critical item was missed.",
            "Only 1 attempt may be used, and this is one more.",
        ]


@pytest.mark.django_db
def test_an_attempt_that_was_granted_is_one_more_for_the_standard_too(cast, program):
    quiz, exam, _, cohort = program
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    make_attempt(enrolment, quiz, at=NOON)
    make_attempt(enrolment, exam, wrong=(1,), at=NOON + 2 * HOUR)
    assert standing_for(enrolment).results[0].missing[0].startswith("No attempt at Examination is left")
    AttemptRequest.objects.create(
        enrolment=enrolment,
        activity=exam.activity,
        item=exam,
        state=RequestState.GRANTED,
        reason="I was ill.",
        asked_at=NOON + 3 * HOUR,
        decided_at=NOON + 4 * HOUR,
        decided_by=cast.director,
    )
    assert not standing_for(enrolment).results[0].missing[0].startswith("No attempt at Examination is left")
    make_attempt(enrolment, exam, at=NOON + 5 * HOUR)
    assert standing_for(enrolment).results[0].state == ResultState.MET


@pytest.mark.django_db
def test_attempts_that_were_agreed_count_and_annulled_ones_use_none(cast, program):
    quiz, exam, _, cohort = program
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    make_attempt(enrolment, quiz, at=NOON)
    annul_attempt(make_attempt(enrolment, exam, wrong=(1,), at=NOON + HOUR), by=cast.director, reason="The line broke.")
    make_attempt(enrolment, exam, wrong=(1,), at=NOON + 2 * HOUR)
    assert standing_for(enrolment).results[0].missing[0].startswith("No attempt at Examination is left")
    grant_accommodation(enrolment, Allowance(extra_attempts=1), by=cast.director, reason="Agreed.")
    before = standing_for(enrolment).results[0]
    assert (before.missing, [step.label for step in before.next_steps]) == (
        ("Pass Examination.",),
        ["Go to Examination"],
    )
    make_attempt(enrolment, exam)
    assert standing_for(enrolment).is_complete


@pytest.mark.django_db
def test_evidence_counts_as_of_its_day(cast, program):
    quiz, exam, _, cohort = program
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    make_attempt(enrolment, quiz, at=NOON)
    make_attempt(enrolment, exam, at=NOON + HOUR)
    assert not standing_for(enrolment, as_of=NOON + HOUR - timedelta.resolution).is_complete
    assert standing_for(enrolment, as_of=NOON + HOUR).is_complete
    plain = standing_for(enrolment, as_of=NOON + HOUR, detail=True).as_plain()["results"][0]
    assert (plain["title"], plain["unit"], plain["done"]) == ("Final examination", "examinations", 1)
    assert plain["counted"][0]["evidence"]["label"] == "Examination: 100 %, attempt 1"


@pytest.mark.django_db
def test_the_standing_page_says_what_is_done_what_is_missing_and_what_did_not_count(cast, program):
    _, exam, _, cohort = program
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    make_attempt(enrolment, exam, wrong=(1,), at=NOON)
    page = text_of(cast.client("trainee").get(f"/standing/{enrolment.pk}/?entries=all"))
    for words in (
        "0 of 1 examination",
        "No attempt at Examination is left that this standard counts.",
        "It was begun before what had to come first.",
        "1 used of at most 1 attempt",
        "Pass Examination, with no critical item missed, within 1 attempt. It is begun after Quiz A is passed.",
    ):
        assert words in page
