"""A director builds a module in the CMS, has it reviewed, issues edition 2 and brings one of two cohorts to it.

Each cohort goes on reading its own text, files and quiz; a correction reaches both; the hour map adds up.
"""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import QuizPage
from courses.curriculum.actions.edition import publish_edition
from courses.curriculum.models import Edition, LessonPage, ModulePage, ProgramPage
from courses.enrolment.actions import create_cohort, enrol
from courses.enrolment.models import Cohort, Enrolment
from courses.standards.actions import publish_standard
from tests.browser.editor import Editor
from tests.browser.person import Person
from tests.factories.assessments import chosen, make_question
from tests.factories.curriculum import (
    make_document,
    make_lesson_page,
    make_module_page,
    make_program,
    make_program_page,
)
from tests.factories.standards import make_standard

ZONE = "America/Denver"
TOPIC, OTHER_TOPIC = "ethics_of_touch", "clinical_skills"
LESSONS = ("Opening the circle", "Holding the circle", "Closing the circle")
FILM = Path(__file__).parents[2] / "courses" / "curriculum" / "demo" / "film"
OLD_FILE, NEW_FILE = b"%PDF-1.7 agreement of the first edition", b"%PDF-1.7 agreement of the second edition"


@dataclass
class Institute:
    """What stands before the director begins: edition 1, and two cohorts that read it."""

    program_page: ProgramPage
    touch: LessonPage
    consent: LessonPage
    quiz: QuizPage
    staying: Enrolment
    moving: Enrolment


@pytest.fixture
def institute(cast) -> Institute:
    program_page = make_program_page(make_program("KAP Foundations", time_zone=ZONE), slug="kap-foundations")
    module = make_module_page(program_page, title="Ethics of touch")
    document = make_document("Touch agreement", content=OLD_FILE, name="agreement.pdf")
    blocks = [
        {"type": "text", "value": "<p>Touch is optional, always.</p>"},
        {"type": "document", "value": {"document": document.pk, "title": "Touch agreement"}},
    ]
    touch = make_lesson_page(module, title="Touch is optional", blocks=blocks, minutes=30, topic=TOPIC)
    text = "<p>Ask before the seshion, never during it.</p>"
    consent = make_lesson_page(module, title="Consent comes before", text=text, minutes=20, topic=TOPIC)
    quiz = QuizPage(title="Check your judgement", slug="judgement", minutes=10, topic=TOPIC, pass_percent=80)
    quiz.sections = [chosen(make_question())]
    module.add_child(instance=quiz)
    quiz.save_revision().publish()
    edition = publish_edition(program_page, by=cast.director, change_note="The first edition.")
    version = publish_standard(make_standard(program_page.program, blocks=[_hours()]), by=cast.director)
    today = datetime.now(ZoneInfo(ZONE)).date()
    pins = {"starts_on": today, "edition": edition, "standard_version": version, "by": cast.director}
    people = {"Spring": cast.trainee, "Autumn": cast.other_trainee}
    cohorts = [create_cohort(program_page.program, name=name, time_zone=ZONE, **pins) for name in people]
    enrolments = [_enrol(person, cohort, cast) for person, cohort in zip(people.values(), cohorts, strict=True)]
    return Institute(program_page, touch, consent, quiz, *enrolments)


def _hours() -> dict:
    value = {"title": "Hours of lessons", "waivable": True, "track": "", "hours": "1", "formats": []}
    value["topics"] = [{"topic": TOPIC, "hours": "1"}]
    return {"type": "didactic_minutes", "id": "hours", "value": value}


def _enrol(person, cohort: Cohort, cast) -> Enrolment:
    return enrol(person, cohort=cohort, by=cast.director, discipline="Psychologist")


def test_a_director_builds_a_module_and_brings_it_to_one_of_two_cohorts(cast, person, institute):
    director, colleague = person(Editor), person(Editor)
    director.sign_in(cast.director.email)
    colleague.sign_in(cast.second_director.email)
    write_module(director, institute.program_page)
    change_old_pages(director, institute)
    approve_everything(colleague)
    edition = issue_edition_2(director, institute.program_page)
    adopt(director, institute.moving.cohort, edition)

    staying, moving = person(Person), person(Person)
    staying.sign_in(cast.trainee.email)
    moving.sign_in(cast.other_trainee.email)
    read_edition_1(staying, institute)
    read_edition_2(moving, institute)
    check_that_files_stay_apart(staying, moving, institute)

    correct_both_editions(director, institute)
    for trainee, enrolment in ((staying, institute.staying), (moving, institute.moving)):
        trainee.go(reverse("learn_item", args=[enrolment.pk, institute.consent.slug]))
        trainee.reads("Ask before the session, never during it.")
        trainee.reads("Corrected on")
    add_up_the_hours(director, edition)


def write_module(director: Editor, program_page: ProgramPage) -> None:
    """A module with three lessons, the second with a video; each page is sent to the review."""
    director.begin("modulepage", program_page, "Group work")
    director.submit()
    module = ModulePage.objects.get(title="Group work")
    for title in LESSONS:
        director.begin("lessonpage", module, title)
        director.write_text(f"{title}: everybody can see everybody.")
        if title == LESSONS[1]:
            film, captions = ((FILM / f"ratchet-rule.{ending}").read_bytes() for ending in ("webm", "vtt"))
            director.add_video(
                "The ratchet rule",
                {"name": "ratchet.webm", "mimeType": "video/webm", "buffer": film},
                {"name": "ratchet.vtt", "mimeType": "text/vtt", "buffer": captions},
                "Consent only ever turns towards less.",
            )
        director.credit(40, OTHER_TOPIC)
        director.submit()


