"""Two codes of one client: joined, counted as one, and separated again by a director alone."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from courses.standards.contract import Subject
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from supervision.actions.codes import merge_codes, separate_code
from supervision.counts.requirements import ClientsConfig, PracticumClients
from supervision.models import ClientCode, SignOff
from supervision.queries.placement import client_codes_of
from supervision.queries.review import content_hash, signed_content
from tests.factories.supervision import CATEGORIES, make_approved, make_code, make_placement, seen
from tests.web import post

CONFIG = ClientsConfig(key="c", title="Clients", number=3)
BY_KEY = {category.key: category for category in CATEGORIES}


@pytest.fixture
def codes(placement):
    return [make_code(placement) for _ in range(3)]


def clients(placement, *, detail=False, config=CONFIG):
    subject = Subject(person=placement.trainee_id, enrolment=placement.enrolment_id, edition=None)
    kind = PracticumClients()
    facts = kind.gather([config], [subject], timezone.now(), detail=detail)[subject]
    return kind.judge(config, facts, {}, BY_KEY).done


def visit(placement, *codes):
    named = {"clients": frozenset(code.pk for code in codes), "client_consented": True}
    return make_approved(placement, category_key="preparation", segments=(("preparation", 60),), **named)


def test_the_later_code_points_to_the_earlier_and_both_count_as_one_client(cast, placement, codes):
    one, two, three = codes
    log = visit(placement, two)
    visit(placement, one)
    visit(placement, one, two)
    before = (signed_content(log), seen(log))
    assert clients(placement) == clients(placement, detail=True) == 2
    assert merge_codes(two, one, by=cast.trainee) == one
    assert ClientCode.objects.get(pk=two.pk).same_as == one
    assert clients(placement) == clients(placement, detail=True) == 1
    twice = ClientsConfig(key="c", title="Clients", number=1, visits_each=4)
    assert clients(placement, config=twice) == clients(placement, config=twice, detail=True) == 0
    assert (signed_content(log), seen(log)) == before
    assert all(content_hash(sign_off.content) == sign_off.sha256 for sign_off in SignOff.objects.all())
    assert [code.code for code in client_codes_of(placement.enrolment)] == [three.code, one.code]


def test_chains_are_never_made(cast, placement, codes):
    one, two, three = codes
    merge_codes(two, three, by=cast.trainee)
    merge_codes(three, one, by=cast.trainee)
    assert set(ClientCode.objects.values_list("pk", "same_as")) == {
        (one.pk, None),
        (two.pk, one.pk),
        (three.pk, one.pk),
    }
    with pytest.raises(Refusal, match="one client already"):
        merge_codes(two, three, by=cast.trainee)
    with pytest.raises(DatabaseError), transaction.atomic():
        ClientCode.objects.filter(pk=one.pk).update(same_as=three)


def test_a_director_alone_undoes_it_and_both_are_audited(cast, placement, codes):
    one, two, _ = codes
    merge_codes(one, two, by=cast.trainee)
    for person in (cast.trainee, cast.supervisor, cast.registrar, cast.faculty):
        with pytest.raises(Refusal):
            separate_code(two, by=person)
    separate_code(two, by=cast.director)
    with pytest.raises(Refusal, match="merged with no other"):
        separate_code(two, by=cast.director)
    assert not ClientCode.objects.filter(same_as__isnull=False).exists()
    acts = AuditEntry.objects.filter(action__startswith="supervision.client.", object_id=str(two.pk))
    assert list(acts.order_by("id").values_list("action", flat=True))[1:] == [
        "supervision.client.merged",
        "supervision.client.separated",
    ]


def test_only_own_codes_of_one_log_are_merged(cast, placement, codes):
    other = make_code(make_placement(cast.other_trainee, cast.supervisor))
    with pytest.raises(Refusal):
        merge_codes(codes[0], other, by=cast.trainee)
    with pytest.raises(Refusal):
        merge_codes(codes[0], codes[1], by=cast.supervisor)


def test_the_picker_names_last_day_and_phase_of_both_codes_and_never_more(cast, placement, codes):
    one, two, _ = codes
    log = visit(placement, two)
    merge_codes(one, two, by=cast.trainee)
    page = cast.client("trainee").get(reverse("practice_new")).content.decode()
    assert f"{one.code}, last seen {log.on.day} {log.on:%b %Y}, preparation" in page
    assert two.code not in page


def test_merging_and_separating_through_the_pages(cast, placement, codes):
    trainee, director = cast.client("trainee"), cast.client("director")
    address = reverse("practice_codes_merge", args=[placement.enrolment_id])
    assert post(trainee, address, one=codes[0].pk, other=codes[0].pk).status_code == 422
    assert post(trainee, address, one=codes[0].pk, other=codes[1].pk).status_code == 302
    desk = reverse("desk_practice", args=[placement.enrolment_id])
    assert f"{codes[1].code}" in director.get(desk).content.decode()
    assert post(director, reverse("desk_code_separate", args=[codes[1].pk])).status_code == 302
    assert not ClientCode.objects.filter(same_as__isnull=False).exists()
