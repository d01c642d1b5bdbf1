"""Every page of ours that a role may read: no violation found by axe, nothing over the edge, a clean console."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page

from tests.access.test_every_url import ROLES as COLUMNS
from tests.access.test_every_url import addresses_of_ours, expected_rows, url_of
from tests.access.world import make_world
from tests.browser.pages import DESK, PHONE, Watch, check_page
from tests.cast import make_cast

NO_PAGES = (
    *("audit_head", "did", "jwks", "signing_key", "status_list", "credential_json", "credential_jwt", "robots"),
    *("credential_pdf", "credential_png", "credential_svg", "certificate_preview"),
    *(
        "healthz",
        "readyz",
        "export_file",
        "practice_autosave",
        "guard_rules",
        "prior_document",
        "desk_site_paper_document",
        "desk_asset",
        "desk_as_trainee_asset",
        "desk_edition_asset",
        "desk_edition_hours_csv",
        "desk_edition_hours_pdf",
        "learn_asset",
        "learn_notes_export",
        "mfa_login_webauthn",
    ),
)
IN_THE_EDITOR = ("wagtailadmin_home", "wagtailadmin_explore_root")


@pytest.fixture
def world(transactional_db):
    cast = make_cast()
    return cast, make_world(cast)


def open_browser_as(browser: Browser, live_server, cast, role: str) -> tuple[Page, Watch]:
    context = browser.new_context()
    if role != "visitor":
        session = cast.client(role).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    return page, Watch(page, live_server.url.removeprefix("http://"))


def pages_for(role: str, arguments) -> list[str]:
    rows, column = expected_rows(), COLUMNS.index(role)
    return [
        url_of(address, arguments)
        for address in addresses_of_ours()
        if address.name not in NO_PAGES and rows[address.name, "GET"][column] == "200"
    ]


@pytest.mark.parametrize("role", ["visitor", "trainee", "supervisor", "faculty", "director", "registrar"])
def test_every_page_a_role_may_read_is_sound(browser, live_server, world, role):
    """On a phone in the dark and on a desk in the light; the journey looks at all four."""
    cast, arguments = world
    page, watch = open_browser_as(browser, live_server, cast, role)
    faults, seen = [], 0
    for url in pages_for(role, arguments):
        page.goto(live_server.url + url)
        for size, theme in ((PHONE, "dark"), (DESK, "light")):
            try:
                check_page(page, widths=[size], themes=[theme])
            except AssertionError as fault:
                faults.append(str(fault))
        seen += 1
    assert seen > 10
    assert faults == []
    assert watch.complaints == []


def test_the_rooms_of_a_trainee_stand_side_by_side_on_a_phone(browser, live_server, world):
    """The main navigation scrolls when it must; a trainee's must not."""
    page, _ = open_browser_as(browser, live_server, world[0], "trainee")
    page.set_viewport_size(PHONE)
    page.goto(live_server.url + reverse("home"))
    rooms = page.locator(".site-nav__link")
    assert rooms.all_inner_texts()[-1] == "Certificates"
    box = rooms.last.bounding_box()
    assert box["x"] + box["width"] <= PHONE["width"]


def test_the_editor_works_under_its_own_policy(browser, live_server, world):
    """Wagtail's pages open without a console error: the wider policy lets its scripts run."""
    cast, arguments = world
    page, watch = open_browser_as(browser, live_server, cast, "director")
    edit = reverse("wagtailadmin_pages:edit", args=[arguments["desk_publish_edition"]["pk"]])
    for url in [*map(reverse, IN_THE_EDITOR), edit]:
        answer = page.goto(live_server.url + url)
        assert answer.status == 200
        page.wait_for_load_state("load")
    assert watch.complaints == []
