"""Films of a lesson over HTTP: in ranges, for whoever may read the lesson; and frames only where a player stands."""

import pytest

from courses.curriculum import files
from courses.curriculum.actions import publish_edition
from courses.curriculum.models import Asset
from tests.courses.curriculum.media import VTT, WEBM
from tests.factories.curriculum import make_document, make_lesson_page, make_module_page, make_program_page
from tests.factories.enrolment import make_enrolment

FILM = WEBM + bytes(range(256)) * 40


@pytest.fixture
def enrolment(cast):
    """In an edition whose first lesson shows a film, whose second shows another host's, and whose third is locked."""
    program = make_program_page()
    module = make_module_page(program)
    files_ = {"file": make_document("Film", content=FILM, name="film.webm").pk}
    files_["captions"] = make_document("Captions", content=VTT, name="film.vtt").pk
    film = {"type": "video", "value": {"title": "Agreeing", "transcript": "<p>Near.</p>"} | files_}
    other = {"type": "embed", "value": {"title": "x", "about": "x", "address": "https://vimeo.com/123456789"}}
    locked = film["value"] | {"file": make_document("Later", content=FILM + b"later", name="later.webm").pk}
    make_lesson_page(module, slug="film", blocks=[film])
    make_lesson_page(module, slug="host", blocks=[other])
    make_lesson_page(module, slug="later", opens_after_previous=True, blocks=[{"type": "video", "value": locked}])
    return make_enrolment(cast.trainee, edition=publish_edition(program, by=cast.director))


def _address(enrolment, size: int = len(FILM)) -> str:
    asset = Asset.objects.get(size=size)
    return f"/learn/{enrolment.pk}/assets/{asset.sha256}/{asset.name}"


def _body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_film_comes_in_the_ranges_that_a_player_asks_for(enrolment, cast):
    client, address = cast.client("trainee"), _address(enrolment)
    whole = client.get(address)
    assert (whole.status_code, whole["Content-Type"], _body(whole)) == (200, "video/webm", FILM)
    assert "attachment" not in whole["Content-Disposition"]
    part = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-199/{len(FILM)}")
    assert _body(part) == FILM[100:200]
    assert client.get(address, headers={"Range": f"bytes={len(FILM)}-"}).status_code == 416


def test_the_rest_of_a_film_comes_a_piece_at_a_time(enrolment, cast, monkeypatch):
    monkeypatch.setattr(files, "MOST_AT_ONCE", 1000)
    client, address, found = cast.client("trainee"), _address(enrolment), b""
    while len(found) < len(FILM):
        part = client.get(address, headers={"Range": f"bytes={len(found)}-"})
        piece = _body(part)
        assert part["Content-Range"] == f"bytes {len(found)}-{len(found) + len(piece) - 1}/{len(FILM)}"
        assert (int(part["Content-Length"]), len(piece) <= 1000) == (len(piece), True)
        found += piece
    assert found == FILM


def test_a_film_is_a_film_and_never_a_page(enrolment, cast):
    answer = cast.client("trainee").get(_address(enrolment))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert _body(answer)


@pytest.mark.parametrize("name", ["other_trainee", "supervisor", "faculty", "director", "registrar"])
def test_nobody_else_gets_her_film(enrolment, cast, name):
    assert cast.client(name).get(_address(enrolment), headers={"Range": "bytes=0-"}).status_code == 404


def test_the_film_of_a_locked_lesson_is_not_there_in_any_range(enrolment, cast):
    address = _address(enrolment, len(FILM) + 5)
    for headers in ({}, {"Range": "bytes=0-"}, {"Range": "bytes=5-9"}):
        assert cast.client("trainee").get(address, headers=headers).status_code == 404


def test_only_the_lesson_with_a_player_of_another_host_may_load_one(enrolment, cast):
    client = cast.client("trainee")
    policies = [client.get(f"/learn/{enrolment.pk}/{slug}/")["Content-Security-Policy"] for slug in ("film", "host")]
    assert ["frame-src" in policy for policy in policies] == [False, True]
    assert "frame-src https://player.vimeo.com;" in policies[1] + ";"
    assert "media-src 'self'" in policies[0]
    assert set(policies[1].split("; ")) - set(policies[0].split("; ")) == {"frame-src https://player.vimeo.com"}


def test_the_desk_shows_a_player_under_the_same_policy(enrolment, cast):
    address = f"/desk/editions/{enrolment.edition_id}/host/"
    assert "frame-src https://player.vimeo.com" in cast.client("director").get(address)["Content-Security-Policy"]
