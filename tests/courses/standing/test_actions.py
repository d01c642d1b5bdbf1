"""Waivers and holds: who may, what is kept, what is told."""

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from courses.standing import actions
from courses.standing.actions import NotWaivable, end_waiver, grant_waiver, lift_hold, place_hold
from courses.standing.engine import standing_for
from courses.standing.models import Hold, Waiver
from courses.standing.queries import open_holds
from lms.accounts.actions import raise_barrier
from lms.audit.models import AuditEntry
from lms.audit.queries import entries_about
from lms.enums import ReasonClass
from lms.errors import Refusal
from lms.notices.models import Notice
from tests.cast import make_cast
from tests.courses.kinds import ReadingConfig
from tests.factories.curriculum import make_program
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard_version
from tests.guards import without_constraint
from tests.races import all_look_first, at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_kinds")]
PAPER = {"reason": "Taught it for years.", "document": "Transcript of 2019"}
HOLD = {"reason_class": ReasonClass.ADMINISTRATIVE, "note": "A form is missing."}


def make_waivable(person):
    program = make_program()
    requirements = [ReadingConfig("read", "Readings"), ReadingConfig("ethics", "Ethics", waivable=False)]
    version = make_standard_version(program, requirements=requirements)
    return make_enrolment(person, cohort=make_cohort(program, standard_version=version))


@pytest.fixture
def enrolment(cast):
    return make_waivable(cast.trainee)


def test_a_waiver_keeps_its_reason_document_and_approver_and_is_told(cast, enrolment):
    waiver = grant_waiver(enrolment, "read", by=cast.director, **PAPER)
    assert (waiver.reason, waiver.document, waiver.approved_by) == (*PAPER.values(), cast.director)
    entry = entries_about(waiver).get()
    assert (entry.action, entry.actor) == ("standing.waiver.granted", cast.director)
    assert entry.data == {"enrolment": enrolment.pk, "requirement": "read"}
    notice = Notice.objects.get(person=cast.trainee)
    assert (notice.subject, "“Readings” has been waived" in notice.text) == ("Your standing has changed", True)


@pytest.mark.parametrize(
    ("key", "paper", "sentence"),
    [
        ("ethics", PAPER, "“Ethics” cannot be waived"),
        ("nothing", PAPER, "no such requirement"),
        ("read", PAPER | {"reason": " "}, "needs a reason and the document"),
        ("read", PAPER | {"document": ""}, "needs a reason and the document"),
    ],
)
def test_what_no_waiver_is_granted_for(cast, enrolment, key, paper, sentence):
    with pytest.raises(Refusal, match=sentence):
        grant_waiver(enrolment, key, by=cast.director, **paper)
    assert not Waiver.objects.exists()


def test_a_non_waivable_requirement_has_its_own_refusal(cast, enrolment):
    with pytest.raises(NotWaivable):
        grant_waiver(enrolment, "ethics", by=cast.director, **PAPER)


def test_nobody_waives_or_holds_for_herself_or_across_a_barrier(cast, enrolment):
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="Related.")
    waiver = grant_waiver(enrolment, "read", by=cast.second_director, **PAPER)
    hold = place_hold(enrolment, by=cast.second_director, **HOLD)
    for person in (cast.trainee, cast.director):
        with pytest.raises(Refusal, match="ask another program director"):
            grant_waiver(enrolment, "read", by=person, **PAPER)
        with pytest.raises(Refusal, match="ask another program director"):
            end_waiver(waiver, by=person)
        with pytest.raises(Refusal, match="ask another program director"):
            place_hold(enrolment, by=person, **HOLD)
        with pytest.raises(Refusal, match="ask another program director"):
            lift_hold(hold, by=person)


def test_an_ended_waiver_keeps_its_row_and_another_can_follow(cast, enrolment):
    first = grant_waiver(enrolment, "read", by=cast.director, **PAPER)
    with pytest.raises(Refusal, match="already waived"):
        grant_waiver(enrolment, "read", by=cast.director, **PAPER)
    ended = end_waiver(first, by=cast.second_director)
    assert ended.ended_by == cast.second_director
    assert list(entries_about(first).values_list("action", flat=True)) == [
        "standing.waiver.granted",
        "standing.waiver.ended",
    ]
    with pytest.raises(Refusal, match="already ended"):
        end_waiver(first, by=cast.director)
    assert grant_waiver(enrolment, "read", by=cast.director, **PAPER).pk != first.pk


