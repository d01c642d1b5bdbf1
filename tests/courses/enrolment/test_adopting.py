"""A cohort comes to a later edition: what is kept of it, and which editions a cohort may use."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from courses.curriculum.actions import record_regulator_step, set_needs_acceptance
from courses.curriculum.enums import RegulatorStepKind
from courses.curriculum.models import Program, RegulatorStep
from courses.enrolment import actions
from courses.enrolment.actions import adopt_edition, create_cohort
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Cohort, EditionAdoption, EditionMove
from courses.enrolment.queries import usable
from lms.errors import Refusal
from tests.cast import make_cast, make_person
from tests.courses.rollback import rolled_back
from tests.factories.curriculum import make_edition, make_program_page
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard_version
from tests.races import at_once
from tests.web import post, text_of

TODAY = date.today()


def step(edition, kind, by, *, on=TODAY) -> RegulatorStep:
    return record_regulator_step(edition, regulator="Health Authority", kind=kind, on=on, by=by)


# What is kept --------------------------------------------------------------------------------------------------------


def test_an_adoption_is_kept_with_whom_it_moved_and_from_where(cast):
    cohort = make_cohort()
    first, later = cohort.edition, make_edition(cohort.program)
    active = make_enrolment(cast.trainee, cohort=cohort)
    make_enrolment(cast.other_trainee, cohort=cohort, state=EnrolmentState.PAUSED)
    rolled_back(lambda: adopt_edition(cohort, later, by=cast.director, reason="Safer."))
    assert (EditionAdoption.objects.count(), EditionMove.objects.count()) == (0, 0)
    adopt_edition(cohort, later, by=cast.director, reason="Safer.")
    adoption = EditionAdoption.objects.get()
    assert (adoption.cohort, adoption.old, adoption.new) == (cohort, first, later)
    assert (adoption.reason, adoption.by) == ("Safer.", cast.director)
    assert list(adoption.moves.values_list("enrolment", "old", "seen_at")) == [(active.pk, first.pk, None)]


def test_nothing_of_it_is_changed_or_deleted(cast):
    cohort = make_cohort()
    make_enrolment(cast.trainee, cohort=cohort)
    other = make_edition(cohort.program)
    adopt_edition(cohort, make_edition(cohort.program), by=cast.director, reason="Safer.")
    for change in (
        lambda: EditionMove.objects.all()._raw_delete("default"),
        lambda: EditionMove.objects.update(old=other),
        lambda: EditionAdoption.objects.update(reason="Another."),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_directors_who_adopt_at_once_adopt_once():
    cast, cohort = make_cast(), make_cohort()
    make_enrolment(cast.trainee, cohort=cohort)
    later = make_edition(cohort.program)
    outcomes = at_once(4, lambda number: adopt_edition(cohort, later, by=cast.director, reason="Safer."))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refusal", "Refusal", "Refusal", "list"]
    assert (EditionAdoption.objects.count(), EditionMove.objects.count()) == (1, 1)


def test_without_the_lock_only_the_constraint_keeps_it_from_happening_twice(cast, monkeypatch):
    """The control: both have read the cohort before either has written."""
    cohort = make_cohort()
    later = make_edition(cohort.program)
    read_before = [Cohort.objects.select_related("edition", "program").get(pk=cohort.pk) for _ in range(2)]
    monkeypatch.setattr(actions, "lock_cohort", lambda _: read_before.pop())
    adopt_edition(cohort, later, by=cast.director, reason="Safer.")
    with pytest.raises(IntegrityError), transaction.atomic():
        adopt_edition(cohort, later, by=cast.director, reason="Safer.")


# Which editions a cohort may use -------------------------------------------------------------------------------------


@pytest.fixture
def strict(cast) -> Program:
    """A program whose cohorts need a regulator's acceptance."""
    edition = make_edition(effective_from=TODAY - timedelta(days=30))
    return set_needs_acceptance(edition.program, True, by=cast.director)


def open_cohort(edition, by, **fields) -> Cohort:
    version = make_standard_version(edition.program)
    values = {"name": "Spring", "starts_on": TODAY, "edition": edition, "standard_version": version, "by": by}
    return create_cohort(edition.program, **values | fields)


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    [
        ([], "No regulator has accepted edition 1 yet"),
        ([RegulatorStepKind.NOTIFIED], "No regulator has accepted edition 1 yet"),
        ([RegulatorStepKind.ACCEPTED, RegulatorStepKind.REFUSED], "A regulator has refused edition 1"),
        ([RegulatorStepKind.ACCEPTED], ""),
        ([RegulatorStepKind.REFUSED, RegulatorStepKind.ACCEPTED, RegulatorStepKind.NOTIFIED], ""),
    ],
)
def test_a_new_cohort_waits_for_the_acceptance_and_the_newest_decision_counts(strict, cast, kinds, sentence):
    edition = strict.editions.get()
    for kind in kinds:
        step(edition, kind, cast.director)
    if sentence:
        with pytest.raises(Refusal, match=sentence):
            open_cohort(edition, cast.director)
    else:
        assert open_cohort(edition, cast.director).edition == edition