def change_old_pages(director: Editor, institute: Institute) -> None:
    director.edit(institute.touch)
    director.write_text("In a group, everybody hears the agreement.")
    director.add_document(
        "Touch agreement for groups", {"name": "groups.pdf", "mimeType": "application/pdf", "buffer": NEW_FILE}
    )
    director.submit()
    director.edit(institute.quiz)
    director.set_field("pass_percent", "90")
    director.submit()


def approve_everything(colleague: Editor) -> None:
    """What waits for her on the front page of the CMS, one by one: six pages, and room for one that has to be asked twice."""
    for _ in range(2 * 6):
        if not (title := colleague.next_to_review()):
            break
        colleague.open_review(title)
        colleague.approve()
    assert not colleague.next_to_review(), colleague.page.locator("main").inner_text()
    assert LessonPage.objects.live().count() == 5
    assert not LessonPage.objects.filter(has_unpublished_changes=True).exists()


def issue_edition_2(director: Editor, program_page: ProgramPage) -> Edition:
    director.go(reverse("desk_publish_edition", args=[program_page.pk]))
    director.reads("Every page is published")
    director.reads("Group work")
    director.fill(change_note="A module on group work; the quiz asks for more.")
    director.press("Publish this edition")
    director.reads("Edition 2 is published")
    return Edition.objects.get(program=program_page.program, number=2)


def adopt(director: Editor, cohort: Cohort, edition: Edition) -> None:
    director.go(reverse("desk_cohort", args=[cohort.pk]))
    director.press("Adopt a later edition")
    director.reads("Group work")
    director.choose(edition=str(edition.pk))
    director.fill(reason="They begin with groups next month.")
    director.press("Adopt this edition")
    director.reads("The cohort follows the later edition.")


def read_edition_1(trainee: Person, institute: Institute) -> None:
    outline = reverse("learn_outline", args=[institute.staying.pk])
    trainee.go(outline)
    expect(trainee.page.locator("main")).not_to_contain_text("Group work")
    trainee.press("Touch is optional")
    trainee.reads("Touch is optional, always.")
    expect(trainee.page.locator("main")).not_to_contain_text("In a group")
    assert trainee.download("Touch agreement").read_bytes() == OLD_FILE
    trainee.go(outline)
    trainee.press("Check your judgement")
    trainee.reads("80 %")


def read_edition_2(trainee: Person, institute: Institute) -> None:
    outline = reverse("learn_outline", args=[institute.moving.pk])
    trainee.go(outline)
    trainee.press(LESSONS[1])
    trainee.reads("everybody can see everybody")
    check_that_the_film_plays(trainee)
    trainee.go(outline)
    trainee.press("Touch is optional")
    trainee.reads("In a group, everybody hears the agreement.")
    assert trainee.download("Touch agreement for groups").read_bytes() == NEW_FILE
    trainee.go(outline)
    trainee.press("Check your judgement")
    trainee.reads("90 %")


def check_that_the_film_plays(trainee: Person) -> None:
    """Only when she asks, from the place she asks for, and with captions."""
    film = trainee.page.locator("video")
    assert film.evaluate("film => film.paused && !film.autoplay && film.textTracks[0].kind") == "captions"
    film.evaluate("film => { film.muted = true; film.currentTime = 2; return film.play(); }")
    film.evaluate(
        "film => new Promise(done => film.addEventListener('timeupdate', () => film.currentTime > 2.2 && done()))"
    )
    film.evaluate("film => film.pause()")


def check_that_files_stay_apart(staying: Person, moving: Person, institute: Institute) -> None:
    """The address of edition 2's file, asked for in an enrolment of edition 1."""
    lesson = reverse("learn_item", args=[institute.moving.pk, institute.touch.slug])
    moving.go(lesson)
    path = moving.page.get_by_role("link", name="Touch agreement for groups").get_attribute("href").removeprefix("../")
    own, others = (
        reverse("learn_outline", args=[enrolment.pk]) + path for enrolment in (institute.moving, institute.staying)
    )
    assert moving.page.request.get(moving.base + own).status == 200
    assert staying.page.request.get(staying.base + others).status == 404
    assert staying.page.request.get(staying.base + own).status == 404


def correct_both_editions(director: Editor, institute: Institute) -> None:
    director.edit(institute.consent)
    director.correct_text("Ask before the session, never during it.")
    director.publish()
    edition = Edition.objects.get(program=institute.program_page.program, number=1)
    director.go(reverse("desk_correct_item", args=[edition.pk, institute.consent.slug]))
    director.reads("Edition 2")
    director.fill(reason="A word was misspelt.")
    director.press("Correct this edition")
    director.reads("is corrected")


def add_up_the_hours(director: Editor, edition: Edition) -> None:
    """By hand: 30 + 20 + a quiz of 10 on touch; three lessons of 40 on skills. The standard asks for 1 h, all of it on touch."""
    director.go(reverse("desk_edition", args=[edition.pk]))
    director.press("Hour map")
    director.reads("3 h")
    rows = director.page.locator("main tr")
    expect(rows.filter(has_text="Together").or_(rows.filter(has_text="All topics")).first).to_be_visible()
    table = director.download("Download as a table (CSV)").read_text()
    minutes = [(row["Topic"], int(row["Minutes"])) for row in csv.DictReader(io.StringIO(table))]
    assert sum(number for _, number in minutes) == 180
    paper = director.download("Download for a regulator (PDF)").read_bytes()
    assert paper.startswith(b"%PDF")
