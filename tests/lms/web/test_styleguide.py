"""The styleguide answers and leaves no component out."""

import re

import pytest

from tests.lms.web.test_components import COMPONENTS, TEMPLATES

SHOWN_BY_THE_FRAME = {"account_menu", "account_tabs", "theme_switch"}
SHOWN_BY_THE_TAG = {"field_errors"}  # `{% field %}` renders it, which components/field.html calls
A_PAGE_OF_ITS_OWN = {"confirm", "verdict"}


def names_included_by(path) -> set[str]:
    return set(re.findall(r'"components/(\w+)\.html"', path.read_text()))


def test_every_component_is_shown():
    shown = set()
    found = names_included_by(TEMPLATES / "styleguide/styleguide.html")
    while found - shown:
        shown |= found
        found = {inner for name in shown for inner in names_included_by(COMPONENTS / f"{name}.html")}
    everything = {path.stem for path in COMPONENTS.glob("*.html")}
    assert everything - shown - SHOWN_BY_THE_FRAME - A_PAGE_OF_ITS_OWN - SHOWN_BY_THE_TAG == set()


@pytest.mark.django_db
def test_a_visitor_reads_the_styleguide(client):
    response = client.get("/styleguide/")
    assert response.status_code == 200
    assert b"<h1>Styleguide</h1>" in response.content
    assert b"style=" not in response.content
