"""The learner's pages over HTTP: who reads what, in which state, with how many queries."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Asset, Body, Erratum
from courses.enrolment.enums import EnrolmentState
from courses.learning import registry
from courses.learning.models import Completion, ReadingPosition
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.web import post, text_of

PEOPLE = ["other_trainee", "supervisor", "faculty", "director", "registrar"]


def url(world, *parts) -> str:
    return "/".join(["/learn", str(world.enrolment.pk), *parts, ""])


@pytest.fixture
def client(cast):
    return cast.client("trainee")


def addresses(world) -> list[str]:
    lesson = world.lessons[0]
    return [url(world), url(world, lesson.slug), url(world, "to", str(lesson.activity.key))]


def test_learn_leads_to_the_only_enrolment(world, client):
    assert client.get("/learn/").headers["Location"] == url(world)


def test_learn_lists_several_enrolments_and_greets_who_has_none(world, cast, client):
    make_enrolment(cast.trainee)
    assert client.get("/learn/").status_code == 200
    assert "You are not enrolled" in text_of(cast.client("other_trainee").get("/learn/"))


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_else_finds_her_lessons(world, cast, name):
    client = cast.client(name)
    assert [client.get(address).status_code for address in addresses(world)] == [404, 404, 404]
    assert post(client, url(world, world.lessons[0].slug, "complete")).status_code == 404
    assert not Completion.objects.exists()


def test_a_visitor_is_asked_to_sign_in(world, cast):
    client = cast.client("visitor")
    assert {client.get(address).headers["Location"].split("?")[0] for address in addresses(world)} == {
        "/accounts/login/"
    }


def test_a_lesson_shows_its_body_and_remembers_the_place(world, client):
    page = client.get(url(world, world.lessons[1].slug))
    assert f"<p>{world.lessons[1].title} says this.</p>" in page.content.decode()
    assert ReadingPosition.objects.get().activity == world.lessons[1].activity
    assert "Go on with" in text_of(client.get(url(world)))
    assert page.headers["Cache-Control"] == "private, no-store"


def test_completing_goes_on_to_the_next_lesson_and_to_the_outline_at_the_end(world, client):
    places = [post(client, url(world, lesson.slug, "complete")).headers["Location"] for lesson in world.lessons]
    assert places == [url(world, world.lessons[1].slug), url(world, world.lessons[2].slug), url(world)]
    assert "3 of 3 done" in text_of(client.get(url(world)))


def test_a_double_click_completes_once(world, client):
    address = url(world, world.lessons[0].slug, "complete")
    key = "6c1f0b0e-64e2-4a37-9d0f-5a8c4f9d1a11"
    first, second = (post(client, address, form_key=key) for _ in range(2))
    assert (first.headers["Location"], Completion.objects.count()) == (second.headers["Location"], 1)


def test_completing_needs_a_form_and_a_lesson(world, client):
    assert client.get(url(world, world.lessons[0].slug, "complete")).status_code == 405
    assert client.post(url(world, world.lessons[0].slug, "complete")).status_code == 409
    assert post(client, url(world, world.modules[0].slug, "complete")).status_code == 404
    assert post(client, url(world, "nowhere", "complete")).status_code == 404


def test_a_completed_lesson_says_so_and_offers_no_button(world, client):
    post(client, url(world, world.lessons[0].slug, "complete"))
    words = text_of(client.get(url(world, world.lessons[0].slug)))
    assert "You have completed this lesson" in words
    assert "Mark as complete" not in words


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN])
def test_a_closed_enrolment_shows_its_record_and_no_lesson(cast, client, state):
    edition = make_edition()
    make_module(edition)
    lesson = edition.items.get(activity__kind="lesson")
    enrolment = make_enrolment(cast.trainee, edition=edition, state=state)
    assert client.get(f"/learn/{enrolment.pk}/").status_code == 200
    page = client.get(f"/learn/{enrolment.pk}/{lesson.slug}/")
    assert (page.status_code, "says this" in page.content.decode()) == (403, False)
    assert "Your practice log with its export, your standing, your records and disputes stay open" in text_of(page)
    assert post(client, f"/learn/{enrolment.pk}/{lesson.slug}/complete/").status_code == 409


def test_whoever_has_finished_reads_on_and_adds_nothing(cast, client):
    edition = make_edition()
    make_module(edition)
    lesson = edition.items.get(activity__kind="lesson")
    enrolment = make_enrolment(cast.trainee, edition=edition, state=EnrolmentState.COMPLETED)
    words = text_of(client.get(f"/learn/{enrolment.pk}/{lesson.slug}/"))
    assert ("says this" in words, "Mark as complete" in words) == (True, False)


@pytest.fixture
def gated(cast):
    """An enrolment, its first lesson, and one that opens when the first is complete."""
    edition = make_edition()
    module = make_module(edition)
    first = edition.items.get(parent=module)
    locked = make_item(edition, parent=module, gates={"after": [str(first.activity.key)]})
    return make_enrolment(cast.trainee, edition=edition), first, locked


def test_a_locked_lesson_is_not_shown(gated, client):
    enrolment, first, locked = gated
    page = client.get(f"/learn/{enrolment.pk}/{locked.slug}/")
    assert (page.status_code, "says this" in page.content.decode()) == (403, False)
    assert f"Opens when you have completed “{first.title}”." in text_of(page)


def test_a_module_page_lists_its_lessons(world, client):
    words = text_of(client.get(url(world, world.modules[0].slug)))
    assert all(lesson.title in words for lesson in world.lessons[:2])


def test_a_link_between_lessons_stays_in_the_readers_edition(world, client):
    answer = client.get(url(world, "to", str(world.lessons[2].activity.key)))
    assert answer.headers["Location"] == url(world, world.lessons[2].slug)
    foreign = make_item(make_edition())
    assert client.get(url(world, "to", str(foreign.activity.key))).status_code == 404


def test_a_quiz_is_led_to_its_own_address(cast, client):
    edition = make_edition()
    quiz = make_item(edition, kind=ActivityKind.QUIZ, parent=make_module(edition))
    enrolment = make_enrolment(cast.trainee, edition=edition)
    answer = client.get(f"/learn/{enrolment.pk}/{quiz.slug}/")
    assert answer.headers["Location"] == f"/learn/{enrolment.pk}/{quiz.slug}/quiz/"


@pytest.mark.parametrize("slug", ["nowhere", "a%00b", "x" * 3000, "%ff"])
def test_nonsense_in_the_address_is_not_found(world, client, slug):
    assert client.get(f"{url(world)}{slug}/").status_code == 404


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 40])
def test_a_number_that_is_nobodys_is_not_found(world, client, pk):
    assert client.get(f"/learn/{pk}/").status_code == 404
    assert client.get(f"/learn/{pk}/{world.lessons[0].slug}/").status_code == 404


# Files ---------------------------------------------------------------------------------------------------------------


def attach(item, content: bytes, name: str, content_type: str) -> Asset:
    return attach_to(item.body, content, name, content_type)


def attach_to(body: Body, content: bytes, name: str, content_type: str) -> Asset:
    asset = Asset.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        file=ContentFile(content, name=name),
        name=name,
        content_type=content_type,
        size=len(content),
    )
    body.assets.add(asset)
    return asset


def file_url(world, asset) -> str:
    return f"/learn/{world.enrolment.pk}/assets/{asset.sha256}/{asset.name}"


def test_the_file_of_a_locked_lesson_opens_with_the_lesson(gated, client):
    enrolment, first, locked = gated
    asset = attach(locked, b"the answers", "answers.pdf", "application/pdf")
    shared = attach(locked, b"a hand", "hand.png", "image/png")
    first.body.assets.add(shared)
    addresses = [f"/learn/{enrolment.pk}/assets/{file.sha256}/{file.name}" for file in (asset, shared)]
    assert client.get(addresses[0]).status_code == 404
    assert client.get(addresses[1]).getvalue() == b"a hand"  # an open lesson shows it as well
    post(client, f"/learn/{enrolment.pk}/{first.slug}/complete/")
    assert [client.get(address).getvalue() for address in addresses] == [b"the answers", b"a hand"]


def test_a_file_that_only_a_correction_shows_is_given_out(world, client, cast):
    lesson = world.lessons[0]
    asset = attach(world.lessons[0], b"old", "old.png", "image/png")
    new = Body.objects.create(sha256="e" * 64, kind="lesson", source={}, html="", renderer_version=1)
    newer = attach_to(new, b"new", "new.png", "image/png")
    Erratum.objects.create(item=lesson, old_body=lesson.body, new_body=new, reason="A picture.", by=cast.director)
    assert [client.get(file_url(world, file)).getvalue() for file in (asset, newer)] == [b"old", b"new"]


def test_a_document_is_saved_and_never_opened_as_a_page_of_ours(world, client):
    asset = attach(world.lessons[0], b"<script>alert(1)</script>", "evil.html", "text/html")
    answer = client.get(file_url(world, asset))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    headers = {
        name: answer.headers[name]
        for name in ("Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options")
    }
    assert headers == {
        "Content-Disposition": 'attachment; filename="evil.html"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }


def test_an_image_is_shown_and_kept_by_the_browser(world, client):
    asset = attach(world.lessons[0], b"\x89PNG and so on", "a hand.png", "image/png")
    answer = client.get(file_url(world, asset))
    assert (answer.headers["Content-Type"], answer.headers["Accept-Ranges"]) == ("image/png", "bytes")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert b"".join(answer.streaming_content) == b"\x89PNG and so on"


def test_a_part_of_a_file_can_be_asked_for(world, client):
    asset = attach(world.lessons[0], bytes(range(200)), "film.mp4", "video/mp4")
    answer = client.get(file_url(world, asset), headers={"range": "bytes=10-19"})
    facts = (answer.status_code, answer.headers["Content-Range"], answer.headers["Content-Length"])
    assert facts == (206, "bytes 10-19/200", "10")
    assert b"".join(answer.streaming_content) == bytes(range(10, 20))
    beyond = client.get(file_url(world, asset), headers={"range": "bytes=500-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */200")


def test_a_file_is_found_only_in_ones_own_open_edition(world, cast, client):
    mine = attach(world.lessons[0], b"mine", "a.pdf", "application/pdf")
    foreign = attach(make_item(make_edition()), b"foreign", "b.pdf", "application/pdf")
    assert client.get(file_url(world, foreign)).status_code == 404
    assert {cast.client(name).get(file_url(world, mine)).status_code for name in PEOPLE} == {404}
    assert cast.client("visitor").get(file_url(world, mine)).status_code == 302
    world.enrolment.state = EnrolmentState.PAUSED
    world.enrolment.save()
    assert client.get(file_url(world, mine)).status_code == 404


# Queries -------------------------------------------------------------------------------------------------------------


def queries_of(client, address: str) -> int:
    """Every query of a page that somebody has opened before: session, person and enrolment with the text and all she has done."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("lessons", [1, 3])
