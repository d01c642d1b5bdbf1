"""An act whose transaction fails after it."""

from django.db import transaction


class Failure(Exception):
    pass


def act_and_roll_back(act, audit_rows) -> None:
    """Act, see the act's one audit row, and undo everything."""
    try:
        with transaction.atomic():
            act()
            assert audit_rows.count() == 1
            raise Failure
    except Failure:
        return
