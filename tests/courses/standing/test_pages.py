"""The standing page and the desk page of waivers and holds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.standards.queries import definition_of
from courses.standing.actions import end_waiver, grant_waiver, place_hold
from courses.standing.engine import standing_for
from courses.standing.ledger import ledger
from courses.standing.models import Hold, Waiver
from courses.standing.navigation import progress_texts, standing_work
from lms.accounts.actions import raise_barrier
from lms.enums import ReasonClass
from lms.web.worklist import asker_of
from tests.courses.kinds import ReadingConfig, complete
from tests.factories.curriculum import make_program
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.factories.standards import make_standard_version
from tests.web import post, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_kinds")]
NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
PAPER = {"reason": "Taught it for years.", "document": "Transcript of 2019"}


@pytest.fixture
def enrolment(cast):
    program = make_program()
    requirements = [ReadingConfig("read", "Readings", needed=2), ReadingConfig("ethics", "Ethics", waivable=False)]
    cohort = make_cohort(program, standard_version=make_standard_version(program, requirements=requirements))
    grant_faculty(cast.faculty, cohort)
    grant_faculty(cast.other_faculty, make_cohort())
    return make_enrolment(cast.trainee, cohort=cohort)


def page(enrolment, query=""):
    return reverse("standing", args=[enrolment.pk]) + query


def evidence(enrolment, key="read", query=""):
    return reverse("standing_evidence", args=[enrolment.pk, key]) + query


def text(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("visitor", 302),
        ("trainee", 200),
        ("other_trainee", 404),
        ("supervisor", 404),
        ("faculty", 200),
        ("other_faculty", 404),
        ("director", 200),
        ("registrar", 200),
    ],
)
def test_who_reads_a_standing(cast, enrolment, who, status):
    assert cast.client(who).get(page(enrolment)).status_code == status


@pytest.mark.parametrize("state", ["paused", "withdrawn", "completed"])
def test_no_state_closes_the_own_standing(cast, enrolment, state):
    enrolment.state = state
    enrolment.save(update_fields=["state"])
    assert cast.client("trainee").get(page(enrolment)).status_code == 200
    assert cast.client("trainee").get(reverse("standing_index")).url == page(enrolment)


def test_a_barrier_closes_the_standing_to_faculty(cast, enrolment):
    raise_barrier(cast.faculty, cast.trainee, by=cast.director, reason="Related.")
    assert cast.client("faculty").get(page(enrolment)).status_code == 404


def test_each_line_says_what_counted_and_what_comes_next(cast, enrolment):
    complete(enrolment, at=NOON)
    shown = text(cast.client("trainee").get(page(enrolment)))
    for words in ("1 of 2 requirements met.", "<b>1</b> of 2 items", "1 more to complete.", evidence(enrolment)):
        assert words in shown
    assert "Lesson 1" not in shown
    assert "Go on learning" in shown
    assert "Go on learning" not in text(cast.client("director").get(page(enrolment)))


def test_what_counted_stands_on_a_page_of_its_own_and_all_of_it_on_one_to_print(cast, enrolment):
    complete(enrolment, at=NOON)
    for who, back in (("trainee", "Back to your standing"), ("faculty", "Back to the standing")):
        client = cast.client(who)
        shown = text(client.get(evidence(enrolment)))
        for words in ("Readings", "<b>1</b> of 2 items", "Lesson 1, 2 Mar 2026", "Nothing was left out.", back):
            assert words in shown
        assert "Ethics" not in shown
        whole = text(client.get(page(enrolment, "?entries=all")))
        assert "Lesson 1, 2 Mar 2026" in whole
        assert whole.count('<details class="ledger-row" open>') == 2
    assert str(cast.trainee) in shown


def test_what_counted_can_be_asked_as_of_a_day_and_the_links_keep_the_day(cast, enrolment):
    complete(enrolment, at=NOON)
    before, then = "?as_of=2026-03-01", "?as_of=2026-03-02"
    trainee = cast.client("trainee")
    assert "Nothing has counted yet." in text(trainee.get(evidence(enrolment, query=before)))
    shown = text(trainee.get(evidence(enrolment, query=then)))
    assert "Lesson 1, 2 Mar 2026" in shown
    assert "as it stood at the end of 2 Mar 2026" in shown
    assert f'href="{page(enrolment, then)}"' in shown
    ledger = text(trainee.get(page(enrolment, then)))
    assert f'href="{evidence(enrolment, query=then)}"' in ledger
    assert 'href="?entries=all&amp;as_of=2026-03-02"' in ledger


@pytest.mark.parametrize(
    ("key", "query"), [("unknown", ""), ("x" * 5000, ""), ("read", "?as_of=yesterday"), ("read", "?as_of=9999-12-31")]
)
def test_evidence_of_no_requirement_or_no_day_is_not_found(cast, enrolment, key, query):
    assert cast.client("trainee").get(evidence(enrolment, key, query)).status_code == 404


@pytest.mark.parametrize("who", ["other_trainee", "supervisor", "other_faculty"])
def test_evidence_is_closed_to_whoever_may_not_read_the_standing(cast, enrolment, who):
    assert cast.client(who).get(evidence(enrolment)).status_code == 404


def test_the_standing_can_be_asked_as_of_a_day(cast, enrolment):
    complete(enrolment, at=NOON, number=2)
    trainee = cast.client("trainee")
    assert "2 of 2 requirements met." in text(trainee.get(page(enrolment)))
    assert "0 of 2 requirements met on 1 Mar 2026." in text(trainee.get(page(enrolment, "?as_of=2026-03-01")))
    assert "2 of 2 requirements met on 2 Mar 2026." in text(trainee.get(page(enrolment, "?as_of=2026-03-02")))
    assert "2 of 2 requirements met." in text(trainee.get(page(enrolment, "?as_of=")))


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "0001-01-01", "9999-12-31", "%00", "1" * 5000])
def test_a_wrong_day_comes_back_with_a_sentence(cast, enrolment, value):
    response = cast.client("trainee").get(page(enrolment, f"?as_of={value}"))
    assert response.status_code == 422
    assert "0 of 2 requirements met." in text(response)


def test_a_day_to_come_cannot_be_asked(cast, enrolment):
    tomorrow = timezone.now() + timedelta(days=2)
    response = cast.client("trainee").get(page(enrolment, f"?as_of={tomorrow:%Y-%m-%d}"))
    assert response.status_code == 422
    assert "what is still to come cannot be known" in text(response)


def test_a_waiver_and_a_hold_are_told_without_the_note(cast, enrolment):
    grant_waiver(enrolment, "read", by=cast.director, **PAPER)
    place_hold(enrolment, by=cast.director, reason_class=ReasonClass.INTERIM, note="A client complained.")
    shown = text(cast.client("trainee").get(page(enrolment)))
    assert "Transcript of 2019" in shown
    assert ReasonClass.INTERIM.public_sentence in shown
    assert "complained" not in shown


def test_the_way_in_leads_to_the_one_enrolment_or_offers_the_choice(cast, enrolment):
    index = reverse("standing_index")
    assert cast.client("trainee").get(index).url == page(enrolment)
    second = make_enrolment(cast.trainee)
    shown = text(cast.client("trainee").get(index))
    assert page(enrolment) in shown
    assert page(second) in shown
    assert "You are not enrolled yet" in text(cast.client("other_trainee").get(index))
    assert cast.client("director").get(index).status_code == 403


def test_the_standing_is_in_the_navigation_of_trainees_only(cast, enrolment):
    entry = f'href="{reverse("standing_index")}"'
    assert entry in text(cast.client("trainee").get(page(enrolment)))
    assert entry not in text(cast.client("faculty").get(page(enrolment)))


def test_the_home_page_and_the_cohort_say_how_far_somebody_is(cast, enrolment):
    complete(enrolment, at=NOON)
    assert [item.title for item in standing_work(asker_of(cast.trainee))] == ["Your standing: 1 of 2 requirements met"]
    assert list(standing_work(asker_of(cast.director))) == []
    assert progress_texts([enrolment]) == {enrolment.pk: "1 of 2 requirements"}


def test_the_home_page_has_one_line_for_each_requirement_in_the_ledgers_own_words(cast, enrolment):
    complete(enrolment, at=NOON)
    home = text_of(cast.client("trainee").get(reverse("home")))
    rows = ledger(standing_for(enrolment), definition_of(enrolment.standard_version))
    assert len(rows) == 2
    for row in rows:
        assert " ".join([row.title, f"{row.have} of {row.need}", row.state, *row.missing[:1]]) in home


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_same_number_of_queries(cast, enrolment, number, django_assert_num_queries):
    complete(enrolment, at=NOON, number=number)
    for _ in range(number):
        place_hold(enrolment, by=cast.director, reason_class=ReasonClass.ADMINISTRATIVE, note="Form.")
    client = cast.client("trainee")
    asked = {page(enrolment): 5, evidence(enrolment): 5}
    asked |= {page(enrolment, "?entries=all"): 6, page(enrolment, "?as_of=2026-03-02"): 5}
    for url, queries in asked.items():
        client.get(url)
        with django_assert_num_queries(queries):
            client.get(url)


def test_waivers_are_asked_for_only_where_there_are_some(cast, enrolment, django_assert_num_queries):
    client = cast.client("trainee")
    client.get(page(enrolment))
    for query, queries in (("?entries=all", 5), ("?as_of=2026-03-02", 4)):
        with django_assert_num_queries(queries):
            client.get(page(enrolment, query))
    place_hold(enrolment, by=cast.director, reason_class=ReasonClass.INTERIM, note="Form.")
    waiver = grant_waiver(enrolment, "read", by=cast.director, **PAPER)
    for is_open in (True, False):
        with django_assert_num_queries(7):
            shown = text(client.get(page(enrolment, "?entries=all")))
        assert ("Transcript of 2019" in shown) is is_open
        assert ReasonClass.INTERIM.public_sentence in shown
        if is_open:
            end_waiver(waiver, by=cast.director)


# The desk -------------------------------------------------------------------------------------------------------------

WAIVE = {"requirement_key": "read"} | PAPER
PLACE = {"reason_class": "administrative", "note": "A form is missing."}


@pytest.mark.parametrize(
    ("name", "values"), [("desk_award", None), ("desk_waiver_new", WAIVE), ("desk_hold_new", PLACE)]
)
@pytest.mark.parametrize(
    ("who", "status"),
    [("trainee", 404), ("supervisor", 404), ("other_faculty", 404), ("faculty", 403), ("registrar", 403)],
)
def test_waivers_and_holds_are_for_directors(cast, enrolment, name, values, who, status):
    url, client = reverse(name, args=[enrolment.pk]), cast.client(who)
    assert client.get(url).status_code == status
    if values:
        assert post(client, url, **values).status_code == status
    assert not Waiver.objects.exists()
    assert not Hold.objects.exists()


def test_a_director_waives_holds_ends_and_lifts_by_forms(cast, enrolment):
    director, award = cast.client("director"), reverse("desk_award", args=[enrolment.pk])
    for name, values in (("desk_waiver_new", WAIVE), ("desk_hold_new", PLACE)):
        response = post(director, reverse(name, args=[enrolment.pk]), **values)
        assert (response.status_code, response.url) == (302, award)
    shown = text(director.get(award))
    assert "In force" in shown
    assert "A form is missing." in shown
    assert "Never waived: Ethics." in shown
    end = reverse("desk_waiver_end", args=[Waiver.objects.get().pk])
    lift = reverse("desk_hold_lift", args=[Hold.objects.get().pk])
    for url in (end, lift):
        assert cast.client("faculty").get(url).status_code == 403
        assert cast.client("trainee").get(url).status_code == 404
        assert director.get(url).status_code == 200
        assert post(director, url).status_code == 302
        assert post(director, url).status_code == 404
    assert "Lifted" in text(director.get(award))


@pytest.mark.parametrize(
    "changed", [{"requirement_key": "ethics"}, {"requirement_key": "x" * 999}, {"reason": ""}, {"document": "a\x00b"}]
)
def test_a_wrong_waiver_comes_back(cast, enrolment, changed):
    response = post(cast.client("director"), reverse("desk_waiver_new", args=[enrolment.pk]), **WAIVE | changed)
    assert response.status_code == 422
    assert not Waiver.objects.exists()


@pytest.mark.parametrize("changed", [{"reason_class": "final_finding"}, {"note": ""}, {"note": "x" * 501}])
def test_a_wrong_hold_comes_back(cast, enrolment, changed):
    response = post(cast.client("director"), reverse("desk_hold_new", args=[enrolment.pk]), **PLACE | changed)
    assert response.status_code == 422
    assert not Hold.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_award_page_asks_the_same_number_of_queries(cast, enrolment, number, django_assert_num_queries):
    for _ in range(number):
        place_hold(enrolment, by=cast.director, reason_class=ReasonClass.ADMINISTRATIVE, note="Form.")
    client, award = cast.client("director"), reverse("desk_award", args=[enrolment.pk])
    client.get(award)
    with django_assert_num_queries(6):
        client.get(award)
