"""The triggers that the code promises are the triggers that the database has."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from lms.audit import triggers
from lms.audit.triggers import AppendOnly, FrozenColumns, FrozenWhen, Guard


def triggers_of_the_database() -> dict[str, str]:
    """Trigger name -> table, of ours."""
    queries = {
        "sqlite": "select name, tbl_name from sqlite_master where type = 'trigger'",
        "postgresql": "select tgname, c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid "
        "join pg_proc p on p.oid = t.tgfoid where p.proname in ('plumbline_refuse', t.tgname)",
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        return {name: table for name, table in cursor.fetchall() if "_fts_" not in name and "search" not in name}


def expected_triggers() -> dict[str, str]:
    expected = {guard.trigger: guard.table for guard in triggers.registered_guards()}
    if connection.vendor == "postgresql":
        for rule in triggers._registered:
            if isinstance(rule, AppendOnly):
                expected[f"{rule.table}_no_truncate"] = rule.table
    return expected


def test_after_migrating_the_database_has_every_registered_trigger_and_no_other(db):
    assert triggers_of_the_database() == expected_triggers()


def test_every_guarded_table_exists(db):
    tables = set(connection.introspection.table_names())
    assert {guard.table for guard in triggers.registered_guards()} - tables == set()


def test_no_two_guards_share_a_trigger_name():
    guards = set(triggers.registered_guards())
    assert len({guard.trigger for guard in guards}) == len(guards)
    assert max(len(guard.trigger) for guard in guards) < 60, "a cut name might meet another one"


def test_installing_again_changes_nothing(db):
    before = triggers_of_the_database()
    triggers.install_all()
    assert triggers_of_the_database() == before


def test_a_trigger_that_was_lost_comes_back_with_migrate(db):
    with connection.cursor() as cursor:
        on_table = " on audit_auditentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"drop trigger audit_auditentry_no_update{on_table}")
    assert triggers_of_the_database() != expected_triggers()
    call_command("migrate", verbosity=0)
    assert triggers_of_the_database() == expected_triggers()


TABLE = "trigger_test_paper"


class Paper(models.Model):
    """A table only for these tests."""

    state = models.CharField(max_length=10)
    text = models.CharField(max_length=50, null=True)
    note = models.CharField(max_length=50, default="")

    class Meta:
        app_label = "audit"
        db_table = TABLE
        managed = False


@pytest.fixture
def paper(db):
    """A function that makes the table's one row under a rule."""
    number = {"sqlite": "integer primary key autoincrement", "postgresql": "bigserial primary key"}[connection.vendor]
    with connection.cursor() as cursor:
        # By hand: SQLite's schema editor refuses to work inside a test's transaction.
        cursor.execute(f"create table {TABLE} (id {number}, state varchar(10), text varchar(50), note varchar(50))")

    def under(rule) -> models.QuerySet:
        install = {"sqlite": triggers._install_on_sqlite, "postgresql": triggers._install_on_postgresql}
        with connection.cursor() as cursor:
            for guard in rule.guards():
                install[connection.vendor](cursor, guard)
        row = Paper.objects.create(state="draft", text="one")
        return Paper.objects.filter(pk=row.pk)

    return under


@pytest.mark.parametrize(
    ("rule", "prepare", "change", "allowed"),
    [
        (AppendOnly(TABLE), {}, {"note": "x"}, False),
        (AppendOnly(TABLE), {}, None, False),
        (FrozenColumns(TABLE, ("text",)), {}, {"note": "x"}, True),
        (FrozenColumns(TABLE, ("text",)), {}, {"text": "two"}, False),
        (FrozenColumns(TABLE, ("text",)), {}, {"text": None}, False),
        (FrozenColumns(TABLE, ("text",)), {}, {"text": "one"}, True),
        (FrozenColumns(TABLE, ("text",)), {}, None, False),
        (FrozenWhen(TABLE, "OLD.state = 'approved'", ("text",)), {}, {"text": "two"}, True),
        (FrozenWhen(TABLE, "OLD.state = 'approved'", ("text",)), {}, None, True),
        (FrozenWhen(TABLE, "OLD.state = 'approved'", ("text",)), {"state": "approved"}, {"text": "two"}, False),
        (FrozenWhen(TABLE, "OLD.state = 'approved'", ("text",)), {"state": "approved"}, {"note": "x"}, True),
        (FrozenWhen(TABLE, "OLD.state = 'approved'", ("text",)), {"state": "approved"}, {"state": "draft"}, True),
        (FrozenWhen(TABLE, "OLD.state = 'approved'", ("text",)), {"state": "approved"}, None, False),
    ],
)
def test_what_each_rule_refuses(paper, rule, prepare, change, allowed):
    """`change` None is a deletion."""
    rows = paper(rule)
    if prepare:
        rows.update(**prepare)

    def act():
        with transaction.atomic():
            if change is None:
                rows._raw_delete("default")
            else:
                rows.update(**change)

    if allowed:
        act()
    else:
        with pytest.raises(IntegrityError):
            act()


def test_guards_are_plain_values():
    assert FrozenColumns("a_b", ("x", "y")).guards() == [
        Guard(
            "a_b",
            "update",
            "frozen",
            "a_b: what was written is never changed",
            "OLD.x is distinct from NEW.x or OLD.y is distinct from NEW.y",
        ),
        Guard("a_b", "delete", "no_delete", "a_b is never deleted"),
    ]
