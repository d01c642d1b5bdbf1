"""From the program page to a receipt, by the site's own forms and without JavaScript; what each step refuses."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment, SeatHold
from courses.enrolment.queries import seats_taken
from courses.payments.actions.buying import MOST_ORDERS_A_DAY, let_go, open_checkout, start_order
from courses.payments.actions.prices import set_price
from courses.payments.actions.settling import receive_event
from courses.payments.enums import OrderState
from courses.payments.models import CohortPrice, Order
from courses.payments.queries import offers_of, price_of
from lms.audit.queries import entries_about
from lms.errors import Refusal
from tests.cast import PASSWORD
from tests.factories.curriculum import make_program_page
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.payments import AMOUNT, StripesView, make_order, make_sold_cohort
from tests.jobs import drain
from tests.web import link, post, send_form, text_of

pytestmark = pytest.mark.django_db


# The whole way --------------------------------------------------------------------------------------------------------


def sign_up(client, page):
    page = send_form(
        client,
        client.get(page),
        "Make my account",
        display_name="Wanda Buyer",
        email="wanda@example.org",
        password1=PASSWORD,
        terms="on",
    )
    code = re.search(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b", mail.outbox[-1].body).group(1)
    return send_form(client, page, "Confirm", code=code)


def test_a_visitor_signs_up_comes_back_buys_and_is_enrolled_without_javascript(client, simulator, webhooks):
    page = make_program_page()
    cohort = make_sold_cohort(program=page.program, seats=2)
    places = client.get(link(client.get(page.url), "Buy a place"))
    assert "USD 2,400.00" in text_of(places)
    assert "2 seats left" in text_of(places)
    buy_url = link(places, "Buy a place")
    form = sign_up(client, link(client.get(buy_url), "Make an account"))
    assert form.request["PATH_INFO"] == buy_url  # back where she came from
    assert "If you change your mind" in text_of(form)

    answer = _press(client, form, "Go on to the payment", discipline="Psychologist", track="therapist")
    checkout = answer["Location"]
    assert checkout.startswith(simulator.state["sessions"][Order.objects.get().session_id]["url"])
    simulator.pay(checkout.rsplit("/", 1)[-1])
    order_url = reverse("order", args=[Order.objects.get().pk])
    waiting = client.get(f"{order_url}?back=paid")
    assert "We are waiting for Stripe’s word" in text_of(waiting)
    assert link(waiting, "Look again") == f"{order_url}?back=paid"
    assert webhooks() == 2

    done = client.get(order_url)
    assert "you are enrolled" in text_of(done)
    receipt = text_of(client.get(link(done, "Open the receipt")))
    assert "Wanda Buyer" in receipt
    assert "USD 2,400.00" in receipt
    enrolment = Enrolment.objects.get()
    assert (enrolment.person.email, enrolment.cohort, enrolment.state) == ("wanda@example.org", cohort, "active")


def _press(client, page, button, **fields):
    """Press a button whose answer leads to another host: the redirect itself, not what stands there."""
    original = client.post
    client.post = lambda url, data, follow: original(url, data)
    try:
        return send_form(client, page, button, **fields)
    finally:
        client.post = original


def test_a_form_sent_twice_makes_one_order_and_leads_to_one_checkout(cast, simulator):
    client, cohort = cast.client("trainee"), make_sold_cohort()
    url = reverse("buy_place", args=[cohort.pk])
    key = "0b6e3f8c-0000-4000-8000-000000000001"
    answers = [post(client, url, form_key=key, track="therapist", discipline="Nurse") for _ in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Order.objects.count() == len(simulator.state["sessions"]) == 1


def test_the_price_is_never_taken_from_the_form(cast, simulator):
    cohort = make_sold_cohort()
    url = reverse("buy_place", args=[cohort.pk])
    sent = {"track": "therapist", "discipline": "Nurse", "amount": "1", "currency": "eur", "person": cast.director.pk}
    post(cast.client("trainee"), url, **sent, unit_amount="1", state="paid", seats="99")
    order = Order.objects.get()
    assert (order.person, order.amount, order.currency, order.state) == (cast.trainee, AMOUNT, "usd", OrderState.OPEN)
    assert simulator.state["sessions"][order.session_id]["amount_total"] == AMOUNT


def test_only_pages_that_lead_to_the_checkout_allow_it_and_nothing_more(cast, simulator, settings):
    client, cohort = cast.client("trainee"), make_sold_cohort()
    order = make_order(cast.trainee, cohort=cohort)

    def form_action(url):
        parts = client.get(url)["Content-Security-Policy"].split("; ")
        return next(part for part in parts if part.startswith("form-action"))

    pages = [reverse("buy_place", args=[cohort.pk]), reverse("order", args=[order.pk])]
    assert {form_action(url) for url in pages} == {f"form-action 'self' {settings.STRIPE_CHECKOUT_ORIGIN}"}
    assert form_action(reverse("places", args=[cohort.program_id])) == "form-action 'self'"
    settings.STRIPE_CHECKOUT_ORIGIN = ""
    assert {form_action(url) for url in pages} == {"form-action 'self'"}


def test_when_stripe_is_away_the_place_is_kept_and_she_can_try_again(cast, settings, monkeypatch):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # nobody listens there
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *args, **kwargs: 0)
    cohort = make_sold_cohort()
    client = cast.client("trainee")
    url = reverse("buy_place", args=[cohort.pk])
    page = client.get(post(client, url, track="therapist", discipline="Nurse")["Location"])
    assert "cannot be opened just now" in text_of(page)
    assert "Go on to the payment" in text_of(page)
    assert seats_taken(cohort) == 1


# Acts and refusals ----------------------------------------------------------------------------------------------------


def test_an_order_holds_a_seat_at_the_price_of_now_and_is_recorded(cast):
    cohort = make_sold_cohort()
    order = start_order(cast.trainee, cohort=cohort, discipline="Nurse", terms="Until the first day.")
    assert (order.amount, order.currency, order.state) == (AMOUNT, "usd", OrderState.OPEN)
    hold = SeatHold.objects.get(person=cast.trainee, cohort=cohort)
    assert hold.expires_at == order.expires_at
    assert seats_taken(cohort) == 1
    assert [entry.action for entry in entries_about(order)] == ["payments.order.started"]
    set_price(cohort, amount=1, currency="usd", by=cast.director)
    order.refresh_from_db()
    assert (order.amount, price_of(cohort).amount) == (AMOUNT, 1)


def test_a_second_start_gives_the_open_order_back(cast):
    cohort = make_sold_cohort()
    assert start_order(cast.trainee, cohort=cohort) == start_order(cast.trainee, cohort=cohort)


def test_one_person_holds_one_place(cast):
    start_order(cast.trainee, cohort=make_sold_cohort())
    with pytest.raises(Refusal, match="already hold a place"):
        start_order(cast.trainee, cohort=make_sold_cohort())


def test_an_order_whose_time_is_over_makes_room_for_a_new_one(cast):
    cohort = make_sold_cohort(seats=1)
    old = make_order(cast.trainee, cohort=cohort, expires_at=timezone.now() - timedelta(minutes=1))
    new = start_order(cast.trainee, cohort=cohort)
    old.refresh_from_db()
    assert (old.state, new.state, seats_taken(cohort)) == (OrderState.LAPSED, OrderState.OPEN, 1)


def test_what_cannot_be_bought(cast, settings):
    with pytest.raises(Refusal, match="not sold here"):
        start_order(cast.trainee, cohort=make_cohort())
    full = make_sold_cohort(seats=1)
    make_enrolment(cast.other_trainee, cohort=full)
    with pytest.raises(Refusal, match="is full"):
        start_order(cast.trainee, cohort=full)
    mine = make_sold_cohort()
    make_enrolment(cast.trainee, cohort=mine)
    with pytest.raises(Refusal, match="already enrolled"):
        start_order(cast.trainee, cohort=mine)
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(Refusal, match="cannot be bought online"):
        start_order(cast.trainee, cohort=make_sold_cohort())
    assert not Order.objects.exists()


def test_a_person_who_begins_again_and_again_is_asked_to_write(cast):
    cohort = make_sold_cohort()
    for _ in range(MOST_ORDERS_A_DAY):
        let_go(start_order(cast.trainee, cohort=cohort), by=cast.trainee)
    with pytest.raises(Refusal, match="several orders today"):
        start_order(cast.trainee, cohort=cohort)


def test_letting_go_frees_the_seat_and_closes_the_checkout_at_stripe(cast, simulator, webhooks):
    cohort = make_sold_cohort()
    order = start_order(cast.trainee, cohort=cohort)
    open_checkout(order)
    order.refresh_from_db()
    client = cast.client("trainee")
    send_form(client, client.get(reverse("order_let_go", args=[order.pk])), "Let it go")
    assert seats_taken(cohort) == 0
    drain()
    assert simulator.session(order.session_id)["status"] == "expired"
    assert webhooks() == 1
    order.refresh_from_db()
    assert order.state == OrderState.LAPSED


def test_a_checkout_is_not_opened_for_an_order_that_is_over_or_nearly(cast, simulator):
    nearly = make_order(cast.trainee, expires_at=timezone.now() + timedelta(minutes=20), session_url="")
    with pytest.raises(Refusal, match="too late"):
        open_checkout(nearly)
    Order.objects.update(state=OrderState.LAPSED)
    nearly.refresh_from_db()
    with pytest.raises(Refusal, match="no longer be paid"):
        open_checkout(nearly)


def test_the_browsers_return_pays_nothing(cast):
    order = make_order(cast.trainee)
    client = cast.client("trainee")
    for query in ("?back=paid", "?back=paid&state=paid", f"?session_id={order.session_id}", "?back=%00"):
        client.get(reverse("order", args=[order.pk]) + query)
    order.refresh_from_db()
    assert (order.state, Enrolment.objects.count()) == (OrderState.OPEN, 0)
    assert client.get(reverse("receipt", args=[order.pk])).status_code == 404


def test_an_order_says_its_state_in_words(cast):
    order = make_order(cast.trainee)
    says, client = StripesView(order), cast.client("trainee")
    url = reverse("order", args=[order.pk])
    assert "is held until" in text_of(client.get(url))
    receive_event(says.completed(mark="less", amount_total=1))
    assert "A person is looking at your payment" in text_of(client.get(url))
    for event, words in (
        (says.completed(), "you are enrolled"),
        (says.dispute(), "enrolment is paused until that is decided"),
        (says.dispute("lost"), "your place has ended"),
    ):
        receive_event(event)
        assert words in text_of(client.get(url))


def test_a_lapsed_order_leads_to_the_open_cohorts(cast):
    order = make_order(cast.trainee, state=OrderState.LAPSED, held=False)
    page = cast.client("trainee").get(reverse("order", args=[order.pk]))
    assert link(page, "See the open cohorts") == reverse("places", args=[order.cohort.program_id])


# What strangers see ---------------------------------------------------------------------------------------------------


def test_offers_are_cohorts_that_have_not_begun_with_seats_left(cast):
    sold = make_sold_cohort(seats=3)
    program = sold.program
    shared = {"program": program, "edition": sold.edition, "standard_version": sold.standard_version}
    make_cohort(**shared, starts_on=timezone.localdate() - timedelta(days=3))
    unsold = make_cohort(**shared, starts_on=timezone.localdate() + timedelta(days=60))
    make_order(cast.trainee, cohort=sold)
    make_enrolment(cast.other_trainee, cohort=sold)
    make_enrolment(cast.director, cohort=sold, state=EnrolmentState.WITHDRAWN)
    offers = offers_of(program)
    assert [(offer.cohort, offer.amount, offer.left) for offer in offers] == [(sold, AMOUNT, 1), (unsold, None, 20)]
    assert [offer.can_be_bought for offer in offers] == [True, False]


def test_the_newest_price_holds_and_none_takes_it_off_sale(cast):
    cohort = make_sold_cohort()
    set_price(cohort, amount=100, currency="eur", by=cast.director)
    assert (price_of(cohort).amount, price_of(cohort).currency) == (100, "eur")
    set_price(cohort, amount=None, currency="eur", by=cast.director)
    assert price_of(cohort) is None
    assert CohortPrice.objects.filter(cohort=cohort).count() == 3


def test_a_cohort_that_has_begun_is_not_found(client):
    cohort = make_sold_cohort(starts_on=timezone.localdate() - timedelta(days=3))
    assert client.get(reverse("buy_place", args=[cohort.pk])).status_code == 404


def test_a_full_cohort_says_so(client, cast):
    cohort = make_sold_cohort(seats=1)
    make_enrolment(cast.trainee, cohort=cohort)
    assert "Every seat is taken" in text_of(client.get(reverse("places", args=[cohort.program_id])))
    assert "Every seat is taken" in text_of(client.get(reverse("buy_place", args=[cohort.pk])))


@pytest.mark.parametrize("number", [1, 3])
def test_the_places_of_a_program_take_the_same_number_of_queries(client, number, django_assert_num_queries):
    first = make_sold_cohort()
    for _ in range(number - 1):
        make_sold_cohort(program=first.program, edition=first.edition, standard_version=first.standard_version)
    url = reverse("places", args=[first.program_id])
    client.get(url)
    with django_assert_num_queries(PLACES):
        assert text_of(client.get(url)).count("USD 2,400.00") == number


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_orders_takes_the_same_number_of_queries(cast, number, django_assert_num_queries):
    for _ in range(number):
        make_order(cast.trainee, state=OrderState.LAPSED, held=False)
    client = cast.client("trainee")
    client.get(reverse("order_list"))
    with django_assert_num_queries(ORDERS):
        assert text_of(client.get(reverse("order_list"))).count("P-0") == number


PLACES, ORDERS = 3, 4


def test_orders_are_ones_own(cast):
    make_order(cast.trainee)
    assert "P-0" not in text_of(cast.client("other_trainee").get(reverse("order_list")))
