"""Aggregates that both databases understand."""

import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Aggregate, Field, Model, TextField
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

M = TypeVar("M", bound=Model)


class JoinedIds(Aggregate):
    """The ids of a group in one text, "3,5,8", in no order; NULL for none. `ids_in` reads it.

    So that many small rows come along with the one row they belong to.
    """

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(
            compiler, connection, function="STRING_AGG", template="%(function)s(%(expressions)s::text, ',')", **extra
        )


class JoinedRows(Aggregate):
    """Small rows of a group, each a `JSONObject`, in one JSON text and in no order; NULL for none. `rows_in` reads it."""

    function = "JSON_GROUP_ARRAY"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **extra):
        template = "%(function)s(%(expressions)s)::text"
        return self.as_sql(compiler, connection, function="JSONB_AGG", template=template, **extra)


def joined_instances(model: type[Model], *names: str) -> JoinedRows:
    """Some columns of a group's rows. `instances_in` reads them; the primary key is always among them."""
    columns = {model._meta.get_field(name).attname for name in names} | {model._meta.pk.attname}
    return JoinedRows(JSONObject(**{column: column for column in sorted(columns)}))


def ids_in(joined: str | None) -> frozenset[int]:
    return frozenset(map(int, joined.split(","))) if joined else frozenset()


def rows_in(joined: str | None) -> list[dict[str, Any]]:
    return json.loads(joined) if joined else []


def instances_in(joined: str | None, model: type[M]) -> list[M]:
    """The rows of `joined_instances`, oldest first. What was not asked for is fetched when it is read, as after `only`."""
    found = [_instance(row, model) for row in rows_in(joined)]
    return sorted(found, key=lambda instance: instance.pk)


def _instance(row: dict[str, Any], model: type[M]) -> M:
    fields = [field for field in model._meta.concrete_fields if field.attname in row]  # in the order of `from_db`
    values = [_value(field, row[field.attname]) for field in fields]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


def _value(field: Field, raw: Any) -> Any:
    if hasattr(field, "from_db_value"):
        raw = field.from_db_value(raw, None, None)
    return moment_in(raw) if field.get_internal_type() == "DateTimeField" and raw else field.to_python(raw)


def moment_in(written: str) -> datetime:
    """A moment from JSON. SQLite writes it without a zone, always in UTC."""
    moment = parse_datetime(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
