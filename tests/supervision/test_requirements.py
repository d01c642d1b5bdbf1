"""Minutes that count: caps, sub-minimums, pending, and the two ways of gathering that must agree."""

import math
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.standards.contract import Subject
from courses.standards.enums import ResultState
from courses.standards.plain import as_plain, from_plain
from supervision.actions.practice import correct_log, submit_log
from supervision.actions.program import unapprove_log
from supervision.actions.review import return_log
from supervision.enums import Meaning, Phase
from supervision.requirements import (
    APPROVED,
    PENDING,
    Cap,
    Minimum,
    Piece,
    PracticumConfig,
    PracticumFacts,
    PracticumMinutes,
    judge_practicum,
    shares,
    told,
)
from tests.factories.supervision import (
    CATEGORIES,
    approve,
    make_approved,
    make_code,
    make_draft,
    make_placement,
    make_returned,
    make_submitted,
    seen,
)

BY_KEY = {category.key: category for category in CATEGORIES}
KIND = PracticumMinutes()
CONFIG = PracticumConfig(
    key="practicum",
    title="Supervised practicum",
    minutes=60 * 60,
    minimums=(
        Minimum("direct contact", 40 * 60, direct=True),
        Minimum("dosing", 18 * 60, direct=True, phase="dosing"),
        Minimum("preparation", 12 * 60, direct=True, phase="preparation"),
    ),
    caps=(Cap("observation", 15 * 60, bucket="observed"), Cap("simulation", 10 * 60, bucket="simulated")),
)
DAY = date(2026, 4, 1)


def facts(*pieces, detailed=True):
    return PracticumFacts(pieces=list(pieces), is_detailed=detailed)


def piece(category, phase, minutes, log, status=APPROVED):
    return Piece(category, phase, minutes, status, log, DAY + timedelta(days=log))


def test_a_config_survives_being_stored_as_plain_json():
    assert from_plain(PracticumConfig, as_plain(CONFIG)) == CONFIG


def test_the_block_is_turned_into_the_config():
    value = {
        "title": "Supervised practicum",
        "hours": 60,
        "buckets": ["direct", "observed", "simulated"],
        "minimums": [
            {"label": "direct contact", "hours": 40, "direct": True, "bucket": "", "category": "", "phase": ""}
        ],
        "caps": [{"label": "observation", "hours": 15, "bucket": "observed", "category": None}],
        "waivable": True,
        "track": "",
    }
    assert KIND.config_from_block(value, "practicum") == PracticumConfig(
        key="practicum",
        title="Supervised practicum",
        minutes=3600,
        minimums=(Minimum("direct contact", 2400, direct=True),),
        caps=(Cap("observation", 900, bucket="observed"),),
    )


def test_it_describes_itself_in_one_sentence():
    assert KIND.describe(CONFIG) == (
        "60 h of supervised practice, approved by your site supervisor; of which at least 40 h direct contact, "
        "at least 18 h dosing, at least 12 h preparation; counting at most 15 h of observation, at most 10 h of simulation."
    )


def test_what_cannot_be_asked_for_is_named_before_publishing():
    config = PracticumConfig(
        key="p",
        title="P",
        minutes=600,
        minimums=(Minimum("a", 601, direct=True),),
        caps=(Cap("b", 60, category="gone"),),
    )
    assert KIND.problems(config, program=1, categories=BY_KEY) == [
        "“b” names a category that does not exist: gone.",
        "“a” asks for 10 h 1 min, more than the total of 10 h.",
    ]


def test_the_row_that_meets_a_cap_is_split_and_the_rest_is_left_out_with_its_reason():
    result = judge_practicum(
        CONFIG, facts(piece("observation-live", "dosing", 600, 1), piece("observation-live", "dosing", 600, 2)), BY_KEY
    )
    assert [(row.evidence.id, row.amount) for row in result.counted] == [(1, 600), (2, 300)]
    assert [(row.evidence.id, row.amount, row.reason) for row in result.excluded] == [
        (2, 300, "Above the cap: at most 15 h of observation count.")
    ]
    assert result.done == 900
    assert [(part.title, part.done, part.needed, part.note) for part in result.parts if part.is_cap] == [
        ("observation", 900, 900, "At most 15 h count. 5 h more were approved and do not count."),
        ("simulation", 0, 600, "At most 10 h count."),
    ]


