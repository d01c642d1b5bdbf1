"""Somebody who writes pages in the CMS, by its own editor. Its pages are Wagtail's: only their complaints are watched."""

import re

from django.urls import reverse
from playwright.sync_api import Locator, expect

from tests.browser.person import Person

SAVED = "Saved"


class Editor(Person):
    """Works at a desk: the editor of the CMS is made for a wide window."""

    def begin(self, model: str, parent, title: str) -> None:
        """A new page below another. Its slug comes of what is typed, as it does for everybody."""
        self._open(reverse("wagtailadmin_pages:add", args=["curriculum", model, parent.pk]))
        self._type(self.page.locator("[name=title]"), title)

    def edit(self, page) -> None:
        self._open(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    def credit(self, minutes: int, topic: str) -> None:
        self.page.locator("[name=minutes]").fill(str(minutes))
        self.page.locator("[name=topic]").select_option(topic)

    def write_text(self, words: str) -> None:
        """A block of text at the end of the lesson."""
        block = self._add_block("Text")
        self._type_rich(block, words)

    def add_document(self, title: str, file: dict) -> None:
        """A block with a handout, uploaded on the way."""
        block = self._add_block("Document")
        block.get_by_label("Title").fill(title)
        self._upload(block.get_by_role("button", name="Choose a document"), file)

    def add_video(self, title: str, file: dict, captions: dict, transcript: str) -> None:
        block = self._add_block("Video")
        block.get_by_label("Title").fill(title)
        self._upload(block.locator("[data-contentpath=file]").get_by_role("button", name="Choose a document"), file)
        self._upload(
            block.locator("[data-contentpath=captions]").get_by_role("button", name="Choose a document"), captions
        )
        self._type_rich(block.locator("[data-contentpath=transcript]"), transcript)

    def set_field(self, name: str, value: str) -> None:
        self.page.locator(f"[name={name}]").fill(value)

    def correct_text(self, words: str) -> None:
        """The first block of text says this from now on."""
        block = self.page.locator("[data-contentpath=body] [data-streamfield-child]").first
        block.locator(".public-DraftEditor-content").click()
        self.page.keyboard.press("Control+A")
        self._type_rich(block, words)

    def publish(self) -> None:
        self._act("Publish")

    def submit(self) -> None:
        """Send the page to the curriculum review."""
        self._act("Submit to Curriculum review")

    def next_to_review(self) -> str:
        """The title of a page that waits for her on the front page of the CMS; "" when none does."""
        self._open(reverse("wagtailadmin_home"))
        waiting = self.page.locator("section", has=self.page.get_by_role("heading", name="Awaiting your review"))
        titles = waiting.get_by_role("row").get_by_role("link")
        return titles.first.inner_text() if titles.count() else ""

    def open_review(self, title: str) -> None:
        self.page.get_by_role("link", name=title).last.click()
        self.page.wait_for_load_state("networkidle")

    def approve(self) -> None:
        self._act("Approve and Publish")

    # Inside Wagtail ----------------------------------------------------------------------------------------------------

    def _open(self, path: str) -> None:
        self.page.set_viewport_size({"width": 1280, "height": 1000})
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")

    def _type(self, field: Locator, words: str) -> None:
        field.click()
        field.press_sequentially(words)
        field.press("Tab")

    def _type_rich(self, within: Locator, words: str) -> None:
        within.locator(".public-DraftEditor-content").last.click()
        self.page.keyboard.type(words)
        kept = within.locator("input[type=hidden][value*=entityMap]").last  # the editor writes into it a moment later
        expect(kept).to_have_value(re.compile(re.escape(words)))

    def _add_block(self, label: str) -> Locator:
        body = self.page.locator("[data-contentpath=body]")
        body.get_by_title("Insert a block").last.click()
        self.page.get_by_role("option", name=label, exact=True).click()
        return body.locator("[data-streamfield-child]").last

    def _upload(self, choose: Locator, file: dict) -> None:
        choose.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("tab", name="Upload").click()
        dialog.locator("input[type=file]").set_input_files(file)
        expect(dialog.get_by_label("Title")).not_to_have_value("")  # it takes the name of the file
        dialog.get_by_role("button", name="Upload").click()
        expect(dialog).to_have_count(0)

    def _act(self, label: str) -> None:
        self.page.get_by_role("button", name="More actions").click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=label, exact=True).click()
