"""The cast: the same nine people in every test of who may do what."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from lms.accounts.enums import GROUP_NAMES, Role, Scope
from lms.accounts.models import RoleGrant, TermsAcceptance, User
from lms.accounts.queries import current_terms
from lms.audit.actions import record, record_each

PASSWORD = "correct horse battery staple"
CAST = {
    "trainee": None,
    "other_trainee": None,
    "supervisor": Role.SUPERVISOR,
    "other_supervisor": Role.SUPERVISOR,
    "faculty": None,
    "other_faculty": None,
    "director": Role.DIRECTOR,
    "second_director": Role.DIRECTOR,
    "registrar": Role.REGISTRAR,
}
STRANGERS = ("other_trainee", "other_supervisor", "other_faculty")


def make_person(name: str, *, role: Role | None = None, **fields) -> User:
    """A person who has accepted the terms and confirmed her name; with a role for the whole institute when given."""
    return make_people({name: role}, **fields)[name]


@transaction.atomic
def make_people(roles: Mapping[str, Role | None], **fields) -> dict[str, User]:
    """Several of them by name, each with her role or none.

    Half of all tests begin with nine people, so these are the rows that `create_user`, `accept_terms` and `grant_role`
    write, of all people at once; `lms/accounts/test_cast.py` holds them to it.
    """
    people = {name: _person(name, **fields) for name in roles}
    User.objects.bulk_create(people.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in people.values()
    )
    if version := current_terms():
        accepted = TermsAcceptance.objects.bulk_create(
            TermsAcceptance(person=user, version=version) for user in people.values()
        )
        for acceptance in accepted:
            record("accounts.terms.accepted", by=acceptance.person, about=acceptance, version=version.number)
    _grant({people[name]: role for name, role in roles.items() if role})
    return people


def _person(name: str, **fields) -> User:
    display = name.replace("_", " ").title()
    defaults = {"display_name": display, "legal_name": display, "time_zone": "America/Denver"}
    return User(email=f"{name}@example.org", password=_hashed(get_hasher().algorithm), **defaults | fields)


@cache
def _hashed(algorithm: str) -> str:
    return make_password(PASSWORD, hasher=algorithm)


def _grant(roles: Mapping[User, Role]) -> None:
    if not roles:
        return
    grants = RoleGrant.objects.bulk_create(RoleGrant(person=user, role=role) for user, role in roles.items())
    groups = {group.name: group for group in Group.objects.all()}
    User.groups.through.objects.bulk_create(
        User.groups.through(user=user, group=groups[GROUP_NAMES[role]]) for user, role in roles.items()
    )
    told = {"scope": Scope.INSTITUTE, "scope_id": None, "until": None}
    record_each(
        "accounts.role.granted",
        [(grant, {"role": grant.role, "person": grant.person_id} | told) for grant in grants],
        by=None,
    )


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
    return Cast(**make_people(CAST))
