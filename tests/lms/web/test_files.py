"""Files of the CMS: an image of the public collection for everybody, the rest for people who edit."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection

from lms.accounts.models import RoleGrant

EDITORS = ("director", "second_director")
NOBODY_ELSE = ("visitor", "trainee", "supervisor", "registrar", "faculty")


def fetch(client, address: str):
    """GET, with the file read to its end, which closes it."""
    answer = client.get(address)
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer


@pytest.fixture
def images(db) -> dict[str, str]:
    """The addresses of renditions and originals, public and not."""
    found = {}
    collections = {"public": Collection.objects.get(name="Public"), "private": Collection.get_first_root_node()}
    for name, collection in collections.items():
        image = Image.objects.create(
            title=name, file=get_test_image_file(filename=f"{name}.png"), collection=collection
        )
        found |= {name: image.get_rendition("width-40").url, f"{name} original": image.file.url}
    return found


@pytest.mark.parametrize("name", [*NOBODY_ELSE, *EDITORS])
@pytest.mark.parametrize("kind", ["public", "public original"])
def test_a_public_image_is_for_everybody(cast, images, name, kind):
    answer = fetch(cast.client(name), images[kind])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", NOBODY_ELSE)
@pytest.mark.parametrize("kind", ["private", "private original"])
def test_any_other_image_is_not_there_for_people_who_do_not_edit(cast, images, name, kind):
    assert fetch(cast.client(name), images[kind]).status_code == 404


@pytest.mark.parametrize("kind", ["private", "private original"])
def test_an_editor_sees_every_image_and_no_cache_keeps_it(cast, images, kind):
    answer = fetch(cast.client("director"), images[kind])
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("path", ["editions/ab.html", "images", "images/", "../db.sqlite3", "nowhere.png", "a\x00b"])
@pytest.mark.parametrize("name", ["visitor", "director"])
def test_nothing_but_images_leaves_the_storage(cast, images, name, path):
    default_storage.save("editions/ab.html", ContentFile(b"<script>alert(1)</script>"))
    assert cast.client(name).get(f"/media/{path}").status_code == 404


def test_an_image_whose_file_was_lost_is_404(cast, images):
    default_storage.delete(Image.objects.get(title="public").file.name)
    assert cast.client("director").get(images["public original"]).status_code == 404


def test_whoever_lost_the_role_a_minute_ago_sees_no_private_image(cast, images):
    client = cast.client("director")
    RoleGrant.objects.filter(person=cast.director).update(valid_until=timezone.now())
    assert client.get(images["private"]).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [*((name, 404) for name in NOBODY_ELSE), *((name, 200) for name in EDITORS)]
)
def test_a_document_of_the_cms_is_for_its_editors(cast, name, status):
    document = Document.objects.create(title="Paper", file=ContentFile(b"%PDF-1.7", name="paper.pdf"))
    client = cast.client(name)
    assert fetch(client, document.url).status_code == status
    assert client.get("/documents/99999/paper.pdf").status_code == 404
