import pytest
from django.db import DatabaseError, transaction

from lms.audit.actions import NotInTransaction, first_broken_entry, record, seal_entries
from lms.audit.models import AuditEntry
from lms.audit.names import UnknownAuditAction


def test_an_unregistered_act_is_refused(cast):
    with pytest.raises(UnknownAuditAction):
        record("audit.nothing.happened", by=cast.director, about=cast.trainee)


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_refused(django_user_model):
    person = django_user_model.objects.create_user("a@example.org", display_name="A")
    with pytest.raises(NotInTransaction):
        record("accounts.profile.changed", by=person, about=person)


@pytest.mark.parametrize(
    "change",
    [lambda rows: rows.update(action="accounts.role.granted"), lambda rows: rows.delete()],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_the_trail(cast, change):
    entry = record("accounts.profile.changed", by=cast.trainee, about=cast.trainee)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(AuditEntry.objects.filter(pk=entry.pk))


def test_sealing_chains_every_entry_once(cast):
    entries = AuditEntry.objects.count()
    assert entries > 0
    assert seal_entries() == entries
    assert seal_entries() == 0
    assert first_broken_entry() is None
