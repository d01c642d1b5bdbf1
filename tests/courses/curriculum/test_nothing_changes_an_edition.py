"""After edition 1 is published, whatever happens in the CMS: its HTML and files stay the same, byte for byte."""

import pytest
from django.core.files.base import ContentFile
from wagtail.models import Page, Revision

from courses.curriculum.actions import publish_edition
from courses.curriculum.blocks import LessonBlocks
from courses.curriculum.models import LessonPage
from courses.learning.actions import complete_activity
from courses.learning.models import Completion
from tests.factories.curriculum import make_document, make_image, make_lesson_page, make_module_page
from tests.factories.enrolment import make_enrolment
from tests.web import post


@pytest.fixture
def taught(pages, cast):
    """Edition 1 with an image, a document, a link, a callout and references; the trainee has read all of it."""
    image, document = make_image(), make_document()
    lesson = make_lesson_page(
        pages.module,
        title="With files",
        slug="with-files",
        blocks=[
            {"type": "text", "value": f'<p>See <a linktype="page" id="{pages.lesson.pk}">before</a>.</p>'},
            {"type": "image", "value": {"image": {"image": image.pk, "alt_text": "A hand"}, "caption": "Near."}},
            {"type": "safety", "value": {"title": "Stop", "text": "<p>Always.</p>"}},
            {"type": "vignette", "value": {"title": "Sol", "text": "<p>A gift.</p>", "questions": ["Why?"]}},
            {"type": "document", "value": {"document": document.pk, "title": "Agreement"}},
            {"type": "references", "value": [{"key": "A2020", "text": "A (2020).", "doi": "10.1000/x", "url": ""}]},
        ],
    )
    edition = publish_edition(pages.program, by=cast.director)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    for item in edition.items.filter(activity__kind="lesson"):
        complete_activity(enrolment, item, by=cast.trainee)
    return pages, lesson, image, document, edition, enrolment


def read(client, edition, enrolment) -> dict[str, bytes]:
    """Everything that edition 1 answers: the outline, each page and each file, with the header of its type."""
    outline = f"/learn/{enrolment.pk}/"
    answers = {outline: client.get(outline)}
    for item in edition.items.all():
        answers[f"{outline}{item.slug}/"] = client.get(f"{outline}{item.slug}/")
        for asset in item.body.assets.all():
            address = f"{outline}assets/{asset.sha256}/{asset.name}"
            answers[address] = client.get(address)
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: content_of(answer) for address, answer in answers.items()}


def content_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def edit_the_lesson(pages, lesson, image, document, cast, monkeypatch):
    lesson.title = "Quite different"
    lesson.body = []
    lesson.slug = "elsewhere"
    lesson.save_revision().publish()


def move_the_lesson(pages, lesson, image, document, cast, monkeypatch):
    lesson.move(make_module_page(pages.program), pos="last-child")


def delete_every_page(pages, lesson, image, document, cast, monkeypatch):
    """Through the CMS, as a director does it."""
    address = f"/cms/pages/{pages.module.pk}/delete/"
    assert cast.client("director").post(address).status_code == 302
    Page.objects.filter(pk=pages.program.pk).first().delete()
    assert not LessonPage.objects.exists()
    assert not Revision.objects.filter(object_id=str(lesson.pk)).exists()


def replace_the_image(pages, lesson, image, document, cast, monkeypatch):
    other = make_image("Other", colour="red")
    with other.file.open() as opened:
        image.file = ContentFile(opened.read(), name="replaced.png")
    image.save()
    image.renditions.all().delete()


def delete_the_image(pages, lesson, image, document, cast, monkeypatch):
    image.delete()


def delete_the_document(pages, lesson, image, document, cast, monkeypatch):
    document.delete()


def remove_block_classes(pages, lesson, image, document, cast, monkeypatch):
    for field in (LessonPage._meta.get_field("body").stream_block, LessonBlocks):
        for name in ("image", "safety", "vignette", "document", "references"):
            monkeypatch.delitem(field.child_blocks if field is not LessonBlocks else field.base_blocks, name)


CHANGES = [
    edit_the_lesson,
    move_the_lesson,
    delete_every_page,
    replace_the_image,
    delete_the_image,
    delete_the_document,
    remove_block_classes,
]


def _everything(*facts):
    for change in (edit_the_lesson, move_the_lesson, replace_the_image, delete_the_document, remove_block_classes):
        change(*facts)
    delete_every_page(*facts)


@pytest.mark.parametrize("change", [*CHANGES, _everything], ids=lambda change: change.__name__.strip("_"))
def test_edition_1_answers_byte_for_byte_as_before(taught, cast, monkeypatch, change):
    pages, lesson, image, document, edition, enrolment = taught
    client = cast.client("trainee")
    client.get("/learn/")
    before, evidence = read(client, edition, enrolment), list(Completion.objects.values())
    change(pages, lesson, image, document, cast, monkeypatch)
    after = read(client, edition, enrolment)
    assert without_keys(after) == without_keys(before)
    assert list(Completion.objects.values()) == evidence
    assert len(before) == 6


def without_keys(answers: dict[str, bytes]) -> dict[str, bytes]:
    """The bodies as they are; only the keys that each form gets anew are taken out of the pages around them."""
    return {
        address: b"\n".join(line for line in content.split(b"\n") if b"csrfmiddlewaretoken" not in line)
        for address, content in answers.items()
    }


def test_a_correction_changes_what_is_read_and_keeps_what_was_read(taught, cast):
    pages, *_, edition, enrolment = taught
    page = LessonPage.objects.get(pk=pages.lesson.pk)
    page.body = [("text", "<p>Stay nearer.</p>")]
    page.save_revision().publish()
    item = edition.items.get(slug="in-the-room")
    old = Completion.objects.get(activity=item.activity).body
    address = f"/desk/editions/{edition.pk}/in-the-room/correct/"
    assert post(cast.client("director"), address, reason="A word was missing.", is_safety="on").status_code == 302
    words = cast.client("trainee").get(f"/learn/{enrolment.pk}/in-the-room/").content.decode()
    assert ("Stay nearer." in words, "<p>Stay near.</p>" in words) == (True, False)
    assert Completion.objects.get(activity=item.activity).body == old
    desk = cast.client("director").get(f"/desk/editions/{edition.pk}/in-the-room/").content.decode()
    assert ("A word was missing." in desk, "Stay nearer." in desk) == (True, True)
