"""Supervision received: limits, formats, the ratio as a line of it, and the ways of gathering that must agree."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.standards.contract import Category, Subject
from courses.standards.enums import ResultState
from courses.standards.plain import as_plain, from_plain
from supervision.sessions.blocks import SupervisionMinutesBlock
from supervision.sessions.judge import (
    APPROVED,
    DISPUTED,
    PENDING,
    Piece,
    SupervisionConfig,
    SupervisionFacts,
    judge_supervision,
    shares,
)
from supervision.sessions.ratio import Ratio
from supervision.sessions.requirements import SupervisionMinutes
from tests.factories.supervision import (
    CATEGORIES,
    approve_prior,
    make_approved,
    make_placement,
    make_practice_standard,
    make_prior,
    make_returned,
    make_submitted,
)

OF_SUPERVISION = tuple(
    Category(f"{name}_consultation", name.title(), "supervision", False)
    for name in ("individual", "triadic", "group", "peer")
)
EVERY = (*CATEGORIES, *OF_SUPERVISION)
BY_KEY = {category.key: category for category in EVERY}
KIND = SupervisionMinutes()
RATIO = Ratio(supervision=60, practice=300, make_up_weeks=1)
CONFIG = SupervisionConfig(
    key="s", title="Supervision", minutes=600, individual=240, group_percent=50, group_size=6, transferred_most=120
)
MONDAY = date(2026, 9, 7)


def session(format, minutes, id, *, status=APPROVED, size=1, **fields):
    on = MONDAY + timedelta(days=id)
    fields = {"week": MONDAY + timedelta(weeks=id // 7), "kind": "session", "label": f"Session {id}"} | fields
    return Piece(minutes, status, format, size=size, id=id, on=on, **fields)


def brought(minutes, id, category="individual_consultation"):
    return session(category.split("_")[0], minutes, id, category=category, is_transferred=True, kind="prior_hours")


def visit(minutes, week, *, status=APPROVED, category="preparation"):
    return Piece(
        minutes, status, week=MONDAY + timedelta(weeks=week), category=category, kind="practice_log", id=900 + week
    )


def judge(*pieces, config=CONFIG, today=MONDAY, cancelled=(), detailed=True):
    facts = SupervisionFacts(today=today, pieces=list(pieces), cancelled=set(cancelled), is_detailed=detailed)
    return judge_supervision(config, facts, BY_KEY)


def test_a_config_survives_being_stored_as_plain_json():
    config = SupervisionConfig(key="s", title="S", minutes=60, ratio=RATIO, transferred_most=0)
    assert from_plain(SupervisionConfig, as_plain(config)) == config
    assert from_plain(SupervisionConfig, as_plain(CONFIG)) == CONFIG


def test_the_block_is_turned_into_the_config(db):
    block = SupervisionMinutesBlock()
    value = {
        "title": "Supervision",
        "waivable": True,
        "track": "",
        "hours": 36,
        "individual_hours": 12,
        "triadic_as": "individual",
        "peer_counts": False,
        "group_percent": 50,
        "group_size": 6,
        "transferred_most": 0,
        "ratio": {"minutes": 60, "per_hours": 5, "make_up_weeks": 2, "failed_most": 1},
    }
    assert KIND.config_from_block(block.clean(block.to_python(value)), "s") == SupervisionConfig(
        key="s",
        title="Supervision",
        minutes=2160,
        individual=720,
        group_percent=50,
        group_size=6,
        transferred_most=0,
        ratio=Ratio(60, 300, 2, 1),
    )
    without = value | {"ratio": {"minutes": None, "per_hours": 5}, "transferred_most": None}
    config = KIND.config_from_block(block.clean(block.to_python(without)), "s")
    assert (config.ratio, config.transferred_most) == (None, None)
    with pytest.raises(ValidationError, match="Ask for hours in all, or for a weekly ratio"):
        block.clean(block.to_python(without | {"hours": 0}))


def test_it_says_in_plain_words_what_it_asks_for():
    assert KIND.describe(CONFIG) == (
        "10 h of supervision or consultation, at least 4 h of it individual. At most 50 % of it in groups. "
        "Groups of more than 6 do not count. A triadic session counts as individual. Peer sessions do not count. "
        "At most 2 h of it from elsewhere."
    )
    only_ratio = SupervisionConfig(key="s", title="S", triadic_as="", peer_counts=True, ratio=Ratio(60, 300, 2, 1))
    assert KIND.describe(only_ratio) == (
        "Triadic sessions do not count. Peer sessions count as groups. In each week 1 h for every 5 h of direct contact, "
        "made up within 2 weeks at the latest; 1 week may fail. What a supervisor cancels costs you nothing."
    )


def test_what_cannot_be_asked_for_is_named_before_publishing():
    config = SupervisionConfig(key="s", title="S", individual=60)
    assert KIND.problems(config, program=1, categories=BY_KEY) == [
        "It asks for nothing: give a total of hours, or a weekly ratio.",
        "It asks for 1 h individual, more than the total of 0 min.",
    ]
    assert KIND.problems(CONFIG, program=1, categories=BY_KEY) == []


def test_the_session_that_meets_a_limit_is_split_and_says_why():
    result = judge(session("group", 200, 1, size=5), session("group", 200, 2, size=5), brought(150, 3))
    assert [(row.evidence.id, row.amount) for row in result.counted] == [(1, 200), (2, 100), (3, 120)]
    assert [(row.evidence.id, row.amount, row.reason) for row in result.excluded] == [
        (2, 100, "Above the limit: at most 5 h in groups count."),
        (3, 30, "Above the limit: at most 2 h from elsewhere count."),
    ]
    assert (result.done, result.transferred, result.note) == (420, 120, "2 h of it transferred from elsewhere.")
    assert [(part.title, part.done, part.needed) for part in result.parts] == [
        ("individual", 120, 240),
        ("in groups", 300, 300),
        ("from elsewhere", 120, 120),
    ]


def test_what_does_not_count_says_why():
    result = judge(
        session("peer", 60, 1, size=3),
        session("group", 60, 2, size=7),
        session("group", 60, 3, size=6),
        session("individual", 60, 4, status=DISPUTED),
        session("individual", 60, 5, status="absent"),
        session("individual", 60, 6, status="cancelled"),
        visit(300, 0),
    )
    assert [(row.evidence.id, row.reason) for row in result.excluded] == [
        (1, "Peer sessions do not count here."),
        (2, "The group had 7 people. At most 6 count here."),
        (4, "It is disputed. It counts once that is settled."),
        (5, "You are recorded as absent."),
        (6, "Cancelled by the supervisor."),
    ]
    assert (result.done, [row.evidence.id for row in result.counted]) == (60, [3])


@pytest.mark.parametrize(
    ("triadic_as", "done", "individual", "groups"),
    [("individual", 60, 60, 0), ("group", 60, 0, 60), ("", 0, 0, 0)],
)
def test_a_triadic_session_counts_as_the_standard_says(triadic_as, done, individual, groups):
    config = SupervisionConfig(key="s", title="S", minutes=600, individual=60, triadic_as=triadic_as, group_percent=50)
    result = judge(session("triadic", 60, 1, size=2), config=config)
    assert (result.done, [part.done for part in result.parts]) == (done, [individual, groups])


def test_peers_count_as_a_group_if_the_standard_counts_them():
    config = SupervisionConfig(key="s", title="S", minutes=100, peer_counts=True, group_percent=50)
    assert judge(session("peer", 60, 1, size=3), config=config).done == 50


@pytest.mark.parametrize(
    ("done", "waiting", "state"),
    [(59, 0, ResultState.UNMET), (59, 1, ResultState.PENDING), (60, 0, ResultState.MET), (0, 59, ResultState.UNMET)],
)
def test_the_state_at_its_boundaries(done, waiting, state):
    config = SupervisionConfig(key="s", title="S", minutes=60)
    pieces = [session("individual", done, 1), session("individual", waiting, 2, status=PENDING)]
    assert judge(*(one for one in pieces if one.minutes), config=config).state == state


def test_what_waits_above_a_limit_is_not_promised():
    result = judge(session("group", 280, 1, size=4), session("group", 60, 2, size=4, status=PENDING))
    assert (result.done, result.pending) == (280, 20)
    assert result.missing[0] == "5 h 20 min more of supervision or consultation, 20 min of it waiting to be confirmed."


WITH_RATIO = SupervisionConfig(key="s", title="S", minutes=60, ratio=RATIO)


def test_the_weekly_ratio_is_a_line_that_names_each_week():
    pieces = [visit(300, 0), visit(300, 1), visit(300, 3), session("individual", 60, 8), session("individual", 20, 22)]
    result = judge(*pieces, config=WITH_RATIO, today=MONDAY + timedelta(weeks=3, days=2))
    ratio = result.parts[-1]
    assert (ratio.title, ratio.done, ratio.needed, ratio.state) == ("weekly ratio", 1, 3, ResultState.UNMET)
    assert (
        ratio.note
        == "Week of 14 Sep 2026: 0 min of 1 h, failed. Week of 28 Sep 2026: 20 min of 1 h, the rest by 11 Oct 2026."
    )
    assert result.missing == (
        "40 min of supervision by 11 Oct 2026, for the weekly ratio.",
        "The week of 14 Sep 2026 has failed the ratio. Please ask your program director what can be done.",
    )
    assert result.state == ResultState.UNMET
    allowed = SupervisionConfig(key="s", title="S", minutes=60, ratio=Ratio(60, 300, 1, 1))
    met = judge(*pieces, session("individual", 40, 23), config=allowed, today=MONDAY + timedelta(weeks=3, days=2))
    assert (met.state, met.parts[-1].done, met.parts[-1].needed) == (ResultState.MET, 2, 2)


def test_a_week_that_the_supervisor_cancelled_is_said_and_does_not_fail():
    strict = SupervisionConfig(key="s", title="S", ratio=Ratio(60, 300))
    result = judge(visit(300, 0), config=strict, today=MONDAY + timedelta(weeks=1), cancelled=[MONDAY])
    assert (result.state, result.done, result.needed, result.parts) == (ResultState.UNMET, 0, 1, ())
    assert result.note == (
        "Week of 7 Sep 2026: 0 min of 1 h, the rest by 20 Sep 2026. A session was cancelled by the supervisor."
    )
    waiting = session("individual", 60, 7, status=PENDING)
    result = judge(visit(300, 0), waiting, config=strict, today=MONDAY + timedelta(weeks=1), cancelled=[MONDAY])
    assert result.state == ResultState.PENDING


def test_only_approved_direct_practice_makes_supervision_due_and_only_what_counts_pays():
    practice = [visit(300, 0, status=PENDING), visit(300, 0, category="observation-live"), visit(50, 0)]
    result = judge(*practice, session("peer", 60, 1, size=3), brought(60, 2), config=WITH_RATIO, today=MONDAY)
    assert result.parts[-1].note == "Week of 7 Sep 2026: 0 min of 10 min, the rest by 20 Sep 2026."
    logged = session("individual", 60, 3, category="individual_consultation", kind="practice_log")
    assert judge(*practice, logged, config=WITH_RATIO, today=MONDAY).state == ResultState.MET


PIECES = st.lists(
    st.builds(
        lambda format, minutes, id, size, is_transferred: session(
            format, minutes, id, size=size, is_transferred=is_transferred
        ),
        st.sampled_from(["individual", "triadic", "group", "peer"]),
        st.integers(1, 200),
        st.integers(1, 60),
        st.integers(1, 9),
        st.booleans(),
    ),
    max_size=20,
)
CONFIGS = st.builds(
    SupervisionConfig,
    key=st.just("s"),
    title=st.just("S"),
    minutes=st.sampled_from([300, 600, 1000]),
    individual=st.sampled_from([60, 120]),
    triadic_as=st.sampled_from(["individual", "group", ""]),
    peer_counts=st.booleans(),
    group_percent=st.sampled_from([0, 33, 50, 100]),
    group_size=st.sampled_from([0, 2, 6]),
    transferred_most=st.sampled_from([None, 0, 120]),
)


def recount(pieces, config):
    """By sums alone: individual ones first, then groups, each as far as its limits leave room."""
    sums = {(kind, brought): 0 for kind in ("individual", "group") for brought in (True, False)}
    for piece in pieces:
        kind = {"triadic": config.triadic_as, "peer": "group" if config.peer_counts else ""}.get(
            piece.format, piece.format
        )
        if kind and not (config.group_size and piece.size > config.group_size):
            sums[kind, piece.is_transferred] += piece.minutes
    room = 10**6 if config.transferred_most is None else config.transferred_most
    groups = config.minutes * config.group_percent // 100
    individual_brought = min(sums["individual", True], room)
    group_brought = min(sums["group", True], room - individual_brought, groups)
    group_here = min(sums["group", False], groups - group_brought)
    individual = individual_brought + sums["individual", False]
    return individual + group_brought + group_here, individual


@settings(max_examples=200, deadline=None)
@given(pieces=PIECES, config=CONFIGS, order=st.randoms(use_true_random=False))
def test_an_independent_count_finds_the_same_in_any_order_and_of_grouped_sums(pieces, config, order):
    result = judge(*pieces, config=config)
    total, individual = recount(pieces, config)
    assert (result.done, result.parts[0].done) == (total, individual)
    assert sum(row.amount for row in result.counted) == total
    assert sum(row.amount for row in result.excluded) == sum(piece.minutes for piece in pieces) - total
    shuffled = list(pieces)
    order.shuffle(shuffled)
    assert judge(*shuffled, config=config) == result
    sums = {}
    for piece in pieces:
        alike = (piece.format, piece.size, piece.is_transferred)
        sums[alike] = sums.get(alike, 0) + piece.minutes
    grouped = [Piece(n, APPROVED, format, size=size, is_transferred=moved) for (format, size, moved), n in sums.items()]
    assert sum(share.counted for share in shares(grouped, config)) == total


# Gathering ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def placement(cast):
    return placed(cast.trainee, cast)


def placed(person, cast):
    from tests.factories.enrolment import make_enrolment

    enrolment = make_enrolment(person, standard_version=make_practice_standard(categories=EVERY))
    return make_placement(person, cast.supervisor, enrolment=enrolment)


def subject_of(placement, **fields):
    return Subject(person=placement.trainee_id, enrolment=placement.enrolment_id, edition=None, **fields)


def judged(placement, *, config=WITH_RATIO, detail=False, as_of=None, subject=None):
    subject = subject or subject_of(placement)
    found = KIND.gather([config], [subject], as_of or timezone.now(), detail=detail)
    return KIND.judge(config, found[subject], {}, BY_KEY)


def test_entries_and_prior_hours_of_a_category_of_supervision_count_by_groups_and_by_rows_alike(cast, placement):
    make_approved(placement, category_key="individual_consultation")
    make_submitted(placement, category_key="group_consultation")
    make_returned(placement, category_key="group_consultation")
    make_approved(placement, segments=(("dosing", 100),))
    approve_prior(make_prior(placement.enrolment, category_key="triadic_consultation", minutes=90), by=cast.director)
    grouped, detailed = judged(placement, config=CONFIG), judged(placement, config=CONFIG, detail=True)
    numbers = lambda result: (result.state, result.done, result.pending, [(p.done, p.pending) for p in result.parts])  # noqa: E731
    assert numbers(grouped) == numbers(detailed)
    assert (detailed.done, detailed.pending, detailed.transferred) == (150, 60, 90)
    assert [row.amount for row in detailed.counted] == [90, 60]
    assert [row.reason for row in detailed.excluded] == ["Returned by your supervisor."]


def test_standing_can_be_asked_as_of_before_the_approval(placement):
    before = timezone.now()
    log = make_approved(placement, category_key="individual_consultation")
    assert [judged(placement, as_of=moment).done for moment in (before, timezone.now())] == [0, 60]
    inside = Subject(person=placement.trainee_id, enrolment=None, edition=None, since=log.began_at)
    outside = Subject(person=placement.trainee_id, enrolment=None, edition=None, until=log.began_at)
    assert [judged(placement, subject=subject).done for subject in (inside, outside)] == [60, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_gathering_takes_as_many_queries_for_three_as_for_one(cast, placement, count, django_assert_num_queries):
    placements = [placement, placed(cast.other_trainee, cast), placed(cast.faculty, cast)][:count]
    for each in placements:
        make_approved(each, category_key="individual_consultation")
    with django_assert_num_queries(4):
        found = KIND.gather([WITH_RATIO], [subject_of(each) for each in placements], timezone.now())
    assert [sum(piece.minutes for piece in facts.pieces) for facts in found.values()] == [60] * count
