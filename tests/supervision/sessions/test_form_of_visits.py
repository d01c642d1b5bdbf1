"""The form of a visit sends supervision to where it is logged, and breaks no entry of before."""

import pytest
from django.urls import reverse

from supervision.models import PracticeLog
from tests.factories.supervision import make_draft, make_placement, make_returned
from tests.supervision.test_practice_pages import visit
from tests.web import post, text_of


def offered(page):
    return {key for _, group in page.context["form"].fields["category_key"].choices for key, _ in group}


def test_the_form_of_visits_offers_no_supervision_and_says_where_it_is_logged(cast, placement):
    page = cast.client("trainee").get(reverse("practice_new"))
    assert "individual" not in offered(page)
    assert {"preparation", "role-play"} <= offered(page)
    assert "log it as a session" in text_of(page)
    assert f"{reverse('session_new')}?enrolment={placement.enrolment_id}" in page.content.decode()
    sent = visit(placement, category_key="individual")
    assert post(cast.client("trainee"), reverse("practice_new"), **sent).status_code == 422
    assert not PracticeLog.objects.exists()


@pytest.mark.parametrize("make", [make_draft, make_returned])
def test_an_entry_of_before_keeps_its_category_of_supervision(cast, placement, make):
    log = make(placement, category_key="individual")
    page = cast.client("trainee").get(reverse("practice_edit", args=[log.pk]))
    assert "individual" in offered(page)


def test_another_entry_does_not(cast):
    placement = make_placement(cast.other_trainee, cast.supervisor)
    log = make_draft(placement, category_key="role-play")
    page = cast.client("other_trainee").get(reverse("practice_edit", args=[log.pk]))
    assert "individual" not in offered(page)
