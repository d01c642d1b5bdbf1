"""Pause, go on, extend, withdraw: every act in every state by every role, and what each does to time and seats."""

import itertools
import uuid
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from courses.enrolment.actions import adjust_enrolment, enrol, extend_enrolment, move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import finish_by, pause_of, seats_taken
from lms.audit.queries import entries_about
from lms.clock.models import Adjustment, Cause
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.web import text_of

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 12, 18)
ROLES = ("director", "faculty", "registrar", "other_faculty", "supervisor", "trainee", "other_trainee", "visitor")
# Which act is possible in which state, and the state it leads to; extending leads nowhere else.
POSSIBLE = {
    ("active", "pause"): "paused",
    ("active", "extend"): "active",
    ("active", "complete"): "completed",
    ("active", "withdraw"): "withdrawn",
    ("paused", "resume"): "active",
    ("paused", "extend"): "paused",
    ("paused", "withdraw"): "withdrawn",
}
ACTS = ("pause", "resume", "extend", "complete", "withdraw")
REFUSED = {"faculty": 403, "registrar": 403, "visitor": 302}


@pytest.fixture(autouse=True)
def february(time_machine):
    """Before anybody is given a role: everything here happens after it."""
    time_machine.move_to("2026-02-01T18:00:00+00:00")


@pytest.fixture
def cohort(cast):
    cohort = make_cohort(ends_on=LAST_DAY, seats=5)
    grant_faculty(cast.faculty, cohort)
    return cohort


def send(client, enrolment, act):
    values = {"reason": "Parental leave.", "form_key": str(uuid.uuid4())}
    if act == "extend":
        values |= {"finish_on": "2027-01-15", "shown": "2026-12-18/2027-01-15"}
    return client.post(reverse(f"desk_enrolment_{act}", args=[enrolment.pk]), values)


@pytest.mark.parametrize(("state", "act"), list(itertools.product(EnrolmentState.values, ACTS)))
def test_every_act_in_every_state_by_every_role(cast, cohort, state, act):
    enrolment = make_enrolment(cast.trainee, cohort=cohort, state=state)
    is_possible = (state, act) in POSSIBLE
    for role in ROLES:
        with transaction.atomic():
            answer = send(cast.client(role), enrolment, act).status_code
            wanted = (302 if is_possible else 409) if role == "director" else REFUSED.get(role, 404)
            now = Enrolment.objects.get(pk=enrolment.pk).state
            has_acted = is_possible and role == "director"
            assert (role, answer, now) == (role, wanted, POSSIBLE[state, act] if has_acted else state)
            moved = enrolment.moves.count() + Adjustment.objects.count()
            assert moved == (2 if has_acted else 1)
            transaction.set_rollback(True)


@pytest.mark.parametrize(("state", "act"), list(itertools.product(EnrolmentState.values, ACTS)))
def test_the_page_offers_exactly_what_is_possible(cast, cohort, state, act):
    enrolment = make_enrolment(cast.trainee, cohort=cohort, state=state)
    page = cast.client("director").get(reverse("desk_enrolment", args=[enrolment.pk])).content.decode()
    assert (reverse(f"desk_enrolment_{act}", args=[enrolment.pk]) in page) == ((state, act) in POSSIBLE)
    read = cast.client("faculty").get(reverse("desk_enrolment", args=[enrolment.pk])).content.decode()
    assert reverse(f"desk_enrolment_{act}", args=[enrolment.pk]) not in read


# Pausing and going on ------------------------------------------------------------------------------------------------


def paused_for(cast, cohort, time_machine, *, since, until):
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    time_machine.move_to(since)
    move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Leave.")
    time_machine.move_to(until)
    return enrolment


def test_whoever_goes_on_after_a_pause_gets_its_days_back(cast, cohort, time_machine):
    enrolment = paused_for(
        cast, cohort, time_machine, since="2026-03-02T18:00:00+00:00", until="2026-04-01T18:00:00+00:00"
    )
    assert finish_by(enrolment) == LAST_DAY
    move_enrolment(enrolment, EnrolmentState.ACTIVE, by=cast.director, reason="Back.")
    assert finish_by(enrolment) == date(2027, 1, 17)
    given = Adjustment.objects.get()
    assert (given.cause, given.since, given.days, given.cohort_id) == (Cause.PAUSE, date(2026, 3, 2), 30, cohort.pk)
    told = Notice.objects.filter(person=cast.trainee).order_by("id").last().text
    assert "30 days" in told
    assert "17 Jan 2027" in told


