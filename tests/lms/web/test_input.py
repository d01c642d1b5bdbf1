"""Whatever stands in an address, the answer is a page: no public address answers 500."""

import pytest
from django.urls import get_resolver, reverse

PUBLIC = ["/", "/policies/", "/terms/", "/verify/", "/healthz", "/robots.txt", "/favicon.ico", "/accounts/login/"]
PUBLIC += ["/accounts/signup/", "/accounts/password/reset/", "/styleguide/", "/.well-known/audit-head.json"]
NONSENSE = [
    "\x00",
    "a\x00b",
    "9" * 400,
    "-1",
    "0",
    "NaN",
    "1e309",
    "' or 1=1 --",
    "../../etc/passwd",
    "\u202e\ud7ff",
    "%",
    "[]",
]
PARAMETERS = ["page", "q", "query", "code", "next", "to", "p", "id", "sort", "form_key", "version", "number"]


@pytest.fixture
def visitor(client, db):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("address", PUBLIC)
def test_nonsense_in_every_parameter_is_no_error(visitor, address):
    wrong = {
        value: answer.status_code
        for value in NONSENSE
        if (answer := visitor.get(address, dict.fromkeys(PARAMETERS, value))).status_code >= 500
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "value", ["%00", "a%00b", "%ff%fe", "%E2%80%AE", "..%2f..%2fetc%2fpasswd", "%0d%0aX-Bad:1", "x" * 3000]
)
@pytest.mark.parametrize(
    "prefix",
    ["/", "/media/", "/documents/1/", "/verify/", "/cms/", "/cms/login/", "/accounts/", "/disputes/", "/static/"],
)
def test_nonsense_in_the_path_is_no_error(visitor, prefix, value):
    answer = visitor.get(f"{prefix}{value}")
    assert answer.status_code < 500
    assert "X-Bad" not in answer.headers


@pytest.mark.parametrize("value", ["%00", "99999999999999999999999", "-1", "x", "%ff"])
@pytest.mark.parametrize("name", ["visitor", "trainee", "director"])
def test_nonsense_in_any_part_of_any_address_of_ours_is_no_error(cast, name, value):
    """Every address with a part in it, filled with nonsense."""
    browser = cast.client(name)
    browser.raise_request_exception = False
    wrong = {
        address: answer.status_code
        for address in sorted(addresses_filled_with(value))
        if (answer := browser.get(address)).status_code >= 500
    }
    assert wrong == {}


def addresses_filled_with(value: str) -> set[str]:
    """The patterns at the top level of our own urls, every `<part>` replaced by the value."""
    import re

    found = set()
    for pattern in get_resolver().url_patterns:
        inner = getattr(pattern, "url_patterns", [pattern])
        if str(pattern.pattern) in ("", "^") or not hasattr(pattern, "url_patterns"):
            found |= {str(each.pattern) for each in inner if "<" in str(each.pattern) and "(" not in str(each.pattern)}
    return {"/" + re.sub(r"<[^>]*>", value, route) for route in found}


def test_a_page_far_behind_the_last_one_shows_the_last_one(cast):
    answer = cast.client("trainee").get(reverse("dispute_list"), {"page": 99_999})
    assert answer.status_code == 200
