"""Papers of a site: who adds, decides and fetches them, what they let happen, and when somebody is warned."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.standards.enums import Answer, SitePaperKind
from courses.standards.practice import PracticeRules, SitePaperInForce, problems_of_rules
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from lms.uploads import clean_document
from supervision.actions.placement import set_placement
from supervision.actions.practice import VisitRefused, submit_log
from supervision.actions.site import (
    approve_site_paper,
    refuse_site_paper,
    warn_of_site_papers,
)
from supervision.actions.supervisor import site_named, supervisor_of
from supervision.enums import SITE_PAPER_MOVES, SitePaperState
from supervision.models import Placement, SitePaper
from supervision.queries.site import missing_papers, papers_for_desk, running_out, sites_for_desk
from tests.cast import make_cast
from tests.documents import pdf_bytes, png_bytes, upload
from tests.factories.curriculum import make_program
from tests.factories.enrolment import make_enrolment
from tests.factories.supervision import (
    FIRST_DAY,
    approve,
    make_draft,
    make_placement,
    make_practice_standard,
    make_site_paper,
)
from tests.races import at_once
from tests.web import post, text_of

AGREEMENT, INSURANCE = SitePaperKind.AGREEMENT, SitePaperKind.INSURANCE


def rules(**answers):
    """What a standard asks of a site: by paper, what follows."""
    return PracticeRules(site=tuple(SitePaperInForce(paper, answer) for paper, answer in answers.items()))


def enrolled(cast, **answers):
    return make_enrolment(cast.trainee, standard_version=make_practice_standard(practice=rules(**answers)))


def fresh(person):
    return User.objects.get(pk=person.pk)


@pytest.fixture
def site(placement):
    return placement.site


# The standard ---------------------------------------------------------------------------------------------------------


def test_the_standard_says_in_words_what_it_asks_of_a_site():
    found = rules(agreement=Answer.REFUSE, insurance=Answer.FLAG)
    assert found.sentences == (
        "The site agreement of the site is in force on the day of the visit; an entry without it is refused.",
        "The insurance certificate of the site is in force on the day of the visit; an entry without it is flagged for "
        "whoever reviews it.",
    )
    assert problems_of_rules(found) == []
    twice = PracticeRules(site=(SitePaperInForce("agreement"), SitePaperInForce("agreement", "refuse")))
    assert problems_of_rules(twice) == ["The rules of practice ask twice for the same paper of the site."]


# Adding and deciding --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "may_add", "may_decide"),
    [
        ("trainee", False, False),
        ("other_trainee", False, False),
        ("supervisor", False, False),
        ("other_supervisor", False, False),
        ("faculty", False, False),
        ("other_faculty", False, False),
        ("director", True, False),
        ("second_director", True, True),
        ("registrar", True, False),
    ],
)
def test_who_adds_a_paper_and_who_decides(cast, site, name, may_add, may_decide):
    paper, person = make_site_paper(site, by=cast.director), fresh(getattr(cast, name))
    assert papers_for_desk(person).exists() == may_add
    for act in (
        lambda: approve_site_paper(paper, by=person),
        lambda: refuse_site_paper(paper, reason="No.", by=person),
    ):
        with transaction.atomic():
            if may_decide:
                assert act().decided_by == person
                transaction.set_rollback(True)
            else:
                with pytest.raises(Refusal):
                    act()
    if may_add:
        assert make_site_paper(site, by=person).added_by == person
    else:
        with pytest.raises(Refusal):
            make_site_paper(site, by=person)


def test_a_director_of_another_program_sees_the_site_neither_in_the_list_nor_by_its_paper(cast, site):
    paper = make_site_paper(site, by=cast.director)
    elsewhere = {"scope": Scope.PROGRAM, "scope_id": make_program("Else").pk}
    grant_role(cast.other_faculty, Role.DIRECTOR, by=cast.director, **elsewhere)
    person = fresh(cast.other_faculty)
    unused = site_named("Nobody was placed here")
    assert list(sites_for_desk(person)) == [unused]
    client = cast.client("other_faculty")
    urls = (f"/desk/sites/{site.pk}/", f"/desk/sites/papers/{paper.pk}/", f"/desk/sites/papers/{paper.pk}/document/")
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expires_on": date(2025, 12, 31)}, "comes before the first"),
        ({"begins_on": date(2025, 1, 1), "expires_on": date(2026, 11, 22)}, "has run out already"),
        ({"document": png_bytes()}, "Send the paper as a PDF"),
    ],
)
def test_a_paper_that_cannot_count_is_not_added(cast, site, fields, words):
    if "document" in fields:
        fields = {"document": clean_document(upload(fields["document"], "a.png"))}
    with pytest.raises(Refusal, match=words):
        make_site_paper(site, by=cast.director, **fields)
    assert not SitePaper.objects.exists()


@pytest.mark.parametrize("old", [SitePaperState.APPROVED, SitePaperState.REFUSED])
@pytest.mark.parametrize("new", [SitePaperState.APPROVED, SitePaperState.REFUSED])
def test_a_paper_is_decided_once(cast, site, old, new):
    acts = {
        SitePaperState.APPROVED: lambda one: approve_site_paper(one, by=cast.second_director),
        SitePaperState.REFUSED: lambda one: refuse_site_paper(one, reason="Not signed.", by=cast.second_director),
    }
    paper = acts[old](make_site_paper(site, by=cast.director))
    assert SITE_PAPER_MOVES[old] == set()
    with pytest.raises(IllegalMove, match="has been decided"):
        acts[new](paper)
    with pytest.raises(IntegrityError), transaction.atomic():
        SitePaper.objects.filter(pk=paper.pk).update(state=new, reason="x")


def test_a_refusal_is_read_by_whoever_added_it_and_the_acts_are_audited(cast, site):
    paper = make_site_paper(site, by=cast.registrar)
    for reason in (" ", "a" * 1001, "Call 303-555-0142"):
        with pytest.raises(Refusal):
            refuse_site_paper(paper, reason=reason, by=cast.director)
    refuse_site_paper(paper, reason="It is not signed.", by=cast.director)
    assert Notice.objects.get(key=f"site-paper-{paper.pk}-refused").person == cast.registrar
    assert "It is not signed." in text_of(cast.client("registrar").get(f"/desk/sites/{site.pk}/"))
    acts = AuditEntry.objects.filter(action__startswith="supervision.site.").order_by("id")
    assert list(acts.values_list("action", "actor")) == [
        ("supervision.site.paper_added", cast.registrar.pk),
        ("supervision.site.paper_refused", cast.director.pk),
    ]


def test_the_database_keeps_a_paper_and_lets_nobody_decide_what_they_added(cast, site):
    paper, now = make_site_paper(site, by=cast.director), timezone.now()
    for values in (
        {"expires_on": date(2030, 1, 1)},
        {"state": "approved"},
        {"state": "approved", "decided_by": cast.director, "decided_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SitePaper.objects.filter(pk=paper.pk).update(**values)


# What the standard asks -----------------------------------------------------------------------------------------------


def test_nobody_is_placed_without_what_the_standard_refuses_to_do_without(cast):
    enrolment, site = enrolled(cast, agreement=Answer.REFUSE, insurance=Answer.FLAG), site_named("Aspen House")
    values = {"supervisor": supervisor_of(cast.supervisor, by=None), "site": site, "ends_on": None, "by": cast.director}
    for kind in (INSURANCE, AGREEMENT):
        with pytest.raises(Refusal, match="asks for an approved site agreement of Aspen House"):
            set_placement(enrolment, starts_on=FIRST_DAY, **values)
        paper = make_site_paper(site, by=cast.registrar, kind=kind)
        with pytest.raises(Refusal, match="asks for an approved site agreement"):
            set_placement(enrolment, starts_on=FIRST_DAY, **values)
        approve_site_paper(paper, by=cast.director)
    assert set_placement(enrolment, starts_on=FIRST_DAY, **values).pk
    with pytest.raises(Refusal, match="in force on that day"):
        set_placement(enrolment, starts_on=paper.expires_on + timedelta(days=1), **values)


def test_what_is_only_flagged_is_told_when_the_placement_is_set(cast):
    enrolment = enrolled(cast, insurance=Answer.FLAG)
    data = {"supervisor": cast.supervisor.pk, "site": "Aspen House", "starts_on": "2026-03-02"}
    page = post(cast.client("director"), f"/desk/enrolments/{enrolment.pk}/placements/", follow=True, **data)
    assert "No approved insurance certificate of Aspen House is on record: entries are flagged until it is." in text_of(
        page
    )
    assert Placement.objects.get().site.name == "Aspen House"


@pytest.mark.parametrize("answer", [Answer.FLAG, Answer.REFUSE])
def test_after_the_last_day_an_entry_is_flagged_or_refused_as_the_standard_says(cast, answer, a_day_in_november):
    enrolment, site = enrolled(cast, agreement=answer), site_named("Juniper Clinic")
    last = date(2026, 11, 30)
    approve_site_paper(make_site_paper(site, by=cast.registrar, expires_on=last), by=cast.director)
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    a_day_in_november.shift(timedelta(days=14))
    assert make_draft(placement, on=last).flags == []
    sentence = "No approved agreement of the site is on record for 1 Dec 2026."
    if answer == Answer.REFUSE:
        with pytest.raises(VisitRefused, match=sentence) as refused:
            make_draft(placement, on=last + timedelta(days=1))
        assert [problem.field for problem in refused.value.problems] == ["placement"]
    else:
        log = submit_log(make_draft(placement, on=last + timedelta(days=1)), by=cast.trainee)
        assert [(flag["rule"], flag["sentence"].startswith(sentence)) for flag in log.flags] == [("agreement", True)]
        assert approve(log).credit.minutes == 60


def test_a_standard_that_asks_nothing_of_a_site_costs_no_query(cast, placement, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        assert missing_papers(placement.site, PracticeRules(), FIRST_DAY) == {}


# Warnings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "is_warned"), [(29, True), (30, True), (31, False)])
def test_directors_are_warned_once_thirty_days_before(cast, site, days, is_warned):
    last = timezone.localdate() + timedelta(days=days)
    paper = approve_site_paper(make_site_paper(site, by=cast.registrar, expires_on=last), by=cast.director)
    assert [warn_of_site_papers(), warn_of_site_papers()] == [int(is_warned), 0]
    told = Notice.objects.filter(key__startswith=f"site-paper-{paper.pk}-runs-out-").values_list("person", flat=True)
    assert set(told) == ({cast.director.pk, cast.second_director.pk} if is_warned else set())
    home = text_of(cast.client("director").get("/home/"))
    assert ("1 paper of a site runs out or has run out" in home) == is_warned


def test_nobody_is_warned_of_a_paper_with_a_later_one_nor_of_a_site_that_is_not_used(cast, site):
    soon = timezone.localdate() + timedelta(days=3)
    unused = site_named("Nobody was placed here")
    for where, last in ((site, soon), (site, soon + timedelta(days=300)), (unused, soon)):
        approve_site_paper(make_site_paper(where, by=cast.registrar, expires_on=last), by=cast.director)
    make_site_paper(site, by=cast.registrar, kind=INSURANCE, expires_on=soon)
    assert (warn_of_site_papers(), running_out(SitePaper.objects.all()).count()) == (0, 0)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_a_registrar_adds_a_paper_a_director_reads_and_approves_it(cast, site):
    registrar, director = cast.client("registrar"), cast.client("director")
    url = f"/desk/sites/{site.pk}/"
    data = {"kind": "agreement", "begins_on": "2026-01-01", "expires_on": "2027-01-01"}
    refused = post(registrar, url, **data, document=upload(png_bytes(), "a.pdf"))
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"document"})
    post(registrar, url, **data, document=upload(pdf_bytes()))
    paper = SitePaper.objects.get()
    assert "1 paper of a site waits for your decision" in text_of(director.get("/home/"))
    served = director.get(f"/desk/sites/papers/{paper.pk}/document/")
    assert (served["Content-Type"], served["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert served["Content-Disposition"] == f'attachment; filename="agreement-{paper.pk}.pdf"'
    assert b"".join(served.streaming_content).startswith(b"%PDF-")
    assert post(registrar, f"/desk/sites/papers/{paper.pk}/", decision="approved").status_code == 403
    refused = post(director, f"/desk/sites/papers/{paper.pk}/", decision="refused", reason="")
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"reason"})
    page = post(director, f"/desk/sites/papers/{paper.pk}/", follow=True, decision="approved")
    assert "Approved: Site agreement of Juniper Clinic." in text_of(page)
    words = text_of(director.get("/desk/sites/"))
    assert "Juniper Clinic In force until 1 Jan 2027 None" in words


def test_a_new_site_is_named_on_the_list(cast):
    page = post(cast.client("director"), "/desk/sites/", follow=True, name="Aspen House")
    assert "Aspen House" in text_of(page)
    assert "No paper yet" in text_of(page)


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_queries_for_one_and_three(cast, placement, django_assert_num_queries, count):
    for number in range(count):
        make_site_paper(placement.site, by=cast.registrar)
        make_placement(cast.trainee, cast.supervisor, enrolment=placement.enrolment, site=f"House {number}")
    client = cast.client("director")
    for path, queries in (("/desk/sites/", 5), (f"/desk/sites/{placement.site_id}/", 4)):
        client.get(path)
        with django_assert_num_queries(queries):
            client.get(path)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_directors_at_once_leave_one_decision():
    cast = make_cast()
    paper = make_site_paper(make_placement(cast.trainee, cast.supervisor).site, by=cast.registrar)
    acts = [
        lambda: approve_site_paper(paper, by=cast.director),
        lambda: refuse_site_paper(paper, reason="Not signed.", by=cast.second_director),
    ]
    outcomes = at_once(4, lambda number: acts[number % 2]())
    assert sum(isinstance(one, IllegalMove) for one in outcomes) == 3
    decided = AuditEntry.objects.filter(
        action__in=["supervision.site.paper_approved", "supervision.site.paper_refused"]
    )
    assert decided.count() == 1
