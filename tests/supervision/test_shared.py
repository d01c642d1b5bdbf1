"""A visit of two trainees: each has her own entry, neither reads the other's words or codes, and it is one visit."""

import pytest
from django.urls import reverse

from lms.accounts.actions import raise_barrier
from lms.errors import IllegalMove, Refusal
from supervision.actions.practice import correct_log, discard_log, submit_log
from supervision.actions.shared import confirm_share, decline_share, propose_share
from supervision.enums import ShareState
from supervision.models import PracticeLog, SharedVisit
from supervision.queries.shared import sessions_in, shares_for
from tests.factories.enrolment import make_enrolment
from tests.factories.supervision import (
    approve,
    make_approved,
    make_code,
    make_draft,
    make_placement,
    make_visit,
)
from tests.web import post

WORDS = "I noticed my own hurry."


@pytest.fixture
def other(cast, placement):
    enrolment = make_enrolment(cast.other_trainee, cohort=placement.enrolment.cohort)
    return make_placement(cast.other_trainee, cast.supervisor, enrolment=enrolment)


@pytest.fixture
def log(placement):
    code = make_code(placement)
    return make_draft(
        placement, clients=frozenset({code.pk}), client_consented=True, reflection=WORDS, format="group", group_size=4
    )


@pytest.fixture
def share(cast, log, other):
    return propose_share(log, to=other.enrolment, by=cast.trainee)


def test_minutes_count_by_person_and_the_visit_once(cast, placement, other, log, share):
    own = confirm_share(
        share, make_visit(on=log.on, segments=(("dosing", 30),)), placement=other, by=cast.other_trainee
    )
    log.refresh_from_db()
    assert own.visit == log.visit is not None
    approve(submit_log(log, by=cast.trainee))
    approve(submit_log(own, by=cast.other_trainee))
    make_approved(placement)
    assert sessions_in(PracticeLog.objects.all()) == 2
    assert set(PracticeLog.objects.values_list("enrolment__person", "minutes")) == {
        (cast.trainee.pk, 60),
        (cast.other_trainee.pk, 30),
    }
    correction = correct_log(log, by=cast.trainee)
    assert correction.visit == log.visit
    assert sessions_in(PracticeLog.objects.all()) == 2


def test_the_other_reads_when_and_how_long_and_never_words_or_codes(cast, log, share, other):
    client = cast.client("other_trainee")
    page = client.get(reverse("practice_shared", args=[share.pk])).content.decode()
    assert log.on.isoformat() in page
    assert 'value="60"' in page
    assert WORDS not in page
    assert log.client_rows.get().client.code not in page
    assert client.get(reverse("practice_detail", args=[log.pk])).status_code == 404
    assert str(cast.trainee) in client.get(reverse("practice_list")).content.decode()


def test_it_is_answered_once_by_her_to_whom_it_is_proposed(cast, log, share, other):
    with pytest.raises(Refusal, match="somebody else"):
        decline_share(share, by=cast.trainee)
    decline_share(share, by=cast.other_trainee)
    with pytest.raises(IllegalMove, match="answered already"):
        confirm_share(share, make_visit(on=log.on), placement=other, by=cast.other_trainee)
    assert PracticeLog.objects.count() == 1
    again = propose_share(log, to=other.enrolment, by=cast.trainee)
    assert again != share
    assert propose_share(log, to=other.enrolment, by=cast.trainee) == again


def test_her_times_are_those_of_the_visit(cast, log, share, other):
    with pytest.raises(Refusal, match="not those of the visit"):
        confirm_share(share, make_visit(), placement=other, by=cast.other_trainee)
    assert SharedVisit.objects.get().state == ShareState.PROPOSED


def test_who_can_be_named_and_what_is_discarded_is_proposed_no_more(cast, placement, log, share, other):
    stranger = make_enrolment(cast.supervisor)
    with pytest.raises(Refusal, match="of your own cohort"):
        propose_share(log, to=stranger, by=cast.trainee)
    discard_log(log, by=cast.trainee)
    assert not shares_for(cast.other_trainee).exists()
    with pytest.raises(IllegalMove, match="discarded by its writer"):
        confirm_share(share, make_visit(on=log.on), placement=other, by=cast.other_trainee)


def test_a_barrier_hides_the_proposal(cast, share):
    raise_barrier(cast.trainee, cast.other_trainee, by=cast.director, reason="A complaint.")
    assert not shares_for(cast.other_trainee).exists()


def test_naming_and_confirming_through_the_pages(cast, placement, other):
    form = {
        "placement": placement.pk,
        "category_key": "observation-live",
        "role": "observer",
        "on": "2026-11-20",
        "starts_at": "09:00",
        "minutes_1": "60",
        "phase_1": "dosing",
        "time_zone": "America/Denver",
        "modality": "in_person",
        "format": "individual",
        "route": "none",
    }
    trainee, companion = cast.client("trainee"), cast.client("other_trainee")
    named = form | {"co_therapist": other.enrolment_id, "then": "keep"}
    assert post(trainee, reverse("practice_new"), **named).status_code == 302
    share = SharedVisit.objects.get()
    address = reverse("practice_shared", args=[share.pk])
    assert post(companion, address, **form | {"placement": other.pk, "on": "2026-11-19"}).status_code == 422
    assert post(companion, address, **form | {"placement": other.pk}).status_code == 302
    share.refresh_from_db()
    assert (share.state, share.own_log.enrolment) == (ShareState.CONFIRMED, other.enrolment)
    page = trainee.get(reverse("practice_detail", args=[share.log_id])).content.decode()
    assert f"{cast.other_trainee}, confirmed" in page
