"""The outbox: a notice is owed by an act, written with it, and sent once."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend
from django.db import transaction
from django.utils import timezone

from lms.jobs.actions import rescue_running_tasks
from lms.notices import actions
from lms.notices.actions import NoticesNotSent, notify, send_one, send_waiting_notices
from lms.notices.models import Notice, NoticeState
from tests.cast import make_person
from tests.jobs import drain
from tests.races import at_once, meeting


class BrokenBackend(LocmemBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("mail.example:587")


class PickyBackend(LocmemBackend):
    """Refuses one address."""

    def send_messages(self, messages):
        if messages[0].to == ["trainee@example.org"]:
            raise ConnectionRefusedError
        return super().send_messages(messages)


BROKEN, PICKY = (f"{__name__}.{backend.__name__}" for backend in (BrokenBackend, PickyBackend))


def owe(person, key: str = "k1", **change) -> Notice:
    values = {"subject": "News about your entry", "text": "Your supervisor has answered.", "path": "/practice/3/"}
    return notify(person, key=key, **(values | {"button": "Open the entry"} | change))


def states() -> list[str]:
    return list(Notice.objects.values_list("state", flat=True))


def test_a_notice_is_sent_by_the_worker_and_not_before(cast):
    notice = owe(cast.trainee)
    assert (mail.outbox, states()) == ([], ["waiting"])
    drain()
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.sent_at is not None) == (NoticeState.SENT, 1, True)
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["trainee@example.org"], "News about your entry")
    for body in (message.body, message.alternatives[0].content):
        assert "Your supervisor has answered." in body
        assert "http://127.0.0.1:8000/practice/3/" in body
        assert "Open the entry" in body


def test_a_notice_is_sent_once(cast):
    notice = owe(cast.trainee)
    drain()
    assert send_one(notice.pk) is False
    assert send_waiting_notices() == 0
    assert len(mail.outbox) == 1


def test_the_same_cause_makes_one_notice(cast):
    assert owe(cast.trainee).pk == owe(cast.trainee, subject="Again").pk
    owe(cast.trainee, key="k2")
    drain()
    assert len(mail.outbox) == 2


def test_a_rolled_back_act_owes_nothing(cast):
    with transaction.atomic():
        owe(cast.trainee)
        transaction.set_rollback(True)
    drain()
    assert (Notice.objects.count(), mail.outbox) == (0, [])


def test_names_are_escaped_in_html_and_plain_in_text(cast):
    cast.trainee.display_name = "Noor <b>& Ada's"
    cast.trainee.save(update_fields=["display_name"])
    owe(cast.trainee, text='5 < 6 & "so on"', path="", button="")
    drain()
    (message,) = mail.outbox
    assert "Hello Noor <b>& Ada's," in message.body
    assert '5 < 6 & "so on"' in message.body
    html = message.alternatives[0].content
    assert ("Noor &lt;b&gt;&amp; Ada&#x27;s" in html, "<b>&" in html) == (True, False)


def test_mail_trouble_is_tried_again_until_it_passes(cast, settings):
    ours, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, BROKEN
    owe(cast.trainee)
    with time_machine.travel(timezone.now()) as clock:
        drain()
        assert (states(), Notice.objects.get().attempts) == (["waiting"], 1)
        settings.EMAIL_BACKEND = ours
        clock.shift(timedelta(minutes=2))
        drain()
    assert (states(), Notice.objects.get().attempts, len(mail.outbox)) == (["sent"], 2, 1)


def test_the_nightly_round_sends_what_it_can_and_reports_the_rest(cast, settings):
    settings.EMAIL_BACKEND = PICKY
    owe(cast.trainee)
    owe(cast.supervisor, key="k2")
    with pytest.raises(NoticesNotSent, match="1 notices could not be sent"):
        send_waiting_notices()
    assert [message.to for message in mail.outbox] == [["supervisor@example.org"]]
    assert states() == ["waiting", "sent"]


@pytest.mark.parametrize(("minutes", "sent"), [(14, False), (16, True)])
def test_a_notice_claimed_by_a_killed_worker_is_sent_after_its_claim_ran_out(cast, minutes, sent):
    notice = owe(cast.trainee)
    assert actions._claim(notice.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        assert send_one(notice.pk) is sent
    assert len(mail.outbox) == int(sent)


def test_a_task_left_running_is_rescued_and_its_notice_sent(cast):
    from django_tasks_db.models import DBTaskResult

    notice = owe(cast.trainee)
    DBTaskResult.objects.get().claim("killed")
    assert actions._claim(notice.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert rescue_running_tasks() == 1
        drain()
    assert (states(), len(mail.outbox)) == (["sent"], 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_workers_send_a_notice_once(guarded, monkeypatch):
    notice = owe(make_person("trainee"))
    if not guarded:
        monkeypatch.setattr(actions, "_claim", lambda pk: Notice.objects.filter(pk=pk, state="waiting").exists())
        monkeypatch.setattr(actions, "_mail", meeting(actions._mail, 4))
    results = at_once(4, lambda _: send_one(notice.pk))
    assert (len(mail.outbox) == 1) is guarded, results
    assert (sorted(map(str, results)) == ["False", "False", "False", "True"]) is guarded
