"""Completing a lesson: once, by the trainee herself, with its audit row."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Erratum
from courses.enrolment.enums import EnrolmentState
from courses.learning.actions import complete_activity
from courses.learning.models import Completion
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from tests.courses.rollback import rolled_back
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.races import at_once

ACTION = "learning.completion.recorded"


def audited() -> int:
    return AuditEntry.objects.filter(action=ACTION).count()


def test_a_completion_names_the_body_that_was_read(world, cast):
    completion = complete_activity(world.enrolment, world.lessons[0], by=cast.trainee)
    facts = (completion.activity, completion.body, completion.recorded_by, completion.provenance)
    assert facts == (world.lessons[0].activity, world.lessons[0].body, cast.trainee, "earned")
    assert abs(completion.completed_at - timezone.now()) < timedelta(minutes=1)


def test_completing_is_audited_and_rolls_back_whole(world, cast):
    rolled_back(lambda: complete_activity(world.enrolment, world.lessons[0], by=cast.trainee))
    assert (audited(), Completion.objects.count()) == (0, 0)
    complete_activity(world.enrolment, world.lessons[0], by=cast.trainee)
    assert (audited(), Completion.objects.count()) == (1, 1)


def test_completing_again_gives_the_first_completion(world, cast):
    first = complete_activity(world.enrolment, world.lessons[0], by=cast.trainee)
    assert complete_activity(world.enrolment, world.lessons[0], by=cast.trainee) == first
    assert audited() == 1


def test_what_was_read_after_a_correction_is_the_corrected_body(world, cast):
    new = make_item(make_edition(), html="<p>right</p>").body
    Erratum.objects.create(
        item=world.lessons[0], old_body=world.lessons[0].body, new_body=new, reason="Wrong.", by=cast.director
    )
    assert complete_activity(world.enrolment, world.lessons[0], by=cast.trainee).body == new


def test_a_completion_in_the_future_takes_effect_now(world, cast):
    later = complete_activity(world.enrolment, world.lessons[0], by=None, at=datetime(2999, 1, 1, tzinfo=UTC))
    assert later.completed_at <= timezone.now()


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN, EnrolmentState.COMPLETED])
def test_only_an_active_enrolment_adds_completions(cast, state):
    edition = make_edition()
    make_module(edition)
    enrolment = make_enrolment(cast.trainee, edition=edition, state=state)
    with pytest.raises(Refusal, match="not active"):
        complete_activity(enrolment, edition.items.get(activity__kind="lesson"), by=cast.trainee)


@pytest.mark.parametrize("name", ["other_trainee", "faculty", "director"])
def test_nobody_completes_for_another(world, cast, name):
    with pytest.raises(Refusal, match="Only the trainee herself"):
        complete_activity(world.enrolment, world.lessons[0], by=getattr(cast, name))


def test_a_lesson_of_another_edition_is_refused(world, cast):
    other = make_item(make_edition(), kind=ActivityKind.LESSON)
    with pytest.raises(Refusal, match="not part of your edition"):
        complete_activity(world.enrolment, other, by=cast.trainee)


def test_a_module_is_never_completed_as_such(world, cast):
    with pytest.raises(Refusal, match="when all its lessons are"):
        complete_activity(world.enrolment, world.modules[0], by=cast.trainee)


def test_a_locked_lesson_is_refused_with_what_opens_it(cast):
    edition = make_edition()
    module = make_module(edition, lessons=1)
    first = edition.items.get(parent=module)
    locked = make_item(edition, parent=module, gates={"after": [str(first.activity.key)]})
    enrolment = make_enrolment(cast.trainee, edition=edition)
    with pytest.raises(Refusal, match=f"not open yet. Opens when you have completed “{first.title}”"):
        complete_activity(enrolment, locked, by=cast.trainee)
    complete_activity(enrolment, first, by=cast.trainee)
    complete_activity(enrolment, locked, by=cast.trainee)


def test_the_database_keeps_completions(world, cast):
    complete_activity(world.enrolment, world.lessons[0], by=cast.trainee)
    with pytest.raises(IntegrityError), transaction.atomic():
        Completion.objects.update(completed_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Completion.objects.all().delete()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_lesson_completed_at_once_counts_once(world, cast):
    outcomes = at_once(5, lambda number: complete_activity(world.enrolment, world.lessons[0], by=cast.trainee).pk)
    assert set(outcomes) == {Completion.objects.get().pk}
    assert audited() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_others_run_into_the_constraint(world):
    looked = threading.Barrier(3)

    def act(number):
        assert not Completion.objects.filter(enrolment=world.enrolment).exists()
        looked.wait(timeout=30)
        return Completion.objects.create(
            enrolment=world.enrolment,
            activity=world.lessons[0].activity,
            body=world.lessons[0].body,
            completed_at=timezone.now(),
        )

    outcomes = at_once(3, act)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Completion", "IntegrityError", "IntegrityError"]
