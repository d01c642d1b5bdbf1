"""Error pages stand alone: without request, context or database (none of these tests may touch it)."""

import pytest
from django.template.loader import render_to_string

TITLES = {
    400: "This request could not be read",
    403: "This page is not open to you",
    404: "There is nothing at this address",
    409: "This cannot be done now",
    429: "Too many tries in a short time",
    500: "Something went wrong on our side",
}


@pytest.mark.parametrize(("status", "title"), TITLES.items())
def test_an_error_page_needs_nothing(status, title):
    page = render_to_string(f"errors/{status}.html")
    assert f"<h1>{title}</h1>" in page
    assert f"<title>{title} · Plumbline</title>" in page
    assert '<html lang="en">' in page


def test_the_sentence_of_a_refusal_is_shown_escaped():
    page = render_to_string("errors/409.html", {"message": "Seats <full>.", "next_step": "Ask the registrar."})
    assert "Seats &lt;full&gt;." in page
    assert "Ask the registrar." in page
    assert "Something changed since" not in page


def test_allauths_limit_shows_our_page():
    assert render_to_string("429.html").strip() == render_to_string("errors/429.html").strip()
