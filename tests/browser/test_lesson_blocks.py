"""The blocks of a lesson in a real browser: a film that plays and seeks, a player that waits for a click, a wide table."""

import pytest
from playwright.sync_api import expect

from courses.curriculum import files
from courses.curriculum.actions import publish_edition
from tests.browser.person import Person
from tests.courses.curriculum.media import FILM
from tests.factories.curriculum import make_document, make_lesson_page, make_module_page, make_program_page
from tests.factories.enrolment import make_enrolment

CAPTIONS = FILM.with_suffix(".vtt").read_bytes()
COLUMNS = ["What is agreed", "Where", "When it begins", "When it ends", "Who says so"]


def _blocks() -> list[dict]:
    film = make_document("Film", content=FILM.read_bytes(), name="ratchet-rule.webm").pk
    captions = make_document("Captions", content=CAPTIONS, name="ratchet-rule.vtt").pk
    table = {
        "caption": "What was agreed with Anneke, an invented patient",
        "columns": [{"type": "text", "heading": heading} for heading in COLUMNS],
        "rows": [{"values": [f"{heading}, in the words of row {row}" for heading in COLUMNS]} for row in range(3)],
    }
    return [
        {
            "type": "video",
            "value": {
                "title": "The ratchet rule, a film without sound",
                "file": film,
                "captions": captions,
                "transcript": "<p>Down is always open.</p><ul><li>Up waits for another day.</li></ul>",
            },
        },
        {
            "type": "embed",
            "value": {
                "title": "What consent sounds like",
                "address": "https://vimeo.com/123456789",
                "about": "A therapist asks three times, in three ways. Eleven minutes, with captions.",
            },
        },
        {"type": "table", "value": {"table": table, "first_column_names_rows": True}},
        {
            "type": "choice",
            "value": {
                "title": "A complaint about touch",
                "notice": "It tells of a boundary that was crossed, without details.",
                "text": "<h2>The third session</h2><p>The hand stayed.</p>",
                "alternative": "<p>The hand left when it was asked to.</p>",
            },
        },
    ]


@pytest.fixture
def address(cast) -> str:
    program = make_program_page()
    make_lesson_page(make_module_page(program), title="What a lesson shows", slug="shown", blocks=_blocks())
    return f"/learn/{make_enrolment(cast.trainee, edition=publish_edition(program, by=cast.director)).pk}/shown/"


def test_a_trainee_reads_every_block(cast, person, kind, address):
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(address)
    for summary, words in [
        ("Read the transcript", "Up waits for another day."),
        ("Read the alternative instead", "The hand left when it was asked to."),
    ]:
        expect(trainee.page.get_by_text(words)).not_to_be_visible()
        trainee.activate(trainee.reach(trainee.page.locator("summary", has_text=summary)))
        trainee.reads(words)
    expect(trainee.page.get_by_text("The hand stayed.")).not_to_be_visible()
    trainee.look()


def test_a_film_waits_then_plays_and_seeks_in_pieces(cast, person, address, monkeypatch):
    monkeypatch.setattr(files, "MOST_AT_ONCE", 20_000)
    trainee = person(Person)
    trainee.sign_in(cast.trainee.email)
    ranges = []
    trainee.page.on("response", lambda answer: ranges.append(answer.headers.get("content-range")))
    trainee.go(address)
    film = trainee.page.locator("video")
    film.evaluate("film => film.readyState || new Promise(known => { film.onloadedmetadata = () => known(); })")
    assert film.evaluate("film => [film.paused, film.currentTime, Math.round(film.duration)]") == [True, 0, 44]
    film.evaluate("film => new Promise(there => { film.onseeked = () => there(); film.currentTime = 40; })")
    assert film.evaluate("film => [film.currentTime, film.error]") == [40, None]
    film.evaluate("film => new Promise(over => { film.onended = () => over(); film.play(); })")
    assert film.evaluate("film => [film.textTracks[0].mode, film.textTracks[0].cues.length]") == ["showing", 9]
    assert len([found for found in ranges if found]) > 3


def test_no_host_is_asked_before_the_reader_chooses(cast, person, address):
    trainee = person(Person)
    trainee.page.context.route("https://player.vimeo.com/**", lambda route: route.fulfill(body="<p>player</p>"))
    trainee.sign_in(cast.trainee.email)
    trainee.go(address)
    assert trainee.page.locator("iframe").count() == 0
    assert trainee.page.context.cookies("https://player.vimeo.com") == []
    assert trainee.watch.complaints == []  # every request to another host would be one
    trainee.may_go_to("https://player.vimeo.com")
    with trainee.page.expect_request("https://player.vimeo.com/**") as asked:
        trainee.page.get_by_role("button", name="Show it here").click()
    assert asked.value.url == "https://player.vimeo.com/video/123456789?autoplay=1&dnt=1"
    assert asked.value.headers.get("referer", "") in ("", trainee.base + "/")
    expect(trainee.page.locator("iframe[title='What consent sounds like']")).to_be_focused()
