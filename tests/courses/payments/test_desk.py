"""What directors and registrars do: payments by hand, refunds, places for those who wait, flags; and what they may not."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.actions import enrol
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import seats_taken
from courses.payments.actions.desk import place_order, record_payment, request_refund, settle_flag
from courses.payments.actions.settling import receive_event
from courses.payments.enums import FlagKind, Method, OrderState
from courses.payments.models import CohortPrice, Flag, Order, OrderMove, StripeEvent
from courses.payments.queries import desk_orders_for
from lms.accounts.actions import grant_role, raise_barrier
from lms.accounts.enums import Role, Scope
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from lms.web.worklist import work_for
from tests.cast import make_person
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.payments import AMOUNT, StripesView, make_order, make_sold_cohort
from tests.jobs import drain
from tests.web import link, send_form, text_of

pytestmark = pytest.mark.django_db


def by_hand(**changed):
    values = {"method": Method.TRANSFER, "reference": "KAP 77", "amount": AMOUNT, "currency": "usd"}
    return values | {"received_on": timezone.localdate()} | changed


@pytest.fixture
def paid(cast):
    order = make_order(cast.trainee)
    receive_event(StripesView(order).completed())
    order.refresh_from_db()
    return order


@pytest.fixture
def waiting(cast):
    """Paid, but the cohort was full when the money came."""
    cohort = make_sold_cohort(seats=1)
    order = make_order(cast.trainee, cohort=cohort)
    cohort.seat_holds.update(expires_at=timezone.now() - timedelta(minutes=1))
    enrol(cast.other_trainee, cohort=cohort, by=cast.director)
    receive_event(StripesView(order).completed())
    order.refresh_from_db()
    return order


# Payments by hand -----------------------------------------------------------------------------------------------------


def test_a_payment_by_hand_enrols_like_any_other(cast):
    cohort = make_cohort()
    order = record_payment(cast.trainee, cohort=cohort, by=cast.registrar, discipline="Nurse", **by_hand())
    assert (order.state, order.recorded_by, order.enrolment.cohort) == (OrderState.PAID, cast.registrar, cohort)
    assert order.enrolment.discipline == "Nurse"
    subjects = set(Notice.objects.filter(person=cast.trainee).values_list("subject", flat=True))
    assert subjects == {"You are enrolled", "Your payment has arrived"}


def test_nobody_records_her_own_payment(cast):
    with pytest.raises(Refusal, match="ask another director or registrar"):
        record_payment(cast.registrar, cohort=make_cohort(), by=cast.registrar, **by_hand())
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(
            person=cast.registrar,
            cohort=make_cohort(),
            recorded_by=cast.registrar,
            state=OrderState.WAITING,
            **by_hand(),
        )


def test_one_reference_is_recorded_once_and_again_after_it_went_back(cast):
    cohort = make_cohort()
    order = record_payment(cast.trainee, cohort=cohort, by=cast.registrar, **by_hand())
    with pytest.raises(Refusal, match="is recorded for"):
        record_payment(cast.other_trainee, cohort=cohort, by=cast.registrar, **by_hand())
    request_refund(order, by=cast.director, reason="She cannot come.")
    assert record_payment(cast.trainee, cohort=cohort, by=cast.registrar, **by_hand()).state == OrderState.PAID


def test_what_cannot_be_recorded(cast):
    full = make_cohort(seats=1)
    make_enrolment(cast.other_trainee, cohort=full)
    for match, cohort, changed in (
        ("is full", full, {}),
        ("never recorded by hand", make_cohort(), {"method": Method.STRIPE}),
        ("lies in the future", make_cohort(), {"received_on": timezone.localdate() + timedelta(days=2)}),
    ):
        with pytest.raises(Refusal, match=match):
            record_payment(cast.trainee, cohort=cohort, by=cast.registrar, **by_hand(**changed))
    assert not Order.objects.exists()


def test_a_registrar_records_a_payment_on_the_page_of_a_cohort(cast):
    cohort, client = make_sold_cohort(), cast.client("registrar")
    form = client.get(link(client.get(reverse("desk_cohort", args=[cohort.pk])), "Record a payment"))
    assert 'value="2400.00"' in form.content.decode()
    page = send_form(
        client, form, "Record it and enrol", person=cast.trainee.email, reference="7", received_on="2026-03-02"
    )
    assert "The person is enrolled" in text_of(page)
    assert Enrolment.objects.get().person == cast.trainee


# Refunds --------------------------------------------------------------------------------------------------------------


def test_a_refund_goes_by_stripe_and_ends_the_place(cast, simulator, webhooks):
    client = cast.client("trainee")
    cohort = make_sold_cohort()
    order = _bought(client, cohort, simulator, webhooks)
    desk = cast.client("registrar")
    form = desk.get(link(desk.get(reverse("desk_payment", args=[order.pk])), "Pay it back"))
    page = send_form(desk, form, "Pay USD 2,400.00 back", reason="She cannot come.")
    assert "The refund of USD 2,400.00 is on its way." in text_of(page)
    assert Order.objects.get().state == OrderState.PAID  # until Stripe says so
    assert [task.status for task in drain() if task.task_path.endswith("send_refund")] == ["SUCCESSFUL"]
    assert webhooks() == 2
    order.refresh_from_db()
    assert (order.state, order.refunded, seats_taken(cohort)) == (OrderState.REFUNDED, AMOUNT, 0)
    assert order.enrolment.state == EnrolmentState.WITHDRAWN
    assert order.refund_requested_by == cast.registrar
    assert "Paid back" in text_of(client.get(reverse("receipt", args=[order.pk])))


def _bought(client, cohort, simulator, webhooks):
    from tests.web import post

    answer = post(client, reverse("buy_place", args=[cohort.pk]), track="therapist", discipline="Nurse")
    simulator.pay(answer["Location"].rsplit("/", 1)[-1])
    webhooks()
    order = Order.objects.get()
    assert order.state == OrderState.PAID
    return order


def test_a_refund_is_asked_for_once(cast, paid):
    request_refund(paid, by=cast.director, reason="She cannot come.")
    with pytest.raises(Refusal, match="on its way already"):
        request_refund(paid, by=cast.second_director, reason="She cannot come.")


def test_a_refund_that_stripe_refuses_is_flagged_and_can_be_asked_for_again(cast, simulator, webhooks):
    order = _bought(cast.client("trainee"), make_sold_cohort(), simulator, webhooks)
    intent = order.intents.get().intent_id
    simulator._charge_of(intent)["disputed"] = True
    request_refund(order, by=cast.director, reason="She cannot come.")
    drain()
    assert "charged back" in Flag.objects.get(order=order, kind=FlagKind.REFUND_FAILED).text
    simulator._charge_of(intent)["disputed"] = False
    order.refresh_from_db()
    request_refund(order, by=cast.director, reason="Again.")
    drain()
    webhooks()
    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED


def test_a_payment_by_hand_is_paid_back_by_hand_and_closes_at_once(cast):
    order = record_payment(cast.trainee, cohort=make_cohort(), by=cast.registrar, **by_hand())
    desk = cast.client("registrar")
    form = desk.get(link(desk.get(reverse("desk_payment", args=[order.pk])), "Pay it back"))
    assert "pay it back the way it came" in text_of(form)
    page = send_form(desk, form, "Record the refund", reason="She cannot come.")
    assert "The refund is recorded." in text_of(page)
    order.refresh_from_db()
    assert (order.state, order.refunded) == (OrderState.REFUNDED, AMOUNT)
    assert order.enrolment.state == EnrolmentState.WITHDRAWN


def test_a_refund_needs_another_person_and_a_paid_order(cast, paid):
    grant_role(cast.trainee, Role.DIRECTOR, by=None)
    with pytest.raises(Refusal, match="ask another director"):
        request_refund(paid, by=cast.trainee, reason="Mine.")
    with pytest.raises(IllegalMove):
        request_refund(make_order(cast.other_trainee), by=cast.director, reason="Not paid.")


# Those who wait -------------------------------------------------------------------------------------------------------


def test_directors_and_registrars_see_who_waits_in_their_work_list(cast, waiting):
    for person in (cast.director, cast.registrar):
        titles = [item.title for item in work_for(person)]
        assert f"Trainee has paid and waits for a place in {waiting.cohort}" in titles
    for person in (cast.faculty, cast.supervisor, cast.trainee):
        assert not [item for item in work_for(person) if "waits for a place" in item.title]


def test_another_cohort_is_given_on_the_desk(cast, waiting):
    old = waiting.cohort
    other = make_cohort(program=old.program, edition=old.edition, standard_version=old.standard_version)
    client = cast.client("registrar")
    page = client.get(reverse("desk_payment", args=[waiting.pk]))
    assert "Ask whether another cohort suits, or pay it back." in text_of(page)
    form = client.get(link(page, "Give a place"))
    assert "is full" in text_of(send_form(client, form, "Give this place"))
    send_form(client, form, "Give this place", cohort=str(other.pk))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.enrolment.cohort) == (OrderState.PAID, other)
    assert other.name in text_of(cast.client("trainee").get(reverse("order", args=[waiting.pk])))


def test_a_place_is_given_only_in_the_same_program_and_to_those_who_wait(cast, waiting, paid_other):
    with pytest.raises(Refusal, match="another program"):
        place_order(waiting, cohort=make_cohort(), by=cast.director)
    with pytest.raises(IllegalMove):
        place_order(paid_other, cohort=paid_other.cohort, by=cast.director)


@pytest.fixture
def paid_other(cast):
    order = make_order(make_person("somebody"))
    receive_event(StripesView(order).completed())
    return order


def test_a_flag_is_settled_with_a_note(cast):
    order = make_order(cast.trainee)
    receive_event(StripesView(order).completed(amount_total=1))
    client = cast.client("director")
    assert "The payment of Trainee needs a look" in [item.title for item in work_for(cast.director)]
    form = client.get(link(client.get(reverse("desk_payment", args=[order.pk])), "Settle it"))
    page = send_form(client, form, "It is settled", note="Paid back in the dashboard.")
    assert "Paid back in the dashboard." in text_of(page)
    assert not [item for item in work_for(cast.director) if "needs a look" in item.title]
    with pytest.raises(Refusal, match="settled this already"):
        settle_flag(Flag.objects.get(), by=cast.second_director, note="Again.")


# Who sees what --------------------------------------------------------------------------------------------------------


def test_payments_are_within_reach_never_ones_own_and_never_across_a_barrier(cast, paid):
    here, elsewhere = make_person("here"), make_person("elsewhere")
    grant_role(here, Role.REGISTRAR, by=None, scope=Scope.COHORT, scope_id=paid.cohort_id)
    grant_role(elsewhere, Role.DIRECTOR, by=None, scope=Scope.PROGRAM, scope_id=make_cohort().program_id)
    seen = {
        person: list(desk_orders_for(person))
        for person in (cast.director, cast.registrar, here, elsewhere, cast.faculty, cast.trainee)
    }
    assert seen == {
        **{person: [paid] for person in (cast.director, cast.registrar, here)},
        **{person: [] for person in (elsewhere, cast.faculty, cast.trainee)},
    }
    raise_barrier(cast.registrar, cast.trainee, by=cast.director, reason="They are related.")
    assert list(desk_orders_for(cast.registrar)) == []
    own = make_order(cast.director)
    assert own not in desk_orders_for(cast.director)


def test_the_list_shows_what_is_asked_for(cast, waiting):
    lapsed = make_order(make_person("nobody"), state=OrderState.LAPSED, held=False)
    client = cast.client("registrar")

    def listed(state):
        page = text_of(client.get(reverse("desk_payments"), {"state": state}))
        return [order for order in (waiting, lapsed) if str(order) in page]

    assert [listed(state) for state in ("", "attention", "lapsed", "nonsense")] == [
        [waiting, lapsed],
        [waiting],
        [lapsed],
        [waiting, lapsed],
    ]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("state", "queries"), [("", 4), ("attention", 4)])
def test_the_list_takes_the_same_number_of_queries(cast, number, state, queries, django_assert_num_queries):
    for index in range(number):
        order = make_order(make_person(f"payer{index}"), state=OrderState.WAITING, held=False)
        Flag.objects.create(order=order, kind=FlagKind.MISMATCH, text="Look.")
    client = cast.client("registrar")
    client.get(reverse("desk_payments"))
    with django_assert_num_queries(queries):
        assert text_of(client.get(reverse("desk_payments"), {"state": state})).count("P-0") == number


@pytest.mark.parametrize("number", [1, 3])
def test_a_payment_takes_the_same_number_of_queries(cast, number, paid, django_assert_num_queries):
    says = StripesView(paid)
    for index in range(number):
        receive_event(says.charge_refunded(index + 1))
        Flag.objects.create(order=paid, kind=FlagKind.MISMATCH, text="Look.", subject=str(index))
    client = cast.client("registrar")
    url = reverse("desk_payment", args=[paid.pk])
    client.get(url)
    with django_assert_num_queries(7):
        client.get(url)


# What the database keeps ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda order: Order.objects.update(amount=1),
        lambda order: Order.objects.update(person=order.person_id + 1),
        lambda order: Order.objects.all().delete(),
        lambda order: OrderMove.objects.update(new="refunded"),
        lambda order: OrderMove.objects.all().delete(),
        lambda order: StripeEvent.objects.update(type="another"),
        lambda order: StripeEvent.objects.all().delete(),
        lambda order: CohortPrice.objects.update(amount=1),
    ],
)
def test_what_was_written_is_never_changed(paid, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(paid)


@pytest.mark.parametrize(
    "values",
    [
        {"amount": 0},
        {"refunded": AMOUNT + 1},
        {"state": OrderState.PAID},
        {"method": Method.CASH},
        {"received_on": timezone.localdate()},
    ],
)
def test_a_row_that_makes_no_sense_is_refused_by_the_database(cast, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_order(cast.trainee, held=False, **values)


def test_the_history_of_a_recorded_payment_says_recorded_and_of_a_bought_one_begun(cast, paid):
    recorded = record_payment(cast.other_trainee, cohort=make_cohort(), by=cast.registrar, **by_hand())
    titles = {
        order: [
            move["title"]
            for move in cast.client("registrar").get(reverse("desk_payment", args=[order.pk])).context["history"]
        ]
        for order in (recorded, paid)
    }
    assert titles == {recorded: ["Paid", "Recorded"], paid: ["Paid", "Begun"]}