def test_a_hold_gates_the_award_and_nothing_else(cast, enrolment):
    before = standing_for(enrolment)
    hold = place_hold(enrolment, by=cast.director, **HOLD)
    after = standing_for(enrolment, as_of=before.as_of)
    assert after == before
    assert list(open_holds(enrolment)) == [hold]
    assert lift_hold(hold, by=cast.director).lifted_by == cast.director
    assert not open_holds(enrolment).exists()
    assert list(entries_about(hold).values_list("action", flat=True)) == [
        "standing.hold.placed",
        "standing.hold.lifted",
    ]
    with pytest.raises(Refusal, match="already been lifted"):
        lift_hold(hold, by=cast.director)
    with pytest.raises(Refusal, match="Note why"):
        place_hold(enrolment, by=cast.director, reason_class=ReasonClass.INTERIM, note=" ")


def test_the_note_of_a_hold_is_never_told_but_its_kind_is(cast, enrolment):
    place_hold(enrolment, by=cast.director, reason_class=ReasonClass.INTERIM, note="A client complained.")
    text = Notice.objects.get(person=cast.trainee).text
    assert ReasonClass.INTERIM.public_sentence in text
    assert "complained" not in text


@pytest.mark.parametrize("act", ["grant", "end", "place", "lift"])
def test_an_act_that_cannot_be_told_never_happened(cast, enrolment, monkeypatch, act):
    waiver = grant_waiver(enrolment, "read", by=cast.director, **PAPER) if act == "end" else None
    hold = place_hold(enrolment, by=cast.director, **HOLD) if act == "lift" else None
    entries, rows = AuditEntry.objects.count(), (Waiver.objects.count(), Hold.objects.count())

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(actions, "notify", fail)
    acts = {
        "grant": lambda: grant_waiver(enrolment, "read", by=cast.director, **PAPER),
        "end": lambda: end_waiver(waiver, by=cast.director),
        "place": lambda: place_hold(enrolment, by=cast.director, **HOLD),
        "lift": lambda: lift_hold(hold, by=cast.director),
    }
    with pytest.raises(RuntimeError):
        acts[act]()
    assert (Waiver.objects.count(), Hold.objects.count()) == rows
    assert AuditEntry.objects.count() == entries
    assert not Waiver.objects.filter(ended_at__isnull=False).exists()
    assert not Hold.objects.filter(lifted_at__isnull=False).exists()


@pytest.mark.parametrize("change", [{"reason": "x"}, {"requirement_key": "ethics"}, None])
def test_the_database_keeps_what_a_waiver_said(cast, enrolment, change):
    rows = Waiver.objects.filter(pk=grant_waiver(enrolment, "read", by=cast.director, **PAPER).pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_a_requirement_is_waived_once_at_once():
    cast = make_cast()
    enrolment = make_waivable(cast.trainee)
    outcomes = at_once(4, lambda number: grant_waiver(enrolment, "read", by=cast.director, **PAPER))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refusal"] * 3 + ["Waiver"]
    assert Waiver.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_lock_and_index_a_requirement_would_be_waived_several_times(monkeypatch):
    """The control: all four have looked for an open waiver before one is written."""
    cast = make_cast()
    enrolment = make_waivable(cast.trainee)
    monkeypatch.setattr(Waiver.objects, "create", all_look_first(Waiver.objects.create, 4))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset)
    for effect in ("record", "_tell"):
        monkeypatch.setattr(actions, effect, lambda *args, **kwargs: None)
    with without_constraint(Waiver, "one_open_waiver_per_requirement"):
        at_once(4, lambda number: grant_waiver.__wrapped__(enrolment, "read", by=cast.director, **PAPER))
        granted = Waiver.objects.count()
        Waiver.objects.update(ended_at=timezone.now())
    assert granted > 1
