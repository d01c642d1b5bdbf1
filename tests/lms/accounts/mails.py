"""Reading the codes that allauth mails."""

import re

from django.core import mail


def mailed_code(to: str) -> str:
    """The code in the newest mail to this address."""
    newest = [message for message in mail.outbox if message.to == [to]][-1]
    return re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", newest.body, re.MULTILINE).group(1)
