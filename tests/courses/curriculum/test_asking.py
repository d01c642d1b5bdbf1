"""Knowledge checks and attestations: what is frozen, what is refused, and who sees which option is right."""

import pytest

from courses.curriculum.actions import NotPublishable, correct_item, publish_edition
from courses.curriculum.asking import asked_in, fill_slots, fingerprint, has_slots
from courses.curriculum.compiling import compile_program
from courses.curriculum.lessons import freeze_lesson
from courses.curriculum.models import Erratum, LessonPage
from lms.html import clean_html
from tests.factories.asking import FIRST, SECOND, SIGNED, STATEMENT, written_attestation, written_check
from tests.factories.curriculum import make_lesson_page
from tests.races import at_once
from tests.web import text_of


def problems_of(page: LessonPage) -> list[str]:
    return freeze_lesson(LessonPage.objects.get(pk=page.pk)).problems


@pytest.fixture
def asking(pages) -> LessonPage:
    """A lesson with a check and an attestation, published."""
    return make_lesson_page(pages.module, slug="asking", blocks=[written_check(), written_attestation()])


def test_an_edition_holds_what_is_asked_and_leaves_a_slot_in_the_html(pages, asking, cast):
    item = publish_edition(pages.program, by=cast.director).items.get(slug="asking")
    check, attestation = asked_in(item.body.source).values()
    assert [option["text"] for option in check["options"] if option["is_right"]] == ["Stay near"]
    assert (attestation["html"], attestation["sha256_of_text"]) == (STATEMENT, fingerprint(STATEMENT))
    assert f"<!--slot:check:{FIRST}-->" in item.body.html
    assert f"<!--slot:attestation:{SIGNED}-->" in item.body.html
    assert STATEMENT in item.body.html
    assert not [word for word in ("Stay near", "Leave", "About", "What do you do") if word in item.body.html]


