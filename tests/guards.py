"""Taking a guard of the database away for a moment: the control of a race test."""

from contextlib import contextmanager

from django.db import connection

from lms.audit.triggers import install_all, registered_guards


@contextmanager
def without_constraint(model, name):
    """The table without one of its constraints; put back afterwards. SQLite rebuilds the table from the model for it."""
    whole = model._meta.constraints
    constraint = next(found for found in whole if found.name == name)
    model._meta.constraints = [found for found in whole if found is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model._meta.constraints = whole
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
        install_all()


@contextmanager
def without_trigger(table, name):
    """The table without one of its triggers; put back afterwards."""
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on_table}")
    try:
        yield
    finally:
        install_all()


def drop_triggers() -> None:
    """Take all of them away until the test is rolled back."""
    with connection.cursor() as cursor:
        for guard in registered_guards():
            on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.trigger}{on_table}")