def test_dosing_minutes_are_those_of_direct_contact_and_simulation_is_never_direct():
    result = judge_practicum(
        CONFIG,
        facts(
            piece("dosing-lead", "dosing", 150, 1),
            piece("dosing-lead", "preparation", 20, 1),
            piece("observation-live", "dosing", 180, 2),
            piece("role-play", "dosing", 60, 3),
        ),
        BY_KEY,
    )
    assert [(part.title, part.done) for part in result.parts if not part.is_cap] == [
        ("direct contact", 170),
        ("dosing", 150),
        ("preparation", 20),
    ]
    assert result.done == 410


def test_supervision_and_unknown_categories_are_left_out_with_their_reason():
    result = judge_practicum(CONFIG, facts(piece("individual", "other", 60, 1), piece("gone", "other", 30, 2)), BY_KEY)
    assert result.done == 0
    assert [(row.evidence.id, row.amount, row.reason) for row in result.excluded] == [
        (1, 60, "Supervision and consultation received does not count here."),
        (2, 30, "The category “gone” is not part of your standard."),
    ]


@pytest.mark.parametrize(
    ("done", "waiting", "state"),
    [(59, 0, ResultState.UNMET), (59, 1, ResultState.PENDING), (60, 0, ResultState.MET), (0, 59, ResultState.UNMET)],
)
def test_the_state_at_its_boundaries(done, waiting, state):
    config = PracticumConfig(key="p", title="P", minutes=60)
    pieces = [piece("preparation", "preparation", done, 1), piece("preparation", "preparation", waiting, 2, PENDING)]
    result = judge_practicum(config, facts(*(each for each in pieces if each.minutes)), BY_KEY)
    assert (result.state, result.done, result.pending) == (state, done, waiting)


def test_what_waits_above_a_cap_is_not_promised():
    result = judge_practicum(
        CONFIG,
        facts(piece("observation-live", "other", 880, 1), piece("observation-live", "other", 60, 2, PENDING)),
        BY_KEY,
    )
    assert (result.done, result.pending) == (880, 20)


def test_the_total_alone_does_not_meet_a_requirement_with_an_unmet_part():
    result = judge_practicum(CONFIG, facts(piece("dosing-lead", "dosing", 3600, 1)), BY_KEY)
    assert result.state == ResultState.UNMET
    assert result.missing == ("12 h more of preparation.",)
    assert [step.url for step in result.next_steps] == ["/practice/new/"]


PIECES = st.lists(
    st.builds(
        Piece,
        category=st.sampled_from([*BY_KEY, "gone"]),
        phase=st.sampled_from(Phase.values),
        minutes=st.integers(1, 720),
        status=st.just(APPROVED),
        log=st.integers(1, 12),
        on=st.dates(date(2026, 1, 1), date(2026, 1, 5)),
    ),
    max_size=20,
)
CAPS = st.lists(
    st.one_of(
        st.builds(
            Cap, label=st.just("bucket"), minutes=st.integers(0, 900), bucket=st.sampled_from(["direct", "observed"])
        ),
        st.builds(Cap, label=st.just("category"), minutes=st.integers(0, 900), category=st.sampled_from(list(BY_KEY))),
    ),
    max_size=4,
).map(tuple)
MINIMA = st.one_of(
    st.none(),
    st.builds(
        Minimum, label=st.just("m"), minutes=st.just(1), direct=st.booleans(), phase=st.sampled_from(["", "dosing"])
    ),
)


@settings(max_examples=200, deadline=None)
@given(pieces=PIECES, caps=CAPS, minimum=MINIMA, order=st.randoms(use_true_random=False))
def test_caps_hold_whatever_comes_in_whatever_order_and_grouped_sums_give_the_same_total(pieces, caps, minimum, order):
    config = PracticumConfig(key="p", title="P", minutes=600, caps=caps)
    counts = list(shares(pieces, config=config, categories=BY_KEY, minimum=minimum))
    for cap in caps:
        reached = [
            share.counted
            for share in counts
            if share.piece.category in BY_KEY
            and (share.piece.category == cap.category or BY_KEY[share.piece.category].bucket == cap.bucket)
        ]
        assert sum(reached) <= cap.minutes
    assert all(0 <= share.counted <= share.piece.minutes for share in counts)
    assert all(bool(share.reason) == (share.counted < share.piece.minutes) for share in counts)
    shuffled = list(pieces)
    order.shuffle(shuffled)
    assert list(shares(shuffled, config=config, categories=BY_KEY, minimum=minimum)) == counts
    sums = {}
    for each in pieces:
        sums[each.category, each.phase] = sums.get((each.category, each.phase), 0) + each.minutes
    grouped = [Piece(category, phase, minutes, APPROVED) for (category, phase), minutes in sums.items()]
    totals = shares(grouped, config=config, categories=BY_KEY, minimum=minimum)
    assert sum(share.counted for share in totals) == sum(share.counted for share in counts)


