"""The ledger of minutes: an entry is credited once at a time, and what is withdrawn stands beside it."""

from lms.accounts.models import User
from lms.errors import IllegalMove
from supervision.models import CreditChange, PracticeCredit, PracticeLog


def credit_minutes(log: PracticeLog, *, by: User) -> None:
    """Credit the minutes of an entry whose lock is held; again only after a withdrawal. The keys of both tables hold it."""
    if log.withdrawn_at is None:
        PracticeCredit.objects.create(log=log, minutes=log.minutes, approved_by=by)
    else:
        _change(log, log.minutes, by=by)


def withdraw_minutes(log: PracticeLog, *, by: User) -> None:
    """Take the minutes of an entry back whose lock is held."""
    _change(log, -log.minutes, by=by)


def _change(log: PracticeLog, minutes: int, *, by: User) -> None:
    turn = CreditChange.objects.filter(log=log).count() + 1
    if (minutes < 0) != bool(turn % 2):
        raise IllegalMove("The minutes of this entry are credited or withdrawn already.")
    CreditChange.objects.create(log=log, number=turn, minutes=minutes, by=by)
