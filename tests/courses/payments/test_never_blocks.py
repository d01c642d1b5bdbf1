"""Money or a pause never blocks a person's own log, export, standing, records, disputes, or a quiz that she has started."""

import csv
import io

import pytest
from django.urls import reverse

from assessments.actions import start_attempt
from assessments.requirements import QuizPassedConfig
from courses.enrolment.models import Enrolment
from courses.payments.actions.settling import receive_event
from courses.payments.enums import OrderState
from courses.payments.models import Order
from lms.disputes.models import Dispute
from tests.factories.assessments import make_quiz
from tests.factories.curriculum import make_edition
from tests.factories.enrolment import STARTS
from tests.factories.payments import AMOUNT, StripesView, make_order, make_sold_cohort
from tests.factories.supervision import make_draft, make_placement, make_practice_standard, make_returned
from tests.web import post, send_form, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(cast):
    """She has bought her place, started a quiz, kept a draft, and got an entry back."""
    edition = make_edition()
    quiz = make_quiz(edition)
    requirement = QuizPassedConfig(key="quiz", title="Quiz passed")
    standard = make_practice_standard(program=edition.program, requirements=[requirement])
    cohort = make_sold_cohort(edition=edition, standard_version=standard)
    order = make_order(cast.trainee, cohort=cohort)
    says = StripesView(order)
    receive_event(says.completed())
    enrolment = Enrolment.objects.get(person=cast.trainee)
    Enrolment.objects.update(enrolled_on=STARTS)
    enrolment.refresh_from_db()
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    return (
        says,
        enrolment,
        start_attempt(enrolment, quiz, by=cast.trainee),
        make_draft(placement),
        make_returned(placement),
    )


ENDS = {
    "paused": (OrderState.DISPUTED, lambda says: [says.dispute()]),
    "refunded": (OrderState.REFUNDED, lambda says: [says.charge_refunded(AMOUNT)]),
    "lost": (OrderState.REFUNDED, lambda says: [says.dispute(), says.dispute("lost")]),
}


@pytest.fixture(params=ENDS)
def closed(request, bought):
    says, enrolment, *rest = bought
    state, events = ENDS[request.param]
    for event in events(says):
        receive_event(event)
    assert Order.objects.get().state == state
    enrolment.refresh_from_db()
    return enrolment, *rest


def test_a_started_quiz_is_finished(cast, closed):
    _, attempt, _, _ = closed
    client = cast.client("trainee")
    page = client.get(reverse("quiz_attempt", args=[attempt.pk]))
    assert page.status_code == 200
    sent = {"slot": "1", "seq": "1", "choice": "b"}
    saved = client.post(reverse("quiz_answer", args=[attempt.pk]), sent, headers={"Accept": "application/json"})
    assert saved.status_code == 200
    review = client.get(reverse("quiz_review", args=[attempt.pk]))
    result = send_form(client, review, "Submit the quiz")
    assert result.request["PATH_INFO"] == reverse("quiz_result", args=[attempt.pk])
    attempt.refresh_from_db()
    assert (attempt.is_open, attempt.answers.count()) == (False, 1)


def test_the_page_of_the_quiz_leads_to_the_started_attempt(cast, closed):
    enrolment, attempt, _, _ = closed
    page = cast.client("trainee").get(reverse("quiz_intro", args=[enrolment.pk, attempt.item.slug]))
    assert reverse("quiz_attempt", args=[attempt.pk]) in page.content.decode()


def test_the_own_log_and_its_export_stay_open(cast, closed):
    _, _, draft, returned = closed
    client = cast.client("trainee")
    for url in (
        reverse("practice_list"),
        reverse("practice_detail", args=[draft.pk]),
        reverse("practice_detail", args=[returned.pk]),
    ):
        assert client.get(url).status_code == 200, url
    page = client.get(reverse("export_new", args=["log"]))
    made = send_form(client, page, "Make the file", file_type="csv")
    export = client.get(reverse("export_file", args=[made.context["record"].pk]))
    rows = list(csv.DictReader(io.StringIO(export.content.decode("utf-8-sig"))))
    assert sorted(row["State"] for row in rows) == ["Draft", "Returned"]


def test_the_standing_and_the_records_stay_open(cast, closed):
    enrolment = closed[0]
    client = cast.client("trainee")
    for url in (
        reverse("standing", args=[enrolment.pk]),
        *(
            reverse(name)
            for name in ("standing_index", "certificate_list", "order_list", "dispute_list", "home", "profile")
        ),
    ):
        assert client.get(url, follow=True).status_code == 200, url


def test_a_dispute_can_be_opened(cast, closed):
    returned = closed[3]
    client = cast.client("trainee")
    answer = post(client, reverse("practice_dispute", args=[returned.pk]), text="I was there, as the clinic can say.")
    assert answer.status_code == 302
    assert Dispute.objects.filter(raised_by=cast.trainee).count() == 1


def test_the_receipt_stays_open(cast, closed):
    client = cast.client("trainee")
    assert "USD 2,400.00" in text_of(client.get(reverse("receipt", args=[Order.objects.get().pk])))
