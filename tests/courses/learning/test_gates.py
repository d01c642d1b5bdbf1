"""Every gate, with everybody, at every door. What could leak is there: a word and files that stand nowhere else.

The doors give it out exactly when the gate is open and the enrolment may read; the same doors are the control.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from assessments.actions import submit_attempt
from assessments.enums import SubmissionState
from assessments.models import Attempt, Submission
from courses.curriculum.models import Asset, Edition, EditionItem, Erratum
from courses.enrolment.actions import adopt_edition, delay_cohort, extend_enrolment, move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.actions import complete_activity
from courses.learning.models import Bookmark, CheckAnswer, Completion, Note, SignedAttestation
from courses.learning.queries import journey_of, learners_enrolment
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.clock.actions import adjust_deadlines
from lms.clock.models import Cause
from lms.errors import Refusal
from tests.courses.curriculum.media import FILM
from tests.factories.asking import FIRST, SIGNED, frozen_attestation, frozen_check
from tests.factories.assessments import make_attempt, make_quiz
from tests.factories.assignments import make_assignment, make_submission
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.web import post, text_of

WORD, FILE = "zebrawood", b"the only handout that says so"
PLAYED = {"film": FILM, "captions": FILM.with_suffix(".vtt")}
TYPES = {"film": "video/webm", "captions": "text/vtt"}
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
OPENS = date(2026, 3, 6)  # the cohort is in Denver: seven hours behind UTC
LAST_MOMENT, FIRST_MOMENT = datetime(2026, 3, 6, 6, 59, 59, tzinfo=UTC), datetime(2026, 3, 6, 7, 0, 1, tzinfo=UTC)
DAYS = (OPENS - date(2026, 1, 5)).days  # after the cohort's start

LESSON = {"page", "link", "print", "module print", "search", "glossary", "references", "corrections", "changes"}
FILES = {"asset", "asset range", "film", "film range", "captions", "captions range"}
PAGES = LESSON | FILES | {"quiz", "assignment"}
BESIDE = {"note", "bookmark", "answer", "sign"}  # acts of whoever may read, also when she has finished
READING = PAGES | BESIDE
DOORS = READING | {"start", "draft", "complete"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# The house -----------------------------------------------------------------------------------------------------------


@dataclass
class House:
    """An edition with an open module and quiz, and a closed lesson, quiz and assignment that say the word; the lesson asks,
    was corrected, explains the word and cites it, shows a handout and plays a film with captions, and the trainee has a
    note on it. Her cohort came to this edition from another, whose lesson said something else."""

    enrolment: Enrolment
    first: EditionItem
    entry: EditionItem
    lesson: EditionItem
    quiz: EditionItem
    asset: Asset
    assignment: EditionItem
    played: dict[str, Asset]


GATES: dict[str, Callable[[EditionItem, EditionItem, EditionItem], dict]] = {
    "after the previous lesson": lambda module, first, entry: {"after": [key(first)]},
    "after a module": lambda module, first, entry: {"after": [key(module)]},
    "after a quiz": lambda module, first, entry: {"after": [key(entry)]},
    "from a date": lambda module, first, entry: {"on": OPENS.isoformat()},
    "days after the start": lambda module, first, entry: {"days": DAYS},
    "after a score": lambda module, first, entry: {"scores": [[key(entry), 60]]},
    "several": lambda module, first, entry: {
        "after": [key(first)],
        "on": OPENS.isoformat(),
        "scores": [[key(entry), 60]],
    },
}
REASONS = {
    "after the previous lesson": "Opens when you have completed “First”.",
    "after a module": "Opens when you have completed “Beginnings”.",
    "after a quiz": "Opens when you have completed “Entry quiz”.",
    "from a date": "Opens on 6 Mar 2026.",
    "days after the start": "Opens on 6 Mar 2026.",
    "after a score": "Opens when you have scored 60 % in “Entry quiz”.",
    "several": "Opens when you have completed “First” and scored 60 % in “Entry quiz”, not before 6 Mar 2026.",
}


def key(item: EditionItem) -> str:
    return str(item.activity.key)


def build(person, gate: str, *, on_module: bool = False, cohort=None) -> House:
    before = make_edition()
    edition = make_edition(before.program)
    module = make_module(edition, lessons=0, title="Beginnings")
    first = make_item(edition, parent=module, title="First")
    entry = make_quiz(edition, title="Entry quiz", parent=module, cooldown_hours=0)
    gates = GATES[gate](module, first, entry) if gate else {}
    over, inside = (gates, {}) if on_module else ({}, gates)
    closed = make_module(edition, lessons=0, title="Later", gates=over)
    html = f"<p>The {WORD} shelf.</p>"
    lesson = make_item(edition, parent=closed, title="Wood", blocks=blocks("oak"), gates=inside)
    played = {name: keep(file) for name, file in PLAYED.items()}
    said = [*blocks(WORD), *lists(), film_of(played)]
    says = make_item(make_edition(), title="Wood", blocks=said, text=f"The {WORD} shelf.").body
    says.assets.add(*played.values())
    reason = f"It is the {WORD} shelf."
    Erratum.objects.create(item=lesson, old_body=lesson.body, new_body=says, reason=reason, by=edition.published_by)
    quiz = make_quiz(edition, title="Wood quiz", intro=html, parent=closed, gates=inside)
    assignment = make_assignment(edition, title="Wood work", brief=html, parent=closed, gates=inside)
    asset = make_asset("shelf.pdf", FILE, "application/pdf")
    lesson.body.assets.add(asset)
    enrolment = come_from(before, lesson, person)
    Note.objects.create(enrolment=enrolment, activity=lesson.activity, block=str(uuid.UUID(int=7)), text="Mine.")
    return House(enrolment, first, entry, lesson, quiz, asset, assignment, played)


def come_from(before: Edition, lesson: EditionItem, person) -> Enrolment:
    """Her enrolment, which began with an edition whose lesson said other words, and was moved to that of `lesson`."""
    closed = make_module(before, lessons=0, title="Later")
    make_item(before, parent=closed, activity=lesson.activity, title="Wood", blocks=[text("An empty drawer.")])
    enrolment = make_enrolment(person, cohort=make_cohort(edition=before, ends_on=date(2027, 1, 5)))
    adopt_edition(enrolment.cohort, lesson.edition, by=None, reason="Better words.")
    enrolment.refresh_from_db()
    return enrolment


def make_asset(name: str, content: bytes, content_type: str) -> Asset:
    return Asset.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        file=ContentFile(content, name=name),
        name=name,
        content_type=content_type,
        size=len(content),
    )


def keep(file: Path) -> Asset:
    return make_asset(file.name, file.read_bytes(), TYPES["film" if file == FILM else "captions"])


def text(words: str) -> dict:
    return {"type": "text", "id": str(uuid.UUID(int=7)), "html": f"<p>{words}</p>"}


def blocks(wood: str) -> list[dict]:
    return [text(f"The {wood} shelf."), frozen_check(), frozen_attestation()]


def lists() -> list[dict]:
    """A word that the lesson explains and a work that it cites, both with the word: so its pages must not list them."""
    term = {"slug": "wood", "term": "Wood", "definition": f"That of the {WORD} shelf.", "spellings": []}
    cited = {"key": "wood", "text": f"Ash, A. (2020). The {WORD} shelf.", "doi": "", "url": ""}
    return [
        {"type": "glossary", "id": str(uuid.UUID(int=8)), "terms": [term]},
        {"type": "references", "id": str(uuid.UUID(int=9)), "items": [cited]},
    ]


def film_of(played: dict[str, Asset]) -> dict:
    film, captions = ({"sha256": asset.sha256, "name": asset.name} for asset in played.values())
    words = {"title": "How it is filled", "transcript": "<p>Put it up.</p>", "content_type": TYPES["film"]}
    return {"type": "video", "id": str(uuid.UUID(int=10)), "captions": captions} | words | film


def read(house: House) -> None:
    complete_activity(house.enrolment, house.first, by=house.enrolment.person)


def sit(house: House, wrong=()) -> None:
    make_attempt(house.enrolment, house.entry, wrong=wrong)


OPENING = {
    "after the previous lesson": lambda house, clock: read(house),
    "after a module": lambda house, clock: read(house),
    "after a quiz": lambda house, clock: sit(house),
    "from a date": lambda house, clock: clock.move_to(FIRST_MOMENT),
    "days after the start": lambda house, clock: clock.move_to(FIRST_MOMENT),
    "after a score": lambda house, clock: sit(house, wrong=(2, 3)),
    "several": lambda house, clock: (read(house), sit(house), clock.move_to(FIRST_MOMENT)),
}


# The doors -----------------------------------------------------------------------------------------------------------


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def doors_that_give(client: Client, house: House) -> set[str]:
    """The doors by which somebody comes to the word, to the file, or to an act on what is closed."""
    pk, lesson = house.enrolment.pk, house.lesson.slug
    pages = {
        "page": reverse("learn_item", args=[pk, lesson]),
        "link": reverse("learn_link", args=[pk, house.lesson.activity.key]),
        "print": reverse("learn_print", args=[pk, lesson]),
        "module page": reverse("learn_item", args=[pk, house.lesson.parent.slug]),
        "module print": reverse("learn_print", args=[pk, house.lesson.parent.slug]),
        "search": reverse("learn_search", args=[pk]) + f"?q={WORD}",
        "glossary": reverse("learn_glossary", args=[pk]),
        "references": reverse("learn_references", args=[pk]),
        "corrections": reverse("learn_corrections", args=[pk]),
        "changes": reverse("learn_changes", args=[pk]),
        "notes": reverse("learn_notes", args=[pk]),
        "notes as text": reverse("learn_notes_export", args=[pk, "txt"]),
        "notes as json": reverse("learn_notes_export", args=[pk, "json"]),
        "quiz": reverse("quiz_intro", args=[pk, house.quiz.slug]),
        "assignment": reverse("assignment", args=[pk, house.assignment.slug]),
        "outline": reverse("learn_outline", args=[pk]),
        "home": reverse("home"),
    }
    given = {door for door, address in pages.items() if shows(client.get(address, follow=True))}
    return given | files_that_come(client, house) | acts_that_take(client, house)


def files_that_come(client: Client, house: House) -> set[str]:
    """Each file whole and in a range. What does not come is not there: not for her, and not for anybody."""
    given = set()
    for name, asset in {"asset": house.asset, **house.played}.items():
        with asset.file.open() as file:
            content = file.read()
        address = reverse("learn_asset", args=[house.enrolment.pk, asset.sha256, asset.name])
        for door, headers, code, wanted in (
            (name, {}, 200, content),
            (f"{name} range", {"range": "bytes=5-28"}, 206, content[5:29]),
        ):
            answer = client.get(address, headers=headers)
            if answer.status_code == code and body_of(answer) == wanted:
                given.add(door)
            else:  # a visitor is led to the sign-in page
                assert answer.status_code in (404, 302)
    return given


def shows(answer) -> bool:
    said = body_of(answer).replace(b"<mark>", b"").replace(b"</mark>", b"")
    return f"{WORD} shelf".encode() in said


def acts_that_take(client: Client, house: House) -> set[str]:
    pk, lesson = house.enrolment.pk, house.lesson.slug
    acts = {
        "note": (Note, reverse("learn_note_new", args=[pk, lesson]), {"quotation": f"{WORD} shelf", "text": "So."}),
        "bookmark": (Bookmark, reverse("learn_bookmark", args=[pk, lesson]), {"on": "yes"}),
        "answer": (CheckAnswer, reverse("learn_check", args=[pk, lesson, FIRST]), {"choice": "a"}),
        "sign": (
            SignedAttestation,
            reverse("learn_attestation", args=[pk, lesson, SIGNED]),
            {"name": str(house.enrolment.person)},
        ),
        "start": (Attempt, reverse("quiz_start", args=[pk, house.quiz.slug]), {}),
        "draft": (Submission, reverse("assignment", args=[pk, house.assignment.slug]), {"act": "save", "text": "So."}),
        "complete": (Completion, reverse("learn_complete", args=[pk, lesson]), {}),
    }
    taken = set()
    for act, (model, address, sent) in acts.items():
        before = model.objects.count()
        said = post(client, address, **sent)
        if model.objects.count() > before:
            taken.add(act)
        elif shows(said):
            taken.add(f"{act}, refused")
    return taken


OTHERS = [
    "other_trainee",
    "supervisor",
    "other_supervisor",
    "faculty",
    "other_faculty",
    "director",
    "registrar",
    "visitor",
]


def settle_others(cast, house: House) -> None:
    """A trainee of the same cohort, one who is a supervisor and trainee of another program, and faculty of the cohort."""
    make_enrolment(cast.other_trainee, cohort=house.enrolment.cohort)
    make_enrolment(cast.other_supervisor)
    grant_faculty(cast.faculty, house.enrolment.cohort)
    other = make_cohort()
    grant_role(cast.other_faculty, Role.FACULTY, by=None, scope=Scope.COHORT, scope_id=other.pk)


@pytest.mark.parametrize("on_module", [False, True], ids=["on the item", "on its module"])
@pytest.mark.parametrize("gate", GATES)
def test_a_gate_gives_nothing_to_anybody_before_it_opens_and_all_to_her_alone_after(cast, clock, gate, on_module):
    house = build(cast.trainee, gate, on_module=on_module)
    settle_others(cast, house)
    people = {name: cast.client(name) for name in ("trainee", *OTHERS)}
    assert {name for name, client in people.items() if doors_that_give(client, house)} == set()
    OPENING[gate](house, clock)
    people = {name: cast.client(name) for name in ("trainee", *OTHERS)}
    found = {name: doors_that_give(client, house) for name, client in people.items()}
    assert found == {"trainee": DOORS} | {name: set() for name in OTHERS}


def test_the_page_of_the_lesson_plays_the_files_that_are_closed_with_it(cast, clock):
    house = build(cast.trainee, "from a date")
    page = reverse("learn_item", args=[house.enrolment.pk, house.lesson.slug])
    addresses = [f"../assets/{asset.sha256}/{asset.name}" for asset in house.played.values()]
    locked = cast.client("trainee").get(page)
    assert (locked.status_code, [one in locked.content.decode() for one in addresses]) == (403, [False, False])
    clock.move_to(FIRST_MOMENT)
    open_now = cast.client("trainee").get(page).content.decode()
    assert [f'src="{one}"' in open_now for one in addresses] == [True, True]


@pytest.mark.parametrize("gate", GATES)
def test_what_is_closed_says_what_opens_it_at_every_door(cast, gate):
    house = build(cast.trainee, gate)
    client, pk = cast.client("trainee"), house.enrolment.pk
    pages = [
        client.get(reverse("learn_outline", args=[pk])),
        client.get(reverse("learn_item", args=[pk, house.lesson.slug])),
        client.get(reverse("learn_print", args=[pk, house.lesson.slug])),
        client.get(reverse("quiz_intro", args=[pk, house.quiz.slug])),
        client.get(reverse("assignment", args=[pk, house.assignment.slug])),
    ]
    assert [page.status_code for page in pages] == [200, 403, 403, 403, 403]
    assert [REASONS[gate] in text_of(page) for page in pages] == [True] * 5
    with pytest.raises(Refusal, match=r"This is not open yet\. Opens "):
        complete_activity(house.enrolment, house.lesson, by=cast.trainee)


def test_another_trainee_of_the_cohort_has_her_own_way(cast):
    """She has an enrolment in the same edition, and has read nothing: what opened for the first stays closed to her."""
    house = build(cast.trainee, "after the previous lesson")
    hers = make_enrolment(cast.other_trainee, cohort=house.enrolment.cohort)
    read(house)
    own = replace(house, enrolment=hers)
    assert doors_that_give(cast.client("other_trainee"), own) == set()
    read(own)
    assert doors_that_give(cast.client("other_trainee"), own) == DOORS - {"changes"}  # she began with this edition


# Days ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gate", ["from a date", "days after the start"])
def test_a_day_begins_at_midnight_where_the_cohort_is_and_no_page_outlives_it(cast, clock, gate):
    house = build(cast.trainee, gate)
    address = reverse("learn_outline", args=[house.enrolment.pk])
    clock.move_to(LAST_MOMENT)
    client = cast.client("trainee")
    assert doors_that_give(client, house) == set()
    assert "Opens on 6 Mar 2026" in text_of(client.get(address))
    clock.move_to(FIRST_MOMENT)
    assert "Opens on" not in text_of(client.get(address))
    assert doors_that_give(client, house) == DOORS


def test_only_what_moves_the_whole_cohort_moves_the_days_after_its_start(cast, clock):
    house = build(cast.trainee, "days after the start")
    cohort = house.enrolment.cohort
    for cause in (Cause.LEAVE, Cause.ACCOMMODATION, Cause.EXTENSION):
        adjust_deadlines(cause=cause, since=date(2026, 2, 1), days=30, by=None, person=cast.trainee)
    delay_cohort(cohort, cause=Cause.OUTAGE, since=date(2026, 2, 1), days=2, by=cast.director)
    clock.move_to(FIRST_MOMENT)
    assert doors_that_give(cast.client("trainee"), house) == DOORS


@pytest.mark.parametrize(
    ("since", "opens"), [("2026-02-01", "Opens on 9 Mar 2026."), ("2026-03-07", "Opens on 6 Mar 2026.")]
)
def test_a_delay_of_the_cohort_moves_what_was_still_to_open(cast, since, opens):
    house = build(cast.trainee, "days after the start")
    delay_cohort(
        house.enrolment.cohort, cause=Cause.COHORT_DELAY, since=date.fromisoformat(since), days=3, by=cast.director
    )
    client = cast.client("trainee")
    assert opens in text_of(client.get(reverse("learn_outline", args=[house.enrolment.pk])))
    assert opens in text_of(client.get(reverse("quiz_intro", args=[house.enrolment.pk, house.quiz.slug])))


def test_a_date_is_the_same_for_every_cohort_and_no_delay_moves_it(cast, clock):
    house = build(cast.trainee, "from a date")
    delay_cohort(house.enrolment.cohort, cause=Cause.COHORT_DELAY, since=date(2026, 2, 1), days=30, by=cast.director)
    clock.move_to(FIRST_MOMENT)
    assert doors_that_give(cast.client("trainee"), house) == DOORS


# Scores ----------------------------------------------------------------------------------------------------------------


def test_the_best_submitted_attempt_counts_and_an_open_one_does_not(cast, clock):
    house = build(cast.trainee, "after a score")
    client = cast.client("trainee")
    sit(house, wrong=(2, 3, 4))
    assert doors_that_give(client, house) == set()  # 40 %
    attempt = make_attempt(house.enrolment, house.entry, submitted=False)
    assert doors_that_give(client, house) == set()
    submit_attempt(attempt, by=cast.trainee)
    assert doors_that_give(client, house) == DOORS  # 100 %


@pytest.mark.parametrize(("gate", "given"), [("after a score", DOORS), ("after a quiz", set())])
def test_a_missed_critical_item_fails_the_quiz_and_leaves_the_score(cast, gate, given):
    """Whoever wants a pass asks for the quiz itself to be complete."""
    house = build(cast.trainee, gate)
    sit(house, wrong=(1,))
    assert doors_that_give(cast.client("trainee"), house) == given


# Enrolments ------------------------------------------------------------------------------------------------------------


def paused(house: House, director) -> None:
    move_enrolment(house.enrolment, EnrolmentState.PAUSED, by=director, reason="Leave.")


def going_on(house: House, director) -> None:
    paused(house, director)
    move_enrolment(house.enrolment, EnrolmentState.ACTIVE, by=director, reason="Back.")


STATES = {
    "active": (lambda house, director: None, DOORS),
    "paused": (paused, set()),
    "going on after a pause": (going_on, DOORS),
    "extended": (
        lambda house, director: extend_enrolment(house.enrolment, date(2027, 3, 1), by=director, reason="Ill."),
        DOORS,
    ),
    "completed": (
        lambda house, director: move_enrolment(house.enrolment, EnrolmentState.COMPLETED, by=director, reason="Done."),
        READING,
    ),
    "withdrawn": (
        lambda house, director: move_enrolment(house.enrolment, EnrolmentState.WITHDRAWN, by=director, reason="Left."),
        set(),
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_the_state_of_the_enrolment_decides_at_every_door(cast, state):
    house = build(cast.trainee, "")
    change, given = STATES[state]
    change(house, cast.director)
    assert doors_that_give(cast.client("trainee"), house) == given


def test_who_is_late_is_not_shut_out(cast, clock):
    """The last day closes nothing by itself: a director decides what comes next."""
    house = build(cast.trainee, "")
    clock.move_to(datetime(2027, 2, 1, tzinfo=UTC))
    assert doors_that_give(cast.client("trainee"), house) == DOORS


def test_what_was_closed_stays_closed_for_who_has_finished(cast, clock):
    house = build(cast.trainee, "from a date")
    move_enrolment(house.enrolment, EnrolmentState.COMPLETED, by=cast.director, reason="Done.")
    assert doors_that_give(cast.client("trainee"), house) == set()
    clock.move_to(FIRST_MOMENT)
    assert doors_that_give(cast.client("trainee"), house) == READING


def test_what_is_done_stays_open_under_a_later_gate(cast):
    """She has completed the lesson; the edition that her cohort adopts then closes it for the others."""
    house = build(cast.trainee, "")
    complete_activity(house.enrolment, house.lesson, by=cast.trainee)
    later = make_edition(house.enrolment.program)
    module = make_module(later, lessons=0)
    html = f"<p>The {WORD} shelf.</p>"
    make_item(
        later, parent=module, activity=house.lesson.activity, slug=house.lesson.slug, html=html, gates={"days": 700}
    )
    Enrolment.objects.update(edition=later)
    page = cast.client("trainee").get(reverse("learn_item", args=[house.enrolment.pk, house.lesson.slug]))
    assert (page.status_code, WORD in text_of(page)) == (200, True)


def test_the_edition_of_another_cohort_is_another_book(cast):
    """The next edition says the word without a gate; a trainee of an older cohort comes to it by no door."""
    house = build(cast.trainee, "from a date")
    later = make_edition(house.enrolment.program)
    module = make_module(later, lessons=0)
    open_html = "<p>The rosewood drawer.</p>"
    open_item = make_item(
        later, parent=module, activity=house.lesson.activity, html=open_html, text="The rosewood drawer."
    )
    other = make_cohort(edition=later)
    hers = make_enrolment(cast.other_trainee, cohort=other)
    mine, theirs = cast.client("trainee"), cast.client("other_trainee")
    search = f"{reverse('learn_search', args=[house.enrolment.pk])}?q=rosewood"
    for address in (search, reverse("learn_item", args=[house.enrolment.pk, open_item.slug])):
        assert b"rosewood drawer" not in body_of(mine.get(address)).replace(b"<mark>", b"").replace(b"</mark>", b"")
    for pk, client in ((hers.pk, mine), (house.enrolment.pk, theirs)):
        assert client.get(reverse("learn_item", args=[pk, open_item.slug])).status_code == 404
    assert "rosewood drawer" in text_of(theirs.get(reverse("learn_item", args=[hers.pk, open_item.slug])))
    shelf = reverse("learn_asset", args=[hers.pk, house.asset.sha256, house.asset.name])
    assert theirs.get(shelf).status_code == 404


# What comes next -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gate", GATES)
def test_what_is_proposed_next_is_never_closed(cast, clock, gate):
    house = build(cast.trainee, gate)
    client = cast.client("trainee")
    seen = []
    for _ in range(6):
        journey = journey_of(learners_enrolment(cast.trainee, house.enrolment.pk))
        if journey.next is None:
            break
        assert not journey.states[journey.next.id].is_locked
        assert (
            f"Later: {house.lesson.title}" not in text_of(client.get(reverse("home"))) or journey.next.title == "Wood"
        )
        seen.append(journey.next.title)
        item = SimpleNamespace(first=house.first, entry=house.entry, wood=house.lesson, quiz=house.quiz)
        {
            "First": lambda item=item: complete_activity(house.enrolment, item.first, by=cast.trainee),
            "Entry quiz": lambda item=item: make_attempt(house.enrolment, item.entry),
            "Wood": lambda item=item: complete_activity(house.enrolment, item.wood, by=cast.trainee),
            "Wood quiz": lambda item=item: make_attempt(house.enrolment, item.quiz),
            "Wood work": lambda: make_submission(
                house.enrolment, house.assignment, state=SubmissionState.ACCEPTED, by=cast.director
            ),
        }[journey.next.title]()
    closed_by_a_day = gate in ("from a date", "days after the start", "several")
    assert seen == ["First", "Entry quiz"] + ([] if closed_by_a_day else ["Wood", "Wood quiz", "Wood work"])
    clock.move_to(FIRST_MOMENT)
    following = journey_of(learners_enrolment(cast.trainee, house.enrolment.pk)).next
    assert (following and following.title) == ("Wood" if closed_by_a_day else None)


def test_home_proposes_what_a_score_has_opened(cast):
    house = build(cast.trainee, "after a score")
    client = cast.client("trainee")
    read(house)
    assert "Later: Wood" not in text_of(client.get(reverse("home")))
    sit(house)
    assert "Later: Wood" in text_of(client.get(reverse("home")))


# Queries -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lessons", [1, 3])
def test_pages_of_an_edition_with_every_gate_take_at_most_four_queries(cast, lessons, django_assert_num_queries):
    house = build(cast.trainee, "several")
    edition = house.enrolment.edition
    module = make_module(edition, lessons=0, gates={"days": 1})
    for _ in range(lessons):
        make_item(edition, parent=module, gates={"days": 2, "on": "2026-01-01"})
    delay_cohort(house.enrolment.cohort, cause=Cause.COHORT_DELAY, since=date(2026, 1, 5), days=3, by=None)
    client, pk = cast.client("trainee"), house.enrolment.pk
    for address, number in (
        (reverse("learn_item", args=[pk, house.first.slug]), 3),
        (reverse("learn_outline", args=[pk]), 4),  # and how far her deadlines were moved
    ):
        client.get(address)
        with django_assert_num_queries(number):
            client.get(address)
