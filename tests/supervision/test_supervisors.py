"""Supervisors without an account on the desk: recorded, corrected, verified, stopped; and by whom never."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from courses.standards.enums import Qualification
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.audit.models import AuditEntry
from lms.errors import IllegalMove, Refusal
from supervision.actions.supervisor import (
    correct_address,
    record_qualification,
    record_supervisor,
    stop_supervisor,
    supervisor_of,
    verify_supervisor,
)
from supervision.enums import SupervisorState
from supervision.models import Supervisor, SupervisorQualification
from supervision.queries.measures import approves_as, qualifications_on, verified_papers_of
from supervision.queries.supervisor import supervisors_for_desk
from tests.cast import make_person
from tests.factories.supervision import make_placement, make_signer, make_submitted
from tests.web import link, post, send_form, text_of

DESK = "/desk/supervisors/"


def state_of(signer):
    return Supervisor.objects.get(pk=signer.pk).state


def papers(signer):
    return verified_papers_of({signer.pk})[signer.pk]


def test_a_director_records_and_verifies_somebody_without_an_account_by_forms(cast):
    client = cast.client("director")
    page = send_form(
        client,
        client.get(link(client.get(DESK), "Record somebody without an account")),
        "Record",
        name="Robin Vance, PhD",
        email="Robin@Clinic.example",
        authority="State Board",
        number="LP-1029",
        expires_on="2027-06-30",
    )
    signer = Supervisor.objects.get()
    assert (signer.name, signer.email, signer.state, signer.made_by) == (
        "Robin Vance, PhD",
        "robin@clinic.example",
        "unverified",
        cast.director,
    )
    assert qualifications_on(papers(signer), date(2026, 11, 23)) == frozenset()
    verifying = client.get(link(page, "Verify address and licence"))
    paper = SupervisorQualification.objects.get()
    page = send_form(
        client,
        verifying,
        "Address and licence are verified",
        qualifications=[str(paper.pk)],
        how="Looked the licence up and called the clinic.",
    )
    assert "Verified by Director" in text_of(page)
    paper.refresh_from_db()
    assert (state_of(signer), paper.verified_by, paper.number) == ("verified", cast.director, "LP-1029")
    assert qualifications_on(papers(signer), date(2026, 11, 23)) == {"licence"}
    acts = AuditEntry.objects.filter(action__startswith="supervision.supervisor").order_by("id")
    assert list(acts.values_list("action", "actor")) == [
        ("supervision.supervisor.recorded", cast.director.pk),
        ("supervision.supervisor.qualified", cast.director.pk),
        ("supervision.supervisor.verified", cast.director.pk),
    ]


def test_the_same_person_is_not_recorded_twice(cast):
    make_signer(by=cast.director)
    fields = {"name": "R", "authority": "Board", "number": "1", "expires_on": "2027-01-01"}
    page = post(cast.client("director"), f"{DESK}new/", email="robin@clinic.example", **fields)
    assert (page.status_code, "on record already" in text_of(page)) == (422, True)
    assert SupervisorQualification.objects.count() == 1


def test_a_corrected_address_is_unverified_again(cast):
    signer = make_signer(by=cast.director)
    client = cast.client("director")
    page = client.get(link(client.get(f"{DESK}{signer.pk}/"), "Correct the address"))
    page = send_form(client, page, "Correct the address", email="R.Vance@Clinic.example")
    signer.refresh_from_db()
    assert (signer.email, signer.address_key, signer.state) == (
        "r.vance@clinic.example",
        "r.vance@clinic.example",
        "unverified",
    )
    assert AuditEntry.objects.get(action="supervision.supervisor.corrected").data == {
        "old": "robin@clinic.example",
        "new": "r.vance@clinic.example",
    }
    assert "The address was corrected." in text_of(page)


def test_an_address_that_was_corrected_meanwhile_is_not_verified(cast):
    signer = make_signer(by=cast.director, is_verified=False)
    papers = [paper.pk for paper in signer.qualifications.all()]
    shown = signer.email
    correct_address(signer, "other@clinic.example", by=cast.director)
    with pytest.raises(Refusal, match="corrected meanwhile"):
        verify_supervisor(signer, address=shown, qualifications=papers, how="Called.", by=cast.director)
    assert not signer.qualifications.filter(verified_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("robin@clinic.example", "address on record"),
        ("director+x@example.org", "your own address"),
        ("known@clinic.example", "Another supervisor"),
        ("Trainee+clinic@example.org", "address of a trainee"),
    ],
)
def test_an_address_is_not_corrected_to_this_one(cast, email, sentence):
    signer = make_signer(by=cast.director)
    record_supervisor("Known", "known@clinic.example", by=cast.director)
    make_placement(cast.trainee, signer)
    with pytest.raises(Refusal, match=sentence):
        correct_address(signer, email, by=cast.director)
    assert (Supervisor.objects.get(pk=signer.pk).email, state_of(signer)) == ("robin@clinic.example", "verified")


def acts_on(signer, by):
    paper = {"kind": Qualification.LICENCE, "authority": "B", "number": "1", "expires_on": date(2027, 1, 1)}
    return [
        lambda: correct_address(signer, "new@clinic.example", by=by),
        lambda: record_qualification(signer, by=by, **paper),
        lambda: verify_supervisor(signer, address=signer.email, qualifications=[], how="x", by=by),
        lambda: stop_supervisor(signer, reason="x", by=by),
    ]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("who", ["trainee", "supervisor", "faculty", "registrar"])
def test_nobody_but_a_director_acts_on_a_supervisor(cast, who, number):
    signer = make_signer(by=cast.director)
    make_placement(cast.trainee, signer)
    with pytest.raises(Refusal, match="for a program director"):
        acts_on(signer, getattr(cast, who))[number]()


@pytest.mark.parametrize("number", range(4))
def test_a_trainee_who_is_a_director_too_never_acts_on_her_own_supervisor(cast, number):
    signer = make_signer(by=cast.director)
    make_placement(cast.trainee, signer)
    grant_role(cast.trainee, Role.DIRECTOR, by=None)
    with pytest.raises(Refusal, match="This person supervises you"):
        acts_on(signer, cast.trainee)[number]()
    assert (Supervisor.objects.get(pk=signer.pk).email, state_of(signer)) == ("robin@clinic.example", "verified")


@pytest.mark.parametrize("number", range(4))
def test_somebody_with_an_account_keeps_her_own_papers(cast, number):
    row = supervisor_of(cast.supervisor, by=cast.director)
    with pytest.raises(Refusal, match="has an account"):
        acts_on(row, cast.director)[number]()
    client = cast.client("director")
    assert "keeps address and papers there" in text_of(client.get(f"{DESK}{row.pk}/"))
    assert client.get(f"{DESK}{row.pk}/verify/").status_code == 404


def test_nobody_is_verified_without_a_licence_that_is_valid(cast):
    signer = record_supervisor("Robin Vance", "robin@clinic.example", by=cast.director)
    facts = {"authority": "B", "number": "1"}
    card = record_qualification(signer, kind="bls", expires_on=date(2027, 1, 1), by=cast.director, **facts)
    lapsed = record_qualification(signer, kind="licence", expires_on=date(2026, 11, 22), by=cast.director, **facts)
    client = cast.client("director")
    page = post(
        client,
        f"{DESK}{signer.pk}/verify/",
        qualifications=[card.pk, lapsed.pk],
        how="Looked it up.",
        address=signer.email,
    )
    assert (page.status_code, "has not run out" in text_of(page)) == (422, True)
    assert state_of(signer) == "unverified"
    assert not SupervisorQualification.objects.filter(verified_at__isnull=False).exists()


def test_a_paper_of_another_supervisor_is_not_verified_along(cast):
    signer = make_signer(by=cast.director)
    other = make_signer(by=cast.director, name="Kim Ode", email="kim@clinic.example", is_verified=False)
    papers = list(other.qualifications.values_list("pk", flat=True))
    with pytest.raises(Refusal, match="verified already"):
        verify_supervisor(signer, address=signer.email, qualifications=papers, how="x", by=cast.director)
    assert other.qualifications.get().verified_at is None


@pytest.mark.parametrize(("is_verified", "new"), [(True, "suspended"), (False, "refused")])
def test_a_stopped_supervisor_is_offered_no_more_and_can_be_verified_again(cast, is_verified, new):
    signer = make_signer(by=cast.director, is_verified=is_verified)
    stop_supervisor(signer, reason="The board says no.", by=cast.director)
    assert state_of(signer) == new
    with pytest.raises(Refusal, match="cannot supervise"):
        make_placement(cast.trainee, Supervisor.objects.get(pk=signer.pk))
    with pytest.raises(IllegalMove):
        stop_supervisor(signer, reason="Again.", by=cast.director)
    papers = list(signer.qualifications.values_list("pk", flat=True))
    verify_supervisor(signer, address=signer.email, qualifications=papers, how="Put right.", by=cast.director)
    assert state_of(signer) == SupervisorState.VERIFIED


def test_a_verified_paper_is_never_changed(cast):
    paper = make_signer(by=cast.director).qualifications.get()
    for change in ({"expires_on": date(2030, 1, 1)}, {"number": "2"}, {"verified_at": None, "verified_by": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SupervisorQualification.objects.filter(pk=paper.pk).update(**change)


def test_with_a_verified_approval_she_approves_as_consultant_too(cast):
    signer = make_signer(by=cast.director)
    placement = make_placement(cast.trainee, signer)
    day = date(2026, 6, 1)
    assert approves_as(None, papers(signer), placement.enrolment, day) == {"site_supervisor"}
    facts = {"authority": "Institute", "number": "C-4", "expires_on": date(2026, 12, 31)}
    paper = record_qualification(signer, kind="consultant", by=cast.director, **facts)
    assert approves_as(None, papers(signer), placement.enrolment, day) == {"site_supervisor"}
    verify_supervisor(signer, address=signer.email, qualifications=[paper.pk], how="x", by=cast.director)
    assert approves_as(None, papers(signer), placement.enrolment, day) == {"site_supervisor", "consultant"}
    assert approves_as(None, papers(signer), placement.enrolment, date(2027, 1, 1)) == {"site_supervisor"}


def test_a_director_of_one_program_sees_whom_she_recorded_and_who_signs_there(cast):
    hers, placed, far = (
        make_signer(by=cast.director, name=name, email=f"{name}@clinic.example") for name in ("hers", "placed", "far")
    )
    program = make_placement(cast.trainee, placed).enrolment.program
    local = make_person("local")
    grant_role(local, Role.DIRECTOR, scope=Scope.PROGRAM, scope_id=program.pk, by=None)
    Supervisor.objects.filter(pk=hers.pk).update(made_by=local)
    assert set(supervisors_for_desk(local)) == {hers, placed}
    assert set(supervisors_for_desk(cast.director)) == {hers, placed, far}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(cast, django_assert_num_queries, count):
    signers = [make_signer(by=cast.director, email=f"r{number}@clinic.example") for number in range(count)]
    placement = make_placement(cast.trainee, signers[0])
    make_submitted(placement)
    client = cast.client("director")
    client.get(DESK)
    with django_assert_num_queries(4):
        page = client.get(DESK)
    assert text_of(page).count("by a mailed link") == count


def test_the_placement_form_offers_somebody_without_an_account_once_she_is_recorded(cast):
    enrolment = make_placement(cast.trainee, cast.supervisor).enrolment
    client, url = cast.client("director"), f"/desk/enrolments/{enrolment.pk}/placements/"
    assert "signs by link" not in text_of(client.get(url))
    signer = make_signer(by=cast.director, is_verified=False)
    make_signer(by=cast.director, name="Kim Ode", email="trainee+kim@example.org")
    page = client.get(url)
    assert "Robin Vance, PhD, signs by link, not verified yet" in text_of(page)
    assert "Kim Ode" not in text_of(page)
    fields = {"supervisor": f"s{signer.pk}", "site": "Harbor Clinic", "starts_on": "2026-03-02"}
    page = send_form(client, page, "Set the placement", **fields)
    assert "is placed with Robin Vance, PhD" in text_of(page)
