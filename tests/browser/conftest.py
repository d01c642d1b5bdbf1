"""A real Chromium against a real server. Run by `make browser`; CHROMIUM names the browser's program."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop of its own in the test's thread

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser_type_launch_args():
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(program).exists():
        pytest.exit(f"No Chromium at {program}: install it, or set CHROMIUM.", returncode=1)
    arguments = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    return {"executable_path": program, "args": arguments}


class Watch:
    """What a page did that it must not: console errors, requests to other hosts, server errors."""

    def __init__(self, page: Page, host: str):
        self.host = host
        self.complaints: list[str] = []
        page.on("console", self.on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self.on_request)
        page.on("response", self.on_response)

    def on_console(self, message):
        # A form sent back with errors answers 422, which Chromium writes to the console as a failed resource.
        if message.type in ("error", "warning") and "status of 422" not in message.text:
            self.complaints.append(f"console {message.type}: {message.text}")

    def on_request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != self.host:
            self.complaints.append(f"request to another host: {request.url}")

    def on_response(self, response):
        if response.status >= 500:
            self.complaints.append(f"{response.status} at {response.url}")


@pytest.fixture
def check_page():
    """Checks a page with axe in both widths and both themes, and that nothing runs over the edge."""

    def check(page: Page, *, widths=(PHONE, DESK), themes=("light", "dark")) -> None:
        before = page.viewport_size
        for size in widths:
            page.set_viewport_size(size)
            for theme in themes:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # colours at rest, not half-way
                found = violations(page)
                assert not found, f"{page.url} at {size['width']} px, {theme}:\n" + "\n".join(found)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{page.url} is {wide} px wider than a window of {size['width']} px"
        page.set_viewport_size(before)
        page.emulate_media(color_scheme="light")

    return check


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    result = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", AXE_TAGS)
    return [
        f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
