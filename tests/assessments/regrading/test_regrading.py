"""Regrading in the database: what changes, what is kept, who reads the outcome, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from assessments.actions import submit_attempt
from assessments.enums import PassesKept, RegradeChange
from assessments.models import Attempt, AttemptMove, Regrade, RegradedAttempt
from assessments.queries import newest_attempt_move, quizzes_passed
from assessments.regrading.actions import (
    PlanHasChanged,
    RegradeRefused,
    catch_up,
    look_at_regrade,
    regrade_version,
)
from assessments.regrading.planning import keeps_pass
from assessments.requirements import QuizPassed, QuizPassedConfig
from courses.enrolment.actions import move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.registry import facts_elsewhere, progress_elsewhere
from courses.standards.contract import Subject
from courses.standards.enums import ResultState
from lms.audit.models import AuditEntry
from lms.notices.models import Notice
from tests.cast import make_person
from tests.factories.enrolment import make_enrolment
from tests.factories.regrading import make_asked, option, regrade, sit

VOID, FULL, ACCEPT, KEY = RegradeChange
ALL, RELIED_ON, NONE = PassesKept


@pytest.fixture
def asked(db):
    return make_asked()


@pytest.fixture
def enrolment(cast, asked):
    return make_enrolment(cast.trainee, cohort=asked.cohort)


def outcome(attempt):
    attempt.refresh_from_db()
    return (int(attempt.score), attempt.passed, attempt.failed_critical)


def is_met(enrolment) -> bool:
    subject = Subject(enrolment.person_id, enrolment.pk, enrolment.edition_id, None, None)
    config = QuizPassedConfig(key="quiz", title="Quiz", every_quiz=True)
    kind, now = QuizPassed(), timezone.now() + timedelta(seconds=1)
    facts = kind.gather([config], [subject], now)
    return kind.judge(config, facts[subject], {}, {}).state == ResultState.MET


def readers(enrolment, attempt) -> tuple:
    """What each reader of the outcome says: the requirement, credited completions, and the outline."""
    row = Enrolment.objects.filter(pk=enrolment.pk).annotate(**facts_elsewhere()).values(*facts_elsewhere()).get()
    elsewhere = progress_elsewhere(row)
    passed = {activity for _, activity, _ in quizzes_passed([enrolment.pk], timezone.now() + timedelta(seconds=1))}
    return (
        is_met(enrolment),
        attempt.activity_id in passed,
        attempt.activity_id in elsewhere.done,
        int(elsewhere.scores[attempt.activity_id]),
    )


def test_full_credit_makes_a_pass_and_everybody_who_reads_the_outcome_reads_the_new_one(cast, asked, enrolment):
    attempt = sit(enrolment, asked.item, "0011")
    assert readers(enrolment, attempt) == (False, False, False, 50)
    regrade(asked.versions[0], FULL, by=cast.director)
    assert outcome(attempt) == (75, True, False)
    assert readers(enrolment, attempt) == (True, True, True, 75)


def test_the_former_result_is_kept_beside_the_new_one(cast, asked, enrolment):
    attempt = sit(enrolment, asked.item, "0011")
    before = attempt.result
    first = regrade(asked.versions[0], FULL, by=cast.director)
    second = regrade(asked.versions[1], ACCEPT, by=cast.director, right=(0,))
    rows = RegradedAttempt.objects.filter(attempt=attempt)
    assert [(row.regrade_id, int(row.old_score), row.old_passed, int(row.new_score)) for row in rows] == [
        (first.pk, 50, False, 75),
        (second.pk, 75, True, 100),
    ]
    assert rows[0].old_result == before
    attempt.refresh_from_db()
    assert attempt.regraded == rows[1]
    assert attempt.result == rows[1].new_result
    moves = AttemptMove.objects.filter(attempt=attempt, why="A question was regraded.")
    assert [(move.old, move.new, move.by) for move in moves] == [("submitted", "submitted", cast.director)] * 2


def test_attempts_that_gain_nothing_or_were_not_asked_have_no_row(cast, asked, enrolment):
    right = sit(enrolment, asked.item, "1111")
    elsewhere = make_asked()
    other = sit(make_enrolment(cast.other_trainee, cohort=elsewhere.cohort), elsewhere.item, "0000")
    regrade(asked.versions[0], FULL, by=cast.director)
    assert not RegradedAttempt.objects.exists()
    assert outcome(right) == (100, True, False)
    assert outcome(other) == (0, False, False)


def test_a_void_critical_question_no_longer_fails(cast):
    asked = make_asked(critical=True)
    attempt = sit(make_enrolment(cast.trainee, cohort=asked.cohort), asked.item, "0111")
    assert outcome(attempt) == (75, False, True)
    regrade(asked.versions[0], VOID, by=cast.director)
    assert outcome(attempt) == (100, True, False)


def test_a_later_attempt_is_graded_by_the_ruling_too(cast, asked, enrolment):
    regrade(asked.versions[0], KEY, by=cast.director, right=(0,))
    assert outcome(sit(enrolment, asked.item, "0110")) == (75, True, False)


def test_an_open_attempt_is_graded_by_the_ruling_once_it_is_submitted(cast, asked, enrolment):
    attempt = sit(enrolment, asked.item, "0110", submitted=False)
    regrade(asked.versions[0], FULL, by=cast.director)
    assert not RegradedAttempt.objects.exists()
    assert outcome(submit_attempt(attempt, by=cast.trainee)) == (75, True, False)


# What a new key takes away -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passes", "is_relied_on", "stays"),
    [(ALL, False, True), (ALL, True, True), (RELIED_ON, False, False), (RELIED_ON, True, True), (NONE, True, False)],
)
def test_which_passes_stay(passes, is_relied_on, stays):
    assert keeps_pass(passes, is_relied_on=is_relied_on) is stays


def two_who_passed(cast, asked):
    """Both passed by the old key of the first question; one has completed the enrolment since."""
    active = make_enrolment(make_person("active"), cohort=asked.cohort)
    done = make_enrolment(make_person("done"), cohort=asked.cohort)
    attempts = [sit(one, asked.item, "1110") for one in (active, done)]
    move_enrolment(done, EnrolmentState.COMPLETED, by=cast.director, reason="Credential conferred")
    return attempts


@pytest.mark.parametrize(
    ("passes", "outcomes"),
    [
        (ALL, [(75, True, False), (75, True, False)]),
        (RELIED_ON, [(50, False, False), (75, True, False)]),
        (NONE, [(50, False, False), (50, False, False)]),
    ],
)
def test_a_pass_is_taken_away_only_as_the_director_chose(cast, asked, passes, outcomes):
    attempts = two_who_passed(cast, asked)
    regrade(asked.versions[0], KEY, by=cast.director, right=(0,), passes=passes)
    assert [outcome(attempt) for attempt in attempts] == outcomes
    kept = RegradedAttempt.objects.filter(is_kept=True)
    assert [int(row.new_score) for row in kept] == [50] * sum(passed for _, passed, _ in outcomes)


def test_a_kept_pass_is_not_lost_by_the_regrade_of_another_question(cast, asked, enrolment):
    attempt = sit(enrolment, asked.item, "1110")
    regrade(asked.versions[0], KEY, by=cast.director, right=(0,), passes=ALL)
    regrade(asked.versions[3], ACCEPT, by=cast.director, right=(3,), passes=NONE)
    assert outcome(attempt) == (75, True, False)
    regrade(asked.versions[1], VOID, by=cast.director, passes=NONE)
    assert outcome(attempt) == (66, False, False)


def test_those_whose_pass_changed_are_told_and_nobody_else(cast, asked):
    people = {name: make_person(name) for name in ("gains", "loses", "still", "better")}
    for name, choices in {"gains": "0110", "loses": "1110", "still": "0111", "better": "0000"}.items():
        sit(make_enrolment(people[name], cohort=asked.cohort), asked.item, choices)
    regrade(asked.versions[0], KEY, by=cast.director, right=(0,), passes=NONE)
    notices = {notice.person: notice.text for notice in Notice.objects.filter(key__startswith="regrade-")}
    assert set(notices) == {people["gains"], people["loses"]}
    assert "It is passed now, with 75\u00a0%." in notices[people["gains"]]
    assert "It scores 50\u00a0% now and is no longer passed." in notices[people["loses"]]


# Once, and by whom ---------------------------------------------------------------------------------------------------


def test_carrying_it_out_again_changes_nothing(cast, asked):
    for number, choices in enumerate(["0110", "1110", "0000", "1111"]):
        sit(make_enrolment(make_person(f"person_{number}"), cohort=asked.cohort), asked.item, choices)
    made = regrade(asked.versions[0], KEY, by=cast.director, right=(0,), passes=RELIED_ON)
    before = list(Attempt.objects.values()), RegradedAttempt.objects.count(), AuditEntry.objects.count()
    assert [catch_up(made), catch_up(made)] == [0, 0]
    assert (list(Attempt.objects.values()), RegradedAttempt.objects.count(), AuditEntry.objects.count()) == before
    assert Notice.objects.filter(key__startswith="regrade-").count() == 2


def test_catching_up_reaches_who_was_graded_by_the_old_rules_meanwhile(cast, asked, enrolment, monkeypatch):
    made = regrade(asked.versions[0], FULL, by=cast.director)
    with monkeypatch.context() as patch:
        patch.setattr("assessments.actions.attempts.rulings_for", lambda quiz: {})
        attempt = sit(enrolment, asked.item, "0110")
    assert outcome(attempt) == (50, False, False)
    assert catch_up(made) == 1
    assert outcome(attempt) == (75, True, False)


def test_what_was_not_looked_at_is_not_applied(cast, asked, enrolment):
    sit(enrolment, asked.item, "0011")
    decision = {"change": FULL, "key": {}, "passes": ALL}
    assert len(look_at_regrade(asked.versions[0], **decision)) == 1
    with pytest.raises(PlanHasChanged, match="Look at what it changes once more"):
        regrade_version(asked.versions[0], **decision, reason="Wrong.", seen="something else", by=cast.director)
    assert not Regrade.objects.exists()


def test_looking_changes_nothing(cast, asked, enrolment):
    attempt = sit(enrolment, asked.item, "0011")
    before = Attempt.objects.values().get()
    (planned,) = look_at_regrade(asked.versions[0], change=FULL, key={}, passes=ALL)
    assert (planned.attempt, planned.old_percent, planned.new_percent, planned.gains_pass) == (
        attempt,
        "50\u00a0%",
        "75\u00a0%",
        True,
    )
    assert Attempt.objects.values().get() == before


@pytest.mark.parametrize(
    ("earlier", "change", "right", "sentence"),
    [
        ([(VOID, ())], VOID, (), "That is how it counts already."),
        ([(FULL, ())], FULL, (), "That is how it counts already."),
        ([(VOID, ())], ACCEPT, (0,), "Give it a new key first."),
        ([(ACCEPT, (0,))], ACCEPT, (0,), "That is how it counts already."),
        ([], KEY, (0, 1), "Mark exactly one option as correct"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_a_sentence(cast, asked, earlier, change, right, sentence):
    for done, places in earlier:
        regrade(asked.versions[0], done, by=cast.director, right=places)
    with pytest.raises(RegradeRefused, match=sentence):
        regrade(asked.versions[0], change, by=cast.director, right=right)


# What the database holds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"score": 100}, {"passed": True}, {"result": []}, {"regraded": None, "score": 99}])
def test_the_database_refuses_another_outcome_without_a_regrade(cast, asked, enrolment, change):
    attempt = sit(enrolment, asked.item, "0011")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(**change)


def test_the_database_refuses_an_outcome_that_the_regrade_does_not_say(cast, asked, enrolment):
    attempt = sit(enrolment, asked.item, "0011")
    other = sit(make_enrolment(cast.other_trainee, cohort=asked.cohort), asked.item, "0001")
    regrade(asked.versions[0], FULL, by=cast.director)
    row = RegradedAttempt.objects.get(attempt=attempt)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=other.pk).update(
            regraded=row, score=row.new_score, passed=True, result=row.new_result
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(score=100)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(regraded=None, score=row.old_score, passed=False)


@pytest.mark.parametrize("table", ["assessments_regrade", "assessments_regradedattempt"])
@pytest.mark.parametrize("sql", ["delete from {}", "update {} set at = at"])
def test_the_record_of_a_regrade_is_never_changed(cast, asked, enrolment, table, sql):
    sit(enrolment, asked.item, "0011")
    regrade(asked.versions[0], FULL, by=cast.director)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def test_the_mark_of_evidence_moves_with_a_regrade(cast, asked, enrolment):
    sit(enrolment, asked.item, "0011")
    marked = Enrolment.objects.annotate(mark=newest_attempt_move()).values_list("mark", flat=True)
    before = marked.get(pk=enrolment.pk)
    regrade(asked.versions[0], FULL, by=cast.director)
    assert marked.get(pk=enrolment.pk) > before


def test_the_options_of_the_key_are_those_of_the_version(asked):
    assert option(asked.versions[0], 1) in {o["id"] for o in asked.versions[0].data["options"] if o["correct"]}
