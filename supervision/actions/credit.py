"""The ledger of minutes: an entry is credited once at a time, and what is withdrawn stands beside it."""

from collections.abc import Sequence

from django.db.models import Count

from lms.accounts.models import User
from lms.errors import IllegalMove
from supervision.models import CreditChange, PracticeCredit, PracticeLog


def credit_minutes(logs: Sequence[PracticeLog], *, by: User | None) -> None:
    """Credit the minutes of entries whose locks are held; again only after a withdrawal. The keys of both tables hold it.

    `by` is None for somebody without an account: the signature names her.
    """
    fresh = [log for log in logs if log.withdrawn_at is None]
    PracticeCredit.objects.bulk_create(PracticeCredit(log=log, minutes=log.minutes, approved_by=by) for log in fresh)
    again = [log for log in logs if log.withdrawn_at is not None]
    if again:
        _change(again, 1, by=by)


def withdraw_minutes(logs: Sequence[PracticeLog], *, by: User) -> None:
    """Take the minutes of entries back whose locks are held."""
    _change(logs, -1, by=by)


def _change(logs: Sequence[PracticeLog], sign: int, *, by: User | None) -> None:
    changes = CreditChange.objects.filter(log__in=logs).order_by().values_list("log").annotate(number=Count("pk"))
    turns = {log.pk: 1 for log in logs} | {log: number + 1 for log, number in changes}
    if any((sign < 0) != bool(turn % 2) for turn in turns.values()):
        raise IllegalMove("The minutes of this entry are credited or withdrawn already.")
    CreditChange.objects.bulk_create(
        CreditChange(log=log, number=turns[log.pk], minutes=sign * log.minutes, by=by) for log in logs
    )
