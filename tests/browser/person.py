"""People in front of a browser: what they press, fill in and read. Every page they come to is looked at."""

from pathlib import Path
from urllib.parse import urlsplit

from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import DESK, PHONE, THEMES, WIDTHS, Watch, check_edges, check_page
from tests.cast import PASSWORD

PATIENCE = 20_000


class Person:
    """Somebody with a mouse; each page she comes to is checked in both widths and both themes, unless she has but one."""

    context = {"locale": "en-US"}
    widths, themes = WIDTHS, THEMES

    def __init__(self, browser: Browser, base: str):
        self.base = base
        self.page: Page = browser.new_context(**self.context).new_page()
        self.page.set_default_timeout(PATIENCE)
        self.watch = Watch(self.page, urlsplit(base).netloc)

    def may_go_to(self, origin: str) -> None:
        """She leaves our site on purpose, for this one."""
        self.watch.hosts.add(urlsplit(origin).netloc)

    def look(self) -> None:
        """Judge the page she stands on."""
        check_page(self.page, widths=self.widths, themes=self.themes)

    def go(self, path: str) -> None:
        """Open one of our pages, or another address when it is a whole one."""
        self.page.goto(path if "://" in path else self.base + path)
        self.look()

    def press(self, label: str) -> None:
        """Press a button or follow a link, and look at the page it leads to."""
        self.follow(label)
        self.look()

    def sign(self, label: str) -> None:
        """Press a button that asks for the password, unless she has given it a moment ago."""
        self.press(label)
        if self.page.locator("main input[name=password]").count():
            self.fill(password=PASSWORD)
            self.press("Confirm")

    def follow(self, label: str) -> None:
        """Press without looking: for a page that may change while one looks."""
        control = self.reach(self.named(label))
        with self.page.expect_navigation():
            self.activate(control)

    def named(self, label: str) -> Locator:
        button = self.page.get_by_role("button", name=label, exact=True)
        return (button if button.count() else self.page.get_by_role("link", name=label)).first

    def field(self, name: str, *, value: str = "", nth: int = 0) -> Locator:
        return self.page.locator(f"main [name={name}]" + (f"[value='{value}']" if value else "")).nth(nth)

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.write(self.field(name), value)

    def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            self.select(self.field(name), value)

    def tick(self, name: str, value: str = "", *, nth: int = 0) -> None:
        self.check(self.field(name, value=value, nth=nth))

    def download(self, label: str) -> Path:
        control = self.reach(self.named(label))
        with self.page.expect_download() as download:
            self.activate(control)
        return Path(download.value.path())

    def attach(self, name: str, file: dict) -> None:
        control = self.reach(self.field(name))
        with self.page.expect_file_chooser() as chooser:
            self.activate(control)
        chooser.value.set_files(file)

    def reads(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def waits_to_read(self, words: str) -> None:
        """The page looks by itself whether there is news."""
        self.page.get_by_text(words).wait_for()
        self.look()

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.go(reverse("account_login"))
        self.fill(login=email, password=password)
        self.press("Sign in")

    # With her hands ----------------------------------------------------------------------------------------------------

    def reach(self, control: Locator) -> Locator:
        """Come to the control; a hand with a mouse does it in the same movement."""
        return control

    def activate(self, control: Locator) -> None:
        control.click()

    def write(self, control: Locator, value: str) -> None:
        control.fill(value)

    def select(self, control: Locator, value: str) -> None:
        control.select_option(value)

    def check(self, control: Locator) -> None:
        control.check()


class PhonePerson(Person):
    """Somebody with a phone in her hand, in the dark."""

    context = Person.context | {"viewport": PHONE}
    widths, themes = (PHONE,), ("dark",)


class DeskPerson(Person):
    """Somebody at a desk, in the light."""

    context = Person.context | {"viewport": DESK}
    widths, themes = (DESK,), ("light",)


class ScriptlessPerson(Person):
    """Somebody whose browser runs no scripts. Axe is a script, so only the edges of her pages are looked at."""

    context = Person.context | {"java_script_enabled": False}

    def look(self) -> None:
        before = self.page.viewport_size
        for size in self.widths:
            self.page.set_viewport_size(size)
            check_edges(self.page)
        self.page.set_viewport_size(before)

    def waits_to_read(self, words: str) -> None:
        """Nothing moves by itself: she asks again, by the link that stands there."""
        for _ in range(100):
            if self.page.get_by_text(words).count():
                return
            self.press("Look again")
        raise AssertionError(f"{self.page.url} never said {words!r}.")
