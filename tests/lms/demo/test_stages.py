"""The three stages of the demonstration: each shows its states, only adds to the one before, and is safe to repeat."""

from collections import Counter

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from assessments.events.queries import events_of
from assessments.models import Attempt, AttemptRequest, Submission, SubmissionMove
from certificates.models import Credential
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity, EditionItem, Erratum
from courses.enrolment.models import Enrolment
from courses.standards.models import StandardVersion
from courses.standards.queries import definition_of
from courses.standing.models import Hold, Waiver
from lms.accounts.models import User
from lms.disputes.models import Dispute
from supervision.demo_cohort import COHORT, IN_PILOT, PILOT, TRAINEES
from supervision.models import PracticeLog, PriorHours

pytestmark = pytest.mark.django_db
EXAMINATION, SAT, ASKED = "final-examination", 24, 2
TOLD = len(TRAINEES) + len(IN_PILOT)
OURS = ("accounts", "curriculum", "standards", "enrolment", "learning", "standing", "assessments", "supervision")


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.DEMO = True


def load(stage: str) -> Counter:
    call_command("create_demo", stage=stage, verbosity=0)
    rows = {
        f"{label}.{model.__name__}": model.objects.count()
        for label in (*OURS, "certificates", "disputes")
        for model in apps.get_app_config(label).get_models()
    }
    return Counter(rows)


def states(rows) -> Counter:
    rows = rows if isinstance(rows, QuerySet) else rows.objects.all()
    return Counter(rows.values_list("state", flat=True))


def quizzes_asked_for() -> list[str]:
    lines = definition_of(StandardVersion.objects.get(number=1)).requirements
    return [quiz.key for line in lines if line.kind == "quiz_passed" for quiz in line.config.quizzes]


def examination_asked_for() -> str:
    lines = definition_of(StandardVersion.objects.get(number=1)).requirements
    (key,) = (line.config.quiz.key for line in lines if line.kind == "final_examination")
    return Activity.objects.get(key=key).title


def quizzes_of_edition(number: int) -> list[str]:
    items = EditionItem.objects.filter(edition__number=number, activity__kind=ActivityKind.QUIZ).order_by("position")
    items = items.exclude(slug=EXAMINATION)  # a requirement of its own
    return [str(key) for key in items.values_list("activity__key", flat=True)]


def changed_by_edition_2() -> set[str]:
    first, second = (
        set(EditionItem.objects.filter(edition__number=number).values_list("slug", "body")) for number in (1, 2)
    )
    return {slug for slug, _ in first ^ second}


def submissions() -> dict[str, list[str]]:
    found = {}
    for email, new in SubmissionMove.objects.order_by("id").values_list("submission__enrolment__person__email", "new"):
        found.setdefault(email.split("@")[0], []).append(new)
    return found


def noted_of_who_may_sit_again() -> set[str]:
    enrolment = AttemptRequest.objects.get(state="granted").enrolment
    return set(events_of(enrolment.attempts.get(number=2)).values_list("kind", flat=True))


def editions_read() -> dict[tuple[str, int], set[str]]:
    read = {}
    for cohort, number, email in Enrolment.objects.values_list("cohort__name", "edition__number", "person__email"):
        read.setdefault((cohort, number), set()).add(email.split("@")[0])
    return read


def test_each_stage_adds_to_the_one_before_and_is_safe_to_repeat():
    new = load("new")
    assert [(e.person.email, e.state) for e in Enrolment.objects.all()] == [("newcomer@example.org", "active")]
    assert not any(
        model.objects.exists() for model in (PracticeLog, Attempt, Submission, Credential, Dispute, PriorHours)
    )

    running = load("running")
    assert all(running[name] >= count for name, count in new.items())
    assert states(Enrolment) == {"active": 3 + SAT + TOLD, "completed": 1, "paused": 1, "withdrawn": 1}
    assert set(states(PracticeLog)) == {
        "draft",
        "submitted",
        "returned",
        "approved",
        "questioned",
        "verified",
        "superseded",
        "voided",
    }
    assert states(Dispute) == {"open": 1, "escalated": 1, "upheld": 1, "rejected": 1}
    assert states(PriorHours) == {"approved": 3, "submitted": 2, "returned": 2, "superseded": 1}
    others = Attempt.objects.exclude(item__slug=EXAMINATION)
    assert states(Attempt.objects.filter(item__slug=EXAMINATION)) == {
        "submitted": SAT - 2 + 1 + ASKED,
        "awaiting": 2,
    }
    assert states(AttemptRequest) == {"open": 1, "granted": 1}
    assert noted_of_who_may_sit_again() >= {"started", "saved", "left", "came_back", "lost", "regained", "submitted"}
    assert states(others) == {"in_progress": 1, "submitted": 5}
    assert Counter(others.values_list("passed", flat=True)) == {True: 4, False: 1, None: 1}
    assert quizzes_asked_for() == quizzes_of_edition(1) == quizzes_of_edition(2)
    assert examination_asked_for() == "Final examination"
    assert editions_read() == {
        ("Autumn 2026", 1): {"paused", "withdrawn"},
        ("Autumn 2026", 2): {"newcomer", "trainee"},
        ("Summer 2026", 1): {"graduate", "trainee-two"},
        (COHORT, 1): set(TRAINEES),
        (PILOT, 1): set(IN_PILOT),
        ("Spring 2026", 1): {f"spring-{number:02}" for number in range(1, SAT + 1)},
    }
    assert changed_by_edition_2() == {"the-touch-agreement", "write-a-page-on-touch"}
    assert submissions() == {"trainee": ["submitted", "returned", "submitted", "accepted"], "newcomer": ["submitted"]}
    assert sorted(Erratum.objects.values_list("item__edition__number", "item__slug")) == [
        (1, "four-kinds-of-contact"),
        (2, "four-kinds-of-contact"),
    ]
    assert (Waiver.objects.count(), Hold.objects.count(), states(Credential)) == (1, 1, {"valid": 1})
    assert load("running") == running

    complete = load("complete")
    assert all(complete[name] >= count for name, count in running.items())
    assert states(Credential) == {"valid": 3, "revoked": 1, "suspended": 1, "superseded": 1}
    assert load("complete") == complete
    assert load("new") == complete
    assert User.objects.filter(is_demonstration=False).count() == 0


def test_a_stage_nobody_knows_is_refused():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("create_demo", "--stage", "finished")
