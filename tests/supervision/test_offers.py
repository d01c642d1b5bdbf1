"""What the form of a visit offers: one query, the same rows as those that are allowed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from lms.accounts.actions import raise_barrier
from lms.accounts.models import User
from lms.web.templatetags.forms import _field
from supervision.actions.draft import close_unfinished, save_unfinished
from supervision.forms.practice import VisitForm
from supervision.queries.offers import Offers
from supervision.queries.placement import visit_categories
from tests.factories.enrolment import make_enrolment
from tests.factories.supervision import make_approved, make_code, make_placement


@pytest.fixture
def others(placement):
    names = ("Zoe", "anna", "", "Émile")
    people = [User.objects.create(email=f"other{n}@example.org", display_name=name) for n, name in enumerate(names)]
    return [make_enrolment(person, cohort=placement.enrolment.cohort) for person in people]


def offers(placement) -> Offers:
    return Offers(placement.enrolment, placement.enrolment.person)


def test_it_offers_the_rows_that_are_allowed(placement, others, django_assert_num_queries):
    used, unused = make_code(placement), make_code(placement)
    make_approved(placement, clients=frozenset({used.pk}), client_consented=True)
    trainee, supervisor = placement.enrolment.person, placement.supervisor.person
    starts_on = placement.starts_on + timedelta(days=1)
    later = make_placement(trainee, supervisor, enrolment=placement.enrolment, site="Elm House", starts_on=starts_on)
    with django_assert_num_queries(1):
        shown = offers(placement)
        assert [pk for pk, _ in shown.codes] == [unused.pk, used.pk]
        assert shown.placements == [(later.pk, str(later)), (placement.pk, str(placement))]
        assert [name for _, name in shown.co_therapists] == ["anna", "other2@example.org", "Zoe", "Émile"]
        assert not shown.has_drafts
    listed = {"placement": shown.placements, "clients": shown.codes, "co_therapist": shown.co_therapists}
    for name, rows in shown.allowed().items():
        assert {row.pk for row in rows} == {pk for pk, _ in listed[name]}


def test_nobody_behind_a_barrier_is_offered(cast, placement, others):
    raise_barrier(cast.trainee, others[0].person, reason="Private", by=cast.director)
    assert [name for _, name in offers(placement).co_therapists] == ["anna", "other2@example.org", "Émile"]
    raise_barrier(cast.trainee, placement.supervisor.person, reason="Private", by=cast.director)
    assert offers(placement).placements == []


def test_a_draft_that_waits_is_told_and_a_closed_one_is_not(cast, placement):
    key = uuid4()
    save_unfinished(placement.enrolment, key=key, sequence=1, typed={"on": ["2026-03-04"]}, by=cast.trainee)
    assert offers(placement).has_drafts
    close_unfinished(placement.enrolment, key)
    assert not offers(placement).has_drafts


def test_what_the_form_calls_alike_is_alike_for_two_trainees(placement, others):
    """Whatever one of them may choose from, and whatever her last visit was."""
    make_code(placement)
    make_approved(placement)
    first = {"on": timezone.localdate(), "time_zone": "Europe/Madrid", "modality": "online"}
    pages = []
    for enrolment in (placement.enrolment, others[0]):
        form = VisitForm(
            initial=first,
            categories=visit_categories(enrolment),
            offers=Offers(enrolment, enrolment.person),
            asks_for_other=True,
        )
        names = {*VisitForm.alike, *form.alike_by}
        pages.append({name: _field(form[name], "", "", "", False) for name in names})
    assert placement.enrolment.standard_version == others[0].standard_version
    assert pages[0] == pages[1]
    assert VisitForm.alike < set(VisitForm.base_fields)
