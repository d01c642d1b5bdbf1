"""Queries whose SQL is written once.

Django writes the SQL of a queryset anew at every use, which costs more than the database needs to answer the few small
questions that every page asks. A prepared query is an ordinary queryset with slots; it is compiled at its first use, and
afterwards only the values change. PostgreSQL keeps its plan as well, in each connection: planning a question with ten
subqueries takes it five times as long as answering. For the hottest reads alone: everything else is clearer without.
"""

import copy
import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any

from django.db import connections, models
from django.db.models.query import ValuesListIterable


class Slot(models.Expression):
    """A place in a prepared query that is filled at each use, adapted to the database as `field` would."""

    def __init__(self, name: str, field: models.Field):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


def _is_too_large(field: models.Field, value: Any) -> bool:
    """A number that no row can hold is found nowhere, as in any queryset; the database itself would refuse it loudly."""
    return isinstance(field, models.IntegerField) and not -(2**63) <= int(value) < 2**63


def with_constants(sql: str, parts: Sequence[Any]) -> tuple[str, list]:
    """The same question with its words and numbers written out, so that only the slots are left to be filled.

    PostgreSQL keeps one plan for all values (`GENERIC_PLANS` in lms/env.py). Of `kind = 'opened'` it knows how many rows
    there are; of `kind = $3` it does not, and would plan for too many.
    """
    from psycopg import sql as postgres  # late: without PostgreSQL its library need not be there

    waiting, left = iter(parts), []

    def write(mark: re.Match) -> str:
        if mark.group() == "%%":
            return "%%"
        part = next(waiting)
        if isinstance(part, str | int):
            return postgres.Literal(part).as_string(None).replace("%", "%%")
        left.append(part)
        return "%s"

    return re.sub("%[%s]", write, sql), left


class PreparedQuery:
    """`PreparedQuery(lambda pk: User.objects.filter(pk=pk), pk=BigIntegerField())`, then `query(pk=7)` -> list of rows.

    `build` is given a `Slot` for each field; it must not depend on anything else. Prefetches and `None` values are
    not for it: `None` would need other SQL. A slice is asked for by `part`.
    """

    def __init__(self, build: Callable[..., models.QuerySet], **fields: models.Field):
        self._build, self._fields = build, fields

    def __call__(self, **values: Any) -> list:
        return self._rows("", values)

    def part(self, first: int, most: int, **values: Any) -> list:
        """`most` rows from the number `first` on, counted from 0, as a slice of the queryset would give."""
        return self._rows(f" LIMIT {int(most)} OFFSET {int(first)}", values)

    def _rows(self, limits: str, values: dict[str, Any]) -> list:
        queryset, compiler, sql, parts = self._written
        sql += limits
        connection = connections[queryset.db]
        if any(_is_too_large(self._fields[name], value) for name, value in values.items()):
            return []
        filled = {name: self._fields[name].get_db_prep_value(value, connection) for name, value in values.items()}
        bound = copy.copy(compiler)
        bound.connection = _Planning(connection) if connection.vendor == "postgresql" else connection
        bound.as_sql = lambda *args, **kwargs: (sql, [filled[p.name] if isinstance(p, Slot) else p for p in parts])
        if queryset._iterable_class is ValuesListIterable:  # rows as they come need no queryset around them
            return list(bound.results_iter(tuple_expected=True))
        asked = queryset._chain()
        asked.query.get_compiler = lambda *args, **kwargs: bound
        return list(asked)

    @cached_property
    def _written(self) -> tuple:
        """The queryset, its compiler and its SQL. Two threads may both write it the first time: it is the same text."""
        queryset = self._build(**{name: Slot(name, field) for name, field in self._fields.items()})
        compiler = queryset.query.get_compiler(queryset.db)
        sql, parts = compiler.as_sql()
        if connections[queryset.db].vendor == "postgresql":
            sql, parts = with_constants(sql, parts)
        converters = compiler.get_converters([expression for expression, *_ in compiler.select])
        compiler.get_converters = lambda expressions: converters  # the same columns each time
        return queryset, compiler, sql, parts


def planned_cursor(connection):
    """A cursor for one statement of our own that is asked often: PostgreSQL plans it once in each connection."""
    return _Planning(connection).cursor() if connection.vendor == "postgresql" else connection.cursor()


class _Planning:
    """This thread's connection to PostgreSQL, as a compiler sees it, with cursors that have their statement planned once."""

    def __init__(self, connection):
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self):
        wrapper = self._connection.cursor()  # Django's, which counts and translates errors as always
        if not self._connection.queries_logged:  # a statement that is planned already cannot be read back for a log
            wrapper.cursor = _planned_cursor()(self._connection.connection)
        return wrapper


@cache
def _planned_cursor() -> type:
    """Made when it is needed: without PostgreSQL its library need not be there."""
    from django.db.backends.postgresql.base import ServerBindingCursor

    class PlannedCursor(ServerBindingCursor):
        def execute(self, query, params=None, **options):
            """Prepared at once, for this statement alone: Django's connections otherwise never prepare."""
            usual, self.connection.prepare_threshold = self.connection.prepare_threshold, 0
            try:
                return super().execute(query, params, prepare=True, **options)
            finally:
                self.connection.prepare_threshold = usual

    return PlannedCursor
