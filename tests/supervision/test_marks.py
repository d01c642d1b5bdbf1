"""The marks of evidence: each act that changes what counts, waits or is put aside changes one, so no home page shows an
old line of a standing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.queries import own_enrolments_with_facts
from courses.standing import shown
from courses.standing.actions import end_waiver, grant_waiver
from courses.standing.engine import standing_for
from courses.standing.ledger import ledger
from supervision.actions.lapse import annul_lapse
from supervision.actions.practice import correct_log, retract_log, submit_log
from supervision.actions.program import unapprove_log
from supervision.requirements import PracticumConfig
from supervision.sessions.judge import SupervisionConfig
from supervision.sessions.ratio import Ratio
from supervision.sessions.work import due_of
from tests.factories.assessments import make_attempt, make_quiz
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.sessions import make_recorded
from tests.factories.supervision import (
    approve,
    approve_prior,
    make_approved,
    make_code,
    make_lapse,
    make_placement,
    make_practice_standard,
    make_prior,
    make_returned,
    make_submitted,
    return_prior,
)

HOME = 4  # the session, the person, the facts of her work list, her enrolments with theirs
UNSEEN = {
    "corrected",
    "session put under review",
    "quiz passed",
}  # the same minutes; nothing that this standard asks for
PAPER = {"reason": "Taught elsewhere.", "document": "Transcript, May 2025"}


@pytest.fixture
def placement(cast):
    standard = make_practice_standard(requirements=[PracticumConfig(key="practice", title="Practice", minutes=600)])
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(standard_version=standard))
    return make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)


def marks(user) -> dict:
    [enrolment] = own_enrolments_with_facts(user)
    return {name: value for name, value in vars(enrolment).items() if name.startswith("evidence_")}


def waivable(enrolment) -> str:
    return shown.definition_of(enrolment.standard_version).requirements[0].key


ACTS = {
    "sent": (lambda p, cast: None, lambda p, cast, made: make_submitted(p)),
    "taken back": (lambda p, cast: make_submitted(p), lambda p, cast, made: retract_log(made, by=cast.trainee)),
    "approved": (lambda p, cast: make_submitted(p), lambda p, cast, made: approve(made)),
    "returned": (lambda p, cast: None, lambda p, cast, made: make_returned(p)),
    "corrected": (
        lambda p, cast: submit_log(correct_log(make_approved(p), by=cast.trainee), by=cast.trainee),
        lambda p, cast, made: approve(made),
    ),
    "put under review": (
        lambda p, cast: make_approved(p),
        lambda p, cast, made: make_lapse(p.supervisor, by=cast.director),
    ),
    "session put under review": (
        lambda p, cast: make_recorded(p),
        lambda p, cast, made: make_lapse(p.supervisor, by=cast.director),
    ),
    "found in error": (
        lambda p, cast: make_approved(p) and make_lapse(p.supervisor, by=cast.director),
        lambda p, cast, made: annul_lapse(made, reason="The register was wrong.", by=cast.director),
    ),
    "withdrawn": (
        lambda p, cast: make_approved(p),
        lambda p, cast, made: unapprove_log(made, by=cast.director, reason="The day is wrong."),
    ),
    "prior recorded": (lambda p, cast: None, lambda p, cast, made: make_prior(p.enrolment)),
    "prior approved": (
        lambda p, cast: make_prior(p.enrolment),
        lambda p, cast, made: approve_prior(made, by=cast.director),
    ),
    "prior returned": (
        lambda p, cast: make_prior(p.enrolment),
        lambda p, cast, made: return_prior(made, by=cast.director),
    ),
    "quiz passed": (
        lambda p, cast: make_quiz(p.enrolment.edition),
        lambda p, cast, made: make_attempt(p.enrolment, made),
    ),
    "waived": (
        lambda p, cast: None,
        lambda p, cast, made: grant_waiver(p.enrolment, waivable(p.enrolment), by=cast.director, **PAPER),
    ),
    "waiver ended": (
        lambda p, cast: grant_waiver(p.enrolment, waivable(p.enrolment), by=cast.director, **PAPER),
        lambda p, cast, made: end_waiver(made, by=cast.director),
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_every_act_on_evidence_changes_a_mark(cast, placement, name):
    prepare, act = ACTS[name]
    made = prepare(placement, cast)
    before = marks(cast.trainee)
    assert marks(cast.trainee) == before
    act(placement, cast, made)
    assert marks(cast.trainee) != before


def test_the_line_is_judged_once_until_evidence_comes_and_then_says_what_the_engine_says(cast, placement, monkeypatch):
    judged = []
    judge = shown.standings_for
    monkeypatch.setattr(shown, "standings_for", lambda enrolments: judged.append(1) or judge(enrolments))

    def line():
        [enrolment] = own_enrolments_with_facts(cast.trainee)
        found = standing_for(enrolment)
        line = shown.shown_line(enrolment)
        assert (line.done, line.total, line.title, line.number) == (
            found.done,
            found.total,
            found.standard_title,
            found.standard_number,
        )
        rows = ledger(found, shown.definition_of(enrolment.standard_version))
        assert [(said.title, said.amount, said.state, said.kind, said.missing) for said in line.requirements] == [
            (row.title, f"{row.have} of {row.need}", row.state, row.kind, "".join(row.missing[:1])) for row in rows
        ]

    line()
    line()
    assert judged == [1]
    make_approved(placement)
    line()
    line()
    assert judged == [1, 1]


def test_a_kind_that_gives_no_mark_is_judged_each_time(cast, placement, monkeypatch):
    judged = []
    judge = shown.standings_for
    monkeypatch.setattr(shown, "standings_for", lambda enrolments: judged.append(1) or judge(enrolments))
    monkeypatch.setattr(shown, "marked_kinds", lambda: frozenset({"time_window"}))
    for _ in range(2):
        [enrolment] = own_enrolments_with_facts(cast.trainee)
        shown.shown_line(enrolment)
    assert judged == [1, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_home_page_asks_no_more_with_more_evidence(cast, placement, count, django_assert_num_queries):
    for _ in range(count):
        make_approved(placement)
    client = cast.client("trainee")
    client.get(reverse("home"))
    with django_assert_num_queries(HOME):
        client.get(reverse("home"))


@pytest.mark.parametrize("name", ACTS)
def test_the_own_standing_page_is_never_older_than_the_evidence(cast, placement, name, monkeypatch):
    """Judged once for a page that is opened again; anew after every act, and as the engine judges it."""
    judged = []
    judge = shown.standing_for
    monkeypatch.setattr(shown, "standing_for", lambda *args, **kwargs: judged.append(1) or judge(*args, **kwargs))
    prepare, act = ACTS[name]
    made = prepare(placement, cast)
    client, url = cast.client("trainee"), reverse("standing", args=[placement.enrolment.pk])
    client.get(url)
    client.get(url)
    assert judged == [1]
    act(placement, cast, made)
    found = client.get(url).context["ledger"]
    assert judged == [1, 1]
    [enrolment] = own_enrolments_with_facts(cast.trainee)
    assert found == shown.ledger_of(judge(enrolment), enrolment, is_own=True)


def test_what_is_due_beside_the_log_is_never_older_than_the_evidence(cast):
    """The log asks for the marks of supervision only; they change with visits, sessions and lapses alike."""
    weekly = SupervisionConfig(
        key="supervision", title="Supervision", minutes=600, ratio=Ratio(60, 300, make_up_weeks=9_999)
    )
    enrolment = make_enrolment(
        cast.trainee, cohort=make_cohort(standard_version=make_practice_standard(requirements=[weekly]))
    )
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    client, url, told = cast.client("trainee"), reverse("practice_list"), []

    def look():
        told.append(client.get(url).context["due"])
        assert told[-1] == due_of(enrolment)[0]

    look()
    direct = {"category_key": "dosing-lead", "clients": frozenset({make_code(placement).pk}), "client_consented": True}
    visit = make_submitted(placement, segments=(("dosing", 300),), **direct)
    look()
    make_recorded(placement, on=visit.on + timedelta(days=1), minutes=20)
    look()
    approve(visit)
    look()
    make_lapse(placement.supervisor, by=cast.director)
    look()
    assert len(set(told)) == 3, told


def test_another_day_is_judged_anew(cast, placement, time_machine):
    make_approved(placement)
    [enrolment] = own_enrolments_with_facts(cast.trainee)
    today = shown.evidence_key(enrolment)
    assert shown.evidence_key(enrolment) == today
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert shown.evidence_key(enrolment) != today


@pytest.mark.parametrize("count", [1, 3])
def test_the_standing_asks_no_more_with_more_evidence(cast, placement, count, django_assert_num_queries):
    """The session, the person, her enrolments with their marks; judged anew also sums, or rows and prior hours."""
    for _ in range(count):
        make_approved(placement)
    client, url = cast.client("trainee"), reverse("standing", args=[placement.enrolment.pk])
    evidence = reverse("standing_evidence", args=[placement.enrolment.pk, "practice"])
    for address, number in (
        (url, 3),
        (f"{url}?as_of={placement.starts_on}", 4),
        (f"{url}?entries=all", 5),
        (evidence, 5),
    ):
        client.get(address)
        with django_assert_num_queries(number):
            client.get(address)
