"""The person without a mouse notices what she must: a page of ours, spoiled in one way at a time, stops her."""

import pytest
from django.urls import reverse

from tests.browser.keyboard import CannotReach, KeyboardPerson

BUTTON = "document.querySelector('main button[type=submit]')"
TRAP = "addEventListener('keydown', (event) => event.preventDefault())"
# A sheet of a script's own making: the policy of our pages lets no other style in.
STYLE = "const sheet = new CSSStyleSheet(); sheet.replaceSync('%s'); document.adoptedStyleSheets = [sheet]"


@pytest.fixture
def visitor(transactional_db, person) -> KeyboardPerson:
    visitor = person(KeyboardPerson)
    visitor.go(reverse("verify"))
    return visitor


def test_she_comes_to_a_button_that_is_as_it_should_be(visitor):
    visitor.reach(visitor.named("Verify"))
    assert visitor.page.evaluate(f"document.activeElement === {BUTTON}")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (f"{BUTTON}.tabIndex = -1", "Tabs do not lead to"),
        (f"{BUTTON}.addEventListener('focus', (event) => event.target.blur())", "Tabs do not lead to"),
        (f"document.querySelector('main [name=code]').{TRAP}", "Tab no longer moves from <input"),
        (f"document.{TRAP}", "Tab no longer moves from <body"),
        (STYLE % "main button:focus-visible { outline: none }", "nobody sees that this has the focus"),
        (STYLE % "main .input:focus-visible { outline: none }", "nobody sees that this has the focus"),
        (STYLE % "main button { position: fixed; left: -999px }", "the focus is out of sight"),
    ],
    ids=["no stop", "loses the focus", "trap", "no Tab at all", "unseen", "unseen on the way", "off the page"],
)
def test_she_is_stopped_by(visitor, spoil, sentence):
    visitor.page.evaluate(f"() => {{ {spoil} }}")
    with pytest.raises(CannotReach, match=sentence):
        visitor.reach(visitor.named("Verify"))


def test_a_skip_link_that_leads_nowhere_stops_her(visitor):
    visitor.page.evaluate("document.querySelector('#main').id = 'elsewhere'")
    with pytest.raises(CannotReach, match="skip link leads nowhere"):
        visitor.reach(visitor.named("Verify"))
