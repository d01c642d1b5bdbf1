"""The demonstration's stories of practice: a trainee at every stage, and each reason for which something does not count."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from courses.enrolment.models import Enrolment
from courses.standing.engine import standing_for
from lms.audit.models import AuditEntry
from lms.demo.registry import Demo, demo_steps
from supervision.demo_cohort import COHORT, PILOT
from supervision.enums import Decision, LogState, PracticeRule
from supervision.models import (
    AdverseAlert,
    ClientCode,
    Handover,
    PaceFlag,
    PracticeLog,
    PriorHours,
    Redaction,
    SessionAttendance,
    SigningLink,
    SigningReceipt,
    SignOff,
    SupervisionSession,
    UnfinishedDraft,
)
from supervision.queries.review import content_hash
from supervision.sessions.enums import AttendanceState, SessionFormat, SessionState
from supervision.sessions.queries import weeks_for
from supervision.signing.queries import open_links
from tests.web import text_of

pytestmark = pytest.mark.django_db
JUDGES = (
    "supervision/evidence.py",
    "supervision/requirements.py",
    "supervision/counts/facts.py",
    "supervision/counts/requirements.py",
    "supervision/sessions/judge.py",
)
# Sentences of these files that say something else than why evidence is left out.
NOT_REASONS = {
    "“{}” names a category that does not exist: {}.",
    "“{}” asks for {}, more than the total of {}.",
    ".",
    "{}.",
    "{} of it transferred from elsewhere.",
    "{} of what is approved was attested in lieu of a supervisor.",
    "{} more under review, for a paper of a supervisor may not have been valid: a director decides.",
    "At most {} count.",
    " {} more were approved and do not count.",
    " {} more were confirmed and do not count.",
    "{} more {}{}{}.",
    "Visits with {} {}{}{} ({}).",
    "{} more of{} supervision or consultation{}.",
    " A session was cancelled by the supervisor.",
    "{} of supervision by {}, for the weekly ratio.",
    "{} of {} {} failed the ratio. Please ask your program director what can be done.",
}
# What no act can bring about: an entry has a category of the pinned standard, which never changes; and no visit falls
# through between the reasons that are asked for first.
UNREACHABLE = {"The category “{}” is not part of your standard.", "It is not one of the visits that count here."}
# The pilot asks for no papers of sites: those of the demonstration are seen on the desk.
OF_SITES = {PracticeRule.AGREEMENT, PracticeRule.INSURANCE}
STEPS = (
    *("the institute and its people", "the curriculum", "the question bank and the quizzes", "the final examination"),
    *("edition 1", "the standard", "later versions of the standard", "the cohorts and their enrolments"),
    *("placements and practice logs", "stories of practice"),
)


def test_the_stories_of_practice(settings, client):
    """Told once for all of it: telling takes seconds."""
    settings.DEMO = True
    told = tell(STEPS)
    each_reason_for_which_something_does_not_count_is_there_alone_and_read_by_its_trainee(told, client)
    each_rule_of_practice_flags_an_entry_alone(told)
    a_trainee_stands_at_every_stage(told)
    who_signs_and_what_happened_to_it(told)
    no_word_that_was_removed_is_left()
    before = counts()
    assert tell(STEPS).keys() == told.keys()
    assert counts() == before


def tell(steps) -> dict[str, Enrolment]:
    demo = Demo()
    for title, step in demo_steps():
        if title in steps:
            step(demo)
    rows = Enrolment.objects.filter(cohort__name__in=(COHORT, PILOT)).select_related("person", "standard_version")
    return {row.person.email.split("@")[0]: row for row in rows}


def counts() -> dict:
    models = (PracticeLog, SupervisionSession, SigningLink, PriorHours, AuditEntry)
    return {model: model.objects.count() for model in models}


def sentences() -> set[str]:
    """Every full sentence that is written in the files that judge, with {} for what is filled in; docstrings left out."""
    found = set()
    for name in JUDGES:
        tree = ast.parse(Path(settings.BASE_DIR, name).read_text(encoding="utf-8"))
        bodies = (node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
        passed = {id(node.body[0].value) for node in bodies if isinstance(node.body[0], ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                passed |= {id(part) for part in ast.walk(node) if part is not node}
                words = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
                words = node.value
            else:
                continue
            if words.endswith(".") and id(node) not in passed:
                found.add(words)
    return found


def matches(template: str, sentence: str) -> bool:
    return re.fullmatch(".+".join(map(re.escape, template.split("{}"))), sentence) is not None


def lines_of(enrolment: Enrolment) -> list:
    return standing_for(enrolment, detail=True).results


def left_out(enrolment: Enrolment) -> list[tuple[str, object, str]]:
    return [(line.key, row.evidence, row.reason) for line in lines_of(enrolment) for row in line.excluded]


def each_reason_for_which_something_does_not_count_is_there_alone_and_read_by_its_trainee(told, client):
    reasons = sentences() - NOT_REASONS
    assert reasons > UNREACHABLE
    rows = {name: left_out(enrolment) for name, enrolment in told.items()}
    found = {reason for excluded in rows.values() for *_, reason in excluded}
    assert {one for one in reasons if not any(matches(one, reason) for reason in found)} == UNREACHABLE
    assert all(any(matches(one, reason) for one in reasons) for reason in found)
    for name, excluded in rows.items():
        assert max(Counter((key, evidence.kind, evidence.id) for key, evidence, _ in excluded).values(), default=1) == 1
        if excluded:
            client.force_login(told[name].person)
            page = text_of(client.get(f"/standing/{told[name].pk}/?entries=all"))
            assert {reason for *_, reason in excluded if reason not in page} == set()


def each_rule_of_practice_flags_an_entry_alone(told):
    flags = [[flag["rule"] for flag in log.flags] for log in told["jonah"].practice_logs.all()]
    asked = set(PracticeRule) - OF_SITES
    assert sorted(filter(None, flags)) == sorted([rule.value] for rule in asked)
    assert [] in flags
    assert all(log.flags == [] for log in told["dario"].practice_logs.all())


def a_trainee_stands_at_every_stage(told):
    stages = {
        name: Counter(enrolment.practice_logs.values_list("state", flat=True)) for name, enrolment in told.items()
    }
    assert stages["amira"] == {}
    assert stages["bruno"] == {"draft": 2}
    assert (UnfinishedDraft.objects.filter(closed_at=None).count(), stages["kaya"]) == (1, {"submitted": 2})
    assert stages["dario"] == {"approved": 16, "superseded": 1, "returned": 1, "submitted": 2}
    assert stages["femi"] == {"verified": 29}
    met = {line.title for line in lines_of(told["femi"]) if line.state == "met"}
    assert {"Supervised practice", "Visits", "Clients", "Supervision"} <= met
    assert set(PriorHours.objects.values_list("state", flat=True)) == {
        "submitted",
        "returned",
        "approved",
        "superseded",
    }
    assert set(SessionFormat) == set(SupervisionSession.objects.filter(state="held").values_list("format", flat=True))
    assert set(SessionState) == set(SupervisionSession.objects.values_list("state", flat=True))
    assert set(AttendanceState) == set(SessionAttendance.objects.values_list("state", flat=True))
    kept = {"moves__old": AttendanceState.QUESTIONED, "moves__new": AttendanceState.CONFIRMED}
    assert told["iris"].session_attendances.filter(**kept).get().state == AttendanceState.CONFIRMED
    assert {week.state for week in weeks_for(told["dario"]).weeks} == {"kept"}
    assert {week.state for week in weeks_for(told["gwen"]).weeks} == {"kept", "failed", "make_up"}


def who_signs_and_what_happened_to_it(told):
    links = {}
    for link in SigningLink.objects.select_related("supervisor"):
        is_open = open_links().filter(pk=link.pk).exists()
        state = "used" if link.used_at else "open" if is_open else "run out"
        links.setdefault(link.supervisor.name.split()[0], Counter())[state] += 1
    assert (links["Robin"], links["Sunita"], links["Carl"]) == ({"used": 1, "open": 1}, {"run out": 1}, {"used": 1})
    assert links["Miriam"]["open"] == 1
    receipts = SigningReceipt.objects.filter(link__supervisor__name__startswith="Robin")
    assert [(one.entries, one.mailed_at is not None) for one in receipts] == [(3, True)]
    declined = told["celeste"].placements.get(declined_at__isnull=False, site__name__startswith="Mesa")
    assert (declined.supervisor.name, declined.supervisor.is_verified) == ("Carl Jensen, PsyD", False)
    [handover] = Handover.objects.all()
    assert (handover.placements, handover.entries, handover.sessions) == (1, 2, 2)
    signers = SignOff.objects.filter(log__enrolment=told["iris"], decision=Decision.APPROVED)
    assert set(signers.values_list("printed_name", flat=True)) == {"Marguerite Vaughn", "Dana Whitehorse"}
    assert told["iris"].practice_logs.filter(state=LogState.SUBMITTED).get().reviewing.email == "supervisor@example.org"
    assert [(flag.signer.email, flag.approvals) for flag in PaceFlag.objects.filter(seen_at=None)] == [
        ("supervisor-two@example.org", 24)
    ]
    assert AdverseAlert.objects.get(log__enrolment=told["bruno"]).escalated_at
    assert ClientCode.objects.filter(enrolment=told["dario"], same_as__isnull=False).count() == 1


def no_word_that_was_removed_is_left():
    [redaction] = Redaction.objects.all()
    log = redaction.log
    assert log.reflection.startswith("[Removed by the reviewer: a name,")
    signed = log.sign_offs.get()
    assert "Quillfeather" not in log.reflection + signed.content
    assert content_hash(signed.content) != signed.sha256
