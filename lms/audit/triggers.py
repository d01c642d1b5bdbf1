"""Database triggers that keep evidence as it was written, on SQLite and PostgreSQL alike.

An app registers its triggers in `AppConfig.ready()`; they are (re)installed after every `migrate`, because SQLite
drops a table's triggers whenever a migration rebuilds the table. A refused change raises `IntegrityError`.
"""

from dataclasses import dataclass, field
from typing import Protocol

from django.db import connections

_POSTGRES_FUNCTION = """
create or replace function plumbline_refuse() returns trigger language plpgsql as $$
begin
  raise exception '%', tg_argv[0] using errcode = '23514';
end $$;
"""


@dataclass(frozen=True)
class Guard:
    """Refuse `event` (insert, update or delete) on rows of `table` for which `when` holds: SQL over OLD and NEW.

    `looks_up` says that `when` reads another table, which PostgreSQL allows only inside a function. With `writes` nothing
    is refused: after the event the database itself runs that statement, SQL over NEW, in the same transaction.
    """

    table: str
    event: str
    name: str
    message: str
    when: str = ""
    looks_up: bool = False
    writes: str = ""

    @property
    def trigger(self) -> str:
        return f"{self.table}_{self.name}"[:60]


@dataclass(frozen=True)
class AppendOnly:
    """Rows are inserted and then never changed or deleted."""

    table: str

    def guards(self) -> list[Guard]:
        message = f"{self.table} is append-only"
        return [
            Guard(self.table, "update", "no_update", message),
            Guard(self.table, "delete", "no_delete", message),
        ]


@dataclass(frozen=True)
class FrozenColumns:
    """These columns never change after the insert, and rows are never deleted."""

    table: str
    columns: tuple[str, ...]

    def guards(self) -> list[Guard]:
        changed = " or ".join(f"OLD.{column} is distinct from NEW.{column}" for column in self.columns)
        return [
            Guard(self.table, "update", "frozen", f"{self.table}: what was written is never changed", changed),
            Guard(self.table, "delete", "no_delete", f"{self.table} is never deleted"),
        ]


@dataclass(frozen=True)
class FrozenWhen:
    """Rows whose OLD values satisfy `condition` keep `columns` (all others may change) and are never deleted.

    `condition` is SQL over OLD, for example "OLD.state = 'approved'".
    """

    table: str
    condition: str
    columns: tuple[str, ...] = field(default_factory=tuple)
    name: str = "frozen_when"

    def guards(self) -> list[Guard]:
        changed = " or ".join(f"OLD.{column} is distinct from NEW.{column}" for column in self.columns)
        message = f"{self.table}: this row is closed"
        return [
            Guard(self.table, "update", self.name, message, f"({self.condition}) and ({changed})"),
            Guard(self.table, "delete", f"{self.name}_keep", message, self.condition),
        ]


@dataclass(frozen=True)
class ClosedParent:
    """No row is added to a parent that is closed. `condition` is SQL over PARENT, such as "PARENT.state = 'approved'"."""

    table: str
    column: str
    parent: str
    condition: str

    def guards(self) -> list[Guard]:
        within = f"PARENT.id = NEW.{self.column} and ({self.condition})"
        closed = f"exists (select 1 from {self.parent} PARENT where {within})"  # noqa: S608 - names from our own code
        message = f"{self.table}: what this row would belong to is closed"
        return [Guard(self.table, "insert", "no_insert", message, closed, looks_up=True)]


@dataclass(frozen=True)
class AlsoWritten:
    """Whatever happens here by `events` is written elsewhere as well, by `statement`, SQL over NEW: for what must be noted
    of the hottest acts, which cannot pay for a statement of their own."""

    table: str
    name: str
    statement: str
    events: tuple[str, ...] = ("insert", "update")

    def guards(self) -> list[Guard]:
        return [Guard(self.table, event, f"{self.name}_{event}", "", writes=self.statement) for event in self.events]


