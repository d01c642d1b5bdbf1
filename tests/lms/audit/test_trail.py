"""The audit trail: written with the act, never changed, and chained so that a change would show."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from lms.accounts.actions import confirm_legal_name
from lms.accounts.enums import Role
from lms.audit import actions
from lms.audit.actions import NotInTransaction, first_broken_entry, record, seal_entries
from lms.audit.chain import Link, first_break, link_hash
from lms.audit.models import AuditEntry, AuditSeal
from lms.audit.names import UnknownAuditAction, register_actions, registered_actions
from lms.audit.queries import entries_about, sealed_head
from tests.cast import make_person
from tests.races import at_once, meeting


def test_an_act_is_recorded_with_who_what_and_plain_values(cast):
    entry = record("accounts.profile.changed", by=cast.trainee, about=cast.supervisor, on=datetime(2026, 3, 1).date())
    entry.refresh_from_db()
    assert (entry.actor, entry.action, entry.object_type, entry.object_id, entry.data, entry.request_id) == (
        cast.trainee,
        "accounts.profile.changed",
        "accounts.user",
        str(cast.supervisor.pk),
        {"on": "2026-03-01"},
        "",
    )


def test_the_system_itself_is_nobody(cast):
    assert record("accounts.profile.changed", by=None, about=cast.trainee).actor is None


def test_an_act_in_a_request_carries_the_requests_id(cast):
    client = cast.client("trainee")
    data = {"legal_name": "Noor", "confirm": "on", "form_key": "0b0e7b9e-1f0e-4b53-9a52-000000000001"}
    client.post("/profile/legal-name/", data, headers={"X-Request-ID": "proxy-0123456789"})
    assert AuditEntry.objects.get(action="accounts.name.confirmed").request_id == "proxy-0123456789"


def test_an_unregistered_act_is_refused(cast):
    with pytest.raises(UnknownAuditAction):
        record("audit.nothing.happened", by=cast.director, about=cast.trainee)


@pytest.mark.parametrize(
    "name", ["granted", "role.granted", "accounts.role.granted.twice", "Accounts.Role.Granted", ""]
)
def test_a_name_that_is_not_app_noun_verb_cannot_be_registered(name):
    with pytest.raises(ValueError, match=r"app\.noun\.verb"):
        register_actions({name: "x"})
    assert name not in registered_actions()


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_refused(django_user_model):
    person = django_user_model.objects.create_user("a@example.org", display_name="A")
    with pytest.raises(NotInTransaction):
        record("accounts.profile.changed", by=person, about=person)


def test_an_act_that_is_rolled_back_leaves_no_row(cast):
    before = AuditEntry.objects.count()
    with transaction.atomic():
        confirm_legal_name(cast.trainee, legal_name="Noor")
        assert AuditEntry.objects.count() == before + 1
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "change",
    [lambda rows: rows.update(action="accounts.role.granted"), lambda rows: rows.delete()],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_the_trail(cast, change):
    entry = record("accounts.profile.changed", by=cast.trainee, about=cast.trainee)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(AuditEntry.objects.filter(pk=entry.pk))


def test_what_happened_to_one_record_in_its_order(cast):
    first = record("accounts.profile.changed", by=cast.trainee, about=cast.trainee)
    record("accounts.profile.changed", by=cast.trainee, about=cast.other_trainee)
    second = record("accounts.name.confirmed", by=cast.trainee, about=cast.trainee)
    assert list(entries_about(cast.trainee)) == [first, second]


# The chain ----------------------------------------------------------------------------------------------------------


def test_sealing_chains_every_entry_once(cast):
    entries = AuditEntry.objects.count()
    assert entries > 0
    assert seal_entries() == entries
    assert seal_entries() == 0
    assert list(AuditSeal.objects.values_list("number", flat=True)) == list(range(1, entries + 1))
    assert first_broken_entry() is None


def test_sealing_goes_on_where_it_ended_over_several_batches(cast, monkeypatch):
    seal_entries()
    monkeypatch.setattr(actions, "BATCH", 2)
    for _ in range(5):
        record("accounts.profile.changed", by=cast.trainee, about=cast.trainee)
    assert seal_entries() == 5
    assert first_broken_entry() is None


@pytest.mark.parametrize(
    "column_and_value",
    [
        ("action", "accounts.role.granted"),
        ("object_id", "999"),
        ("object_type", "x.y"),
        ("actor_id", None),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("data", '{"fields": []}'),
    ],
    ids=lambda value: value[0],
)
def test_an_altered_row_is_found_even_when_the_trigger_was_switched_off(cast, column_and_value):
    column, value = column_and_value
    record("accounts.profile.changed", by=cast.trainee, about=cast.trainee, fields=["time_zone"])
    seal_entries()
    victim = AuditEntry.objects.order_by("-id")[0].pk
    with connection.cursor() as cursor:
        switch_off = {
            "sqlite": "drop trigger audit_auditentry_no_update",
            "postgresql": "drop trigger audit_auditentry_no_update on audit_auditentry",
        }
        cursor.execute(switch_off[connection.vendor])
        cursor.execute(f"update audit_auditentry set {column} = %s where id = %s", [value, victim])  # noqa: S608
    assert first_broken_entry() == victim


def test_a_cut_tail_changes_the_published_head(cast, client):
    record("accounts.profile.changed", by=cast.trainee, about=cast.trainee)
    seal_entries()
    published = client.get("/.well-known/audit-head.json").json()
    assert (published["number"], published["sha256"]) == (sealed_head().number, sealed_head().hash)
    with connection.cursor() as cursor:
        for table in ("audit_auditseal", "audit_auditentry"):
            on_table = f" on {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"drop trigger {table}_no_delete{on_table}")
        cursor.execute("delete from audit_auditseal where number = %s", [published["number"]])
    assert first_broken_entry() is None, "the rest is a whole chain"
    assert client.get("/.well-known/audit-head.json").json()["sha256"] != published["sha256"]


def test_the_head_of_an_empty_trail(client, db):
    answer = client.get("/.well-known/audit-head.json")
    assert (answer.json(), answer["Cache-Control"]) == ({"number": 0}, "public, max-age=300")


LINK = Link(7, "2026-03-01T10:00:00+00:00", 3, "accounts.role.granted", "accounts.rolegrant", "12", '{"role": "x"}')


def test_a_link_covers_every_value_and_the_link_before():
    fields = [{"id": 8}, {"at": ""}, {"actor": None}, {"action": ""}, {"object_type": ""}, {"object_id": ""}]
    changed = [Link(**(vars(LINK) | change)) for change in [*fields, {"data": "{}"}]]
    hashes = {link_hash(link, "") for link in [LINK, *changed]} | {link_hash(LINK, "before")}
    assert len(hashes) == 9
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in hashes)


def test_a_break_is_found_at_the_first_row_that_does_not_follow():
    first = link_hash(LINK, "")
    second = link_hash(LINK, first)
    assert first_break([(LINK, "", first), (LINK, first, second)]) is None
    assert first_break([(LINK, "", first), (LINK, "", link_hash(LINK, ""))]) == 7
    assert first_break([(LINK, "", second)]) == 7
    assert first_break([]) is None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_workers_seal_at_once_without_a_fork(guarded, monkeypatch):
    """Without the lock both take the same next number, and one of them fails."""
    for name in ("a", "b", "c"):
        make_person(name, role=Role.DIRECTOR)
    if not guarded:
        monkeypatch.setattr(actions, "_seal_batch", actions._seal_batch.__wrapped__)
        monkeypatch.setattr(AuditEntry.objects, "select_for_update", AuditEntry.objects.all)
        monkeypatch.setattr(actions, "link_hash", meeting(actions.link_hash, 4))
    results = at_once(4, lambda _: actions.seal_entries())
    failed = [result for result in results if isinstance(result, Exception)]
    assert (failed == []) is guarded, results
    assert first_broken_entry() is None


def test_the_data_of_an_entry_reads_the_same_after_a_round_through_the_database(cast):
    values = {"a": 1, "b": [1, 2], "c": None, "d": "ü", "e": {"z": 1, "a": 2}, "f": 1.5}
    entry = record("accounts.profile.changed", by=None, about=cast.trainee, **values)
    assert json.loads(actions.link_of(AuditEntry.objects.get(pk=entry.pk)).data) == values
    assert entry.at.tzinfo == UTC