def test_a_pause_of_an_afternoon_gives_nothing_back(cast, cohort, time_machine):
    """The days are local ones of the cohort: 2 March in Denver, although UTC has begun the third."""
    enrolment = paused_for(
        cast, cohort, time_machine, since="2026-03-02T18:00:00+00:00", until="2026-03-03T05:00:00+00:00"
    )
    move_enrolment(enrolment, EnrolmentState.ACTIVE, by=cast.director, reason="Back.")
    assert not Adjustment.objects.exists()
    assert finish_by(enrolment) == LAST_DAY


def test_two_pauses_add_up_and_a_very_long_one_gives_what_one_adjustment_may_give(cast, cohort, time_machine):
    enrolment = paused_for(
        cast, cohort, time_machine, since="2026-03-02T18:00:00+00:00", until="2026-03-12T18:00:00+00:00"
    )
    move_enrolment(enrolment, EnrolmentState.ACTIVE, by=cast.director, reason="Back.")
    move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Again.")
    time_machine.move_to("2029-03-12T18:00:00+00:00")
    assert pause_of(enrolment).days == 730
    move_enrolment(enrolment, EnrolmentState.ACTIVE, by=cast.director, reason="Back again.")
    assert list(Adjustment.objects.order_by("id").values_list("days", flat=True)) == [10, 730]


def test_a_pause_in_one_program_moves_no_deadline_in_another(cast, cohort, time_machine):
    other = make_enrolment(cast.trainee, cohort=make_cohort(ends_on=LAST_DAY))
    enrolment = paused_for(
        cast, cohort, time_machine, since="2026-03-02T18:00:00+00:00", until="2026-04-01T18:00:00+00:00"
    )
    move_enrolment(enrolment, EnrolmentState.ACTIVE, by=None, reason="Paid.")
    adjust_enrolment(enrolment, cause=Cause.LEAVE, since=date(2026, 3, 1), days=5, by=cast.director)
    assert (finish_by(other), finish_by(enrolment)) == (LAST_DAY, date(2027, 1, 22))


def test_the_page_of_going_on_shows_the_days_and_both_dates(cast, cohort, time_machine):
    enrolment = paused_for(
        cast, cohort, time_machine, since="2026-03-02T18:00:00+00:00", until="2026-04-01T18:00:00+00:00"
    )
    words = text_of(cast.client("director").get(reverse("desk_enrolment_resume", args=[enrolment.pk])))
    assert all(part in words for part in ("2 Mar 2026", "30 days", "18 Dec 2026", "17 Jan 2027"))


def test_a_paused_trainee_reads_her_state_what_stays_open_and_until_when(cast, cohort, time_machine):
    enrolment = paused_for(
        cast, cohort, time_machine, since="2026-03-02T18:00:00+00:00", until="2026-03-20T18:00:00+00:00"
    )
    trainee = cast.client("trainee")
    for page in (reverse("home"), reverse("learn_outline", args=[enrolment.pk])):
        words = text_of(trainee.get(page))
        wanted = ("is paused", "2 Mar 2026", "go on logging practice", "standing", "disputes", "18 Dec 2026")
        assert [part for part in wanted if part not in words] == []
        assert "Leave." not in words


def test_a_withdrawn_trainee_reads_what_stays_open(cast, cohort, time_machine):
    time_machine.move_to("2026-03-02T18:00:00+00:00")
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    move_enrolment(enrolment, EnrolmentState.WITHDRAWN, by=cast.director, reason="Moved away.")
    trainee = cast.client("trainee")
    for page in (reverse("home"), reverse("learn_outline", args=[enrolment.pk])):
        words = text_of(trainee.get(page))
        assert "has ended" in words
        assert "export" in words
        assert "Moved away" not in words
    assert [trainee.get(reverse(name)).status_code for name in ("practice_list", "export_list")] == [200, 200]
    assert trainee.get(reverse("standing", args=[enrolment.pk])).status_code == 200


def test_an_active_trainee_reads_until_when_she_has_time(cast, cohort):
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    extend_enrolment(enrolment, date(2027, 1, 15), by=cast.director, reason="Leave.")
    for page in (reverse("home"), reverse("learn_outline", args=[enrolment.pk])):
        assert "15 Jan 2027" in text_of(cast.client("trainee").get(page))


def test_an_ended_enrolment_is_not_named_once_it_was_begun_anew(cast, cohort):
    old = make_enrolment(cast.trainee, cohort=cohort)
    move_enrolment(old, EnrolmentState.WITHDRAWN, by=cast.director, reason="Moved away.")
    enrol(cast.trainee, cohort=cohort, by=cast.director)
    assert "has ended" not in text_of(cast.client("trainee").get(reverse("home")))


