"""Signing by a mailed link: how long things live, and how often one may ask."""

from datetime import timedelta

LINK_LIVES = timedelta(days=14)
CODE_LIVES = timedelta(minutes=15)
SESSION_LIVES = timedelta(hours=1)
RECEIPT_LIVES = timedelta(days=90)
CLAIM_EXPIRES = timedelta(minutes=15)

CODE_DIGITS = 6
CODES_MOST = 5
TRIES_MOST = 5
SIGNED_MOST = 50


def counted(entries: int, sessions: int) -> str:
    """
    >>> counted(2, 1)
    '2 entries and 1 session'
    >>> counted(1, 0)
    '1 entry'
    """
    words = [f"{entries} {'entry' if entries == 1 else 'entries'}"] if entries or not sessions else []
    words += [f"{sessions} {'session' if sessions == 1 else 'sessions'}"] if sessions else []
    return " and ".join(words)


SIGNING_AUDIT_ACTIONS = {
    "supervision.link.asked": "Had a link mailed to a supervisor without an account",
    "supervision.link.code_asked": "Had a code mailed to the address of a signing link",
    "supervision.link.code_wrong": "Typed a wrong code for a signing link",
    "supervision.link.used": "Proved the address of a signing link",
    "supervision.link.signed": "Approved entries or confirmed sessions by a signing link",
    "supervision.link.declined": "Said by a signing link that somebody is not her trainee",
    "supervision.link.questioned": "Said that what was signed by a link was not signed by her",
}