PARTS = st.sampled_from(["1", "1/2", "1/3", "2/3", "3/7", "99/100"])


@settings(max_examples=200, deadline=None)
@given(pieces=PIECES, caps=CAPS, parts=st.fixed_dictionaries(dict.fromkeys(BY_KEY, PARTS)), limits=st.data())
def test_a_part_is_taken_once_and_the_sum_is_rounded_down_once(pieces, caps, parts, limits):
    """Against a slow recount of exact fractions; by rows, in groups and with the caps of categories, it is one number."""
    of_category = {key: limits.draw(st.none() | st.integers(1, 400)) for key in BY_KEY}
    categories = {key: replace(BY_KEY[key], multiplier=parts[key], cap=of_category[key]) for key in BY_KEY}
    config = PracticumConfig(key="p", title="P", minutes=600, caps=caps)
    result = judge_practicum(config, facts(*pieces), categories)
    assert result.done == math.floor(slow_recount(pieces, config, categories))
    rows = [row.amount for row in result.counted]
    assert sum(rows) == result.done
    out = sum(row.amount for row in result.excluded)
    assert sum(rows) + out == sum(piece.minutes for piece in pieces)
    sums = {}
    for each in pieces:
        sums[each.category, each.phase] = sums.get((each.category, each.phase), 0) + each.minutes
    grouped = [Piece(category, phase, minutes, APPROVED) for (category, phase), minutes in sums.items()]
    assert judge_practicum(config, facts(*grouped, detailed=False), categories).done == result.done
    counts = list(told(shares(pieces, config=config, categories=categories, minimum=None)))
    assert all(0 <= counted <= share.piece.minutes for share, counted in counts)


def slow_recount(pieces, config, categories):
    """The exact sum, cap by cap: what a category gives is cut by its own caps, and what a bucket gives by the bucket's."""
    by_category = {}
    for each in pieces:
        category = categories.get(each.category)
        if category and category.bucket in config.buckets:
            worth = each.minutes * Fraction(category.multiplier)
            by_category[category.key] = by_category.get(category.key, 0) + worth
    by_bucket = {}
    for key, amount in by_category.items():
        limits = [cap.minutes for cap in config.caps if cap.category == key]
        limits += [categories[key].cap] if categories[key].cap else []
        bucket = categories[key].bucket
        by_bucket[bucket] = by_bucket.get(bucket, 0) + min([amount, *limits])
    limits = lambda bucket: [cap.minutes for cap in config.caps if cap.bucket == bucket]  # noqa: E731
    return sum(min([amount, *limits(bucket)]) for bucket, amount in by_bucket.items())


def test_half_of_three_odd_minutes_and_the_reason_for_the_rest():
    categories = BY_KEY | {"role-play": replace(BY_KEY["role-play"], multiplier="1/2", cap=40)}
    rows = [piece("role-play", "other", minutes, log) for log, minutes in ((1, 25), (2, 25), (3, 60))]
    result = judge_practicum(CONFIG, facts(*rows), categories)
    assert result.done == 40
    assert [(row.evidence.id, row.amount) for row in result.counted] == [(1, 12), (2, 13), (3, 15)]
    assert [(row.evidence.id, row.amount, row.reason) for row in result.excluded] == [
        (1, 13, "This category counts for 1/2 of its minutes."),
        (2, 12, "This category counts for 1/2 of its minutes."),
        (3, 15, "Above the cap: at most 40 min of Role-play count."),
        (3, 30, "This category counts for 1/2 of its minutes."),
    ]
    assert [(part.title, part.done) for part in result.parts if part.is_cap] == [
        ("observation", 0),
        ("simulation", 55),
        ("Role-play", 40),
    ]


# Gathering ------------------------------------------------------------------------------------------------------------


def subject_of(placement, **fields):
    return Subject(person=placement.trainee_id, enrolment=placement.enrolment_id, edition=None, **fields)


def judged(placement, *, detail=False, as_of=None, subject=None):
    subject = subject or subject_of(placement)
    found = KIND.gather([CONFIG], [subject], as_of or timezone.now(), detail=detail)
    return KIND.judge(CONFIG, found[subject], {}, BY_KEY)


