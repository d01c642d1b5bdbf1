"""Prior hours: every act in every state by everybody, the document, the decision, and how they count."""

import itertools
import re
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.standards.queries import definition_of
from courses.standing.engine import standing_for
from courses.standing.ledger import ledger
from lms.accounts.actions import raise_barrier
from lms.audit.queries import entries_about
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from supervision.actions import prior as acts
from supervision.actions.practice import VisitRefused
from supervision.actions.prior import (
    amend_prior_hours,
    approve_prior_hours,
    record_prior_hours,
    return_prior_hours,
    withdraw_prior_hours,
)
from supervision.actions.review import EntryChanged
from supervision.enums import PRIOR_MOVES, PriorState
from supervision.models import PriorHours, PriorMove
from supervision.requirements import Cap, Minimum, PracticumConfig
from tests.cast import PASSWORD, make_cast, make_person
from tests.documents import SECRET, jpeg_bytes, pdf_bytes, upload
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.supervision import (
    approve_prior,
    make_approved,
    make_claim,
    make_placement,
    make_practice_standard,
    make_prior,
    return_prior,
    seen_prior,
)
from tests.guards import without_constraint, without_trigger
from tests.races import all_look_first, at_once
from tests.web import send_form, text_of

pytestmark = pytest.mark.django_db

PRACTICE = PracticumConfig(
    key="practice",
    title="Supervised practice",
    minutes=60 * 60,
    minimums=(Minimum("dosing", 600, phase="dosing"),),
    caps=(Cap("observation", 30 * 60, bucket="observed"),),
)


@pytest.fixture
def enrolment(cast):
    return make_enrolment(cast.trainee, standard_version=make_practice_standard(requirements=[PRACTICE]))


def in_state(cast, enrolment, state) -> PriorHours:
    prior = make_prior(enrolment)
    if state == PriorState.RETURNED:
        return return_prior(prior, by=cast.director)
    if state == PriorState.VOIDED:
        return withdraw_prior_hours(prior, by=cast.trainee)
    if state in (PriorState.APPROVED, PriorState.SUPERSEDED):
        prior = approve_prior(prior, by=cast.director)
    if state == PriorState.SUPERSEDED:
        approve_prior(make_prior(enrolment, corrects=prior, minutes=60), by=cast.director)
        prior.refresh_from_db()
    return prior


ACTS = {
    "approve": (PriorState.APPROVED, lambda prior, by: approve_prior_hours(prior, by=by, seen=seen_prior(prior))),
    "return": (PriorState.RETURNED, lambda prior, by: return_prior(prior, by=by)),
    "amend": (PriorState.SUBMITTED, lambda prior, by: amend_prior_hours(prior, make_claim(), document=None, by=by)),
    "withdraw": (PriorState.VOIDED, lambda prior, by: withdraw_prior_hours(prior, by=by)),
    "correct": (PriorState.SUPERSEDED, lambda prior, by: make_prior(prior.enrolment, corrects=prior, by=by)),
}
MAY = {
    "approve": {"director", "second_director"},
    "return": {"director", "second_director"},
    "amend": {"trainee", "director", "second_director"},
    "withdraw": {"trainee"},
    "correct": {"trainee", "director", "second_director"},
}
EVERYBODY = ("trainee", "other_trainee", "supervisor", "faculty", "director", "second_director", "registrar")


@pytest.mark.parametrize(("state", "act"), list(itertools.product(PriorState, ACTS)))
def test_every_act_in_every_state_by_everybody(cast, enrolment, state, act):
    prior = in_state(cast, enrolment, state)
    new, do = ACTS[act]
    allowed = set()
    for who in EVERYBODY:
        with transaction.atomic():
            try:
                do(prior, getattr(cast, who))
                allowed.add(who)
            except Refusal:
                assert PriorHours.objects.get(pk=prior.pk).state == state
            transaction.set_rollback(True)
    assert allowed == (MAY[act] if new in PRIOR_MOVES[state] else set())


