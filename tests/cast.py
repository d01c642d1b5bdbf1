"""The cast: the same nine people in every test of who may do what."""

import time
from dataclasses import dataclass

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.test import Client

from lms.accounts.actions import accept_terms, grant_role
from lms.accounts.enums import Role
from lms.accounts.models import User

PASSWORD = "correct horse battery staple"
STRANGERS = ("other_trainee", "other_supervisor", "other_faculty")


def make_person(name: str, *, role: Role | None = None, **fields) -> User:
    """A person who has accepted the terms and confirmed her name; with a role for the whole institute when given."""
    display = name.replace("_", " ").title()
    defaults = {"display_name": display, "legal_name": display, "time_zone": "America/Denver"}
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, **(defaults | fields))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    accept_terms(user)
    if role:
        grant_role(user, role, by=None)
    return user


@dataclass
class Cast:
    """Everybody. `faculty` teaches the trainee's cohort (once a test has granted it), `other_faculty` does not."""

    trainee: User
    other_trainee: User
    supervisor: User
    other_supervisor: User
    faculty: User
    other_faculty: User
    director: User
    second_director: User
    registrar: User

    def client(self, name: str) -> Client:
        """A browser in which this person has just given her password; `visitor` is nobody."""
        return self.left_open(name) if name == "visitor" else with_fresh_password(self.left_open(name))

    def left_open(self, name: str) -> Client:
        """One in which she signed in some time ago."""
        client = Client()
        if name != "visitor":
            client.force_login(getattr(self, name))
        return client


def with_fresh_password(client: Client) -> Client:
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = session["_auth_user_id"]
    session.save()
    return client


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    return Cast(
        trainee=make_person("trainee"),
        other_trainee=make_person("other_trainee"),
        supervisor=make_person("supervisor", role=Role.SUPERVISOR),
        other_supervisor=make_person("other_supervisor", role=Role.SUPERVISOR),
        faculty=make_person("faculty"),
        other_faculty=make_person("other_faculty"),
        director=make_person("director", role=Role.DIRECTOR),
        second_director=make_person("second_director", role=Role.DIRECTOR),
        registrar=make_person("registrar", role=Role.REGISTRAR),
    )
