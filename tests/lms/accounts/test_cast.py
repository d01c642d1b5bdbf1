"""The people of tests are written all at once; here they are held to what the site's own actions write."""

from collections.abc import Iterable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db.models import Model

from lms.accounts.actions import accept_terms, grant_role, publish_terms
from lms.accounts.enums import Role
from lms.accounts.models import RoleGrant, TermsAcceptance, User
from lms.audit.models import AuditEntry
from tests.cast import PASSWORD, make_person

OWN = {
    "_state",
    "id",
    "object_id",
    "email",
    "display_name",
    "legal_name",
    "password",
    "user_id",
    "person_id",
    "actor_id",
}
TIMES = {"joined_at", "at", "valid_from"}


@pytest.mark.parametrize("role", [None, *Role])
def test_people_are_what_the_actions_make_of_them(db, role):
    publish_terms(html="<p>Be kind.</p>", by=None)
    first, second = _made("first", role), make_person("second", role=role)
    assert _written_of(second) == _written_of(first)
    assert len(_written_of(second)["acts"]) == 1 + bool(role)
    assert second.check_password(PASSWORD)


def _made(name: str, role: Role | None) -> User:
    names = {"display_name": name.title(), "legal_name": name.title()}
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, time_zone="America/Denver", **names)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    accept_terms(user)
    if role:
        grant_role(user, role, by=None)
    return user


def _written_of(user: User) -> dict[str, Any]:
    """Every row about a person, without what is hers alone."""
    acceptances = TermsAcceptance.objects.filter(person=user)
    grants = RoleGrant.objects.filter(person=user)
    acts = [
        AuditEntry.objects.get(object_type=about._meta.label_lower, object_id=str(about.pk))
        for about in (*acceptances, *grants)
    ]
    return {
        "user": _plain([user]),
        "addresses": _plain(EmailAddress.objects.filter(user=user)),
        "acceptances": _plain(acceptances),
        "grants": _plain(grants),
        "groups": list(user.groups.order_by("name").values_list("name", flat=True)),
        "acts": _plain(acts),
        "who acted": [act.actor_id == user.pk for act in acts],
        "about whom": [act.data.pop("person", user.pk) == user.pk for act in acts],
    }


def _plain(rows: Iterable[Model]) -> list[dict[str, Any]]:
    kept = [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]
    for row in kept:
        row["data"] = {name: value for name, value in row.get("data", {}).items() if name != "person"}
    return [{name: value for name, value in row.items() if name not in OWN | TIMES} for row in kept]
