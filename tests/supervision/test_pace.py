"""An unusual pace of approvals: the rule at its boundaries, one flag for each spell, and the director who looks at it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.errors import IllegalMove, Refusal
from supervision.actions.pace import see_pace
from supervision.actions.review import approve_logs
from supervision.enums import Meaning
from supervision.models import PaceFlag
from supervision.queries.pace import paces_for
from supervision.rules import pace
from supervision.rules.pace import APPROVALS_USUAL, WITHIN, Pace, unusual_pace
from tests.factories.curriculum import make_program
from tests.factories.supervision import approve, make_returned, make_submitted, seen
from tests.web import post, text_of

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def every(seconds, count):
    return [AT + timedelta(seconds=seconds * number) for number in range(count)]


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ([], None),
        (every(1, APPROVALS_USUAL), None),
        (every(1, APPROVALS_USUAL + 1), Pace(21, AT, AT + timedelta(seconds=20))),
        (every(15, APPROVALS_USUAL + 1), Pace(21, AT, AT + WITHIN)),
        (every(15.1, APPROVALS_USUAL + 1), None),
        (every(15, APPROVALS_USUAL + 1)[::-1], Pace(21, AT, AT + WITHIN)),
        ([*every(1, 40), AT + timedelta(hours=1)], None),
        ([AT - timedelta(hours=1), *every(1, 21)], Pace(21, AT, AT + timedelta(seconds=20))),
        ([AT] * 200, Pace(200, AT, AT)),
    ],
    ids=["none", "twenty", "one more", "just within", "just outside", "any order", "over", "earlier ones", "at once"],
)
def test_more_than_twenty_within_five_minutes_of_the_last_one_are_unusual(times, found):
    assert unusual_pace(times) == found


@pytest.fixture
def two_are_usual(monkeypatch):
    monkeypatch.setattr(pace, "APPROVALS_USUAL", 2)


@pytest.fixture
def flag(two_are_usual, placement):
    for _ in range(3):
        approve(make_submitted(placement))
    return PaceFlag.objects.get()


def test_a_pace_that_goes_on_is_one_flag_and_a_later_one_another(cast, flag, placement, time_machine_ahead):
    assert (flag.signer, flag.approvals, flag.seen_at) == (cast.supervisor, 3, None)
    approve(make_submitted(placement))
    assert list(PaceFlag.objects.values_list("approvals", flat=True)) == [4]
    time_machine_ahead(WITHIN + timedelta(minutes=1))
    logs = [make_submitted(placement) for _ in range(3)]
    approve_logs({log.pk: seen(log) for log in logs}, by=cast.supervisor, meaning=Meaning.REVIEWED)
    assert list(PaceFlag.objects.order_by("id").values_list("approvals", flat=True)) == [4, 3]


def test_approvals_in_their_time_and_returns_are_not_flagged(two_are_usual, placement, time_machine_ahead):
    for _ in range(3):
        approve(make_submitted(placement))
        make_returned(placement)
        time_machine_ahead(WITHIN / 2 + timedelta(seconds=1))
    assert not PaceFlag.objects.exists()


def test_the_director_reads_it_and_says_that_she_has_looked(cast, flag):
    client = cast.client("director")
    assert "Entries were approved at an unusual pace" in text_of(client.get("/home/"))
    assert "Supervisor 3" in text_of(client.get("/desk/pace/"))
    page = post(client, f"/desk/pace/{flag.pk}/seen/", follow=True)
    assert "Noted that you looked at the approvals of Supervisor." in text_of(page)
    flag.refresh_from_db()
    assert flag.seen_by == cast.director
    assert "unusual pace" not in text_of(client.get("/home/"))
    with pytest.raises(IllegalMove):
        see_pace(flag, by=cast.second_director)


def test_after_it_was_looked_at_the_same_pace_is_a_flag_anew(cast, flag, placement):
    see_pace(flag, by=cast.director)
    approve(make_submitted(placement))
    assert list(PaceFlag.objects.order_by("id").values_list("approvals", flat=True)) == [3, 4]


def test_only_directors_of_these_trainees_who_did_not_sign_read_it(cast, flag, placement):
    grant_role(cast.supervisor, Role.DIRECTOR, by=cast.director)
    grant_role(cast.faculty, Role.DIRECTOR, scope=Scope.PROGRAM, scope_id=make_program("Else").pk, by=cast.director)
    here = placement.enrolment.program_id
    grant_role(cast.other_faculty, Role.DIRECTOR, scope=Scope.PROGRAM, scope_id=here, by=cast.director)
    people = [cast.director, cast.supervisor, cast.faculty, cast.other_faculty, cast.registrar, cast.trainee]
    people = [type(person).objects.get(pk=person.pk) for person in people]
    assert [paces_for(person).exists() for person in people] == [True, False, False, True, False, False]
    with pytest.raises(Refusal, match="did not sign the entries"):
        see_pace(flag, by=people[1])


def test_the_database_keeps_a_flag_as_it_was_and_from_its_own_signer(cast, flag):
    for values in ({"signer": cast.director}, {"seen_by": cast.supervisor, "seen_at": AT}, {"seen_by": cast.director}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaceFlag.objects.filter(pk=flag.pk).update(**values)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(cast, flag, django_assert_num_queries, count):
    for number in range(1, count):
        at = flag.ended_at + timedelta(seconds=number)
        PaceFlag.objects.create(signer=cast.supervisor, began_at=flag.began_at, ended_at=at, approvals=3)
    client = cast.client("director")
    client.get("/desk/pace/")
    with django_assert_num_queries(4):
        assert len(client.get("/desk/pace/").context["page"]) == count
