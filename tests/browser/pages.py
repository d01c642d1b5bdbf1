"""What is asked of every page in the browser: no violation found by axe, nothing over the edge, no complaint."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WIDTHS, THEMES = (PHONE, DESK), ("light", "dark")


class Watch:
    """What a page did that it must not: console errors, requests to other hosts, server errors."""

    def __init__(self, page: Page, host: str):
        self.hosts = {host}
        self.complaints: list[str] = []
        page.on("console", self.on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self.on_request)
        page.on("response", self.on_response)

    def on_console(self, message):
        if message.type in ("error", "warning") and not _is_sent_back(message):
            self.complaints.append(f"console {message.type}: {message.text}")

    def on_request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc not in self.hosts:
            self.complaints.append(f"request to another host: {request.url}")

    def on_response(self, response):
        if response.status >= 500:
            self.complaints.append(f"{response.status} at {response.url}")


def _is_sent_back(message) -> bool:
    """A form sent back with errors answers 422, which Chromium writes to the console as a failed resource. Wagtail's editor
    answers 400 to itself when it saves a page by itself while a needed field is still empty: whoever types slowly, or a slow
    machine, sees that."""
    of_editor = "status of 400" in message.text and "/cms/pages/" in message.location.get("url", "")
    return "status of 422" in message.text or of_editor


def check_page(page: Page, *, widths=WIDTHS, themes=THEMES) -> None:
    """No violation in any of these widths and themes, and nothing wider than the window."""
    before = page.viewport_size
    for size in widths:
        page.set_viewport_size(size)
        for theme in themes:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # colours at rest, not half-way
            found = violations(page)
            assert not found, f"{page.url} at {size['width']} px, {theme}:\n" + "\n".join(found)
        check_edges(page)
    page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")


def check_edges(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than a window of {page.viewport_size['width']} px"


def violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    result = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", AXE_TAGS)
    return [
        f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
