"""Aggregates that both databases understand."""

import json
from typing import Any

from django.db.models import Aggregate, TextField


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


def ids_in(joined: str | None) -> frozenset[int]:
    return frozenset(map(int, joined.split(","))) if joined else frozenset()


def rows_in(joined: str | None) -> list[dict[str, Any]]:
    return json.loads(joined) if joined else []
