"""The engine: order, tracks, waivers, moments, many at once."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.standards.contract import Category
from courses.standards.enums import ResultState
from courses.standing.actions import end_waiver, grant_waiver
from courses.standing.engine import standing_for, standings_for
from courses.standing.models import Waiver
from lms.enums import Provenance, Track
from tests.courses.kinds import ReadingConfig, ReadingFacts, Readings, SummitConfig, complete
from tests.factories.curriculum import make_program
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_kinds")]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
READ = ReadingConfig(key="read", title="Readings", needed=2)
ETHICS = ReadingConfig(key="ethics", title="Ethics", needed=3, waivable=False)


def enrolled(person, *requirements, **fields):
    program = make_program()
    version = make_standard_version(program, requirements=requirements)
    return make_enrolment(person, cohort=make_cohort(program, standard_version=version), **fields)


def states(standing):
    return {result.key: result.state for result in standing.results}


def test_results_follow_the_order_of_the_standard_whatever_the_order_of_judging(cast):
    on_top = SummitConfig(key="top", title="On top", base="read")
    enrolment = enrolled(cast.trainee, on_top, ETHICS, READ)
    assert [result.key for result in standing_for(enrolment).results] == ["top", "ethics", "read"]


def test_a_requirement_is_judged_after_the_one_it_rests_on(cast):
    enrolment = enrolled(cast.trainee, SummitConfig(key="top", title="On top", base="read"), READ)
    assert states(standing_for(enrolment)) == {"top": ResultState.UNMET, "read": ResultState.UNMET}
    complete(enrolment, at=NOON, number=2)
    assert states(standing_for(enrolment)) == {"top": ResultState.MET, "read": ResultState.MET}


def test_a_standing_is_complete_only_when_every_requirement_is_satisfied(cast):
    enrolment = enrolled(cast.trainee, READ, ETHICS)
    complete(enrolment, at=NOON, number=2)
    standing = standing_for(enrolment)
    assert (standing.done, standing.total, standing.is_complete) == (1, 2, False)
    complete(enrolment, at=NOON)
    assert standing_for(enrolment).is_complete


def test_a_standard_without_requirements_is_never_complete(cast):
    assert not standing_for(enrolled(cast.trainee)).is_complete


@pytest.mark.parametrize("state", ["active", "paused", "completed", "withdrawn"])
def test_no_state_of_the_enrolment_blocks_a_standing(cast, state):
    enrolment = enrolled(cast.trainee, READ, state=state)
    complete(enrolment, at=NOON, number=2)
    assert standing_for(enrolment).is_complete


def test_a_requirement_of_another_track_does_not_apply(cast):
    for_prescribers = ReadingConfig(key="dose", title="Dosing", needed=1, track=Track.PRESCRIBER)
    enrolment = enrolled(cast.trainee, for_prescribers, track=Track.THERAPIST)
    other = enrolled(cast.other_trainee, for_prescribers, track=Track.PRESCRIBER)
    result = standing_for(enrolment).results[0]
    assert (result.state, result.missing, result.next_steps) == (ResultState.NOT_APPLICABLE, (), ())
    assert standing_for(enrolment).is_complete
    assert states(standing_for(other)) == {"dose": ResultState.UNMET}


def test_a_waiver_satisfies_what_is_unmet_and_says_why(cast):
    enrolment = enrolled(cast.trainee, READ)
    complete(enrolment, at=NOON)
    grant_waiver(enrolment, "read", by=cast.director, reason="Taught it for years.", document="Transcript of 2019")
    result = standing_for(enrolment).results[0]
    assert (result.state, result.done, result.needed) == (ResultState.WAIVED, 1, 2)
    assert "Director" in result.note
    assert "Taught it for years. Document: Transcript of 2019" in result.note


def test_a_waiver_is_dated_in_the_cohorts_zone(cast, time_machine):
    time_machine.move_to("2026-03-02T05:00:00+00:00")  # still 1 March in Denver
    enrolment = enrolled(cast.trainee, READ)
    grant_waiver(enrolment, "read", by=cast.director, reason="Known.", document="Letter")
    assert standing_for(enrolment).results[0].note == "Waived by Director on 1 Mar 2026: Known. Document: Letter"


def test_a_requirement_met_by_evidence_stays_met_beside_its_waiver(cast):
    enrolment = enrolled(cast.trainee, READ)
    grant_waiver(enrolment, "read", by=cast.director, reason="Known.", document="Letter")
    complete(enrolment, at=NOON, number=2)
    assert states(standing_for(enrolment)) == {"read": ResultState.MET}


def test_a_non_waivable_requirement_ignores_a_waiver_that_came_from_elsewhere(cast):
    enrolment = enrolled(cast.trainee, ETHICS)
    Waiver.objects.create(
        enrolment=enrolment, requirement_key="ethics", reason="x", document="x", approved_by=cast.director
    )
    assert states(standing_for(enrolment)) == {"ethics": ResultState.UNMET}


def test_an_ended_waiver_no_longer_counts_but_did_then(cast, time_machine):
    enrolment = enrolled(cast.trainee, READ)
    time_machine.move_to(NOON)
    waiver = grant_waiver(enrolment, "read", by=cast.director, reason="Known.", document="Letter")
    time_machine.move_to(NOON + timedelta(days=10))
    end_waiver(waiver, by=cast.director)
    assert states(standing_for(enrolment)) == {"read": ResultState.UNMET}
    assert states(standing_for(enrolment, as_of=date(2026, 3, 5))) == {"read": ResultState.WAIVED}
    assert states(standing_for(enrolment, as_of=date(2026, 3, 1))) == {"read": ResultState.UNMET}


def test_as_of_a_day_means_all_of_it_in_the_cohorts_zone(cast):
    enrolment = enrolled(cast.trainee, ReadingConfig(key="read", title="Readings", needed=1))
    complete(enrolment, at=datetime(2026, 3, 3, 6, 30, tzinfo=UTC))  # 23:30 of 2 March in Denver
    assert not standing_for(enrolment, as_of=date(2026, 3, 1)).is_complete
    assert standing_for(enrolment, as_of=date(2026, 3, 2)).is_complete


def test_detail_tells_what_counted_and_what_did_not(cast):
    enrolment = enrolled(cast.trainee, ReadingConfig(key="read", title="Readings", needed=5, at_most_transferred=1))
    complete(enrolment, at=NOON, number=2, provenance=Provenance.TRANSFERRED)
    complete(enrolment, at=NOON)
    result = standing_for(enrolment, detail=True).results[0]
    assert (result.done, sum(row.amount for row in result.counted)) == (2, 2)
    assert [row.reason for row in result.excluded] == ["At most 1 may come from elsewhere."]
    assert standing_for(enrolment).results[0].counted == ()


def test_the_snapshot_is_plain_json_and_holds_no_links(cast):
    enrolment = enrolled(cast.trainee, READ)
    complete(enrolment, at=NOON)
    plain = standing_for(enrolment, as_of=NOON, detail=True).as_plain()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["as_of"] == "2026-03-02T12:00:00+00:00"
    assert [set(result) & {"next_steps"} for result in plain["results"]] == [set()]
    assert plain["results"][0]["counted"][0]["evidence"]["on"] == "2026-03-02"


def test_many_people_and_versions_are_judged_each_by_their_own(cast):
    first, second = enrolled(cast.trainee, READ), enrolled(cast.other_trainee, ETHICS, READ)
    complete(first, at=NOON, number=2)
    complete(second, at=NOON, number=2)
    found = standings_for([first, second])
    assert {pk: states(standing) for pk, standing in found.items()} == {
        first.pk: {"read": ResultState.MET},
        second.pk: {"ethics": ResultState.UNMET, "read": ResultState.MET},
    }
    assert found[first.pk] == standing_for(first, as_of=found[first.pk].as_of)
    assert standings_for([]) == {}


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_people_does_not_change_the_number_of_queries(cast, number, django_assert_num_queries):
    program = make_program()
    cohort = make_cohort(program, standard_version=make_standard_version(program, requirements=[READ, ETHICS]))
    people = [cast.trainee, cast.other_trainee, cast.supervisor][:number]
    enrolments = [make_enrolment(person, cohort=cohort) for person in people]
    with django_assert_num_queries(3):
        standings_for(enrolments)


def test_a_kind_that_no_app_offers_is_never_passed_over(cast):
    enrolment = enrolled(cast.trainee, READ)
    data = enrolment.standard_version.data
    data["requirements"][0]["kind"] = "nobody_knows"
    version = enrolment.standard_version.standard.versions.create(number=2, data=data, hash="f" * 64)
    enrolment.standard_version = version
    enrolment.save(update_fields=["standard_version"])
    with pytest.raises(KeyError):
        standing_for(enrolment)


# Properties of the contract, on the test kind ------------------------------------------------------------------------

days = st.integers(min_value=0, max_value=20)
rows = st.lists(st.tuples(days, st.sampled_from([Provenance.EARNED, Provenance.TRANSFERRED])), max_size=8)


@settings(max_examples=25, deadline=None)
@given(evidence=rows, shuffled=st.randoms())
def test_the_order_in_which_evidence_was_written_never_matters(evidence, shuffled):
    config = ReadingConfig(key="read", title="Readings", needed=4, at_most_transferred=2)
    other = list(evidence)
    shuffled.shuffle(other)
    assert judged(config, evidence) == judged(config, other)


@settings(max_examples=25, deadline=None)
@given(evidence=rows, early=days, late=days)
def test_a_later_moment_never_knows_less(evidence, early, late):
    config = ReadingConfig(key="read", title="Readings", needed=4, at_most_transferred=2)
    early, late = sorted([early, late])
    before = judged(config, [row for row in evidence if row[0] <= early])
    after = judged(config, [row for row in evidence if row[0] <= late])
    assert before.done <= after.done
    assert not (before.state == ResultState.MET and after.state != ResultState.MET)


def judged(config, evidence):
    earned = sum(provenance == Provenance.EARNED for _, provenance in evidence)
    facts = ReadingFacts(earned=earned, transferred=len(evidence) - earned)
    return Readings().judge(config, facts, {}, dict[str, Category]())
