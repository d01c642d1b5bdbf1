"""The demonstration's people: loaded once, kept on a second run, refused without DEMO."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from lms.accounts.models import RoleGrant, TermsAcceptance, User
from lms.audit.models import AuditEntry
from lms.demo.people import PEOPLE, create_people
from lms.demo.registry import Demo, demo_steps
from lms.institute.models import InstituteSettings


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.DEMO = True


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, RoleGrant, TermsAcceptance, InstituteSettings, AuditEntry))


def test_the_people_are_there_once_with_their_roles(db):
    demo = Demo()
    create_people(demo)
    before = counts()
    create_people(Demo())
    assert counts() == before
    held = {name: set(person.role_grants.values_list("role", flat=True)) for name, person in demo.people.items()}
    assert held == {name: {role.value} if role else set() for name, _, role in PEOPLE}
    assert all(person.is_demonstration for person in demo.people.values())
    assert mail.outbox == []


def test_they_sign_in_with_the_password_of_the_setting_also_when_it_changed(db, settings, client):
    create_people(Demo())
    settings.DEMO_PASSWORD = "another-password-2026"
    create_people(Demo())
    answer = client.post("/accounts/login/", {"login": "trainee@example.org", "password": "another-password-2026"})
    assert answer.url == "/home/"


def test_what_somebody_changed_in_the_institute_is_kept(db):
    InstituteSettings.objects.create(pk=1, name="Ours")
    create_people(Demo())
    assert InstituteSettings.objects.get().name == "Ours"


def test_the_demonstration_is_refused_without_its_setting(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="unless DEMO=1"):
        call_command("create_demo")
    assert User.objects.count() == 0


def test_the_steps_run_in_the_order_of_their_numbers(db):
    titles = [title for title, _ in demo_steps()]
    assert titles[0] == "the institute and its people"
    assert len(titles) == len(set(titles))
