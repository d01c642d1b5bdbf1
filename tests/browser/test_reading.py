"""A trainee comes back to a lesson: her own browser offers to go on where she stopped, and forgets it when she signs out."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.person import Person, ScriptlessPerson
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment

BLOCKS = "".join(f'<div class="stack-l" id="block-{n}"><p>{"Part of a lesson. " * 200}</p></div>' for n in range(4))
KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('reading:')).length"


@pytest.fixture
def lesson(cast) -> str:
    edition = make_edition()
    item = make_item(edition, parent=make_module(edition, lessons=0), html=BLOCKS)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    return reverse("learn_item", args=[enrolment.pk, item.slug])


def test_she_goes_on_where_she_stopped_and_signing_out_forgets_it(cast, person, lesson):
    trainee = person(Person)
    trainee.sign_in(cast.trainee.email)
    trainee.go(lesson)
    offer = trainee.page.locator("[data-reading-link]")
    expect(offer).to_be_hidden()
    trainee.page.locator("#block-2").evaluate("block => block.scrollIntoView()")
    trainee.go(reverse("home"))
    trainee.go(lesson)
    expect(offer).to_be_visible()
    assert trainee.page.evaluate("() => scrollY") == 0
    offer.locator("a").click()
    expect(trainee.page.locator("#block-2")).to_be_in_viewport()
    trainee.go(reverse("account_logout"))
    trainee.page.locator("main button[type=submit]").click()
    trainee.page.wait_for_url("**/")
    assert trainee.page.evaluate(KEPT) == 0


def test_without_scripts_a_lesson_begins_at_its_top(cast, person, lesson):
    trainee = person(ScriptlessPerson)
    trainee.sign_in(cast.trainee.email)
    trainee.go(lesson)
    trainee.reads("Part of a lesson.")
    expect(trainee.page.locator("[data-reading-link]")).to_be_hidden()
