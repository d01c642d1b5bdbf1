"""The queue: what it is asked for, how long an entry has waited, and several entries approved on one page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from lms.accounts.actions import raise_barrier
from supervision.actions.practice import retract_log, submit_log
from supervision.enums import LogState
from supervision.models import PracticeLog, SignOff
from supervision.rules.turnaround import days_waiting, is_overdue
from tests.cast import PASSWORD
from tests.factories.supervision import make_placement, make_submitted, seen
from tests.web import post, send_form, text_of

SENT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waited", "days", "overdue"),
    [
        (timedelta(0), 0, False),
        (timedelta(hours=-1), 0, False),
        (timedelta(days=1) - timedelta(seconds=1), 0, False),
        (timedelta(days=7), 7, False),
        (timedelta(days=8) - timedelta(microseconds=1), 7, False),
        (timedelta(days=8), 8, True),
    ],
)
def test_an_entry_is_marked_after_seven_whole_days(waited, days, overdue):
    assert (days_waiting(SENT, SENT + waited), is_overdue(SENT, SENT + waited)) == (days, overdue)


def test_the_queue_says_how_long_each_entry_waits(placement, signer):
    for days in (8, 1):
        PracticeLog.objects.filter(pk=make_submitted(placement).pk).update(
            submitted_at=timezone.now() - timedelta(days=days)
        )
    rows = signer.get("/review/").context["rows"]
    assert [(row["waits"], row["is_overdue"]) for row in rows] == [("8 days", True), ("1 day", False)]


@pytest.fixture
def three(cast, placement):
    """Entries of two trainees at two sites in two categories."""
    other = make_placement(cast.other_trainee, cast.supervisor, site="Harbor Clinic")
    return [
        make_submitted(placement),
        make_submitted(placement, category_key="role-play"),
        make_submitted(other),
    ]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, [0, 1, 2]),
        ({"trainee": "{trainee}"}, [0, 1]),
        ({"site": "{harbor}"}, [2]),
        ({"category": "role-play"}, [1]),
        ({"category": "observation-live", "trainee": "{trainee}"}, [0]),
        ({"category": "role-play", "site": "{harbor}"}, []),
        ({"trainee": "999999", "site": "x", "rows": "7", "category": "\x00"}, [0, 1, 2]),
    ],
    ids=["all", "trainee", "site", "category", "two", "none", "nonsense"],
)
def test_the_queue_is_narrowed_by_trainee_site_and_category(cast, signer, three, asked, shown):
    known = {"trainee": cast.trainee.pk, "harbor": three[2].placement.site_id}
    page = signer.get("/review/", {name: value.format(**known) for name, value in asked.items()})
    assert [row["pk"] for row in page.context["rows"]] == [str(three[place].pk) for place in shown]


def test_the_filters_offer_only_what_waits_for_her(cast, signer, three):
    make_submitted(make_placement(cast.other_trainee, cast.other_supervisor, site="Elsewhere"))
    fields = signer.get("/review/").context["form"].fields
    assert [label for _, label in fields["trainee"].choices] == ["All trainees", "Other Trainee", "Trainee"]
    assert [label for _, label in fields["site"].choices] == ["All sites", "Harbor Clinic", "Juniper Clinic"]
    assert [label for _, label in fields["category"].choices] == ["All categories", "Live observation", "Role-play"]
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason="x")
    assert [label for _, label in signer.get("/review/").context["form"].fields["trainee"].choices] == [
        "All trainees",
        "Other Trainee",
    ]


def test_all_entries_of_a_page_are_ticked_by_a_link(signer, three):
    def ticked(page):
        return page.content.decode().count("checked>")

    assert ticked(signer.get("/review/")) == 0
    assert ticked(signer.get("/review/?ticked=on")) == 3


# Approving together ---------------------------------------------------------------------------------------------------


def confirmation(client, logs):
    return client.get("/review/approve/", {"log": [log.pk for log in logs]})


def approved():
    return set(PracticeLog.objects.filter(state=LogState.APPROVED).values_list("pk", flat=True))


def test_the_page_lists_what_will_be_approved_and_one_sending_signs_each(cast, signer, three):
    PracticeLog.objects.filter(pk=three[0].pk).update(
        flags=[{"rule": "back_dating", "sentence": "Logged 15 days after the visit."}]
    )
    page = confirmation(signer, three[:2])
    words = text_of(page)
    assert not SignOff.objects.exists()
    assert [row["log"] for row in page.context["rows"]] == three[:2]
    for part in ("Trainee", "Live observation, observer", "Role-play", "1 h", "Logged 15 days after the visit.", "2 h"):
        assert part in words
    done = send_form(signer, page, "Approve and sign 2 entries", meaning="observed")
    assert "Approved and signed: 2 entries, 2 h." in text_of(done)
    assert dict(SignOff.objects.values_list("log", "sha256")) == {log.pk: seen(log) for log in three[:2]}
    assert approved() == {three[0].pk, three[1].pk}


def test_what_was_taken_back_or_changed_meanwhile_is_named_and_the_rest_is_signed(cast, signer, three):
    page = confirmation(signer, three)
    for log in three[:2]:
        retract_log(log, by=cast.trainee)
    submit_log(three[0], by=cast.trainee)
    words = text_of(send_form(signer, page, "Approve and sign 3 entries", meaning="reviewed"))
    assert "Approved and signed: 1 entry, 1 h." in words
    assert f"Not signed: visit of {three[0].on.day} " in words
    assert "This entry has changed since you opened it." in words
    assert "Not signed: an entry, Trainee. This entry has been decided or taken back: it is now draft." in words
    assert approved() == {three[2].pk}


def test_nothing_is_told_of_entries_behind_a_barrier_or_of_somebody_elses(cast, signer, three):
    foreign = make_submitted(make_placement(cast.trainee, cast.other_supervisor, enrolment=three[0].enrolment))
    page = confirmation(signer, [*three, foreign])
    assert [row["log"] for row in page.context["rows"]] == three
    assert "Not listed: 1 entry that you ticked and that no longer waits for you." in text_of(page)
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason="x")
    data = {"seen": [f"{log.pk}:{seen(log)}" for log in [*three, foreign]], "meaning": "reviewed"}
    words = text_of(signer.get(post(signer, "/review/approve/", **data).url))
    assert "Approved and signed: 1 entry" in words
    assert "Not signed: 3 entries no longer yours to decide about." in words
    assert approved() == {three[2].pk}


def test_the_password_is_asked_for_once_and_the_choice_is_kept(cast, three):
    client = cast.left_open("supervisor")
    data = {"seen": [f"{log.pk}:{seen(log)}" for log in three], "meaning": "reviewed"}
    asked = post(client, "/review/approve/", **data)
    assert asked.url.startswith("/accounts/reauthenticate/")
    assert not SignOff.objects.exists()
    assert client.post(asked.url, {"password": PASSWORD}).url == "/review/"
    assert SignOff.objects.count() == 3


def test_a_double_click_signs_each_once(signer, three):
    data = {"seen": [f"{log.pk}:{seen(log)}" for log in three], "meaning": "reviewed"}
    key = "0b5f6d0a-6f6c-4a0c-8a3e-4f8b7f9f0a02"
    answers = [post(signer, "/review/approve/", form_key=key, **data) for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/review/")] * 2
    assert SignOff.objects.count() == 3


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"meaning": "reviewed"}, {"seen": ["Choose at least one entry."]}),
        ({"meaning": ""}, {"seen": ["Choose at least one entry."], "meaning": ["Say what your signatures mean."]}),
        ({"meaning": "reviewed", "seen": ["1:x"]}, {"seen": ["Reload the page and choose again."]}),
        (
            {"meaning": "reviewed", "seen": [f"{n}:{'0' * 64}" for n in range(201)]},
            {"seen": ["At most 200 entries are approved at once."]},
        ),
        (
            {"meaning": "reviewed", "seen": [f"999999:{'0' * 64}"]},
            {"__all__": ["None of these entries waits for your decision any more."]},
        ),
    ],
    ids=["none", "no meaning", "nonsense", "too many", "unknown"],
)
def test_a_sending_that_cannot_be_signed_says_why(signer, three, data, error):
    page = post(signer, "/review/approve/", **data)
    assert (page.status_code, page.context["form"].errors) == (422, error)
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("asked", [{}, {"log": "x"}, {"log": "999999"}, {"log": list(range(201))}])
def test_without_a_choice_the_page_leads_back_to_the_queue(signer, asked):
    page = signer.get("/review/approve/", asked)
    assert (page.status_code, page.url) == (302, "/review/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_three(placement, signer, django_assert_num_queries, count):
    logs = [make_submitted(placement) for _ in range(count)]
    confirmation(signer, logs)
    with django_assert_num_queries(5):
        confirmation(signer, logs)
