"""Roles: given by directors, dated, scoped, mirrored to groups, ended at once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.accounts import actions
from lms.accounts.actions import end_role, grant_role, mirror_all_roles
from lms.accounts.enums import GROUP_NAMES, Role, Scope
from lms.accounts.models import RoleGrant, User
from lms.accounts.queries import has_role, is_director, people_with_role, require_role, roles_of, scope_ids
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from tests.cast import make_person
from tests.races import at_once, meeting

NOW = datetime(2030, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def fresh(user) -> User:
    """The person as the next request finds her."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("scope", "scope_id", "asked", "held"),
    [
        (Scope.INSTITUTE, None, {}, True),
        (Scope.INSTITUTE, None, {"program": 1}, True),
        (Scope.INSTITUTE, None, {"cohort": 1}, True),
        (Scope.PROGRAM, 1, {}, False),
        (Scope.PROGRAM, 1, {"program": 1}, True),
        (Scope.PROGRAM, 1, {"program": 2}, False),
        (Scope.PROGRAM, 1, {"cohort": 1}, False),
        (Scope.COHORT, 7, {"cohort": 7}, True),
        (Scope.COHORT, 7, {"cohort": 8}, False),
        (Scope.COHORT, 7, {"program": 7}, False),
        (Scope.COHORT, 7, {"program": 1, "cohort": 7}, True),
        (Scope.CASE, 3, {"program": 3, "cohort": 3}, False),
    ],
)
@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_as_far_as_its_scope(cast, role, scope, scope_id, asked, held):
    grant_role(cast.trainee, role, by=cast.director, scope=scope, scope_id=scope_id)
    person = fresh(cast.trainee)
    assert has_role(person, role, **asked) is held
    assert [other for other in Role if other != role and has_role(person, other, **asked)] == []
    assert roles_of(person) == {role.value}


@pytest.mark.parametrize(
    ("begins", "ends", "held"),
    [
        (NOW - DAY, None, True),
        (NOW, None, True),
        (NOW + DAY, None, False),
        (NOW - DAY, NOW + DAY, True),
        (NOW - DAY, NOW, False),
        (NOW - 2 * DAY, NOW - DAY, False),
        (NOW - DAY, NOW + timedelta(microseconds=1), True),
    ],
)
def test_a_role_is_held_from_its_beginning_until_just_before_its_end(cast, begins, ends, held):
    RoleGrant.objects.create(person=cast.trainee, role=Role.FACULTY, valid_from=begins, valid_until=ends)
    with time_machine.travel(NOW, tick=False):
        assert has_role(fresh(cast.trainee), Role.FACULTY) is held
        assert (cast.trainee in people_with_role(Role.FACULTY)) is held


@pytest.mark.parametrize(
    ("grants", "ids"),
    [
        ([], set()),
        ([(Scope.COHORT, 4), (Scope.COHORT, 5)], {4, 5}),
        ([(Scope.PROGRAM, 4)], set()),
        ([(Scope.COHORT, 4), (Scope.INSTITUTE, None)], None),
    ],
)
def test_the_cohorts_of_a_role(cast, grants, ids):
    for scope, scope_id in grants:
        grant_role(cast.trainee, Role.FACULTY, by=cast.director, scope=scope, scope_id=scope_id)
    assert scope_ids(fresh(cast.trainee), Role.FACULTY, Scope.COHORT) == ids


def test_visitors_hold_nothing(client):
    from django.contrib.auth.models import AnonymousUser

    assert (roles_of(AnonymousUser()), is_director(AnonymousUser())) == (set(), False)
    with pytest.raises(PermissionDenied):
        require_role(AnonymousUser(), *Role)


def test_giving_a_role_is_audited_and_acts_on_the_next_request(cast):
    client = cast.client("trainee")
    assert client.get("/cms/").status_code == 302
    grant = grant_role(cast.trainee, Role.DIRECTOR, by=cast.director, reason="Joined")
    assert (client.get("/cms/").status_code, client.get("/desk/").status_code) == (200, 200)
    entry = AuditEntry.objects.get(action="accounts.role.granted", object_id=grant.pk)
    assert (entry.actor, entry.data) == (
        cast.director,
        {"role": "director", "scope": "institute", "scope_id": None, "person": cast.trainee.pk, "until": None},
    )


def test_ending_a_role_closes_everything_on_the_next_request_and_keeps_the_row(cast):
    client = cast.client("second_director")
    assert (client.get("/cms/").status_code, client.get("/desk/").status_code) == (200, 200)
    grant = RoleGrant.objects.get(person=cast.second_director)
    end_role(grant, by=cast.director, reason="Left")
    assert (client.get("/cms/", follow=True).status_code, client.get("/desk/").status_code) == (403, 403)
    assert RoleGrant.objects.filter(pk=grant.pk, valid_until__lte=timezone.now()).exists()
    assert AuditEntry.objects.filter(action="accounts.role.ended", object_id=grant.pk, actor=cast.director).count() == 1