def test_a_decision_is_recorded_told_and_locks_the_record(cast, enrolment):
    prior = make_prior(enrolment)
    assert {notice.person for notice in Notice.objects.filter(subject="Prior hours wait for a decision")} == {
        cast.director,
        cast.second_director,
    }
    seen = seen_prior(prior)
    approved = approve_prior(prior, by=cast.director)
    assert (approved.state, approved.decided_by, approved.provenance) == ("approved", cast.director, "transferred")
    assert [(move.old, move.new, move.by, bool(move.sha256)) for move in prior.moves.all()] == [
        ("", "submitted", cast.trainee, False),
        ("submitted", "approved", cast.director, True),
    ]
    assert seen == prior.moves.last().sha256
    assert [entry.action for entry in entries_about(prior)] == [
        "supervision.prior.recorded",
        "supervision.prior.approved",
    ]
    assert Notice.objects.filter(person=cast.trainee, subject="Your prior hours have an answer").count() == 1
    for values in ({"minutes": 1}, {"institution": "Elsewhere"}, {"document": "other.pdf"}, {"decided_by": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PriorHours.objects.filter(pk=prior.pk).update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        PriorMove.objects.filter(prior=prior).delete()


def test_the_control_without_the_trigger_an_approved_record_would_change(cast, enrolment):
    prior = approve_prior(make_prior(enrolment), by=cast.director)
    with without_trigger("supervision_priorhours", "frozen_when"):
        assert PriorHours.objects.filter(pk=prior.pk).update(minutes=1) == 1


def test_nobody_decides_about_herself_or_what_she_recorded_or_across_a_barrier(cast, enrolment):
    by_director = make_prior(enrolment, by=cast.director)
    with pytest.raises(Refusal, match="Another program director"):
        approve_prior(by_director, by=cast.director)
    own = make_prior(make_enrolment(cast.director, cohort=enrolment.cohort))
    with pytest.raises(Refusal, match="Another program director"):
        approve_prior(own, by=cast.director)
    raise_barrier(cast.second_director, cast.trainee, by=cast.director, reason="Related.")
    with pytest.raises(Refusal, match="Another program director"):
        approve_prior(by_director, by=cast.second_director)
    with pytest.raises(IntegrityError), transaction.atomic():
        PriorHours.objects.filter(pk=by_director.pk).update(decided_by=cast.director)
    assert cast.client("second_director").get(reverse("desk_prior_entry", args=[by_director.pk])).status_code == 404


def test_a_decision_is_about_exactly_what_was_read(cast, enrolment):
    prior = return_prior(make_prior(enrolment), by=cast.director)
    seen = seen_prior(prior)
    amend_prior_hours(prior, make_claim(minutes=90 * 60), document=None, by=cast.trainee)
    with pytest.raises(EntryChanged):
        approve_prior_hours(prior, by=cast.director, seen=seen)
    assert approve_prior(prior, by=cast.director).minutes == 90 * 60


WRONG = {
    "category_key": ({"category_key": "cooking"}, "category of your standard"),
    "no minutes": ({"minutes": 0}, "Give the hours"),
    "too many minutes": ({"minutes": 2001 * 60, "began_on": date(2001, 1, 1)}, "at most 2000 hours"),
    "more than the days hold": ({"began_on": date(2024, 6, 7), "minutes": 13 * 60}, "more than 12 hours on every day"),
    "backwards": ({"began_on": date(2024, 7, 1)}, "before the first"),
    "not over": ({"ended_on": timezone.localdate() + timedelta(days=2)}, "not over yet"),
    "no institution": ({"institution": "  "}, "Name the institution"),
    "a phone number": ({"note": "Call 303-555-0142."}, "looks like a phone number"),
    "an address": ({"supervisor_name": "m.adler@clinic.org"}, "looks like an e-mail address"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_refused_with_its_sentence(cast, enrolment, what):
    changed, sentence = WRONG[what]
    with pytest.raises(VisitRefused, match=sentence):
        make_prior(enrolment, **changed)
    assert not PriorHours.objects.exists()


def test_hours_need_their_document_and_an_open_enrolment(cast, enrolment):
    with pytest.raises(Refusal, match="Add the document"):
        record_prior_hours(enrolment, make_claim(), document=None, by=cast.trainee)
    waiting = make_prior(enrolment)
    Enrolment.objects.filter(pk=enrolment.pk).update(state=EnrolmentState.PAUSED)
    assert make_prior(enrolment).pk
    Enrolment.objects.filter(pk=enrolment.pk).update(state=EnrolmentState.WITHDRAWN)
    with pytest.raises(IllegalMove, match="has ended"):
        make_prior(enrolment)
    assert approve_prior(waiting, by=cast.director).state == "approved"  # what was sent in time may be decided


# How they count ------------------------------------------------------------------------------------------------------


def practice_of(enrolment, *, detail=True):
    return standing_for(enrolment, detail=detail).results[0]


@pytest.mark.parametrize(("ended", "years"), [(date(2024, 12, 31), "2024"), (date(2025, 1, 1), "2024 to 2025")])
def test_the_years_of_prior_hours_are_named_once_each(ended, years):
    prior = PriorHours(institution="Harbor Clinic", began_on=date(2024, 1, 1), ended_on=ended)
    assert prior.label == f"Transferred: Harbor Clinic, {years}"


def test_they_count_as_transferred_once_approved_and_say_so(cast, enrolment):
    prior = make_prior(enrolment)
    waiting = practice_of(enrolment)
    assert (waiting.done, waiting.pending, waiting.transferred) == (0, 20 * 60, 0)
    approve_prior(prior, by=cast.director)
    found = practice_of(enrolment)
    assert (found.done, found.pending, found.transferred) == (20 * 60, 0, 20 * 60)
    assert [(row.evidence.kind, row.evidence.id, row.amount) for row in found.counted] == [
        ("prior_hours", prior.pk, 20 * 60)
    ]
    words = text_of(cast.client("trainee").get(reverse("standing", args=[enrolment.pk]), {"entries": "all"}))
    assert "20 h of it transferred from elsewhere" in words
    assert "Transferred: Harbor Clinic" in words
    row = ledger(standing_for(enrolment, detail=True), definition_of(enrolment.standard_version))[0]
    assert row.note == "20 h of it transferred from elsewhere."


def test_caps_and_sub_minimums_apply_and_sums_equal_rows(cast, enrolment):
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    make_approved(placement, segments=(("dosing", 240),))
    approve_prior(make_prior(enrolment, minutes=28 * 60, phase="dosing"), by=cast.director)
    approve_prior(make_prior(enrolment, minutes=2 * 60, category_key="role-play"), by=cast.director)
    for detail in (True, False):
        found = practice_of(enrolment, detail=detail)
        dosing, cap = found.parts
        assert (found.done, found.transferred) == (32 * 60, 30 * 60)  # observation stops at 30 h, role-play adds two
        assert (dosing.done, dosing.transferred, dosing.state) == (30 * 60, 28 * 60, "met")
        assert cap.done == 30 * 60
    left_out = [(row.evidence.kind, row.amount) for row in practice_of(enrolment).excluded]
    assert left_out == [("practice_log", 120)]


def test_a_standard_may_limit_what_is_transferred(cast):
    limited = replace(PRACTICE, caps=(Cap("transferred observation", 600, bucket="observed", transferred=True),))
    enrolment = make_enrolment(cast.trainee, standard_version=make_practice_standard(requirements=[limited]))
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    make_approved(placement, segments=(("dosing", 240),))
    approve_prior(make_prior(enrolment), by=cast.director)
    for detail in (True, False):
        found = practice_of(enrolment, detail=detail)
        assert (found.done, found.transferred) == (600 + 240, 600)
    assert [row.reason for row in practice_of(enrolment).excluded] == [
        "Above the cap: at most 10 h of transferred observation count."
    ]


def test_a_correction_counts_in_place_of_what_it_corrects_once_approved(cast, enrolment):
    old = approve_prior(make_prior(enrolment), by=cast.director)
    new = make_prior(enrolment, corrects=old, minutes=15 * 60)
    assert new.document_sha256
    assert (practice_of(enrolment).done, practice_of(enrolment).pending) == (20 * 60, 0)
    with pytest.raises(Refusal, match="under way"):
        make_prior(enrolment, corrects=old)
    approve_prior(new, by=cast.second_director)
    found = practice_of(enrolment)
    assert (found.done, [(row.evidence.id, row.reason) for row in found.excluded]) == (
        15 * 60,
        [(old.pk, "Replaced by a corrected record.")],
    )


def test_so_many_a_day_and_no_more_and_the_next_file_is_not_even_opened(cast, enrolment, monkeypatch, time_machine):
    monkeypatch.setattr(acts, "MOST_A_DAY", 2)
    first = make_prior(enrolment)
    return_prior(make_prior(enrolment), by=cast.director)
    with pytest.raises(Refusal, match="in the last 24 hours"):
        make_prior(enrolment)
    returned = PriorHours.objects.get(state=PriorState.RETURNED)
    with pytest.raises(Refusal, match="in the last 24 hours"):
        amend_prior_hours(returned, make_claim(), document=None, by=cast.trainee)
    monkeypatch.setattr("supervision.forms.prior.clean_document", lambda upload: pytest.fail("it was opened"))
    answer = post(cast.client("trainee"), "prior_new", **FIELDS, document=upload(pdf_bytes()))
    assert (answer.status_code, "Send the next one tomorrow" in text_of(answer)) == (409, True)
    monkeypatch.undo()
    assert PriorHours.objects.count() == 2
    time_machine.move_to(first.submitted_at + timedelta(days=1, seconds=5))
    assert make_prior(enrolment).pk


def test_the_past_is_told_as_it_was(cast, enrolment, time_machine):
    prior = make_prior(enrolment)
    time_machine.move_to(timezone.now() + timedelta(days=3))
    approve_prior(prior, by=cast.director)
    assert practice_of(enrolment).done == 20 * 60
    yesterday = timezone.localdate() - timedelta(days=1)
    then = standing_for(enrolment, as_of=yesterday, detail=True).results[0]
    assert (then.done, then.pending) == (0, 20 * 60)


# Pages ---------------------------------------------------------------------------------------------------------------

FIELDS = {
    "category_key": "observation-live",
    "phase": "",
    "hours": "20",
    "minutes": "30",
    "began_on": "2024-03-04",
    "ended_on": "2024-06-07",
    "institution": "Harbor Clinic",
    "supervisor_name": "Miriam Adler, PhD",
    "note": "",
}


def post(client, name, *arguments, **fields):
    return client.post(reverse(name, args=arguments), {"form_key": str(uuid.uuid4())} | fields)


def test_hours_go_their_way_through_the_forms(cast, enrolment):
    trainee, director = cast.client("trainee"), cast.client("director")
    assert post(trainee, "prior_new", **FIELDS).status_code == 422
    sent = post(trainee, "prior_new", **FIELDS, document=upload(jpeg_bytes(), "Jane Client letter.jpg"))
    prior = PriorHours.objects.get()
    assert (sent.status_code, prior.minutes, prior.document_type) == (302, 20 * 60 + 30, "image/jpeg")
    assert re.fullmatch(r"prior/[0-9a-f]{32}\.jpg", prior.document.name)
    assert "1 record of prior hours waits" in text_of(director.get(reverse("home")))
    page = director.get(reverse("desk_prior_entry", args=[prior.pk]))
    page = send_form(director, page, "Return to the trainee", reason="The letter is not signed.")
    if "Confirm it is you" in text_of(page):
        send_form(director, page, "Confirm", password=PASSWORD)
    assert "The letter is not signed." in text_of(trainee.get(reverse("home")))
    assert "The letter is not signed." in text_of(trainee.get(reverse("prior_edit", args=[prior.pk])))
    assert post(trainee, "prior_edit", prior.pk, **FIELDS | {"hours": "19"}).status_code == 302
    page = director.get(reverse("desk_prior_entry", args=[prior.pk]))
    page = send_form(director, page, "Approve as transferred")
    prior.refresh_from_db()
    assert (prior.state, prior.minutes, prior.document_type) == ("approved", 19 * 60 + 30, "image/jpeg")
    assert "19 h 30 min" in text_of(trainee.get(reverse("practice_list")))


def test_the_document_is_served_as_a_file_to_the_two_who_need_it(cast, enrolment):
    prior = make_prior(enrolment)
    page = reverse("prior_document", args=[prior.pk])
    for who in ("trainee", "director", "second_director"):
        answer = cast.client(who).get(page)
        content = b"".join(answer.streaming_content)
        assert answer["Content-Disposition"] == f'attachment; filename="prior-hours-{prior.pk}.pdf"'
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert content.startswith(b"%PDF-")
        assert SECRET.encode() not in content
    for who in ("other_trainee", "supervisor", "faculty", "registrar"):
        assert cast.client(who).get(page).status_code == 404
    assert cast.client("visitor").get(page).status_code == 302
    assert cast.client("visitor").get(f"/media/{prior.document.name}").status_code == 404


def test_a_file_that_is_no_document_comes_back_beside_its_field(cast, enrolment):
    answer = post(cast.client("trainee"), "prior_new", **FIELDS, document=upload(b"<script>", "letter.pdf"))
    assert answer.status_code == 422
    assert "neither a PDF nor" in text_of(answer)


def test_a_director_records_for_a_trainee_and_another_one_decides(cast, enrolment):
    director = cast.client("director")
    values = FIELDS | {"document": upload(pdf_bytes())}
    assert post(director, "desk_prior_new", enrolment.pk, **values).status_code == 302
    prior = PriorHours.objects.get()
    assert (prior.written_by, prior.enrolment) == (cast.director, enrolment)
    assert "You recorded these hours" in text_of(director.get(reverse("desk_prior_entry", args=[prior.pk])))
    assert "Nothing waits" in text_of(director.get(reverse("desk_prior")))
    assert "Trainee" in text_of(cast.client("second_director").get(reverse("desk_prior")))


def test_a_double_click_records_once(cast, enrolment):
    trainee, key = cast.client("trainee"), str(uuid.uuid4())
    answers = [post(trainee, "prior_new", **FIELDS, form_key=key, document=upload(pdf_bytes())) for _ in range(2)]
    assert [answer.url for answer in answers] == [reverse("prior_detail", args=[PriorHours.objects.get().pk])] * 2


def test_a_correction_takes_the_document_over(cast, enrolment):
    old = approve_prior(make_prior(enrolment), by=cast.director)
    assert post(cast.client("trainee"), "prior_correct", old.pk, **FIELDS).status_code == 302
    new = PriorHours.objects.exclude(pk=old.pk).get()
    assert (new.supersedes, new.document.name, new.document_sha256) == (old, old.document.name, old.document_sha256)


@pytest.mark.parametrize("number", [1, 3])
def test_the_trainees_list_asks_the_same_number_of_queries(cast, enrolment, number, django_assert_num_queries):
    for _ in range(number):
        return_prior(make_prior(enrolment), by=cast.director)
    client = cast.client("trainee")
    client.get(reverse("prior_list"))
    with django_assert_num_queries(6):
        client.get(reverse("prior_list"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_asks_the_same_number_of_queries(cast, number, django_assert_num_queries):
    for position in range(number):
        make_prior(make_enrolment(make_person(f"person{position}"), standard_version=make_practice_standard()))
    client = cast.client("director")
    client.get(reverse("desk_prior"))
    with django_assert_num_queries(4):
        client.get(reverse("desk_prior"))


@pytest.mark.parametrize("number", [1, 3])
def test_standing_asks_the_same_number_of_queries(cast, enrolment, number, django_assert_num_queries):
    for _ in range(number):
        approve_prior(make_prior(enrolment), by=cast.director)
    with django_assert_num_queries(3):
        standing_for(enrolment)


# Races ---------------------------------------------------------------------------------------------------------------


def _waiting_for_two():
    cast = make_cast()
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(standard_version=make_practice_standard()))
    return cast, make_prior(enrolment)


def _both_decide(cast, prior, approve, send_back):
    seen = seen_prior(prior)
    decide = [
        lambda: approve(prior, by=cast.director, seen=seen),
        lambda: send_back(prior, by=cast.second_director, seen=seen, reason="Not signed."),
    ]
    return at_once(2, lambda number: decide[number]())


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_directors_who_decide_at_once_give_one_decision():
    cast, prior = _waiting_for_two()
    outcomes = _both_decide(cast, prior, approve_prior_hours, return_prior_hours)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IllegalMove", "PriorHours"]
    decisions = prior.moves.filter(new__in=["approved", "returned"])
    prior.refresh_from_db()
    assert (decisions.count(), decisions.get().new) == (1, prior.state)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_lock_and_constraint_both_would_decide(monkeypatch):
    """The control: no transaction, no lock, no constraint, and both have looked before either writes."""
    cast, prior = _waiting_for_two()
    monkeypatch.setattr(PriorMove.objects, "create", all_look_first(PriorMove.objects.create, 2))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset)
    for effect in ("record", "notify"):
        monkeypatch.setattr(acts, effect, lambda *args, **kwargs: None)
    with (
        without_trigger("supervision_priorhours", "frozen_when"),
        without_trigger("supervision_priormove", "no_delete"),
        without_constraint(PriorMove, "one_decision_per_version_of_prior_hours"),
    ):
        _both_decide(cast, prior, approve_prior_hours.__wrapped__, return_prior_hours.__wrapped__)
        decided = prior.moves.filter(new__in=["approved", "returned"])
        count = decided.count()
        decided.filter(pk=decided.first().pk).delete()
    assert count == 2