def test_the_outline_asks_as_much_for_one_lesson_as_for_three(cast, client, lessons):
    edition = make_edition()
    make_module(edition, lessons=lessons)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    assert queries_of(client, f"/learn/{enrolment.pk}/") == 3


@pytest.mark.parametrize("lessons", [1, 3])
def test_a_lesson_asks_as_much_among_three_as_alone(cast, client, lessons):
    edition = make_edition()
    make_module(edition, lessons=lessons)
    lesson = edition.items.filter(activity__kind="lesson").first()
    enrolment = make_enrolment(cast.trainee, edition=edition)
    assert queries_of(client, f"/learn/{enrolment.pk}/{lesson.slug}/") == 3


@pytest.mark.parametrize("enrolments", [2, 3])
def test_the_list_of_enrolments_asks_once(cast, client, enrolments):
    for _ in range(enrolments):
        make_enrolment(cast.trainee)
    assert queries_of(client, "/learn/") == 3


# Home ----------------------------------------------------------------------------------------------------------------


def test_home_names_the_next_lesson_first(world, client):
    words = text_of(client.get("/home/"))
    assert f"Ethics: {world.lessons[0].title} 0 of 3 lessons done. Read this lesson" in words


def test_home_of_somebody_with_nothing_to_do_says_so(cast):
    assert "Nothing waits for you" in text_of(cast.client("other_trainee").get("/home/"))


@pytest.mark.parametrize("kind", sorted(registry._views))
def test_every_kind_is_shown_below_the_outline_for_its_links_are_relative_there(kind):
    """A module of the outline is kept for every trainee who is as far: an address elsewhere would name one enrolment."""
    address = reverse(registry.view_of(kind).url_name, args=[7, "any"])
    assert address.startswith(reverse("learn_outline", args=[7]))


def test_a_module_says_how_long_it_takes_and_what_it_credits(cast, client):
    edition = make_edition(topics={"ethics_law": "Ethics and law"})
    module = make_module(edition, lessons=2, title="Ethics", slug="ethics", minutes=0)
    make_item(edition, parent=module, minutes=60, credits=[["ethics_law", "live_online", 45]])
    enrolment = make_enrolment(cast.trainee, edition=edition)
    words = text_of(client.get(f"/learn/{enrolment.pk}/ethics/"))
    assert "Ethics 1 h 20 min" in words
    sentence = "Counts as hours of lessons when all of it is done: 20 min Ethics (self-study), 45 min Ethics and law (live online)."
    assert sentence in words
    assert "Ethics 1 h 20 min" in text_of(client.get(f"/learn/{enrolment.pk}/"))
