"""The system checks: each names what is wrong and what to do."""

import pytest

from lms.web import checks


def found(check) -> list[str]:
    messages = check(None)
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


@pytest.mark.parametrize(
    ("backend", "ids"),
    [
        ("django.core.cache.backends.locmem.LocMemCache", ["plumbline.W001"]),
        ("django.core.cache.backends.dummy.DummyCache", ["plumbline.W001"]),
        ("django.core.cache.backends.db.DatabaseCache", []),
        ("django.core.cache.backends.redis.RedisCache", []),
    ],
)
def test_a_cache_in_one_process_is_named(settings, backend, ids):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "x"}}
    assert found(checks.shared_cache) == ids


def test_well_known_secrets_are_named_one_by_one(settings):
    settings.SECRET_KEY = settings.SIGNING_KEYS_PASSPHRASE = "x-known-to-everybody-x"
    messages = checks.known_secrets(None)
    assert [message.msg.split()[0] for message in messages] == ["SECRET_KEY", "SIGNING_KEYS_PASSPHRASE"]
    settings.SECRET_KEY = settings.SIGNING_KEYS_PASSPHRASE = "random"
    assert found(checks.known_secrets) == []


@pytest.mark.parametrize(
    ("https", "demo", "ids"),
    [
        (True, False, []),
        (False, False, ["plumbline.E002"]),
        (True, True, ["plumbline.E003"]),
        (False, True, ["plumbline.E002", "plumbline.E003"]),
    ],
)
def test_a_demonstration_and_plain_http_are_named(settings, https, demo, ids):
    settings.IS_HTTPS, settings.DEMO = https, demo
    assert found(checks.public_address) == ids
