"""Somebody without a mouse: she comes to every control by Tab, must see where she stands, and acts by keys alone."""

from datetime import date, time
from typing import ClassVar

from playwright.sync_api import Locator, expect

from tests.browser.person import Person

MOST_TABS = 120
MOST_TABS_IN_ONE = 6  # month, day, year and the calendar of a date field are stops of one element
MOST_CHOICES = 12

# How the focused element looks, and what may frame it in its place: an answer's or a card's whole surface.
WALK = """
target => {
  const look = (element) => {
    const seen = [];
    for (let at = element, steps = 0; at && steps < 4; at = at.parentElement, steps += 1) {
      const style = getComputedStyle(at);
      seen.push([style.outlineStyle === "none" ? "" : style.outline, style.boxShadow, style.borderColor, style.backgroundColor]);
    }
    return JSON.stringify(seen);
  };
  const name = (element) => element.outerHTML.slice(0, 160);
  const now = document.activeElement;
  const walk = (window.plumblineWalk ??= { targets: new Map() });
  const told = { name: name(now), isThere: now === target, isLost: now === document.body, isSame: now === walk.at, unseen: "" };
  if (walk.at && walk.at !== now && walk.at.isConnected && look(walk.at) === walk.look) told.unseen = name(walk.at);
  if (told.isThere && walk.targets.get(target) === look(target)) told.unseen = name(target);
  if (target && !told.isThere && !walk.targets.has(target)) walk.targets.set(target, look(target));
  const box = now.getBoundingClientRect();
  const isOut = box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth;
  told.isHidden = !told.isLost && (isOut || box.width * box.height < 4);
  const isStop = !told.isLost && now.tagName !== "MAIN"; // main is where the skip link leads, no stop of its own
  // As it looked on arrival: the calendar's button inside a date field has a ring of its own, which is not asked for.
  if (!told.isSame) walk.look = isStop ? look(now) : "";
  walk.at = isStop ? now : null;
  return told;
}
"""


class CannotReach(AssertionError):
    """A control that the keyboard does not come to, or a focus that nobody sees."""


class KeyboardPerson(Person):
    """Somebody who never touches the mouse. Axe looks at the same pages for the one who does."""

    context: ClassVar[dict] = Person.context | {"reduced_motion": "reduce"}

    def look(self) -> None:
        self.page.wait_for_load_state("load")

    def activate(self, control: Locator) -> None:
        is_link = control.evaluate("element => element.tagName === 'A'")
        self.page.keyboard.press("Enter" if is_link else "Space")

    def write(self, control: Locator, value: str) -> None:
        self.reach(control)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(keys_for(control.get_attribute("type"), value))
        expect(control).to_have_value(value)

    def select(self, control: Locator, value: str) -> None:
        """By typing the beginning of the option's words, as one does in a long list."""
        words = control.evaluate(
            "(element, value) => [...element.options].find((option) => option.value === value).text.trim()", value
        )
        self.reach(control)
        self.page.keyboard.type(words)
        expect(control).to_have_value(value)

    def check(self, control: Locator) -> None:
        if control.is_checked():
            return
        if control.get_attribute("type") == "radio":
            self.choose_among(control)
        else:
            self.reach(control)
            self.page.keyboard.press("Space")
        expect(control).to_be_checked()

    def choose_among(self, control: Locator) -> None:
        """A group of radio buttons is one stop; the arrows go on from there."""
        name = control.get_attribute("name")
        stop = self.page.locator(f"main [name={name}]:checked")
        self.reach(stop if stop.count() else self.field(name))
        self.page.keyboard.press("Space")
        for _ in range(MOST_CHOICES):
            if control.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def reach(self, control: Locator) -> Locator:
        """Tab until the control has the focus; past the header by the link that is there for it."""
        target = control.element_handle()
        self.page.evaluate(WALK, target)
        if self.page.evaluate("document.activeElement === document.body"):
            self.skip_the_header()
        lost = same = 0
        for _ in range(MOST_TABS):
            told = self.page.evaluate(WALK, target)
            if told["unseen"]:
                raise CannotReach(f"{self.page.url}: nobody sees that this has the focus: {told['unseen']}")
            if told["isHidden"]:
                raise CannotReach(f"{self.page.url}: the focus is out of sight: {told['name']}")
            if told["isThere"]:
                return control
            lost, same = (lost + 1 if told["isLost"] else 0), (same + 1 if told["isSame"] else 0)
            if lost > 2 or same > MOST_TABS_IN_ONE:
                raise CannotReach(f"{self.page.url}: Tab no longer moves from {told['name']}")
            self.page.keyboard.press("Tab")
        raise CannotReach(f"{self.page.url}: {MOST_TABS} Tabs do not lead to {control}")

    def skip_the_header(self) -> None:
        self.page.keyboard.press("Tab")
        if self.page.evaluate("document.activeElement.className") == "skip-link":
            self.page.keyboard.press("Enter")
            if self.page.evaluate("document.activeElement.id") != "main":
                raise CannotReach(f"{self.page.url}: the skip link leads nowhere.")


def keys_for(kind: str | None, value: str) -> str:
    """What one types for a value: a date or a time is typed part by part, in the order of its browser's language."""
    if kind == "date":
        return f"{date.fromisoformat(value):%m%d%Y}"
    if kind == "time":
        return f"{time.fromisoformat(value):%I%M%p}"
    return value
