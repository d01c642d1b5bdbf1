"""Images that come into the CMS: only what is a picture by its bytes, with a message that says why not, at every door."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage
from wagtail.images.models import Image
from wagtail.models import Collection

from lms.institute.forms import ImageForm

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def png(**fields) -> bytes:
    buffer = io.BytesIO()
    PillowImage.new("RGB", (20, 20), "teal").save(buffer, "PNG", **fields)
    return buffer.getvalue()


def file(name: str, content: bytes, kind: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=kind)


BAD = {
    "an SVG with a script": lambda: file("mark.svg", SVG, "image/svg+xml"),
    "an SVG named .png": lambda: file("mark.png", SVG, "image/png"),
    "HTML named .png": lambda: file("page.png", HTML, "image/png"),
    "HTML named .jpg": lambda: file("page.jpg", HTML, "image/jpeg"),
    "a PNG named .gif": lambda: file("mark.gif", png(), "image/gif"),
    "half a PNG": lambda: file("half.png", png()[:40], "image/png"),
    "nothing": lambda: file("empty.png", b"", "image/png"),
    "a PNG named .html": lambda: file("mark.html", png(), "text/html"),
}


@pytest.fixture
def director(cast):
    return cast.client("director")


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused_in_the_form(director, name):
    data = {
        "title": "A hand",
        "file": BAD[name](),
        "collection": Collection.get_first_root_node().pk,
        "description": "",
    }
    answer = director.post("/cms/images/add/", data)
    assert (answer.status_code, Image.objects.count()) == (200, 0)
    assert answer.context["form"].errors["file"]
    assert ("cannot be read" in str(answer.context["form"].errors["file"])) is (name == "half a PNG")


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused_among_many(director, name):
    """One file at a time arrives from the page that takes many; the answer is for the script beside it."""
    data = {"title": "A hand", "files[]": BAD[name](), "collection": Collection.get_first_root_node().pk}
    answer = director.post("/cms/images/multiple/add/", data, headers={"x-requested-with": "XMLHttpRequest"})
    assert Image.objects.count() == 0
    if answer.status_code == 200:
        assert answer.json()["success"] is False
        assert answer.json()["error_message"]
    else:
        assert answer.status_code == 400


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused_in_the_chooser_of_a_lesson(director, name):
    data = {
        "image-chooser-upload-title": "A hand",
        "image-chooser-upload-file": BAD[name](),
        "image-chooser-upload-collection": Collection.get_first_root_node().pk,
    }
    answer = director.post("/cms/images/chooser/create/", data)
    assert (answer.status_code, Image.objects.count()) == (200, 0)
    assert "error" in answer.content.decode().lower()


def test_a_picture_is_taken_at_every_door(director):
    root = Collection.get_first_root_node().pk
    form = {"title": "A hand", "file": file("a.png", png(), "image/png"), "collection": root, "description": ""}
    director.post("/cms/images/add/", form)
    many = {"title": "A hand", "files[]": file("b.png", png(), "image/png"), "collection": root}
    director.post("/cms/images/multiple/add/", many, headers={"x-requested-with": "XMLHttpRequest"})
    chooser = {"title": "A hand", "file": file("c.png", png(), "image/png"), "collection": root}
    director.post(
        "/cms/images/chooser/create/", {f"image-chooser-upload-{name}": value for name, value in chooser.items()}
    )
    assert Image.objects.count() == 3


def test_the_words_of_one_among_many_are_changed_afterwards(director):
    data = {"title": "A hand", "files[]": file("b.png", png(), "image/png"), "collection": 1}
    answer = director.post("/cms/images/multiple/add/", data, headers={"x-requested-with": "XMLHttpRequest"}).json()
    image = Image.objects.get()
    prefix = f"image-{image.pk}"
    words = {
        f"{prefix}-title": "Two hands",
        f"{prefix}-tags": "",
        f"{prefix}-collection": "1",
        f"{prefix}-description": "",
    }
    assert answer["success"] is True
    answer = director.post(f"/cms/images/multiple/{image.pk}/", words, headers={"x-requested-with": "XMLHttpRequest"})
    assert (answer.json()["success"], Image.objects.get().title) == (True, "Two hands")


def test_a_picture_of_too_many_pixels_is_refused(director, monkeypatch):
    monkeypatch.setattr(ImageForm.declared_fields["file"], "max_image_pixels", 300)
    data = {"title": "A hand", "file": file("a.png", png(), "image/png"), "collection": 1, "description": ""}
    answer = director.post("/cms/images/add/", data)
    assert (answer.status_code, Image.objects.count()) == (200, 0)
    assert "pixels" in str(answer.context["form"].errors["file"])


def test_a_picture_is_never_replaced_by_something_else(director):
    image = Image.objects.create(title="A hand", file=file("a.png", png(), "image/png"))
    data = {"title": "A hand", "file": BAD["an SVG named .png"](), "collection": image.collection_id, "description": ""}
    answer = director.post(f"/cms/images/{image.pk}/", data)
    assert answer.status_code == 200
    with Image.objects.get().file.open("rb") as kept:
        assert kept.read() == png()
