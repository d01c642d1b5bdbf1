"""Writing very many rows: COPY on PostgreSQL, many at a time elsewhere. Constraints and triggers hold as for any row."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from lms.fields import EncryptedTextField


class Table:
    """Rows of one model that wait to be written. `columns` are given for each row; every other one gets its default."""

    def __init__(self, model: type[models.Model], *columns: str):
        self.model = model
        fields = {field.attname: field for field in model._meta.concrete_fields}
        unknown = set(columns) - set(fields)
        if unknown:
            raise ValueError(f"{model._meta.label} has no {sorted(unknown)}.")
        constant = {name: _default(field) for name, field in fields.items() if name not in columns}
        self.has_own_key = isinstance(model._meta.pk, models.AutoField) and model._meta.pk.attname not in columns
        if self.has_own_key:
            constant.pop(model._meta.pk.attname)
        given = [fields[name] for name in columns]
        self.fields = [*([model._meta.pk] if self.has_own_key else []), *given, *(fields[name] for name in constant)]
        self._prepare = [_writer(field) for field in given]
        self._rest = tuple(_writer(fields[name])(value) for name, value in constant.items())
        self.next_key = (model.objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1 if self.has_own_key else 0
        self.rows: list[tuple] = []

    def add(self, *values: Any) -> int:
        """One row more; returns its primary key (0 where the columns name it)."""
        key = self.next_key
        prepared = tuple(prepare(value) for prepare, value in zip(self._prepare, values, strict=True))
        if self.has_own_key:
            self.rows.append((key, *prepared, *self._rest))
            self.next_key += 1
        else:
            self.rows.append((*prepared, *self._rest))
        return key

    def write(self) -> int:
        count, rows, self.rows = len(self.rows), self.rows, []
        names = ", ".join(connection.ops.quote_name(field.column) for field in self.fields)
        _insert(connection.ops.quote_name(self.model._meta.db_table), names, len(self.fields), rows)
        return count


def _insert(table: str, names: str, width: int, rows: Sequence[tuple]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * width)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def write_all(tables: Iterable[Table]) -> int:
    """Everything that waits, in one transaction. Foreign keys are looked at when it ends."""
    with transaction.atomic():
        return sum(table.write() for table in tables)


def reset_sequences(tables: Iterable[Table]) -> None:
    """Let the database go on counting after the keys that were given here."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(statement)


def _default(field: models.Field) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return timezone.now()
    return field.get_default()


def _writer(field: models.Field) -> Callable[[Any], Any]:
    """How a value of this field is handed to the driver. JSON and encrypted text are given as stored: written once."""
    if isinstance(field, models.JSONField):
        return lambda value: value if isinstance(value, str) else json.dumps(value)
    if connection.vendor == "postgresql" or isinstance(field, EncryptedTextField):
        return lambda value: value
    return lambda value: field.get_db_prep_save(value, connection)
