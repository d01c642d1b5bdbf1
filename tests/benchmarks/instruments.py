"""Counting and profiling, in a server of its own: the server whose time is measured knows nothing of it.

Asked by a header, an answer carries how many statements it took; with a file named, the request is profiled into it.
"""

import cProfile
import json
from pathlib import Path

from django.db import connection

SQL_HEADER = "X-Bench-SQL"
TRANSACTIONS_HEADER = "X-Bench-Transactions"
PROFILE_HEADER = "HTTP_X_BENCH_PROFILE"
# Django notes these in its log of queries too; what opens and ends a transaction is counted by itself.
FRAMES = ("BEGIN", "COMMIT", "ROLLBACK")


def counted(application):
    """Every statement that goes through Django's cursor, savepoints included; transactions are counted apart."""

    def wrapped(environ, start_response):
        connection.force_debug_cursor = True
        sent = []

        def start(status, headers, exc_info=None):
            sent[:] = [status, headers]

        file = environ.get(PROFILE_HEADER, "")
        body, queries = _profiled(file, application, environ, start) if file else _answer(application, environ, start)
        statements, transactions = split(queries)
        if file:
            Path(f"{file}.json").write_text(json.dumps(statements))
        status, headers = sent
        counts = [(SQL_HEADER, str(len(statements))), (TRANSACTIONS_HEADER, str(transactions))]
        start_response(status, [*headers, *counts])
        return [body]

    return wrapped


def split(queries: list[dict]) -> tuple[list[dict], int]:
    """The statements themselves, and how many transactions were opened."""
    statements = [query for query in queries if not query["sql"].startswith(FRAMES)]
    return statements, sum(query["sql"].startswith("BEGIN") for query in queries)


def _answer(application, environ, start) -> tuple[bytes, list[dict]]:
    """The whole answer and its queries. Django forgets the last request's queries when the next one begins."""
    answer = application(environ, start)
    try:
        return b"".join(answer), list(connection.queries)
    finally:
        answer.close()


def _profiled(file: str, *args) -> tuple[bytes, list[dict]]:
    profile = cProfile.Profile()
    try:
        return profile.runcall(_answer, *args)
    finally:
        profile.dump_stats(f"{file}.stats")
