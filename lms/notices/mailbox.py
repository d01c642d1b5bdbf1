"""The demonstration's mail server: a table. Without it nobody could read a sign-up code."""

from django.core.mail.backends.base import BaseEmailBackend

from lms.notices.models import DemoMail


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages) -> int:
        mails = [
            DemoMail(to=recipient.lower(), subject=message.subject[:300], text=message.body)
            for message in email_messages
            for recipient in message.recipients()
        ]
        DemoMail.objects.bulk_create(mails)
        return len(email_messages)