@pytest.fixture
def every_state(placement):
    client = frozenset({make_code(placement).pk})
    direct = {"category_key": "dosing-lead", "clients": client, "client_consented": True}
    make_approved(placement, segments=(("dosing", 150), ("preparation", 20)), **direct)
    make_approved(placement, segments=(("dosing", 120),))
    make_submitted(placement, segments=(("dosing", 60),), **direct)
    make_returned(placement, segments=(("dosing", 90),))
    make_draft(placement)
    return placement


def test_grouped_and_detailed_facts_give_the_same_numbers(every_state):
    grouped, detailed = judged(every_state), judged(every_state, detail=True)
    numbers = lambda result: (result.state, result.done, result.pending, [(p.done, p.pending) for p in result.parts])  # noqa: E731
    assert numbers(grouped) == numbers(detailed)
    assert (detailed.done, detailed.pending) == (290, 60)
    assert (grouped.counted, grouped.excluded) == ((), ())
    assert sorted(row.amount for row in detailed.counted) == [120, 170]
    assert [(row.amount, row.reason) for row in detailed.excluded] == [(90, "Returned, and not sent again yet.")]


def test_a_returned_entry_has_begun_the_requirement_for_sums_and_rows_alike_and_not_before_it_was_sent(placement):
    before = timezone.now()
    log = make_submitted(placement)
    waiting = timezone.now()
    return_log(log, by=placement.supervisor.person, meaning=Meaning.REVIEWED, seen=seen(log), reason="The role.")
    wanted = {before: (False, 0, 0), waiting: (True, 0, 60), timezone.now(): (True, 0, 0)}
    for detail in (False, True):
        found = {moment: judged(placement, detail=detail, as_of=moment) for moment in wanted}
        assert {at: (result.is_begun, result.done, result.pending) for at, result in found.items()} == wanted


def test_a_withdrawn_approval_has_begun_it_too_and_counted_until_then(cast, placement):
    log = make_approved(placement)
    counted = timezone.now()
    unapprove_log(log, by=cast.director, reason="The day is wrong.")
    for detail in (False, True):
        assert judged(placement, detail=detail, as_of=counted).done == 60
        withdrawn = judged(placement, detail=detail)
        assert (withdrawn.is_begun, withdrawn.done, withdrawn.pending) == (True, 0, 0)


def test_a_corrected_entry_counts_once_and_only_as_corrected(placement):
    old = make_approved(placement, segments=(("dosing", 100),))
    trainee = placement.enrolment.person
    correction = submit_log(correct_log(old, by=trainee), by=trainee)
    assert (judged(placement).done, judged(placement).pending) == (100, 0)
    before = timezone.now()
    approve(correction)
    assert judged(placement).done == 100
    result = judged(placement, detail=True)
    assert [row.evidence.id for row in result.counted] == [correction.pk]
    assert [(row.evidence.id, row.reason) for row in result.excluded] == [(old.pk, "Replaced by a corrected entry.")]
    assert [row.evidence.id for row in judged(placement, detail=True, as_of=before).counted] == [old.pk]
    assert judged(placement, as_of=before).done == 100


def test_standing_can_be_asked_as_of_before_the_approval(placement):
    log = make_submitted(placement)
    waiting = timezone.now()
    approve(log)
    assert (judged(placement, as_of=waiting).done, judged(placement, as_of=waiting).pending) == (0, 60)
    assert (
        judged(placement, as_of=waiting, detail=True).done,
        judged(placement, as_of=waiting, detail=True).pending,
    ) == (0, 60)
    assert (judged(placement).done, judged(placement).pending) == (60, 0)


def test_a_renewal_counts_the_persons_practice_within_its_window(placement):
    log = make_approved(placement)
    inside = Subject(person=placement.trainee_id, enrolment=None, edition=None, since=log.began_at)
    outside = Subject(person=placement.trainee_id, enrolment=None, edition=None, until=log.began_at)
    assert (judged(placement, subject=inside).done, judged(placement, subject=outside).done) == (60, 0)


def test_gathering_takes_two_queries_however_many_trainees(cast, placement, django_assert_num_queries):
    make_approved(placement)
    other = make_placement(cast.other_trainee, cast.supervisor)
    make_approved(other)
    subjects = [subject_of(placement), subject_of(other)]
    with django_assert_num_queries(2):
        found = KIND.gather([CONFIG], subjects, timezone.now())
    assert [sum(piece.minutes for piece in found[subject].pieces) for subject in subjects] == [60, 60]
    with django_assert_num_queries(2):
        KIND.gather([CONFIG], subjects[:1], timezone.now(), detail=True)
