"""Placements: who sets them, with whom, and what an end may not cut off."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from lms.accounts.actions import end_role, raise_barrier
from lms.accounts.enums import Role
from lms.accounts.models import RoleGrant
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from supervision.actions.placement import end_placement, make_client_code, set_placement
from supervision.actions.supervisor import record_supervisor, site_named, supervisor_of
from supervision.models import ClientCode, Placement, Supervisor
from supervision.queries.placement import supervisors_for
from supervision.rules.address import address_key
from tests.cast import make_person
from tests.factories.enrolment import grant_faculty, make_enrolment
from tests.factories.supervision import (
    FIRST_DAY,
    make_approved,
    make_draft,
    make_placement,
    make_practice_standard,
    make_submitted,
)
from tests.supervision.rollback import act_and_roll_back
from tests.web import link, post, send_form, text_of


@pytest.fixture
def enrolment(cast):
    return make_enrolment(cast.trainee, standard_version=make_practice_standard())


def url(enrolment):
    return f"/desk/enrolments/{enrolment.pk}/placements/"


def test_a_director_sets_and_ends_a_placement_by_forms(cast, enrolment):
    client = cast.client("director")
    page = send_form(
        client,
        client.get(url(enrolment)),
        "Set the placement",
        supervisor=str(cast.supervisor.pk),
        site="Juniper Clinic",
        starts_on="2026-03-02",
    )
    placement = Placement.objects.get()
    assert (placement.enrolment, placement.trainee, placement.supervisor.person, placement.site.name) == (
        enrolment,
        cast.trainee,
        cast.supervisor,
        "Juniper Clinic",
    )
    assert (placement.starts_on, placement.ends_on, placement.set_by) == (date(2026, 3, 2), None, cast.director)
    end = client.get(link(page, "End"))
    send_form(client, end, "Record the last day", ends_on="2026-06-30")
    placement.refresh_from_db()
    assert placement.ends_on == date(2026, 6, 30)
    names = AuditEntry.objects.filter(action__startswith="supervision.").values_list("action", "actor")
    assert list(names.order_by("id")) == [
        ("supervision.supervisor.recorded", cast.director.pk),
        ("supervision.placement.set", cast.director.pk),
        ("supervision.placement.ended", cast.director.pk),
    ]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"supervisor": ""}, "supervisor"),
        ({"supervisor": "9" * 30}, "supervisor"),
        ({"site": ""}, "site"),
        ({"site": "a\x00"}, "site"),
        ({"site": "a" * 201}, "site"),
        ({"starts_on": "NaN"}, "starts_on"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"ends_on": "2026-01-01"}, "ends_on"),
    ],
)
def test_bad_input_sets_nothing(cast, enrolment, fields, where):
    good = {"supervisor": cast.supervisor.pk, "site": "Juniper", "starts_on": "2026-03-02", "ends_on": ""}
    page = post(cast.client("director"), url(enrolment), **good | fields)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [where])
    assert not Placement.objects.exists()


def test_only_people_who_may_supervise_this_trainee_are_offered(cast, enrolment):
    assert list(supervisors_for(enrolment)) == [cast.other_supervisor, cast.supervisor]
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason="x")
    assert list(supervisors_for(enrolment)) == [cast.other_supervisor]
    end_role(RoleGrant.objects.get(person=cast.other_supervisor), by=cast.director)
    assert list(supervisors_for(enrolment)) == []


@pytest.mark.parametrize("who", ["trainee", "faculty", "director"])
def test_whoever_may_not_supervise_is_refused(cast, enrolment, who):
    with pytest.raises(Refusal, match="cannot supervise this trainee"):
        set_placement(
            enrolment,
            supervisor=supervisor_of(getattr(cast, who), by=None),
            site=site_named("x"),
            starts_on=date(2026, 3, 2),
            ends_on=None,
            by=cast.director,
        )


def test_a_barrier_refuses_a_placement_without_saying_so(cast, enrolment):
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason="secret")
    row = supervisor_of(cast.supervisor, by=None)
    with pytest.raises(Refusal) as refused:
        set_placement(
            enrolment, supervisor=row, site=site_named("x"), starts_on=date(2026, 3, 2), ends_on=None, by=cast.director
        )
    assert refused.value.message == "Supervisor cannot supervise this trainee. Choose another supervisor."


def test_the_database_refuses_a_trainee_as_her_own_supervisor(cast, enrolment):
    values = {"enrolment": enrolment, "trainee": cast.trainee, "site": site_named("x"), "starts_on": date(2026, 3, 2)}
    herself = supervisor_of(cast.trainee, by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Placement.objects.create(supervisor=herself, **values)
    her_other_address = record_supervisor("T. Other", "trainee+clinic@example.org", by=cast.director)
    with pytest.raises(DatabaseError), transaction.atomic():
        Placement.objects.create(supervisor=her_other_address, trainee_key=address_key(cast.trainee.email), **values)


@pytest.mark.parametrize(
    "change", [{"address_key": "trainee@example.org"}, {"person": "trainee"}], ids=["by her address", "by her account"]
)
def test_the_database_refuses_that_a_supervisor_becomes_the_trainee_later(cast, change):
    supervisor = record_supervisor("Robin Vance", "robin@clinic.example", by=cast.director)
    make_placement(cast.trainee, supervisor)
    if "person" in change:
        change = {"person": cast.trainee}
    with pytest.raises(DatabaseError), transaction.atomic():
        Supervisor.objects.filter(pk=supervisor.pk).update(**change)
    Supervisor.objects.filter(pk=supervisor.pk).update(address_key="robin.v@clinic.example", person=cast.supervisor)


def test_somebody_without_an_account_is_recorded_once_and_becomes_the_account_later(cast):
    first = record_supervisor("Robin Vance", "Robin@Example.org", by=cast.director)
    assert (first.email, first.state) == ("robin@example.org", "unverified")
    assert record_supervisor("R. V.", "robin@example.org", by=cast.second_director) == first
    person = make_person("robin", role=Role.SUPERVISOR)
    assert supervisor_of(person, by=cast.director) == first
    assert record_supervisor("x", cast.supervisor.email, by=cast.director).person == cast.supervisor
    with pytest.raises(Refusal, match="your own address"):
        record_supervisor("x", "director+x@example.org", by=cast.director)


def test_a_supervisor_without_an_account_is_offered_and_set(cast, enrolment):
    supervisor = record_supervisor("Robin Vance", "robin@clinic.example", by=cast.director)
    record_supervisor("Trainee", "trainee+x@example.org", by=cast.director)
    client = cast.client("director")
    offered = client.get(url(enrolment)).context["form"].fields["supervisor"].choices
    assert (f"s{supervisor.pk}", "Robin Vance, signs by link, not verified yet") in offered
    assert len(offered) == 4
    fields = {"site": "juniper  clinic", "starts_on": "2026-03-02", "ends_on": ""}
    post(client, url(enrolment), supervisor=f"s{supervisor.pk}", **fields)
    post(client, url(enrolment), supervisor=cast.supervisor.pk, **fields | {"site": "Juniper Clinic"})
    placements = list(Placement.objects.order_by("id"))
    assert [placement.supervisor.person for placement in placements] == [None, cast.supervisor]
    assert len({placement.site_id for placement in placements}) == 1


def test_an_end_does_not_cut_off_what_was_sent(cast, placement):
    log = make_approved(placement, on=FIRST_DAY + timedelta(days=5))
    make_draft(placement, on=log.on + timedelta(days=40))
    with pytest.raises(Refusal, match="later than this day"):
        end_placement(placement, ends_on=log.on - timedelta(days=1), by=cast.director)
    assert end_placement(placement, ends_on=log.on, by=cast.director).ends_on == log.on


def test_each_act_has_one_audit_row_and_none_when_it_is_rolled_back(cast, enrolment):
    def place():
        return set_placement(
            enrolment, supervisor=row, site=site_named("x"), starts_on=date(2026, 3, 2), ends_on=None, by=cast.director
        )

    row = supervisor_of(cast.supervisor, by=None)
    acts = {
        "supervision.placement.set": place,
        "supervision.placement.ended": lambda: end_placement(
            Placement.objects.get(), ends_on=date(2026, 4, 1), by=None
        ),
        "supervision.client.coded": lambda: make_client_code(enrolment, by=cast.trainee),
    }
    for name, act in acts.items():
        rows = AuditEntry.objects.filter(action=name)
        act_and_roll_back(act, rows)
        assert rows.count() == 0
        act()
        assert rows.count() == 1


def test_only_the_trainee_makes_client_codes(cast, enrolment):
    with pytest.raises(Refusal):
        make_client_code(enrolment, by=cast.supervisor)
    assert not ClientCode.objects.exists()


@pytest.mark.parametrize(
    ("who", "placements", "practice"),
    [
        ("visitor", 302, 302),
        ("trainee", 403, 302),
        ("other_trainee", 404, 404),
        ("supervisor", 404, 404),
        ("faculty", 403, 200),
        ("other_faculty", 404, 404),
        ("director", 200, 200),
        ("registrar", 403, 200),
    ],
)
def test_who_opens_the_desks_pages(cast, placement, who, placements, practice):
    grant_faculty(cast.faculty, placement.enrolment.cohort)
    client, pk = cast.client(who), placement.enrolment_id
    addresses = [f"/desk/enrolments/{pk}/placements/", f"/desk/placements/{placement.pk}/end/"]
    assert [client.get(address).status_code for address in addresses] == [placements] * 2
    assert [post(client, address).status_code for address in addresses] == [
        422 if placements == 200 else placements
    ] * 2
    assert client.get(f"/desk/enrolments/{pk}/practice/").status_code == practice


def test_a_registrar_reads_totals_and_no_single_entry(cast, placement):
    make_submitted(placement)
    page = cast.client("registrar").get(f"/desk/enrolments/{placement.enrolment_id}/practice/")
    assert "rows" not in page.context
    assert [(total.label, total.waiting) for total in page.context["totals"]] == [("Live observation", 60)]
    full = cast.client("director").get(f"/desk/enrolments/{placement.enrolment_id}/practice/")
    assert len(full.context["rows"]) == 1
    assert "Single entries are read by the supervisor" in text_of(page)


@pytest.mark.parametrize("count", [1, 3])
def test_the_desks_lists_take_the_same_queries_for_one_and_three(cast, enrolment, django_assert_num_queries, count):
    for number in range(count):
        placement = set_placement(
            enrolment,
            supervisor=supervisor_of(cast.supervisor, by=None),
            site=site_named(f"Site {number}"),
            starts_on=date(2026, 3, 2),
            ends_on=None,
            by=None,
        )
        make_submitted(placement)
    client = cast.client("director")
    client.get(url(enrolment))
    with django_assert_num_queries(6):
        client.get(url(enrolment))
    with django_assert_num_queries(7):
        client.get(f"/desk/enrolments/{enrolment.pk}/practice/")
