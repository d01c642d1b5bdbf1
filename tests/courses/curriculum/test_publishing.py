"""Publishing an edition: what it holds, what it refuses, who may."""

import json
import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from courses.curriculum.actions import NotPublishable, create_program, give_program, publish_edition
from courses.curriculum.compiling import compile_program
from courses.curriculum.models import Activity, Asset, Body, Edition, EditionItem, Program, ProgramPage
from lms.errors import Refusal
from tests.courses.rollback import rolled_back
from tests.factories.curriculum import (
    make_document,
    make_image,
    make_lesson_page,
    make_module_page,
    make_program_page,
)
from tests.races import at_once


def test_an_edition_holds_the_live_pages_in_their_order(pages, cast):
    make_lesson_page(pages.module, title="Second", slug="second", minutes=25, topic="safety")
    elective = make_module_page(pages.program, title="Groups", slug="groups", is_core=False)
    make_lesson_page(elective, title="Third", slug="third")
    edition = publish_edition(
        pages.program, by=cast.director, change_note="The first.", effective_from=date(2026, 9, 1)
    )
    rows = edition.items.values_list(
        "position", "slug", "activity__kind", "parent__slug", "minutes", "topic", "is_core"
    )
    assert list(rows) == [
        (1, "ethics-of-touch", "module", None, 0, "", True),
        (2, "in-the-room", "lesson", "ethics-of-touch", 10, "ethics", True),
        (3, "second", "lesson", "ethics-of-touch", 25, "safety", True),
        (4, "groups", "module", None, 0, "", False),
        (5, "third", "lesson", "groups", 10, "ethics", True),
    ]
    assert (edition.number, edition.effective_from, edition.change_note) == (1, date(2026, 9, 1), "The first.")
    assert edition.published_by == cast.director
    keys = set(edition.items.values_list("activity__key", flat=True))
    assert {pages.module.activity_key, pages.lesson.activity_key, elective.activity_key} <= keys


def test_publishing_is_audited_and_rolls_back_whole(pages, cast, audited):
    rolled_back(lambda: publish_edition(pages.program, by=cast.director))
    assert (audited("curriculum.edition.published"), Edition.objects.count(), Activity.objects.count()) == (0, 0, 0)
    publish_edition(pages.program, by=cast.director)
    assert audited("curriculum.edition.published") == 1


def test_making_a_program_is_audited_and_rolls_back_whole(cast, audited):
    rolled_back(lambda: create_program(title="Touch", by=cast.director))
    assert (audited("curriculum.program.created"), Program.objects.count()) == (0, 0)
    slugs = [create_program(title="Touch", by=cast.director).slug for _ in range(2)]
    assert (audited("curriculum.program.created"), slugs) == (2, ["touch", "touch-2"])


def test_a_page_is_given_one_program_however_often_it_is_asked(cast, audited):
    page = make_program_page()
    ProgramPage.objects.filter(pk=page.pk).update(program=None)
    first, second = (give_program(page, by=cast.director) for _ in range(2))
    assert (first, audited("curriculum.program.created")) == (second, 1)


@pytest.mark.parametrize("name", ["trainee", "supervisor", "faculty", "registrar"])
def test_only_directors_publish(pages, cast, name):
    with pytest.raises(PermissionDenied):
        publish_edition(pages.program, by=getattr(cast, name))
    assert not Edition.objects.exists()


def test_nothing_new_is_no_new_edition(pages, cast):
    publish_edition(pages.program, by=cast.director)
    with pytest.raises(Refusal, match="Nothing has changed since edition 1"):
        publish_edition(pages.program, by=cast.director)


def test_the_next_edition_shares_what_did_not_change(pages, cast):
    first = publish_edition(pages.program, by=cast.director)
    make_lesson_page(pages.module, slug="new")
    second = publish_edition(pages.program, by=cast.director)
    assert (second.number, second.hash != first.hash) == (2, True)
    assert second.items.get(slug="in-the-room").body == first.items.get(slug="in-the-room").body
    assert second.items.get(slug="in-the-room").activity == first.items.get(slug="in-the-room").activity


def test_drafts_are_listed_and_refused_unless_left_out(pages, cast):
    make_lesson_page(pages.module, title="Not ready", live=False)
    pages.lesson.title = "In the quiet room"
    pages.lesson.save_revision()
    sentences = ["“In the room” has changes that are not published.", "“Not ready” has never been published."]
    with pytest.raises(NotPublishable) as refusal:
        publish_edition(pages.program, by=cast.director)
    assert refusal.value.sentences == sentences
    edition = publish_edition(pages.program, by=cast.director, leave_out_drafts=True)
    assert [item.title for item in edition.items.all()] == ["Ethics of touch", "In the room"]


def test_a_page_taken_off_is_named(pages, cast):
    pages.lesson.save_revision().publish()
    pages.lesson.refresh_from_db()
    pages.lesson.unpublish()
    assert compile_program(pages.program).drafts == ["“In the room” is not published any more."]


def test_a_program_without_pages_is_refused(cast):
    with pytest.raises(NotPublishable, match="no published module"):
        publish_edition(make_program_page(), by=cast.director)


