"""A returned entry is disputed and goes its way once, by the site's own forms: upheld, denied, or unanswered."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from lms.disputes.models import Dispute
from lms.errors import Refusal
from supervision.actions.dispute import dispute_return
from supervision.actions.practice import discard_log, submit_log
from supervision.models import PracticeLog
from tests.factories.enrolment import grant_faculty
from tests.factories.supervision import make_placement, make_returned
from tests.web import link, send_form, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned(cast) -> PracticeLog:
    placement = make_placement(cast.trainee, cast.supervisor)
    grant_faculty(cast.faculty, placement.enrolment.cohort)
    return make_returned(placement, reason="You were not there.")


def dispute_it(cast, log) -> Dispute:
    """The trainee opens the entry, disagrees, and reads what happens now."""
    trainee = cast.client("trainee")
    page = trainee.get(reverse("practice_detail", args=[log.pk]))
    page = trainee.get(link(page, "Disagree with this decision"))
    page = send_form(trainee, page, "Open the dispute", text="I was; the consent form names me.")
    words = text_of(page)
    assert "You have disputed this return" in words
    assert "Send again as it is" not in words
    return Dispute.objects.latest("id")


def answer(client, upheld: str, **fields):
    """From the home page to the dispute, and the answer with it."""
    page = client.get(reverse("home"))
    assert "waits for your answer" in text_of(page)
    page = client.get(reverse("dispute_list"))
    page = client.get(link(page, "Practice log entry"))
    assert "You were not there." in text_of(page)
    return send_form(client, page, "Record the decision", upheld=upheld, **fields)


def test_an_upheld_dispute_brings_the_entry_to_another_reviewer(cast, returned):
    dispute = dispute_it(cast, returned)
    assert (dispute.owner, dispute.against) == (cast.faculty, cast.supervisor)
    for who in ("supervisor", "other_supervisor", "other_faculty", "registrar"):
        assert cast.client(who).get(reverse("dispute_detail", args=[dispute.pk])).status_code == 404

    page = answer(
        cast.client("faculty"), "yes", then=str(cast.other_supervisor.pk), answer="The consent form names her."
    )
    assert "waits for the review of Other Supervisor" in text_of(page)
    trainee = cast.client("trainee")
    words = text_of(trainee.get(reverse("dispute_detail", args=[dispute.pk])))
    assert "The consent form names her." in words
    assert "waits for the review of Other Supervisor" in words

    assert cast.client("supervisor").get(reverse("review_entry", args=[returned.pk])).status_code == 404
    other = cast.client("other_supervisor")
    assert "1 entry waits for your review" in text_of(other.get(reverse("home")))
    page = other.get(reverse("review_entry", args=[returned.pk]))
    send_form(other, page, "Approve and sign", meaning="reviewed")
    returned.refresh_from_db()
    assert (returned.state, returned.credit.approved_by) == ("approved", cast.other_supervisor)
    assert returned.sign_offs.count() == 2


def test_an_upheld_dispute_may_let_the_trainee_send_it_again(cast, returned):
    dispute_it(cast, returned)
    page = answer(cast.client("faculty"), "yes", then="same", answer="Please look again.")
    assert "may send the entry again" in text_of(page)
    trainee = cast.client("trainee")
    page = trainee.get(reverse("practice_detail", args=[returned.pk]))
    assert "Upheld" in text_of(page)
    send_form(trainee, page, "Send again as it is")
    returned.refresh_from_db()
    assert (returned.state, returned.reviewing) == ("submitted", cast.supervisor)
    assert cast.supervisor.notices.filter(subject="An entry that you returned").count() == 1


def test_a_denied_dispute_ends_it(cast, returned):
    dispute = dispute_it(cast, returned)
    page = answer(cast.client("faculty"), "no", answer="The room log does not name you.")
    assert "The return stands" in text_of(page)
    trainee = cast.client("trainee")
    page = trainee.get(reverse("practice_detail", args=[returned.pk]))
    words = text_of(page)
    assert "Not upheld" in words
    assert "Disagree with this decision" not in words
    assert trainee.get(reverse("practice_dispute", args=[returned.pk])).status_code == 409
    with pytest.raises(Refusal, match="has its answer"):
        dispute_return(returned, by=cast.trainee, text="Still not so.")
    again = cast.client("faculty").get(reverse("dispute_detail", args=[dispute.pk]))
    assert "Record the decision" not in text_of(again)
    send_form(trainee, page, "Send again as it is")  # no dead end: it can be put right, sent, or discarded
    returned.refresh_from_db()
    assert returned.state == "submitted"


def test_an_unanswered_dispute_goes_to_the_directors_who_answer_it(cast, returned):
    dispute = dispute_it(cast, returned)
    call_command("nightly")
    dispute.refresh_from_db()
    assert dispute.state == "open"
    Dispute.objects.filter(pk=dispute.pk).update(escalates_at=timezone.now() - timedelta(minutes=1))
    for _ in range(2):
        call_command("nightly")
    dispute.refresh_from_db()
    assert dispute.state == "escalated"
    told = {notice.person for notice in dispute.raised_by.notices.model.objects.filter(key__contains="-escalated")}
    assert told == {cast.trainee, cast.director, cast.second_director}
    words = text_of(cast.client("trainee").get(reverse("dispute_detail", args=[dispute.pk])))
    assert "It is with the program directors" in words
    page = answer(cast.client("director"), "yes", then=str(cast.other_supervisor.pk), answer="Looked at by two of us.")
    assert "waits for the review of Other Supervisor" in text_of(page)


def test_the_entry_rests_while_it_is_disputed_and_moves_again_when_the_dispute_is_withdrawn(cast, returned):
    dispute = dispute_it(cast, returned)
    for act in (submit_log, discard_log):
        with pytest.raises(Refusal, match="It rests until there is an answer"):
            act(returned, by=cast.trainee)
    trainee = cast.client("trainee")
    page = trainee.get(reverse("dispute_detail", args=[dispute.pk]))
    send_form(trainee, page, "Withdraw the dispute")
    page = trainee.get(reverse("practice_detail", args=[returned.pk]))
    assert "Disagree with this decision" in text_of(page)
    send_form(trainee, page, "Send again as it is")
    returned.refresh_from_db()
    assert returned.state == "submitted"


def test_upholding_asks_what_happens_and_takes_nobody_who_may_not_review(cast, returned):
    dispute_it(cast, returned)
    assert "Choose what happens to the record" in text_of(answer(cast.client("faculty"), "yes", answer="So be it."))
    for person in (cast.supervisor, cast.trainee, cast.registrar):
        client = cast.client("faculty")
        page = client.post(
            reverse("dispute_detail", args=[Dispute.objects.get().pk]),
            {
                "form_key": str(uuid.uuid4()),
                "upheld": "yes",
                "then": str(person.pk),
                "answer": "So.",
            },
        )
        assert page.status_code == 422
    assert Dispute.objects.get().state == "open"
