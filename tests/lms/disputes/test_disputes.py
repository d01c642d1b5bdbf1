"""Disputes: raised on any record, answered by somebody else, passed on when nobody answers."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.accounts.actions import raise_barrier
from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.disputes import actions
from lms.disputes.actions import _move, decide_dispute, escalate_overdue, open_dispute, withdraw_dispute
from lms.disputes.enums import MOVES, UNDECIDED, DisputeState
from lms.disputes.models import Dispute, DisputeMove
from lms.disputes.queries import (
    can_decide,
    disputes_for,
    disputes_to_answer,
    undecided_dispute_about,
    work_for_answerer,
)
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from lms.web.worklist import asker_of
from tests.cast import make_cast
from tests.races import at_once, meeting
from tests.web import post

TEXT = "I was there for the whole session."


def fresh(user) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def dispute(cast) -> Dispute:
    """The trainee disputes a record of her supervisor; the faculty member answers."""
    return open_one(cast)


def open_one(cast, **change) -> Dispute:
    values = {"by": cast.trainee, "text": TEXT, "against": cast.supervisor, "owner": cast.faculty}
    return open_dispute(cast.other_faculty, **(values | change))


def told(prefix: str = "") -> set[str]:
    return {notice.person.email.split("@")[0] for notice in Notice.objects.filter(key__startswith=prefix)}


def test_opening_records_the_move_the_act_and_tells_the_owner(cast, dispute):
    assert (dispute.state, dispute.subject_words) == (DisputeState.OPEN, f"User {cast.other_faculty.pk}")
    assert list(dispute.moves.values_list("old", "new", "by")) == [("", "open", cast.trainee.pk)]
    entry = AuditEntry.objects.get(action="disputes.dispute.opened")
    assert (entry.actor, entry.data) == (cast.trainee, {"evidence": f"accounts.user {cast.other_faculty.pk}"})
    assert told() == {"faculty"}
    assert undecided_dispute_about(cast.other_faculty) == dispute


def test_without_an_owner_the_directors_are_told(cast):
    open_one(cast, owner=None)
    assert told() == {"director", "second_director"}


def test_an_owner_whom_a_barrier_keeps_away_is_left_out(cast):
    raise_barrier(cast.faculty, cast.trainee, by=cast.director, reason="x")
    dispute = open_one(cast)
    assert (dispute.owner, told()) == (None, {"director", "second_director"})


def test_the_same_dispute_again_gives_the_first_back(cast, dispute):
    assert open_one(cast, text="Once more") == dispute
    assert (Dispute.objects.count(), DisputeMove.objects.count()) == (1, 1)


def test_another_person_may_dispute_the_same_record(cast, dispute):
    assert open_one(cast, by=cast.other_trainee) != dispute


def test_after_an_answer_the_record_can_be_disputed_again(cast, dispute):
    decide_dispute(dispute, by=cast.faculty, upheld=False, answer="No.")
    assert open_one(cast) != dispute


@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_dispute_needs_words(cast, text):
    with pytest.raises(Refusal, match="Say in a few words"):
        open_one(cast, text=text)


def test_the_person_disputed_never_owns_the_dispute(cast):
    with pytest.raises(Refusal, match="never answered by the person it is about"):
        open_one(cast, owner=cast.supervisor)


@pytest.mark.parametrize("old", DisputeState)
@pytest.mark.parametrize("new", DisputeState)
def test_every_move_is_legal_or_refused_as_the_table_says(cast, dispute, old, new):
    dispute.state = old
    before = DisputeMove.objects.count()
    if new in MOVES[old]:
        _move(dispute, new, by=cast.director)
        move = DisputeMove.objects.last()
        assert (dispute.state, move.old, move.new, move.by) == (new, old, new, cast.director)
    else:
        with pytest.raises(IllegalMove, match="already"):
            _move(dispute, new, by=cast.director)
        assert (dispute.state, DisputeMove.objects.count()) == (old, before)


def test_the_table_of_moves_is_whole():
    assert set(MOVES) == set(DisputeState)
    assert {state for state in DisputeState if MOVES[state]} == set(UNDECIDED)


@pytest.mark.parametrize(
    ("name", "reads", "decides"),
    [
        ("trainee", True, False),
        ("supervisor", False, False),
        ("faculty", True, True),
        ("director", True, True),
        ("second_director", True, True),
        ("registrar", False, False),
        ("other_trainee", False, False),
        ("other_faculty", False, False),
    ],
)
def test_who_reads_and_who_decides(cast, dispute, name, reads, decides):
    person = fresh(getattr(cast, name))
    assert (dispute in disputes_for(person)) is reads
    assert (dispute in disputes_to_answer(person)) is decides
    assert can_decide(person, dispute) is decides
    client = cast.client(name)
    assert client.get(f"/disputes/{dispute.pk}/").status_code == (200 if reads else 404)
    answer = post(client, f"/disputes/{dispute.pk}/", upheld="yes", answer="Yes, put right.")
    assert answer.status_code == (302 if decides else 422 if reads else 404)
    dispute.refresh_from_db()
    assert dispute.state == (DisputeState.UPHELD if decides else DisputeState.OPEN)


def test_a_director_whom_it_is_about_neither_reads_nor_decides(cast):
    dispute = open_one(cast, against=cast.director)
    assert list(disputes_for(fresh(cast.director))) == []
    with pytest.raises(Refusal):
        decide_dispute(dispute, by=cast.director, upheld=False, answer="No.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(decided_by=cast.director)


def test_a_director_behind_a_barrier_neither_reads_nor_decides(cast, dispute):
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="x")
    assert list(disputes_for(fresh(cast.director))) == []
    assert not can_decide(fresh(cast.director), dispute)
    assert can_decide(fresh(cast.second_director), dispute)


def test_nobody_decides_her_own_dispute(cast):
    dispute = open_one(cast, by=cast.director)
    with pytest.raises(Refusal):
        decide_dispute(dispute, by=cast.director, upheld=True, answer="Mine.")


def test_a_decision_is_recorded_and_the_person_told_without_the_answer(cast, dispute):
    decide_dispute(dispute, by=cast.faculty, upheld=True, answer="The secret answer.")
    dispute.refresh_from_db()
    assert (dispute.state, dispute.answer, dispute.decided_by) == ("upheld", "The secret answer.", cast.faculty)
    entry = AuditEntry.objects.get(action="disputes.dispute.decided")
    assert (entry.actor, entry.data) == (cast.faculty, {"old": "open", "new": "upheld"})
    assert told(f"dispute-{dispute.pk}-decided") == {"trainee"}
    assert not Notice.objects.filter(text__contains="secret").exists()


def test_a_decision_needs_an_answer(cast, dispute):
    with pytest.raises(Refusal, match="Write the answer"):
        decide_dispute(dispute, by=cast.faculty, upheld=True, answer=" ")
    assert post(cast.client("faculty"), f"/disputes/{dispute.pk}/", upheld="yes", answer="").status_code == 422


def test_a_rolled_back_decision_leaves_nothing(cast, dispute):
    with transaction.atomic():
        decide_dispute(dispute, by=cast.faculty, upheld=True, answer="Yes.")
        transaction.set_rollback(True)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.moves.count()) == (DisputeState.OPEN, 1)
    assert not AuditEntry.objects.filter(action="disputes.dispute.decided").exists()
    assert not Notice.objects.filter(key__contains="decided").exists()


def test_only_who_raised_it_withdraws_it(cast, dispute):
    for name in ("faculty", "director"):
        assert post(cast.client(name), f"/disputes/{dispute.pk}/withdraw/").status_code == 409
    assert post(cast.client("supervisor"), f"/disputes/{dispute.pk}/withdraw/").status_code == 404
    assert post(cast.client("trainee"), f"/disputes/{dispute.pk}/withdraw/").status_code == 302
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.WITHDRAWN
    assert AuditEntry.objects.filter(action="disputes.dispute.withdrawn", actor=cast.trainee).count() == 1
    with pytest.raises(IllegalMove, match="already withdrawn"):
        withdraw_dispute(dispute, by=cast.trainee)


@pytest.mark.parametrize(("days", "escalated"), [(13, 0), (14, 1), (30, 1)])
def test_what_nobody_answered_for_14_days_goes_to_the_directors(cast, days, escalated):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        dispute = open_one(cast)
        clock.shift(timedelta(days=days))
        assert escalate_overdue() == escalated
        assert escalate_overdue() == 0
    dispute.refresh_from_db()
    assert (dispute.state == DisputeState.ESCALATED) is bool(escalated)
    assert AuditEntry.objects.filter(action="disputes.dispute.escalated", actor=None).count() == escalated
    assert told(f"dispute-{dispute.pk}-escalated") == (
        {"director", "second_director", "trainee"} if escalated else set()
    )


def test_an_escalated_dispute_can_still_be_decided_and_a_decided_one_is_not_escalated(cast, dispute):
    decide_dispute(dispute, by=cast.faculty, upheld=True, answer="Yes.")
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert escalate_overdue() == 0
        other = open_one(cast)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert escalate_overdue() == 1
        decide_dispute(other, by=cast.director, upheld=False, answer="No.")


@pytest.mark.parametrize("change", [{"evidence_id": "9"}, {"against_id": None}, {"raised_by_id": 999}])
def test_the_database_refuses_to_rewrite_what_was_disputed(cast, dispute, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        DisputeMove.objects.update(new="upheld")


def test_the_work_list_counts_what_waits_for_an_answer(cast, dispute):
    assert [item.title for item in work_for_answerer(asker_of(fresh(cast.faculty)))] == [
        "1 dispute waits for your answer"
    ]
    open_one(cast, by=cast.other_trainee)
    assert [item.title for item in work_for_answerer(asker_of(fresh(cast.faculty)))] == [
        "2 disputes wait for your answer"
    ]
    assert work_for_answerer(asker_of(fresh(cast.trainee))) == []


def test_the_page_shows_the_words_escaped_and_says_when_it_goes_on(cast):
    dispute = open_one(cast, text="<script>alert(1)</script> was here")
    page = cast.client("trainee").get(f"/disputes/{dispute.pk}/").content.decode()
    assert ("&lt;script&gt;" in page, "<script>alert" in page, "Withdraw the dispute" in page) == (True, False, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(cast, rows):
    people = [cast.trainee, cast.other_trainee, cast.registrar]
    for person in people[:rows]:
        open_one(cast, by=person)
    client = cast.client("director")
    client.get("/disputes/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/disputes/").content.decode().count('href="/disputes/') == rows
    about_disputes = [query for query in queries if "disputes_dispute" in query["sql"]]
    assert len(about_disputes) == 2, "the count and the page; the frame's queries are counted elsewhere"


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=99999999999999999999", "page=x", "page=%00", "page="])
def test_nonsense_in_the_address_is_no_error(cast, dispute, query):
    assert cast.client("trainee").get(f"/disputes/?{query}").status_code == 200


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999", "-1", "x", "1%00"])
def test_an_address_that_names_no_dispute_is_404(cast, dispute, pk):
    assert cast.client("trainee").get(f"/disputes/{pk}/").status_code == 404


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_decisions_at_once_are_one_decision(guarded, monkeypatch):
    cast = make_cast()
    dispute = open_one(cast)
    people = [cast.faculty, cast.director, cast.second_director]
    if not guarded:
        monkeypatch.setattr(actions, "decide_dispute", decide_dispute.__wrapped__)
        monkeypatch.setattr(Dispute.objects, "select_for_update", lambda **kwargs: Dispute.objects.all())
        monkeypatch.setattr(actions, "can_decide", meeting(can_decide, 3))
        monkeypatch.setattr(
            actions, "record", lambda *args, **kwargs: None
        )  # it refuses to stand outside a transaction
    results = at_once(3, lambda n: actions.decide_dispute(dispute, by=people[n], upheld=n % 2 == 0, answer=f"No. {n}"))
    kinds = sorted(type(result).__name__ for result in results)
    assert (kinds == ["Dispute", "IllegalMove", "IllegalMove"]) is guarded, results
    assert (DisputeMove.objects.filter(dispute=dispute).count() == 2) is guarded
