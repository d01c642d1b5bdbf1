"""What the mirrored groups may do in the CMS, as the migrations wrote it."""

import pytest
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from lms.accounts.models import User
from lms.institute.models import InstituteSettings
from lms.institute.queries import institute
from tests.web import post


def page_rights(group: str) -> set[str]:
    rows = GroupPagePermission.objects.filter(group__name=group, page=Page.get_first_root_node())
    return set(rows.values_list("permission__codename", flat=True))


@pytest.mark.parametrize(
    ("group", "rights"),
    [
        (
            "Program directors",
            {"add_page", "change_page", "publish_page", "lock_page", "unlock_page", "delete_page"},
        ),
        ("Faculty", {"add_page", "change_page"}),
        ("Site supervisors", set()),
        ("Registrars", set()),
    ],
)
def test_what_each_group_may_do_with_pages(db, group, rights):
    assert page_rights(group) == rights


def test_only_directors_and_faculty_put_files_in_the_cms(db):
    groups = set(GroupCollectionPermission.objects.values_list("group__name", flat=True))
    assert groups - {"Editors", "Moderators"} == {"Program directors", "Faculty"}


@pytest.mark.parametrize(
    ("name", "opens", "sets"),
    [("director", True, True), ("supervisor", False, False), ("registrar", False, False), ("trainee", False, False)],
)
def test_who_opens_the_cms_and_who_changes_the_institute(cast, name, opens, sets):
    person = User.objects.get(pk=getattr(cast, name).pk)
    assert person.has_perm("wagtailadmin.access_admin") is opens
    assert person.has_perm("institute.change_institutesettings") is sets


def test_the_public_collection_is_a_child_of_the_root(db):
    public = Collection.objects.get(name="Public")
    assert public.get_parent() == Collection.get_first_root_node()
    assert Collection.find_problems() == ([], [], [], [], [])


def test_a_director_changes_the_institute_in_the_cms(cast):
    page = cast.client("director").get("/cms/settings/institute/institutesettings/", follow=True)
    assert page.status_code == 200
    url = page.redirect_chain[-1][0] if page.redirect_chain else "/cms/settings/institute/institutesettings/"
    values = {"name": "Our Institute", "time_zone": "America/Denver", "legal_name": "", "address": "", "promise": ""}
    rich = dict.fromkeys(("privacy_policy", "complaints_policy", "refund_policy"), '{"entityMap": {}, "blocks": []}')
    answer = post(
        cast.client("director"), url, **values, **rich, contact_email="a@example.org", contact_phone="", logo=""
    )
    assert answer.status_code == 302
    assert InstituteSettings.objects.get().name == "Our Institute"


def test_before_anybody_wrote_anything_there_are_defaults(db):
    assert (institute().pk, institute().name) == (None, "Plumbline Institute")
