"""The requirement of a signed attestation: judged over plain values, gathered in one query."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from courses.learning.actions import sign_attestation
from courses.learning.asking import RENEW_DAYS, valid_until
from courses.learning.requirements import AttestationSigned, AttestationSignedConfig
from courses.learning.requirements.attestation_signed import (
    AttestationFacts,
    Place,
    Signature,
    judge_attestation,
)
from courses.standards.contract import Step, Subject
from courses.standards.enums import ResultState
from courses.standing.engine import standing_for
from lms.clock.rules import end_of_day
from tests.cast import make_person
from tests.factories.asking import SIGNED, frozen_attestation
from tests.factories.curriculum import make_edition, make_item, make_module, make_program
from tests.factories.enrolment import make_enrolment
from tests.factories.standards import make_standard_version

KIND = AttestationSigned()
DENVER = ZoneInfo("America/Denver")
PLACE = Place("the touch agreement", "lesson-1", SIGNED)
ADDRESS = f"/learn/7/lesson-1/#block-{SIGNED}"


def config(months: int = 12, key: str = "touch") -> AttestationSignedConfig:
    return AttestationSignedConfig(key="k", title="Touch", attestation=key, valid_months=months)


def judged(*days: date, asked: date, months: int = 12, place: Place | None = PLACE, enrolment: int | None = 7):
    signatures = [Signature(number, "touch", "the touch agreement", on, asked) for number, on in enumerate(days, 1)]
    places = {"touch": place} if place else {}
    return judge_attestation(
        config(months), AttestationFacts(enrolment=enrolment, places=places, signatures=signatures)
    )


SIGNED_ON = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("asked", "months", "state", "lasts", "step"),
    [
        (date(2026, 3, 1), 12, "met", date(2027, 3, 1), ""),
        (date(2027, 1, 29), 12, "met", date(2027, 3, 1), ""),
        (date(2027, 1, 30), 12, "met", date(2027, 3, 1), "Renew your signature under the touch agreement"),
        (date(2027, 3, 1), 12, "met", date(2027, 3, 1), "Renew your signature under the touch agreement"),
        (date(2027, 3, 2), 12, "unmet", None, "Renew your signature under the touch agreement"),
        (date(2040, 3, 2), 0, "met", None, ""),
    ],
)
def test_a_signature_counts_through_its_last_day_and_may_be_renewed_before(asked, months, state, lasts, step):
    result = judged(SIGNED_ON, asked=asked, months=months)
    assert (result.state, result.done, result.valid_until) == (state, int(state == "met"), lasts)
    assert result.next_steps == ((Step(step, ADDRESS),) if step else ())


def test_what_has_lapsed_says_so_and_is_shown_as_not_counted():
    result = judged(SIGNED_ON, asked=date(2027, 3, 2))
    assert result.missing == ("Your signature under the touch agreement counted until 1 Mar 2027. Sign it again.",)
    assert [(row.evidence.label, row.reason) for row in result.excluded] == [
        ("Signed the touch agreement", "It counted until 1 Mar 2027.")
    ]
    assert result.counted == ()


def test_a_renewal_counts_and_the_earlier_one_is_named():
    result = judged(SIGNED_ON, date(2027, 3, 10), asked=date(2027, 4, 1))
    assert (result.state, result.valid_until) == (ResultState.MET, date(2028, 3, 10))
    assert ([row.evidence.id for row in result.counted], [row.reason for row in result.excluded]) == (
        [2],
        ["It was signed again later."],
    )


def test_nothing_signed_says_where_to_sign():
    result = judged(asked=SIGNED_ON)
    assert (result.state, result.missing) == (ResultState.UNMET, ("Read and sign the touch agreement.",))
    assert result.next_steps == (Step("Sign the touch agreement", ADDRESS),)


def test_an_edition_without_it_says_whom_to_ask_and_a_renewal_has_no_address():
    assert judged(asked=SIGNED_ON, place=None).missing == (
        "What is to be signed is not part of your edition. Ask your program director.",
    )
    assert judged(asked=SIGNED_ON, enrolment=None).next_steps == ()


def test_signatures_under_another_key_do_not_count():
    other = Signature(1, "ethics", "the code", SIGNED_ON, SIGNED_ON)
    assert judge_attestation(config(), AttestationFacts(signatures=[other])).state == ResultState.UNMET


DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(st.lists(DAYS, max_size=6), DAYS, st.sampled_from([0, 12]))
def test_whatever_was_signed_the_newest_decides(days, asked, months):
    days = [day for day in days if day <= asked]
    result = judged(*days, asked=asked, months=months)
    counts = bool(days) and (months == 0 or asked <= valid_until(max(days), months))
    assert (result.state == ResultState.MET) is counts
    assert len(result.counted) + len(result.excluded) == len(days)
    assert (result.missing == ()) is counts
    if result.valid_until:
        renews = asked >= result.valid_until - timedelta(days=RENEW_DAYS)
        assert bool(result.next_steps) is renews


# Gathering -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def signing(cast):
    """The trainee's enrolment under a standard that asks for a yearly signature, and the lesson to sign in."""
    edition = make_edition()
    item = make_item(edition, parent=make_module(edition, lessons=0), blocks=[frozen_attestation(key="touch")])
    version = make_standard_version(edition.program, requirements=[config()])
    return make_enrolment(cast.trainee, edition=edition, standard_version=version), item