def test_what_is_asked_is_found_by_search_and_its_feedback_is_not(pages, asking, cast):
    text = publish_edition(pages.program, by=cast.director).items.get(slug="asking").body.search_text
    assert all(words in text for words in ("What do you do?", "Stay near", "I agree on touch"))
    assert "About" not in text


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (written_check(("a", False), ("b", False)), "“What do you do?” has no right option."),
        (written_check(("Same", True), ("same", False)), "“What do you do?” has two options that say the same."),
        (written_check(("a", True)), "“What do you do?” needs 2 to 8 options."),
        (written_check(*((str(n), True) for n in range(9))), "“What do you do?” needs 2 to 8 options."),
        (written_check(question=" "), "“” has no question."),
        (written_check(("", True), ("b", True)), "“What do you do?” has an option without text or without feedback."),
        (written_attestation(text="<p> </p>"), "“Your agreement on touch” has no text to sign."),
        (written_attestation(label=""), "an attestation needs a title and the words for what is signed."),
        (written_attestation(key="no spaces"), "“Your agreement on touch” needs a key of letters a to z"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(pages, block, sentence):
    page = make_lesson_page(pages.module, blocks=[block])
    assert [sentence in problem for problem in problems_of(page)] == [True]
    assert any(page.title in problem and sentence in problem for problem in compile_program(pages.program).problems)


@pytest.mark.parametrize(
    ("rule", "blocks", "fault"),
    [
        ("read", [], ""),
        ("checks", [written_check()], ""),
        ("checks", [written_attestation()], "no knowledge check"),
        ("attestation", [written_attestation()], ""),
        ("attestation", [written_check()], "no attestation"),
    ],
)
def test_a_rule_that_nobody_could_meet_is_refused_with_page_and_field(pages, rule, blocks, fault):
    page = make_lesson_page(pages.module, blocks=blocks, completed_by=rule)
    problems = compile_program(pages.program).problems
    assert len(problems) == bool(fault)
    assert all(f"“{page.title}”: “Complete when” says" in problem and fault in problem for problem in problems)


def test_the_rule_is_frozen_and_part_of_the_hash_of_an_edition(pages, asking, cast):
    before = compile_program(pages.program).hash
    asking.completed_by = "checks"
    asking.save_revision().publish()
    compiled = compile_program(pages.program)
    assert compiled.hash != before
    edition = publish_edition(pages.program, by=cast.director)
    assert set(edition.items.values_list("slug", "completed_by")) == {
        ("ethics-of-touch", "read"),
        ("in-the-room", "read"),
        ("asking", "checks"),
    }


def test_a_key_of_an_attestation_stands_once_in_a_program(pages, asking):
    other = make_lesson_page(pages.module, blocks=[written_attestation(block=SECOND)])
    (problem,) = compile_program(pages.program).problems
    assert problem == (
        f"“{other.title}” and “{asking.title}” have an attestation with the same key, touch-agreement. Change one."
    )


def test_a_correction_that_leaves_nothing_to_complete_a_lesson_by_is_refused(pages, asking, cast):
    asking.completed_by = "checks"
    asking.save_revision().publish()
    edition = publish_edition(pages.program, by=cast.director)
    asking.body, asking.completed_by = [], "read"
    asking.save_revision().publish()
    page = LessonPage.objects.get(pk=asking.pk)
    with pytest.raises(NotPublishable, match="its body has no knowledge check"):
        correct_item(edition.items.get(slug="asking"), page=page, by=cast.director, reason="Shorter.")


def test_staff_see_which_options_are_right_and_nothing_to_send(pages, asking, cast):
    edition = publish_edition(pages.program, by=cast.director)
    director = cast.client("director")
    for address in (f"/desk/editions/{edition.pk}/asking/", f"/cms/pages/{asking.pk}/view_draft/"):
        page = director.get(address)
        words = text_of(page)
        assert all(part in words for part in ("Stay near (right)", "About Leave.", "sign the touch agreement"))
        assert ("slot:" in page.content.decode(), 'name="choice"' in page.content.decode()) == (False, False)


def test_nobody_can_write_a_slot(pages):
    assert not has_slots(str(clean_html(f"<p>x<!--slot:check:{FIRST}-->y</p>")))
    page = make_lesson_page(pages.module, text=f"<p>&lt;!--slot:check:{FIRST}--&gt;</p>")
    assert not has_slots(freeze_lesson(page).source["blocks"][0]["html"])


def test_a_text_without_slots_stays_as_it_is():
    assert fill_slots("<p>Stay near.</p>", lambda kind, block: "never") == "<p>Stay near.</p>"


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (["touch-agreement"], "two attestations with the same key, touch-agreement"),
        (["new", "new"], "two attestations with the same key, new"),
        (["new", "newer"], ""),
    ],
)
def test_a_correction_brings_no_key_that_the_edition_signs_already(pages, asking, cast, keys, sentence):
    other = make_lesson_page(pages.module, slug="other")
    edition = publish_edition(pages.program, by=cast.director)
    other.body = [written_attestation(key=key, block=block) for key, block in zip(keys, (FIRST, SECOND), strict=False)]
    other.save_revision().publish()
    page = LessonPage.objects.get(pk=other.pk)
    item = edition.items.get(slug="other")
    if not sentence:
        assert correct_item(item, page=page, by=cast.director, reason="It was not asked.").pk
        return
    with pytest.raises(NotPublishable) as refused:
        correct_item(item, page=page, by=cast.director, reason="It was not asked.")
    assert [sentence in problem for problem in refused.value.sentences] == [True]
    assert not item.errata.exists()


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_cannot_bring_the_same_key(pages, cast):
    lessons = [make_lesson_page(pages.module, slug=f"lesson-{number}") for number in range(2)]
    edition = publish_edition(pages.program, by=cast.director)
    for lesson in lessons:
        lesson.body = [written_attestation(key="new")]
        lesson.save_revision().publish()

    def correct(number: int):
        page = LessonPage.objects.get(pk=lessons[number].pk)
        item = edition.items.get(slug=page.slug)
        return correct_item(item, page=page, by=cast.director, reason="It was not asked.")

    outcomes = at_once(2, correct)
    refused = [outcome for outcome in outcomes if isinstance(outcome, NotPublishable)]
    assert [problem for one in refused for problem in one.sentences] == [
        f"Edition {edition.number} would have two attestations with the same key, new. Change one."
    ]
    assert [one.pk for one in outcomes if not isinstance(one, Exception)] == [Erratum.objects.get().pk]
