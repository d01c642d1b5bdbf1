"""A mail server that is away for hours, a worker that is killed, a crash just after the server said yes."""

import contextlib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.enrolment.actions import move_enrolment
from courses.enrolment.enums import EnrolmentState
from lms.jobs.actions import rescue_running_tasks
from lms.notices import actions
from lms.notices.actions import notify, send_one
from lms.notices.models import Notice
from tests.factories.certificates import make_credential
from tests.factories.supervision import make_placement, make_returned
from tests.jobs import drain

pytestmark = pytest.mark.django_db
STEP = timedelta(minutes=10)


class AwayBackend(LocmemBackend):
    """A mail server that does not answer before `back_at`."""

    back_at = None

    def send_messages(self, messages):
        if timezone.now() < AwayBackend.back_at:
            raise ConnectionRefusedError
        return super().send_messages(messages)


class Killed(BaseException):
    """The process is gone: nothing after it runs, no handler of ordinary errors either."""


class CrashBackend(LocmemBackend):
    """Takes the mail, and then the process dies."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise Killed


def owe_every_kind(cast) -> set[str]:
    """What the house owes by mail: a returned entry, a changed enrolment, a conferral. The subjects, as they were written."""
    log = make_returned(make_placement(cast.trainee, cast.supervisor))
    move_enrolment(log.enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Leave.")
    credential = make_credential(cast.other_trainee, by=cast.director)
    notify(
        cast.other_trainee, key=f"credential-{credential.pk}-conferred", subject="Your certificate", text="It is there."
    )
    return set(Notice.objects.values_list("key", flat=True))


def run_for(clock, span: timedelta) -> None:
    """The worker at its work, with the nightly round at the end of each day."""
    ends, night = timezone.now() + span, timezone.now() + timedelta(days=1)
    while timezone.now() < ends:
        drain()
        rescue_running_tasks()
        if timezone.now() >= night:
            night += timedelta(days=1)
            with contextlib.suppress(CommandError):  # it names the notices that still wait: what the operator hears
                call_command("nightly")
        clock.shift(STEP)


@pytest.mark.parametrize("hours", [1, 5, 12, 40])
def test_every_notice_is_sent_once_however_long_the_mail_server_was_away(cast, settings, hours):
    """Up to about seven hours the retries bridge it; after that the nightly round does."""
    settings.EMAIL_BACKEND = f"{__name__}.AwayBackend"
    with time_machine.travel(timezone.now()) as clock:
        AwayBackend.back_at = timezone.now() + timedelta(hours=hours)
        keys = owe_every_kind(cast)
        run_for(clock, timedelta(hours=hours - 1))
        assert mail.outbox == []
        run_for(clock, timedelta(hours=50))
    assert set(Notice.objects.filter(state="sent").values_list("key", flat=True)) >= keys
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(ids) == len(set(ids)) == Notice.objects.count()


def test_a_worker_killed_between_claim_and_sending_sends_once(cast, monkeypatch):
    notice = notify(cast.trainee, key="k", subject="News", text="There is news.")
    whole = actions._mail
    monkeypatch.setattr(actions, "_mail", lambda notice: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        send_one(notice.pk)
    monkeypatch.setattr(actions, "_mail", whole)
    notice.refresh_from_db()
    assert (notice.state, mail.outbox) == ("sending", [])
    assert send_one(notice.pk) is False  # its claim still holds
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert send_one(notice.pk) is True
        assert send_one(notice.pk) is False
    assert len(mail.outbox) == 1


def test_a_crash_after_the_server_took_the_mail_may_send_it_twice_under_one_id(cast, settings):
    """What can happen: SMTP knows no transaction with our database, so this mail goes out a second time.

    Both carry the same Message-ID, by which many servers and mailboxes fold them into one. Not sending again would be
    worse: the same traces are left by a crash just before the server took it.
    """
    ours, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.CrashBackend"
    notice = notify(cast.trainee, key="k", subject="News", text="There is news.")
    with pytest.raises(Killed):
        send_one(notice.pk)
    settings.EMAIL_BACKEND = ours
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert send_one(notice.pk) is True
    assert len(mail.outbox) == 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1
