"""Aggregates that both databases understand."""

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


def ids_in(joined: str | None) -> frozenset[int]:
    return frozenset(map(int, joined.split(","))) if joined else frozenset()
