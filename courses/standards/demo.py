"""The demonstration's standard: what of the proposed KAP standard the present kinds of requirement can express."""

import json
from collections.abc import Callable

from courses.curriculum.models import LessonPage
from courses.standards.actions import publish_standard
from courses.standards.models import ActivityCategory, Standard, StandardVersion
from lms.accounts.models import User
from lms.demo.registry import Demo

TITLE = "KAP Practitioner Certificate"
DESCRIPTION = (
    "The holder completed the core curriculum in ketamine-assisted psychotherapy, passed its quizzes on the ethics of "
    "touch, on clinical skills and on safety, passed the final examination, and completed at least 60 hours of supervised "
    "practice. "
    "Every number is this institute's own choice."
)
PRACTICE = "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a1003"
PILOT = "A pilot: practice is measured strictly, and every breach is flagged for the supervisor to judge."
SUPERVISED = "After the pilot: the rules of practice as before; visits, clients, supervision and its weekly ratio are counted too."
OBSERVED_ELSEWHERE = {"label": "observation from elsewhere", "hours": 5, "bucket": "observed", "transferred": True}


def create_standard(demo: Demo) -> None:
    """The draft, and its version 1 published by the director. Later edits of the draft are left alone."""
    standard = Standard.objects.filter(program=demo.things["program"]).first()
    if standard is None:
        ActivityCategory.objects.filter(key="role_play").update(multiplier="1/2")
        standard = Standard.objects.create(
            program=demo.things["program"],
            title=TITLE,
            description=DESCRIPTION,
            requirements=_requirements(
                [page.pk for page in demo.things["quiz_pages"].values()], demo.things["examination"].pk
            ),
            practice_rules=json.dumps(_rules_of_practice()),
        )
    demo.things["standard"] = standard
    demo.things["standard_version"] = standard.versions.filter(number=1).first() or publish_standard(
        standard, by=demo.people["director"], change_note="The first version."
    )


def publish_later_versions(demo: Demo) -> None:
    """Version 2 for a pilot that measures practice strictly, version 3 for those who are supervised: it also counts
    visits, clients and supervision, with the weekly ratio. Nobody's version of before changes."""
    standard = demo.things["standard"]
    lesson = demo.things["training"] = LessonPage.objects.child_of(demo.things["ethics_module_page"]).first()
    demo.things["strict_version"] = _later_version(
        standard, PILOT, lambda: _measure_strictly(standard, lesson.pk), by=demo.people["director"]
    )
    demo.things["supervised_version"] = _later_version(
        standard, SUPERVISED, lambda: _count_supervision(standard), by=demo.people["director"]
    )


def _later_version(standard: Standard, note: str, change: Callable[[], None], *, by: User) -> StandardVersion:
    """The version with this note, published after the change if there is none."""
    version = standard.versions.filter(change_note=note).first()
    if version is None:
        change()
        standard.save()
        version = publish_standard(standard, by=by, change_note=note)
    return version


def _measure_strictly(standard: Standard, lesson: int) -> None:
    standard.practice_rules = json.dumps(_strict_rules(lesson))


def _count_supervision(standard: Standard) -> None:
    """The rules of practice as they were; practice with a cap on what was observed elsewhere, and three more lines."""
    kept = [dict(line) for line in standard.requirements.raw_data]
    for line in kept:
        if line["id"] == PRACTICE:
            line["value"] = _practicum() | {"caps": [*_practicum()["caps"], OBSERVED_ELSEWHERE]}
    keys = "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a30"
    more = (
        ("practicum_sessions", _visits()),
        ("practicum_clients", _clients()),
        ("supervision_minutes", _supervision()),
    )
    added = [{"type": name, "id": f"{keys}{n:02}", "value": value} for n, (name, value) in enumerate(more, start=1)]
    standard.requirements = kept + added
    standard.practice_rules = json.dumps(_rules_of_practice())


def _requirements(quizzes: list[int], examination: int) -> list[dict]:
    """Raw StreamField entries. The ids are the keys of the requirements, the same in every demonstration."""
    return [
        {"type": "module_completion", "id": "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a1001", "value": _modules()},
        {"type": "quiz_passed", "id": "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a1002", "value": _quizzes(quizzes)},
        {"type": "final_examination", "id": "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a1009", "value": _examination(examination)},
        {"type": "didactic_minutes", "id": "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a1004", "value": _lessons()},
        {"type": "practicum_minutes", "id": PRACTICE, "value": _practicum()},
        {"type": "attestation_signed", "id": "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a1005", "value": _conduct()},
        {"type": "time_window", "id": "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a1008", "value": _window()},
    ]