@pytest.mark.parametrize("number", [1, 3])
def test_the_home_page_asks_the_same_number_of_queries(cast, number, django_assert_num_queries):
    for _ in range(number):
        make_enrolment(cast.trainee, cohort=make_cohort(ends_on=LAST_DAY), state=EnrolmentState.PAUSED)
    client = cast.client("trainee")
    client.get(reverse("home"))
    with django_assert_num_queries(5):
        client.get(reverse("home"))


# Withdrawing ---------------------------------------------------------------------------------------------------------


def test_withdrawing_frees_the_seat_and_the_page_says_so(cast):
    cohort = make_cohort(seats=1)
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    words = text_of(cast.client("director").get(reverse("desk_enrolment_withdraw", args=[enrolment.pk])))
    assert "1 of 1" in words
    assert "0 of 1" in words
    assert send(cast.client("director"), enrolment, "withdraw").status_code == 302
    assert seats_taken(cohort) == 0
    assert enrol(cast.other_trainee, cohort=cohort, by=cast.director).pk


# Extending -----------------------------------------------------------------------------------------------------------


def extend_page(client, enrolment, **values):
    page = reverse("desk_enrolment_extend", args=[enrolment.pk])
    return client.post(page, {"form_key": str(uuid.uuid4()), "reason": "Surgery."} | values)


def test_an_extension_shows_old_and_new_before_it_acts(cast, cohort):
    enrolment, director = make_enrolment(cast.trainee, cohort=cohort), cast.client("director")
    preview = extend_page(director, enrolment, finish_on="2027-01-15")
    words = text_of(preview)
    assert preview.status_code == 200
    assert all(part in words for part in ("18 Dec 2026", "15 Jan 2027", "28 days", "Extend to 15 Jan 2027"))
    assert finish_by(enrolment) == LAST_DAY
    other = extend_page(director, enrolment, finish_on="2027-02-01", shown="2026-12-18/2027-01-15")
    assert "Extend to 1 Feb 2027" in text_of(other)
    assert finish_by(enrolment) == LAST_DAY
    done = extend_page(director, enrolment, finish_on="2027-01-15", shown="2026-12-18/2027-01-15")
    assert done.status_code == 302
    assert finish_by(enrolment) == date(2027, 1, 15)
    assert entries_about(enrolment).get().data == {"old": "2026-12-18", "new": "2027-01-15"}
    told = Notice.objects.get(person=cast.trainee).text
    assert "15 Jan 2027" in told
    assert "Surgery" not in told


@pytest.mark.parametrize("day", ["2026-12-18", "2026-12-01", "2029-01-01", "1026-12-01", "soon", ""])
def test_only_a_later_day_within_reason_is_taken(cast, cohort, day):
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    assert extend_page(cast.client("director"), enrolment, finish_on=day).status_code == 422
    assert not Adjustment.objects.exists()


def test_an_extension_of_a_day_that_has_changed_is_refused(cast, cohort):
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    extend_enrolment(enrolment, date(2027, 1, 15), by=cast.second_director, reason="Leave.", seen=LAST_DAY)
    with pytest.raises(Refusal, match="changed meanwhile: it is 15 Jan 2027 now"):
        extend_enrolment(enrolment, date(2027, 1, 20), by=cast.director, reason="Leave.", seen=LAST_DAY)
    assert Adjustment.objects.count() == 1


def test_an_extension_reopens_a_day_that_has_passed(cast, cohort, time_machine):
    time_machine.move_to("2027-02-01T18:00:00+00:00")
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    extend_enrolment(enrolment, date(2027, 3, 1), by=cast.director, reason="Illness.")
    assert finish_by(enrolment) == date(2027, 3, 1)


def test_what_has_no_last_day_or_has_ended_is_not_extended(cast, cohort):
    endless = make_enrolment(cast.trainee, cohort=make_cohort())
    ended = make_enrolment(cast.trainee, cohort=cohort, state=EnrolmentState.WITHDRAWN)
    with pytest.raises(Refusal, match="nothing to extend"):
        extend_enrolment(endless, date(2027, 3, 1), by=cast.director, reason="So.")
    with pytest.raises(IllegalMove):
        extend_enrolment(ended, date(2027, 3, 1), by=cast.director, reason="So.")
    with pytest.raises(Refusal, match="ask another program director"):
        extend_enrolment(make_enrolment(cast.director, cohort=cohort), LAST_DAY, by=cast.director, reason="So.")
