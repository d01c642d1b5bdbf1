"""Who gets what at every address: each URL x each role of the cast x GET and POST, compared with `table.txt`.

A new address without a row fails; so does a changed answer. When the change is meant, the failing test prints the lines
to put into the table: read them as a reviewer before you do.
"""

import uuid
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from tests.access.urls import Address, all_addresses
from tests.access.world import Arguments, make_world

ROLES = (
    "visitor",
    "trainee",
    "other_trainee",
    "supervisor",
    "other_supervisor",
    "faculty",
    "other_faculty",
    "director",
    "registrar",
)
# Words and icons of Wagtail's own programs; they say nothing of the institute.
OPEN_IN_THE_EDITOR = ("wagtailadmin_javascript_catalog", "wagtailadmin_sprite", "")
TABLE = Path(__file__).with_name("table.txt")


def expected_rows() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, method, *cells = line.split()
            assert (name, method) not in rows, f"{name} {method} stands twice in the table"
            rows[name, method] = tuple(cells)
    return rows


def addresses_of_ours() -> list[Address]:
    return [address for address in all_addresses() if not address.is_cms]


def test_every_address_has_a_row_and_every_row_an_address():
    wanted = {(address.name, method) for address in addresses_of_ours() for method in ("GET", "POST")}
    assert set(expected_rows()) == wanted


def url_of(address: Address, world: Arguments) -> str:
    if address.name == "wagtail_serve":
        return "/"
    return reverse(address.name, kwargs=world.get(address.name))


def answer(client, method: str, url: str) -> str:
    """The status, with nothing kept of what the request did."""
    with transaction.atomic():
        send = {"GET": client.get, "POST": client.post}[method]
        response = send(url, {"form_key": str(uuid.uuid4())} if method == "POST" else {})
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return str(response.status_code)


@pytest.fixture
def world(cast) -> Arguments:
    return make_world(cast)


def test_every_address_answers_every_role_as_the_table_says(cast, world):
    actual = {
        (address.name, method): tuple(answer(cast.left_open(role), method, url_of(address, world)) for role in ROLES)
        for address in addresses_of_ours()
        for method in ("GET", "POST")
    }
    expected = expected_rows()
    changed = [
        f"{name:44} {method:5} " + " ".join(f"{cell:4}" for cell in cells)
        for (name, method), cells in actual.items()
        if expected.get((name, method)) != cells
    ]
    assert not changed, "These answers differ from tests/access/table.txt:\n" + "\n".join(changed)


def test_no_address_ever_answers_with_a_server_error():
    assert not [row for row, cells in expected_rows().items() if any(cell.startswith("5") for cell in cells)]


@pytest.mark.parametrize("role", ["visitor", "trainee", "supervisor", "registrar"])
def test_the_editor_is_closed_to_people_without_the_right(cast, role):
    client = cast.client(role)
    opened = [
        address.route
        for address in all_addresses()
        if address.is_cms and not address.arguments and address.name not in OPEN_IN_THE_EDITOR
        if answer(client, "GET", reverse(address.name)) == "200"
    ]
    assert opened == []


HUGE = 10**30


@pytest.mark.parametrize("role", ["trainee", "director"])
def test_a_number_too_large_for_the_database_is_not_found(cast, world, role):
    """Every number of every address in turn, and in what is sent."""
    client = cast.client(role)
    answers = {}
    for address in addresses_of_ours():
        for name, value in world.get(address.name, {}).items():
            if isinstance(value, int) and address.arguments:
                url = reverse(address.name, kwargs=world[address.name] | {name: HUGE})
                answers[address.name, name] = {answer(client, method, url) for method in ("GET", "POST")}
    assert len(answers) > 40
    assert {key: codes for key, codes in answers.items() if not codes <= {"302", "403", "404", "405"}} == {}
