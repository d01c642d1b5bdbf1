"""Publishing in the background: progress, refusals, killed workers, one at a time."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from courses.curriculum.actions import ask_for_edition, building, publish_edition
from courses.curriculum.actions.building import StillRunning, run_build
from courses.curriculum.enums import BuildState
from courses.curriculum.models import Body, Edition, EditionBuild
from courses.curriculum.views import desk
from lms.errors import Refusal
from tests.cast import make_cast
from tests.factories.curriculum import make_image, make_lesson_page, make_module_page, make_program_page
from tests.jobs import drain
from tests.races import at_once
from tests.web import post, text_of

ASKED = {"change_note": "The first.", "effective_from": date(2026, 12, 1)}
FORM = {"change_note": "The first.", "effective_from": "2026-12-01"}


def asked(pages, cast, **fields) -> EditionBuild:
    return ask_for_edition(pages.program, by=cast.director, **ASKED | fields)


def test_a_build_publishes_the_same_as_publishing_at_once(pages, cast, audited):
    image = {"image": {"image": make_image().pk, "alt_text": "A hand"}, "caption": ""}
    make_lesson_page(pages.module, blocks=[{"type": "image", "value": image}])
    build = asked(pages, cast)
    drain()
    build.refresh_from_db()
    assert (build.state, build.edition.change_note) == (BuildState.DONE, "The first.")
    assert (audited("curriculum.edition.published"), build.edition.items.count(), build.total) == (1, 3, 3)
    assert Body.objects.filter(assets__isnull=False).count() == 1
    with pytest.raises(Refusal, match="Nothing has changed since edition 1"):
        publish_edition(pages.program, by=cast.director)


def test_progress_is_told_while_the_pages_are_read(pages, cast, monkeypatch):
    monkeypatch.setattr(building, "TELL_EVERY", 1)
    told = []
    tell = building._tell
    monkeypatch.setattr(building, "_tell", lambda build_id, done: (tell(build_id, done), told.append(seen(build_id))))
    run_build(asked(pages, cast).pk)
    assert told == [(1, "running", 0), (2, "running", 0)]


def seen(build_id: int) -> tuple:
    build = EditionBuild.objects.get(pk=build_id)
    return build.done, build.state, Edition.objects.count()


def test_what_is_missing_is_told_and_nothing_is_published(pages, cast):
    make_lesson_page(pages.module, title="Not ready", live=False)
    build = asked(pages, cast)
    drain()
    build.refresh_from_db()
    assert (build.state, build.problems) == (BuildState.REFUSED, ["“Not ready” has never been published."])
    assert not Edition.objects.exists()
    assert run_build(asked(pages, cast, leave_out_drafts=True).pk) == BuildState.DONE


def test_a_worker_killed_before_the_end_leaves_nothing_and_the_next_one_publishes(pages, cast, monkeypatch):
    build = asked(pages, cast)
    with monkeypatch.context() as broken:
        broken.setattr(building, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            run_build(build.pk)
    assert not Edition.objects.exists()
    with pytest.raises(StillRunning):
        run_build(build.pk)
    EditionBuild.objects.update(beat_at=timezone.now() - timedelta(minutes=3))
    assert [run_build(build.pk), run_build(build.pk)] == [BuildState.DONE] * 2
    assert Edition.objects.count() == 1


def killed(*args, **kwargs):
    raise KeyboardInterrupt


def test_one_edition_of_a_program_is_made_at_a_time(pages, cast):
    first = asked(pages, cast)
    with pytest.raises(Refusal, match="being made at this moment"):
        asked(pages, cast)
    EditionBuild.objects.update(state=BuildState.RUNNING, beat_at=timezone.now() - timedelta(minutes=3))
    second = asked(pages, cast)  # nobody has heard of the first one's worker
    first.refresh_from_db()
    assert (first.state, second.state) == (BuildState.REFUSED, BuildState.WAITING)


def test_the_database_itself_refuses_a_second_open_build(pages, cast):
    build = asked(pages, cast)
    with pytest.raises(IntegrityError):
        EditionBuild.objects.create(program=build.program, by=cast.director, effective_from=date(2026, 1, 1))


@pytest.mark.parametrize("name", ["trainee", "faculty", "registrar"])
def test_only_directors_ask(pages, cast, name):
    with pytest.raises(PermissionDenied):
        ask_for_edition(pages.program, by=getattr(cast, name), **ASKED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_directors_who_publish_at_once_issue_one_edition():
    cast, program = make_cast(), make_program_page()
    make_lesson_page(make_module_page(program))
    outcomes = at_once(4, lambda number: ask_for_edition(program, by=cast.director, **ASKED))
    builds = [outcome for outcome in outcomes if isinstance(outcome, EditionBuild)]
    assert (len(builds), sum(isinstance(outcome, Refusal) for outcome in outcomes)) == (1, 3)
    ended = at_once(3, lambda number: run_build(builds[0].pk))
    assert BuildState.DONE in ended
    assert Edition.objects.count() == 1


# The desk ------------------------------------------------------------------------------------------------------------


def test_a_large_program_is_published_with_progress_and_without_scripts(pages, cast, monkeypatch):
    monkeypatch.setattr(desk, "PAGES_AT_ONCE", 1)
    director, address = cast.client("director"), f"/desk/programs/{pages.program.pk}/publish/"
    assert "This program has 2 pages, so" in text_of(director.get(address))
    answer = post(director, address, **FORM)
    build = EditionBuild.objects.get()
    assert answer.headers["Location"] == f"/desk/editions/builds/{build.pk}/"
    waiting = director.get(answer.headers["Location"])
    assert ('http-equiv="refresh"' in waiting.content.decode(), "0 of 2" in text_of(waiting)) == (True, True)
    assert "An edition is being made" in text_of(director.get(address))
    drain()
    ended = director.get(answer.headers["Location"])
    assert ('http-equiv="refresh"' in ended.content.decode(), "It is published." in text_of(ended)) == (False, True)


def test_a_large_program_shows_its_problems_and_changes_when_asked(pages, cast, monkeypatch):
    publish_edition(pages.program, by=cast.director)
    pages.lesson.title = "Consent, and after"
    pages.lesson.save_revision().publish()
    make_lesson_page(pages.module, title="Not ready", live=False)
    monkeypatch.setattr(desk, "PAGES_AT_ONCE", 1)
    director, address = cast.client("director"), f"/desk/programs/{pages.program.pk}/publish/"
    at_rest, read = text_of(director.get(address)), text_of(director.get(address, {"check": "on"}))
    assert ("Read the pages now" in at_rest, "Not ready" in at_rest, "since edition 1" in at_rest) == (
        True,
        True,
        False,
    )
    assert ("Read the pages now" in read, "“Not ready” has never been published." in read) == (False, True)
    assert ("What changes since edition 1" in read, "Consent, and after" in read) == (True, True)
    monkeypatch.setattr(desk, "PAGES_CHECKED", 2)
    beyond = text_of(director.get(address, {"check": "on"}))
    assert ("Read the pages now" in beyond, "since edition 1" in beyond) == (False, False)


def test_a_build_that_was_refused_says_why(pages, cast, monkeypatch):
    build = asked(pages, cast)
    pages.lesson.title = "Changed"
    pages.lesson.save_revision()
    drain()
    page = cast.client("director").get(f"/desk/editions/builds/{build.pk}/")
    assert "has changes that are not published" in text_of(page)
