"""Queries whose SQL is written once: the same rows as the queryset they are made from."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, models
from django.utils import timezone

from lms.accounts.actions import end_role, grant_role
from lms.accounts.enums import Role
from lms.accounts.models import RoleGrant, User
from lms.accounts.queries import has_role, person_with_roles, roles_of
from lms.web.prepared import PreparedQuery
from tests.cast import make_person

by_email = PreparedQuery(lambda email: User.objects.filter(email=email), email=models.CharField())
grants = PreparedQuery(
    lambda person, since: (
        RoleGrant.objects.filter(person=person, valid_from__gte=since)
        .select_related("person")
        .defer("reason")
        .order_by("role")
    ),
    person=models.BigIntegerField(),
    since=models.DateTimeField(),
)


def test_it_finds_what_the_queryset_finds_each_time_with_other_values(cast):
    assert by_email(email=cast.trainee.email) == [cast.trainee]
    assert by_email(email=cast.director.email) == [cast.director]
    assert by_email(email="nobody@example.org") == []


def test_joins_and_deferred_columns_come_as_in_the_queryset(cast, django_assert_num_queries):
    grant_role(cast.director, Role.FACULTY, by=None)
    since = timezone.now() - timedelta(days=1)
    with django_assert_num_queries(1):
        rows = grants(person=cast.director.pk, since=since)
        assert [(row.role, row.person.email) for row in rows] == [
            ("director", cast.director.email),
            ("faculty", cast.director.email),
        ]
    assert rows[0].get_deferred_fields() == {"reason"}
    assert grants(person=cast.director.pk, since=timezone.now() + timedelta(days=1)) == []


def test_a_value_is_data_and_never_sql(cast):
    assert by_email(email="' OR 1=1 --") == []
    assert by_email(email="%s") == []


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40])
def test_a_number_that_no_row_can_hold_is_found_nowhere(cast, number):
    assert grants(person=number, since=timezone.now()) == []


@pytest.mark.parametrize("word", ["50 %", "%s", "O'Hara", "back\\slash", "100 %% sure"])
def test_a_constant_is_data_and_never_sql(cast, word):
    """PostgreSQL is given constants as literals; a slot beside them stays a slot."""
    User.objects.filter(pk=cast.trainee.pk).update(display_name=word)
    named = PreparedQuery(
        lambda email: (
            User.objects.filter(email=email, display_name=word, is_active=True)
            .annotate(said=models.Value(word))
            .order_by("pk")[:3]
        ),
        email=models.CharField(),
    )
    assert [(person.pk, person.said) for person in named(email=cast.trainee.email)] == [(cast.trainee.pk, word)]
    assert named(email=cast.director.email) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans")
def test_only_the_slots_are_left_to_be_filled(cast):
    of_role = PreparedQuery(
        lambda person: RoleGrant.objects.filter(role=Role.DIRECTOR, person=person), person=models.BigIntegerField()
    )
    assert [grant.person_id for grant in of_role(person=cast.director.pk)] == [cast.director.pk]
    _, _, sql, parts = of_role._written
    assert "'director'" in sql
    assert len(parts) == sql.count("%s") == 1


def test_a_value_that_is_missing_is_an_error(cast):
    with pytest.raises(KeyError):
        by_email()


@pytest.mark.django_db(transaction=True)
def test_threads_use_their_own_connections():
    person, found = make_person("trainee"), []

    def look():
        found.append([row.pk for row in by_email(email=person.email)])
        connection.close()

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[person.pk]] * 4


def test_a_signed_in_person_comes_with_roles_and_facts_in_one_query(cast, django_assert_num_queries):
    grant_role(cast.director, Role.FACULTY, by=None)
    with django_assert_num_queries(1):
        person = person_with_roles(cast.director.pk)
        assert roles_of(person) == {Role.DIRECTOR, Role.FACULTY}
        assert has_role(person, Role.DIRECTOR)
        assert person.has_enrolment is False
    with django_assert_num_queries(1):
        assert roles_of(person_with_roles(cast.trainee.pk)) == set()
    assert person_with_roles(0) is None


def test_a_role_acts_with_the_next_request(cast):
    client = cast.client("registrar")
    assert client.get("/desk/").status_code == 200
    end_role(cast.registrar.role_grants.get(), by=cast.director)
    assert client.get("/desk/").status_code == 403
    grant_role(cast.registrar, Role.REGISTRAR, by=cast.director)
    assert client.get("/desk/").status_code == 200
    cast.registrar.is_active = False
    cast.registrar.save()
    assert client.get("/desk/").status_code == 302


def test_roles_of_other_times_are_not_held(cast):
    now = timezone.now()
    RoleGrant.objects.create(person=cast.trainee, role=Role.FACULTY, valid_from=now + timedelta(days=1))
    RoleGrant.objects.create(
        person=cast.trainee, role=Role.SUPERVISOR, valid_from=now - timedelta(days=2), valid_until=now
    )
    assert roles_of(person_with_roles(cast.trainee.pk)) == set()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite plans each statement in no time")
def test_postgresql_plans_it_once_for_a_connection_and_nothing_else(cast):
    def planned() -> tuple[int, int]:
        """How many statements, and how often one was planned for its values alone."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), coalesce(sum(custom_plans), 0) FROM pg_prepared_statements"
                " WHERE statement LIKE '%%accounts_user%%'"
            )
            return cursor.fetchone()

    number, _ = planned()
    for person in (cast.trainee, cast.director, cast.supervisor):
        assert by_email(email=person.email) == [person]
        assert User.objects.get(email=person.email) == person
    assert planned() == (number + 1, 0)