@dataclass(frozen=True)
class FrozenWithParent:
    """While the parent is closed, rows that belong to it keep `columns` and are not deleted.

    `condition` is SQL over PARENT; when the parent is opened again, its rows can be written again.
    """

    table: str
    column: str
    parent: str
    condition: str
    columns: tuple[str, ...] = field(default_factory=tuple)

    def guards(self) -> list[Guard]:
        within = f"PARENT.id = OLD.{self.column} and ({self.condition})"
        closed = f"exists (select 1 from {self.parent} PARENT where {within})"  # noqa: S608 - names from our own code
        changed = " or ".join(f"OLD.{column} is distinct from NEW.{column}" for column in self.columns)
        message = f"{self.table}: what this row belongs to is closed"
        return [
            Guard(self.table, "update", "frozen_when", message, f"({changed}) and {closed}", looks_up=True),
            Guard(self.table, "delete", "frozen_when_keep", message, closed, looks_up=True),
        ]


class Rule(Protocol):
    """Any rule about one table; a room writes its own where none of those above says what it must hold."""

    table: str

    def guards(self) -> list[Guard]: ...


_registered: list[Rule] = []


def register(rule: Rule) -> None:
    if rule not in _registered:
        _registered.append(rule)


def registered_guards() -> list[Guard]:
    return [guard for rule in _registered for guard in rule.guards()]


def install_all(using: str = "default", **kwargs) -> None:
    """Install every registered trigger whose table exists by now; safe to repeat."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    install = {"sqlite": _install_on_sqlite, "postgresql": _install_on_postgresql}[connection.vendor]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for guard in registered_guards():
            if guard.table in tables:
                install(cursor, guard)
        if connection.vendor == "postgresql":
            for rule in _registered:
                if isinstance(rule, AppendOnly) and rule.table in tables:
                    _forbid_truncate(cursor, rule.table)


def drop_triggers_reading(table: str):
    """For `RunPython`, before a migration that rebuilds `table`: SQLite cannot rename a table that a trigger of another one
    reads. They are back after the migrations, like all triggers. PostgreSQL needs none of it."""

    def drop(apps, schema_editor):
        if schema_editor.connection.vendor != "sqlite":
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE %s", [f"%{table}%"])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {schema_editor.quote_name(name)}")

    return drop


def _install_on_sqlite(cursor, guard: Guard) -> None:
    when = f"WHEN {guard.when}" if guard.when else ""
    cursor.execute(f"DROP TRIGGER IF EXISTS {guard.trigger}")
    if guard.writes:
        cursor.execute(
            f"CREATE TRIGGER {guard.trigger} AFTER {guard.event.upper()} ON {guard.table} FOR EACH ROW {when} "
            f"BEGIN {guard.writes}; END"
        )
        return
    cursor.execute(
        f"CREATE TRIGGER {guard.trigger} BEFORE {guard.event.upper()} ON {guard.table} FOR EACH ROW {when} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
    )


def _install_on_postgresql(cursor, guard: Guard) -> None:
    if guard.looks_up or guard.writes:
        _install_function_on_postgresql(cursor, guard)
        return
    when = f"WHEN ({guard.when})" if guard.when else ""
    cursor.execute(
        f"CREATE OR REPLACE TRIGGER {guard.trigger} BEFORE {guard.event.upper()} ON {guard.table} FOR EACH ROW {when} "
        f"EXECUTE FUNCTION plumbline_refuse('{guard.message}')"
    )


def _install_function_on_postgresql(cursor, guard: Guard) -> None:
    moment = "AFTER" if guard.writes else "BEFORE"
    does = guard.writes or f"RAISE EXCEPTION '{guard.message}' USING errcode = '23514'"
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {guard.trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {guard.when or 'true'} THEN {does}; END IF; "
        f"RETURN {'OLD' if guard.event == 'delete' else 'NEW'}; END $$"
    )
    cursor.execute(
        f"CREATE OR REPLACE TRIGGER {guard.trigger} {moment} {guard.event.upper()} ON {guard.table} FOR EACH ROW "
        f"EXECUTE FUNCTION {guard.trigger}()"
    )


def _forbid_truncate(cursor, table: str) -> None:
    cursor.execute(
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION plumbline_refuse('{table} is append-only')"
    )