def _problems(pages, **fields) -> list[str]:
    make_lesson_page(pages.module, title="Bad", **fields)
    return compile_program(pages.program).problems


def test_a_deleted_image_is_refused(pages):
    image = make_image()
    block = {"type": "image", "value": {"image": {"image": image.pk, "alt_text": "A hand"}, "caption": ""}}
    image.delete()
    assert _problems(pages, blocks=[block]) == ["“Bad”: In block 1 (Image), an image no longer exists."]


def test_an_image_whose_file_is_gone_is_refused(pages):
    image = make_image()
    default_storage.delete(image.file.name)
    block = {"type": "image", "value": {"image": {"image": image.pk, "alt_text": "A hand"}, "caption": ""}}
    assert _problems(pages, blocks=[block]) == ["“Bad”: In block 1 (Image), an image no longer exists."]


def test_an_image_without_description_is_refused(pages):
    block = {"type": "image", "value": {"image": {"image": make_image().pk, "alt_text": ""}, "caption": ""}}
    assert _problems(pages, blocks=[block]) == [
        "“Bad”: In block 1 (Image), the image “A hand” has no description for people who do not see it."
    ]


def test_a_deleted_document_is_refused_in_a_block_and_in_a_link(pages):
    document = make_document()
    pk = document.pk
    document.delete()
    blocks = [
        {"type": "document", "value": {"document": pk, "title": "Agreement"}},
        {"type": "text", "value": f'<p><a linktype="document" id="{pk}">here</a></p>'},
    ]
    assert _problems(pages, blocks=blocks) == [
        "“Bad”: In block 1 (Document), the document “Agreement” no longer exists.",
        "“Bad”: In block 2 (Text), a link leads to a document that no longer exists.",
    ]


@pytest.mark.parametrize("pk", ["999999", "", "x", "9" * 40])
def test_a_link_to_a_deleted_page_is_refused_by_its_place(pages, pk):
    assert _problems(pages, text=f'<p><a linktype="page" id="{pk}">there</a></p>') == [
        "“Bad”: In block 1 (Text), a link leads to a page that has been deleted."
    ]


def _link_to(page) -> str:
    return f'<p><a linktype="page" id="{page.pk}">there</a></p>'


def test_a_link_out_of_the_program_is_refused_by_its_place_and_name(pages):
    assert _problems(pages, text=_link_to(pages.program.get_parent())) == [
        "“Bad”: In block 1 (Text), a link leads to “Home”, which is no module, lesson or quiz."
    ]


def test_a_link_into_another_program_is_refused_by_its_place_and_name(pages):
    other = make_lesson_page(make_module_page(make_program_page(title="Advanced")), title="Elsewhere")
    assert _problems(pages, text=_link_to(other)) == [
        "“Bad”: In block 1 (Text), a link leads to “Elsewhere”, which belongs to another program, “Advanced”."
    ]


def test_a_link_to_an_unpublished_lesson_is_refused_by_its_place_and_name(pages):
    draft = make_lesson_page(pages.module, title="Not yet", live=False)
    pages.module.summary = _link_to(draft)
    pages.module.save()
    assert compile_program(pages.program).problems == [
        "“Ethics of touch”: In the summary, a link leads to “Not yet”, which is not published."
    ]


def test_a_link_below_an_unpublished_module_says_why(pages):
    hidden = make_lesson_page(make_module_page(pages.program, live=False), title="Hidden")
    assert _problems(pages, text=_link_to(hidden)) == [
        "“Bad”: In block 1 (Text), a link leads to “Hidden”, which is not in this edition, "
        "because a page above it is not published."
    ]


def test_a_removed_kind_of_block_is_refused(pages):
    stored = json.dumps([{"type": "hologram", "value": "x"}, {"type": "text", "value": "<p>y</p>"}])
    with connection.cursor() as cursor:
        cursor.execute("update curriculum_lessonpage set body = %s", [stored])
    assert compile_program(pages.program).problems == [
        "“In the room”: It has a block of the kind “hologram”, which no longer exists."
    ]


def test_a_citation_without_reference_is_refused(pages):
    assert _problems(pages, text='<p><a href="#ref-Nobody2020">Nobody</a></p>') == [
        "“Bad”: In block 1 (Text), a citation names “Nobody2020”, which is not among the references of the lesson."
    ]


def test_two_pages_with_one_slug_are_refused(pages):
    other = make_module_page(pages.program)
    make_lesson_page(other, title="Twin", slug="in-the-room")
    assert compile_program(pages.program).problems == [
        "“Twin” and “In the room” have the same slug, in-the-room. Change one."
    ]


@pytest.mark.parametrize("slug", ["ü", "a" * 121])
def test_a_slug_that_cannot_stand_in_an_address_is_refused(pages, slug):
    assert _problems(pages, slug=slug) == ["“Bad”: its slug may have letters a to z, digits and hyphens, 120 at most."]


