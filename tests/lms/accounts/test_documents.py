"""Licences, cards and policies: recorded once, replaced by newer ones, and said in time."""

import uuid
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from lms.accounts.actions import raise_barrier, record_document, remind_of_documents
from lms.accounts.models import ProfessionalDocument
from lms.accounts.queries import own_documents, work_for_director
from lms.errors import Refusal
from lms.notices.models import Notice
from lms.web.worklist import asker_of
from tests.cast import make_person
from tests.jobs import drain
from tests.web import post, text_of

pytestmark = pytest.mark.django_db
LAST_DAY = date(2027, 3, 31)


@pytest.fixture(autouse=True)
def january(time_machine):
    time_machine.move_to("2027-01-01T18:00:00+00:00")


def make_document(person, **fields) -> ProfessionalDocument:
    values = {"kind": "licence", "authority": "State board", "number": "LIC-90210-ZQ", "expires_on": LAST_DAY}
    return record_document(person, **values | fields)


def test_a_document_is_never_changed_and_its_number_is_encrypted(cast):
    document = make_document(cast.supervisor)
    with connection.cursor() as cursor:
        cursor.execute("select number from accounts_professionaldocument")
        assert "90210" not in cursor.fetchone()[0]
    for change in ({"expires_on": date(2030, 1, 1)}, {"authority": "Other"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ProfessionalDocument.objects.filter(pk=document.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        document.delete()


def test_a_newer_one_replaces_the_older_which_stays(cast):
    old = make_document(cast.supervisor)
    new = make_document(cast.supervisor, expires_on=date(2029, 3, 31), replaces=old)
    assert list(own_documents(cast.supervisor)) == [new, old]
    with pytest.raises(Refusal, match="replaced already"):
        make_document(cast.supervisor, replaces=old)
    with pytest.raises(Refusal, match="one of your own, of the same kind"):
        make_document(cast.supervisor, kind="bls", replaces=new)
    with pytest.raises(Refusal, match="one of your own"):
        make_document(cast.other_supervisor, replaces=new)


def nights(time_machine, first: date, last: date) -> dict[str, list[str]]:
    """The mails of a holder, by the day of the round that sent them."""
    sent, day = {}, first
    while day <= last:
        time_machine.move_to(f"{day}T09:00:00+00:00")  # the small hours in Denver
        mail.outbox.clear()
        remind_of_documents()
        drain()
        if mail.outbox:
            sent[day.isoformat()] = [message.body for message in mail.outbox]
        day += timedelta(days=1)
    return sent


def test_a_holder_is_reminded_four_times_each_once(cast, time_machine):
    make_document(cast.supervisor)
    sent = nights(time_machine, date(2027, 1, 25), date(2027, 4, 10))
    assert list(sent) == ["2027-01-30", "2027-03-01", "2027-03-24", "2027-03-31"]
    assert [len(bodies) for bodies in sent.values()] == [1, 1, 1, 1]
    words = [bodies[0] for bodies in sent.values()]
    for body, said in zip(words, ("in 60 days", "in 30 days", "in 7 days", "today is its last day"), strict=True):
        assert said in body
        assert "90210" not in body


def test_after_nights_without_a_round_the_nearest_reminder_is_sent_and_no_other(cast, time_machine):
    make_document(cast.supervisor)
    time_machine.move_to("2027-03-27T09:00:00+00:00")
    assert remind_of_documents() == 1
    drain()
    assert remind_of_documents() == 0
    (notice,) = Notice.objects.filter(person=cast.supervisor)
    assert (notice.key.rsplit("-")[-1], "in 4 days" in notice.text) == ("7", True)


def test_what_was_replaced_or_belongs_to_somebody_who_left_is_not_reminded_of(cast, time_machine):
    old = make_document(cast.supervisor)
    make_document(cast.supervisor, expires_on=date(2029, 3, 31), replaces=old)
    make_document(cast.other_supervisor)
    type(cast.other_supervisor).objects.filter(pk=cast.other_supervisor.pk).update(is_active=False)
    time_machine.move_to("2027-03-31T18:00:00+00:00")
    call_command("nightly")
    assert not Notice.objects.filter(key__startswith="document-").exists()


def test_directors_see_what_has_lapsed_of_supervisors_without_numbers(cast, time_machine):
    make_document(cast.supervisor)
    make_document(cast.trainee)
    make_document(cast.other_supervisor, kind="bls", expires_on=date(2027, 5, 1))
    time_machine.move_to("2027-04-01T18:00:00+00:00")
    assert [item.title for item in work_for_director(asker_of(cast.director))] == [
        "Supervisor: professional licence has lapsed"
    ]
    assert work_for_director(asker_of(cast.supervisor)) == []
    page = cast.client("director").get(reverse("desk_documents"))
    words = text_of(page)
    assert [part for part in ("Supervisor", "Lapsed", "Runs out soon", "Basic life support") if part not in words] == []
    assert "90210" not in page.content.decode()
    assert "Trainee" not in words
    raise_barrier(cast.director, cast.supervisor, by=cast.second_director, reason="Related.")
    assert work_for_director(asker_of(cast.director)) == []


FIELDS = {"kind": "licence", "authority": "State board", "number": "LIC-1", "expires_on": "2027-03-31"}


def test_it_is_recorded_and_replaced_on_the_profile_page(cast):
    client = cast.client("supervisor")
    assert post(client, reverse("document_new"), **FIELDS).status_code == 302
    assert "LIC-1" in text_of(client.get(reverse("profile")))
    old = ProfessionalDocument.objects.get()
    replace = reverse("document_replace", args=[old.pk])
    assert cast.client("other_supervisor").get(replace).status_code == 404
    assert post(client, replace, **FIELDS | {"kind": "bls"}).status_code == 422
    assert post(client, replace, **FIELDS | {"expires_on": "2029-03-31"}).status_code == 302
    assert client.get(replace).status_code == 404
    assert "Replaced" in text_of(client.get(reverse("profile")))


@pytest.mark.parametrize("number", [1, 3])
def test_the_profile_and_the_desk_ask_the_same_number_of_queries(cast, number, django_assert_num_queries):
    for position in range(number):
        make_document(make_person(f"person{position}{uuid.uuid4().hex[:4]}", role="supervisor"), expires_on=LAST_DAY)
        make_document(cast.director, authority=f"Board {position}")
    client = cast.client("director")
    client.get(reverse("profile"))
    with django_assert_num_queries(3):
        client.get(reverse("profile"))
    with django_assert_num_queries(3):
        client.get(reverse("desk_documents") + "?page=1")
