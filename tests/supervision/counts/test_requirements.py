"""Visits and clients that count: by visit and not by minutes, each once, and the same by groups, by rows and by hand."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.standards.contract import Subject
from courses.standards.enums import ResultState
from courses.standards.plain import as_plain, from_plain
from supervision.actions.practice import correct_log, submit_log
from supervision.counts.blocks import PracticumClientsBlock, VisitsMinimumBlock
from supervision.counts.facts import Filter, VisitFacts, Visits
from supervision.counts.requirements import ClientsConfig, PracticumClients, PracticumSessions, SessionsConfig
from supervision.evidence import APPROVED, PENDING, RETURNED
from supervision.models import PracticeLog
from tests.factories.supervision import (
    CATEGORIES,
    approve,
    make_approved,
    make_code,
    make_draft,
    make_placement,
    make_returned,
    make_submitted,
)

BY_KEY = {category.key: category for category in CATEGORIES}
SESSIONS, CLIENTS = PracticumSessions(), PracticumClients()
LED = Filter("dosing sessions led", 2, direct=True, phase="dosing", roles=("lead",))
ASKED = SessionsConfig(key="s", title="Sessions", number=4, minimums=(LED,))
SEEN = ClientsConfig(key="c", title="Clients", number=2)
DAY = date(2026, 4, 1)


def visit(category, log, *, role="lead", phases=("dosing",), status=APPROVED, clients=()):
    """The rows of one visit, as they are read in detail."""
    on = DAY + timedelta(days=log)
    rows = [
        Visits(category, role, phase, status, 1, client, log, on) for phase in ("", *phases) for client in (0, *clients)
    ]
    return VisitFacts(visits=[row for row in rows if not row.client], clients=[row for row in rows if row.client])


def facts(*visits):
    return VisitFacts(
        visits=[row for one in visits for row in one.visits],
        clients=[row for one in visits for row in one.clients],
        is_detailed=True,
    )


def judge(kind, config, found):
    return kind.judge(config, found, {}, BY_KEY)


@pytest.mark.parametrize("config", [ASKED, SEEN])
def test_a_config_survives_being_stored_as_plain_json(config):
    assert from_plain(type(config), as_plain(config)) == config


def test_a_visit_counts_once_however_many_phases_it_has():
    result = judge(
        SESSIONS,
        ASKED,
        facts(
            visit("dosing-lead", 1, phases=("dosing", "preparation")),
            visit("dosing-lead", 2, role="co_facilitator"),
            visit("preparation", 3, phases=("preparation",)),
            visit("dosing-lead", 4, status=PENDING),
        ),
    )
    assert (result.done, result.pending, result.state) == (3, 1, ResultState.PENDING)
    [led] = result.parts
    assert (led.done, led.pending, led.needed) == (1, 1, 2)
    assert [row.evidence.id for row in result.counted] == [1, 2, 3]
    assert result.missing == (
        "1 more visit; 1 waits for review.",
        "1 more visit: dosing sessions led; 1 waits for review.",
    )


def test_what_does_not_count_says_why():
    result = judge(
        SESSIONS,
        ASKED,
        facts(visit("observation-live", 1), visit("gone", 2), visit("dosing-lead", 3, status=RETURNED)),
    )
    assert result.done == 0
    assert [(row.evidence.id, row.amount, row.reason) for row in result.excluded] == [
        (1, 1, "Observation does not count here."),
        (2, 1, "The category “gone” is not part of your standard."),
        (3, 1, "Returned, and not sent again yet."),
    ]


@pytest.mark.parametrize(
    ("done", "waiting", "state"),
    [(3, 0, ResultState.UNMET), (3, 1, ResultState.PENDING), (4, 0, ResultState.MET), (0, 3, ResultState.UNMET)],
)
def test_the_state_at_its_boundaries(done, waiting, state):
    rows = [visit("preparation", n) for n in range(done)]
    rows += [visit("preparation", 10 + n, status=PENDING) for n in range(waiting)]
    config = SessionsConfig(key="s", title="S", number=4)
    assert judge(SESSIONS, config, facts(*rows)).state == state


def test_a_client_counts_once_and_only_when_seen_often_enough():
    found = facts(
        visit("dosing-lead", 1, clients=(7,)),
        visit("preparation", 2, phases=("preparation",), clients=(7, 8)),
        visit("dosing-lead", 3, clients=(8,), status=PENDING),
        visit("observation-live", 4, clients=(9,)),
        visit("dosing-lead", 5),
    )
    once = judge(CLIENTS, SEEN, found)
    assert (once.done, once.pending, once.state) == (2, 0, ResultState.MET)
    twice = judge(CLIENTS, ClientsConfig(key="c", title="C", number=2, visits_each=2), found)
    assert (twice.done, twice.pending, twice.state) == (1, 1, ResultState.PENDING)
    assert twice.missing == ("1 more client; 1 waits for review.",)
    dosed = judge(CLIENTS, ClientsConfig(key="c", title="C", number=2, phase="dosing"), found)
    assert (dosed.done, dosed.pending) == (1, 1)
    assert [row.evidence.id for row in dosed.counted] == [1]
    assert [(row.evidence.id, row.reason) for row in dosed.excluded] == [
        (2, "It names no client who counts here: none at all, none in this phase, or one seen too seldom."),
        (4, "Observation does not count here."),
        (5, "It names no client who counts here: none at all, none in this phase, or one seen too seldom."),
    ]


def test_they_say_in_one_sentence_what_they_ask_for():
    assert SESSIONS.describe(ASKED) == (
        "4 visits (direct contact), approved by your site supervisor; of which at least 2 dosing sessions led."
    )
    assert CLIENTS.describe(SEEN) == "Visits with 2 different clients (direct contact)."
    config = ClientsConfig(key="c", title="C", number=1, visits_each=3, phase="follow_up")
    assert CLIENTS.describe(config) == (
        "Visits with 1 client in follow-up, each in at least 3 visits (direct contact)."
    )


def test_what_cannot_be_asked_for_is_named_before_publishing():
    parts = (Filter("a", 5, direct=True), Filter("b", 1, category="gone"))
    config = SessionsConfig(key="s", title="S", number=4, minimums=parts)
    assert SESSIONS.problems(config, program=1, categories=BY_KEY) == [
        "“b” names a category that does not exist: gone.",
        "“a” asks for 5 visits, more than the total of 4.",
    ]


def test_the_blocks_are_turned_into_the_configs(db):
    common = {"title": "Sessions", "waivable": True, "track": "", "number": 4, "buckets": ["direct"]}
    part = {
        "label": "dosing sessions led",
        "number": 2,
        "direct": True,
        "bucket": "",
        "category": "",
        "phase": "dosing",
    }
    value = common | {"minimums": [part | {"roles": ["lead"]}]}
    assert SESSIONS.config_from_block(value, "s") == ASKED
    seen = common | {"title": "Clients", "number": 2, "visits_each": 1, "phase": ""}
    assert CLIENTS.config_from_block(seen, "c") == SEEN


def test_a_minimum_about_nothing_is_refused(db):
    block = VisitsMinimumBlock()
    empty = {"label": "x", "number": 1, "direct": False, "bucket": "", "category": "", "phase": "", "roles": []}
    with pytest.raises(ValidationError, match="Say what this minimum is about"):
        block.clean(block.to_python(empty))
    assert block.clean(block.to_python(empty | {"roles": ["lead"]}))["roles"] == ["lead"]


@pytest.mark.parametrize("number", [0, -1, 2001])
def test_the_number_is_a_possible_one(db, number):
    block = PracticumClientsBlock()
    value = {"title": "C", "number": number, "visits_each": 1, "buckets": ["direct"], "phase": "", "waivable": True}
    with pytest.raises(ValidationError):
        block.clean(block.to_python(value))


ONE = st.tuples(
    st.sampled_from([*BY_KEY, "gone"]),
    st.sampled_from(["lead", "co_facilitator", "observer"]),
    st.sets(st.sampled_from(["dosing", "preparation", "other"]), min_size=1),
    st.sampled_from([APPROVED, APPROVED, PENDING, RETURNED]),
    st.sets(st.integers(1, 4)),
)


@settings(max_examples=200, deadline=None)
@given(visits=st.lists(ONE, max_size=15), each=st.integers(1, 3), phase=st.sampled_from(["", "dosing"]))
def test_an_independent_count_finds_the_same(visits, each, phase):
    rows = [
        visit(category, n, role=role, phases=sorted(phases), status=status, clients=sorted(clients))
        for n, (category, role, phases, status, clients) in enumerate(visits, start=1)
    ]
    result = judge(SESSIONS, ASKED, facts(*rows))
    direct = [v for v in visits if v[0] in ("preparation", "dosing-lead")]
    approved = [v for v in direct if v[3] == APPROVED]
    waiting = [v for v in direct if v[3] == PENDING]
    assert (result.done, result.pending) == (len(approved), len(waiting))
    assert len(result.counted) + len(result.excluded) == sum(1 for v in visits if v[3] != PENDING)
    assert result.parts[0].done == sum(1 for v in approved if "dosing" in v[2] and v[1] == "lead")
    config = ClientsConfig(key="c", title="C", number=2, visits_each=each, phase=phase)
    seen = [client for v in approved if not phase or phase in v[2] for client in v[4]]
    assert judge(CLIENTS, config, facts(*rows)).done == sum(1 for client in set(seen) if seen.count(client) >= each)


# Gathering ------------------------------------------------------------------------------------------------------------


def subject_of(placement, **fields):
    return Subject(person=placement.trainee_id, enrolment=placement.enrolment_id, edition=None, **fields)


def judged(kind, config, placement, *, detail=False, as_of=None, subject=None):
    subject = subject or subject_of(placement)
    found = kind.gather([config], [subject], as_of or timezone.now(), detail=detail)
    return kind.judge(config, found[subject], {}, BY_KEY)


@pytest.fixture
def every_state(placement):
    first, second = make_code(placement).pk, make_code(placement).pk
    direct = {"category_key": "dosing-lead", "role": "lead", "client_consented": True}
    make_approved(placement, segments=(("dosing", 150), ("preparation", 20)), clients=frozenset({first}), **direct)
    make_approved(placement, segments=(("preparation", 60),), clients=frozenset({first, second}), **direct)
    make_submitted(placement, segments=(("dosing", 60),), clients=frozenset({second}), **direct)
    make_returned(placement, segments=(("dosing", 90),))
    make_approved(placement)
    make_draft(placement)
    return placement


@pytest.mark.parametrize(("kind", "config"), [(SESSIONS, ASKED), (CLIENTS, SEEN)])
def test_grouped_and_detailed_facts_give_the_same_numbers(every_state, kind, config):
    grouped, detailed = (judged(kind, config, every_state, detail=detail) for detail in (False, True))
    numbers = lambda result: (result.state, result.done, result.pending, [(p.done, p.pending) for p in result.parts])  # noqa: E731
    assert numbers(grouped) == numbers(detailed)
    assert (grouped.counted, grouped.excluded) == ((), ())
    assert (detailed.done, detailed.pending) == ((2, 1) if kind is SESSIONS else (2, 0))
    assert len(detailed.excluded) == 2


def test_the_database_counted_by_hand_is_the_same(every_state):
    logs = [log for log in PracticeLog.objects.all() if log.state == "approved" and log.category_key == "dosing-lead"]
    assert judged(SESSIONS, ASKED, every_state).done == len(logs)
    codes = {row.client_id for log in logs for row in log.client_rows.all()}
    assert judged(CLIENTS, SEEN, every_state).done == len(codes)


def test_a_corrected_visit_counts_once(placement):
    code = frozenset({make_code(placement).pk})
    old = make_approved(placement, category_key="preparation", clients=code, client_consented=True)
    before = timezone.now()
    trainee = placement.enrolment.person
    approve(submit_log(correct_log(old, by=trainee), by=trainee))
    for kind, config in ((SESSIONS, ASKED), (CLIENTS, SEEN)):
        assert judged(kind, config, placement).done == judged(kind, config, placement, as_of=before).done == 1
    excluded = judged(SESSIONS, ASKED, placement, detail=True).excluded
    assert [row.reason for row in excluded] == ["Replaced by a corrected entry."]


def test_a_renewal_counts_the_persons_visits_within_its_window(placement):
    log = make_approved(
        placement, category_key="preparation", clients=frozenset({make_code(placement).pk}), client_consented=True
    )
    inside = Subject(person=placement.trainee_id, enrolment=None, edition=None, since=log.began_at)
    outside = Subject(person=placement.trainee_id, enrolment=None, edition=None, until=log.began_at)
    for kind, config in ((SESSIONS, ASKED), (CLIENTS, SEEN)):
        assert [judged(kind, config, placement, subject=s).done for s in (inside, outside)] == [1, 0]


@pytest.mark.parametrize("kind", [SESSIONS, CLIENTS])
def test_gathering_takes_two_queries_however_many_trainees(cast, placement, kind, django_assert_num_queries):
    make_approved(placement)
    others = [make_placement(person, cast.supervisor) for person in (cast.other_trainee, cast.faculty)]
    subjects = [subject_of(each) for each in (placement, *others)]
    for asked in (subjects[:1], subjects):
        with django_assert_num_queries(2):
            kind.gather([ASKED], asked, timezone.now())
    with django_assert_num_queries(3):
        kind.gather([ASKED], subjects[:1], timezone.now(), detail=True)