def test_a_lesson_of_another_program_must_be_copied(pages, cast):
    publish_edition(pages.program, by=cast.director)
    other = make_module_page(make_program_page())
    pages.lesson.move(other, pos="last-child")
    page = other.get_parent().specific
    assert compile_program(page).problems == ["“In the room” belongs to another program. Copy it instead of moving it."]


def test_a_copied_lesson_is_another_activity(pages, cast):
    pages.lesson.save_revision().publish()
    copy = pages.lesson.copy(to=pages.module, update_attrs={"slug": "copy", "title": "Copy"})
    assert copy.activity_key != pages.lesson.activity_key
    assert copy.get_latest_revision_as_object().activity_key == copy.activity_key
    copy.get_latest_revision().publish()
    edition = publish_edition(pages.program, by=cast.director)
    assert edition.items.values("activity").distinct().count() == 3


def test_a_copied_program_page_takes_no_program_along(pages):
    copy = pages.program.copy(update_attrs={"slug": "copy"}, copy_revisions=True)
    assert copy.program is None


def test_files_are_copied_once_and_named_by_their_content(pages, cast):
    image, document = make_image(), make_document()
    blocks = [
        {"type": "image", "value": {"image": {"image": image.pk, "alt_text": "A hand"}, "caption": "Near."}},
        {"type": "document", "value": {"document": document.pk, "title": "Agreement"}},
        {"type": "text", "value": f'<p><a linktype="document" id="{document.pk}">here</a></p>'},
    ]
    make_lesson_page(pages.module, slug="files", blocks=blocks)
    make_lesson_page(pages.module, slug="again", blocks=blocks[:1])
    edition = publish_edition(pages.program, by=cast.director)
    assert sorted(Asset.objects.values_list("content_type", flat=True)) == ["application/pdf", "image/png"]
    assert edition.items.get(slug="files").body.assets.count() == 2
    pdf = Asset.objects.get(content_type="application/pdf")
    assert f'href="../assets/{pdf.sha256}/handout.pdf"' in edition.items.get(slug="files").body.html


def test_links_between_lessons_follow_the_activity(pages, cast):
    text = f'<p><a linktype="page" id="{pages.lesson.pk}">before</a></p>'
    make_lesson_page(pages.module, slug="after", text=text)
    edition = publish_edition(pages.program, by=cast.director)
    assert f'href="../to/{pages.lesson.activity_key}/"' in edition.items.get(slug="after").body.html


def test_what_people_write_is_cleaned_when_frozen_and_when_rendered(pages, cast):
    text = '<p onclick="x()">Hello<script>alert(1)</script> <a href="javascript:alert(1)">you</a></p>'
    make_lesson_page(pages.module, slug="hostile", title="<b>Bold</b>", text=text)
    body = publish_edition(pages.program, by=cast.director).items.get(slug="hostile").body
    for hostile in ("<script", "onclick", "javascript:", "<b>Bold"):
        assert hostile not in body.html
        assert hostile not in str(body.source["blocks"])


def test_nothing_in_a_body_points_into_the_cms(pages, cast):
    image, document = make_image(), make_document()
    blocks = [
        {"type": "image", "value": {"image": {"image": image.pk, "alt_text": "A hand"}, "caption": ""}},
        {"type": "text", "value": f'<p><a linktype="document" id="{document.pk}">x</a></p>'},
    ]
    make_lesson_page(pages.module, slug="files", blocks=blocks)
    body = publish_edition(pages.program, by=cast.director).items.get(slug="files").body
    for trace in ("linktype", "/media/", "/documents/", "images/"):
        assert trace not in body.html + str(body.source)


TABLES = [
    (Edition, {"number": 9}),
    (EditionItem, {"title": "x"}),
    (Asset, {"name": "x"}),
    (Body, {"source": {}}),
    (Body, {"sha256": "0" * 64}),
    (Activity, {"kind": "quiz"}),
]


@pytest.mark.parametrize(("model", "change"), TABLES, ids=str)
def test_the_database_keeps_an_edition_as_it_was_written(pages, cast, model, change):
    image = make_image()
    block = {"type": "image", "value": {"image": {"image": image.pk, "alt_text": "A hand"}, "caption": ""}}
    make_lesson_page(pages.module, blocks=[block])
    publish_edition(pages.program, by=cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_the_html_of_a_body_may_be_made_anew(pages, cast):
    publish_edition(pages.program, by=cast.director)
    assert Body.objects.update(html="new", renderer_version=2, search_text="new") == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_directors_who_publish_at_once_make_one_edition(pages, cast):
    outcomes = at_once(3, lambda number: publish_edition(pages.program, by=cast.director))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Edition", "Refusal", "Refusal"]
    assert Edition.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_holding_the_program_the_number_would_be_given_twice(pages, cast):
    looked = threading.Barrier(2)
    edition = publish_edition(pages.program, by=cast.director)

    def act(number):
        last = Edition.objects.filter(program=edition.program).order_by("-number").first()
        looked.wait(timeout=30)
        return Edition.objects.create(
            program=edition.program,
            number=last.number + 1,
            hash="x",
            effective_from=edition.effective_from,
            published_by=cast.director,
        )

    outcomes = at_once(2, act)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Edition", "IntegrityError"]
