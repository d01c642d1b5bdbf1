"""The work list, the navigation and the desk: each room registers, the frame sorts and shows what a person may use."""

from datetime import date

import pytest
from django.urls import reverse

from lms.accounts.actions import end_role
from lms.accounts.enums import Role
from lms.accounts.models import RoleGrant, User
from lms.web import desk, navigation, worklist
from lms.web.desk import DeskEntry, DeskGroup, desk_entries_for, register_desk
from lms.web.navigation import NavItem, navigation_for, register_navigation
from lms.web.worklist import STANDING, WorkItem, WorkLine, register_work, work_for
from tests.web import text_of

ITEMS = {
    "first_room": [
        WorkItem("Read", "/r/", tone="info"),
        WorkItem("Later", "/l/", tone="due", due=date(2026, 5, 2)),
        WorkItem("No date", "/n/", tone="due"),
        WorkItem("B", "/b/", tone="next", order=20),
    ],
    "second_room": [
        WorkItem("Sooner", "/s/", tone="due", due=date(2026, 5, 1)),
        WorkItem("A", "/a/", tone="next", order=20),
        WorkItem("C", "/c/", tone="next", order=10),
        WorkItem("Wait", "/w/", tone="waiting"),
    ],
}


def first_room(user):
    return ITEMS["first_room"]


def second_room(user):
    return ITEMS["second_room"]


def test_the_work_list_puts_what_comes_next_first_then_by_day(monkeypatch):
    monkeypatch.setattr(worklist, "_providers", {})
    register_work(f"{__name__}.second_room", order=10)
    register_work(f"{__name__}.first_room", order=90)
    titles = [item.title for item in work_for(None)]
    assert titles == ["C", "A", "B", "Sooner", "Later", "No date", "Wait", "Read"]


def a_standing(user):
    line = WorkLine("Practice", "12 h of 60 h", "In progress", "waiting", "48 h are missing.")
    return [WorkItem("Your standing", "/s/", tone=STANDING, lines=(line,))]


@pytest.mark.parametrize(("rooms", "first"), [(["first_room", "a_standing"], "B"), (["a_standing"], None)])
def test_a_standing_is_shown_line_by_line_and_is_never_the_one_thing_to_do(monkeypatch, cast, rooms, first):
    monkeypatch.setattr(worklist, "_providers", {})
    for name in rooms:
        register_work(f"{__name__}.{name}")
    answer = cast.client("trainee").get(reverse("home"))
    assert (answer.context["first"].title if first else answer.context["first"]) == first
    words = text_of(answer)
    assert "Practice 12 h of 60 h In progress 48 h are missing." in words
    assert ("Nothing waits for you" in words) is (first is None)


def test_the_order_does_not_depend_on_who_registered_first(monkeypatch):
    orders = []
    for names in (["first_room", "second_room"], ["second_room", "first_room"]):
        monkeypatch.setattr(worklist, "_providers", {})
        for name in names:
            register_work(f"{__name__}.{name}")
        orders.append([item.title for item in work_for(None)])
    assert orders[0] == orders[1]


def some_items(request):
    return [NavItem("Zebra", "verify", 10), NavItem("Ant", "desk", 10)]


def more_items(request):
    return [NavItem("First", "desk_roles", 5)]


def test_the_navigation_is_sorted_and_marks_where_one_is(monkeypatch, rf):
    monkeypatch.setattr(navigation, "_providers", [])
    for path in (f"{__name__}.some_items", f"{__name__}.more_items", f"{__name__}.some_items"):
        register_navigation(path)
    assert navigation_for(rf.get("/desk/roles/new/")) == [
        {"label": "First", "url": "/desk/roles/", "current": True},
        {"label": "Ant", "url": "/desk/", "current": True},
        {"label": "Zebra", "url": "/verify/", "current": False},
    ]


def labels(cast, name) -> list[str]:
    answer = cast.client(name).get("/policies/")
    return [item["label"] for item in answer.context["nav"] if item["label"] in ("Home", "Desk", "Edit pages")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("visitor", []),
        ("trainee", ["Home"]),
        ("director", ["Home", "Desk", "Edit pages"]),
    ],
)
def test_the_navigation_shows_what_a_person_may_use(cast, name, shown):
    assert labels(cast, name) == shown


def test_the_desk_shows_each_role_its_own_entries_group_by_group(monkeypatch, cast):
    monkeypatch.setattr(desk, "_entries", {})
    people, money = DeskGroup.PEOPLE, DeskGroup.MONEY
    register_desk("First of all", "desk_payments", "f", group=money, roles=[Role.DIRECTOR], order=0)
    register_desk("Zeta", "terms_publish", "z", group=people, roles=[Role.DIRECTOR], order=10)
    register_desk("Alpha", "dispute_list", "a", group=people, roles=[Role.DIRECTOR, Role.REGISTRAR], order=10)
    register_desk("Early", "profile", "e", group=people, roles=[Role.REGISTRAR], order=1)

    def titles(name):
        return [entry.title for entry in desk_entries_for(User.objects.get(pk=getattr(cast, name).pk))]

    assert titles("director") == ["Alpha", "Zeta", "First of all"]
    assert titles("registrar") == ["Early", "Alpha"]
    assert titles("trainee") == []
    words = text_of(cast.client("director").get(reverse("desk")))
    assert [words.index(one) for one in ("People and cohorts", "Alpha", "Zeta", "Money", "First of all")] == sorted(
        words.index(one) for one in ("People and cohorts", "Alpha", "Zeta", "Money", "First of all")
    )
    assert "Money" not in text_of(cast.client("registrar").get(reverse("desk")))  # a heading without entries


def test_every_registered_entry_of_the_desk_leads_to_a_page(cast):
    director = User.objects.get(pk=cast.director.pk)
    entries = desk_entries_for(director)
    assert all(isinstance(entry, DeskEntry) for entry in entries)
    assert entries
    client = cast.client("director")
    assert {entry.url: client.get(entry.url).status_code for entry in entries} == {entry.url: 200 for entry in entries}


def test_the_desk_is_for_staff_and_only_while_they_are_staff(cast):
    client = cast.client("director")
    assert client.get(reverse("desk")).status_code == 200
    assert cast.client("trainee").get(reverse("desk")).status_code == 403
    assert cast.client("visitor").get(reverse("desk")).url == "/accounts/login/?next=/desk/"
    end_role(RoleGrant.objects.get(person=cast.director), by=None)
    assert client.get(reverse("desk")).status_code == 403


@pytest.mark.parametrize("name", ["trainee", "supervisor", "faculty", "director", "registrar"])
def test_everybody_who_signed_in_has_a_home(cast, name):
    answer = cast.client(name).get(reverse("home"))
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


def test_a_visitor_is_asked_to_sign_in_first(client, db):
    assert client.get(reverse("home")).url == "/accounts/login/?next=/home/"


def test_crawlers_are_told_what_is_not_for_them(client, db):
    answer = client.get("/robots.txt")
    assert (answer["Content-Type"], b"Disallow: /accounts/" in answer.content) == ("text/plain", True)


def test_the_policies_page_shows_what_the_institute_wrote(client, db):
    from lms.institute.models import InstituteSettings

    InstituteSettings.objects.create(
        name="Plumbline", legal_name="Plumbline Institute", contact_email="a@example.org", privacy_policy="<p>None</p>"
    )
    page = client.get("/policies/").content.decode()
    assert all(words in page for words in ("Plumbline Institute", "a@example.org", "<p>None</p>", "Privacy"))
    assert "Refunds" not in page
