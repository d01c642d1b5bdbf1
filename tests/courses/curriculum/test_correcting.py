"""One correction for every edition that says the same."""

import pytest

from courses.curriculum.actions import correct_item, publish_edition
from courses.curriculum.models import Edition, Erratum, LessonPage
from courses.curriculum.queries import current_body, says_the_same
from lms.errors import Refusal
from tests.courses.rollback import rolled_back
from tests.factories.curriculum import make_lesson_page
from tests.web import post, send_form, text_of


@pytest.fixture
def editions(pages, cast) -> list[Edition]:
    """Three editions; the first two say the same in the room, the third says it anew."""
    found = [publish_edition(pages.program, by=cast.director)]
    make_lesson_page(pages.module, slug="more")
    found.append(publish_edition(pages.program, by=cast.director))
    corrected(pages, "<p>Stay very near.</p>")
    return [*found, publish_edition(pages.program, by=cast.director)]


def corrected(pages, text: str) -> LessonPage:
    page = LessonPage.objects.get(pk=pages.lesson.pk)
    page.body = [("text", text)]
    page.save_revision().publish()
    return LessonPage.objects.get(pk=pages.lesson.pk)


def items(editions) -> list:
    return [edition.items.get(slug="in-the-room") for edition in editions]


def test_one_act_corrects_every_edition_that_is_named(editions, pages, cast, audited):
    first, second, third = items(editions)
    page = corrected(pages, "<p>Stay near and still.</p>")
    act = {"page": page, "by": cast.director, "reason": "A word.", "also": [second]}
    rolled_back(lambda: correct_item(first, **act))
    assert (Erratum.objects.count(), audited("curriculum.erratum.made")) == (0, 0)
    assert correct_item(first, **act).item == first
    assert [current_body(item).pk == current_body(first).pk for item in (second, third)] == [True, False]
    assert (Erratum.objects.count(), audited("curriculum.erratum.made")) == (2, 2)


def test_an_edition_that_says_something_else_is_not_corrected_along(editions, pages, cast):
    first, second, third = items(editions)
    page = corrected(pages, "<p>Stay near and still.</p>")
    assert list(says_the_same(first)) == [second]
    with pytest.raises(Refusal, match="edition 3 says something else"):
        correct_item(first, page=page, by=cast.director, reason="A word.", also=[second, third])
    assert not Erratum.objects.exists()


def test_the_form_offers_the_others_and_has_chosen_them(editions, pages, cast):
    corrected(pages, "<p>Stay near and still.</p>")
    director, address = cast.client("director"), f"/desk/editions/{editions[0].pk}/in-the-room/correct/"
    page = director.get(address)
    assert ("Edition 2" in text_of(page), "Edition 3" in text_of(page)) == (True, False)
    send_form(director, page, "Correct this edition", reason="A word.")
    assert [erratum.item.edition.number for erratum in Erratum.objects.all()] == [1, 2]


@pytest.mark.parametrize("also", ["0", "x", "9" * 30])
def test_an_edition_that_was_not_offered_is_refused(editions, pages, cast, also):
    address = f"/desk/editions/{editions[0].pk}/in-the-room/correct/"
    answer = post(cast.client("director"), address, reason="A word.", also=also)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"also"})
