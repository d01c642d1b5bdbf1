"""The demonstration's mailbox: there with DEMO, nowhere else."""

import pytest
from django.core.mail import send_mail

from lms.notices.models import DemoMail

BACKEND = "lms.notices.mailbox.EmailBackend"


@pytest.fixture
def _demo(settings):
    settings.DEMO = True
    settings.EMAIL_BACKEND = BACKEND


def make_mails(number: int) -> None:
    DemoMail.objects.bulk_create(
        DemoMail(to="ada@example.org", subject=f"Mail {n}", text="words") for n in range(number)
    )


@pytest.mark.parametrize("name", ["visitor", "trainee", "director"])
def test_without_the_demonstration_there_is_no_mailbox(cast, name):
    make_mails(1)
    assert cast.client(name).get("/mailbox/").status_code == 404


@pytest.mark.usefixtures("_demo")
def test_a_visitor_of_the_demonstration_reads_her_mails(client, db):
    send_mail("Your code", "ABCD-EFGH <script>alert(1)</script>", None, ["Ada@Example.org", "bo@example.org"])
    assert list(DemoMail.objects.order_by("to").values_list("to", "subject")) == [
        ("ada@example.org", "Your code"),
        ("bo@example.org", "Your code"),
    ]
    page = client.get("/mailbox/", {"to": "ADA@example.org"}).content.decode()
    assert ("ABCD-EFGH" in page, "To ada@" in page, "To bo@" in page, "<script>alert" in page) == (
        True,
        True,
        False,
        False,
    )


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize(
    "query", ["to=%00", "to=x", "page=99999999999999999999", "page=-1", "page=%00", "to=" + "a" * 999]
)
def test_nonsense_in_the_address_is_no_error(client, db, query):
    assert client.get(f"/mailbox/?{query}").status_code == 200


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(client, db, django_assert_num_queries, rows):
    make_mails(rows)
    with django_assert_num_queries(3):
        assert client.get("/mailbox/").content.decode().count("<article") == rows