def sign(enrolment, item, at: datetime):
    person = enrolment.person
    return sign_attestation(enrolment, item, block=UUID(SIGNED), name=str(person), by=person, at=at)


def test_the_standing_of_a_past_day_knows_what_counted_then(signing):
    enrolment, item = signing
    sign(enrolment, item, datetime(2024, 3, 2, 3, tzinfo=UTC))  # the evening of 1 March in Denver
    states = [
        standing_for(enrolment, as_of=day).results[0].state
        for day in (date(2024, 2, 28), date(2024, 3, 1), date(2025, 3, 1), date(2025, 3, 2))
    ]
    assert states == ["unmet", "met", "met", "unmet"]
    assert end_of_day(date(2025, 3, 1), DENVER) < datetime(2025, 3, 2, 7, tzinfo=UTC)


def test_a_window_counts_only_what_was_signed_inside(signing):
    enrolment, item = signing
    sign(enrolment, item, datetime(2025, 3, 2, tzinfo=UTC))
    moment = datetime(2025, 3, 2, tzinfo=UTC)
    windows = [{"since": moment}, {"until": moment}, {"since": moment + timedelta(seconds=1)}]
    person = {"person": enrolment.person_id, "enrolment": None, "edition": enrolment.edition_id}
    for own in ({**person, "enrolment": enrolment.pk}, person):
        subjects = [Subject(**own, **window) for window in windows]
        found = KIND.gather([config()], subjects, datetime(2026, 1, 1, tzinfo=UTC))
        assert [len(found[subject].signatures) for subject in subjects] == [1, 0, 0]


@pytest.mark.parametrize("people", [1, 3])
def test_gathering_asks_once_for_however_many(signing, people):
    enrolment, item = signing
    for number in range(people):
        one = enrolment if number == 0 else make_enrolment(make_person(f"P{number}"), cohort=enrolment.cohort)
        sign(one, item, datetime(2026, 3, 2, tzinfo=UTC))
    enrolments = list(type(enrolment).objects.filter(cohort=enrolment.cohort))
    subjects = [Subject(person=one.person_id, enrolment=one.pk, edition=one.edition_id) for one in enrolments]
    KIND.gather([config()], subjects, datetime(2026, 6, 1, tzinfo=UTC))
    with CaptureQueriesContext(connection) as captured:
        found = KIND.gather([config()], subjects, datetime(2026, 6, 1, tzinfo=UTC))
    assert (len(captured), [len(facts.signatures) for facts in found.values()]) == (1, [1] * people)
    assert found[subjects[0]].places["touch"] == Place("the touch", item.slug, SIGNED)


# Authoring -----------------------------------------------------------------------------------------------------------


def problems(program, **fields) -> list[str]:
    values = {"title": "Touch", "waivable": True, "track": "", "attestation": " touch ", "valid_months": "12"}
    return KIND.problems(KIND.config_from_block(values | fields, "k"), program=program.pk, categories={})


def test_a_standard_cannot_ask_for_what_no_edition_has(signing):
    enrolment, _ = signing
    assert problems(enrolment.program) == []
    missing = "No attestation in the newest edition has the key “ethics”. Publish an edition with it first."
    assert problems(enrolment.program, attestation="ethics") == [missing]
    assert problems(enrolment.program, valid_months="7") == ["It counts for good or for 12 months."]
    assert len(problems(make_program())) == 1


def test_it_reads_as_one_sentence():
    assert [KIND.describe(config(months)) for months in (0, 12)] == [
        "Read and sign the attestation.",
        "Read and sign the attestation, and sign it again every year.",
    ]
    assert KIND.config_from_plain(KIND.config_as_plain(config()), 1) == config()
