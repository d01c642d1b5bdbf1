"""Sensitive text: unreadable in the database, unreadable without the key, not to be searched."""

from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import F

from lms.clock.models import Adjustment, Cause
from lms.fields import DecryptionFailed, decrypt, encrypt

SECRET = "Her mother is ill, naïve 你好"


@pytest.fixture
def adjustment(cast) -> Adjustment:
    return Adjustment.objects.create(
        person=cast.trainee, cause=Cause.LEAVE, since=date(2026, 3, 1), days=5, reason=SECRET
    )


def stored_reason(adjustment) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select reason from clock_adjustment where id = %s", [adjustment.pk])
        return cursor.fetchone()[0]


def test_the_text_is_encrypted_at_rest_and_comes_back_whole(adjustment):
    stored = stored_reason(adjustment)
    assert (stored.startswith("enc1:"), "mother" in stored) == (True, False)
    assert Adjustment.objects.get(pk=adjustment.pk).reason == SECRET


def test_the_same_text_never_looks_the_same_twice():
    assert encrypt(SECRET) != encrypt(SECRET)


def test_an_empty_text_stays_empty(cast):
    empty = Adjustment.objects.create(person=cast.trainee, cause=Cause.LEAVE, since=date(2026, 3, 1), days=5)
    assert (stored_reason(empty), Adjustment.objects.get(pk=empty.pk).reason) == ("", "")


def test_text_that_looks_encrypted_is_encrypted_like_any_other():
    assert decrypt(encrypt("enc1:abc")) == "enc1:abc"


def test_a_lost_key_is_an_error_and_never_an_empty_text(adjustment, settings):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(DecryptionFailed):
        Adjustment.objects.get(pk=adjustment.pk)


@pytest.mark.parametrize("stored", ["clear text", "enc1:", "enc1:AAAA", "enc1:é"])
def test_a_stored_text_that_was_never_encrypted_is_an_error(stored):
    with pytest.raises(DecryptionFailed):
        decrypt(stored)


def test_a_new_key_in_front_still_reads_what_the_old_one_wrote(adjustment, settings):
    old = settings.FIELD_ENCRYPTION_KEYS
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *old]
    row = Adjustment.objects.get(pk=adjustment.pk)
    assert row.reason == SECRET
    written_now = encrypt(SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert decrypt(written_now) == SECRET


@pytest.mark.parametrize(
    "lookup", ["reason", "reason__exact", "reason__icontains", "reason__startswith", "reason__in", "reason__gt"]
)
def test_every_search_is_refused(adjustment, lookup):
    value = [SECRET] if lookup.endswith("__in") else SECRET
    with pytest.raises(FieldError, match="cannot be looked up"):
        Adjustment.objects.filter(**{lookup: value}).count()


def test_asking_whether_there_is_a_text_is_allowed(adjustment):
    assert Adjustment.objects.filter(reason__isnull=False).count() == 1


def test_the_text_is_read_through_annotations_too(adjustment):
    assert Adjustment.objects.annotate(why=F("reason")).values_list("why", flat=True).get() == SECRET
