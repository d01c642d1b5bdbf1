"""Does the process live, and is it ready for people?"""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.notices.actions import notify
from lms.web import health


class Forgetful(LocMemCache):
    def get(self, key, default=None, version=None):
        return default


class Broken(LocMemCache):
    def set(self, *args, **kwargs):
        raise ConnectionRefusedError("redis://user:password@cache.internal")


FORGETFUL, BROKEN = (f"{__name__}.{cache.__name__}" for cache in (Forgetful, Broken))
ALL_WELL = {"database": "ok", "migrations": "ok", "cache": "ok", "tasks": "ok"}


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(health, "_known", set())


def ready(client) -> tuple[int, dict]:
    answer = client.get("/readyz")
    body = answer.json()
    assert body["ready"] is (answer.status_code == 200)
    return answer.status_code, {name: body["checks"][name] for name in ALL_WELL}


def test_a_living_process_answers_without_any_query(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


def test_when_all_is_well_the_site_is_ready(client, db):
    assert ready(client) == (200, ALL_WELL)


def test_migrations_are_read_once_in_a_process(client, db):
    def reads_migrations() -> bool:
        with CaptureQueriesContext(connection) as queries:
            client.get("/readyz")
        return any("django_migrations" in query["sql"] for query in queries)

    assert [reads_migrations(), reads_migrations()] == [True, False]


def test_a_missing_migration_is_named(client, db):
    MigrationRecorder.Migration.objects.filter(app="audit", name="0001_initial").delete()
    assert ready(client) == (503, ALL_WELL | {"migrations": "migrations are missing"})


@pytest.mark.parametrize(("backend", "words"), [(FORGETFUL, "the cache forgets"), (BROKEN, "ConnectionRefusedError")])
def test_a_sick_cache_is_named_without_its_address(client, db, settings, backend, words):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "sick"}}
    assert ready(client) == (503, ALL_WELL | {"cache": words})


@pytest.mark.parametrize(("seconds", "status"), [(890, 200), (910, 503)])
def test_a_task_that_waits_too_long_is_named(client, cast, seconds, status):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        notify(cast.trainee, key="k", subject="x", text="x")
        clock.shift(timedelta(seconds=seconds))
        expected = ALL_WELL if status == 200 else ALL_WELL | {"tasks": f"the oldest task has waited {seconds} s"}
        assert ready(client) == (status, expected)


def test_a_sick_database_is_named_and_the_process_still_lives(client, db, monkeypatch):
    def broken():
        raise ConnectionError("postgres://user:password@db.internal")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    assert ready(client) == (503, ALL_WELL | {"database": "ConnectionError"})
    assert client.get("/healthz").status_code == 200