def _rules_of_practice() -> list[dict]:
    """Flags where a supervisor can judge it, refusals where nobody could."""
    rules = [
        ("back_dating", {"days": 30, "answer": "flag"}),
        ("weekly", {"minutes": 2400, "answer": "refuse"}),
        ("look_back", {"years": 5, "answer": "refuse"}),
        ("group_size", {"people": 6, "answer": "flag"}),
        ("supervisor", {"qualification": "licence", "answer": "flag"}),
    ]
    keys = "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a20"
    return [{"type": name, "id": f"{keys}{n:02}", "value": value} for n, (name, value) in enumerate(rules, start=1)]


def _strict_rules(lesson: int) -> list[dict]:
    rules = [
        ("back_dating", {"days": 14}),
        ("weekly", {"minutes": 1200}),
        ("look_back", {"years": 1}),
        ("group_size", {"people": 6}),
        ("training", {"lessons": [lesson]}),
        *(("supervisor", {"qualification": name}) for name in ("licence", "consultant", "bls")),
    ]
    keys = "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a40"
    return [
        {"type": name, "id": f"{keys}{n:02}", "value": value | {"answer": "flag"}}
        for n, (name, value) in enumerate(rules, start=1)
    ]


def _window() -> dict:
    return {"title": "Time", "waivable": True, "track": "", "months": 24}


def _modules() -> dict:
    return {"title": "Modules", "waivable": True, "track": "", "electives": 1}


def _lessons() -> dict:
    """As much as the three modules that are written in full can give, their quizzes not counted."""
    topics = [("ethics_of_touch", 1), ("clinical_skills", 1), ("medical_safety", 1)]
    return {
        "title": "Hours of lessons",
        "waivable": True,
        "track": "",
        "hours": "3.5",
        "topics": [{"topic": topic, "hours": hours} for topic, hours in topics],
        "formats": [],
    }


def _quizzes(pages: list[int]) -> dict:
    """Critical items have to be right whatever the score. Nobody may skip touch, skills at the bedside, or safety."""
    return {"title": "Quizzes", "waivable": False, "track": "", "quizzes": pages, "min_percent": 80}


def _examination(page: int) -> dict:
    """Two attempts, as its own page says; whoever needs another one talks with faculty first."""
    return {
        "title": "Final examination",
        "waivable": False,
        "track": "",
        "quiz": page,
        "min_percent": 75,
        "most_attempts": 2,
        "after_every_quiz": False,
        "after": [],
    }


def _conduct() -> dict:
    return {
        "title": "Conduct on touch",
        "waivable": False,
        "track": "",
        "attestation": "touch-conduct",
        "valid_months": "0",
    }


def _practicum() -> dict:
    return {
        "title": "Supervised practice",
        "waivable": True,
        "track": "",
        "hours": 60,
        "buckets": ["direct", "observed", "simulated"],
        "minimums": [
            {"label": "direct contact", "hours": 40, "direct": True},
            {"label": "preparation", "hours": 12, "direct": True, "phase": "preparation"},
            {"label": "dosing", "hours": 18, "direct": True, "phase": "dosing"},
            {"label": "integration", "hours": 10, "direct": True, "phase": "integration"},
        ],
        "caps": [
            {"label": "observation", "hours": 15, "bucket": "observed"},
            {"label": "simulation", "hours": 10, "bucket": "simulated"},
        ],
    }


def _visits() -> dict:
    """Eighteen sessions, six of them dosing as lead or co-lead: the institute's own choice, as everything here."""
    led = {"label": "dosing sessions, led or co-led", "number": 6, "direct": True, "phase": "dosing"}
    return {
        "title": "Visits",
        "waivable": True,
        "track": "",
        "number": 18,
        "buckets": ["direct"],
        "minimums": [led | {"roles": ["lead", "co_facilitator"]}],
    }


def _clients() -> dict:
    return {
        "title": "Clients",
        "waivable": True,
        "track": "",
        "number": 3,
        "visits_each": 2,
        "buckets": ["direct"],
        "phase": "",
    }


def _supervision() -> dict:
    """An hour for every five hours of direct contact. One week may fail, and peers do not count."""
    return {
        "title": "Supervision",
        "waivable": True,
        "track": "",
        "hours": 20,
        "individual_hours": 10,
        "triadic_as": "individual",
        "peer_counts": False,
        "group_percent": 50,
        "group_size": 6,
        "transferred_most": 5,
        "ratio": {"minutes": 60, "per_hours": 5, "make_up_weeks": 1, "failed_most": 1},
    }