def test_a_role_that_runs_out_by_the_calendar_closes_the_cms_without_the_nightly_round(cast):
    grant_role(cast.trainee, Role.FACULTY, by=cast.director, valid_until=timezone.now() + timedelta(hours=1))
    client = cast.client("trainee")
    assert client.get("/cms/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert client.get("/cms/", follow=True).status_code == 403


def test_groups_follow_the_roles(cast):
    def groups():
        return set(cast.trainee.groups.values_list("name", flat=True))

    faculty = grant_role(cast.trainee, Role.FACULTY, by=cast.director)
    grant_role(cast.trainee, Role.REGISTRAR, by=cast.director, valid_until=timezone.now() + DAY)
    assert groups() == {"Faculty", "Registrars"}
    end_role(faculty, by=cast.director)
    assert groups() == {"Registrars"}
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert mirror_all_roles() == 1
        assert mirror_all_roles() == 0
    assert groups() == set()


def test_every_role_has_its_group(db):
    from django.contrib.auth.models import Group

    assert {GROUP_NAMES[role] for role in Role} <= set(Group.objects.values_list("name", flat=True))


def test_nobody_gives_herself_a_role(cast):
    with pytest.raises(Refusal, match="Nobody can give themselves"):
        grant_role(cast.director, Role.REGISTRAR, by=cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(person=cast.director, role=Role.REGISTRAR, granted_by=cast.director)


@pytest.mark.parametrize("name", ["trainee", "supervisor", "faculty", "registrar"])
def test_only_a_director_gives_and_ends_roles(cast, name):
    somebody = getattr(cast, name)
    with pytest.raises(Refusal, match="by a program director"):
        grant_role(cast.other_trainee, Role.SUPERVISOR, by=somebody)
    with pytest.raises(Refusal, match="by a program director"):
        end_role(RoleGrant.objects.get(person=cast.second_director), by=somebody)
    assert is_director(fresh(cast.second_director))


def test_a_role_cannot_end_before_it_begins_or_twice(cast):
    with pytest.raises(Refusal, match="must end after"):
        grant_role(cast.trainee, Role.FACULTY, by=cast.director, valid_until=timezone.now())
    grant = grant_role(cast.trainee, Role.FACULTY, by=cast.director)
    end_role(grant, by=cast.director)
    with pytest.raises(Refusal, match="already ended"):
        end_role(grant, by=cast.director)


def test_a_role_that_has_not_begun_can_be_ended(cast):
    tomorrow = timezone.now() + DAY
    grant = RoleGrant.objects.create(person=cast.trainee, role=Role.FACULTY, valid_from=tomorrow)
    end_role(grant, by=cast.director)
    with time_machine.travel(tomorrow + DAY):
        assert not has_role(fresh(cast.trainee), Role.FACULTY)


@pytest.mark.parametrize(
    ("first", "second", "ends"), [(None, 5, None), (5, None, None), (5, 9, 9), (9, 5, 9), (5, 5, 5), (None, None, None)]
)
def test_giving_a_held_role_again_keeps_one_grant_with_the_later_end(cast, first, second, ends):
    with time_machine.travel(NOW, tick=False):
        for days in (first, second):
            grant_role(
                cast.trainee, Role.FACULTY, by=cast.director, valid_until=days and timezone.now() + timedelta(days=days)
            )
    assert list(RoleGrant.objects.filter(person=cast.trainee).values_list("valid_until", flat=True)) == [
        ends and NOW + timedelta(days=ends)
    ]


def test_a_role_can_be_given_again_after_it_ended(cast):
    end_role(grant_role(cast.trainee, Role.FACULTY, by=cast.director), by=cast.director)
    grant_role(cast.trainee, Role.FACULTY, by=cast.second_director)
    assert RoleGrant.objects.filter(person=cast.trainee).count() == 2
    assert has_role(fresh(cast.trainee), Role.FACULTY)


@pytest.mark.parametrize(("scope", "scope_id"), [(Scope.INSTITUTE, 3), (Scope.COHORT, None)])
def test_a_scope_without_its_object_is_refused_by_the_database(cast, scope, scope_id):
    with pytest.raises(IntegrityError), transaction.atomic():
        grant_role(cast.trainee, Role.FACULTY, by=None, scope=scope, scope_id=scope_id)


@pytest.mark.parametrize("change", [{"role": "director"}, {"person_id": 999_999}, {"scope_id": 9}, {"valid_from": NOW}])
def test_the_database_refuses_to_rewrite_a_grant(cast, change):
    grant = grant_role(cast.trainee, Role.FACULTY, by=cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk)._raw_delete("default")


def test_a_rolled_back_grant_leaves_no_audit_row(cast):
    before = AuditEntry.objects.count()
    with transaction.atomic():
        grant_role(cast.trainee, Role.FACULTY, by=cast.director)
        transaction.set_rollback(True)
    assert (AuditEntry.objects.count(), RoleGrant.objects.filter(person=cast.trainee).count()) == (before, 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_parallel_grants_make_one_row(guarded, monkeypatch):
    """Dated grants, which no unique constraint covers: only the lock on the person keeps them apart."""
    person = make_person("trainee")
    if not guarded:
        look = meeting(as_seen_now(RoleGrant.objects.active), 4)
        monkeypatch.setattr(actions.RoleGrant.objects, "active", look)
        monkeypatch.setattr(actions, "grant_role", grant_role.__wrapped__)
        monkeypatch.setattr(User.objects, "select_for_update", User.objects.all)
    ends = timezone.now() + DAY
    at_once(4, lambda _: actions.grant_role(person, Role.FACULTY, by=None, valid_until=ends))
    rows = RoleGrant.objects.filter(person=person).count()
    assert (rows == 1) is guarded, rows


def as_seen_now(query):
    """The same query, answered at once: what somebody sees before she writes."""

    def look(*args, **kwargs):
        rows = query(*args, **kwargs)
        return rows.filter(pk__in=list(rows.values_list("pk", flat=True)))

    return look


def test_the_command_makes_the_first_director(cast, capsys):
    call_command("grant_role", "Trainee@example.org", "director")
    assert capsys.readouterr().out == "trainee@example.org is program director now.\n"
    assert is_director(fresh(cast.trainee))


@pytest.mark.parametrize("arguments", [("nobody@example.org", "director"), ("trainee@example.org", "king")])
def test_the_command_refuses_an_unknown_person_and_an_unknown_role(cast, arguments):
    with pytest.raises(CommandError):
        call_command("grant_role", *arguments)