def test_an_edition_that_nobody_accepted_is_not_adopted_and_running_cohorts_keep_theirs(strict, cast):
    cohort = make_cohort(edition=strict.editions.get())
    later = make_edition(strict, effective_from=TODAY)
    with pytest.raises(Refusal, match="No regulator has accepted edition 2"):
        adopt_edition(cohort, later, by=cast.director, reason="Safer.")
    step(later, RegulatorStepKind.ACCEPTED, cast.director)
    adopt_edition(cohort, later, by=cast.director, reason="Safer.")
    cohort.refresh_from_db()
    assert cohort.edition == later


def test_a_cohort_does_not_begin_before_its_edition_takes_effect(cast):
    edition = make_edition(effective_from=TODAY + timedelta(days=10))
    with pytest.raises(Refusal, match="takes effect on"):
        open_cohort(edition, cast.director)
    assert open_cohort(edition, cast.director, starts_on=TODAY + timedelta(days=10)).edition == edition


def test_the_forms_offer_what_may_be_used_and_say_why_not_the_rest(strict, cast):
    first = strict.editions.get()
    cohort = make_cohort(edition=first)
    accepted, waiting = (make_edition(strict, effective_from=TODAY) for _ in range(2))
    future = make_edition(strict, effective_from=TODAY + timedelta(days=9))
    step(accepted, RegulatorStepKind.ACCEPTED, cast.director)
    step(future, RegulatorStepKind.ACCEPTED, cast.director)
    director = cast.client("director")
    page = director.get(f"/desk/cohorts/{cohort.pk}/adopt/")
    assert list(page.context["form"].fields["edition"].queryset) == [accepted]
    assert f"No regulator has accepted edition {waiting.number} yet" in text_of(page)
    assert f"Edition {future.number} takes effect on" in text_of(page)
    assert set(director.get("/desk/cohorts/new/").context["form"].fields["edition"].queryset) == {accepted, future}
    answer = post(director, f"/desk/cohorts/{cohort.pk}/adopt/", edition=waiting.pk, reason="Safer.")
    assert answer.status_code == 422


@pytest.mark.parametrize("editions", [1, 3])
def test_asking_which_may_be_used_takes_one_question(strict, editions):
    for _ in range(editions):
        make_edition(strict)
    with CaptureQueriesContext(connection) as captured:
        free, reasons = usable(strict.editions.all(), on=TODAY)
    assert (len(captured), free, len(reasons)) == (1, [], editions + 1)


# The desk ------------------------------------------------------------------------------------------------------------


def test_a_director_records_a_regulators_step_and_everybody_at_the_desk_reads_it(strict, cast):
    edition = strict.editions.get()
    address = f"/desk/editions/{edition.pk}/regulator/new/"
    fields = {"regulator": "Oregon Health Authority", "kind": "accepted", "on": TODAY.isoformat(), "reference": "L-7"}
    assert post(cast.client("registrar"), address, **fields).status_code == 403
    assert post(cast.client("director"), address, **fields).status_code == 302
    assert "Accepted: Oregon Health Authority" in text_of(cast.client("registrar").get(f"/desk/editions/{edition.pk}/"))


@pytest.mark.parametrize(
    "change",
    [
        {"regulator": ""},
        {"kind": "pleased"},
        {"on": "2999-01-01"},
        {"on": "1999-12-31"},
        {"on": "x"},
        {"note": "a\x00"},
    ],
    ids=str,
)
def test_nonsense_gets_a_sentence_beside_the_field(strict, cast, change):
    fields = {"regulator": "Board", "kind": "notified", "on": TODAY.isoformat()} | change
    answer = post(cast.client("director"), f"/desk/editions/{strict.editions.get().pk}/regulator/new/", **fields)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, set(change))


def test_a_step_is_never_changed(strict, cast):
    step(strict.editions.get(), RegulatorStepKind.REFUSED, cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegulatorStep.objects.update(kind="accepted")


def test_a_director_says_whether_acceptance_is_needed(cast):
    page = make_program_page()
    director, address = cast.client("director"), f"/desk/programs/{page.pk}/acceptance/"
    assert post(director, address, needed="on").status_code == 302
    assert Program.objects.get(pk=page.program_id).needs_acceptance
    assert post(director, address).status_code == 302
    assert not Program.objects.get(pk=page.program_id).needs_acceptance


def test_a_person_outside_records_nothing(strict):
    with pytest.raises(PermissionDenied):
        step(strict.editions.get(), RegulatorStepKind.ACCEPTED, make_person("stranger"))
    assert not RegulatorStep.objects.exists()
